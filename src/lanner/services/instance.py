"""The server as a whole: who it is, whether it is well, how much it holds."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from lanner.ports.clock import Clock
from lanner.ports.search import Filter, Operator, Query
from lanner.ports.store import Store, Writes
from lanner.sdk.registry import Registry

SETTING = "instance"
DAYS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How many flows and executions a tenant has; executions of the last day."""

    flows: int
    namespaces: int
    executions: int
    since: datetime


class Instance:
    """Facts about this installation."""

    def __init__(self, *, store: Store, registry: Registry, clock: Clock) -> None:
        self._store, self._registry, self._clock = store, registry, clock
        self._uuid: str | None = None

    async def uuid(self) -> str:
        """Return what names this installation for ever; made on first use."""
        if self._uuid is None:
            stored = await self._store.setting(SETTING)
            if stored is None:
                stored = {"uuid": secrets.token_urlsafe(16)}
                await self._store.commit(Writes(settings={SETTING: stored}))
            self._uuid = str(stored["uuid"])
        return self._uuid

    def plugins_hash(self) -> int:
        """Return a number that changes with what is installed; clients keep schemas as long as it stays."""
        names = "\n".join(sorted(f"{group.name} {group.version}" for group in self._registry.groups))
        return int.from_bytes(sha256(names.encode()).digest()[:4], "big", signed=True)

    async def is_healthy(self) -> bool:
        """Whether the store answers."""
        await self._store.setting(SETTING)
        return True

    async def usage(self, tenant: str) -> Usage:
        """Return how much a tenant holds."""
        since = self._clock.now() - timedelta(days=DAYS)
        flows = await self._store.flows.search(Query(tenant=tenant, size=1))
        recent = Filter("startDate", Operator.GREATER_THAN_OR_EQUAL_TO, since)
        executions = await self._store.executions.search(Query(tenant=tenant, filters=(recent,), size=1))
        namespaces = await self._store.flows.namespaces(tenant)
        return Usage(flows=flows.total, namespaces=len(namespaces), executions=executions.total, since=since)
