"""The key-value store as a task run sees it (``lanner.sdk.context.KeyValueStore``)."""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from lanner.model.errors import LannerError
from lanner.model.key_value import KeyName, KeyValue
from lanner.model.namespace import checked_namespace, with_parents
from lanner.services.key_texts import typed
from lanner.services.key_values import KeyValues

T = TypeVar("T")


def in_loop(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> T:
    """Have the server's loop do something and wait for it; call from another thread."""
    try:
        here = asyncio.get_running_loop()
    except RuntimeError:
        here = None
    if here is loop:
        work.close()
        raise LannerError("the store is used from a thread: call it through asyncio.to_thread")
    return asyncio.run_coroutine_threadsafe(work, loop).result()


class TaskKeyValues:
    """The store, with the flow's namespace as the one that is meant."""

    def __init__(self, service: KeyValues, loop: asyncio.AbstractEventLoop, tenant: str, namespace: str) -> None:
        self._service, self._loop, self._tenant, self._own = service, loop, tenant, namespace

    def get(self, key: str, namespace: str | None = None) -> KeyValue | None:
        """Return the pair of a key; the flow's own namespace is searched together with those above it."""
        place = self._reachable(namespace)
        return self._service.find(self._tenant, with_parents(place) if place == self._own else [place], key)

    def set(
        self,
        key: str,
        value: Any,
        *,
        namespace: str | None = None,
        ttl: timedelta | None = None,
        description: str | None = None,
        overwrite: bool = True,
    ) -> None:
        """Set a key to plain data or a moment."""
        name = KeyName(self._tenant, self._reachable(namespace), key)
        kept = typed(value)
        in_loop(self._loop, self._service.set(name, kept, description=description, ttl=ttl, overwrite=overwrite))

    def delete(self, key: str, namespace: str | None = None) -> bool:
        """Delete a key; returns whether there was one."""
        name = KeyName(self._tenant, self._reachable(namespace), key)
        return in_loop(self._loop, self._service.delete(name))

    def keys(self, *, prefix: str = "", namespace: str | None = None) -> list[str]:
        """Return the keys of one namespace, sorted."""
        place = self._reachable(namespace)
        pairs = in_loop(self._loop, self._service.of_namespace(self._tenant, place, prefix=prefix))
        return [pair.key for pair in pairs]

    def purge(
        self,
        *,
        namespaces: Sequence[str] | None = None,
        namespace_pattern: str | None = None,
        with_children: bool = True,
        key_pattern: str | None = None,
        expired_only: bool = True,
    ) -> int:
        """Delete pairs of the namespaces named, or of all; returns how many."""
        work = self._service.purge(
            self._tenant,
            namespaces=namespaces,
            namespace_pattern=namespace_pattern,
            with_children=with_children,
            key_pattern=key_pattern,
            expired_only=expired_only,
        )
        return in_loop(self._loop, work)

    def _reachable(self, namespace: str | None) -> str:
        if namespace is None or namespace == self._own:
            return self._own
        place = checked_namespace(namespace)
        in_loop(self._loop, self._service.check_reachable(self._tenant, place, from_namespace=self._own))
        return place
