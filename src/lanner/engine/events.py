"""What can happen to an execution.

Every event is plain data: it travels as a message (``kind`` and ``body``) and may arrive late
or more than once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, get_args

from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.state import State


class Slot(StrEnum):
    """What the concurrency limit of the flow says to an execution that wants to run."""

    GRANTED = "GRANTED"
    QUEUE = "QUEUE"
    CANCEL = "CANCEL"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """The execution begins, or (with a schedule date) its time has come."""

    slot: Slot = Slot.GRANTED


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotFreed:
    """It is this execution's turn: another one of its flow has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildStarted:
    """The execution that a task run asked for has been made."""

    task_run_id: TaskRunId
    attempt: int
    child_id: ExecutionId
    namespace: str
    flow_id: str
    iteration: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRefused:
    """The execution that a task run asked for cannot be made."""

    task_run_id: TaskRunId
    attempt: int
    reason: str
    iteration: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildEnded:
    """Nothing of an execution that a task run asked for runs any more."""

    task_run_id: TaskRunId
    child_id: ExecutionId
    state: State
    outputs: Mapping[str, Any] | None
    iteration: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchContinued:
    """The rest of a task run's executions is to be asked for: one step asks for a limited number."""

    task_run_id: TaskRunId


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAttemptDue:
    """The wait before the execution is tried again as a new one is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """The process that owned the execution has been started again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStarted:
    """A worker has begun an attempt."""

    task_run_id: TaskRunId
    attempt: int
    worker_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEnded:
    """A worker reports the end of an attempt."""

    task_run_id: TaskRunId
    attempt: int
    state: State
    outputs: Mapping[str, Any] | None
    started_at: datetime
    ended_at: datetime
    worker_id: str | None = None
    log_file: str | None = None
    """URI of the attempt's log when that is kept as a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryDue:
    """The wait before the next attempt is over."""

    task_run_id: TaskRunId
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseExpired:
    """A pause has lasted as long as it may."""

    task_run_id: TaskRunId


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseExpired:
    """The time in which the execution was to end is over."""

    sla_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatDue:
    """The wait between two rounds of a loop is over."""

    task_run_id: TaskRunId


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupContinued:
    """The rest of a group's task runs is to be made: one step makes a limited number."""

    task_run_id: TaskRunId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KillRequested:
    """Somebody wants the execution to stop. ``cascade`` includes the executions it started."""

    cascade: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRequested:
    """Somebody wants nothing new to start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeRequested:
    """Somebody lets a paused execution go on; ``inputs`` are the checked answers of the pause."""

    inputs: Mapping[str, Any]
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartRequested:
    """Somebody wants the failed tasks of an ended execution to run again."""

    slot: Slot = Slot.GRANTED


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRunStateRequested:
    """Somebody declares the state of a task run and wants the flow to go on from there."""

    task_run_id: TaskRunId
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRequested:
    """Somebody declares the state of an ended execution; nothing runs again."""

    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceRunRequested:
    """Somebody wants an execution that waits, for whatever reason, to run now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnqueueRequested:
    """Somebody takes an execution out of the queue of its concurrency limit."""

    state: State = State.RUNNING


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakpointResumed:
    """Somebody lets an execution go on that stopped at a breakpoint, with a new list of breakpoints."""

    breakpoints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsRequested:
    """Somebody sets the labels (system labels stay); ``labels`` is a list of key and value."""

    labels: tuple[tuple[str, str], ...]
    only_ended: bool = True
    system: bool = False


Event = (
    Created
    | Recovered
    | SlotFreed
    | ChildStarted
    | ChildRefused
    | ChildEnded
    | BatchContinued
    | NewAttemptDue
    | TaskStarted
    | TaskEnded
    | RetryDue
    | PauseExpired
    | PromiseExpired
    | RepeatDue
    | GroupContinued
    | KillRequested
    | PauseRequested
    | ResumeRequested
    | RestartRequested
    | TaskRunStateRequested
    | StateRequested
    | ForceRunRequested
    | UnqueueRequested
    | BreakpointResumed
    | LabelsRequested
)
"""Anything that can happen to an execution."""

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Event)}
_DATES = {"at", "started_at", "ended_at"}


def encode(event: Event) -> tuple[str, dict[str, Any]]:
    """Return the kind and the body (plain data) of an event."""
    return type(event).__name__, {field.name: _plain(getattr(event, field.name)) for field in fields(event)}


def decode(kind: str, body: Mapping[str, Any]) -> Event:
    """Return the event of a message; the reverse of ``encode``."""
    values = dict(body)
    for name, value in values.items():
        if name in _DATES and isinstance(value, str):
            values[name] = datetime.fromisoformat(value)
        elif name == "state":
            values[name] = State(value)
        elif name == "slot":
            values[name] = Slot(value)
        elif name == "labels":
            values[name] = tuple((key, text) for key, text in value)
        elif name == "breakpoints":
            values[name] = tuple(value)
    event: Event = _KINDS[kind](**values)
    return event


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return value
