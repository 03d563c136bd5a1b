"""Kestra's own Python SDK against a real server on loopback, with the database of the product."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import kestrapy
import pytest
import uvicorn
from kestrapy.models.flow_graph import FlowGraph
from kestrapy.models.task import Task
from kestrapy.models.trigger import Trigger

from lanner.api.app import create_app
from lanner.settings.sections import Settings
from lanner.wiring.desk import open_desk
from lanner.wiring.house import open_local
from tests.api.house import PASSWORD, PAUSE, USER, flow

pytestmark = pytest.mark.anyio

EXAMPLE = Path(__file__).with_name("sdk_example.py")


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[str]:
    """Serve on a free port of loopback; yields the URL."""
    settings = Settings.model_validate({"data_dir": folder, "basic_auth": {"username": USER, "password": PASSWORD}})
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with open_local(settings, grace_seconds=1) as house:
            server = uvicorn.Server(
                uvicorn.Config(create_app(await open_desk(house)), log_level="warning", lifespan="off")
            )
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                server.should_exit = True
                await serving


async def test_the_example_of_the_sdk_page_runs(tmp_path: Path) -> None:
    async with served(tmp_path) as url:
        login = {"KESTRA_HOST": url, "KESTRA_USERNAME": USER, "KESTRA_PASSWORD": PASSWORD}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-W",
            "ignore",
            EXAMPLE,
            env={**os.environ, **login},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
    first, second, third = output.decode().splitlines()
    assert first.startswith("Execution ID: ")
    assert len(first.removeprefix("Execution ID: ")) == 22
    assert (second, third) == ("State: SUCCESS", "Flow updated successfully 3")


def api_of(url: str) -> kestrapy.KestraClient:
    """Return the SDK's client, logged in."""
    configuration = kestrapy.Configuration(host=url, username=USER, password=PASSWORD)
    return kestrapy.KestraClient(configuration)  # type: ignore[no-untyped-call]  # as it is published


async def test_the_sdk_reads_graphs(tmp_path: Path) -> None:
    source = flow("one")

    def ask(url: str) -> list[FlowGraph]:
        api = api_of(url)
        api.flows.create_flow("main", body=source)
        execution = api.executions.create_execution("demo", "one", True, "main")
        return [
            api.flows.generate_flow_graph_from_source("main", body=source),
            api.flows.generate_flow_graph("demo", "one", "main"),
            api.executions.execution_flow_graph(execution.id, "main"),
        ]

    async with served(tmp_path) as url:
        graphs = await asyncio.to_thread(ask, url)
    for graph in graphs:
        kinds = [(node.type or "").rpartition(".")[2] for node in graph.nodes or ()]
        assert kinds == ["GraphClusterRoot", "GraphClusterEnd", "GraphTask"]
        assert [edge.relation and edge.relation.relation_type for edge in graph.edges or ()] == [None, None]


async def test_the_sdk_steers_backfills(tmp_path: Path) -> None:
    cron = '  - {id: tick, type: io.kestra.plugin.core.trigger.Schedule, cron: "0 * * * *"}'
    source = f"{flow('one', PAUSE)}triggers:\n{cron}\n"

    def ask(url: str) -> list[bool]:
        api = api_of(url)
        api.flows.create_flow("main", body=source)
        [found] = api.triggers.search_triggers(1, 10, "main").results
        dates = {"start": "2025-01-01T00:00:00Z", "end": "2025-01-02T00:00:00Z", "paused": True}
        known: Any = found.trigger_context
        wanted = Trigger.model_validate({**known.model_dump(by_alias=True, exclude_none=True), "backfill": dates})
        begun: Any = api.triggers.update_trigger("main", wanted).backfill
        going_on: Any = api.triggers.unpause_backfill("main", wanted).backfill
        paused: Any = api.triggers.pause_backfill("main", wanted).backfill
        assert api.triggers.delete_backfill("main", wanted).backfill is None
        return [begun.paused, going_on.paused, paused.paused]

    async with served(tmp_path) as url:
        assert await asyncio.to_thread(ask, url) == [True, False, True]


async def test_the_sdk_edits_flows_and_reads_limits(tmp_path: Path) -> None:
    def ask(url: str) -> tuple[list[int], str, list[Any], Any]:
        api = api_of(url)
        api.flows.create_flow("main", body=flow("one", concurrency="{limit: 2}"))
        # This SDK sends no login with the operations about limits.
        login = api.flows.api_client.configuration.get_basic_auth_token()
        api.flows.api_client.set_default_header("Authorization", login)
        task: Any = Task.from_dict({"id": "log", "type": "io.kestra.plugin.core.log.Log", "message": "new"})
        with pytest.deprecated_call():  # 2.0 has it no more
            changed = api.flows.update_task("demo", "one", "log", "main", task)
        api.flows.delete_revisions("demo", "one", [1], "main")
        revisions = [one.revision or 0 for one in api.flows.list_flow_revisions("demo", "one", False, "main")]
        limits = api.flows.search_concurrency_limits("main").results
        updated = api.flows.update_concurrency_limit("demo", "one", "main", limits[0])
        source = api.flows.flow("demo", "one", True, False, "main").source or ""
        assert changed.revision == 2
        return revisions, source, [(one.flow_id, one.running) for one in limits], updated.running

    async with served(tmp_path) as url:
        revisions, source, limits, running = await asyncio.to_thread(ask, url)
    assert (revisions, limits, running) == ([2], [("one", 0)], 0)
    assert "message: new" in source
