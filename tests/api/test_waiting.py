"""``wait=true`` lasts no longer than the client."""

import asyncio
from base64 import b64encode
from pathlib import Path

import pytest
from starlette.types import Message

from tests.api.house import NAMESPACE, PASSWORD, PAUSE, USER, House, flow, house

pytestmark = pytest.mark.anyio


async def test_a_wait_ends_when_the_client_leaves(server: House) -> None:
    await server.save(flow("hold", PAUSE))
    login = b64encode(f"{USER}:{PASSWORD}".encode())
    path = f"/api/v1/main/executions/{NAMESPACE}/hold"
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"wait=true",
        "headers": [(b"authorization", b"Basic " + login)],
    }
    left = asyncio.Event()
    messages: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    answering = asyncio.create_task(server.app(scope, receive, send))
    while not (found := (await server.get("/executions/search?flowId=hold"))["results"]):
        assert not answering.done()
        await asyncio.sleep(0)
    left.set()
    await asyncio.wait_for(answering, 10)
    assert sent[0]["status"] == 499
    assert found[0]["state"]["current"] != "KILLED"


async def test_the_log_is_there_when_the_wait_ends(tmp_path: Path) -> None:
    """The end is told once it is saved, not when the memory knows it: each commit takes its time on a disk."""
    async with house(tmp_path, store="sqlite") as server:
        task = "{id: w, type: io.kestra.plugin.core.storage.Write, content: x, extension: /../..}"
        await server.save(flow("fails", f"  - {task}\n"))
        for _ in range(20):
            execution = await server.start("fails", wait=True)
            assert execution["state"]["current"] == "FAILED"
            assert await server.get(f"/logs/{execution['id']}?minLevel=ERROR") != []
