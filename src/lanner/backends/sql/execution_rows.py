"""Reading executions and task runs."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import timedelta

from lanner.backends.sql.execution_search import EXECUTION, rows_of, search_of
from lanner.backends.sql.readers import Readers
from lanner.backends.sql.rows import TASK_RUN_COLUMNS, Row, execution_of, moment, task_run_of
from lanner.model.execution import Execution, TaskRun
from lanner.model.flow import FlowKey
from lanner.model.ids import ExecutionId
from lanner.model.state import State
from lanner.ports.search import Page, Query, StateCount

_TASK_RUNS = f"""
    SELECT {", ".join(f"task_runs.{column}" for column in TASK_RUN_COLUMNS)}, outputs.value
    FROM task_runs LEFT JOIN outputs ON task_runs.has_outputs = 1
    AND outputs.execution_id = task_runs.execution_id AND outputs.task_run_id = task_runs.id
    WHERE task_runs.execution_id = ? ORDER BY task_runs.sequence, task_runs.id
"""
_NEWEST = """
    SELECT seq FROM executions WHERE tenant = ? AND namespace = ? AND flow_id = ? AND kind IS NULL
    ORDER BY start_date DESC, seq DESC LIMIT ?
"""


class SqlExecutionRows:
    """``ExecutionRows`` of a SQL database."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def get(self, execution_id: ExecutionId) -> Execution | None:
        """Return an execution."""

        def read(connection: sqlite3.Connection) -> Row | None:
            row: Row | None = connection.execute(f"{EXECUTION} WHERE executions.id = ?", (execution_id,)).fetchone()
            return row

        row = await self._readers.run(read)
        return None if row is None else execution_of(row)

    async def task_runs(self, execution_id: ExecutionId) -> Sequence[TaskRun]:
        """Return all task runs with their outputs, by ``sequence``."""
        return await self._readers.run(
            lambda connection: [task_run_of(row) for row in connection.execute(_TASK_RUNS, (execution_id,))]
        )

    async def search(self, query: Query) -> Page[Execution]:
        """Find executions, newest first unless sorted."""
        search = search_of(query)
        rows, total = await self._readers.run(search.run)
        return Page([execution_of(row) for row in rows], total)

    async def count_by_state(self, query: Query, every: timedelta) -> Sequence[StateCount]:
        """Count what ``search`` finds, by stretches of ``every`` since 1970 and by state."""
        search, width = search_of(query), every // timedelta(microseconds=1)
        found = await self._readers.run(lambda connection: search.count_by_state(connection, width))
        return [StateCount(moment(stretch * width), State(state), count) for stretch, state, count in found]

    async def distinct(self, query: Query, field: str, most: int) -> Sequence[str]:
        """Return the values of a field in what ``search`` finds, sorted."""
        search = search_of(query)
        return await self._readers.run(lambda connection: search.distinct(connection, field, most))

    async def unfinished(self) -> Sequence[ExecutionId]:
        """Return the executions that have not ended, oldest first."""
        return await self._ids("SELECT id FROM executions WHERE ended = 0 ORDER BY start_date, seq")

    async def children(self, execution_id: ExecutionId) -> Sequence[ExecutionId]:
        """Return executions started by a task of this one, oldest first."""
        return await self._ids(
            "SELECT id FROM executions WHERE trigger_execution_id = ? ORDER BY start_date, seq", execution_id
        )

    async def latest_of_flows(self, keys: Iterable[FlowKey], count: int = 1) -> Sequence[Execution]:
        """Return the newest executions of each flow, newest first; those with a kind do not count."""
        wanted = list(dict.fromkeys(keys))

        def read(connection: sqlite3.Connection) -> list[Execution]:
            found = [place for key in wanted for (place,) in connection.execute(_NEWEST, (*key, count))]
            return [execution_of(row) for row in rows_of(connection, found)]

        return await self._readers.run(read)

    async def _ids(self, statement: str, *parameters: str) -> Sequence[ExecutionId]:
        return await self._readers.run(
            lambda connection: [ExecutionId(id_) for (id_,) in connection.execute(statement, parameters)]
        )
