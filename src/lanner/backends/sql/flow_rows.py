"""Reading flows."""

import sqlite3
from collections.abc import Sequence

from lanner.backends import fields
from lanner.backends.sql import conditions
from lanner.backends.sql.conditions import Condition
from lanner.backends.sql.readers import Readers
from lanner.backends.sql.rows import FLOW_COLUMNS, flow_of
from lanner.model.flow import Flow, FlowKey
from lanner.ports.search import Page, Query

_FLOW = f"SELECT {', '.join(FLOW_COLUMNS)} FROM flows"
_KEY = "tenant = ? AND namespace = ? AND id = ?"
_EXISTING = Condition("latest = 1 AND deleted = 0")


def _has_label(condition: Condition) -> Condition:
    return Condition(
        "EXISTS (SELECT 1 FROM (SELECT json_extract(value, '$[0]') AS key, json_extract(value, '$[1]') AS value"
        f" FROM json_each(labels)) WHERE {condition.text})",
        condition.parameters,
    )


_MEANINGS: dict[str, conditions.Meaning] = {
    "q": conditions.text_in("id", "namespace"),
    "scope": conditions.scope("namespace"),
    "namespace": conditions.plain("namespace"),
    "flowId": conditions.plain("id"),
    "labels": conditions.labels(_has_label),
}
_SORTS = {"id": "id", "namespace": "namespace", "revision": "revision", "updated": "updated"}
_NULLABLE = frozenset({"updated"})


class SqlFlowRows:
    """``FlowRows`` of a SQL database."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def latest(self, key: FlowKey, *, deleted: bool = False) -> Flow | None:
        """Return the greatest revision; a deleted flow has none unless asked for."""
        found = await self._list(f"{_FLOW} WHERE {_KEY} AND latest = 1", *key)
        return found[0] if found and (deleted or not found[0].deleted) else None

    async def revision(self, key: FlowKey, revision: int) -> Flow | None:
        """Return one revision."""
        found = await self._list(f"{_FLOW} WHERE {_KEY} AND revision = ?", *key, revision)
        return found[0] if found else None

    async def revisions(self, key: FlowKey) -> Sequence[Flow]:
        """Return all revisions, oldest first."""
        return await self._list(f"{_FLOW} WHERE {_KEY} ORDER BY revision", *key)

    async def search(self, query: Query) -> Page[Flow]:
        """Find latest, not deleted flows, by namespace and id unless sorted."""
        return await self._search(query, _EXISTING)

    async def search_source(self, query: Query, text: str) -> Page[Flow]:
        """Find latest flows whose source holds ``text``, whatever the case of ASCII letters."""
        holds = Condition("instr(lower(source), ?) > 0", (fields.folded(text),))
        return await self._search(query, conditions.both(_EXISTING, holds))

    async def all_latest(self, tenant: str | None = None) -> Sequence[Flow]:
        """Return every latest, not deleted flow."""
        chosen, parameters = (" AND tenant = ?", (tenant,)) if tenant is not None else ("", ())
        return await self._list(f"{_FLOW} WHERE {_EXISTING.text}{chosen} ORDER BY tenant, namespace, id", *parameters)

    async def namespaces(self, tenant: str) -> Sequence[str]:
        """Return the distinct namespaces of flows that exist, sorted."""
        text = f"SELECT DISTINCT namespace FROM flows WHERE tenant = ? AND {_EXISTING.text} ORDER BY namespace"
        return await self._readers.run(lambda connection: [name for (name,) in connection.execute(text, (tenant,))])

    async def _list(self, statement: str, *parameters: object) -> list[Flow]:
        return await self._readers.run(
            lambda connection: [flow_of(row) for row in connection.execute(statement, parameters)]
        )

    async def _search(self, query: Query, extra: Condition) -> Page[Flow]:
        fields.check(query, fields.FLOW_FIELDS, fields.FLOW_SORTS)
        condition = conditions.both(conditions.where(query, _MEANINGS), extra)
        terms = ", ".join([*conditions.order(query.sort, _SORTS, _NULLABLE), "namespace", "id"])
        offset, limit = fields.window(query)

        def read(connection: sqlite3.Connection) -> Page[Flow]:
            count = f"SELECT count(*) FROM flows WHERE {condition.text}"
            (total,) = connection.execute(count, condition.parameters).fetchone()
            page = f"{_FLOW} WHERE {condition.text} ORDER BY {terms} LIMIT {limit} OFFSET {offset}"
            return Page([flow_of(row) for row in connection.execute(page, condition.parameters)], total)

        return await self._readers.run(read)
