"""Task runs whose work is another execution: asking for it, and asking again after a crash."""

from collections.abc import Mapping
from typing import Any

from lanner.engine.commands import KillChildren, StartChild
from lanner.engine.ending import close_run
from lanner.engine.turn import RunScope, Turn
from lanner.model.errors import LannerError
from lanner.model.execution import Attempt, TaskRun
from lanner.model.ids import ExecutionId, TaskRunId, derived_id
from lanner.model.log import Level
from lanner.model.state import State, StateHistory
from lanner.sdk.subflow import ChildRequest, SubflowTask


def child_id_of(run_id: TaskRunId, attempt: int, iteration: int | None) -> ExecutionId:
    """Return the id of the child of an attempt: asking twice gives one execution."""
    return ExecutionId(derived_id("child", run_id, attempt, *([] if iteration is None else [iteration])))


CHILD = "child"
"""Entry of a task run's memo: the execution it has started last."""
AGAIN = "again"
"""Entry of a task run's memo: that execution is one that was restarted."""


def start_child(turn: Turn, task: SubflowTask, run: TaskRun) -> None:
    """Ask for the child of a task run; a restarted one has its failed child restarted."""
    request = _requested(turn, task, run)
    if request is None:
        return
    again = child_of(run) if run.state.current is State.RESTARTED and request.restart_failed else None
    if again is not None:
        turn.log(Level.INFO, created_message(again, request.namespace, request.flow_id), run)
    memo = {CHILD: again, AGAIN: True} if again is not None else {}
    run = turn.put_state(run, State.RUNNING, memo=memo)
    turn.command(StartChild(run.id, len(run.attempts) + 1, request, again))


def _requested(turn: Turn, task: SubflowTask, run: TaskRun) -> ChildRequest | None:
    """Return which child a task run wants; ``None`` when that cannot be told and the task run has failed."""
    try:
        return task.request(RunScope(turn, run))
    except (LannerError, ValueError) as error:
        turn.log(Level.ERROR, str(error), run)
        refuse_child(turn, run)
        return None


def refuse_child(turn: Turn, run: TaskRun) -> None:
    """End a task run whose child cannot be started: one failed attempt, which ``allowFailure`` does not excuse."""
    attempt = Attempt(state=StateHistory.starting(State.CREATED, turn.now).to(State.FAILED, turn.now))
    run = turn.draft.change(run, attempts=(*run.attempts, attempt), outputs={})
    close_run(turn, run, State.FAILED)


def ask_again(turn: Turn, task: SubflowTask, run: TaskRun) -> None:
    """Ask for the child of an open task run once more: one that exists is found, not made twice."""
    request = _requested(turn, task, run)
    if request is None:
        return
    again = child_of(run) if (run.memo or {}).get(AGAIN) else None
    turn.command(StartChild(run.id, len(run.attempts) + 1, request, again))


def created_message(child_id: ExecutionId, namespace: str, flow_id: str) -> str:
    """Return the log line of an execution that has been started."""
    return f'Created new execution [[link execution="{child_id}" flowId="{flow_id}" namespace="{namespace}"]]'


def child_of(run: TaskRun) -> ExecutionId | None:
    """Return the execution a task run has started last."""
    found = (run.memo or {}).get(CHILD)
    return ExecutionId(found) if found else None


def close_child(
    turn: Turn,
    run: TaskRun,
    state: State,
    *,
    child_state: State | None = None,
    outputs: Mapping[str, Any] | None = None,
) -> TaskRun:
    """End a task run with its child: one more attempt, the child's own state in the history before the run's."""
    seen = child_state if child_state is not None else state
    attempt = child_attempt(turn, run, state)
    run = turn.draft.change(
        run,
        state=run.state.to(seen, turn.now),
        attempts=(*run.attempts, attempt),
        outputs=outputs if outputs is not None else (run.outputs or {}),
    )
    if state is State.KILLED:
        turn.command(KillChildren(run.id))
    return close_run(turn, run, state)


def child_attempt(turn: Turn, run: TaskRun, state: State) -> Attempt:
    """Return the attempt that a child's end stands for."""
    started = run.state.changed_date
    return Attempt(state=StateHistory.starting(State.CREATED, started).to(State.RUNNING, started).to(state, turn.now))
