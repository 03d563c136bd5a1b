"""What a running task sees of the house."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeVar, overload

from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.key_value import KeyValue
from lanner.model.log import Level
from lanner.sdk.property import Property
from lanner.sdk.records import Records

if TYPE_CHECKING:
    from lanner.sdk.task import Task

T = TypeVar("T")


class TaskLog(Protocol):
    """The task run's log. Lines are stored with the execution; secrets are masked."""

    def log(self, level: Level, message: str) -> None: ...
    def debug(self, message: str) -> None: ...
    def info(self, message: str) -> None: ...
    def warn(self, message: str) -> None: ...
    def error(self, message: str) -> None: ...


class KeptFile(Protocol):
    """What a task has kept for its next run."""

    @property
    def modified(self) -> datetime:
        """When it was kept."""

    def open(self) -> IO[bytes]:
        """Open it for reading, from its start."""


class FileStore(Protocol):
    """Internal storage, as a task run sees it. URIs are ``kestra:///…``."""

    def open(self, uri: str) -> IO[bytes]:
        """Open a stored file for reading, from its start; raises ``FileNotFound``."""

    def put(self, path: Path, *, name: str | None = None) -> str:
        """Store a local file under the task run's prefix and return its URI."""

    def put_bytes(self, content: bytes, *, name: str) -> str:
        """Store ``content`` under the task run's prefix and return its URI."""

    def uri_of(self, name: str) -> str:
        """Return the URI that a file of this name has once it is stored by the task run."""

    def size(self, uri: str) -> int:
        """Return the size in bytes; raises ``FileNotFound``."""

    def exists(self, uri: str) -> bool:
        """Whether there is such a file."""

    def delete(self, uri: str) -> bool:
        """Delete a file; returns whether there was one."""

    def delete_execution(self) -> list[str]:
        """Delete every file of the execution and return their URIs."""

    def keep(self, path: Path) -> None:
        """Keep a file for the next run of the task, whichever execution that is; it replaces the one before."""

    def kept(self) -> KeptFile | None:
        """Return what the last run of the task has kept."""


class KeyValueStore(Protocol):
    """The key-value store. Without a ``namespace`` it is the flow's own.

    Blocking: for tasks with a plain ``run``. Another namespace must hold a flow or a pair, unless it is above the
    flow's; every method raises ``LannerError`` for one that does not, and for what cannot be a key.
    """

    def get(self, key: str, namespace: str | None = None) -> KeyValue | None:
        """Return the pair of a key; the flow's own namespace is searched together with those above it."""

    def set(
        self,
        key: str,
        value: Any,
        *,
        namespace: str | None = None,
        ttl: timedelta | None = None,
        description: str | None = None,
        overwrite: bool = True,
    ) -> None:
        """Set a key to plain data or a moment; raises ``LannerError`` when it is there and not to be overwritten.

        The type follows from the value; text that is an ISO-8601 duration is one.
        """

    def delete(self, key: str, namespace: str | None = None) -> bool:
        """Delete a key; returns whether there was one."""

    def keys(self, *, prefix: str = "", namespace: str | None = None) -> list[str]:
        """Return the keys of one namespace, sorted."""

    def purge(
        self,
        *,
        namespaces: Sequence[str] | None = None,
        namespace_pattern: str | None = None,
        with_children: bool = True,
        key_pattern: str | None = None,
        expired_only: bool = True,
    ) -> int:
        """Delete pairs of the namespaces named, or of all; returns how many."""


class NamespaceFileStore(Protocol):
    """The files of namespaces; without a ``namespace`` the flow's own. Blocking: for tasks with a plain ``run``.

    Paths begin with a slash or not; every method raises ``LannerError`` for one that leads elsewhere.
    """

    def paths(self, namespace: str | None = None) -> list[str]:
        """Return the paths of all files, sorted, each with a slash at its start."""

    def open(self, path: str, namespace: str | None = None) -> IO[bytes]:
        """Open a file for reading; raises ``LannerError`` when there is none."""

    def exists(self, path: str, namespace: str | None = None) -> bool:
        """Whether there is such a file or folder."""

    def put(self, path: str, content: IO[bytes], namespace: str | None = None) -> None:
        """Store a file; what was there before stays as an earlier revision."""

    def delete(self, path: str, namespace: str | None = None) -> bool:
        """Delete a file with its revisions; returns whether there was one."""

    def purge_revisions(
        self, path: str, namespace: str | None = None, *, keep: int | None = None, before: datetime | None = None
    ) -> int:
        """Delete earlier revisions of a file; returns how many.

        ``keep`` leaves so many of the newest, the present one counted; ``before`` takes those older than a moment.
        """

    def namespaces(self) -> list[str]:
        """Return the namespaces that hold flows, sorted, with those above them."""


class RunContext(Protocol):
    """Everything a task may use while it runs. Usable from the task's own thread."""

    execution_id: ExecutionId
    task_run_id: TaskRunId
    tenant: str
    namespace: str
    flow_id: str
    task_id: str
    attempt: int
    """Which attempt this is, from 1."""
    delivery: int
    """How often this attempt was handed out, from 1; more after a crash."""
    variables: Mapping[str, Any]
    """What expressions see."""

    @property
    def log(self) -> TaskLog: ...
    @property
    def files(self) -> FileStore: ...
    @property
    def key_values(self) -> KeyValueStore: ...
    @property
    def records(self) -> Records: ...
    @property
    def namespace_files(self) -> NamespaceFileStore: ...

    def open_uri(self, uri: str) -> IO[bytes]:
        """Open a file by URI: ``kestra:///…``, ``nsfile:///…``, ``nsfile://namespace/…`` or an allowed ``file:///…``.

        Raises ``LannerError`` for any other scheme and for files that are not there or not allowed.
        """

    def toggle_trigger(self, trigger_id: str, *, namespace: str, flow_id: str, enabled: bool) -> None:
        """Enable or disable a trigger of the tenant; returns when that is durable; raises ``LannerError``."""

    @overload
    def render(self, value: Property[T], **extra: Any) -> T: ...
    @overload
    def render(self, value: Property[T] | None, **extra: Any) -> T | None: ...
    @overload
    def render(self, value: str, **extra: Any) -> str: ...

    def render_value(self, value: Any, **extra: Any) -> Any:
        """Return a YAML value with every text in it rendered; ``extra`` variables are added."""

    def evaluate(self, template: str, **extra: Any) -> Any:
        """Return the value of a text that is one ``{{ … }}`` with its type; other texts are rendered."""

    def render_only(self, template: str, variables: Mapping[str, Any]) -> str:
        """Render a template that sees nothing but ``variables``, such as a condition on one row of a file."""

    def load_task(self, source: str) -> "Task":
        """Return the task that a YAML text describes, validated; raises ``LannerError``.

        Its ``id`` is that of the task that runs unless the text gives one.
        """

    @property
    def idempotency_key(self) -> str:
        """The same for each delivery of one attempt, different for any other."""

    @property
    def working_dir(self) -> Path:
        """A folder of this attempt's own, made on first use and removed afterwards."""

    @property
    def is_killed(self) -> bool:
        """Whether the task has been told to stop."""

    def on_kill(self, stop: Callable[[], object]) -> None:
        """Have ``stop`` called, from another thread, when the task is killed or its time is up."""

    def counter(self, name: str, value: float = 1, /, **tags: str) -> None:
        """Publish a count; repeated names with equal tags add up."""

    def timer(self, name: str, milliseconds: float, /, **tags: str) -> None:
        """Publish a duration in milliseconds."""

    def encrypt(self, text: str) -> dict[str, str]:
        """Return a text as a SECRET input stores it, to be shown to later expressions in clear.

        Raises ``LannerError`` when the server has no encryption key.
        """

    def option(self, name: str) -> Any:
        """Return an option of the server meant for tasks, such as ``scripts.default-runner``; ``None`` when unset."""

    def resolve_type(self, type_: str) -> type:
        """Return the class of another plugin, such as a task runner."""
