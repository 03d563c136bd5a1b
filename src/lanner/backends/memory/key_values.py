"""Key-value pairs and secrets of a memory store."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from lanner.backends import fields
from lanner.backends.memory import matching
from lanner.backends.memory.matching import Test
from lanner.backends.memory.rows import Tables
from lanner.model.key_value import KeyName, KeyValue, StoredSecret
from lanner.ports.key_values import KeyTaken
from lanner.ports.search import Page, Query
from lanner.ports.store import Writes

_TESTS: dict[str, Test] = {
    "q": matching.text_in(lambda pair: (pair.key,)),
    "key": matching.plain(lambda pair: pair.key),
    "namespace": matching.plain(lambda pair: pair.namespace),
    "updated": matching.plain(lambda pair: pair.updated, matching.same),
}


class MemoryKeyValueRows:
    """``KeyValueRows`` of a memory store."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def find(self, tenant: str, namespaces: Sequence[str], key: str) -> Sequence[KeyValue]:
        """Return the pairs of this key in the given namespaces, in their order."""
        names = (KeyName(tenant, namespace, key) for namespace in namespaces)
        return [self._tables.key_values[name] for name in names if name in self._tables.key_values]

    async def search(
        self, query: Query, *, alive_at: datetime | None = None, expired_at: datetime | None = None
    ) -> Page[KeyValue]:
        """Find pairs, by namespace and key unless sorted."""
        fields.check(query, fields.KEY_VALUE_FIELDS, fields.KEY_VALUE_SORTS)
        found = [
            pair
            for pair in _in_order(self._tables.key_values.values())
            if pair.tenant == query.tenant
            and not (alive_at is not None and pair.is_expired(alive_at))
            and (expired_at is None or pair.is_expired(expired_at))
            and matching.matches(pair, query.filters, _TESTS)
        ]
        keys = {
            "key": lambda pair: pair.key,
            "namespace": lambda pair: pair.namespace,
            "created": lambda pair: pair.created,
            "updated": lambda pair: pair.updated,
            "expires": lambda pair: pair.expires,
        }
        return matching.page(found, query, keys)

    async def namespaces(self, tenant: str) -> Sequence[str]:
        """Return the distinct namespaces that have pairs, sorted."""
        return sorted({name.namespace for name in self._tables.key_values if name.tenant == tenant})


class MemorySecretRows:
    """``SecretRows`` of a memory store."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def find(self, tenant: str, namespaces: Sequence[str], key: str) -> Sequence[StoredSecret]:
        """Return the secrets of this key in the given namespaces, in their order."""
        names = (KeyName(tenant, namespace, key) for namespace in namespaces)
        return [self._tables.secrets[name] for name in names if name in self._tables.secrets]

    async def search(self, query: Query) -> Page[StoredSecret]:
        """Find secrets, by namespace and key unless sorted."""
        fields.check(query, fields.SECRET_FIELDS, fields.SECRET_SORTS)
        found = [
            secret
            for secret in _in_order(self._tables.secrets.values())
            if secret.tenant == query.tenant and matching.matches(secret, query.filters, _TESTS)
        ]
        return matching.page(
            found, query, {"key": lambda secret: secret.key, "namespace": lambda secret: secret.namespace}
        )


def check_keys(tables: Tables, pairs: Iterable[KeyValue]) -> None:
    """Raise ``KeyTaken`` for a pair that may not replace what is there."""
    seen: set[KeyName] = set()
    for pair in pairs:
        before = tables.key_values.get(pair.name)
        if pair.name in seen or (before is not None and not before.is_expired(pair.updated)):
            raise KeyTaken(pair.name)
        seen.add(pair.name)


def save_key_values(tables: Tables, writes: Writes) -> None:
    """Save what a unit says of pairs and secrets; removals come first."""
    for gone in writes.removed_key_values:
        before = tables.key_values.get(gone.name)
        if before is not None and (before.updated, before.revision) == (gone.updated, gone.revision):
            del tables.key_values[gone.name]
    for name in writes.removed_secrets:
        tables.secrets.pop(name, None)
    for pair in (*writes.new_key_values, *writes.key_values):
        before = tables.key_values.get(pair.name)
        if before is None or before.is_expired(pair.updated):
            tables.key_values[pair.name] = replace(pair, created=pair.updated, revision=1)
        else:
            tables.key_values[pair.name] = replace(pair, created=before.created, revision=before.revision + 1)
    for secret in writes.secrets:
        tables.secrets[secret.name] = secret


def _in_order(records: Iterable[matching.T]) -> list[matching.T]:
    return sorted(records, key=lambda one: (one.namespace, one.key))  # type: ignore[attr-defined]  # pairs or secrets
