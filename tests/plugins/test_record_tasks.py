"""Tasks that count, resume, purge and read executions and logs, on a house of our own.

Source of the expected results: asked of Kestra 1.0.36.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lanner.model.execution import TaskRun
from lanner.model.flow import FlowKey
from lanner.model.state import State
from lanner.ports.search import Query
from lanner.services.executions import Shown, Start
from lanner.settings.sections import Settings
from lanner.wiring.house import House, open_local

pytestmark = pytest.mark.anyio

KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
CORE = "io.kestra.plugin.core"
QUIET = f"tasks:\n  - id: t\n    type: {CORE}.log.Log\n    message: [x, y]\n"
PAUSED = f"tasks:\n  - id: p\n    type: {CORE}.flow.Pause\n"


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[House]:
    settings = Settings.model_validate({"storage": {"base_path": folder}, "encryption": {"secret_key": KEY}})
    async with open_local(settings, store="memory", grace_seconds=1) as house:
        yield house


async def ran(house: House, flow_id: str, tasks: str, namespace: str = "demo") -> Shown:
    """Save and run a flow to its end."""
    await house.flows.put("main", f"id: {flow_id}\nnamespace: {namespace}\n{tasks}")
    return await house.executions.wait(await house.executions.start(Start(key=FlowKey("main", namespace, flow_id))))


async def task(house: House, properties: str, namespace: str = "demo") -> TaskRun:
    """Run one task and return its task run."""
    lines = "".join(f"    {line}\n" for line in properties.strip().splitlines())
    shown = await ran(house, "asking", f"tasks:\n  - id: it\n    type: {CORE}.{lines.lstrip()}", namespace)
    (run,) = shown.task_runs
    return run


async def messages(house: House) -> list[str]:
    return [line.message for line in (await house.store.logs.search(Query(tenant="main", size=100))).results]


@pytest.mark.parametrize(
    ("properties", "results", "total"),
    [
        pytest.param("flows: [{namespace: demo, flowId: none}]", [("demo", "none", 0)], 0, id="never run counts 0"),
        pytest.param("flows: [{namespace: demo, flowId: quiet}]", [("demo", "quiet", 2)], 2, id="a flow"),
        pytest.param(
            "namespaces: [demo.sub, none]", [("demo.sub", None, 1)], 1, id="a namespace without any is left out"
        ),
        pytest.param(
            "namespaces: [demo.sub, demo]", [("demo.sub", None, 1), ("demo", None, 3)], 4, id="not those below"
        ),
        pytest.param(
            "flows: [{namespace: demo, flowId: quiet}]\nnamespaces: [demo.sub]",
            [("demo", "quiet", 2), ("demo.sub", None, 1), ("demo", None, 2)],
            5,
            id="with both, the flows' namespaces too",
        ),
        pytest.param("namespaces: [demo]\nstates: [RUNNING]", [("demo", None, 1)], 1, id="the one that asks runs"),
        pytest.param("namespaces: [demo]\nendDate: '2020-01-01T00:00:00Z'", [], 0, id="before all"),
    ],
)
async def test_count(tmp_path: Path, properties: str, results: list[Any], total: int) -> None:
    async with opened(tmp_path) as house:
        for flow_id, namespace in (("quiet", "demo"), ("quiet", "demo"), ("deep", "demo.sub")):
            await ran(house, flow_id, QUIET, namespace)
        run = await task(
            house,
            f"execution.Count\n{properties}\nstartDate: \"{{{{ now() | dateAdd(-1, 'DAYS') }}}}\"\n"
            'expression: "{{ count >= 0 }}"',
        )
    assert run.outputs is not None
    found = [(one["namespace"], one.get("flowId"), one["count"]) for one in run.outputs["results"]]
    assert (found, run.outputs["total"]) == (results, total)


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        pytest.param(
            "execution.Count\nstartDate: '2024-01-01T00:00:00Z'\nexpression: 'true'",
            "You must provide a list of flows or namespaces.",
            id="count nothing",
        ),
        pytest.param(
            "execution.Count\nnamespaces: [a]\nstartDate: '2024-01-01'\nexpression: 'true'",
            "is not a moment with a zone",
            id="count since a day",
        ),
        pytest.param("execution.Resume\nexecutionId: nope", "No execution found for execution id nope", id="no such"),
        pytest.param("execution.Resume\nnamespace: x", "only be set when `executionId` is set", id="half an address"),
        pytest.param("execution.Resume", "The execution is not paused", id="itself"),
        pytest.param("log.Fetch\nnamespace: x\nflowId: y", "only be set when `executionId` is set", id="whose log"),
        pytest.param("log.PurgeLogs\nflowId: y\nendDate: '{{ now() }}'", "`flowId` needs `namespace`", id="any y"),
    ],
)
async def test_bad_wishes_fail_the_task(tmp_path: Path, properties: str, message: str) -> None:
    async with opened(tmp_path) as house:
        assert (await task(house, properties)).state.current is State.FAILED
        assert any(message in line for line in await messages(house))


async def test_resume_lets_another_execution_go_on(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        shown = await paused(house)
        place = "namespace: demo\nflowId: held"
        run = await task(house, f"execution.Resume\nexecutionId: {shown.execution.id}\n{place}")
        ended = await house.executions.wait(shown)
    assert (run.state.current, ended.execution.state.current) == (State.SUCCESS, State.SUCCESS)


async def test_resume_of_another_flow_than_said_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        shown = await paused(house)
        place = "namespace: demo\nflowId: other"
        run = await task(house, f"execution.Resume\nexecutionId: {shown.execution.id}\n{place}")
        after = await house.executions.get("main", shown.execution.id)
    assert (run.state.current, after.execution.state.current) == (State.FAILED, State.PAUSED)


async def paused(house: House) -> Shown:
    await house.flows.put("main", f"id: held\nnamespace: demo\n{PAUSED}")
    shown = await house.executions.start(Start(key=FlowKey("main", "demo", "held")))
    while (await house.executions.get("main", shown.execution.id)).execution.state.current is not State.PAUSED:
        await house.store.setting("nothing")
    return shown


@pytest.mark.parametrize(
    ("properties", "counts", "left"),
    [
        pytest.param("namespace: demo", (3, 6, 0), 1, id="all below, not the one that purges"),
        pytest.param("namespace: demo.sub", (1, 2, 0), 3, id="one namespace"),
        pytest.param("namespace: de", (0, 0, 0), 4, id="a namespace is no prefix of texts"),
        pytest.param("namespace: demo\nflowId: quiet", (2, 4, 0), 2, id="a flow"),
        pytest.param("namespace: demo\nstates: [FAILED]", (0, 0, 0), 4, id="no such state"),
        pytest.param("namespace: demo\npurgeExecution: false", (0, 6, 0), 4, id="lines only"),
        pytest.param("namespace: demo\npurgeLog: false", (3, 0, 0), 1, id="lines are not counted"),
    ],
)
async def test_purge_of_executions(tmp_path: Path, properties: str, counts: tuple[int, int, int], left: int) -> None:
    async with opened(tmp_path) as house:
        for flow_id, namespace in (("quiet", "demo"), ("quiet", "demo"), ("deep", "demo.sub")):
            await ran(house, flow_id, QUIET, namespace)
        run = await task(house, f'execution.PurgeExecutions\n{properties}\nendDate: "{{{{ now() }}}}"')
        total = (await house.store.executions.search(Query(tenant="main"))).total
    assert run.outputs is not None
    found = tuple(run.outputs[f"{name}Count"] for name in ("executions", "logs", "metrics"))
    assert (found, total) == (counts, left)


async def test_purge_takes_files_and_running_executions(tmp_path: Path) -> None:
    write = f"tasks:\n  - id: w\n    type: {CORE}.storage.Write\n    content: x\n"
    async with opened(tmp_path) as house:
        await ran(house, "files", write)
        await paused(house)
        run = await task(house, 'execution.PurgeExecutions\nnamespace: demo\nendDate: "{{ now() }}"')
        left = (await house.store.executions.search(Query(tenant="main"))).total
    assert run.outputs is not None
    assert (run.outputs["executionsCount"], run.outputs["storagesCount"], left) == (2, 1, 1)


@pytest.mark.parametrize(
    ("properties", "count"),
    [
        pytest.param("namespace: demo\nflowId: quiet\nlogLevels: [INFO]", 2, id="by level"),
        pytest.param("namespace: demo\nlogLevels: [WARN, ERROR]", 0, id="other levels"),
        pytest.param("namespace: other", 0, id="elsewhere"),
        pytest.param("namespace: demo\nstartDate: '2100-01-01T00:00:00Z'", 0, id="later"),
    ],
)
async def test_purge_of_logs(tmp_path: Path, properties: str, count: int) -> None:
    async with opened(tmp_path) as house:
        await ran(house, "quiet", QUIET)
        run = await task(house, f'log.PurgeLogs\n{properties}\nendDate: "{{{{ now() }}}}"')
    assert run.outputs == {"count": count}


async def test_fetch_writes_lines_as_rows(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        shown = await ran(house, "quiet", QUIET)
        other = f"executionId: {shown.execution.id}"
        here = await task(house, f"log.Fetch\n{other}\nnamespace: demo\nflowId: quiet")
        assert (await task(house, f"log.Fetch\n{other}")).outputs is not None
        elsewhere = await task(house, f"log.Fetch\n{other}")
        assert here.outputs is not None
        uri = here.outputs["uri"].removeprefix("kestra://")
        with house.engine.data.blobs.open("main", uri) as file:
            text = file.read().decode()
    first, second = text.splitlines()
    assert 'message:"x"' in first
    assert 'message:"y"' in second
    assert 'flowId:"quiet"' in first
    assert elsewhere.outputs is not None
    assert (here.outputs["size"], elsewhere.outputs["size"]) == (2, 0)


async def test_an_encrypted_output_is_clear_to_later_expressions_and_to_them_alone(tmp_path: Path) -> None:
    from tests.plugins.loopback import loopback

    with loopback() as server:
        flow = (
            f"tasks:\n  - id: get\n    type: {CORE}.http.Request\n    uri: {server.address}/products\n"
            f"    encryptBody: true\n  - id: show\n    type: {CORE}.debug.Return\n"
            "    format: \"{{ outputs.get.body ?? 'no body' }} {{ outputs.get.encryptedBody | length > 9 }}\"\n"
        )
        async with opened(tmp_path) as house:
            get, show = (await ran(house, "secret", flow)).task_runs
    assert show.outputs == {"value": "no body true"}
    stored: Mapping[str, Any] = get.outputs or {}
    assert stored["encryptedBody"]["type"] == "io.kestra.datatype:aes_encrypted"
    assert "body" not in stored
