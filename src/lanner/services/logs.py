"""Reading, downloading and deleting log lines."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from lanner.model.log import Level, LogEntry
from lanner.ports.search import MAX_PAGE_SIZE, Filter, Operator, Page, Query, Sort
from lanner.ports.store import Store

PART = MAX_PAGE_SIZE
OLDEST_FIRST = (Sort("timestamp"),)


class Logs:
    """The stored log lines of a tenant."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def search(self, query: Query) -> Page[LogEntry]:
        """Return one page of lines."""
        return await self._store.logs.search(query)

    async def of_execution(self, tenant: str, execution_id: str, filters: Sequence[Filter]) -> list[LogEntry]:
        """Return all lines of an execution that match, oldest first; none when there is no such execution."""
        return [entry async for entry in self.each_of_execution(tenant, execution_id, filters)]

    async def each_of_execution(
        self, tenant: str, execution_id: str, filters: Sequence[Filter]
    ) -> AsyncIterator[LogEntry]:
        """Yield all lines of an execution that match, oldest first."""
        query = _of_execution(tenant, execution_id, filters)
        page = 1
        while True:
            rows = (await self._store.logs.search(replace(query, page=page, size=PART, sort=OLDEST_FIRST))).results
            for row in rows:
                yield row
            if len(rows) < PART:
                return
            page += 1

    async def delete_of_execution(self, tenant: str, execution_id: str, filters: Sequence[Filter]) -> int:
        """Delete the lines of an execution that match; return how many."""
        return await self._store.logs.delete(_of_execution(tenant, execution_id, filters))

    async def delete_of_trigger(self, tenant: str, namespace: str, flow_id: str, trigger_id: str) -> int:
        """Delete the lines that evaluations of a trigger left; return how many."""
        filters = (
            Filter("namespace", Operator.EQUALS, namespace),
            Filter("flowId", Operator.EQUALS, flow_id),
            Filter("triggerId", Operator.EQUALS, trigger_id),
        )
        return await self._store.logs.delete(Query(tenant=tenant, filters=filters))


def passes(entry: LogEntry, filters: Sequence[Filter]) -> bool:
    """Whether a line of an execution matches filters by level, text, task, task run and attempt; others let it pass."""
    shown = {"taskRunId": entry.task_run_id, "taskId": entry.task_id, "attemptNumber": entry.attempt_number}
    for one in filters:
        if one.field == "level" and not Level(str(one.value).upper()).includes(entry.level):
            return False
        # Of bytes only ASCII letters are made small, as the store does it.
        if one.field == "q" and str(one.value).encode().lower() not in entry.message.encode().lower():
            return False
        if one.field in shown and str(shown[one.field]) != str(one.value):
            return False
    return True


def line_of(entry: LogEntry) -> str:
    """Return a line as it stands in a downloaded log: moment, level, message."""
    return f"{entry.timestamp.strftime('%Y-%m-%dT%H:%M:%S.%f')[:-3]}Z {entry.level} {entry.message}"


def _of_execution(tenant: str, execution_id: str, filters: Sequence[Filter]) -> Query:
    own = Filter("executionId", Operator.EQUALS, execution_id)
    return Query(tenant=tenant, filters=(own, *filters))
