"""The run context that the task harness gives to a task: everything captured, everything below one folder."""

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from os import SEEK_END
from pathlib import Path
from secrets import randbelow, token_bytes
from typing import IO, Any, TypeVar, overload

from lanner.expressions import Found, NoReach, Renderer
from lanner.model.errors import LannerError
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.log import Level, LogEntry, MetricType
from lanner.ports.blobs import FileNotFound
from lanner.runtime.encryption import Cipher, encrypted
from lanner.runtime.task_files import with_folders
from lanner.runtime.task_keys import TaskKeyValues
from lanner.runtime.task_namespace_files import TaskNamespaceFiles
from lanner.sdk.property import Property, is_lone_expression
from lanner.sdk.records import ExecutionCount, Purge, Records, Selection
from lanner.sdk.task import Task
from lanner.sdk.trigger import Trigger
from lanner.services.key_values import KeyValues
from lanner.services.readable_files import SCHEMES, ReadableFiles, SchemeNotSupported

T = TypeVar("T")

SCHEME = "kestra://"


@lru_cache(maxsize=1)
def background_loop() -> asyncio.AbstractEventLoop:
    """Return the loop that stands for the server's: it runs in a thread of its own, for all harnesses."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="server loop", daemon=True).start()
    return loop


class CapturedLog:
    """Log lines in the order they came; secrets are masked."""

    def __init__(self, least: Level | None = None) -> None:
        self.lines: list[tuple[Level, str]] = []
        self.secrets: set[str] = set()
        self._least = least or Level.TRACE
        self._grown = threading.Condition()

    def log(self, level: Level, message: str) -> None:
        if not self._least.includes(level):
            return
        for secret in self.secrets:
            message = message.replace(secret, "******")
        with self._grown:
            self.lines.append((level, message))
            self._grown.notify_all()

    def debug(self, message: str) -> None:
        self.log(Level.DEBUG, message)

    def info(self, message: str) -> None:
        self.log(Level.INFO, message)

    def warn(self, message: str) -> None:
        self.log(Level.WARN, message)

    def error(self, message: str) -> None:
        self.log(Level.ERROR, message)

    def wait_for(self, text: str, seconds: float = 30.0) -> bool:
        """Wait until a line holds ``text``; whether one did in time."""
        with self._grown:
            return self._grown.wait_for(lambda: any(text in message for _, message in self.lines), seconds)


class HarnessFiles:
    """Internal storage in a folder; new files go below ``prefix``."""

    def __init__(self, root: Path, prefix: str = "/company/team/harness/executions/harnessexecution000000") -> None:
        self._root, self._prefix = root, prefix

    def of_task(self, task_id: str, task_run_id: str) -> "HarnessFiles":
        """Return the same storage as a task run sees it."""
        return HarnessFiles(self._root, f"{self._prefix.partition('/tasks/')[0]}/tasks/{task_id}/{task_run_id}")

    def open(self, uri: str) -> IO[bytes]:
        path = self._path(uri)
        if not path.is_file():
            raise FileNotFound(uri)
        return path.open("rb")

    def put(self, path: Path, *, name: str | None = None) -> str:
        uri = self._new(name or path.name)
        shutil.copyfile(path, self._path(uri))
        return uri

    def put_bytes(self, content: bytes, *, name: str) -> str:
        uri = self._new(name)
        self._path(uri).write_bytes(content)
        return uri

    def uri_of(self, name: str) -> str:
        return f"{SCHEME}{self._prefix}/{name}"

    def size(self, uri: str) -> int:
        with self.open(uri) as file:
            return file.seek(0, 2)

    def exists(self, uri: str) -> bool:
        return self._path(uri).is_file()

    def delete(self, uri: str) -> bool:
        path = self._path(uri)
        if not path.is_file():
            return False
        path.unlink()
        return True

    def delete_execution(self) -> list[str]:
        prefix = self._prefix.partition("/tasks/")[0]
        folder = self._root / prefix.lstrip("/")
        paths = [f"/{path.relative_to(self._root).as_posix()}" for path in folder.rglob("*") if path.is_file()]
        shutil.rmtree(folder, ignore_errors=True)
        return [SCHEME + path for path in with_folders(paths, prefix)]

    def keep(self, path: Path) -> None:
        shutil.copyfile(path, self._root / "kept")

    def kept(self) -> "HarnessKept | None":
        return HarnessKept(self._root / "kept") if (self._root / "kept").is_file() else None

    def _new(self, name: str) -> str:
        uri = f"{SCHEME}{self._prefix}/{name}"
        self._path(uri).parent.mkdir(parents=True, exist_ok=True)
        return uri

    def _path(self, uri: str) -> Path:
        if not uri.startswith(f"{SCHEME}/") or ".." in uri.split("/"):
            raise ValueError(f"{uri!r} is no URI of the internal storage")
        return self._root / uri.removeprefix(SCHEME).lstrip("/")


class HarnessKept:
    """A file kept by an earlier run."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def modified(self) -> datetime:
        return datetime.fromtimestamp(self._path.stat().st_mtime, UTC)

    def open(self) -> IO[bytes]:
        return self._path.open("rb")


class HarnessReach(NoReach):
    """What expressions of a task under test may reach: the clock, stored files and the secrets given."""

    def __init__(self, context: "HarnessContext", secrets: Mapping[str, str]) -> None:
        self._context, self._secrets = context, secrets

    def now(self) -> datetime:
        return datetime.now(UTC)

    def random_bytes(self, count: int) -> bytes:
        return token_bytes(count)

    def random_int(self, lower: int, upper: int) -> int:
        return lower + randbelow(upper - lower)

    def read(self, path: str, namespace: str | None) -> bytes:
        with self._context.open_file(path, namespace) as file:
            return file.read()

    def file_size(self, path: str, namespace: str | None) -> int:
        with self._context.open_file(path, namespace) as file:
            return file.seek(0, SEEK_END)

    def file_exists(self, path: str, namespace: str | None) -> bool:
        try:
            self._context.open_file(path, namespace).close()
        except FileNotFound:
            return False
        return True

    def kv(self, key: str, namespace: str | None) -> Found | None:
        pair = self._context.key_values.get(key, namespace)
        return None if pair is None else Found(pair.value)

    def secret(self, key: str, namespace: str | None) -> str | None:  # noqa: ARG002  # one set of secrets
        return self._secrets.get(key)

    def mask(self, value: str) -> None:
        self._context.log.secrets.add(value)


class NoRecords:
    """The records of a tenant that has none."""

    async def count_executions(
        self,
        selection: Selection,  # noqa: ARG002  # there is nothing to select from
        *,
        flows: Sequence[tuple[str, str]],
        namespaces: Sequence[str],  # noqa: ARG002  # namespaces without executions are left out
    ) -> Sequence[ExecutionCount]:
        return [ExecutionCount(namespace=namespace, flow_id=flow_id, count=0) for namespace, flow_id in flows]

    async def resume(self, execution_id: str, *, inputs: Mapping[str, Any]) -> None:  # noqa: ARG002  # nobody to ask
        raise LannerError(f"No execution found for execution id {execution_id}")

    async def purge_executions(self, selection: Selection, wanted: Purge) -> Purge:  # noqa: ARG002  # as above
        return Purge(executions=0, logs=0, metrics=0, files=0)

    async def log_lines(
        self,
        execution_id: str,  # noqa: ARG002  # as above
        *,
        least: Level,  # noqa: ARG002  # as above
        task_ids: Sequence[str],  # noqa: ARG002  # as above
    ) -> AsyncIterator[LogEntry]:
        nothing: tuple[LogEntry, ...] = ()
        for entry in nothing:
            yield entry

    async def namespace_and_flow(self, execution_id: str) -> tuple[str, str] | None:  # noqa: ARG002  # as above
        return None

    async def purge_logs(self, selection: Selection) -> int:  # noqa: ARG002  # as above
        return 0


class HarnessContext:
    """A ``RunContext`` for one attempt of one task."""

    execution_id = ExecutionId("harnessexecution000000")
    task_run_id = TaskRunId("harnesstaskrun00000000")
    tenant = "main"
    namespace = "company.team"
    flow_id = "harness"
    attempt = 1
    delivery = 1

    def __init__(
        self,
        *,
        task: Task | Trigger,
        folder: Path,
        files: HarnessFiles,
        key_values: KeyValues,
        namespace_files: TaskNamespaceFiles,
        readable: ReadableFiles,
        variables: Mapping[str, Any],
        options: Mapping[str, Any],
        secrets: Mapping[str, str],
        resolve_type: Callable[[str], type],
        load_task: Callable[[str], Task],
        records: Records,
        cipher: Cipher,
    ) -> None:
        self.records, self._cipher = records, cipher
        self.toggled: list[tuple[str, str, str, bool]] = []
        self.task_id, self.files, self.variables = task.id, files, variables
        self.log = CapturedLog(task.log_level)
        self.metrics: dict[tuple[MetricType, str, tuple[tuple[str, str], ...]], float] = {}
        self.resolve_type, self.load_task = resolve_type, load_task
        self._folder, self._options = folder, options
        self.namespace_files, self._readable = namespace_files, readable
        self.key_values = TaskKeyValues(key_values, background_loop(), self.tenant, self.namespace)
        self._renderer, self._reach = Renderer(), HarnessReach(self, secrets)
        self._stops: list[Callable[[], object]] = []
        self._killed, self._lock = False, threading.Lock()

    @overload
    def render(self, value: Property[T], **extra: Any) -> T: ...
    @overload
    def render(self, value: Property[T] | None, **extra: Any) -> T | None: ...
    @overload
    def render(self, value: str, **extra: Any) -> str: ...
    def render(self, value: Any, **extra: Any) -> Any:
        if isinstance(value, Property):
            return value.value(lambda raw: self.render_value(raw, **extra))
        return value if value is None else self.render_value(value, **extra)

    def render_value(self, value: Any, **extra: Any) -> Any:
        return self._renderer.render_value(value, {**self.variables, **extra}, self._reach)

    def open_uri(self, uri: str) -> IO[bytes]:
        if not uri.startswith(SCHEMES):
            raise SchemeNotSupported(uri)
        return self.open_file(uri, None)

    def open_file(self, uri: str, namespace: str | None) -> IO[bytes]:
        if uri.startswith(SCHEME):
            return self.files.open(uri)
        return self._readable.open(self.tenant, uri, namespace or self.namespace)

    def evaluate(self, template: str, **extra: Any) -> Any:
        if not is_lone_expression(template):
            return self.render_value(template, **extra)
        return self._renderer.evaluate(template, {**self.variables, **extra}, self._reach)

    def render_only(self, template: str, variables: Mapping[str, Any]) -> str:
        return self._renderer.render(template, variables, self._reach)

    @property
    def idempotency_key(self) -> str:
        return f"{self.task_run_id}-{self.attempt}"

    @property
    def working_dir(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    @property
    def is_killed(self) -> bool:
        return self._killed

    def on_kill(self, stop: Callable[[], object]) -> None:
        with self._lock:
            self._stops.append(stop)
            already = self._killed
        if already:
            stop()

    def toggle_trigger(self, trigger_id: str, *, namespace: str, flow_id: str, enabled: bool) -> None:
        """Note what a trigger is set to, in ``toggled``."""
        self.toggled.append((namespace, flow_id, trigger_id, enabled))

    def stop(self) -> None:
        """Tell the task to stop: what the worker does on a kill and when the time is up."""
        with self._lock:
            self._killed = True
            stops = tuple(self._stops)
        for stop in stops:
            stop()

    def close(self) -> None:
        """Remove the working folder."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def counter(self, name: str, value: float = 1, /, **tags: str) -> None:
        self._publish(MetricType.COUNTER, name, value, tags)

    def timer(self, name: str, milliseconds: float, /, **tags: str) -> None:
        self._publish(MetricType.TIMER, name, milliseconds, tags)

    def _publish(self, type_: MetricType, name: str, value: float, tags: Mapping[str, str]) -> None:
        key = (type_, name, tuple(sorted(tags.items())))
        with self._lock:
            self.metrics[key] = self.metrics.get(key, 0) + value

    def encrypt(self, text: str) -> dict[str, str]:
        return encrypted(self._cipher, text)

    def option(self, name: str) -> Any:
        return self._options.get(name)
