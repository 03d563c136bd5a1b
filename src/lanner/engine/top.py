"""The top level of an execution: from its first task to the moment nothing of it runs any more.

Source: Kestra 1.0.36 (reference ``engine.md`` §3.3–3.5).
"""

from dataclasses import replace

from lanner.engine.groups import advance_handlers, advance_list, state_of_children
from lanner.engine.lanes import start_lanes
from lanner.engine.leaving import LEFT
from lanner.engine.listeners import listener_tasks
from lanner.engine.turn import Turn
from lanner.model.errors import LannerError
from lanner.model.execution import TaskRun
from lanner.model.log import Level
from lanner.model.state import State
from lanner.sdk.flowable import Shape
from lanner.sdk.plan import Section

_WITH_OUTPUTS = (State.SUCCESS, State.WARNING, State.FAILED)
_WAITING = (State.PAUSED, State.BREAKPOINT, State.QUEUED, State.KILLING)


def advance_top(turn: Turn, ended: TaskRun | None, *, all_lanes: bool) -> None:
    """Go on with the flow's own tasks, or end the execution, or finish what follows its end."""
    if turn.execution.ended:
        return
    if not turn.execution.state.current.is_terminal and not _advance_tasks(turn, ended, all_lanes=all_lanes):
        return
    _advance_after_end(turn)


def _advance_tasks(turn: Turn, ended: TaskRun | None, *, all_lanes: bool) -> bool:
    """Go on with tasks, errors and finally; returns whether the execution has its final state."""
    plan, draft = turn.plan, turn.draft
    tasks = draft.section(None, Section.TASKS)
    handling = draft.section(None, Section.ERRORS).count or draft.section(None, Section.FINALLY).count
    if not tasks.ended(State.FAILED) and not handling:
        shape = Shape(tasks=plan.tasks(Section.TASKS))
        if not start_lanes(turn, None, shape, ended, all_lanes=all_lanes):
            return False
        if turn.execution.state.current.is_terminal:
            # The last task has ended the execution itself.
            return True
    failed = bool(tasks.ended(State.FAILED))
    done = advance_handlers(turn, None, plan.tasks(Section.ERRORS), plan.tasks(Section.FINALLY), failed=failed)
    if not done or turn.execution.state.current in _WAITING or turn.execution.state.current.is_terminal:
        return turn.execution.state.current.is_terminal
    end_execution(turn, state_of_children(tasks))
    return True


def end_execution(turn: Turn, state: State) -> None:
    """Give the execution its final state, and its outputs where there are some."""
    if state in _WITH_OUTPUTS and turn.plan.flow.outputs:
        state = _render_outputs(turn, state)
    turn.enter(state)


def _render_outputs(turn: Turn, state: State) -> State:
    try:
        outputs = turn.world.flow_outputs(turn.plan.flow.outputs, turn.variables())
    except LannerError as error:
        return _failed_outputs(turn, state, str(error))
    for warning in outputs.warnings:
        turn.log(Level.WARN, warning)
    if outputs.error is not None:
        return _failed_outputs(turn, state, outputs.error)
    if outputs.values:
        turn.change_execution(outputs=outputs.values)
    return state


def _failed_outputs(turn: Turn, state: State, reason: str) -> State:
    turn.log(Level.ERROR, f"Failed to render output values: {reason}")
    turn.enter(state)
    return State.FAILED


def _has_finally_to_do(turn: Turn) -> bool:
    """Whether ``finally`` goes on although the execution has ended: it was left from elsewhere."""
    if turn.execution.state.current is State.KILLED:
        return False
    begun = [turn.draft.run(run_id) for run_id in turn.draft.section(None, Section.FINALLY).all_ids()]
    if any(run is not None and (run.memo or {}).get(LEFT) for run in begun):
        return False
    return turn.exited or bool(begun)


def _advance_after_end(turn: Turn) -> None:
    plan, draft = turn.plan, turn.draft
    if turn.execution.state.current is State.RETRIED:
        turn.change_execution(ended=True)
        return
    sections = (Section.FINALLY,) if _has_finally_to_do(turn) else ()
    for section in (*sections, Section.LISTENERS, Section.AFTER_EXECUTION):
        tasks = listener_tasks(turn) if section is Section.LISTENERS else plan.tasks(section)
        if not advance_list(turn, None, section, tasks, force=True):
            return
    if any(draft.section(None, section).open_count for section in Section):
        return
    turn.draft.execution = replace(turn.execution, ended=True)
