"""What a task may ask of the stored executions and logs of its tenant (``lanner.sdk.records.Records``)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lanner.model.errors import LannerError
from lanner.model.execution import Execution
from lanner.model.ids import ExecutionId
from lanner.model.log import Level, LogEntry
from lanner.model.state import State
from lanner.model.storage import execution_folder
from lanner.ports.blobs import Blobs
from lanner.ports.search import Filter, Operator, Query, Sort
from lanner.ports.store import Store
from lanner.sdk.records import ExecutionCount, Purge, Selection
from lanner.services.execution_actions import ExecutionActions, Removal

PART = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The stores behind all records."""

    store: Store
    blobs: Blobs
    actions: ExecutionActions

    def of(self, tenant: str, execution_id: str) -> "TaskRecords":
        """Return the records as a task of this execution sees them."""
        return TaskRecords(self, tenant, execution_id)


class TaskRecords:
    """The records of a tenant, for a task of ``execution_id``."""

    def __init__(self, archive: Archive, tenant: str, execution_id: str) -> None:
        self._store, self._blobs, self._actions = archive.store, archive.blobs, archive.actions
        self._tenant, self._execution_id = tenant, execution_id

    async def count_executions(
        self, selection: Selection, *, flows: Sequence[tuple[str, str]], namespaces: Sequence[str]
    ) -> Sequence[ExecutionCount]:
        """Count executions by flow, then by namespace. Source: asked of Kestra 1.0.36."""
        found = [
            ExecutionCount(
                namespace=namespace,
                flow_id=flow_id,
                count=await self._count(replace(selection, namespace=namespace, flow_id=flow_id)),
            )
            for namespace, flow_id in flows
        ]
        if not namespaces:
            return found
        totals = Counter({name: await self._count(replace(selection, namespace=name)) for name in namespaces})
        for one in found:
            if one.namespace not in namespaces:
                totals[one.namespace] += one.count
        return [
            *found,
            *(ExecutionCount(namespace=name, flow_id=None, count=count) for name, count in totals.items() if count),
        ]

    async def resume(self, execution_id: str, *, inputs: Mapping[str, Any]) -> None:
        """Let a paused execution go on."""
        execution = await self._row(execution_id)
        if execution is None:
            raise LannerError(f"No execution found for execution id {execution_id}")
        if execution.state.current is not State.PAUSED:
            raise LannerError(f"The execution is not paused: {execution_id!r} is {execution.state.current}")
        await self._actions.resume(self._tenant, execution_id, inputs=inputs)

    async def purge_executions(self, selection: Selection, wanted: Purge) -> Purge:
        """Delete executions, or parts of them."""
        query = self._query(_filters(selection))
        gone = Purge(executions=0, logs=0, metrics=0, files=0)
        for execution in await self._all(query):
            if execution.id != self._execution_id:
                one = await self._purge(execution, wanted)
                gone = Purge(
                    executions=gone.executions + one.executions,
                    logs=gone.logs + one.logs,
                    metrics=gone.metrics + one.metrics,
                    files=gone.files + one.files,
                )
        return gone

    async def log_lines(self, execution_id: str, *, least: Level, task_ids: Sequence[str]) -> AsyncIterator[LogEntry]:
        """Yield the lines of an execution, oldest first."""
        filters = [
            Filter("executionId", Operator.EQUALS, execution_id),
            Filter("level", Operator.GREATER_THAN_OR_EQUAL_TO, least),
        ]
        if task_ids:
            filters.append(Filter("taskId", Operator.IN, tuple(task_ids)))
        query = replace(self._query(tuple(filters)), sort=(Sort("timestamp"),))
        while True:
            rows = (await self._store.logs.search(query)).results
            for row in rows:
                yield row
            if len(rows) < PART:
                return
            query = replace(query, page=query.page + 1)

    async def namespace_and_flow(self, execution_id: str) -> tuple[str, str] | None:
        """Return where an execution belongs."""
        execution = await self._row(execution_id)
        return None if execution is None else (execution.namespace, execution.flow_id)

    async def purge_logs(self, selection: Selection) -> int:
        """Delete the lines found."""
        return await self._store.logs.delete(self._query(_filters(selection)))

    async def _purge(self, execution: Execution, wanted: Purge) -> Purge:
        query = self._query((Filter("executionId", Operator.EQUALS, execution.id),))
        logs = metrics = files = 0
        if wanted.files:
            files = await asyncio.to_thread(self._delete_files, execution)
        if wanted.logs:
            logs = await self._store.logs.delete(query)
        if wanted.metrics:
            metrics = await self._store.logs.delete_metrics(query)
        if wanted.executions:
            await self._actions.delete(self._tenant, execution.id, Removal(logs=False, metrics=False, storage=False))
        return Purge(executions=min(wanted.executions, 1), logs=logs, metrics=metrics, files=files)

    def _delete_files(self, execution: Execution) -> int:
        return self._blobs.delete_folder(self._tenant, execution_folder(execution))

    async def _count(self, selection: Selection) -> int:
        query = replace(self._query(_filters(selection, exact=True)), size=1)
        return (await self._store.executions.search(query)).total

    async def _all(self, query: Query) -> list[Execution]:
        found: list[Execution] = []
        while True:
            rows = (await self._store.executions.search(query)).results
            found.extend(rows)
            if len(rows) < PART:
                return found
            query = replace(query, page=query.page + 1)

    async def _row(self, execution_id: str) -> Execution | None:
        execution = await self._store.executions.get(ExecutionId(execution_id))
        return execution if execution is not None and execution.tenant == self._tenant else None

    def _query(self, filters: tuple[Filter, ...]) -> Query:
        return Query(tenant=self._tenant, filters=filters, size=PART)


def _filters(selection: Selection, *, exact: bool = False) -> tuple[Filter, ...]:
    whole_namespace = selection.flow_id is None and not exact
    wanted = (
        ("namespace", Operator.PREFIX if whole_namespace else Operator.EQUALS, selection.namespace),
        ("flowId", Operator.EQUALS, selection.flow_id),
        ("executionId", Operator.EQUALS, selection.execution_id),
        ("startDate", Operator.GREATER_THAN_OR_EQUAL_TO, selection.since),
        ("startDate", Operator.LESS_THAN_OR_EQUAL_TO, selection.until),
        ("state", Operator.IN, selection.states or None),
        ("level", Operator.IN, selection.levels or None),
    )
    return tuple(Filter(field, operator, value) for field, operator, value in wanted if value is not None)
