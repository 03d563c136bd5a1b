"""Tasks: what a flow lists under ``tasks``."""

from abc import abstractmethod
from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field, ValidationError, ValidationInfo, WrapValidator
from pydantic_core import InitErrorDetails, PydanticCustomError

from lanner.model.errors import LannerError
from lanner.model.log import Level
from lanner.model.state import State
from lanner.sdk.plugin import Output, Plugin, PluginModel
from lanner.sdk.property import Property
from lanner.sdk.registry import Registry, UnknownType
from lanner.sdk.retry import AnyRetry
from lanner.sdk.text import Duration, Flag, TaskId, Text

if TYPE_CHECKING:
    from lanner.sdk.context import RunContext


class WorkerGroup(PluginModel):
    """Which workers may run a task."""

    key: Property[str] | None = None
    """Tag that a worker must carry."""
    fallback: str | None = None
    """What to do when there is none: ``FAIL``, ``WAIT`` or ``CANCEL``."""


class TaskCache(PluginModel):
    """Reuse of a task's outputs when nothing it depends on has changed."""

    enabled: bool
    """Whether to look for and keep a cache entry."""
    ttl: Duration | None = None
    """How long an entry counts; for ever when absent."""


class Task(Plugin):
    """A step of a flow. Subclasses say who runs it: see ``RunnableTask`` and ``Flowable``."""

    id_suffixes: ClassVar[tuple[str, ...]] = ()
    """The task makes tasks of its own, whose ids are its id with these at the end."""

    id: TaskId
    """Unique within the flow."""
    description: Text | None = None
    """What the task is for, in markdown."""
    retry: AnyRetry | None = None
    """When to try again after a failure."""
    timeout: Property[Duration] | None = None
    """How long an attempt may take; then it is stopped and FAILED."""
    disabled: Flag = False
    """Leave the task out altogether."""
    worker_group: WorkerGroup | None = None
    """Which workers may run the task."""
    log_level: Level | None = None
    """Least level of log lines that are kept; all when absent."""
    allow_failure: Flag = False
    """A failure ends in WARNING and the flow goes on."""
    allow_warning: Flag = False
    """A WARNING ends in SUCCESS."""
    log_to_file: bool = False
    """Keep the log in a file of the internal storage instead of the log table."""
    run_if: Text = "true"
    """Expression; when it renders to ``false``, ``0``, ``-0`` or nothing the task is SKIPPED."""
    task_cache: TaskCache | None = None
    """Reuse outputs of an earlier run with equal properties."""
    worker_selector: dict[str, Any] | None = None
    """Which workers may run the task, as 2.0 writes it."""
    assets: dict[str, Any] | None = None
    """What the task reads and makes (1.2)."""
    plugin_defaults_ref: str | None = None
    """The ``ref`` of the plugin defaults to use (1.3)."""

    @property
    def nested(self) -> Mapping[str, tuple["Task", ...]]:
        """The lists of tasks inside this one, by property name; none for ordinary tasks."""
        return {}


class TaskFailed(LannerError):
    """A task ended in failure; ``outputs`` are kept with the task run."""

    def __init__(self, message: str, *, outputs: Output | Mapping[str, Any] | None = None) -> None:
        self.outputs = outputs
        super().__init__(message)


class TaskEnd(PluginModel):
    """An end other than plain success: outputs with a state of their own (WARNING)."""

    state: State
    outputs: dict[str, Any] = Field(default_factory=dict)


TaskResult = Output | Mapping[str, Any] | TaskEnd | None


class RunnableTask(Task):
    """A task that a worker runs."""

    outputs_type: ClassVar[type[Output] | None] = None
    """The class that describes what ``run`` returns, for docs and schemas."""
    instant: ClassVar[bool] = False
    """``run`` does no I/O and takes microseconds: it is called in the worker's loop, without a thread."""

    @abstractmethod
    def run(self, context: "RunContext") -> TaskResult | Awaitable[TaskResult]:
        """Do the work and return the outputs.

        A plain function gets a thread, an ``async`` one runs in the worker's loop. May be
        called again for the same attempt after a crash: ``context.delivery`` tells. Any
        exception fails the attempt; raise ``TaskFailed`` to keep outputs. A task that can
        be stopped registers with ``context.on_kill``.
        """


def _resolved(value: Any, handler: Any, info: ValidationInfo) -> Any:
    if isinstance(value, Plugin):
        return handler(value)
    registry = (info.context or {}).get("registry")
    if not isinstance(registry, Registry):
        raise TypeError("a flow is read with a plugin registry as validation context")
    if not isinstance(value, Mapping):
        raise PydanticCustomError("plugin_map", "must be a map with a `type`")
    type_ = value.get("type")
    if (info.context or {}).get("suggests") is False and type_ not in registry:
        raise _at_type(type_, str(UnknownType(type_)))
    try:
        plugin = registry.resolve(type_)
    except LannerError as error:
        raise _at_type(type_, str(error)) from error
    except ImportError as error:
        raise _at_type(type_, f"the plugin of {type_} cannot be loaded: {error}") from error
    return handler(plugin.model_validate(value, context=info.context))


def _at_type(type_: Any, reason: str) -> ValidationError:
    """Return an error that stands at the ``type`` of a plugin, not at the whole of it."""
    kind = PydanticCustomError("unknown_type", "{reason}", {"reason": reason})
    return ValidationError.from_exception_data("type", [InitErrorDetails(type=kind, loc=("type",), input=type_)])


resolved = WrapValidator(_resolved, json_schema_input_type=dict[str, Any])
"""Reads a map as the plugin class its ``type`` names; annotate a plugin kind with it."""

AnyTask = Annotated[Task, resolved]
"""A task of any type."""
