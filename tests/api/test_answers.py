"""Operations that no other test asks: what they answer is what the OpenAPI file says (``promised.py`` holds it)."""

import asyncio
from typing import Any

import pytest

from tests.api.house import FAIL, NAMESPACE, PAUSE, House, flow

pytestmark = pytest.mark.anyio

NAP = "  - {id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT1H}\n"
OUT = "  - {id: out, type: io.kestra.plugin.core.output.OutputValues, values: {x: 1}}\n"


async def ask(server: House, method: str, path: str, body: Any = None) -> Any:
    """Return what a path answers, which is no error."""
    answer = await server.client.request(method, f"/api/v1/main{path}", json=body)
    assert answer.is_success, (path, answer.text)
    return answer.json() if answer.headers.get("content-type") == "application/json" else answer.content


async def begun(server: House, flow_id: str, state: str) -> str:
    """Start an execution and return its id once it is in a state."""
    id_: str = (await server.start(flow_id))["id"]
    await server.until(id_, state)
    return id_


async def test_executions_one_by_one(server: House) -> None:
    await server.save(flow("nap", NAP))
    await server.save(flow("one", PAUSE, concurrency="{limit: 1}"))
    napping = await begun(server, "nap", "RUNNING")
    assert (await ask(server, "POST", f"/executions/{napping}/pause"))["id"] == napping
    await ask(server, "DELETE", f"/executions/{napping}/kill")
    await begun(server, "one", "PAUSED")
    forced, taken = [await begun(server, "one", "QUEUED") for _ in range(2)]
    assert (await ask(server, "POST", f"/executions/{forced}/force-run"))["id"] == forced
    await ask(server, "POST", f"/executions/{taken}/unqueue?state=CANCELLED")
    await server.until(taken, "CANCELLED")


@pytest.mark.parametrize("way", ["ids", "query"])
async def test_executions_in_bulk(server: House, way: str) -> None:
    for source in (flow("nap", NAP), flow("hold", PAUSE), flow("bad", FAIL)):
        await server.save(source)
    await server.save(flow("one", PAUSE, concurrency="{limit: 1}"))

    async def bulk(name: str, flow_id: str, id_: str, query: str = "") -> int:
        if way == "ids":
            path, body = f"/executions/{name}/by-ids?{query}", [id_]
        else:
            path, body = f"/executions/{name}/by-query?filters[flowId][EQUALS]={flow_id}&{query}", None
        count: int = (await ask(server, "POST", path, body))["count"]
        return count

    napping = await begun(server, "nap", "RUNNING")
    assert await bulk("pause", "nap", napping) == 1
    held = await begun(server, "hold", "PAUSED")
    assert await bulk("resume", "hold", held) == 1
    await server.until(held, "SUCCESS")
    failed = await begun(server, "bad", "FAILED")
    assert await bulk("restart", "bad", failed) == 1
    await server.until(failed, "FAILED")
    assert await bulk("change-status", "bad", failed, "newStatus=WARNING") == 1
    assert await bulk("replay", "bad", failed) == 1
    await begun(server, "one", "PAUSED")
    waiting = "&filters[state][IN]=QUEUED"
    queued = await begun(server, "one", "QUEUED")
    assert await bulk("force-run", f"one{waiting}", queued) == 1
    queued = await begun(server, "one", "QUEUED")
    assert await bulk("unqueue", f"one{waiting}", queued, "state=CANCELLED&newState=CANCELLED") == 1
    await server.until(queued, "CANCELLED")
    assert (await ask(server, "DELETE", "/executions/by-query?filters[state][IN]=CANCELLED"))["count"] == 1


async def test_the_rest(server: House) -> None:
    await server.save(flow("one", OUT, outputs="[{id: y, type: INT, value: '{{ outputs.out.values.x }}'}]"))
    execution = await server.start("one", wait=True)
    assert await ask(server, "GET", f"/outputs/executions/{execution['id']}") == {"y": 1}
    named = [{"namespace": NAMESPACE, "id": "one"}]
    assert await ask(server, "POST", "/flows/disable/by-query?filters[flowId][EQUALS]=one") == {"count": 1}
    assert await ask(server, "POST", "/flows/enable/by-ids", named) == {"count": 1}
    assert (await ask(server, "POST", "/flows/export/by-ids", named))[:2] == b"PK"
    type_ = "io.kestra.plugin.core.log.Log"
    answer = await server.client.get(f"/api/v1/plugins/{type_}/versions/latest")
    assert answer.json()["markdown"].startswith("# Log")


@pytest.mark.parametrize("path", ["/triggers/demo/one/tick/unlock", "/triggers/unlock/by-query"])
async def test_a_trigger_whose_execution_runs_is_unlocked(server: House, path: str) -> None:
    cron = '  - {id: tick, type: io.kestra.plugin.core.trigger.Schedule, cron: "0 0 1 1 *"}\n'
    await server.save(flow("one", PAUSE) + f"triggers:\n{cron}")
    dates = {"start": "2020-06-01T00:00:00Z", "end": "2022-06-01T00:00:00Z"}
    key = {"namespace": NAMESPACE, "flowId": "one", "triggerId": "tick"}
    change = asyncio.ensure_future(anext(server.executor.follow()))
    await ask(server, "PUT", "/triggers/backfill/create", {**key, "backfill": dates})
    await server.until((await change).execution.id, "PAUSED")
    assert (await server.get("/triggers/demo/one"))["results"][0]["locked"] is True
    answer = await ask(server, "POST", path)
    assert answer.get("locked", False) is False
    assert answer.get("count", 1) == 1
