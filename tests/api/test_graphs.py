"""Graphs of flows and executions are those of the engine. Source: Kestra 1.0.36, asked for each flow here."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.api.house import YAML, House, flow

pytestmark = pytest.mark.anyio

RECORDED: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "recorded_graphs.json").read_text())
KEPT = ("branchType", "relationType", "values")
"""What of a node is compared besides names and types."""


def lines_of(graph: dict[str, Any]) -> list[str]:
    """Return a graph as sorted lines without what is random: the ends of the names of a cluster's own nodes."""
    lines = [f"node {_node(node)}" for node in graph["nodes"]]
    for edge in graph["edges"]:
        relation = edge.get("relation") or {}
        words = (_name(edge["source"]), _name(edge["target"]), relation.get("relationType"), relation.get("value"))
        lines.append("edge " + " ".join(str(word) for word in words if word is not None))
    for one in graph["clusters"]:
        cluster = one["cluster"]
        task = f" task={_name(cluster['taskNode']['uid'])}" if "taskNode" in cluster else ""
        ends = f" {_name(one['start'])}..{_name(one['end'])} in={','.join(one['parents'])}"
        lines.append(f"cluster {_node(cluster)}{task}{ends} holds={','.join(sorted(map(_name, one['nodes'])))}")
    return sorted(lines)


def _node(node: dict[str, Any]) -> str:
    kind = node["type"].rpartition(".")[2].partition("$")[0]
    words = [_name(node["uid"]), kind, *(f"{key}={node[key]}" for key in KEPT if key in node)]
    words += [f"{key}={node[key]['id']}" for key in ("task", "triggerDeclaration") if key in node]
    if "taskRun" in node:
        words.append(f"run={node['taskRun']['taskId']}")
    return " ".join(words)


def _name(uid: str) -> str:
    return re.sub(r"\.(root|end|finally|after-execution)-\w+$", r".\1", uid)


def _source(name: str, content: dict[str, Any]) -> str:
    return json.dumps({"id": name, "namespace": "demo", **content})


@pytest.fixture
async def with_subflows(server: House) -> House:
    """A server with the flows that others start."""
    for name in ("child", "big"):
        await server.save(_source(name, RECORDED[name]["flow"]))
    return server


async def test_flows_are_drawn_as_the_engine_draws_them(with_subflows: House) -> None:
    different = {}
    for name, case in RECORDED.items():
        if case.get("executed"):
            continue
        path = f"/api/v1/main/flows/graph?subflows={','.join(case.get('subflows', ()))}"
        answer = await with_subflows.client.post(path, content=_source(f"a-{name}", case["flow"]), headers=YAML)
        assert answer.status_code == 200, (name, answer.text)
        lines = lines_of(answer.json())
        if lines != case["graph"]:
            different[name] = sorted(set(lines) ^ set(case["graph"]))
    assert different == {}


async def test_executions_are_drawn_as_the_engine_draws_them(with_subflows: House) -> None:
    different = {}
    for name, case in RECORDED.items():
        if not case.get("executed"):
            continue
        await with_subflows.save(_source(name, case["flow"]))
        execution = await with_subflows.start(name, wait=True)
        lines = lines_of(await with_subflows.get(f"/executions/{execution['id']}/graph"))
        if lines != case["graph"]:
            different[name] = sorted(set(lines) ^ set(case["graph"]))
    assert different == {}


async def test_an_execution_shows_tasks_without_what_they_do(server: House) -> None:
    await server.save(flow("one"))
    execution = await server.start("one", wait=True)
    nodes = (await server.get(f"/executions/{execution['id']}/graph"))["nodes"]
    node = next(node for node in nodes if "task" in node)
    assert node["task"] == {"id": "log", "type": "io.kestra.plugin.core.log.Log"}
    assert node["taskRun"]["state"]["current"] == "SUCCESS"
    saved = (await server.get("/flows/demo/one/graph"))["nodes"]
    assert next(node for node in saved if "task" in node)["task"]["message"] == "Hello"


async def test_triggers_of_a_saved_flow_show_where_they_stand(server: House) -> None:
    cron = "  - {id: tick, type: io.kestra.plugin.core.trigger.Schedule, cron: '0 0 1 1 *'}"
    await server.save(flow("one") + f"triggers:\n{cron}\n")
    node = next(one for one in (await server.get("/flows/demo/one/graph"))["nodes"] if one["type"].endswith("Trigger"))
    assert (node["triggerDeclaration"]["cron"], node["trigger"]["triggerId"]) == ("0 0 1 1 *", "tick")


@pytest.mark.parametrize(
    ("method", "path", "rest", "status", "told"),
    [
        pytest.param("GET", "/flows/demo/none/graph", {}, 404, "demo", id="no such flow"),
        pytest.param("GET", "/executions/none/graph", {}, 404, "none", id="no such execution"),
        pytest.param("POST", "/flows/graph", {"content": "id: x"}, 422, "tasks", id="a wrong flow"),
        pytest.param("GET", "/flows/demo/calls/graph?subflows=root.go", {}, 404, "demo_gone", id="no such subflow"),
        pytest.param("GET", "/flows/demo/calls/graph?subflows=root.no", {}, 200, "root.go", id="no such node"),
    ],
)
async def test_a_graph_of_nothing_is_refused(
    server: House, method: str, path: str, rest: dict[str, Any], status: int, told: str
) -> None:
    call = "  - {id: go, type: io.kestra.plugin.core.flow.Subflow, namespace: demo, flowId: gone}\n"
    await server.save(flow("calls", call))
    answer = await server.client.request(method, f"/api/v1/main{path}", headers=YAML, **rest)
    assert answer.status_code == status
    assert told in answer.text


async def test_a_loop_with_iterations_of_its_own_shows_its_errors_once(server: House) -> None:
    tasks = (
        "  - id: each\n    type: io.kestra.plugin.core.flow.Loop\n    values: [a]\n"
        "    tasks:\n      - {id: inside, type: io.kestra.plugin.core.log.Log, message: x}\n"
        "    errors:\n      - {id: wrong, type: io.kestra.plugin.core.log.Log, message: x}\n"
    )
    await server.save(flow("looping", tasks))
    graph = await server.get("/flows/demo/looping/graph")
    drawn = [node["task"]["id"] for node in graph["nodes"] if node.get("task")]
    assert [drawn.count(name) for name in ("each", "inside", "wrong")] == [1, 1, 1]
