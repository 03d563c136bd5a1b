"""Namespaces over HTTP. Source of the shapes: reference api.md §1.8."""

import pytest

from tests.api.house import House, flow

pytestmark = pytest.mark.anyio


@pytest.fixture
async def full(server: House) -> House:
    """A server with a flow in ``demo``, a key in ``shop.front`` and a secret in ``bank.vault``."""
    await server.save(flow("one"))
    await server.client.put("/api/v1/main/namespaces/shop.front/kv/k", content="x")
    await server.client.put("/api/v1/main/namespaces/bank.vault/secrets", json={"key": "K", "value": "x"})
    return server


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", "bank bank.vault demo shop shop.front system", id="with those above and the system's"),
        pytest.param("existing=true", "bank.vault demo shop.front", id="what is really there"),
        pytest.param("q=SHOP", "shop shop.front", id="text in either case"),
        pytest.param("filters[q][EQUALS]=vault", "bank.vault", id="filter"),
        pytest.param("existing=true&sort=id:desc&size=2", "shop.front demo", id="sorted"),
        pytest.param("existing=true&size=2&page=2", "shop.front", id="page"),
    ],
)
async def test_search(full: House, query: str, expected: str) -> None:
    found = await full.get(f"/namespaces/search?{query}")
    assert [one["id"] for one in found["results"]] == expected.split()
    if "size" not in query:
        assert found["total"] == len(expected.split())


async def test_every_name_is_a_namespace(full: House) -> None:
    assert await full.get("/namespaces/anything.at.all") == {"id": "anything.at.all", "deleted": False}
    assert (await full.client.get("/api/v1/main/namespaces/a..b")).status_code == 422


async def test_autocomplete(full: House) -> None:
    async def found(body: object) -> list[str]:
        answer = await full.client.post("/api/v1/main/namespaces/autocomplete", json=body)
        assert answer.status_code == 200, answer.text
        names: list[str] = answer.json()
        return names

    assert await found({"q": "shop", "existingOnly": True}) == ["shop.front"]
    assert await found({"q": "demo", "ids": ["given"]}) == ["given", "demo"]
    assert "system" in await found({})
    bad: list[object] = [{"q": 1}, {"ids": "x"}, []]
    for body in bad:
        answer = await full.client.post("/api/v1/main/namespaces/autocomplete", json=body)
        assert answer.status_code == 422, answer.text
