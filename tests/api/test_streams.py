"""Logs, metrics, streams, webhooks. Source: reference api.md §1.5, §1.6, §2.8, §2.9."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from lanner.model.ids import ExecutionId
from lanner.ports.inbox import Change
from tests.api.house import FAIL, LOG, PAUSE, House, flow

pytestmark = pytest.mark.anyio

LEVELS = """  - id: low
    type: io.kestra.plugin.core.log.Log
    level: DEBUG
    message: quiet
  - id: high
    type: io.kestra.plugin.core.log.Log
    level: ERROR
    message: loud
"""
HOOK = """id: hooked
namespace: demo
tasks:
  - id: show
    type: io.kestra.plugin.core.output.OutputValues
    values:
      body: "{{ trigger.body.word ?? trigger.body ?? 'none' }}"
triggers:
  - id: hook
    type: io.kestra.plugin.core.trigger.Webhook
    key: s3cret
outputs:
  - id: word
    type: STRING
    value: "{{ outputs.show.values.body }}"
"""
PUBLISH = """  - id: count
    type: io.kestra.plugin.core.metric.Publish
    metrics:
      - type: counter
        name: rows
        value: 5
"""
URL = "/api/v1/main/executions/webhook/demo/hooked/s3cret"


def frames(text: str) -> list[tuple[str, Any]]:
    """Return the events of a stream: name and data."""
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((fields.get("id", ""), json.loads(fields["data"])))
    return found


async def test_a_followed_execution_is_shown_until_its_end(server: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await server.save(flow("one", PAUSE + LOG))
    own_id = (await server.start("one"))["id"]
    await server.until(own_id, "PAUSED")
    opened = asyncio.Event()
    follow = server.executor.follow

    def noticed(execution_id: ExecutionId | None = None) -> AsyncIterator[Change]:
        opened.set()
        return follow(execution_id)

    monkeypatch.setattr(server.executor, "follow", noticed)
    following = asyncio.create_task(server.client.get(f"/api/v1/main/executions/{own_id}/follow"))
    await opened.wait()
    await server.client.post(f"/api/v1/main/executions/{own_id}/resume")
    answer = await following
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = frames(answer.text)
    assert events[0] == ("start", {"id": own_id})
    assert [name for name, _ in events[1:-1]] == ["progress"] * (len(events) - 2)
    name, last = events[-1]
    assert (name, last["state"]["current"], len(last["taskRunList"])) == ("end", "SUCCESS", 2)
    assert last == await server.get(f"/executions/{own_id}")
    assert not server.executor._hub._followers


async def test_following_what_has_ended_is_start_and_end(server: House) -> None:
    await server.save(flow("one"))
    own_id = (await server.start("one", wait=True))["id"]
    answer = await server.client.get(f"/api/v1/main/executions/{own_id}/follow")
    assert [name for name, _ in frames(answer.text)] == ["start", "end"]
    related = await server.client.get(f"/api/v1/main/executions/{own_id}/follow-dependencies")
    events = frames(related.text)
    assert [name for name, _ in events] == ["start", "end", "end-all"]
    assert events[1][1]["state"] == {"current": "SUCCESS"}


async def test_following_nothing_is_404(server: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lanner.services.execution_streams.APPEARS_WITHIN_SECONDS", 0.01)
    for path in ("executions/none/follow", "logs/none/follow"):
        assert (await server.client.get(f"/api/v1/main/{path}")).status_code == 404


async def test_a_client_that_goes_away_is_followed_no_longer(server: House) -> None:
    await server.save(flow("one", PAUSE))
    own_id = (await server.start("one"))["id"]
    await server.until(own_id, "PAUSED")
    path = f"/api/v1/main/executions/{own_id}/follow"
    sent: list[Any] = []
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if b"id: progress" in message.get("body", b""):
            gone.set()

    request = server.client.build_request("GET", path)
    signed = next(server.client.auth.auth_flow(request))  # type: ignore[union-attr]  # the client has a login
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"authorization", signed.headers["authorization"].encode())],
        "scheme": "http",
    }
    await server.app(scope, receive, send)
    assert not server.executor._hub._followers


@pytest.mark.parametrize(
    ("query", "messages"),
    [
        pytest.param("", ["quiet", "loud"], id="all"),
        pytest.param("minLevel=WARN", ["loud"], id="flat level"),
        pytest.param("filters[level][EQUALS]=INFO", ["loud"], id="level in brackets"),
        pytest.param("filters[level][GREATER_THAN_OR_EQUAL_TO]=DEBUG", ["quiet", "loud"], id="level of 2.0"),
        pytest.param("taskId=low", ["quiet"], id="task"),
        pytest.param("attempt=0", ["quiet", "loud"], id="attempt"),
        pytest.param("attempt=1", [], id="another attempt"),
        pytest.param("filters[q][EQUALS]=OU", ["loud"], id="text"),
    ],
)
async def test_lines_of_an_execution_are_listed_oldest_first(server: House, query: str, messages: list[str]) -> None:
    await server.save(flow("one", LEVELS))
    own_id = (await server.start("one", wait=True))["id"]
    entries = await server.get(f"/logs/{own_id}?{query}")
    assert [entry["message"] for entry in entries] == messages
    download = await server.client.get(f"/api/v1/main/logs/{own_id}/download?{query}")
    assert download.headers["content-type"].startswith("text/plain")
    assert [line.split(" ", 2)[2] for line in download.text.splitlines()] == messages
    followed = await server.client.get(f"/api/v1/main/logs/{own_id}/follow?{query}")
    (first, start), *events = frames(followed.text)
    assert (first, start) == ("start", {})
    assert [entry["message"] for _, entry in events] == messages
    counted = await server.client.get(f"/api/v1/main/logs/{own_id}/follow?{query}&stored=false")
    assert frames(counted.text) == [("start", {"stored": len(messages)})]
    page = await server.get(f"/logs/search?filters[executionId][EQUALS]={own_id}&size=1")
    assert (page["total"], len(page["results"]), page["type"]) == (2, 1, "OFFSET")


async def test_a_line_has_all_that_clients_read(server: House) -> None:
    await server.save(flow("one"))
    document = await server.start("one", wait=True)
    [entry] = await server.get(f"/logs/{document['id']}")
    assert {
        key: entry[key] for key in ("tenantId", "namespace", "flowId", "taskId", "level", "message", "deleted")
    } == {
        "tenantId": "main",
        "namespace": "demo",
        "flowId": "one",
        "taskId": "log",
        "level": "INFO",
        "message": "Hello",
        "deleted": False,
    }
    assert entry["attemptNumber"] == 0
    assert entry["taskRunId"] == document["taskRunList"][0]["id"]


async def test_lines_are_deleted(server: House) -> None:
    await server.save(flow("one", LEVELS))
    own_id = (await server.start("one", wait=True))["id"]
    assert (await server.client.delete(f"/api/v1/main/logs/{own_id}?taskId=low")).status_code == 200
    assert [entry["message"] for entry in await server.get(f"/logs/{own_id}")] == ["loud"]
    assert (await server.client.delete("/api/v1/main/logs/demo/one?triggerId=none")).status_code == 200
    assert (await server.client.delete("/api/v1/main/logs/demo/one")).status_code == 400
    assert (await server.client.get(f"/api/v1/main/logs/{own_id}?minLevel=LOUD")).status_code == 400


async def test_metrics_are_listed_named_and_added_up(server: House) -> None:
    await server.save(flow("one", PUBLISH))
    await server.start("one", wait=True)
    own_id = (await server.start("one", wait=True))["id"]
    page = await server.get(f"/metrics/{own_id}")
    assert (page["total"], page["results"][0]["name"], page["results"][0]["value"]) == (1, "rows", 5)
    assert await server.get("/metrics/names/demo/one") == ["rows"]
    assert await server.get("/metrics/names/demo/one/none") == []
    assert await server.get("/metrics/tasks/demo/one") == ["count"]
    summed = await server.get("/metrics/aggregates/demo/one/rows")
    assert summed["groupBy"] == "day"
    assert len(summed["aggregations"]) == 31
    assert sum(point["value"] for point in summed["aggregations"]) == 10
    nothing = await server.get("/metrics/aggregates/demo/one/count/none?aggregation=avg")
    assert {point["value"] for point in nothing["aggregations"]} == {0}


@pytest.mark.parametrize(
    ("method", "content", "word"),
    [
        pytest.param("POST", b'{"word": "hi", "x": null}', "hi", id="object"),
        pytest.param("PUT", b'["a"]', '["a"]', id="array"),
        pytest.param("POST", b'"str"', '"str"', id="text that is JSON"),
        pytest.param("POST", b"12", "12", id="number"),
        pytest.param("GET", b"", "none", id="nothing"),
    ],
)
async def test_a_webhook_needs_no_login_and_hands_over_the_request(
    server: House, method: str, content: bytes, word: str
) -> None:
    await server.save(HOOK.replace("key: s3cret", "key: s3cret\n    wait: true"))
    answer = await server.stranger.request(method, f"{URL}?a=1&a=2", content=content, headers={"x-own": "1"})
    assert answer.status_code == 200
    document = answer.json()
    assert set(document) <= {
        "tenantId", "id", "namespace", "flowId", "flowRevision", "trigger", "outputs", "labels", "state", "url",
    }  # fmt: skip
    assert (document["state"]["current"], document["outputs"]) == ("SUCCESS", {"word": word})
    variables = document["trigger"]["variables"]
    assert (document["trigger"]["id"], variables["parameters"]) == ("hook", {"a": ["1", "2"]})
    assert variables["headers"]["x-own"] == ["1"]
    assert ("body" in variables) is bool(content)
    assert "x" not in variables.get("body", {})


async def test_a_webhook_can_answer_with_the_outputs(server: House) -> None:
    await server.save(HOOK.replace("key: s3cret", "key: s3cret\n    wait: true\n    returnOutputs: true"))
    answer = await server.stranger.post(URL.replace("/main", ""), json={"word": "hi"})
    assert answer.json() == {"word": "hi"}


async def test_a_webhook_fills_inputs_from_the_request(server: House) -> None:
    inputs = "inputs:\n  - id: age\n    type: INT\n"
    hook = 'key: s3cret\n    inputs:\n      age: "{{ trigger.body.age }}"'
    await server.save(inputs + HOOK.replace("key: s3cret", hook))
    own_id = (await server.stranger.post(URL, json={"age": "7"})).json()["id"]
    assert (await server.get(f"/executions/{own_id}"))["inputs"] == {"age": 7}
    assert (await server.stranger.post(URL, json={"age": "old"})).status_code == 422


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("type: io.kestra.plugin.core.condition.Expression, expression: \"{{ trigger.body.go == 'yes' }}\"", 200),
        ("type: io.kestra.plugin.core.condition.Expression, expression: \"{{ trigger.body.go == 'no' }}\"", 204),
        ('type: io.kestra.plugin.core.condition.Expression, expression: "{{ nope.x }}"', 204),
        ("type: io.kestra.plugin.core.condition.ExecutionStatus, in: [CREATED]", 200),
        ("type: io.kestra.plugin.core.condition.ExecutionFlow, namespace: demo, flowId: other", 204),
        ("type: io.kestra.plugin.core.condition.FlowCondition, namespace: demo, flowId: hooked", 200),
    ],
)
async def test_a_condition_holds_a_webhook_back(server: House, condition: str, status: int) -> None:
    await server.save(HOOK.replace("key: s3cret", f"key: s3cret\n    conditions:\n      - {{{condition}}}"))
    assert (await server.stranger.post(URL, json={"go": "yes"})).status_code == status
    assert (await server.get("/executions/search"))["total"] == (1 if status == 200 else 0)


async def test_a_webhook_may_be_called_below_its_key(server: House) -> None:
    await server.save(HOOK)
    assert (await server.stranger.post(f"{URL}/orders")).status_code == 200


async def test_a_webhook_key_may_be_an_expression(server: House) -> None:
    await server.save(HOOK.replace("key: s3cret", 'key: "{{ vars.hook }}"') + "variables:\n  hook: s3cret\n")
    assert (await server.stranger.post(URL)).status_code == 200


@pytest.mark.parametrize(
    ("source", "url", "status"),
    [
        pytest.param(HOOK, URL + "x", 404, id="another key"),
        pytest.param(HOOK, URL.replace("hooked", "none"), 404, id="another flow"),
        pytest.param(HOOK + "disabled: true\n", URL, 409, id="disabled flow"),
        pytest.param(HOOK.replace("key: s3cret", "key: s3cret\n    disabled: true"), URL, 404, id="disabled trigger"),
        pytest.param(flow("hooked", FAIL), URL, 404, id="no webhook"),
    ],
)
async def test_a_webhook_that_is_none_starts_nothing(server: House, source: str, url: str, status: int) -> None:
    await server.save(source)
    assert (await server.stranger.post(url)).status_code == status
    assert (await server.get("/executions/search"))["total"] == 0
