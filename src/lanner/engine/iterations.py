"""Iterations that are scopes of their own (``lanner.sdk.iteration``): what is set in them, how they end.

Source: Kestra 2.0.0, Loop (reference ``engine.md`` §4.16). There each is a hidden execution, here a task run.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from lanner.engine.attended import collect_and_end
from lanner.engine.ending import close_run
from lanner.engine.scopes import LABELS, VARIABLES, labels_in, with_ancestors
from lanner.engine.turn import FlowOutputs, Turn
from lanner.model.errors import LannerError
from lanner.model.execution import TaskRun
from lanner.model.label import Labels
from lanner.model.log import Level
from lanner.model.state import State
from lanner.sdk.iteration import Iteration, IterationLoop
from lanner.sdk.plan import Plan, Section


def iteration_around(turn: Turn, run: TaskRun) -> TaskRun | None:
    """Return the iteration a task run is in, the nearest; ``None`` outside such loops."""
    scoped = turn.plan.iterations
    if not scoped:
        return None
    return next((above for above in turn.draft.ancestors(run) if above.task_id in scoped), None)


def take_over(turn: Turn, around: TaskRun, labels: Labels | None, variables: Mapping[str, Any] | None) -> None:
    """Change the labels or variables of an iteration."""
    memo = dict(around.memo or {})
    if labels is not None:
        memo[LABELS] = [[label.key, label.value] for label in labels]
    if variables is not None:
        memo[VARIABLES] = dict(variables)
    turn.draft.change(around, memo=memo)


def labels_of(turn: Turn, around: TaskRun) -> Labels:
    """Return the labels as an iteration sees them."""
    for above in with_ancestors(turn.draft, around):
        if above.task_id in turn.plan.iterations and LABELS in (above.memo or {}):
            return labels_in(above.memo or {})
    return turn.execution.labels


def end_iteration(turn: Turn, task: Iteration, run: TaskRun, state: State) -> None:
    """End an iteration: what it hands on is rendered, and stored where the loop says so."""
    loop = turn.draft.run(run.parent_id) if run.parent_id is not None else None
    loop_task = turn.plan.nodes[loop.task_id].task if loop is not None else None
    assert loop is not None
    assert isinstance(loop_task, IterationLoop)
    if task.outputs:
        run, state = _with_outputs(turn, task, run, state)
    if state in loop_task.stops_on:
        turn.log(Level.ERROR, f"Loop iteration {run.iteration} ended in {state}", loop)
    if run.outputs and loop_task.stores_outputs(loop.memo or {}):
        collect_and_end(turn, run, state)
    else:
        close_run(turn, run, state, leave_work=True)


def add_loop_outputs(turn: Turn, task: IterationLoop, run: TaskRun) -> TaskRun:
    """Give an ending loop its outputs: what every iteration hands on, in the order of the values."""
    section, iteration_id = turn.draft.section(run.id, Section.TASKS), task.iteration.id
    handed_on: list[tuple[int, Mapping[str, Any]]] = []
    for index in range(len((run.memo or {}).get("values", ())) if task.iteration.outputs else 0):
        found = section.find(iteration_id, index)
        member = turn.draft.run(found) if found is not None else None
        if member is not None and member.outputs:
            handed_on.append((index, member.outputs))
    outputs = task.outputs_for(run.memo or {}, section.ended_states(), section.open_count, handed_on)
    return turn.draft.change(run, outputs=outputs)


def is_settled(plan: Plan, around: Iterable[TaskRun]) -> bool:
    """Whether one of these task runs is a loop that ended although an iteration has failed: that stays so."""
    for run in around:
        node = plan.nodes.get(run.task_id)
        if node is not None and isinstance(node.task, IterationLoop) and run.state.current is not State.FAILED:
            return run.state.current.is_terminal
    return False


def _with_outputs(turn: Turn, task: Iteration, run: TaskRun, state: State) -> tuple[TaskRun, State]:
    try:
        found = turn.world.flow_outputs(task.outputs, turn.variables(run))
    except LannerError as error:
        found = FlowOutputs(error=str(error))
    for warning in found.warnings:
        turn.log(Level.WARN, warning, run)
    if found.error is not None:
        turn.log(Level.ERROR, f"Failed to render output values: {found.error}", run)
        return turn.put_state(run, state), State.FAILED
    return turn.draft.change(run, outputs=found.values or {}), state
