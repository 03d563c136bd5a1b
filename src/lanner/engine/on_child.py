"""News of executions that a task run has asked for.

Source: Kestra 1.0.36, Subflow (reference ``engine.md`` §4.12).
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from lanner.engine.child_batches import on_member_ended, on_member_refused, on_member_started
from lanner.engine.children import CHILD, child_attempt, child_of, close_child, created_message, refuse_child
from lanner.engine.ending import lenient
from lanner.engine.events import ChildEnded, ChildRefused, ChildStarted
from lanner.engine.on_task import tries_again
from lanner.engine.turn import Turn
from lanner.model.execution import TaskRun
from lanner.model.ids import TaskRunId
from lanner.model.log import Level
from lanner.model.state import State
from lanner.sdk.subflow import SubflowBatch, SubflowTask

News = TypeVar("News", ChildStarted, ChildRefused, ChildEnded)


def on_child_started(turn: Turn, event: ChildStarted) -> None:
    """Remember the child; a task that does not wait ends here."""
    if _is_of_batch(turn, event, on_member_started):
        return
    found = _open(turn, event.task_run_id)
    if found is None or event.attempt != len(found[0].attempts) + 1:
        return
    run, task = found
    if child_of(run) != event.child_id:
        turn.log(Level.INFO, created_message(event.child_id, event.namespace, event.flow_id), run)
    known = {"executionId": event.child_id}
    run = turn.draft.change(run, memo={**(run.memo or {}), CHILD: event.child_id}, outputs=known)
    if not task.waits:
        outputs = {**known, "state": State.CREATED.value}
        close_child(turn, run, State.SUCCESS, outputs=outputs)


def on_child_refused(turn: Turn, event: ChildRefused) -> None:
    """Fail the task run: there is no child."""
    if _is_of_batch(turn, event, on_member_refused):
        return
    found = _open(turn, event.task_run_id)
    if found is None or event.attempt != len(found[0].attempts) + 1:
        return
    run, _ = found
    turn.log(Level.ERROR, event.reason, run)
    refuse_child(turn, run)


def on_child_ended(turn: Turn, event: ChildEnded) -> None:
    """End the task run with its child, or try again."""
    if _is_of_batch(turn, event, on_member_ended):
        return
    found = _open(turn, event.task_run_id)
    if found is None or child_of(found[0]) not in (None, event.child_id) or not found[1].waits:
        return
    run, task = found
    outputs: dict[str, Any] = {"executionId": event.child_id, "state": event.state.value}
    if event.outputs is not None:
        outputs["outputs"] = dict(event.outputs)
    state = task.state_for(event.state)
    if event.state in (State.FAILED, State.WARNING):
        link = f'[[link execution="{event.child_id}"]]'
        level = Level.ERROR if event.state is State.FAILED else Level.WARN
        turn.log(level, f"Subflow execution {link} ends in {event.state} state", run)
    if state is State.FAILED and _is_tried_again(turn, run, outputs):
        return
    close_child(turn, run, lenient(task, state), child_state=event.state, outputs=outputs)


def _is_of_batch(turn: Turn, event: News, take: Callable[[Turn, SubflowBatch, TaskRun, News], None]) -> bool:
    """Give news of one child of many to its task run, if that is open; returns whether it is such news."""
    run = turn.draft.run(event.task_run_id)
    node = turn.plan.nodes.get(run.task_id) if run is not None else None
    if run is None or node is None or not isinstance(node.task, SubflowBatch):
        return False
    if run.state.current is State.RUNNING and run.memo:
        take(turn, node.task, run, event)
    return True


def _is_tried_again(turn: Turn, run: TaskRun, outputs: Mapping[str, Any]) -> bool:
    attempt = turn.draft.change(run, attempts=(*run.attempts, child_attempt(turn, run, State.FAILED)), outputs=outputs)
    if tries_again(turn, attempt):
        return True
    turn.draft.put(run)
    return False


def _open(turn: Turn, run_id: TaskRunId) -> tuple[TaskRun, SubflowTask] | None:
    run = turn.draft.run(run_id)
    node = turn.plan.nodes.get(run.task_id) if run is not None else None
    if run is None or node is None or not isinstance(node.task, SubflowTask) or run.state.current is not State.RUNNING:
        return None
    return run, node.task
