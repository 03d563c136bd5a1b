"""What is to be done once decisions are durable: attempts, timers, child executions."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from lanner.engine.commands import RunTask, StartChild, StopTask
from lanner.engine.events import Event, KillRequested, RestartRequested, TaskEnded
from lanner.engine.view import View
from lanner.model.errors import LannerError
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.log import Level, LogEntry
from lanner.model.state import State
from lanner.ports.clock import Clock
from lanner.ports.inbox import Snapshot
from lanner.ports.store import Store
from lanner.runtime.assignments import Assignments
from lanner.runtime.batch import Batch
from lanner.runtime.children import Children, child_of, outputs_place, parent_of, refused, started
from lanner.runtime.timers import Timers
from lanner.runtime.worker import Report, Worker
from lanner.sdk.task import RunnableTask, Task

_LOG = logging.getLogger(__name__)

Push = Callable[[ExecutionId, Event], None]
Begin = Callable[[View], None]


class Errands:
    """Carries out the commands of the engine. Lives in the server's loop.

    ``push`` hands an event to an execution, ``begin`` has a new one begin, ``snapshot`` looks one
    up, ``is_live`` tells whether one is in memory.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        timers: Timers,
        assignments: Assignments,
        children: Children,
        push: Push,
        begin: Begin,
        take: Callable[[Report], None],
        snapshot: Callable[[ExecutionId], Awaitable[Snapshot | None]],
        is_live: Callable[[ExecutionId], bool],
    ) -> None:
        self._store, self._clock, self._timers = store, clock, timers
        self._assignments, self._children = assignments, children
        self._push, self._begin, self._take = push, begin, take
        self._snapshot, self._is_live = snapshot, is_live
        self._tasks: set[asyncio.Task[None]] = set()
        self.worker: Worker | None = None

    def carry_out(self, batch: Batch) -> None:
        """Do what a saved batch commands."""
        for execution_id, name in batch.cancelled:
            self._timers.cancel(execution_id, name)
        for timer in batch.timers:
            self._timers.start(timer)
        for view, stop in batch.to_stop:
            self._stop_attempt(view, stop)
        for view, run, delivery in batch.to_run:
            try:
                self._run_attempt(view, run, delivery)
            except Exception as error:  # noqa: BLE001  # one attempt's trouble must not lose the rest of the round
                _LOG.exception("task run %s cannot be handed to a worker", run.task_run_id)
                self._take(_undone(view, run, error, self._clock))
        for folder in batch.folders:
            if self.worker is not None:
                self.worker.drop_folder(folder)
        for view, child in batch.children:
            self._spawn(self._start_child(view, child))
        for execution_id, run_id in batch.to_kill:
            self._spawn(self._kill_children(execution_id, run_id))

    def _run_attempt(self, view: View, command: RunTask, delivery: int) -> None:
        run = view.runs.get(command.task_run_id)
        worker = self.worker
        if run is None or worker is None or not _is_wanted(run, command):
            self._push(view.execution.id, _dropped(command, self._clock))
            return
        job = self._assignments.make(view, run, command.attempt, delivery)
        if self._is_instant(job.task):
            self._take(worker.run_instant(job))
        else:
            worker.start(job)

    def _is_instant(self, task: Task) -> bool:
        """Whether an attempt takes no time worth mentioning: it neither waits for anything nor is there more to it."""
        if (
            not isinstance(task, RunnableTask)
            or not task.instant
            or task.log_to_file
            or task.task_cache
            or task.timeout
        ):
            return False
        return not self._assignments.reaches_out(task)

    def _stop_attempt(self, view: View, command: StopTask) -> None:
        """Stop an attempt; one that no worker has is over at once."""
        if self.worker is None or not self.worker.stop_attempt(command.task_run_id, command.attempt):
            self._push(view.execution.id, _dropped(command, self._clock))

    async def _start_child(self, parent: View, command: StartChild) -> None:
        parent_id = parent.execution.id
        try:
            if command.again is not None and await self._restarted(parent_id, command):
                return
            known = await self._snapshot(child_of(command))
            if known is not None:
                self._push(parent_id, started(command, known.execution))
                if known.execution.ended:
                    self.report(known.execution)
                return
            child = await self._children.prepare(parent, command)
        except LannerError as error:
            self._push(parent_id, refused(command, error))
            return
        self._push(parent_id, started(command, child.execution))
        self._begin(child)

    async def _restarted(self, parent_id: ExecutionId, command: StartChild) -> bool:
        """Restart the failed child of a restarted task run; returns whether that settles the matter."""
        assert command.again is not None
        known = await self._snapshot(command.again)
        if known is None:
            return False
        self._push(parent_id, started(command, known.execution))
        if known.execution.state.current is State.FAILED:
            self._push(command.again, RestartRequested())
        else:
            settled = replace(known.execution, state=known.execution.state.to(State.SUCCESS, self._clock.now()))
            self.report(settled)
        return True

    async def _kill_children(self, execution_id: ExecutionId, run_id: TaskRunId | None) -> None:
        for child_id in await self._store.executions.children(execution_id):
            child = await self._snapshot(child_id)
            if child is None or child.execution.ended:
                continue
            found = parent_of(child.execution)
            if run_id is None or (found is not None and found[1].task_run_id == run_id):
                self._push(child_id, KillRequested())

    def report(self, execution: Execution) -> None:
        """Tell a live parent that its child has ended; one that is not live asks when it is taken up."""
        found = parent_of(execution)
        if found is None or not self._is_live(found[0]):
            return
        place = outputs_place(execution)
        if place is None:
            self._push(*found)
        else:
            self._spawn(self._report_with_outputs(execution, place, *found))

    async def _report_with_outputs(self, execution: Execution, place: str, parent_id: ExecutionId, news: Event) -> None:
        try:
            await asyncio.to_thread(self._children.keep_outputs, execution, place)
        except (OSError, LannerError):
            _LOG.exception("the outputs of execution %s cannot be kept for its parent", execution.id)
        self._push(parent_id, news)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _is_wanted(run: TaskRun, command: RunTask) -> bool:
    """Whether an attempt is still to be made: nobody killed it, and it has not been made.

    A task run that ended with its group takes the result all the same.
    """
    if run.state.current in (State.KILLING, State.KILLED):
        return False
    return not run.state.current.is_terminal or command.attempt == len(run.attempts) + 1


def _undone(view: View, command: RunTask, error: Exception, clock: Clock) -> Report:
    """Return the end of an attempt that could not be begun, and why."""
    now, execution = clock.now(), view.execution
    run = view.runs.get(command.task_run_id)
    line = LogEntry(
        tenant=execution.tenant,
        namespace=execution.namespace,
        flow_id=execution.flow_id,
        timestamp=now,
        level=Level.ERROR,
        message=f"The task could not be started: {error}",
        execution_id=execution.id,
        task_id=run.task_id if run else None,
        task_run_id=command.task_run_id,
        attempt_number=command.attempt - 1,
    )
    event = replace(_dropped(command, clock), state=State.FAILED)
    return Report(execution=execution, event=event, logs=(line,))


def _dropped(command: RunTask | StopTask, clock: Clock) -> TaskEnded:
    """Return the end of an attempt that nobody makes: it is killed, or nobody wants it any more."""
    now = clock.now()
    return TaskEnded(
        task_run_id=command.task_run_id,
        attempt=command.attempt,
        state=State.KILLED,
        outputs=None,
        started_at=now,
        ended_at=now,
    )
