"""Secrets over HTTP. Source of the shapes: reference api.md §1.8, §2.6."""

import base64
from typing import Any

import pytest

from tests.api.house import House, flow

pytestmark = pytest.mark.anyio

SECRETS = "/api/v1/main/namespaces/demo/secrets"
HIDDEN = "s3cr3t-value"

SHOW = """  - id: log
    type: io.kestra.plugin.core.log.Log
    message: "the token is {{ secret('TOKEN') }} or {{ secret('TOKEN') | base64encode }}"
  - id: own
    type: io.kestra.plugin.core.debug.Return
    format: "{{ secret('TOKEN') | length }}"
"""


async def put(server: House, key: str = "TOKEN", *, namespace: str = "demo", **rest: Any) -> Any:
    body = {"key": key, "value": HIDDEN, **rest}
    answer = await server.client.put(f"/api/v1/main/namespaces/{namespace}/secrets", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_secret_is_kept_listed_described_and_deleted_without_its_value(server: House) -> None:
    tags = [{"key": "env", "value": "prod"}]
    shown = {"key": "TOKEN", "namespace": "demo", "description": "of the shop", "tags": tags}
    assert await put(server, description="of the shop", tags=tags) == [shown]
    await put(server, "OTHER", namespace="demo.below")
    assert await server.get("/namespaces/demo/secrets") == {"readOnly": False, "results": [shown], "total": 1}
    assert (await server.get("/secrets?size=1&page=2"))["results"][0]["key"] == "OTHER"
    assert (await server.get("/secrets?filters[q][EQUALS]=oth"))["total"] == 1
    answer = await server.client.patch(f"{SECRETS}/TOKEN", json={"description": "new", "tags": []})
    assert answer.json() == [shown | {"description": "new", "tags": []}]
    assert await server.get("/namespaces/demo.below/inherited-secrets") == {"demo.below": ["OTHER"], "demo": ["TOKEN"]}
    assert (await server.client.delete(f"{SECRETS}/TOKEN")).status_code == 200
    assert (await server.client.delete(f"{SECRETS}/TOKEN")).status_code == 404
    assert (await server.client.patch(f"{SECRETS}/TOKEN", json={})).status_code == 404


async def test_a_flow_uses_a_secret_and_its_log_hides_it(server: House) -> None:
    await put(server)
    await server.save(flow("secretive", SHOW))
    execution = await server.start("secretive", wait=True)
    assert execution["taskRunList"][-1]["outputs"] == {"value": str(len(HIDDEN))}
    logs = await server.client.get(f"/api/v1/main/logs/{execution['id']}")
    assert "the token is ****** or ******" in logs.text
    rendered = await server.client.post(
        f"/api/v1/main/executions/{execution['id']}/eval", content="{{ secret('TOKEN') }}"
    )
    everything = logs.text + rendered.text + str(execution)
    for value in (HIDDEN, base64.b64encode(HIDDEN.encode()).decode()):
        assert value not in everything


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param({}, "key: it has to be a text", id="nothing"),
        pytest.param({"key": 1, "value": "x"}, "key: it has to be a text", id="a number as key"),
        pytest.param({"key": "K"}, "value: it has to be a text", id="no value"),
        pytest.param({"key": "K", "value": {"a": 1}}, "value: it has to be a text", id="a map as value"),
        pytest.param({"key": "../K", "value": "x"}, "key: letters, digits", id="a path as key"),
        pytest.param({"key": "K", "value": ""}, "value: a secret is not empty", id="an empty value"),
        pytest.param({"key": "K", "value": "x", "tags": "a"}, "tags: it has to be a list", id="tags"),
        pytest.param({"key": "K", "value": "x", "tags": [{"key": "a"}]}, "tags: it has to be a list", id="a tag"),
        pytest.param({"key": "K", "value": "x", "description": 1}, "description: it has to be", id="description"),
        pytest.param([], "the body has to be a JSON object", id="a list"),
    ],
)
async def test_what_cannot_be_kept_is_refused(server: House, body: Any, words: str) -> None:
    answer = await server.client.put(SECRETS, json=body)
    assert (answer.status_code, words in answer.json()["message"]) == (422, True), answer.text
    assert (await server.get("/secrets"))["total"] == 0
