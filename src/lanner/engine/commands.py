"""What the engine wants done. Each names its object, so doing it twice does no harm."""

from dataclasses import dataclass, field
from datetime import datetime

from lanner.engine.events import Event
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.log import LogEntry
from lanner.model.refusal import Refusal
from lanner.sdk.subflow import ChildRequest


@dataclass(frozen=True, slots=True)
class RunTask:
    """Have a worker make an attempt (from 1) of a task run."""

    task_run_id: TaskRunId
    attempt: int


@dataclass(frozen=True, slots=True)
class StopTask:
    """Have the worker stop an attempt, or drop it when nobody has begun it."""

    task_run_id: TaskRunId
    attempt: int


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Deliver an event later; the same name moves the timer."""

    name: str
    due: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Forget a timer."""

    name: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Deliver an event to this execution again, at once: the rest of a long piece of work."""

    event: Event


@dataclass(frozen=True, slots=True)
class StartChild:
    """Start the execution a task run asks for; its id follows from the task run and the attempt.

    ``again`` is a failed child to restart instead.
    """

    task_run_id: TaskRunId
    attempt: int
    request: ChildRequest
    again: ExecutionId | None = None


@dataclass(frozen=True, slots=True)
class KillChildren:
    """Kill the executions that this one has started; all of them, or one task run's."""

    task_run_id: TaskRunId | None = None


@dataclass(frozen=True, slots=True)
class DropFolder:
    """Have the worker remove the folder of a task run that has ended."""

    task_run_id: TaskRunId


@dataclass(frozen=True, slots=True)
class BeginExecution:
    """Make an execution and have it begin, in the same transaction."""

    execution: Execution


Command = RunTask | StopTask | StartTimer | CancelTimer | Tell | StartChild | KillChildren | DropFolder | BeginExecution


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The rows that differ after an event: never more than those."""

    execution: Execution | None = None
    task_runs: tuple[TaskRun, ...] = ()
    removed: tuple[TaskRunId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The engine's answer to an event. A late or repeated event has an empty one."""

    changes: Changes = field(default_factory=Changes)
    commands: tuple[Command, ...] = ()
    logs: tuple[LogEntry, ...] = ()
    refusal: Refusal | None = None
