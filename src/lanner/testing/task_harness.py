"""Runs one task as a worker would, on a temporary folder: what plugin authors test with.

Real parts: the plugin registry, validation, the expression language, threads, files. Not
there: the engine, so ``retry``, ``runIf``, ``allowFailure`` and flowables mean nothing here.
"""

import asyncio
import inspect
import tempfile
import threading
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path
from secrets import token_bytes
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from lanner.backends.local_blobs import LocalBlobs
from lanner.backends.memory.store import MemoryStore
from lanner.model.errors import LannerError
from lanner.model.ids import ExecutionId
from lanner.model.log import Level, MetricType
from lanner.model.state import State
from lanner.runtime.encryption import Cipher
from lanner.runtime.system import SystemClock
from lanner.runtime.task_namespace_files import TaskNamespaceFiles
from lanner.sdk.plugin import Output
from lanner.sdk.polling import Evaluation, PollingTrigger
from lanner.sdk.records import Records
from lanner.sdk.registry import PluginGroup, Registry
from lanner.sdk.task import AnyTask, RunnableTask, Task, TaskEnd, TaskFailed, TaskResult
from lanner.sdk.trigger import AnyTrigger, Trigger
from lanner.services.key_values import KeyValues
from lanner.services.namespace_files import NamespaceFiles
from lanner.services.readable_files import ReadableFiles
from lanner.testing.task_context import CapturedLog, HarnessContext, HarnessFiles, NoRecords, background_loop

LIMIT_SECONDS = 60.0

_ANY_TRIGGER: TypeAdapter[Trigger] = TypeAdapter(AnyTrigger)
_ANY_TASK: TypeAdapter[Task] = TypeAdapter(AnyTask)


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line that the task logged."""

    level: Level
    message: str


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A metric that the task published; timers are in milliseconds."""

    type: MetricType
    name: str
    value: float
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRunResult:
    """How a task ended. ``error`` is what it failed with."""

    state: State
    outputs: Mapping[str, Any]
    logs: tuple[LogLine, ...]
    metrics: tuple[MetricValue, ...]
    error: BaseException | None = None

    def messages(self, *levels: Level) -> list[str]:
        """Return the logged texts, of the given levels or of all."""
        return [line.message for line in self.logs if not levels or line.level in levels]


def installed_groups() -> tuple[PluginGroup, ...]:
    """Return the plugin groups of all installed distributions."""
    return tuple(entry.load() for entry in sorted(entry_points(group="lanner.plugins"), key=lambda entry: entry.name))


class RunningTask:
    """A task at work in a thread of its own."""

    def __init__(self, task: RunnableTask, context: HarnessContext) -> None:
        self._task, self._context = task, context
        self._result: TaskRunResult | None = None
        self._thread = threading.Thread(target=self._work, name=f"task {task.id}", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether the task is still at work."""
        return self._thread.is_alive()

    @property
    def log(self) -> CapturedLog:
        """What has been logged so far."""
        return self._context.log

    def kill(self) -> None:
        """Tell the task to stop."""
        self._context.stop()

    def wait(self, seconds: float = LIMIT_SECONDS) -> TaskRunResult:
        """Wait for the end; a task that does not end in time is an ``AssertionError``."""
        limit, timed_out = self._context.render(self._task.timeout), False
        if limit is not None and limit.total_seconds() < seconds:
            self._thread.join(limit.total_seconds())
            if timed_out := self._thread.is_alive():
                self._context.stop()
        self._thread.join(seconds)
        if self._result is None:
            raise AssertionError(f"task {self._task.id!r} is still at work after {seconds:g} s")
        self._context.close()
        return replace(self._result, state=State.FAILED) if timed_out else self._result

    def _work(self) -> None:
        self._result = asyncio.run(outcome_of(self._task, self._context))


async def outcome_of(task: RunnableTask, context: HarnessContext) -> TaskRunResult:
    """Run a task in this thread, or in its event loop when it is asynchronous."""
    state = State.SUCCESS
    outputs: dict[str, Any] = {}
    failure: Exception | None = None
    try:
        result = task.run(context)
        if inspect.isawaitable(result):
            result = await result
        outputs = _outputs(result)
        if isinstance(result, TaskEnd):
            state = result.state
    except Exception as error:  # noqa: BLE001  # the edge of the task: whatever it raises is its result
        state, failure = State.FAILED, error
        outputs = _outputs(error.outputs) if isinstance(error, TaskFailed) else {}
        context.log.error(str(error) or type(error).__name__)
    return TaskRunResult(
        state=State.KILLED if context.is_killed else state,
        outputs=outputs,
        logs=tuple(LogLine(level, message) for level, message in context.log.lines),
        metrics=tuple(
            MetricValue(type_, name, value, dict(tags)) for (type_, name, tags), value in context.metrics.items()
        ),
        error=failure,
    )


class TaskHarness:
    """A place to run tasks one by one; they share the internal storage below ``folder``."""

    def __init__(
        self,
        folder: Path,
        *,
        groups: Iterable[PluginGroup] | None = None,
        options: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] | None = None,
        records: Records | None = None,
        allowed_paths: Iterable[Path] = (),
    ) -> None:
        self.cipher = Cipher(b64encode(token_bytes(32)).decode())
        self._records = records or NoRecords()
        self.registry = Registry.whole(installed_groups() if groups is None else groups)
        self.files = HarnessFiles(folder / "storage")
        store, blobs = MemoryStore(), LocalBlobs(folder / "namespace-files")
        self.key_values = KeyValues(store, SystemClock())
        self.namespace_files = TaskNamespaceFiles(
            NamespaceFiles(blobs), store.flows, background_loop(), HarnessContext.tenant, HarnessContext.namespace
        )
        self._readable = ReadableFiles(blobs, allowed_paths)
        self._folder, self._options, self._secrets = folder, dict(options or {}), dict(secrets or {})
        self._runs = 0

    def load(self, task: str | Mapping[str, Any]) -> Task:
        """Return the task that YAML or a map describes; raises ``pydantic.ValidationError``."""
        values = yaml.safe_load(task) if isinstance(task, str) else task
        return _ANY_TASK.validate_python({"id": "task", **values}, context={"registry": self.registry})

    def start(self, task: str | Mapping[str, Any], variables: Mapping[str, Any] | None = None) -> RunningTask:
        """Start a task and return at once."""
        return RunningTask(*self._prepared(task, variables))

    def _prepared(
        self, task: str | Mapping[str, Any], variables: Mapping[str, Any] | None
    ) -> tuple[RunnableTask, HarnessContext]:
        loaded = self.load(task)
        if not isinstance(loaded, RunnableTask):
            raise TypeError(f"{loaded.type} is run by the engine, not by a worker")
        return loaded, self._context(loaded, {**self.variables(loaded), **(variables or {})})

    def _context(self, loaded: Task | Trigger, variables: Mapping[str, Any]) -> HarnessContext:
        self._runs += 1
        return HarnessContext(
            task=loaded,
            folder=self._folder / f"run-{self._runs}",
            key_values=self.key_values,
            namespace_files=self.namespace_files,
            readable=self._readable,
            files=self.files.of_task(loaded.id, f"run{self._runs}"),
            variables=variables,
            options=self._options,
            secrets=self._secrets,
            resolve_type=self.registry.resolve,
            load_task=self._load_task,
            records=self._records,
            cipher=self.cipher,
        )

    def evaluate(self, trigger: str | Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Evaluate a polling trigger once and return the outputs of what it found; raises what it raises."""
        values = yaml.safe_load(trigger) if isinstance(trigger, str) else trigger
        loaded = _ANY_TRIGGER.validate_python({"id": "trigger", **values}, context={"registry": self.registry})
        if not isinstance(loaded, PollingTrigger):
            raise TypeError(f"{loaded.type} is not evaluated by a worker")
        variables = {"flow": self.variables(loaded)["flow"], "trigger": {"id": loaded.id, "type": loaded.type}}
        context = self._context(loaded, variables)

        async def evaluated() -> Evaluation:
            found = loaded.evaluate(context)
            return await found if inspect.isawaitable(found) else found

        try:
            result = asyncio.run(evaluated())
        finally:
            context.close()
        return None if result is None else _outputs(result)

    def run(self, task: str | Mapping[str, Any], variables: Mapping[str, Any] | None = None) -> TaskRunResult:
        """Run a task to its end."""
        return self.start(task, variables).wait()

    def run_many(self, tasks: Sequence[str | Mapping[str, Any]]) -> list[TaskRunResult]:
        """Run asynchronous tasks one after the other in one event loop, as a worker does."""
        contexts = [self._prepared(task, None) for task in tasks]

        async def in_order() -> list[TaskRunResult]:
            return [await outcome_of(task, context) for task, context in contexts]

        return asyncio.run(in_order())

    def run_flow(self, source: str, inputs: Mapping[str, Any] | None = None) -> dict[str, TaskRunResult]:
        """Run the tasks of a flow one after the other up to the first that fails; task id -> result.

        For examples of plugins: each task sees the inputs (defaults included) and the outputs
        of those before it.
        """
        flow = yaml.safe_load(source)
        given = {item["id"]: item.get("defaults") for item in flow.get("inputs", ())} | dict(inputs or {})
        variables = {"flow": {"id": flow["id"], "namespace": flow["namespace"]}, "inputs": given, "outputs": {}}
        variables["vars"] = flow.get("variables", {})
        results: dict[str, TaskRunResult] = {}
        for task in flow["tasks"]:
            result = results[task["id"]] = self.run(task, variables)
            variables["outputs"] = {**variables["outputs"], task["id"]: dict(result.outputs)}
            if result.state not in (State.SUCCESS, State.WARNING):
                break
        return results

    def put(self, name: str, content: bytes | str) -> str:
        """Store a file and return its URI."""
        return self.files.put_bytes(content.encode() if isinstance(content, str) else content, name=name)

    def read(self, uri: str) -> bytes:
        """Return the content of a stored file."""
        with self.files.open(uri) as file:
            return file.read()

    @staticmethod
    def variables(task: Task | Trigger) -> dict[str, Any]:
        """Return the variables that every task sees."""
        now = datetime.now(UTC).isoformat()
        return {
            "flow": {"id": "harness", "namespace": "company.team", "revision": 1, "tenantId": "main"},
            "execution": {"id": ExecutionId("harnessexecution000000"), "startDate": now, "state": "RUNNING"},
            "task": {"id": task.id, "type": task.type},
            "taskrun": {"id": "harnesstaskrun00000000", "startDate": now, "attemptsCount": 0},
        }

    def _load_task(self, source: str) -> Task:
        try:
            return self.load(source)
        except (ValidationError, yaml.YAMLError) as error:
            raise LannerError(f"the task cannot be read: {error}") from error


def run_task(
    task: str | Mapping[str, Any],
    *,
    variables: Mapping[str, Any] | None = None,
    groups: Sequence[PluginGroup] | None = None,
    folder: Path | None = None,
    options: Mapping[str, Any] | None = None,
) -> TaskRunResult:
    """Run one task, given as YAML or as a map without need of an ``id``, and return how it ended.

    Stored files are gone afterwards unless ``folder`` is given; use a ``TaskHarness`` to read them.
    """
    if folder is not None:
        return TaskHarness(folder, groups=groups, options=options).run(task, variables)
    with tempfile.TemporaryDirectory(prefix="lanner-task-") as temporary:
        return TaskHarness(Path(temporary), groups=groups, options=options).run(task, variables)


def _outputs(result: TaskResult) -> dict[str, Any]:
    match result:
        case None:
            return {}
        case Output():
            return result.as_outputs()
        case TaskEnd():
            return dict(result.outputs)
        case _:
            return dict(result)
