"""Backfills over the API, in the words of 1.0 and 2.0. Source: reference api.md §1.4, §2.5."""

from typing import Any

import pytest

from tests.api.house import PAUSE, House, flow

pytestmark = pytest.mark.anyio

TRIGGERS = """triggers:
  - {id: tick, type: io.kestra.plugin.core.trigger.Schedule, cron: "0 * * * *"}
"""
ONE = {"namespace": "demo", "flowId": "one", "triggerId": "tick"}
DATES = {"start": "2025-01-01T00:00:00Z", "end": "2025-01-01T05:00:00+01:00"}


async def ask(server: House, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    """Return what a path of triggers answers."""
    answer = await server.client.request(method, f"/api/v1/main/triggers{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_one_trigger(server: House) -> None:
    await server.save(flow("one", PAUSE) + TRIGGERS)
    ordinary = (await server.get("/triggers/demo/one"))["results"][0]["nextExecutionDate"]
    more = {"inputs": {"x": 1}, "labels": [{"key": "why", "value": "outage"}]}
    begun = await ask(server, "PUT", "/backfill/create", {**ONE, "backfill": {**DATES, **more}})
    assert begun["backfill"] == {
        "start": "2025-01-01T00:00:00Z",
        "end": "2025-01-01T04:00:00Z",
        "currentDate": "2025-01-01T00:00:00Z",
        "paused": False,
        "previousNextExecutionDate": ordinary,
        **more,
    }
    assert begun["nextExecutionDate"] == "2025-01-01T01:00:00Z"
    assert (await ask(server, "PUT", "/backfill/pause", ONE))["backfill"]["paused"] is True
    assert (await ask(server, "PUT", "/backfill/unpause", ONE))["backfill"]["paused"] is False
    gone = await ask(server, "POST", "/backfill/delete", ONE)
    assert (gone.get("backfill"), gone["nextExecutionDate"]) == (None, ordinary)
    for method, name in (("PUT", "pause"), ("PUT", "unpause"), ("POST", "delete")):
        assert "No backfill found" in (await ask(server, method, f"/backfill/{name}", ONE, 400))["message"]


async def test_updating_a_trigger_with_a_backfill_begins_it(server: House) -> None:
    await server.save(flow("one", PAUSE) + TRIGGERS)
    (trigger,) = (await server.get("/triggers/demo/one"))["results"]
    begun = await ask(server, "PUT", "", {**trigger, "backfill": {**DATES, "paused": True}})
    assert (begun["backfill"]["paused"], begun["disabled"]) == (True, False)
    refused = await ask(server, "PUT", "", {**trigger, "backfill": DATES}, 422)
    assert "has a backfill already" in refused["message"]


async def test_many_triggers(server: House) -> None:
    for name in ("one", "two", "three"):
        await server.save(flow(name, PAUSE) + TRIGGERS)
    for name in ("one", "two"):
        await ask(server, "PUT", "/backfill/create", {**ONE, "flowId": name, "backfill": {**DATES, "paused": True}})
    named = [{**ONE, "flowId": name} for name in ("one", "three", "none")]
    assert (await ask(server, "POST", "/backfill/unpause/by-triggers", named))["count"] == 1
    assert (await ask(server, "POST", "/backfill/pause/by-triggers", named))["count"] == 1
    assert (await ask(server, "POST", "/backfill/unpause/by-query?filters[namespace][EQUALS]=demo"))["count"] == 2
    assert (await ask(server, "POST", "/backfill/pause/by-query?filters[flowId][EQUALS]=two", {}))["count"] == 1
    assert (await ask(server, "POST", "/backfill/delete/by-triggers", named))["count"] == 1
    assert (await ask(server, "POST", "/backfill/delete/by-query"))["count"] == 1


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        pytest.param(ONE, 422, "`backfill` has to be an object", id="no backfill"),
        pytest.param({**ONE, "backfill": {}}, 422, "backfill.start: it is missing", id="no start"),
        pytest.param({**ONE, "backfill": {"start": "soon"}}, 422, "'soon' is no date", id="no date"),
        pytest.param({**ONE, "backfill": {"start": "2025-01-01T00:00:00"}}, 422, "with a zone", id="no zone"),
        pytest.param({**ONE, "backfill": {"start": 5}}, 422, "5 is no date", id="a number"),
        pytest.param({**ONE, "backfill": {**DATES, "inputs": []}}, 422, "backfill.inputs", id="inputs of a wrong kind"),
        pytest.param({**ONE, "backfill": {**DATES, "labels": {}}}, 422, "labels are a list", id="no list of labels"),
        pytest.param({**ONE, "backfill": {**DATES, "labels": [1]}}, 422, "label", id="labels of a wrong kind"),
        pytest.param(
            {**ONE, "backfill": {**DATES, "end": "2024-01-01T00:00:00Z"}}, 422, "before the end", id="no time"
        ),
        pytest.param({**ONE, "triggerId": "none", "backfill": DATES}, 404, "none", id="no such trigger"),
    ],
)
async def test_bad_backfills_are_refused(server: House, body: Any, status: int, told: str) -> None:
    await server.save(flow("one", PAUSE) + TRIGGERS)
    assert told in str(await ask(server, "PUT", "/backfill/create", body, status))
