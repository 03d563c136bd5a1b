"""What a task gets while it runs (``lanner.sdk.context.RunContext``)."""

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from lanner.expressions import Reach, Renderer
from lanner.flows.task_text import read_task
from lanner.model.errors import LannerError
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import TaskRunId
from lanner.model.log import Level, LogEntry, Metric, MetricType
from lanner.model.trigger import TriggerKey
from lanner.ports.blobs import Blobs
from lanner.ports.store import FlowRows
from lanner.runtime.encryption import Cipher, encrypted
from lanner.runtime.log_file import LogFile
from lanner.runtime.masking import Masks
from lanner.runtime.task_files import TaskFiles
from lanner.runtime.task_keys import TaskKeyValues
from lanner.runtime.task_namespace_files import TaskNamespaceFiles
from lanner.runtime.trigger_switch import TriggerSwitch
from lanner.sdk.property import Property, is_lone_expression
from lanner.sdk.records import Records
from lanner.sdk.registry import Registry
from lanner.sdk.task import Task
from lanner.services.key_values import KeyValues
from lanner.services.namespace_files import NamespaceFiles
from lanner.services.readable_files import SCHEMES, ReadableFiles, SchemeNotSupported

MAX_MESSAGE = 15_360
"""Characters of one log entry; longer messages are split."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What every task run of a worker shares."""

    renderer: Renderer
    registry: Registry
    blobs: Blobs
    key_values: KeyValues
    readable: ReadableFiles
    namespace_files: NamespaceFiles
    flows: FlowRows
    loop: asyncio.AbstractEventLoop
    options: Mapping[str, Any]
    temporary: Path
    triggers: TriggerSwitch
    cipher: Cipher | None = None
    records: Callable[[str, str], Records] | None = None
    """Gives the stored executions and logs to a task: tenant and execution id -> records."""


class RunLog:
    """Collects the lines of a task run or a trigger until somebody takes them; usable from any thread.

    ``origin`` holds the fields of ``LogEntry`` that say where lines come from.
    """

    def __init__(self, origin: Mapping[str, Any], least: Level | None, masks: Masks) -> None:
        self._origin, self._least, self._masks = origin, least or Level.TRACE, masks
        self.file: LogFile | None = None
        self._lines: list[LogEntry] = []
        self.on_line: Callable[[], None] | None = None

    def log(self, level: Level, message: str) -> None:
        """Add a line, secrets masked, split when it is very long."""
        if not self._least.includes(level):
            return
        text = self._masks.hide(message)
        if self.file is not None:
            self.file.write(self._entry(level, text))
            return
        for start in range(0, len(text) or 1, MAX_MESSAGE):
            self._lines.append(self._entry(level, text[start : start + MAX_MESSAGE]))
        if self.on_line is not None:
            self.on_line()

    def debug(self, message: str) -> None:
        """Add a DEBUG line."""
        self.log(Level.DEBUG, message)

    def info(self, message: str) -> None:
        """Add an INFO line."""
        self.log(Level.INFO, message)

    def warn(self, message: str) -> None:
        """Add a WARN line."""
        self.log(Level.WARN, message)

    def error(self, message: str) -> None:
        """Add an ERROR line."""
        self.log(Level.ERROR, message)

    def take(self) -> list[LogEntry]:
        """Return the lines added since the last call."""
        lines, self._lines = self._lines, []
        return lines

    def _entry(self, level: Level, message: str) -> LogEntry:
        return LogEntry(
            timestamp=datetime.now(UTC),
            level=level,
            message=message,
            thread=threading.current_thread().name,
            **self._origin,
        )


class TaskContext:
    """One attempt's view of the house, or that of one evaluation of a trigger."""

    def __init__(
        self,
        workshop: Workshop,
        execution: Execution,
        run: TaskRun,
        *,
        attempt: int,
        delivery: int,
        variables: Mapping[str, Any],
        reach: Reach,
        masks: Masks,
        log: RunLog,
        files: TaskFiles | None = None,
        folder: TaskRunId | None = None,
    ) -> None:
        self._workshop, self._execution, self._run, self._reach = workshop, execution, run, reach
        self.execution_id, self.task_run_id = execution.id, run.id
        self.tenant, self.namespace, self.flow_id = execution.tenant, execution.namespace, execution.flow_id
        self.task_id = run.task_id
        self.attempt, self.delivery = attempt, delivery
        self.variables = variables
        self.log = log
        self.files = files or TaskFiles(workshop.blobs, execution, run)
        self.key_values = TaskKeyValues(workshop.key_values, workshop.loop, execution.tenant, execution.namespace)
        self.namespace_files = TaskNamespaceFiles(
            workshop.namespace_files, workshop.flows, workshop.loop, execution.tenant, execution.namespace
        )
        self._masks = masks
        self._metrics: dict[tuple[Any, ...], Metric] = {}
        self._folder = folder
        self._working_dir: Path | None = None
        self._stops: list[Callable[[], object]] = []
        self._killed = threading.Event()
        self._lock = threading.Lock()

    def render(self, value: Any, **extra: Any) -> Any:
        """Return a property's value, or a text rendered."""
        if value is None:
            return None
        if isinstance(value, Property):
            if not value.is_dynamic:
                return value.value(_same)
            return value.value(lambda raw: self.render_value(raw, **extra))
        return self.render_value(value, **extra)

    def render_value(self, value: Any, **extra: Any) -> Any:
        """Return a YAML value with every text in it rendered."""
        variables = self._seen(value, extra)
        return _undisturbed(lambda: self._workshop.renderer.render_value(value, variables, self._reach))

    def evaluate(self, template: str, **extra: Any) -> Any:
        """Return the value of a text that is one ``{{ … }}`` with its type; other texts are rendered."""
        if not is_lone_expression(template):
            return self.render_value(template, **extra)
        variables = self._seen(template, extra)
        return _undisturbed(lambda: self._workshop.renderer.evaluate(template, variables, self._reach))

    def _seen(self, value: Any, extra: Mapping[str, Any]) -> Mapping[str, Any]:
        variables = {**self.variables, **extra} if extra else self.variables
        if "workingDir" not in variables and "workingDir" in str(value):
            return {**variables, "workingDir": str(self.working_dir)}
        return variables

    def render_only(self, template: str, variables: Mapping[str, Any]) -> str:
        """Render a template that sees nothing but ``variables``."""
        return self._workshop.renderer.render(template, variables, self._reach)

    def open_uri(self, uri: str) -> IO[bytes]:
        """Open a file by URI."""
        if not uri.startswith(SCHEMES):
            raise SchemeNotSupported(uri)
        return self._workshop.readable.open(self.tenant, uri, self.namespace)

    def load_task(self, source: str) -> Task:
        """Return the task that a YAML text describes."""
        return read_task(source, self._workshop.registry, task_id=self.task_id)

    @property
    def idempotency_key(self) -> str:
        """The same for each delivery of one attempt."""
        return f"{self.task_run_id}-{self.attempt}"

    @property
    def working_dir(self) -> Path:
        """A folder of this attempt's own, or the one it shares with others."""
        with self._lock:
            if self._working_dir is None and self._folder is not None:
                self._working_dir = folder_path(self._workshop, self._folder)
                self._working_dir.mkdir(parents=True, exist_ok=True)
            elif self._working_dir is None:
                self._workshop.temporary.mkdir(parents=True, exist_ok=True)
                self._working_dir = Path(tempfile.mkdtemp(prefix="task-", dir=self._workshop.temporary))
            return self._working_dir

    @property
    def is_killed(self) -> bool:
        """Whether the task has been told to stop."""
        return self._killed.is_set()

    def on_kill(self, stop: Callable[[], object]) -> None:
        """Have ``stop`` called when the task is to stop; at once when it has been told already."""
        with self._lock:
            if not self._killed.is_set():
                self._stops.append(stop)
                return
        stop()

    def kill(self) -> None:
        """Tell the task to stop. Blocking; call from a thread."""
        with self._lock:
            self._killed.set()
            stops, self._stops = self._stops, []
        for stop in stops:
            stop()

    def counter(self, name: str, value: float = 1, /, **tags: str) -> None:
        """Publish a count; repeated names with equal tags add up."""
        self._publish(MetricType.COUNTER, name, value, tags)

    def timer(self, name: str, milliseconds: float, /, **tags: str) -> None:
        """Publish a duration in milliseconds."""
        self._publish(MetricType.TIMER, name, milliseconds, tags)

    def metrics(self) -> list[Metric]:
        """Return what was published."""
        return list(self._metrics.values())

    def store_log(self, *, is_wanted: bool = True) -> str | None:
        """Store the log when it is kept as a file, and return its URI; drop one that is not wanted. Blocking."""
        file, self.log.file = self.log.file, None
        if file is None:
            return None
        if not is_wanted:
            file.drop()
            return None
        try:
            return file.store(self.files, self.attempt)
        except (OSError, LannerError) as error:
            self.log.warn(f"The log file cannot be stored: {error}")
            return None

    def mask(self, value: str) -> None:
        """Hide a value from the log from now on."""
        self._masks.add(value)

    def encrypt(self, text: str) -> dict[str, str]:
        """Return a text as an encrypted output."""
        return encrypted(self._workshop.cipher, text)

    @property
    def records(self) -> Records:
        """Stored executions, log lines and metrics of the tenant."""
        if self._workshop.records is None:
            raise LannerError(f"task {self.task_id!r} cannot reach stored executions from this worker")
        return self._workshop.records(self.tenant, self.execution_id)

    def option(self, name: str) -> Any:
        """Return an option of the server meant for tasks."""
        return self._workshop.options.get(name)

    def resolve_type(self, type_: str) -> type:
        """Return the class of another plugin."""
        return self._workshop.registry.resolve(type_)

    def toggle_trigger(self, trigger_id: str, *, namespace: str, flow_id: str, enabled: bool) -> None:
        """Enable or disable a trigger; call from the task's thread."""
        self._workshop.triggers.set(TriggerKey(self.tenant, namespace, flow_id, trigger_id), enabled=enabled)

    def clean(self) -> None:
        """Remove the working folder, unless others use it too."""
        if self._working_dir is not None and self._folder is None:
            shutil.rmtree(self._working_dir, ignore_errors=True)

    def _publish(self, kind: MetricType, name: str, value: float, tags: Mapping[str, str]) -> None:
        key = (kind, name, tuple(sorted(tags.items())))
        with self._lock:
            before = self._metrics.get(key)
            self._metrics[key] = Metric(
                tenant=self.tenant,
                namespace=self.namespace,
                flow_id=self.flow_id,
                execution_id=self.execution_id,
                task_id=self.task_id,
                task_run_id=self.task_run_id,
                type=kind,
                name=name,
                value=value + (before.value if before else 0),
                timestamp=datetime.now(UTC),
                tags=dict(tags),
            )


def folder_path(workshop: Workshop, run_id: TaskRunId) -> Path:
    """Return the folder that the tasks of a task run share."""
    return workshop.temporary / f"folder-{run_id}"


def _undisturbed(render: Callable[[], Any]) -> Any:
    """Return what ``render`` gives, tried again while outputs of sibling task runs arrive as it walks over them."""
    for _ in range(3):
        try:
            return render()
        except RuntimeError as error:
            if "changed size during iteration" not in str(error):
                raise
    return render()


def clear_folders(temporary: Path, is_open: Callable[[TaskRunId], bool]) -> None:
    """Remove what a process that died has left, but the folders that open task runs share. Blocking."""
    for path in temporary.iterdir() if temporary.is_dir() else ():
        kind, _, run_id = path.name.partition("-")
        if kind == "task" or (kind == "folder" and not is_open(TaskRunId(run_id))):
            shutil.rmtree(path, ignore_errors=True)


def _same(value: Any) -> Any:
    return value
