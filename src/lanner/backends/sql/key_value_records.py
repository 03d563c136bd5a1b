"""Key-value pairs and secrets as rows, and saving them."""

import json
import sqlite3
from typing import Any

from lanner.backends.sql.rows import Row, dumps, micros, moment
from lanner.model.key_value import KeyValue, KeyValueType, StoredSecret
from lanner.ports.key_values import KeyTaken
from lanner.ports.store import Writes

PAIR_COLUMNS = (
    "tenant", "namespace", "key", "type", "value", "description", "created", "updated", "expires", "revision",
)  # fmt: skip
SECRET_COLUMNS = ("tenant", "namespace", "key", "encrypted", "description", "tags", "updated")

_EXPIRED = "(key_values.expires IS NOT NULL AND key_values.expires <= excluded.updated)"
_SAVE_PAIR = f"""
    INSERT INTO key_values ({", ".join(PAIR_COLUMNS)}) VALUES ({", ".join("?" * len(PAIR_COLUMNS))})
    ON CONFLICT (tenant, namespace, key) DO UPDATE SET
        created = CASE WHEN {_EXPIRED} THEN excluded.created ELSE key_values.created END,
        revision = CASE WHEN {_EXPIRED} THEN 1 ELSE key_values.revision + 1 END,
        type = excluded.type, value = excluded.value, description = excluded.description,
        updated = excluded.updated, expires = excluded.expires
"""
_NEW_PAIR = f"{_SAVE_PAIR} WHERE {_EXPIRED}"
_REMOVE_PAIR = """
    DELETE FROM key_values WHERE tenant = ? AND namespace = ? AND key = ? AND updated = ? AND revision = ?
"""
_SAVE_SECRET = f"""
    INSERT INTO secrets ({", ".join(SECRET_COLUMNS)}) VALUES ({", ".join("?" * len(SECRET_COLUMNS))})
    ON CONFLICT (tenant, namespace, key) DO UPDATE SET
        encrypted = excluded.encrypted, description = excluded.description, tags = excluded.tags,
        updated = excluded.updated
"""
_REMOVE_SECRET = "DELETE FROM secrets WHERE tenant = ? AND namespace = ? AND key = ?"  # noqa: S105  # SQL


def save_key_values(connection: sqlite3.Connection, writes: Writes) -> None:
    """Save what a unit says of pairs and secrets, removals first; raises ``KeyTaken``."""
    for gone in writes.removed_key_values:
        connection.execute(_REMOVE_PAIR, (*gone.name, micros(gone.updated), gone.revision))
    for name in writes.removed_secrets:
        connection.execute(_REMOVE_SECRET, name)
    for pair in writes.new_key_values:
        if connection.execute(_NEW_PAIR, _pair_row(pair)).rowcount == 0:
            raise KeyTaken(pair.name)
    for pair in writes.key_values:
        connection.execute(_SAVE_PAIR, _pair_row(pair))
    for secret in writes.secrets:
        connection.execute(_SAVE_SECRET, _secret_row(secret))


def _pair_row(pair: KeyValue) -> Row:
    return (
        *pair.name,
        str(pair.type),
        # Unlike the rest of the house's JSON: numbers of any size.
        json.dumps(pair.value, ensure_ascii=False),
        pair.description,
        micros(pair.updated),
        micros(pair.updated),
        None if pair.expires is None else micros(pair.expires),
        1,
    )


def pair_of(row: Row) -> KeyValue:
    """Return the pair of ``PAIR_COLUMNS``."""
    tenant, namespace, key, type_, value, description, created, updated, expires, revision = row
    return KeyValue(
        tenant=tenant,
        namespace=namespace,
        key=key,
        type=KeyValueType(type_),
        value=json.loads(value),
        description=description,
        created=moment(created),
        updated=moment(updated),
        expires=None if expires is None else moment(expires),
        revision=revision,
    )


def _secret_row(secret: StoredSecret) -> Row:
    tags: Any = dict(secret.tags)
    return (*secret.name, secret.encrypted, secret.description, dumps(tags), micros(secret.updated))


def secret_of(row: Row) -> StoredSecret:
    """Return the secret of ``SECRET_COLUMNS``."""
    tenant, namespace, key, encrypted, description, tags, updated = row
    return StoredSecret(
        tenant=tenant,
        namespace=namespace,
        key=key,
        encrypted=encrypted,
        description=description,
        tags=json.loads(tags),
        updated=moment(updated),
    )
