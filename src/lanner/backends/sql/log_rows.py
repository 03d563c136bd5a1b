"""Reading logs and metrics."""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence

from lanner.backends import fields
from lanner.backends.sql import conditions
from lanner.backends.sql.conditions import Condition
from lanner.backends.sql.readers import Readers
from lanner.backends.sql.rows import LOG_COLUMNS, METRIC_COLUMNS, log_of, metric_of
from lanner.backends.sql.writer import Statement
from lanner.model.ids import ExecutionId
from lanner.model.log import Level, LogEntry, Metric
from lanner.ports.search import Operator, Page, Query

_LOG_MEANINGS: dict[str, conditions.Meaning] = {
    "q": conditions.text_in("message"),
    "scope": conditions.scope("namespace"),
    "namespace": conditions.plain("namespace"),
    "flowId": conditions.plain("flow_id"),
    "executionId": conditions.plain("execution_id"),
    "taskId": conditions.plain("task_id"),
    "taskRunId": conditions.plain("task_run_id"),
    "attemptNumber": conditions.number("attempt_number"),
    "triggerId": conditions.plain("trigger_id"),
    "level": conditions.level("level"),
    "timestamp": conditions.date("timestamp"),
    "startDate": conditions.date("timestamp"),
    "endDate": conditions.date("timestamp"),
}
_METRIC_MEANINGS: dict[str, conditions.Meaning] = {
    "namespace": conditions.plain("namespace"),
    "flowId": conditions.plain("flow_id"),
    "executionId": conditions.plain("execution_id"),
    "taskId": conditions.plain("task_id"),
    "taskRunId": conditions.plain("task_run_id"),
    "name": conditions.plain("name"),
}
_ERRORS = (
    f"SELECT {', '.join(LOG_COLUMNS)} FROM logs INDEXED BY logs_execution "
    "WHERE execution_id = ? AND level = ? ORDER BY timestamp, rowid LIMIT 1000"
)
_SORTS = {"timestamp": "timestamp", "name": "name", "value": "value"}


class SqlLogRows:
    """``LogRows`` of a SQL database."""

    def __init__(self, readers: Readers, run: Callable[[Statement], Awaitable[None]]) -> None:
        self._readers = readers
        self._run = run

    async def search(self, query: Query) -> Page[LogEntry]:
        """Find lines, oldest first unless sorted; lines of one moment in the order of writing."""
        condition = _log_condition(query)
        return await self._readers.run(
            lambda connection: Page(
                [log_of(row) for row in _page(connection, _source("logs", query), LOG_COLUMNS, condition, query)],
                _count(connection, _source("logs", query), condition),
            )
        )

    def errors_of(self, execution_id: ExecutionId) -> Sequence[LogEntry]:
        """Return the ERROR lines of an execution, oldest first, the first thousand. Short and blocking."""
        parameters = (execution_id, Level.ERROR.rank)
        return self._readers.run_here(
            lambda connection: [log_of(row) for row in connection.execute(_ERRORS, parameters)]
        )

    async def delete(self, query: Query) -> int:
        """Delete the lines that match, all pages; returns how many."""
        condition = _log_condition(query)
        statement = Statement(f"DELETE FROM logs WHERE {condition.text}", condition.parameters)
        await self._run(statement)
        return statement.changed_rows

    async def delete_metrics(self, query: Query) -> int:
        """Delete the metrics that match, all pages; returns how many."""
        fields.check(query, fields.METRIC_FIELDS, fields.METRIC_SORTS)
        condition = conditions.where(query, _METRIC_MEANINGS)
        statement = Statement(f"DELETE FROM metrics WHERE {condition.text}", condition.parameters)
        await self._run(statement)
        return statement.changed_rows

    async def metrics(self, query: Query) -> Page[Metric]:
        """Find metrics, oldest first unless sorted."""
        fields.check(query, fields.METRIC_FIELDS, fields.METRIC_SORTS)
        condition = conditions.where(query, _METRIC_MEANINGS)
        return await self._readers.run(
            lambda connection: Page(
                [
                    metric_of(row)
                    for row in _page(connection, _source("metrics", query), METRIC_COLUMNS, condition, query)
                ],
                _count(connection, _source("metrics", query), condition),
            )
        )


def _log_condition(query: Query) -> Condition:
    fields.check(query, fields.LOG_FIELDS, fields.LOG_SORTS)
    return conditions.where(query, _LOG_MEANINGS)


def _source(table: str, query: Query) -> str:
    """Return the table, read by execution where the query names one: the planner would rather follow the order."""
    named = any(
        one.field == "executionId" and one.operator in (Operator.EQUALS, Operator.IN) and one.value is not None
        for one in query.filters
    )
    return f"{table} INDEXED BY {table}_execution" if named else table


def _count(connection: sqlite3.Connection, table: str, condition: Condition) -> int:
    total: int
    (total,) = connection.execute(
        f"SELECT count(*) FROM {table} WHERE {condition.text}",
        condition.parameters,
    ).fetchone()
    return total


def _page(
    connection: sqlite3.Connection, source: str, columns: Sequence[str], condition: Condition, query: Query
) -> sqlite3.Cursor:
    offset, limit = fields.window(query)
    terms = ", ".join([*(conditions.order(query.sort, _SORTS, frozenset()) or ["timestamp"]), "seq"])
    # What is passed over is passed over in the index: only rows of the page are read.
    numbers = f"SELECT seq FROM {source} WHERE {condition.text} ORDER BY {terms} LIMIT {limit} OFFSET {offset}"
    return connection.execute(
        f"SELECT {', '.join(columns)} FROM {source.split(maxsplit=1)[0]} WHERE seq IN ({numbers}) ORDER BY {terms}",
        condition.parameters,
    )
