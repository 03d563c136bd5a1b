"""Concurrency limits over the API. Source: reference api.md §1.3."""

import pytest

from tests.api.house import PAUSE, House, flow

pytestmark = pytest.mark.anyio


async def test_flows_with_a_limit_tell_how_many_executions_hold_a_slot(server: House) -> None:
    await server.save(flow("free"))
    await server.save(flow("told", description="no concurrency here"))
    await server.save(flow("one", PAUSE, concurrency="{limit: 2}"))
    ids = [(await server.start("one"))["id"] for _ in range(3)]
    await server.until(ids[1], "PAUSED")
    await server.until(ids[2], "QUEUED")
    limit = {"tenantId": "main", "namespace": "demo", "flowId": "one", "running": 2, "limit": 2}
    assert await server.get("/concurrency-limit/search") == {"results": [limit], "total": 1}
    for id_ in ids[:2]:
        await server.client.delete(f"/api/v1/main/executions/{id_}/kill")
        await server.until(id_, "KILLED")
    await server.until(ids[2], "PAUSED")
    put = await server.client.put("/api/v1/main/concurrency-limit/demo/one", json={**limit, "running": 0})
    assert put.json() == {**limit, "running": 1}, "what runs is counted, not set"


@pytest.mark.parametrize("flow_id", ["free", "none"])
async def test_a_flow_without_a_limit_has_no_count(server: House, flow_id: str) -> None:
    await server.save(flow("free"))
    answer = await server.client.put(f"/api/v1/main/concurrency-limit/demo/{flow_id}", json={"running": 1})
    assert (answer.status_code, flow_id in answer.text) == (404, True)
