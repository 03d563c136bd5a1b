"""Triggers over the API. Source: reference api.md §1.4."""

from typing import Any

import pytest

from tests.api.house import House

FLOW = """id: {id}
namespace: demo
tasks:
  - id: nap
    type: io.kestra.plugin.core.flow.Pause
triggers:
  - id: tick
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "{cron}"
    conditions:
      - {{type: io.kestra.plugin.core.condition.Weekend}}
  - id: hook
    type: io.kestra.plugin.core.trigger.Webhook
    key: k
"""
YEARLY = "0 0 1 1 *"
ONE = {"namespace": "demo", "flowId": "one", "triggerId": "tick"}

pytestmark = pytest.mark.anyio


async def put(server: House, path: str, body: Any) -> Any:
    answer = await server.client.put(f"/api/v1/main{path}", json=body)
    return answer.json() if answer.status_code == 200 else answer.status_code


async def post(server: House, path: str, body: Any = None) -> Any:
    answer = await server.client.post(f"/api/v1/main{path}", json=body)
    return answer.json() if answer.status_code == 200 else answer.status_code


async def delete(server: House, path: str, body: Any = None) -> Any:
    answer = await server.client.request("DELETE", f"/api/v1/main{path}", json=body)
    return answer.json() if answer.status_code == 200 else answer.status_code


async def disabled(server: House) -> list[str]:
    found = await server.get("/triggers/search?sort=flowId:asc")
    return [row["state"]["flowId"] for row in found["results"] if row["triggerContext"]["disabled"]]


async def test_triggers_are_found_with_their_definition(server: House) -> None:
    for name in ("one", "two"):
        await server.save(FLOW.format(id=name, cron=YEARLY))
    found = await server.get("/triggers/search?filters[flowId][EQUALS]=one")
    (row,) = found["results"]
    assert found["total"] == 1
    assert row["abstractTrigger"] == row["trigger"]
    assert row["trigger"] == {
        "id": "tick",
        "type": "io.kestra.plugin.core.trigger.Schedule",
        "cron": YEARLY,
        "conditions": [{"type": "io.kestra.plugin.core.condition.Weekend"}],
    }
    state = row["triggerContext"]
    assert {name: state[name] for name in ONE} == ONE
    assert (state["disabled"], state["locked"], state["kind"]) == (False, False, "SCHEDULE")
    assert state["nextExecutionDate"].endswith("-01-01T00:00:00Z")
    of_flow = await server.get("/triggers/demo/two")
    assert [one["flowId"] for one in of_flow["results"]] == ["two"]
    assert (await server.get("/triggers/search?filters[namespace][PREFIX]=other"))["total"] == 0
    assert (await server.get("/triggers/demo/two?q=nothing"))["total"] == 0


async def test_a_trigger_is_disabled_and_enabled(server: House) -> None:
    await server.save(FLOW.format(id="one", cron=YEARLY))
    changed = await put(server, "/triggers", {**ONE, "disabled": True, "date": "2026-01-01T00:00:00Z"})
    assert (changed["disabled"], changed["flowId"]) == (True, "one")
    assert await disabled(server) == ["one"]
    assert (await put(server, "/triggers/set-disabled", {**ONE, "disabled": False}))["disabled"] is False
    assert await disabled(server) == []
    assert await put(server, "/triggers", {**ONE, "triggerId": "none", "disabled": True}) == 404
    assert await put(server, "/triggers", {"namespace": "demo"}) in (400, 422)


async def test_many_triggers_are_disabled(server: House) -> None:
    for name in ("one", "three", "two"):
        await server.save(FLOW.format(id=name, cron=YEARLY))
    named = [ONE, {**ONE, "flowId": "two"}, {**ONE, "flowId": "none"}]
    answer = await post(server, "/triggers/set-disabled/by-triggers", {"triggers": named, "disabled": True})
    assert answer["count"] == 2
    assert await disabled(server) == ["one", "two"]
    answer = await post(server, "/triggers/set-disabled/by-query?filters[flowId][EQUALS]=two&disabled=false")
    assert answer["count"] == 1
    assert await disabled(server) == ["one"]


async def test_a_trigger_without_a_lock_cannot_be_unlocked(server: House) -> None:
    await server.save(FLOW.format(id="one", cron=YEARLY))
    assert await post(server, "/triggers/demo/one/tick/unlock") == 409
    assert await post(server, "/triggers/demo/one/none/unlock") == 404
    assert (await post(server, "/triggers/unlock/by-triggers", [ONE]))["count"] == 0
    assert (await post(server, "/triggers/demo/one/tick/restart"))["triggerId"] == "tick"
    assert await post(server, "/triggers/demo/one/none/restart") == 404


async def test_deleting_a_state_makes_it_anew_while_the_flow_has_the_trigger(server: House) -> None:
    for name in ("one", "two"):
        await server.save(FLOW.format(id=name, cron=YEARLY))
    await put(server, "/triggers", {**ONE, "disabled": True})
    assert await delete(server, "/triggers/demo/one/tick") == 204
    assert await disabled(server) == []
    assert (await server.get("/triggers/search"))["total"] == 2
    await put(server, "/triggers", {**ONE, "disabled": True})
    await put(server, "/triggers", {**ONE, "flowId": "two", "disabled": True})
    body = {"filters": [{"field": "flowId", "operation": "EQUALS", "value": "one"}]}
    assert (await delete(server, "/triggers/delete/by-query", body))["count"] == 1
    assert await disabled(server) == ["two"]
    assert (await delete(server, "/triggers/delete/by-triggers", [{**ONE, "flowId": "two"}]))["count"] == 1
    assert await disabled(server) == []


async def test_triggers_are_exported(server: House) -> None:
    await server.save(FLOW.format(id="one", cron=YEARLY))
    answer = await server.client.get("/api/v1/main/triggers/export/by-query/csv")
    assert answer.status_code == 200
    header, row = answer.text.splitlines()
    assert header.startswith("namespace,flowId,triggerId,")
    assert row.startswith("demo,one,tick,")


@pytest.mark.parametrize(
    ("task", "state", "expected"),
    [
        ("trigger: tick", "SUCCESS", ["switch"]),
        ("trigger: tick\n    enabled: true", "SUCCESS", []),
        ("trigger: tick\n    flowId: one", "SUCCESS", ["one"]),
        ("trigger: none", "FAILED", []),
        ("trigger: tick\n    flowId: nowhere", "FAILED", []),
    ],
)
async def test_toggle(server: House, task: str, state: str, expected: list[str]) -> None:
    await server.save(FLOW.format(id="one", cron=YEARLY))
    toggle = f"- id: off\n    type: io.kestra.plugin.core.trigger.Toggle\n    {task}"
    pause = "- id: nap\n    type: io.kestra.plugin.core.flow.Pause"
    await server.save(FLOW.format(id="switch", cron=YEARLY).replace(pause, toggle))
    started = await server.start("switch")
    await server.until(started["id"], state)
    assert await disabled(server) == expected


async def test_a_webhook_starts_nothing_while_its_when_is_not_true(server: House) -> None:
    when = "when: \"{{ trigger.body.go == 'yes' }}\""
    hook = f"  - {{id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: k, {when}}}\n"
    await server.save(
        "id: hooked\nnamespace: demo\ntasks:\n  - {id: log, type: io.kestra.plugin.core.log.Log, message: x}\n"
        f"triggers:\n{hook}"
    )
    for body in ({"go": "no"}, {"go": "yes"}):
        await server.client.post("/api/v1/main/executions/webhook/demo/hooked/k", json=body)
    found = await server.get("/executions/search?namespace=demo&flowId=hooked")
    assert [one["trigger"]["variables"]["body"] for one in found["results"]] == [{"go": "yes"}]
