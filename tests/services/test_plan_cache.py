"""Plans in memory follow what is saved, also when reading and saving cross."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lanner.backends.memory.store import MemoryStore
from lanner.model.flow import Flow, FlowKey
from lanner.ports.store import Writes
from lanner.sdk.registry import Registry
from lanner.services.plans import PlanCache

pytestmark = pytest.mark.anyio

KEY = FlowKey("main", "demo", "one")
FIRST = Flow(
    tenant="main", namespace="demo", id="one", revision=1, source="id: one\n", updated=datetime(2026, 1, 1, tzinfo=UTC)
)


async def test_what_was_read_before_a_save_does_not_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    await store.open()
    await store.commit(Writes(new_flows=[FIRST]))
    cache = PlanCache(store, Registry([]))
    read, saved = asyncio.Event(), asyncio.Event()
    latest = store.flows.latest

    async def slow(key: FlowKey, *, deleted: bool = False) -> Flow | None:
        found = await latest(key, deleted=deleted)
        read.set()
        await saved.wait()
        return found

    monkeypatch.setattr(store.flows, "latest", slow)
    reading = asyncio.create_task(cache.latest_flow(KEY))
    await read.wait()
    await store.commit(Writes(new_flows=[replace(FIRST, revision=2)]))
    cache.forget(KEY)
    saved.set()
    await reading
    assert (await cache.latest_flow(KEY)).revision == 2
    await store.close()
