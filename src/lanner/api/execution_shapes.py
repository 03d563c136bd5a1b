"""The documents of executions: their types; ``composition.py`` makes them.

Absent means null. Source: Kestra 1.0.36 (reference ``api.md`` §2.2 to §2.4).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NotRequired, TypedDict

import orjson

from lanner.api.shapes import LabelDocument, open_ended
from lanner.model.execution import ExecutionKind
from lanner.model.log import Level, MetricType
from lanner.model.state import State


class StateHistoryDocument(TypedDict):
    """A state and when it was entered."""

    state: State
    date: datetime


class StateDocument(TypedDict):
    """Where something stands and how it came there. ``duration`` is in ISO-8601; it runs until there is an end."""

    current: State
    histories: list[StateHistoryDocument]
    duration: str
    startDate: datetime
    endDate: NotRequired[datetime]


class TaskRunAttemptDocument(TypedDict):
    """One try of a task."""

    state: StateDocument
    workerId: NotRequired[str]
    logFile: NotRequired[str]


class TaskRunDocument(TypedDict):
    """A run of a task. ``value`` is what a loop gave it, ``iteration`` the how many-th it is there."""

    tenantId: str
    id: str
    executionId: str
    namespace: str
    flowId: str
    taskId: str
    parentTaskRunId: NotRequired[str]
    value: NotRequired[str]
    attempts: NotRequired[list[TaskRunAttemptDocument]]
    outputs: NotRequired[Mapping[str, Any]]
    state: StateDocument
    iteration: NotRequired[int]
    dynamic: NotRequired[bool]
    forceExecution: NotRequired[bool]


class ExecutionTriggerDocument(TypedDict):
    """What started an execution, and what it knew."""

    id: str
    type: str
    variables: Mapping[str, Any]
    logFile: NotRequired[str]


class ExecutionMetadataDocument(TypedDict):
    """How often an execution was begun, and when first."""

    attemptNumber: int
    originalCreatedDate: datetime


class TaskFixtureDocument(TypedDict):
    """What a task is said to have given, instead of running."""

    id: str
    value: NotRequired[str]
    state: NotRequired[State]
    outputs: NotRequired[Mapping[str, Any]]


class BreakpointDocument(TypedDict):
    """A task, or one round of a loop, before which an execution stops."""

    id: str
    value: NotRequired[str]


class ExecutionDocument(TypedDict):
    """An execution. ``url`` is there when it was just made; ``partial`` when only task runs that changed are listed."""

    tenantId: str
    id: str
    namespace: str
    flowId: str
    flowRevision: int
    taskRunList: NotRequired[list[TaskRunDocument | orjson.Fragment]]
    inputs: NotRequired[Mapping[str, Any]]
    outputs: NotRequired[Mapping[str, Any]]
    labels: NotRequired[list[LabelDocument]]
    variables: NotRequired[Mapping[str, Any]]
    state: StateDocument
    parentId: NotRequired[str]
    originalId: str
    trigger: NotRequired[ExecutionTriggerDocument]
    deleted: bool
    metadata: ExecutionMetadataDocument
    scheduleDate: NotRequired[datetime]
    traceParent: NotRequired[str]
    fixtures: NotRequired[list[TaskFixtureDocument]]
    kind: NotRequired[ExecutionKind]
    breakpoints: NotRequired[list[BreakpointDocument]]
    url: NotRequired[str]
    partial: NotRequired[bool]


class WebhookResponseDocument(TypedDict):
    """The part of an execution that callers of webhooks see."""

    tenantId: str
    id: str
    namespace: str
    flowId: str
    flowRevision: int
    trigger: NotRequired[ExecutionTriggerDocument]
    outputs: NotRequired[Mapping[str, Any]]
    labels: NotRequired[list[LabelDocument]]
    state: StateDocument
    url: NotRequired[str]


class CurrentStateDocument(TypedDict):
    """A state without its history."""

    current: State


class ExecutionStatusEventDocument(TypedDict):
    """Where one of the executions that belong together stands."""

    executionId: str
    tenantId: str
    namespace: str
    flowId: str
    state: CurrentStateDocument


class LastExecutionResponseDocument(TypedDict):
    """One of the newest executions of a flow; ``duration`` is in ISO-8601 and runs until there is an end."""

    id: str
    flowId: str
    namespace: str
    startDate: datetime
    status: State
    duration: str


class StateCountDocument(TypedDict):
    """How many executions that began in a stretch of time are in a state; ``start`` begins the stretch."""

    start: datetime
    state: State
    count: int


class MessageDocument(TypedDict):
    """A sentence for people."""

    message: str


@open_ended
class InputDocument(TypedDict):
    """An input as a flow declares it; each type has properties of its own."""

    id: str
    type: str
    required: NotRequired[bool]
    defaults: NotRequired[Any]
    prefill: NotRequired[Any]
    displayName: NotRequired[str]
    description: NotRequired[str]
    values: NotRequired[list[Any]]
    options: NotRequired[list[Any]]
    isRadio: NotRequired[bool]
    allowCustomValue: NotRequired[bool]
    itemType: NotRequired[str]
    min: NotRequired[float | str]
    max: NotRequired[float | str]
    validator: NotRequired[str]
    inputs: NotRequired["list[InputDocument]"]


class InputAndValueDocument(TypedDict):
    """An input, what became of it, and what is wrong with it."""

    input: InputDocument
    enabled: bool
    isDefault: bool
    errors: list[MessageDocument]
    value: NotRequired[Any]


class CheckFailureDocument(TypedDict):
    """A check of a flow that does not hold for these inputs."""

    message: str
    style: str
    behavior: str


class ValidatedInputsDocument(TypedDict):
    """What would become of the inputs of an execution."""

    id: str
    namespace: str
    inputs: list[InputAndValueDocument]
    checks: list[CheckFailureDocument]


class LogEntryDocument(TypedDict):
    """A line of a log."""

    tenantId: str
    namespace: str
    flowId: str
    taskId: NotRequired[str]
    executionId: NotRequired[str]
    taskRunId: NotRequired[str]
    attemptNumber: int | None
    triggerId: NotRequired[str]
    timestamp: datetime
    level: Level
    thread: NotRequired[str]
    message: str
    deleted: bool


class MetricEntryDocument(TypedDict):
    """A number that a task published; timers are in milliseconds."""

    tenantId: str
    namespace: str
    flowId: str
    taskId: str
    executionId: str
    taskRunId: str
    type: MetricType
    name: str
    value: float
    timestamp: datetime
    tags: NotRequired[Mapping[str, str]]
