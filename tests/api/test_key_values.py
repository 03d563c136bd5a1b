"""The key-value store over HTTP. Source of the shapes: reference api.md §1.7, §2.6 and the engine 1.0.36."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api.house import House, flow

pytestmark = pytest.mark.anyio

STORE = "/api/v1/main/namespaces/demo/kv"
TEXT = {"content-type": "text/plain"}


async def put(server: House, key: str, text: str, *, namespace: str = "demo", **headers: str) -> None:
    path = f"/api/v1/main/namespaces/{namespace}/kv/{key}"
    answer = await server.client.put(path, content=text.encode(), headers=TEXT | headers)
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        pytest.param("42", "NUMBER", 42, id="number"),
        pytest.param("1e3", "NUMBER", 1000.0, id="number with exponent"),
        pytest.param("2" * 40, "NUMBER", int("2" * 40), id="a long number"),
        pytest.param("true", "BOOLEAN", True, id="boolean"),
        pytest.param('"42"', "STRING", "42", id="quoted number"),
        pytest.param('"two words"', "STRING", "two words", id="quoted text"),
        pytest.param("hello", "STRING", "hello", id="a bare word"),
        pytest.param("hello world: yes", "STRING", "hello world: yes", id="bare words"),
        pytest.param("PT15M", "DURATION", "PT15M", id="duration"),
        pytest.param('"PT15M"', "DURATION", "PT15M", id="quoted duration"),
        pytest.param("P1D", "DURATION", "PT24H", id="days"),
        pytest.param("2025-10-14T18:02:08.000Z", "DATETIME", "2025-10-14T18:02:08Z", id="moment"),
        pytest.param("2025-10-14T18:02:08.5+02:00", "DATETIME", "2025-10-14T16:02:08.500Z", id="moment with offset"),
        pytest.param("2025-10-14", "DATE", "2025-10-14", id="date"),
        pytest.param('"2025-10-14"', "STRING", "2025-10-14", id="quoted date"),
        pytest.param('{"a": [1, null]}', "JSON", {"a": [1, None]}, id="object"),
        pytest.param("[1, 2]", "JSON", [1, 2], id="array"),
        pytest.param("{a: 1, b: [x]}", "JSON", {"a": 1, "b": ["x"]}, id="object without quotes"),
        pytest.param("", "STRING", "", id="nothing"),
        pytest.param("Zoë 🚀", "STRING", "Zoë 🚀", id="any letters"),
    ],
)
async def test_the_text_of_a_request_says_the_type(server: House, text: str, type_: str, value: Any) -> None:
    await put(server, "k", text)
    found = await server.get("/namespaces/demo/kv/k")
    assert (found["type"], found["value"], found["revision"]) == (type_, value, 1)


@pytest.mark.parametrize(
    ("key", "body", "headers", "words"),
    [
        pytest.param("_bad", b"x", {}, "Key must start with an alphanumeric", id="key"),
        pytest.param("..%2F..%2Fetc", b"x", {}, "Key must start with an alphanumeric", id="a path as key"),
        pytest.param("a%00b", b"x", {}, "Key must start with an alphanumeric", id="NUL in key"),
        pytest.param("%ff", b"x", {}, "Key must start with an alphanumeric", id="no UTF-8 in key"),
        pytest.param("k" * 300, b"x", {}, "key: it has 300 characters", id="a huge key"),
        pytest.param("k", b"{bad", {}, "value: it begins as JSON and is none", id="half an object"),
        pytest.param("k", b"[" * 100_000, {}, "value: it ", id="deep JSON"),
        pytest.param("k", b"[" * 500 + b"]" * 500, {}, "nested more than 200 levels deep", id="nested JSON"),
        pytest.param("k", b"2025-13-45", {}, "value: '2025-13-45' is no date", id="no such day"),
        pytest.param("k", b'"\\ud800"', {}, "value: it holds half a character", id="half a character"),
        pytest.param("k", b"\xff\xfe", {}, "the body is not UTF-8", id="no UTF-8"),
        pytest.param("k", b"x", {"ttl": "soon"}, "ttl: 'soon' is not a duration", id="ttl"),
        pytest.param("k", b"x", {"ttl": "-PT1S"}, "ttl cannot be negative", id="negative ttl"),
    ],
)
async def test_what_cannot_be_set_is_refused_with_its_reason(
    server: House, key: str, body: bytes, headers: dict[str, str], words: str
) -> None:
    answer = await server.client.put(f"{STORE}/{key}", content=body, headers=TEXT | headers)
    assert (answer.status_code, words in answer.json()["message"]) == (422, True), answer.text
    assert await server.get("/namespaces/demo/kv") == []


@pytest.mark.parametrize("namespace", ["a%2F..%2Fb", "a..b", "%00", "-x", "n" * 200, "%2e%2e"])
async def test_a_namespace_is_a_name(server: House, namespace: str) -> None:
    answer = await server.client.put(f"/api/v1/main/namespaces/{namespace}/kv/k", content="x")
    assert (answer.status_code, "namespace: " in answer.json()["message"]) == (422, True), answer.text


async def test_a_key_counts_its_revisions_and_keeps_its_creation(server: House) -> None:
    await put(server, "k", "one", ttl="PT1H", description="first")
    (first,) = await server.get("/namespaces/demo/kv")
    dates = {"creationDate": 0, "updateDate": 0, "expirationDate": 0}
    assert first | dates == {"namespace": "demo", "key": "k", "revision": 1, "description": "first", **dates}
    created, expires = (datetime.fromisoformat(first[name]) for name in ("creationDate", "expirationDate"))
    assert expires - created == timedelta(hours=1)
    await put(server, "k", "two")
    (second,) = await server.get("/namespaces/demo/kv")
    assert (second["revision"], second["creationDate"]) == (2, first["creationDate"])
    assert not {"expirationDate", "description"} & set(second)


async def test_an_expired_key_is_gone_once_and_then_unknown(server: House) -> None:
    await put(server, "k", "x", ttl="PT0S")
    assert await server.get("/namespaces/demo/kv") == []
    answers = [await server.client.get(f"{STORE}/k") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [410, 404]
    assert "The requested value has expired" in answers[0].json()["message"]
    assert answers[1].json()["message"] == "Not Found: No value found for key 'k' in namespace 'demo'"


async def test_keys_are_deleted_alone_and_together(server: House) -> None:
    for key in "abc":
        await put(server, key, key)
    assert (await server.client.delete(f"{STORE}/a")).json() is True
    assert (await server.client.delete(f"{STORE}/a")).json() is False
    answer = await server.client.request("DELETE", STORE, json={"keys": ["b", "none", "c", "c"]})
    assert answer.json() == {"keys": ["b", "c"]}
    answer = await server.client.request("DELETE", STORE, json={"keys": "b"})
    assert (answer.status_code, "keys: it has to be a list" in answer.json()["message"]) == (422, True)


async def test_inherited_keys_are_those_a_flow_can_read(server: House) -> None:
    for namespace, key in (("demo.a.b", "own"), ("demo.a", "own"), ("demo.a", "mid"), ("demo", "top"), ("else", "x")):
        await put(server, key, "x", namespace=namespace)
    found = await server.get("/namespaces/demo.a.b/kv/inheritance")
    assert [(pair["namespace"], pair["key"]) for pair in found] == [
        ("demo.a.b", "own"),
        ("demo.a", "mid"),
        ("demo", "top"),
    ]


async def test_keys_of_all_namespaces_are_listed_filtered_and_sorted(server: House) -> None:
    for namespace, key in (("demo", "b"), ("demo.a", "a"), ("else", "c")):
        await put(server, key, "x", namespace=namespace)

    async def keys(query: str) -> tuple[list[str], int]:
        found = await server.get(f"/kv?{query}")
        return [pair["key"] for pair in found["results"]], found["total"]

    assert await keys("") == (["b", "a", "c"], 3)
    assert await keys("filters[namespace][EQUALS]=demo") == (["b"], 1)
    assert await keys("filters[q][EQUALS]=C") == (["c"], 1)
    assert await keys("sort=key:desc&size=2") == (["c", "b"], 3)
    assert await keys("sort=updateDate:desc&size=1&page=3") == (["b"], 3)
    assert (await server.client.get("/api/v1/main/kv?filters[value][EQUALS]=x")).status_code == 400


PAIRS = """  - id: check
    type: io.kestra.plugin.core.flow.If
    condition: "{{ kv('limit') == 2 }}"
    then:
      - id: put
        type: io.kestra.plugin.core.kv.Set
        key: seen
        value: "{{ kv('limit') + 1 }}"
      - id: get
        type: io.kestra.plugin.core.kv.Get
        key: seen
"""


async def test_a_flow_reads_and_writes_the_store(server: House) -> None:
    await put(server, "limit", "2")
    await server.save(flow("pairs", PAIRS))
    execution = await server.start("pairs", wait=True)
    assert execution["state"]["current"] == "SUCCESS"
    assert execution["taskRunList"][-1]["outputs"] == {"value": 3}
    assert (await server.get("/namespaces/demo/kv/seen"))["type"] == "NUMBER"
