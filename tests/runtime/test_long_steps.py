"""Expressions of the engine that wait for an answer hold up their own execution only."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from lanner.expressions import HttpAnswer, HttpCall
from tests.api.house import House, flow, house

SLOW = """  - id: asks
    type: io.kestra.plugin.core.log.Log
    message: x
    runIf: "{{ http('http://127.0.0.1:9/').go }}"
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: "{{ http('http://127.0.0.1:9/').values }}"
    tasks:
      - {id: inside, type: io.kestra.plugin.core.log.Log, message: "{{ taskrun.value }}"}
"""


class Site:
    """Answers requests once it is told to."""

    def __init__(self) -> None:
        self.asked, self.may_answer = threading.Event(), threading.Event()
        self.threads: set[str] = set()

    def answer(self, call: HttpCall) -> HttpAnswer:
        self.threads.add(threading.current_thread().name)
        self.asked.set()
        assert self.may_answer.wait(20), "nobody let the site answer"
        return HttpAnswer(status=200, content_type="application/json", body=b'{"go": true, "values": ["a", "b"]}')


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()
    with patch("lanner.runtime.reach.answered", found.answer):
        yield found
    found.may_answer.set()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as running:
        await running.save(flow("slow", SLOW))
        await running.save(flow("quick"))
        yield running


@pytest.mark.anyio
async def test_another_execution_goes_on_meanwhile(server: House, site: Site) -> None:
    starting = asyncio.create_task(server.start("slow"))
    await asyncio.to_thread(site.asked.wait, 20)
    quick = await server.start("quick", wait=True)
    assert quick["state"]["current"] == "SUCCESS"
    site.may_answer.set()
    ended = await server.until((await starting)["id"], "SUCCESS")
    assert [run["taskId"] for run in ended["taskRunList"]] == ["asks", "each", "inside", "inside"]
    assert all(name.startswith("long-step") for name in site.threads)


@pytest.mark.anyio
async def test_a_kill_does_not_wait_for_the_answer(server: House, site: Site) -> None:
    await server.save(flow("later", "  - {id: first, type: io.kestra.plugin.core.flow.Pause}\n" + SLOW))
    execution_id = (await server.start("later"))["id"]
    await server.until(execution_id, "PAUSED")
    resuming = asyncio.create_task(server.client.post(f"/api/v1/main/executions/{execution_id}/resume"))
    await asyncio.to_thread(site.asked.wait, 20)
    killed = await server.client.delete(f"/api/v1/main/executions/{execution_id}/kill")
    assert killed.status_code == 202
    await server.until(execution_id, "KILLED")
    site.may_answer.set()
    assert (await resuming).status_code == 409
    assert [run["taskId"] for run in (await server.get(f"/executions/{execution_id}"))["taskRunList"]] == ["first"]
