"""Requests that set a state or labels by hand."""

from dataclasses import replace

from lanner.engine.commands import CancelTimer
from lanner.engine.ending import close_run
from lanner.engine.events import (
    ForceRunRequested,
    LabelsRequested,
    StateRequested,
    TaskRunStateRequested,
    UnqueueRequested,
)
from lanner.engine.on_pause import resume_run
from lanner.engine.on_restart import begin_again, remove_ends, reopen_ancestors
from lanner.engine.on_start import start_waiting
from lanner.engine.pauses import first_paused
from lanner.engine.turn import Refuse, Turn
from lanner.model.label import Label, merged
from lanner.model.refusal import RefusalKind
from lanner.model.state import State

_UNQUEUE_TARGETS = (State.RUNNING, State.CANCELLED, State.FAILED)


def on_state(turn: Turn, event: StateRequested) -> None:
    """Declare the state of an ended execution; nothing runs again."""
    if not event.state.is_terminal:
        raise Refuse(RefusalKind.INVALID, "You can only change the state of an execution to a terminal state.")
    if not turn.execution.state.current.is_terminal:
        raise Refuse(RefusalKind.INVALID, "You can only change the state of a terminated execution.")
    turn.enter(event.state)


def on_task_run_state(turn: Turn, event: TaskRunStateRequested) -> None:
    """Declare the state of a task run and go on from there; what ran at the end runs again."""
    run = turn.draft.run(event.task_run_id)
    if run is None:
        raise Refuse(RefusalKind.INVALID, f"task run {event.task_run_id!r} is not part of this execution")
    if not event.state.is_terminal:
        raise Refuse(RefusalKind.INVALID, f"a task run can only be given a terminal state, not {event.state}")
    if not turn.execution.ended or turn.execution.state.current is State.KILLED:
        raise Refuse(
            RefusalKind.CONFLICT,
            f"Execution must be terminated and not killed, current state is '{turn.execution.state.current}'",
        )
    begin_again(turn)
    remove_ends(turn)
    reopen_ancestors(turn, run)
    turn.enter(State.RUNNING)
    attempts = run.attempts
    if attempts:
        attempts = (*attempts[:-1], replace(attempts[-1], state=attempts[-1].state.to(event.state, turn.now)))
    close_run(turn, turn.draft.change(run, attempts=attempts), event.state)
    start_waiting(turn)


def on_force_run(turn: Turn, event: ForceRunRequested) -> None:  # noqa: ARG001  # the event says all
    """Let an execution that waits, for whatever reason, run now."""
    state = turn.execution.state.current
    if state.is_terminal:
        raise Refuse(RefusalKind.CONFLICT, "Only non terminated executions can be forced run.")
    if state is State.PAUSED and (run := first_paused(turn)) is not None:
        resume_run(turn, run, State.SUCCESS, {}, by=None)
        return
    if state is not State.RUNNING:
        turn.command(CancelTimer("schedule"))
        turn.enter(State.RUNNING)
    start_waiting(turn)


def on_unqueue(turn: Turn, event: UnqueueRequested) -> None:
    """Take an execution out of the queue: to run, or to end."""
    if turn.execution.state.current is not State.QUEUED:
        raise Refuse(RefusalKind.CONFLICT, "Only QUEUED execution can be unqueued")
    if event.state not in _UNQUEUE_TARGETS:
        raise Refuse(RefusalKind.INVALID, f"Invalid target state: {event.state}")
    turn.enter(event.state)
    start_waiting(turn)


def on_labels(turn: Turn, event: LabelsRequested) -> None:
    """Replace the labels people set; system labels stay, unless the house itself adds one."""
    execution = turn.execution
    if event.only_ended and not execution.state.current.is_terminal:
        raise Refuse(RefusalKind.CONFLICT, "The execution is not terminated")
    wanted = [Label(key, value) for key, value in event.labels]
    if event.system:
        turn.change_execution(labels=merged(execution.labels, wanted))
        return
    system = [label for label in execution.labels if label.is_system]
    offending = [label for label in wanted if label.is_system and label not in system]
    if offending:
        named = ", ".join(f"{label.key}={label.value}" for label in offending)
        raise Refuse(RefusalKind.INVALID, f"System labels can only be set by Kestra itself, offending label: {named}")
    people = [label for label in wanted if not label.is_system and (label.key or label.value)]
    turn.change_execution(labels=merged(people, system))
