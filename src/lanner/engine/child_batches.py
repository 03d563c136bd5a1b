"""Task runs that start many executions and end with all of them.

What is known stands in the task run's memo: how many were asked for, which have been made and which
have ended (as bits, so that news that come twice count once). Source: Kestra 1.0.36, ForEachItem
(reference ``engine.md`` §4.8).
"""

from collections.abc import Mapping
from typing import Any

from lanner.engine.children import child_attempt, child_id_of, created_message, refuse_child
from lanner.engine.commands import KillChildren, RunTask, StartChild, StopTask, Tell
from lanner.engine.ending import close_run, lenient
from lanner.engine.events import BatchContinued, ChildEnded, ChildRefused, ChildStarted, TaskEnded
from lanner.engine.turn import RunScope, Turn
from lanner.model.errors import LannerError
from lanner.model.execution import TaskRun
from lanner.model.ids import ExecutionId
from lanner.model.log import Level
from lanner.model.state import State
from lanner.sdk.subflow import ChildRequest, SubflowBatch

ATTEMPT = 1
"""A child belongs to the task run, whichever attempt of it that is."""
_PREPARED, _ASKED, _MADE, _ENDED, _FAILED, _DONE = "prepared", "asked", "made", "ended", "failed", "done"
_AGAIN = "again"
"""Entry of a memo: iteration -> the attempt whose child counts since a restart, and whether that restarts it."""


def start_batch(turn: Turn, task: SubflowBatch, run: TaskRun) -> None:
    """Have a worker prepare; a restarted task run restarts its failed children instead."""
    memo = run.memo or {}
    again = run.state.current is State.RESTARTED and memo.get(_FAILED)
    run = turn.put_state(run, State.RUNNING)
    if again:
        _restart_failed(turn, task, run)
        return
    turn.draft.change(run, memo={})
    turn.command(RunTask(run.id, len(run.attempts) + 1))


def on_batch_prepared(turn: Turn, task: SubflowBatch, run: TaskRun, event: TaskEnded) -> None:
    """Take what the worker prepared and ask for the first children."""
    if run.state.current is not State.RUNNING or event.attempt != len(run.attempts) + 1 or (run.memo or {}):
        return
    if event.state is not State.SUCCESS:
        refuse_child(turn, run)
        return
    prepared = dict(event.outputs or {})
    if not prepared["count"]:
        close_run(turn, turn.draft.change(run, outputs={}), State.SUCCESS)
        return
    iterations = {State.CREATED.value: prepared["count"], State.RUNNING.value: 0}
    memo = {_PREPARED: prepared, _ASKED: 0, _MADE: "0", _ENDED: "0", _DONE: 0, _FAILED: []}
    outputs = {"numberOfBatches": prepared["count"], "iterations": iterations}
    _ask(turn, task, turn.draft.change(run, memo=memo, outputs=outputs))


def on_batch_continued(turn: Turn, event: BatchContinued) -> None:
    """Ask for more children."""
    run = turn.draft.run(event.task_run_id)
    node = turn.plan.nodes.get(run.task_id) if run is not None else None
    if run is None or node is None or not isinstance(node.task, SubflowBatch):
        return
    if run.state.current is State.RUNNING and run.memo:
        _ask(turn, node.task, run)


def on_member_started(turn: Turn, task: SubflowBatch, run: TaskRun, event: ChildStarted) -> None:
    """Count a child that has been made."""
    memo = dict(run.memo or {})
    if event.iteration is None or not _set(memo, _MADE, event.iteration):
        return
    turn.log(Level.INFO, created_message(event.child_id, event.namespace, event.flow_id), run)
    if task.waits:
        run = turn.draft.change(run, memo=memo, outputs=_counted(run, {State.CREATED: -1, State.RUNNING: 1}))
        return
    outputs = dict(run.outputs or {})
    made = int(memo[_MADE], 16).bit_count()
    outputs["iterations"] = {State.RUNNING.value: 0, State.SUCCESS.value: made}
    run = turn.draft.change(run, memo=memo, outputs=outputs)
    if made == memo[_PREPARED]["count"]:
        _close(turn, run, State.SUCCESS)


def on_member_refused(turn: Turn, task: SubflowBatch, run: TaskRun, event: ChildRefused) -> None:  # noqa: ARG001  # the shape of a taker of news
    """Fail: what was started runs to its own end."""
    turn.log(Level.ERROR, event.reason, run)
    refuse_child(turn, run)


def on_member_ended(turn: Turn, task: SubflowBatch, run: TaskRun, event: ChildEnded) -> None:
    """Count a child that has ended; the last one ends the task run."""
    memo = dict(run.memo or {})
    if event.iteration is None or not task.waits or event.child_id != _child_of(run, event.iteration):
        return
    if not _set(memo, _ENDED, event.iteration):
        return
    before = State.RUNNING if int(memo[_MADE], 16) >> event.iteration & 1 else State.CREATED
    _set(memo, _MADE, event.iteration)
    memo[_DONE] += 1
    if event.state is State.FAILED:
        memo[_FAILED] = [*memo[_FAILED], event.iteration]
    run = turn.draft.change(run, memo=memo, outputs=_counted(run, {before: -1, event.state: 1}))
    if memo[_DONE] < memo[_PREPARED]["count"]:
        return
    prepared = memo[_PREPARED]
    run = turn.draft.change(run, outputs={**(run.outputs or {}), **task.outputs_for(prepared)})
    ended = {State(name): count for name, count in (run.outputs or {})["iterations"].items()}
    _close(turn, run, lenient(task, task.state_for(ended)))


def kill_batch(turn: Turn, run: TaskRun) -> None:
    """End a task run that is killed, and its children with it."""
    if run.state.current is State.RUNNING and not run.memo:
        turn.command(StopTask(run.id, len(run.attempts) + 1))
    turn.command(KillChildren(run.id))
    _close(turn, run, State.KILLED)


def ask_batch_again(turn: Turn, task: SubflowBatch, run: TaskRun) -> None:
    """Ask once more for every child that has not ended: those that exist are found, not made twice."""
    memo = run.memo or {}
    if not memo:
        return
    ended = int(memo[_ENDED], 16)
    for iteration in range(1, memo[_ASKED] + 1):
        if not ended >> iteration & 1 and not _ask_for(turn, task, run, iteration):
            return
    _ask(turn, task, run)


def _ask(turn: Turn, task: SubflowBatch, run: TaskRun) -> None:
    memo: Mapping[str, Any] = run.memo or {}
    count, asked = memo[_PREPARED]["count"], memo[_ASKED]
    last = min(count, asked + max(turn.world.batch - turn.made, 1))
    run = turn.draft.change(run, memo={**memo, _ASKED: last})
    for iteration in range(asked + 1, last + 1):
        turn.made += 1
        if not _ask_for(turn, task, run, iteration):
            return
    if last < count:
        turn.command(Tell(BatchContinued(task_run_id=run.id)))


def _ask_for(turn: Turn, task: SubflowBatch, run: TaskRun, iteration: int) -> bool:
    """Ask for one child, or for its restart; returns whether its request could be rendered."""
    request = _request(turn, task, run, iteration)
    if request is None:
        return False
    attempt, restarts = _again(run, iteration)
    again = child_id_of(run.id, attempt, iteration) if restarts else None
    turn.command(StartChild(run.id, attempt, request, again))
    return True


def _request(turn: Turn, task: SubflowBatch, run: TaskRun, iteration: int) -> ChildRequest | None:
    """Render what to start; the task run has failed when that is not possible."""
    try:
        return task.request(RunScope(turn, run), iteration, (run.memo or {})[_PREPARED])
    except (LannerError, ValueError) as error:
        turn.log(Level.ERROR, str(error), run)
        refuse_child(turn, run)
        return None


def _again(run: TaskRun, iteration: int) -> tuple[int, bool]:
    """Return the attempt of the task run whose child counts, and whether that child is restarted."""
    attempt, restarts = (run.memo or {}).get(_AGAIN, {}).get(str(iteration), (ATTEMPT, False))
    return attempt, restarts


def _child_of(run: TaskRun, iteration: int) -> ExecutionId:
    return child_id_of(run.id, _again(run, iteration)[0], iteration)


def _restart_failed(turn: Turn, task: SubflowBatch, run: TaskRun) -> None:
    memo = dict(run.memo or {})
    failed = memo[_FAILED]
    bits = int(memo[_ENDED], 16)
    for iteration in failed:
        bits &= ~(1 << iteration)
    memo |= {_ENDED: f"{bits:x}", _DONE: memo[_DONE] - len(failed), _FAILED: []}
    counts = {State.FAILED: -len(failed), State.RESTARTED: 0, State.RUNNING: len(failed)}
    run = turn.draft.change(run, memo=memo, outputs=_counted(run, counts))
    again = dict(memo.get(_AGAIN, {}))
    for iteration in failed:
        request = _request(turn, task, run, iteration)
        if request is None:
            return
        attempt = _again(run, iteration)[0] if request.restart_failed else len(run.attempts) + 1
        again[str(iteration)] = (attempt, request.restart_failed)
        old = child_id_of(run.id, attempt, iteration) if request.restart_failed else None
        if old is not None:
            turn.log(Level.INFO, created_message(old, request.namespace, request.flow_id), run)
        turn.command(StartChild(run.id, attempt, request, old))
    turn.draft.change(run, memo={**memo, _AGAIN: again})


def _counted(run: TaskRun, changes: Mapping[State, int]) -> dict[str, Any]:
    """Return the outputs with some children moved from one count to another."""
    outputs = dict(run.outputs or {})
    iterations = dict(outputs.get("iterations") or {})
    for state, change in changes.items():
        iterations[state.value] = iterations.get(state.value, 0) + change
    return {**outputs, "iterations": iterations}


def _set(memo: dict[str, Any], name: str, iteration: int) -> bool:
    """Set a bit of the memo; returns whether it was not set."""
    bits, bit = int(memo.get(name, "0"), 16), 1 << iteration
    memo[name] = f"{bits | bit:x}"
    return not bits & bit


def _close(turn: Turn, run: TaskRun, state: State) -> None:
    attempt = child_attempt(turn, run, state)
    close_run(turn, turn.draft.change(run, attempts=(*run.attempts, attempt)), state)
