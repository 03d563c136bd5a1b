"""Every recorded case of Kestra 1.0.36, played on a server in this process."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from lanner.api.app import create_app
from lanner.services.execution_streams import ExecutionStreams
from lanner.settings.sections import Settings
from lanner.wiring.desk import open_desk
from lanner.wiring.house import open_local
from tests.conformance.differing import DIFFERING
from tests.conformance.http_stub import stub
from tests.conformance.player import ENDED, Player, cases_in, differences
from tests.house.tree import ROOT

HERE = Path(__file__).parent
CASES = cases_in(HERE / "cases")
RECORDED = json.loads((HERE / "recorded.json").read_text(encoding="utf-8"))
AT_ONCE = 16
QUIET_SECONDS = 0.3
URL = "http://lanner.test"
USER, PASSWORD = "admin@kestra.io", "Admin1234"


async def settled(streams: ExecutionStreams, execution_id: str, wanted: frozenset[str]) -> None:
    """Follow an execution to its end, or until it pauses and nothing comes for a while."""
    states: asyncio.Queue[str | None] = asyncio.Queue()

    async def follow() -> None:
        async with aclosing(streams.follow("main", execution_id)) as changes:
            async for live in changes:
                states.put_nowait(live.execution.state.current)
        states.put_nowait(None)

    following = asyncio.create_task(follow())
    state: str | None = "unknown"
    try:
        while state is not None and not (state in wanted and state not in ENDED and state != "PAUSED"):
            is_quiet = state in wanted and state not in ENDED
            state = await asyncio.wait_for(states.get(), QUIET_SECONDS if is_quiet else None)
    except TimeoutError:
        return
    finally:
        following.cancel()


@asynccontextmanager
async def player(folder: Path) -> AsyncIterator[Player]:
    """Run a server of its own in this process."""
    settings = Settings.model_validate(
        {
            "server": {"url": URL},
            "storage": {"base_path": folder},
            "basic_auth": {"username": USER, "password": PASSWORD},
            "encryption": {"secret_key": base64.b64encode(bytes(32)).decode()},
        }
    )
    async with open_local(settings, store="memory", grace_seconds=1) as house:
        desk = await open_desk(house)
        transport = httpx.ASGITransport(app=create_app(desk))
        async with httpx.AsyncClient(
            transport=transport, base_url=f"{URL}/api/v1/main", auth=(USER, PASSWORD), timeout=60
        ) as client:
            with stub() as address:
                yield Player(client, partial(settled, desk.streams), address)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every case played, several at once: what came of each, by name."""

    async def play_all() -> dict[str, Any]:
        at_once = asyncio.Semaphore(AT_ONCE)
        async with player(tmp_path_factory.mktemp("storage")) as playing:

            async def one(name: str) -> Any:
                async with at_once:
                    return await playing.play(by_name[name])

            found = await asyncio.gather(*map(one, by_name))
            return dict(zip(by_name, found, strict=True))

    by_name = {case.name: case for case in CASES}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET_ORACLE_SECRET", base64.b64encode(b"s3cr3t").decode())
        return asyncio.run(play_all())


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", [pytest.param(case.name, id=case.name) for case in CASES])
def test_a_case_ends_as_recorded(outcomes: dict[str, Any], name: str) -> None:
    found = differences(RECORDED[name], outcomes[name])
    if name in DIFFERING:
        assert found, "agrees by now: take it out of the list of differences"
    else:
        assert found == []


def test_each_difference_has_its_reason_where_users_look() -> None:
    page = (ROOT / "docs/reference/differences.md").read_text(encoding="utf-8")
    assert [name for name in DIFFERING if name not in page] == []
