"""What an execution, a task run and an attempt are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.label import Labels
from lanner.model.state import State, StateHistory


class ExecutionKind(StrEnum):
    """Why an execution exists, when it is not an ordinary one."""

    TEST = "TEST"
    PLAYGROUND = "PLAYGROUND"
    LOOP = "LOOP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at running a task."""

    state: StateHistory
    worker_id: str | None = None
    log_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRun:
    """One run of a task within an execution.

    ``memo`` is what rendering decided when the run began (a branch, a list of values): it is
    rendered once and stored, never rendered again. ``iteration`` and ``value`` are set on
    direct children of a loop. ``sequence`` orders the runs of an execution by creation.
    ``outputs`` is ``None`` until the task has ended (flowables: until they began).
    """

    id: TaskRunId
    task_id: str
    state: StateHistory
    parent_id: TaskRunId | None = None
    value: str | None = None
    iteration: int | None = None
    attempts: tuple[Attempt, ...] = ()
    outputs: Mapping[str, Any] | None = None
    memo: Mapping[str, Any] | None = None
    sequence: int = 0
    dynamic: bool = False
    force_execution: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionTrigger:
    """What started an execution; ``variables`` are ``trigger.*`` in its expressions."""

    id: str
    type: str
    variables: Mapping[str, Any]
    log_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakpoint:
    """Where to stop: a task, or a task for one value of a loop."""

    task_id: str
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixture:
    """A made-up end of a task, used instead of running it in tests of flows."""

    task_id: str
    value: str | None = None
    state: State = State.SUCCESS
    outputs: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One run of a flow revision. Task runs are kept beside it, never inside it.

    ``variables`` is ``None`` until a task sets some: then it replaces the flow's own.
    ``ended`` is true when nothing of it runs any more, ``afterExecution`` included, while
    ``state`` may be terminal before that. ``sequence`` counts the task runs made so far.
    """

    id: ExecutionId
    tenant: str
    namespace: str
    flow_id: str
    flow_revision: int
    state: StateHistory
    inputs: Mapping[str, Any] | None = None
    outputs: Mapping[str, Any] | None = None
    labels: Labels = ()
    variables: Mapping[str, Any] | None = None
    parent_id: ExecutionId | None = None
    original_id: ExecutionId | None = None
    trigger: ExecutionTrigger | None = None
    attempt_number: int = 1
    original_created_date: datetime | None = None
    schedule_date: datetime | None = None
    trace_parent: str | None = None
    kind: ExecutionKind | None = None
    fixtures: tuple[Fixture, ...] = ()
    breakpoints: tuple[Breakpoint, ...] = ()
    ended: bool = False
    sequence: int = 0
