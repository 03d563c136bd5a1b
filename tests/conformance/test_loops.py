"""Loops of Kestra 2.0 end as recorded from version 2.0.0, where each iteration is a hidden execution.

``loops/recorded.json`` has, for each flow, the states of the execution and of everything in it, with its outputs;
``loop[1].task`` is a task of the second iteration.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.api.house import YAML, House, house

HERE = Path(__file__).parent / "loops"
FLOWS = {flow["id"]: flow for flow in yaml.safe_load((HERE / "flows.yaml").read_text(encoding="utf-8"))}
RECORDED = json.loads((HERE / "recorded.json").read_text(encoding="utf-8"))
_URI = re.compile(r"kestra:///[^\s\"\\]+")


def _states(state: Mapping[str, Any]) -> str:
    return " ".join(found["state"] for found in state["histories"])


def _seen(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return an execution as it is recorded."""
    runs = {run["id"]: run for run in document.get("taskRunList") or []}

    def name(run: Mapping[str, Any]) -> str:
        around = runs.get(run.get("parentTaskRunId"))
        if run["taskId"].endswith("_iteration"):
            assert around is not None
            return f"{name(around)}[{run['iteration']}]"
        while around is not None and not around["taskId"].endswith("_iteration"):
            around = runs.get(around.get("parentTaskRunId"))
        return f"{name(around)}.{run['taskId']}" if around is not None else run["taskId"]

    found = {name(run): [_states(run["state"]), run.get("outputs") or {}] for run in runs.values()}
    return {"state": _states(document["state"]), "runs": found}


def _comparable(seen: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not the loop's: places of files, the order of maps, how an Exit's own run is shown."""
    runs = {}
    for name, (states, outputs) in seen["runs"].items():
        plain = "CREATED " + states.split()[-1] if re.search(r"\b(ex|ss)$", name) else states
        shown = json.loads(_URI.sub("<uri>", json.dumps(outputs)))
        if name.endswith("]"):
            shown = None
        elif "value" in shown:
            shown["value"] = _unwrapped(shown["value"])
        runs[name] = [plain, shown]
    return {"state": seen["state"], "runs": runs}


def _unwrapped(text: str) -> Any:
    """Return what a text of JSON holds: its order does not count. One of several parts is a list of them."""
    parts = text.split(" | ")
    if len(parts) > 1:
        return [_unwrapped(part) for part in parts]
    try:
        return json.loads(text)
    except ValueError:
        return text


async def _play(server: House, flow: Mapping[str, Any]) -> dict[str, Any]:
    source = yaml.safe_dump(flow, sort_keys=False)
    saved = await server.client.post("/api/v1/main/flows", content=source, headers=YAML)
    assert saved.status_code == 200, saved.text
    answer = await server.client.post(f"/api/v1/main/executions/tests/{flow['id']}?wait=true")
    return _seen(answer.json())


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of each flow."""

    async def play_all() -> dict[str, Any]:
        async with house(tmp_path_factory.mktemp("loops")) as server:
            return {name: await _play(server, flow) for name, flow in FLOWS.items()}

    return asyncio.run(play_all())


@pytest.mark.parametrize("name", FLOWS)
def test_a_loop_ends_as_recorded(outcomes: dict[str, Any], name: str) -> None:
    assert _comparable(outcomes[name]) == _comparable(RECORDED[name])
