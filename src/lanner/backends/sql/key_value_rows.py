"""Reading key-value pairs and secrets."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from lanner.backends import fields
from lanner.backends.sql import conditions
from lanner.backends.sql.conditions import Condition
from lanner.backends.sql.key_value_records import PAIR_COLUMNS, SECRET_COLUMNS, pair_of, secret_of
from lanner.backends.sql.readers import Readers
from lanner.backends.sql.rows import Row, micros
from lanner.model.key_value import KeyName, KeyValue, StoredSecret
from lanner.ports.search import Page, Query

T = TypeVar("T")

_PAIR = f"SELECT {', '.join(PAIR_COLUMNS)} FROM key_values"
_SECRET = f"SELECT {', '.join(SECRET_COLUMNS)} FROM secrets"

_SECRET_MEANINGS: dict[str, conditions.Meaning] = {
    "q": conditions.text_in("key"),
    "key": conditions.plain("key"),
    "namespace": conditions.plain("namespace"),
}
_PAIR_MEANINGS = {**_SECRET_MEANINGS, "updated": conditions.date("updated")}
_SORTS = {name: name for name in fields.KEY_VALUE_SORTS}
_NULLABLE = frozenset({"expires"})


class SqlKeyValueRows:
    """``KeyValueRows`` of a SQL database."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def find(self, tenant: str, namespaces: Sequence[str], key: str) -> Sequence[KeyValue]:
        """Return the pairs of this key in the given namespaces, in their order."""
        return self._readers.run_here(_found(_PAIR, pair_of, [KeyName(tenant, one, key) for one in namespaces]))

    async def search(
        self, query: Query, *, alive_at: datetime | None = None, expired_at: datetime | None = None
    ) -> Page[KeyValue]:
        """Find pairs, by namespace and key unless sorted."""
        fields.check(query, fields.KEY_VALUE_FIELDS, fields.KEY_VALUE_SORTS)
        parts = [conditions.where(query, _PAIR_MEANINGS)]
        if alive_at is not None:
            parts.append(Condition("(expires IS NULL OR expires > ?)", (micros(alive_at),)))
        if expired_at is not None:
            parts.append(Condition("(expires IS NOT NULL AND expires <= ?)", (micros(expired_at),)))
        return await self._readers.run(_page("key_values", _PAIR, pair_of, conditions.both(*parts), query))

    async def namespaces(self, tenant: str) -> Sequence[str]:
        """Return the distinct namespaces that have pairs, sorted."""
        text = "SELECT DISTINCT namespace FROM key_values WHERE tenant = ? ORDER BY namespace"
        return await self._readers.run(lambda connection: [name for (name,) in connection.execute(text, (tenant,))])


class SqlSecretRows:
    """``SecretRows`` of a SQL database."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def find(self, tenant: str, namespaces: Sequence[str], key: str) -> Sequence[StoredSecret]:
        """Return the secrets of this key in the given namespaces, in their order."""
        return self._readers.run_here(_found(_SECRET, secret_of, [KeyName(tenant, one, key) for one in namespaces]))

    async def search(self, query: Query) -> Page[StoredSecret]:
        """Find secrets, by namespace and key unless sorted."""
        fields.check(query, fields.SECRET_FIELDS, fields.SECRET_SORTS)
        condition = conditions.where(query, _SECRET_MEANINGS)
        return await self._readers.run(_page("secrets", _SECRET, secret_of, condition, query))


def _found(
    select: str, record_of: Callable[[Row], T], names: Iterable[KeyName]
) -> Callable[[sqlite3.Connection], list[T]]:
    statement = f"{select} WHERE tenant = ? AND namespace = ? AND key = ?"

    def read(connection: sqlite3.Connection) -> list[T]:
        rows = (connection.execute(statement, name).fetchone() for name in names)
        return [record_of(row) for row in rows if row is not None]

    return read


def _page(
    table: str, select: str, record_of: Callable[[Row], T], condition: Condition, query: Query
) -> Callable[[sqlite3.Connection], Page[T]]:
    terms = ", ".join([*conditions.order(query.sort, _SORTS, _NULLABLE), "namespace", "key"])
    offset, limit = fields.window(query)

    def read(connection: sqlite3.Connection) -> Page[T]:
        count = f"SELECT count(*) FROM {table} WHERE {condition.text}"
        (total,) = connection.execute(count, condition.parameters).fetchone()
        page = f"{select} WHERE {condition.text} ORDER BY {terms} LIMIT {limit} OFFSET {offset}"
        return Page([record_of(row) for row in connection.execute(page, condition.parameters)], total)

    return read
