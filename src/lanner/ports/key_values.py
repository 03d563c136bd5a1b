"""Reading key-value pairs and secrets. They are saved by ``lanner.ports.store.Writes``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from lanner.model.errors import LannerError
from lanner.model.key_value import KeyName, KeyValue, StoredSecret
from lanner.ports.search import Page, Query


class KeyTaken(LannerError):
    """The key has a value already, and it was not to be replaced."""

    def __init__(self, name: KeyName) -> None:
        self.name = name
        super().__init__(
            f"Cannot set value for key '{name.key}'. Key already exists and `overwrite` is set to `false`."
        )


class KeyValueRows(Protocol):
    """Reading key-value pairs. Pairs whose time is up are there until they are removed."""

    def find(self, tenant: str, namespaces: Sequence[str], key: str) -> Sequence[KeyValue]:
        """Return the pairs of this key in the given namespaces, in their order.

        Short and blocking, callable from any thread: expressions need values in the middle of rendering.
        """

    async def search(
        self, query: Query, *, alive_at: datetime | None = None, expired_at: datetime | None = None
    ) -> Page[KeyValue]:
        """Find pairs, by namespace and key unless sorted; fields: q (key), key, namespace, updated.

        ``alive_at`` leaves out those expired by then, ``expired_at`` those that are not.
        Sort: key, namespace, created, updated, expires.
        """

    async def namespaces(self, tenant: str) -> Sequence[str]:
        """Return the distinct namespaces that have pairs, sorted."""


class SecretRows(Protocol):
    """Reading secrets kept in the store; their values are encrypted."""

    def find(self, tenant: str, namespaces: Sequence[str], key: str) -> Sequence[StoredSecret]:
        """Return the secrets of this key in the given namespaces, in their order. Blocking as ``KeyValueRows.find``."""

    async def search(self, query: Query) -> Page[StoredSecret]:
        """Find secrets, by namespace and key unless sorted; fields: q (key), key, namespace. Sort: key, namespace."""
