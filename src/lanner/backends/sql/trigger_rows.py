"""Reading what is remembered of triggers."""

import sqlite3
from collections.abc import Sequence

from lanner.backends import fields
from lanner.backends.sql import conditions
from lanner.backends.sql.readers import Readers
from lanner.backends.sql.trigger_values import (
    LISTENER_COLUMNS,
    TRIGGER_COLUMNS,
    WINDOW_COLUMNS,
    listener_of,
    trigger_of,
    window_of,
)
from lanner.model.trigger import ConditionWindow, Listener, TriggerKey, TriggerState
from lanner.ports.search import Page, Query

_TRIGGER = f"SELECT {', '.join(TRIGGER_COLUMNS)} FROM triggers"
_WINDOWS = f"SELECT {', '.join(WINDOW_COLUMNS)} FROM condition_windows ORDER BY tenant, namespace, flow_id, id"
_LISTENERS = f"SELECT {', '.join(LISTENER_COLUMNS)} FROM listeners ORDER BY tenant, namespace, flow_id, trigger_id"
_KEY = "tenant = ? AND namespace = ? AND flow_id = ? AND trigger_id = ?"
_ORDER = ("tenant", "namespace", "flow_id", "trigger_id")

_MEANINGS: dict[str, conditions.Meaning] = {
    "q": conditions.text_in("namespace", "flow_id", "trigger_id"),
    "scope": conditions.scope("namespace"),
    "namespace": conditions.plain("namespace"),
    "flowId": conditions.plain("flow_id"),
    "triggerId": conditions.plain("trigger_id"),
    "workerId": conditions.plain("worker_id"),
    "executionId": conditions.plain("execution_id"),
    "kind": conditions.plain("kind"),
    "disabled": conditions.number("disabled"),
    "nextDate": conditions.date("next_date"),
    "date": conditions.date("date"),
}
_SORTS = {
    "namespace": "namespace",
    "flowId": "flow_id",
    "triggerId": "trigger_id",
    "executionId": "execution_id",
    "date": "date",
    "nextExecutionDate": "next_date",
    "updatedDate": "updated",
}
_NULLABLE = frozenset({"execution_id", "date", "next_date", "updated"})


class SqlTriggerRows:
    """``TriggerRows`` of a SQL database."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def get(self, key: TriggerKey) -> TriggerState | None:
        """Return the state of a trigger."""
        row = await self._readers.run(lambda connection: connection.execute(f"{_TRIGGER} WHERE {_KEY}", key).fetchone())
        return None if row is None else trigger_of(row)

    async def all(self) -> Sequence[TriggerState]:
        """Return the states of all triggers."""
        text = f"{_TRIGGER} ORDER BY {', '.join(_ORDER)}"
        return await self._readers.run(lambda connection: [trigger_of(row) for row in connection.execute(text)])

    async def search(self, query: Query) -> Page[TriggerState]:
        """Find states, by name unless sorted."""
        fields.check(query, fields.TRIGGER_FIELDS, fields.TRIGGER_SORTS)
        condition = conditions.where(query, _MEANINGS)
        terms = ", ".join([*conditions.order(query.sort, _SORTS, _NULLABLE), *_ORDER])
        offset, limit = fields.window(query)

        def read(connection: sqlite3.Connection) -> Page[TriggerState]:
            count = f"SELECT count(*) FROM triggers WHERE {condition.text}"
            (total,) = connection.execute(count, condition.parameters).fetchone()
            page = f"{_TRIGGER} WHERE {condition.text} ORDER BY {terms} LIMIT {limit} OFFSET {offset}"
            return Page([trigger_of(row) for row in connection.execute(page, condition.parameters)], total)

        return await self._readers.run(read)

    async def windows(self) -> Sequence[ConditionWindow]:
        """Return all windows."""
        return await self._readers.run(lambda connection: [window_of(row) for row in connection.execute(_WINDOWS)])

    async def listeners(self) -> Sequence[Listener]:
        """Return all listeners."""
        return await self._readers.run(lambda connection: [listener_of(row) for row in connection.execute(_LISTENERS)])
