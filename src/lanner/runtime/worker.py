"""Runs attempts: prepares, runs within a time limit, normalises what came out, reports."""

import asyncio
import inspect
import shutil
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from pydantic import BaseModel

from lanner.engine.attended import PHASE, PREPARING
from lanner.engine.events import Event, TaskEnded, TaskStarted
from lanner.expressions import Reach
from lanner.model.errors import LannerError
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import TaskRunId
from lanner.model.log import Level, LogEntry, Metric
from lanner.model.state import State
from lanner.runtime.log_file import LogFile
from lanner.runtime.masking import Masks
from lanner.runtime.run_context import RunLog, TaskContext, Workshop, folder_path
from lanner.runtime.task_cache import TaskResultCache
from lanner.sdk.flowable import Attended
from lanner.sdk.plugin import Output
from lanner.sdk.polling import PollingTrigger
from lanner.sdk.subflow import SubflowBatch
from lanner.sdk.task import RunnableTask, Task, TaskEnd, TaskFailed, TaskResult

FLUSH_SECONDS = 0.1
"""How long a line of a running task may wait before it is stored and shown."""
GRACE_SECONDS = 10.0
"""How long a task that was told to stop may take before it is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """An attempt to make, with what it needs to be made."""

    execution: Execution
    run: TaskRun
    task: Task
    attempt: int
    delivery: int
    variables: Callable[[], Mapping[str, Any]]
    reach: Callable[[Masks], Reach]
    folder: TaskRunId | None = None
    """The task run whose working folder is used; ``None``: a folder of the attempt's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a worker tells about an execution: an event, with lines and metrics to be stored with it."""

    execution: Execution
    event: Event | None
    logs: Sequence[LogEntry] = ()
    metrics: Sequence[Metric] = ()


@dataclass(slots=True)
class _Running:
    context: TaskContext
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    killed: bool = False


class Worker:
    """Makes attempts in this process. All methods are called in the server's loop."""

    def __init__(self, workshop: Workshop, *, worker_id: str, threads: int, tell: Callable[[Report], None]) -> None:
        self._workshop, self._id, self._tell = workshop, worker_id, tell
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="worker")
        self._running: dict[tuple[TaskRunId, int], _Running] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._cache = TaskResultCache(workshop.blobs)

    def run_instant(self, job: Assignment) -> Report:
        """Make an attempt of an instant task here and now and return the report."""
        started = datetime.now(UTC)
        context = self._context(job)
        state, outputs = State.FAILED, None
        try:
            state, outputs = _normalised(job.task.run(context))  # type: ignore[attr-defined]  # instant tasks are runnable
        except Exception as error:  # noqa: BLE001  # the edge between the house and a task
            outputs = _explain(context, error)
        return self._ended(job, context, started, state, outputs)

    def start(self, job: Assignment) -> None:
        """Begin an attempt; the reports follow. The same attempt twice is one."""
        name = (job.run.id, job.attempt)
        if name in self._running:
            return
        self._running[name] = running = _Running(self._context(job))
        task = asyncio.get_running_loop().create_task(self._make(job, running), name=f"task {job.run.task_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop_attempt(self, run_id: TaskRunId, attempt: int) -> bool:
        """Tell an attempt to stop; returns whether it was running here."""
        running = self._running.get((run_id, attempt))
        if running is None:
            return False
        running.killed = True
        running.stopped.set()
        self._pool_kill(running.context)
        return True

    def is_running(self, run_id: TaskRunId, attempt: int) -> bool:
        """Whether an attempt is being made here."""
        return (run_id, attempt) in self._running

    async def evaluate(self, trigger: PollingTrigger, context: TaskContext) -> Mapping[str, Any] | None:
        """Evaluate a trigger and return the outputs of what it has found; raises what the trigger raises."""
        try:
            if inspect.iscoroutinefunction(trigger.evaluate):
                found = await trigger.evaluate(context)
            else:
                found = await asyncio.get_running_loop().run_in_executor(self._pool, trigger.evaluate, context)
            return None if found is None else _normalised(found)[1]
        finally:
            await asyncio.get_running_loop().run_in_executor(None, context.clean)

    async def close(self, grace_seconds: float) -> None:
        """Let running attempts end for a while, then stop them; what did not end is made again later."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace_seconds)
        self._tell = _nobody
        for running in list(self._running.values()):
            running.stopped.set()
            running.killed = True
            await asyncio.to_thread(running.context.kill)
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_SECONDS)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _context(self, job: Assignment) -> TaskContext:
        masks = Masks()
        log = RunLog(_origin(job), job.task.log_level, masks)
        if job.task.log_to_file:
            log.file = LogFile(self._workshop.temporary)
        return TaskContext(
            self._workshop,
            job.execution,
            job.run,
            attempt=job.attempt,
            delivery=job.delivery,
            variables=job.variables(),
            reach=job.reach(masks),
            masks=masks,
            log=log,
            folder=job.folder,
        )

    async def _make(self, job: Assignment, running: _Running) -> None:
        started = datetime.now(UTC)
        context = running.context
        loop = asyncio.get_running_loop()
        context.log.on_line = _throttled(loop, lambda: self._flush(job, context))
        self._tell(
            Report(
                execution=job.execution,
                event=TaskStarted(task_run_id=job.run.id, attempt=job.attempt, worker_id=self._id, at=started),
            )
        )
        try:
            state, outputs = await self._within_time(job, running)
            if running.killed and state is not State.SUCCESS:
                state = State.KILLED
            context.log.on_line = None
            log_file = await loop.run_in_executor(None, context.store_log) if job.task.log_to_file else None
            self._tell(self._ended(job, context, started, state, outputs, log_file=log_file))
        finally:
            self._running.pop((job.run.id, job.attempt), None)
            await loop.run_in_executor(None, context.clean)

    async def _within_time(self, job: Assignment, running: _Running) -> tuple[State, Mapping[str, Any] | None]:
        context = running.context
        try:
            limit: timedelta | None = context.render(job.task.timeout)
        except LannerError as error:
            return State.FAILED, _explain(context, error)
        work = asyncio.ensure_future(self._work(job, context))
        stopped = asyncio.ensure_future(running.stopped.wait())
        try:
            seconds = limit.total_seconds() if limit is not None else None
            await asyncio.wait({work, stopped}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            if not running.killed:
                assert limit is not None
                context.log.error(f"Timeout after {_clock(limit)}")
                self._pool_kill(context)
            if isinstance(job.task, RunnableTask) and inspect.iscoroutinefunction(job.task.run):
                work.cancel()
            await asyncio.wait({work}, timeout=GRACE_SECONDS)
            ended_by_itself = running.killed and work.done() and not work.cancelled()
            return work.result() if ended_by_itself else (State.FAILED, None)
        finally:
            stopped.cancel()

    async def _work(self, job: Assignment, context: TaskContext) -> tuple[State, Mapping[str, Any] | None]:
        try:
            key = await self._cache.key(job.task, context) if _is_cached(job.task) else None
            if key is not None and (hit := await self._cache.find(job, context, key)) is not None:
                return State.SUCCESS, hit
            if isinstance(job.task, SubflowBatch):
                loop = asyncio.get_running_loop()
                return State.SUCCESS, plain(await loop.run_in_executor(self._pool, job.task.prepare, context))
            if isinstance(job.task, Attended):
                return State.SUCCESS, await self._look_after(job, job.task, context)
            state, outputs = _normalised(await self._run(job.task, context))
            if key is not None and state in (State.SUCCESS, State.WARNING):
                await self._cache.keep(job, context, key, outputs or {})
        except Exception as error:  # noqa: BLE001  # the edge between the house and a task
            return State.FAILED, _explain(context, error)
        return state, outputs

    async def _run(self, task: Task, context: TaskContext) -> TaskResult:
        if not isinstance(task, RunnableTask):
            raise LannerError(f"task {task.id!r} of type {task.type} cannot be run by a worker")
        if inspect.iscoroutinefunction(task.run):
            result: Awaitable[TaskResult] = task.run(context)
            return await result
        found = await asyncio.get_running_loop().run_in_executor(self._pool, lambda: task.run(context))
        return await found if inspect.isawaitable(found) else found

    async def _look_after(self, job: Assignment, task: Attended, context: TaskContext) -> Mapping[str, Any] | None:
        """Do what comes before a flowable's first task, or after its last."""
        loop = asyncio.get_running_loop()
        if (job.run.memo or {}).get(PHASE) == PREPARING:
            found: Mapping[str, Any] | None = plain(await loop.run_in_executor(self._pool, task.prepare, context))
            return found
        known = job.run.outputs or {}
        outputs: Mapping[str, Any] = plain(await loop.run_in_executor(self._pool, task.collect, context, known))
        return outputs

    def drop_folder(self, run_id: TaskRunId) -> None:
        """Remove the folder that the tasks of a task run shared."""
        asyncio.get_running_loop().run_in_executor(
            None, lambda: shutil.rmtree(folder_path(self._workshop, run_id), ignore_errors=True)
        )

    def _flush(self, job: Assignment, context: TaskContext) -> None:
        lines = context.log.take()
        if lines:
            self._tell(Report(execution=job.execution, event=None, logs=lines))

    def _ended(
        self,
        job: Assignment,
        context: TaskContext,
        started: datetime,
        state: State,
        outputs: Mapping[str, Any] | None,
        *,
        log_file: str | None = None,
    ) -> Report:
        event = TaskEnded(
            task_run_id=job.run.id,
            attempt=job.attempt,
            state=state,
            outputs=outputs,
            started_at=started,
            ended_at=datetime.now(UTC),
            worker_id=self._id,
            log_file=log_file,
        )
        return Report(execution=job.execution, event=event, logs=context.log.take(), metrics=context.metrics())

    def _pool_kill(self, context: TaskContext) -> None:
        """Run the task's own stopping code in a thread: it may wait for a process."""
        asyncio.get_running_loop().run_in_executor(None, context.kill)


def _origin(job: Assignment) -> Mapping[str, Any]:
    """Return the fields of a log line that tell which attempt it is from."""
    execution = job.execution
    return {
        "tenant": execution.tenant,
        "namespace": execution.namespace,
        "flow_id": execution.flow_id,
        "execution_id": execution.id,
        "task_id": job.run.task_id,
        "task_run_id": job.run.id,
        "attempt_number": job.attempt - 1,
    }


def _nobody(report: Report) -> None:
    """Take a report of an attempt that was handed back: it will be made again."""


def _is_cached(task: Task) -> bool:
    return task.task_cache is not None and task.task_cache.enabled


def _normalised(result: TaskResult) -> tuple[State, Mapping[str, Any] | None]:
    """Return the state and plain-data outputs of what a task returned."""
    match result:
        case None:
            return State.SUCCESS, {}
        case Output():
            return State.SUCCESS, result.as_outputs()
        case TaskEnd():
            return result.state, plain(result.outputs)
        case _:
            return State.SUCCESS, plain(result)


def plain(value: Any) -> Any:
    """Return data as JSON knows it: dates as ISO text, models as maps; what is plain already is not copied."""
    if _is_plain(value):
        return value
    return orjson.loads(orjson.dumps(value, default=_default, option=orjson.OPT_NON_STR_KEYS))


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind in (str, bool, float, type(None)):
        return True
    if kind is int:
        return True
    if kind is dict:
        return all(type(key) is str and _is_plain(item) for key, item in value.items())
    return kind is list and all(map(_is_plain, value))


def _default(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence | set | frozenset):
        return list(value)
    return str(value)


def _explain(context: TaskContext, error: Exception) -> Mapping[str, Any] | None:
    """Write an error to the task's log; returns the outputs a failed task keeps."""
    context.log.error(str(error) or type(error).__name__)
    if not isinstance(error, LannerError):
        context.log.log(Level.TRACE, "".join(traceback.format_exception(error)))
    if isinstance(error, TaskFailed) and error.outputs is not None:
        outputs = error.outputs
        return outputs.as_outputs() if isinstance(outputs, Output) else plain(outputs)
    return None


def _clock(limit: timedelta) -> str:
    seconds = limit.total_seconds()
    hours, rest = divmod(int(seconds), 3600)
    return f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}.{round(seconds * 1000) % 1000:03d}"


def _throttled(loop: asyncio.AbstractEventLoop, flush: Callable[[], None]) -> Callable[[], None]:
    """Return a function, callable from any thread, that has ``flush`` called soon, once for many lines."""
    waiting = False

    def run() -> None:
        nonlocal waiting
        waiting = False
        flush()

    def notice() -> None:
        nonlocal waiting
        if not waiting:
            waiting = True
            loop.call_soon_threadsafe(loop.call_later, FLUSH_SECONDS, run)

    return notice
