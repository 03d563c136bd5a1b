"""A flow as the engine runs it: typed tasks, triggers and rules, read from one revision's source."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from lanner.sdk.condition import AnyCondition
from lanner.sdk.input import AnyInput, FlowOutput
from lanner.sdk.plugin import PluginModel
from lanner.sdk.retry import AnyRetry
from lanner.sdk.task import AnyTask, WorkerGroup
from lanner.sdk.text import Duration, FlowLabels, Text, to_text
from lanner.sdk.trigger import AnyTrigger


def without_nulls(value: Any) -> Any:
    """Return a value without the null entries of its maps, at any depth; lists keep theirs (Kestra 1.0.36)."""
    if isinstance(value, Mapping):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


class ConcurrencyBehavior(StrEnum):
    """What happens to an execution above the limit."""

    QUEUE = "QUEUE"
    CANCEL = "CANCEL"
    FAIL = "FAIL"


class Concurrency(PluginModel):
    """How many executions of a flow may run at once."""

    limit: Annotated[int, Field(ge=1)]
    """The number."""
    behavior: ConcurrencyBehavior = ConcurrencyBehavior.QUEUE
    """What happens above it."""


class SlaBehavior(StrEnum):
    """What a broken promise does to the execution."""

    FAIL = "FAIL"
    CANCEL = "CANCEL"
    NONE = "NONE"


class Sla(PluginModel):
    """A promise about each execution."""

    id: Annotated[str, Field(min_length=1)]
    """Name of the promise."""
    behavior: SlaBehavior
    """What happens when it is broken."""
    labels: FlowLabels = ()
    """Labels to add then."""


class MaxDurationSla(Sla):
    """The execution ends within a time."""

    type: Literal["MAX_DURATION"]
    duration: Duration
    """Time from the start."""


class AssertionSla(Sla):
    """An expression stays true."""

    type: Literal["EXECUTION_ASSERTION"]
    assertion: Annotated[str, Field(alias="assert")]
    """The expression."""


AnySla = Annotated[MaxDurationSla | AssertionSla, Field(discriminator="type")]


class CheckBehavior(StrEnum):
    """What a check that does not hold does to the execution that was asked for."""

    BLOCK_EXECUTION = "BLOCK_EXECUTION"
    FAIL_EXECUTION = "FAIL_EXECUTION"
    CREATE_EXECUTION = "CREATE_EXECUTION"


class Check(PluginModel):
    """A condition looked at before an execution is made."""

    condition: Text
    """Expression over the inputs; must give true."""
    message: Text
    """What to tell when it does not."""
    style: Literal["ERROR", "SUCCESS", "WARNING", "INFO"] = "INFO"
    """How the message looks."""
    behavior: CheckBehavior = CheckBehavior.BLOCK_EXECUTION
    """What happens when it does not."""


class PluginDefault(PluginModel):
    """Values for properties of all plugins whose type equals or starts with ``type``."""

    type: str
    """A type or the start of one."""
    forced: bool = False
    """Replace what the plugin itself says, instead of filling gaps."""
    values: dict[str, Any]
    """Property -> value."""
    ref: str | None = None
    """Name under which single tasks ask for these values (1.3)."""


class Listener(PluginModel):
    """Tasks run after the execution (deprecated: use ``afterExecution``)."""

    description: Text | None = None
    """What it is for."""
    conditions: tuple[AnyCondition, ...] = ()
    """When it applies."""
    tasks: Annotated[tuple[AnyTask, ...], Field(min_length=1)]
    """What to run."""


class FlowDefinition(PluginModel):
    """The source of a flow, typed. Built by ``lanner.flows``, which also checks what needs several places at once."""

    id: Annotated[
        str, BeforeValidator(to_text), Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]*$", min_length=1, max_length=100)
    ]
    """Unique in the namespace."""
    namespace: Annotated[
        str, BeforeValidator(to_text), Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", min_length=1, max_length=150)
    ]
    """Where the flow lives; never changes."""
    revision: Annotated[int, Field(ge=1)] | None = None
    """Set by the server; in a source only used to tell whether it is outdated."""
    description: Text | None = None
    """What the flow is for, in markdown."""
    labels: FlowLabels = ()
    """Labels, copied to each execution."""
    inputs: tuple[AnyInput, ...] = ()
    """What an execution is given."""
    outputs: tuple[FlowOutput, ...] = ()
    """What an execution gives."""
    variables: Annotated[dict[str, Any], AfterValidator(without_nulls)] = Field(default_factory=dict)
    """Values and expressions, ``vars`` in expressions."""
    tasks: Annotated[tuple[AnyTask, ...], Field(min_length=1)]
    """What to run."""
    errors: tuple[AnyTask, ...] = ()
    """What to run when a task has failed."""
    finally_: tuple[AnyTask, ...] = Field(default=(), alias="finally")
    """What to run at the end, whatever happened."""
    after_execution: tuple[AnyTask, ...] = ()
    """What to run when the execution has its final state."""
    listeners: Annotated[tuple[Listener, ...], Field(json_schema_extra={"deprecated": True})] = ()
    """Deprecated form of ``afterExecution``."""
    triggers: tuple[AnyTrigger, ...] = ()
    """What starts executions."""
    plugin_defaults: tuple[PluginDefault, ...] = ()
    """Values for properties of the tasks and triggers."""
    task_defaults: Annotated[tuple[PluginDefault, ...], Field(json_schema_extra={"deprecated": True})] = ()
    """Deprecated name of ``pluginDefaults``; accepted, and without effect as in Kestra 1.0."""
    concurrency: Concurrency | None = None
    """How many executions may run at once."""
    retry: AnyRetry | None = None
    """Retry of every task that has none of its own."""
    sla: tuple[AnySla, ...] = ()
    """Promises about each execution."""
    checks: tuple[Check, ...] = ()
    """Conditions looked at before an execution is made."""
    worker_group: WorkerGroup | None = None
    """Which workers run the tasks."""
    worker_selector: dict[str, Any] | None = None
    """Which workers run the tasks, as 2.0 writes it."""
    quotas: tuple[dict[str, Any], ...] = ()
    """Limits on executions in a time (2.0)."""
    policy_refs: tuple[str, ...] = ()
    """Names of policies that apply (2.0)."""
    draft: bool = False
    """The flow is being written (2.0)."""
    disabled: bool = False
    """No execution can be made."""
    deleted: bool = False
    """Set by the server."""
    tenant_id: str | None = None
    """Set by the server."""
    updated: Any = None
    """Set by the server."""
