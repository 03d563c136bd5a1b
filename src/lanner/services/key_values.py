"""The key-value store: values of a namespace under keys, for people, flows and tasks."""

import fnmatch
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from lanner.model.errors import LannerError
from lanner.model.key_value import KeyName, KeyValue
from lanner.model.namespace import checked_namespace, is_within, with_parents
from lanner.ports.clock import Clock
from lanner.ports.key_values import KeyTaken
from lanner.ports.search import Filter, Operator, Page, Query, Sort
from lanner.ports.store import Store, Writes
from lanner.services.errors import NotFound
from lanner.services.key_texts import InvalidValue, Typed, checked_key

__all__ = ["KeyExpired", "KeyTaken", "KeyValues", "NamespaceUnknown"]

_PAGE = 1_000


class KeyExpired(LannerError):
    """The value of a key was there, but its time is up."""

    def __init__(self) -> None:
        super().__init__("The requested value has expired")


class NamespaceUnknown(LannerError):
    """No flow and no key-value pair is in the namespace, so that its store cannot be used from flows."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        super().__init__(f"Cannot access the KV store. The namespace '{namespace}' does not exist.")


class KeyValues:
    """Reads and sets key-value pairs. Every method raises ``InvalidNamespace`` and ``InvalidKey``."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def find(self, tenant: str, namespaces: Sequence[str], key: str) -> KeyValue | None:
        """Return the pair of the first of the namespaces that has a living one. Short and blocking."""
        now = self._clock.now()
        found = self._store.key_values.find(tenant, namespaces, checked_key(key))
        return next((pair for pair in found if not pair.is_expired(now)), None)

    async def get(self, name: KeyName) -> KeyValue:
        """Return a pair; raises ``NotFound``, or ``KeyExpired`` once: the pair is removed then.

        Source: Kestra 1.0.36 (reference ``engine.md`` §9.8).
        """
        checked_namespace(name.namespace)
        for pair in self._store.key_values.find(name.tenant, [name.namespace], checked_key(name.key)):
            if not pair.is_expired(self._clock.now()):
                return pair
            await self._store.commit(Writes(removed_key_values=[pair]))
            raise KeyExpired
        raise NotFound(f"No value found for key '{name.key}' in namespace '{name.namespace}'")

    async def set(
        self,
        name: KeyName,
        value: Typed,
        *,
        description: str | None = None,
        ttl: timedelta | None = None,
        overwrite: bool = True,
    ) -> None:
        """Set a key; ``value`` is what ``typed`` or ``read_value`` gives. Raises ``InvalidValue`` and ``KeyTaken``."""
        checked_namespace(name.namespace)
        checked_key(name.key)
        now = self._clock.now()
        type_, content = value
        pair = KeyValue(
            tenant=name.tenant,
            namespace=name.namespace,
            key=name.key,
            type=type_,
            value=content,
            description=description,
            created=now,
            updated=now,
            expires=_end(now, ttl),
        )
        await self._store.commit(Writes(key_values=[pair]) if overwrite else Writes(new_key_values=[pair]))

    async def delete(self, name: KeyName) -> bool:
        """Delete a key; returns whether there was a living one."""
        return bool(await self.delete_all(name.tenant, name.namespace, [name.key]))

    async def delete_all(self, tenant: str, namespace: str, keys: Iterable[str]) -> list[str]:
        """Delete keys of a namespace; returns those that were there and alive."""
        checked_namespace(namespace)
        now = self._clock.now()
        found = [
            pair
            for key in dict.fromkeys(keys)
            for pair in self._store.key_values.find(tenant, [namespace], checked_key(key))
        ]
        if found:
            await self._store.commit(Writes(removed_key_values=found))
        return [pair.key for pair in found if not pair.is_expired(now)]

    async def search(self, query: Query) -> Page[KeyValue]:
        """Return one page of living pairs."""
        return await self._store.key_values.search(query, alive_at=self._clock.now())

    async def of_namespace(self, tenant: str, namespace: str, *, prefix: str = "") -> list[KeyValue]:
        """Return the living pairs of a namespace, by key."""
        filters = [Filter("namespace", Operator.EQUALS, checked_namespace(namespace))]
        if prefix:
            filters.append(Filter("key", Operator.STARTS_WITH, prefix))
        return await self._all(tenant, tuple(filters), alive_at=self._clock.now())

    async def inherited(self, tenant: str, namespace: str) -> list[KeyValue]:
        """Return the living pairs of a namespace and those above it, nearest first.

        A key that a nearer namespace has too is left out: it is hidden from the namespace's flows.
        """
        seen: set[str] = set()
        pairs: list[KeyValue] = []
        for place in with_parents(checked_namespace(namespace)):
            own = [pair for pair in await self.of_namespace(tenant, place) if pair.key not in seen]
            pairs += own
            seen |= {pair.key for pair in own}
        return pairs

    async def check_reachable(self, tenant: str, namespace: str, *, from_namespace: str) -> None:
        """Raise ``NamespaceUnknown`` unless flows of a namespace may use the store of another one.

        It must be the namespace itself, one above it, or hold a flow or a pair.
        """
        if is_within(from_namespace, checked_namespace(namespace)):
            return
        for known in (*await self._store.flows.namespaces(tenant), *await self._store.key_values.namespaces(tenant)):
            if is_within(known, namespace):
                return
        raise NamespaceUnknown(namespace)

    async def purge(
        self,
        tenant: str,
        *,
        namespaces: Sequence[str] | None = None,
        namespace_pattern: str | None = None,
        with_children: bool = True,
        key_pattern: str | None = None,
        expired_only: bool = True,
    ) -> int:
        """Delete pairs of the namespaces named, or of all; returns how many. Patterns have ``*`` and ``?``."""

        def is_wanted(pair: KeyValue) -> bool:
            if namespaces is not None:
                is_in = any(
                    is_within(pair.namespace, one) if with_children else pair.namespace == one for one in namespaces
                )
            elif namespace_pattern is not None:
                is_in = fnmatch.fnmatchcase(pair.namespace, namespace_pattern) or (
                    with_children
                    and any(fnmatch.fnmatchcase(one, namespace_pattern) for one in with_parents(pair.namespace))
                )
            else:
                is_in = True
            return is_in and (key_pattern is None or fnmatch.fnmatchcase(pair.key, key_pattern))

        expired_at = self._clock.now() if expired_only else None
        gone = [pair for pair in await self._all(tenant, expired_at=expired_at) if is_wanted(pair)]
        if gone:
            await self._store.commit(Writes(removed_key_values=gone))
        return len(gone)

    async def _all(
        self,
        tenant: str,
        filters: tuple[Filter, ...] = (),
        *,
        alive_at: datetime | None = None,
        expired_at: datetime | None = None,
    ) -> list[KeyValue]:
        sort = (Sort("namespace"), Sort("key"))
        pairs: list[KeyValue] = []
        while True:
            query = Query(tenant=tenant, filters=filters, sort=sort, page=len(pairs) // _PAGE + 1, size=_PAGE)
            found = await self._store.key_values.search(query, alive_at=alive_at, expired_at=expired_at)
            pairs += found.results
            if len(found.results) < _PAGE:
                return pairs


def _end(now: datetime, ttl: timedelta | None) -> datetime | None:
    if ttl is None:
        return None
    if ttl < timedelta(0):
        raise InvalidValue("ttl cannot be negative")
    try:
        return now + ttl
    except OverflowError:
        raise InvalidValue(f"ttl: {ttl} reaches beyond the year 9999") from None
