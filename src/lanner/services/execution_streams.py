"""Watching executions: every state they get into, until they end."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Container, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lanner.model.errors import ExecutionNotFound
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.label import CORRELATION_ID
from lanner.model.log import LogEntry
from lanner.ports.inbox import Change, Inbox, Snapshot
from lanner.ports.search import MAX_PAGE_SIZE, Filter, Operator, Query
from lanner.ports.store import Store
from lanner.services.executions import Executions
from lanner.services.logs import passes

APPEARS_WITHIN_SECONDS = 10.0
MAX_IDLE_SECONDS = 3600.0
OVERLAP = timedelta(minutes=1)
"""Lines stored that much before a stream began may still be announced to it."""
MAX_RUNS_PER_SECOND = 50_000
"""How many task runs are shown in a second: large executions are shown less often, with more changes at once."""

Changes = asyncio.Queue[Change | None]


@dataclass(slots=True)
class Live:
    """An execution that is watched: its row and its task runs, by creation.

    ``changed`` are the task runs that changed since the last look at it.
    """

    execution: Execution
    task_runs: dict[TaskRunId, TaskRun]
    changed: set[TaskRunId] = field(default_factory=set)

    def take(self, change: Change) -> None:
        """Bring it up to a change."""
        self.execution = change.execution
        for run in change.task_runs:
            self.task_runs[run.id] = run
            self.changed.add(run.id)

    def replace(self, snapshot: Snapshot) -> None:
        """Bring it up to what there is now: task runs may be gone, which no change tells."""
        before = self.task_runs
        self.execution = snapshot.execution
        self.task_runs = {run.id: run for run in snapshot.task_runs}
        self.changed.update(id_ for id_, run in self.task_runs.items() if before.get(id_) is not run)


class ExecutionStreams:
    """Streams that end when what they watch has ended, or after an hour in which nothing happens."""

    def __init__(self, *, store: Store, inbox: Inbox, executions: Executions) -> None:
        self._store, self._inbox, self._executions = store, inbox, executions

    async def follow(self, tenant: str, execution_id: str) -> AsyncGenerator[Live, None]:
        """Yield an execution as it stands and then after changes; the last has ended.

        Changes that come while the taker is busy are put together. One that does not exist
        is waited for, 10 s; then ``ExecutionNotFound``.
        """
        async with self._changes(ExecutionId(execution_id)) as changes:
            live = await self._first(tenant, execution_id, changes)
            while True:
                yield live
                if live.execution.ended:
                    return
                live.changed.clear()
                before = live.execution.state.current
                change = await _next(changes)
                if change is None:
                    return
                await asyncio.sleep(len(live.task_runs) / MAX_RUNS_PER_SECOND)
                live.take(change)
                while not changes.empty() and (more := changes.get_nowait()) is not None:
                    live.take(more)
                if live.execution.state.current is not before:
                    await self._refresh(live)

    async def follow_related(self, tenant: str, execution_id: str) -> AsyncGenerator[Execution, None]:
        """Yield each execution with the same correlation id, now and when its state changes, until all have ended."""
        async with self._changes(None) as changes:
            own = (await self._executions.snapshot(tenant, execution_id)).execution
            correlation = _correlation(own)
            open_ids: set[ExecutionId] = set()
            states = {}
            for execution in [own, *await self._related(own, correlation)]:
                if execution.id not in states:
                    states[execution.id] = execution.state.current
                    if not execution.ended:
                        open_ids.add(execution.id)
                    yield execution
            while open_ids:
                change = await _next(changes)
                if change is None:
                    return
                execution = change.execution
                if execution.tenant != tenant or (
                    execution.id not in states and _correlation(execution) != correlation
                ):
                    continue
                (open_ids.discard if execution.ended else open_ids.add)(execution.id)
                if states.get(execution.id) is not execution.state.current:
                    states[execution.id] = execution.state.current
                    yield execution

    async def follow_logs(self, tenant: str, execution_id: str) -> AsyncGenerator[LogEntry | None, None]:
        """Yield ``None`` once the execution is known; then its log lines, old ones and new ones, to its end."""
        async with self._changes(ExecutionId(execution_id)) as changes:
            begun = self._executions.now() - OVERLAP
            live = await self._first(tenant, execution_id, changes)
            yield None
            seen: set[LogEntry] = set()
            async for entry in self._stored_logs(tenant, execution_id):
                if entry.timestamp >= begun:
                    seen.add(entry)
                yield entry
            async for entry in _announced(live, changes, seen):
                yield entry

    async def follow_new_logs(
        self, tenant: str, execution_id: str, filters: Sequence[Filter]
    ) -> AsyncGenerator[int | LogEntry, None]:
        """Yield how many stored lines match; then each that matches and is not among them, to the execution's end."""
        async with self._changes(ExecutionId(execution_id)) as changes:
            begun = self._executions.now() - OVERLAP
            live = await self._first(tenant, execution_id, changes)
            own = Filter("executionId", Operator.EQUALS, execution_id)
            older = Filter("timestamp", Operator.LESS_THAN, begun)
            # Older lines are not added to; the recent ones are both counted and remembered from one look at them.
            count = (await self._store.logs.search(Query(tenant=tenant, filters=(own, older, *filters), size=1))).total
            recent = [entry async for entry in self._stored_logs(tenant, execution_id, since=begun)]
            yield count + sum(1 for entry in recent if passes(entry, filters))
            async for entry in _announced(live, changes, set(recent)):
                if passes(entry, filters):
                    yield entry

    async def _refresh(self, live: Live) -> None:
        snapshot = await self._inbox.snapshot(live.execution.id)
        if snapshot is not None:
            live.replace(snapshot)

    async def _stored_logs(
        self, tenant: str, execution_id: str, since: datetime | None = None
    ) -> AsyncIterator[LogEntry]:
        only: tuple[Filter, ...] = (Filter("executionId", Operator.EQUALS, execution_id),)
        if since is not None:
            only = (*only, Filter("timestamp", Operator.GREATER_THAN_OR_EQUAL_TO, since))
        size, page = MAX_PAGE_SIZE, 1
        while True:
            rows = (await self._store.logs.search(Query(tenant=tenant, filters=only, page=page, size=size))).results
            for row in rows:
                yield row
            if len(rows) < size:
                return
            page += 1

    async def _first(self, tenant: str, execution_id: str, changes: Changes) -> Live:
        snapshot = await self._inbox.snapshot(ExecutionId(execution_id))
        if snapshot is None:
            change = await _next(changes, APPEARS_WITHIN_SECONDS)
            snapshot = await self._inbox.snapshot(ExecutionId(execution_id)) if change else None
        if snapshot is None or snapshot.execution.tenant != tenant:
            raise ExecutionNotFound(execution_id)
        return Live(snapshot.execution, {run.id: run for run in snapshot.task_runs})

    async def _related(self, own: Execution, correlation: str) -> list[Execution]:
        label = Filter("labels", Operator.EQUALS, (CORRELATION_ID, correlation))
        page = await self._store.executions.search(Query(tenant=own.tenant, filters=(label,), size=1_000))
        return list(page.results)

    @asynccontextmanager
    async def _changes(self, execution_id: ExecutionId | None) -> AsyncIterator[Changes]:
        """Collect changes in a queue from the moment the block begins."""
        queue: Changes = asyncio.Queue()
        stream = self._inbox.follow(execution_id)

        async def pump() -> None:
            try:
                async for change in stream:
                    queue.put_nowait(change)
            finally:
                queue.put_nowait(None)

        task = asyncio.create_task(pump(), name=f"follow {execution_id or 'all'}")
        try:
            await asyncio.sleep(0)  # the stream listens once the task has run for the first time
            yield queue
        finally:
            task.cancel()
            await asyncio.wait([task])
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()


async def _announced(live: Live, changes: Changes, seen: Container[LogEntry]) -> AsyncIterator[LogEntry]:
    """Yield the lines that come with changes but those seen already, until the execution has ended."""
    ended = live.execution.ended
    while not ended or not changes.empty():
        change = await _next(changes)
        if change is None:
            return
        ended = change.execution.ended
        for entry in change.logs:
            if entry not in seen:
                yield entry


async def _next(changes: Changes, timeout_seconds: float = MAX_IDLE_SECONDS) -> Change | None:
    try:
        return await asyncio.wait_for(changes.get(), timeout_seconds)
    except TimeoutError:
        return None


def _correlation(execution: Execution) -> str:
    return next((label.value for label in execution.labels if label.key == CORRELATION_ID), execution.id)
