"""Statements over many rows at once.

A statement takes a few hundred rows as one list of parameters. The driver gives up the
interpreter's lock once per statement, not once per row, so a busy event loop cannot slow the
writer down to a few hundred rows a second.
"""

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from lanner.backends.sql.rows import (
    EXECUTION_COLUMNS,
    JOB_COLUMNS,
    LOG_COLUMNS,
    MESSAGE_COLUMNS,
    METRIC_COLUMNS,
    TASK_RUN_COLUMNS,
    TIMER_COLUMNS,
    Row,
)
from lanner.backends.sql.trigger_values import LISTENER_COLUMNS, TRIGGER_COLUMNS, WINDOW_COLUMNS

_CHUNKS = (128, 112, 96, 80, 64, 56, 48, 40, 32, 28, 24, 20, 16, 14, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1)
"""Row counts for which a statement is prepared: any number is two or three of them, and the driver keeps them all."""


@dataclass(frozen=True)
class Upsert:
    """Inserts rows; a row whose key exists gets the columns after ``fixed`` replaced.

    Without a key every row is new.
    """

    table: str
    columns: Sequence[str]
    key: Sequence[str] = ()
    fixed: int = 0
    _prepared: dict[int, str] = field(default_factory=dict)

    def run(self, connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
        """Write ``rows``; two of the same key must not be among them."""
        start = 0
        for size in _CHUNKS:
            while len(rows) - start >= size:
                parameters = list(chain.from_iterable(rows[start : start + size]))
                connection.execute(self._statement(size), parameters)
                start += size

    def _statement(self, size: int) -> str:
        text = self._prepared.get(size)
        if text is None:
            text = self._prepared[size] = f"{self._head} {', '.join([self._places] * size)}{self._tail}"
        return text

    @cached_property
    def _head(self) -> str:
        return f"INSERT INTO {self.table} ({', '.join(self.columns)}) VALUES"

    @cached_property
    def _places(self) -> str:
        return f"({', '.join('?' * len(self.columns))})"

    @cached_property
    def _tail(self) -> str:
        if not self.key:
            return ""
        changes = [f"{column} = excluded.{column}" for column in self.columns[self.fixed :] if column not in self.key]
        return f" ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {', '.join(changes)}"


@dataclass(frozen=True)
class Delete:
    """Deletes the rows of given keys."""

    table: str
    key: Sequence[str]
    _prepared: dict[int, str] = field(default_factory=dict)

    def run(self, connection: sqlite3.Connection, keys: Collection[Any]) -> None:
        """Delete by ``keys``: values when the key is one column, tuples otherwise."""
        listed = list(keys)
        single = len(self.key) == 1
        start = 0
        for size in _CHUNKS:
            while len(listed) - start >= size:
                part = listed[start : start + size]
                connection.execute(self._statement(size), part if single else list(chain.from_iterable(part)))
                start += size

    def _statement(self, size: int) -> str:
        text = self._prepared.get(size)
        if text is None:
            text = self._prepared[size] = f"DELETE FROM {self.table} WHERE {self._condition(size)}"
        return text

    def _condition(self, size: int) -> str:
        if len(self.key) == 1:
            return f"{self.key[0]} IN ({', '.join('?' * size)})"
        # Not as rows IN (VALUES …): SQLite then looks at every row of the table.
        one = " AND ".join(f"{column} = ?" for column in self.key)
        return " OR ".join([f"({one})"] * size)


SAVE_EXECUTIONS = Upsert("executions", EXECUTION_COLUMNS, ("id",), fixed=10)
SAVE_TASK_RUNS = Upsert("task_runs", TASK_RUN_COLUMNS, ("execution_id", "id"))
SAVE_OUTPUTS = Upsert("outputs", ("execution_id", "task_run_id", "value"), ("execution_id", "task_run_id"))
SAVE_LOGS = Upsert("logs", LOG_COLUMNS)
SAVE_METRICS = Upsert("metrics", METRIC_COLUMNS)
SAVE_MESSAGES = Upsert("messages", MESSAGE_COLUMNS)
SAVE_JOBS = Upsert("jobs", JOB_COLUMNS, ("task_run_id", "attempt"))
SAVE_TIMERS = Upsert("timers", TIMER_COLUMNS, ("execution_id", "name"))
SAVE_TRIGGERS = Upsert("triggers", TRIGGER_COLUMNS, TRIGGER_COLUMNS[:4])
SAVE_WINDOWS = Upsert("condition_windows", WINDOW_COLUMNS, WINDOW_COLUMNS[:4])
SAVE_LISTENERS = Upsert("listeners", LISTENER_COLUMNS, LISTENER_COLUMNS[:4])
SAVE_SETTINGS = Upsert("settings", ("name", "value"), ("name",))

DROP_TASK_RUNS = Delete("task_runs", ("execution_id", "id"))
DROP_OUTPUTS = Delete("outputs", ("execution_id", "task_run_id"))
DROP_MESSAGES = Delete("messages", ("id",))
DROP_JOBS = Delete("jobs", ("task_run_id", "attempt"))
DROP_TRIGGERS = Delete("triggers", TRIGGER_COLUMNS[:4])
DROP_WINDOWS = Delete("condition_windows", WINDOW_COLUMNS[:4])
DROP_LISTENERS = Delete("listeners", LISTENER_COLUMNS[:4])
DROP_TIMERS = Delete("timers", ("execution_id", "name"))

DROP_EXECUTIONS = (
    Delete("executions", ("id",)),
    *(
        Delete(table, ("execution_id",))
        for table in ("task_runs", "outputs", "logs", "metrics", "messages", "jobs", "timers")
    ),
)
"""Everything that belongs to an execution, its labels by a trigger of the schema."""
