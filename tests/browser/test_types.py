"""``ui/src/api/types.ts`` says of the API's documents what a server really answers.

There is no OpenAPI file of ours to make the types from, so each interface is held against real documents: a field
that has to be there is there, and has the kind of value the pages expect.
"""

import re
from typing import Any

import pytest

from tests.browser.server import NAMESPACE, Server
from tests.house.tree import ROOT

TYPES = (ROOT / "ui" / "src" / "api" / "types.ts").read_text(encoding="utf-8")
FIELD = re.compile(r"^  (\$?\w+)(\?)?: ([^;]+);", re.MULTILINE)
FLOW = f"""id: typed
namespace: {NAMESPACE}
labels: {{team: data}}
inputs:
  - {{id: who, type: STRING, defaults: me}}
tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: Hello
"""


def fields_of(name: str) -> dict[str, tuple[bool, str]]:
    """Return each field of an interface with whether it may be absent and its type as it is written."""
    found = re.search(rf"export interface {name}(?:<T>)? \{{\n(.*?)^\}}", TYPES, re.MULTILINE | re.DOTALL)
    assert found, f"there is no interface {name}"
    return {field: (optional == "?", kind.strip()) for field, optional, kind in FIELD.findall(found[1])}


def misfits(name: str, document: dict[str, Any]) -> list[str]:
    """Return where a document is not what the interface says."""
    found = []
    for field, (is_optional, kind) in fields_of(name).items():
        value = document.get(field)
        if value is None:
            if not is_optional:
                found.append(f"{name}.{field} is missing")
            continue
        wanted: dict[str, type | tuple[type, ...]] = {"string": str, "number": (int, float), "boolean": bool}
        expected = list if kind.endswith("[]") else wanted.get(kind, object)
        if not isinstance(value, expected):
            found.append(f"{name}.{field} is a {type(value).__name__}, not {kind}")
    return found


@pytest.fixture(scope="module")
def documents(server: Server) -> dict[str, list[dict[str, Any]]]:
    """Real documents of each interface."""
    flow = server.save(FLOW)
    execution = server.run("typed")
    page = server.call("GET", "/executions/search")
    problems = server.call("POST", "/flows/validate", content="id: x\n", headers={"content-type": "application/x-yaml"})
    checked = server.call("POST", f"/executions/{NAMESPACE}/typed/validate", files={"": (None, "")})
    runs = execution["taskRunList"]
    return {
        "Flow": [flow],
        "Input": flow["inputs"],
        "Execution": [execution, *page["results"]],
        "Paged": [page],
        "State": [execution["state"], runs[0]["state"]],
        "StateStep": execution["state"]["histories"],
        "TaskRun": runs,
        "Attempt": runs[0]["attempts"],
        "Validation": problems,
        "Problem": problems[0]["problems"],
        "CheckedInputs": [checked],
        "CheckedInput": checked["inputs"],
        "LastExecution": server.call("POST", "/executions/latest", json=[{"namespace": NAMESPACE, "id": "typed"}]),
        "LogLine": server.call("GET", f"/logs/{execution['id']}"),
        "Plugin": server.call("GET", "/plugins"),
        "Configuration": [server.call("GET", "/configs")],
    }


NAMES = [
    "Flow",
    "Input",
    "Execution",
    "Paged",
    "State",
    "StateStep",
    "TaskRun",
    "Attempt",
    "Validation",
    "Problem",
    "CheckedInputs",
    "CheckedInput",
    "LastExecution",
    "LogLine",
    "Plugin",
    "Configuration",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_server_answers_what_the_pages_expect(documents: dict[str, list[dict[str, Any]]], name: str) -> None:
    assert documents[name], f"no document to compare {name} with"
    assert [misfit for document in documents[name] for misfit in misfits(name, document)] == []


def test_a_field_of_another_kind_is_noticed() -> None:
    assert misfits("Paged", {"results": {}, "total": "3"}) == [
        "Paged.results is a dict, not T[]",
        "Paged.total is a str, not number",
    ]
    assert misfits("StateStep", {"state": "RUNNING"}) == ["StateStep.date is missing"]
