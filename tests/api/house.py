"""A whole server in the test's own process, put together as the product does it."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import httpx
from argon2 import PasswordHasher

from lanner.api.app import Application, create_app
from lanner.api.desk import Desk
from lanner.runtime.executor import Executor
from lanner.runtime.system import SystemClock
from lanner.services.credentials import Credentials
from lanner.settings.sections import Settings
from lanner.wiring.desk import open_desk
from lanner.wiring.house import open_local
from tests.api.promised import CheckedTransport

USER, PASSWORD = "admin@kestra.io", "Admin1234"
NAMESPACE = "demo"
KEY = b64encode(bytes(32)).decode()
BASE_URL = "http://lanner.test"
YAML = {"content-type": "application/x-yaml"}


def flow(flow_id: str, tasks: str = "", **properties: str) -> str:
    """Return the source of a flow; without tasks it logs one line."""
    log = "  - id: log\n    type: io.kestra.plugin.core.log.Log\n    message: Hello\n"
    rest = "".join(f"{name}: {value}\n" for name, value in properties.items())
    return f"id: {flow_id}\nnamespace: {NAMESPACE}\n{rest}tasks:\n{tasks or log}"


PAUSE = "  - id: hold\n    type: io.kestra.plugin.core.flow.Pause\n"
FAIL = "  - id: bad\n    type: io.kestra.plugin.core.execution.Fail\n"
LOG = "  - id: after\n    type: io.kestra.plugin.core.log.Log\n    message: after\n"


@dataclass(frozen=True, slots=True)
class House:
    """A server with its parts, and a client that is logged in."""

    app: Application
    desk: Desk
    executor: Executor
    client: httpx.AsyncClient
    stranger: httpx.AsyncClient

    async def save(self, source: str) -> dict[str, Any]:
        """Create a flow and return its document."""
        answer = await self.client.post("/api/v1/main/flows", content=source, headers=YAML)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def start(self, flow_id: str, *, wait: bool = False, query: str = "", **rest: Any) -> dict[str, Any]:
        """Start an execution of a flow and return its document."""
        answer = await self.client.post(
            f"/api/v1/main/executions/{NAMESPACE}/{flow_id}?wait={str(wait).lower()}{query}", **rest
        )
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def get(self, path: str) -> Any:
        """Return what a path of the tenant answers."""
        answer = await self.client.get(f"/api/v1/main{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def until(self, execution_id: str, state: str) -> dict[str, Any]:
        """Return an execution once it is in a state."""
        async with aclosing(self.desk.streams.follow("main", execution_id)) as states:
            async for live in states:
                if live.execution.state.current == state:
                    break
        document: dict[str, Any] = await self.get(f"/executions/{execution_id}")
        assert document["state"]["current"] == state
        return document


@asynccontextmanager
async def house(
    folder: Path,
    *,
    with_user: bool = True,
    store: Literal["memory", "sqlite"] = "memory",
    **more: Any,
) -> AsyncIterator[House]:
    """Build a server, have it run for the time of the block, and stop it; ``more`` are settings."""
    options = {"storage": {"base_path": folder}, "data_dir": folder / "data", "encryption": {"secret_key": KEY}}
    settings = Settings.model_validate({"server": {"url": BASE_URL}, **options, **more})
    async with open_local(settings, store=store, grace_seconds=1) as local:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        desk = replace(await open_desk(local), credentials=Credentials(local.store, SystemClock(), hasher=quick))
        if with_user:
            await desk.credentials.set(USER, PASSWORD)
        app = create_app(desk)
        transport = CheckedTransport(app=app, raise_app_exceptions=False)
        async with (
            httpx.AsyncClient(transport=transport, base_url=BASE_URL, auth=(USER, PASSWORD)) as client,
            httpx.AsyncClient(transport=transport, base_url=BASE_URL) as stranger,
        ):
            yield House(app, desk, local.inbox, client, stranger)
