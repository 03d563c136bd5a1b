"""A worker reports, or a retry is due."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from lanner.engine.attended import on_attended
from lanner.engine.child_batches import on_batch_prepared
from lanner.engine.children import start_child
from lanner.engine.commands import BeginExecution, RunTask, StartTimer
from lanner.engine.ending import close_run, lenient
from lanner.engine.events import NewAttemptDue, RetryDue, TaskEnded, TaskStarted
from lanner.engine.replay import replayed
from lanner.engine.turn import Turn
from lanner.model.execution import Attempt, TaskRun
from lanner.model.ids import ExecutionId, derived_id
from lanner.model.state import TERMINAL, State, StateHistory
from lanner.sdk.flowable import Attended
from lanner.sdk.retry import RetryBehavior, RetryPolicy
from lanner.sdk.subflow import SubflowBatch, SubflowTask

_BEFORE_WORK = (State.CREATED, State.RESTARTED)
_AT_WORK = (State.RUNNING, State.KILLING)


def on_task_started(turn: Turn, event: TaskStarted) -> None:
    """Take note that an attempt has begun."""
    run = turn.draft.run(event.task_run_id)
    if run is None or run.state.current not in _BEFORE_WORK or event.attempt != len(run.attempts) + 1:
        return
    _begin_attempt(turn, run, event.at, event.worker_id)


def on_task_ended(turn: Turn, event: TaskEnded) -> None:
    """Take an attempt's end, when that attempt is open; decide whether the task is tried again."""
    run = turn.draft.run(event.task_run_id)
    if run is None:
        return
    node = turn.plan.nodes.get(run.task_id)
    if node is not None and isinstance(node.task, Attended):
        on_attended(turn, node.task, run, event)
        return
    if node is not None and isinstance(node.task, SubflowBatch):
        on_batch_prepared(turn, node.task, run, event)
        return
    if _is_overtaken(run, event):
        _take_late(turn, run, event)
        return
    if run.state.current in _BEFORE_WORK and event.attempt == len(run.attempts) + 1:
        run = _begin_attempt(turn, run, event.started_at, event.worker_id)
    elif run.state.current not in _AT_WORK or event.attempt != len(run.attempts):
        return
    state = event.state
    last = run.attempts[-1]
    ended = last.state.to(state, max(event.ended_at, last.state.changed_date))
    closed = replace(last, state=ended, log_file=event.log_file)
    run = turn.draft.change(run, attempts=(*run.attempts[:-1], closed), outputs=event.outputs or {})
    if node is None:
        close_run(turn, run, state)
        return
    if state is State.FAILED and tries_again(turn, run):
        return
    if state is State.SUCCESS and _warns(turn, run):
        state = State.WARNING
    _close_at(turn, run, lenient(node.task, state), event.ended_at)


def _is_overtaken(run: TaskRun, event: TaskEnded) -> bool:
    """Whether the task run was ended with its group while this attempt was still made."""
    if run.state.current not in TERMINAL or State.KILLED in (run.state.current, event.state):
        return False
    is_open = bool(run.attempts) and run.attempts[-1].state.current not in TERMINAL
    return event.attempt == len(run.attempts) + (not is_open) and (is_open or _never_tried(run))


def _never_tried(run: TaskRun) -> bool:
    """Whether no attempt has begun since the task run was made, restarted or tried again."""
    before = run.state.transitions[-2].state if len(run.state.transitions) > 1 else None
    return before in _BEFORE_WORK


def _take_late(turn: Turn, run: TaskRun, event: TaskEnded) -> None:
    """Show what became of an attempt that the end of its group did not wait for; nothing follows from it.

    Source: Kestra 1.0.36 joins such results, also after the end of the execution (reference ``engine.md`` §3.9).
    """
    node = turn.plan.nodes.get(run.task_id)
    state = event.state if node is None else lenient(node.task, event.state)
    at = max(event.ended_at, run.state.changed_date)
    attempts = run.attempts
    if event.attempt > len(attempts):
        began = StateHistory.starting(State.CREATED, event.started_at).to(State.RUNNING, event.started_at)
        attempts = (*attempts, Attempt(state=began, worker_id=event.worker_id))
    ended = attempts[-1].state.to(event.state, max(event.ended_at, event.started_at))
    closed = replace(attempts[-1], state=ended, log_file=event.log_file)
    turn.draft.change(
        run, state=run.state.to(state, at), attempts=(*attempts[:-1], closed), outputs=event.outputs or {}
    )


def on_retry_due(turn: Turn, event: RetryDue) -> None:
    """Make the next attempt."""
    run = turn.draft.run(event.task_run_id)
    if run is None or run.state.current is not State.RETRYING or event.attempt != len(run.attempts) + 1:
        return
    run = turn.put_state(run, State.CREATED)
    if turn.execution.state.current is State.RETRYING:
        turn.enter(State.RUNNING)
    task = turn.plan.nodes[run.task_id].task
    if isinstance(task, SubflowTask):
        start_child(turn, task, run)
    else:
        turn.command(RunTask(run.id, event.attempt))


def policy_for(turn: Turn, run: TaskRun) -> RetryPolicy | None:
    """Return the retry that applies: the task's own, the nearest flowable's, the flow's."""
    for candidate in (run, *turn.draft.ancestors(run)):
        node = turn.plan.nodes.get(candidate.task_id)
        if node is not None and node.task.retry is not None:
            return node.task.retry
    return turn.plan.flow.retry


def _begin_attempt(turn: Turn, run: TaskRun, at: datetime, worker_id: str | None) -> TaskRun:
    at = max(at, run.state.changed_date)
    attempt = Attempt(state=StateHistory.starting(State.CREATED, at).to(State.RUNNING, at), worker_id=worker_id)
    return turn.draft.change(run, state=run.state.to(State.RUNNING, at), attempts=(*run.attempts, attempt))


def _close_at(turn: Turn, run: TaskRun, state: State, at: datetime) -> None:
    """Close with the worker's time, not the moment the report was read."""
    run = turn.draft.change(run, state=run.state.to(state, max(at, run.state.changed_date)))
    turn.look_at(run.parent_id, run)


def _warns(turn: Turn, run: TaskRun) -> bool:
    if len(run.attempts) < 2:
        return False
    policy = policy_for(turn, run)
    return policy is not None and policy.warning_on_retry


def tries_again(turn: Turn, run: TaskRun) -> bool:
    """Whether a failed task run (its last attempt closed) is tried again; then it waits already."""
    policy = policy_for(turn, run)
    if policy is None:
        return False
    if turn.execution.state.current in TERMINAL or turn.execution.state.current is State.KILLING:
        return False
    if policy.behavior is RetryBehavior.CREATE_NEW_EXECUTION:
        return _tries_anew(turn, run, policy)
    date = policy.next_attempt_at(
        attempts_made=len(run.attempts),
        started=run.attempts[0].state.start_date,
        last_ended=run.attempts[-1].state.changed_date,
        chance=_chance(run),
    )
    if date is None:
        return False
    turn.put_state(run, State.RETRYING)
    if turn.execution.state.current is State.RUNNING:
        turn.enter(State.RETRYING)
    due = max(date, turn.now + timedelta(0))
    turn.command(StartTimer(f"retry:{run.id}", due, RetryDue(task_run_id=run.id, attempt=len(run.attempts) + 1)))
    return True


def _tries_anew(turn: Turn, run: TaskRun, policy: RetryPolicy) -> bool:
    """End the execution as RETRIED and have a new one made later; attempts are those of executions."""
    execution = turn.execution
    date = policy.next_attempt_at(
        attempts_made=execution.attempt_number,
        started=execution.original_created_date or execution.state.start_date,
        last_ended=run.attempts[-1].state.changed_date,
        chance=_chance(run),
    )
    if date is None:
        return False
    turn.put_state(run, State.RETRIED)
    for ancestor in list(turn.draft.ancestors(run)):
        close_run(turn, ancestor, State.RETRIED)
    turn.enter(State.RETRIED)
    turn.command(StartTimer("new-attempt", date, NewAttemptDue()))
    turn.look_at(None)
    return True


def on_new_attempt_due(turn: Turn, event: NewAttemptDue) -> None:  # noqa: ARG001  # the event says all
    """Begin the execution that replaces this one."""
    source = turn.execution
    if source.state.current is not State.RETRIED:
        return
    execution_id = ExecutionId(derived_id(source.id, source.attempt_number))
    fresh, _ = replayed(turn.plan, source, (), execution_id=execution_id, now=turn.now)
    turn.command(
        BeginExecution(
            replace(
                fresh,
                attempt_number=source.attempt_number + 1,
                original_created_date=source.original_created_date or source.state.start_date,
            )
        )
    )


def _chance(run: TaskRun) -> float:
    """Return a number in [0, 1) that follows from the attempt: evenly spread, the same when decided twice."""
    digest = blake2b(f"{run.id}:{len(run.attempts)}".encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48
