"""Whatever a request holds, the answer is an answer: never the 500 of a mistake of ours."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest

from lanner.api.routes.table import OPERATIONS
from lanner.api.routing import PREFIX, Operation
from tests.api.house import YAML, House, flow, house
from tests.api.promised import ODD

pytestmark = pytest.mark.anyio

ENDLESS = re.compile(r"/follow|/basicAuth$")
ODD_TEXTS = ("\0a/../b", "\ud800é", "9" * 40)
PAGING = ("page", "size", "sort", "filters", "filters[x]", "filters[namespace][EQUALS]", "filters[q][REGEX]")
ODD_BODIES: tuple[tuple[str | None, bytes], ...] = (
    (None, b""),
    ("application/json", b""),
    ("application/json", b"{"),
    ("application/json", b"null"),
    ("application/json", b"[null, 1, [], {}]"),
    ("application/json", b'["", "..", "\\u0000", "\\ud800"]'),
    ("application/json", b'{"id": [], "namespace": {}, "key": 1, "value": null, "filters": [{"field": 1}, 2]}'),
    ("application/json", b'[{"id": 1, "namespace": null, "key": [], "value": {}, "flowId": {}, "triggerId": []}]'),
    (
        "application/json",
        b'{"executionsId": 1, "executionLabels": {}, "taskRunId": [], "state": "NOPE", "expressions": {}}',
    ),
    ("application/json", b'{"username": 1, "password": []}'),
    ("application/json", b"1" + b"0" * 400),
    ("application/json", b"[" * 100_000),
    ("application/json", b"\xff\xfe"),
    ("application/x-yaml", b""),
    ("application/x-yaml", b"\xff\xfe\x00"),
    ("application/x-yaml", b"a: &a [*a]"),
    ("application/x-yaml", b"- 1\n- {}\n"),
    ("application/x-yaml", b"id: 1\nnamespace: []\ntasks: {}\ninputs: 1\ntriggers: [1]\nlabels: [1]\n"),
    (
        "application/x-yaml",
        b"id: a\nnamespace: b\ntasks: [{id: a, type: [1]}, 7, null, {type: io.kestra.plugin.core.flow.If}]\n",
    ),
    ("application/x-yaml", b"? [a]\n: b\n"),
    ("application/x-yaml", b"{" * 5_000),
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=b", b"--b\r\n\r\n"),
    ("multipart/form-data; boundary=b", b"--b--\r\n"),
    (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="fileUpload"; filename="f.zip"\r\n\r\nPK\r\n--b--\r\n',
    ),
    (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="fileUpload"; filename="f.yaml"\r\n\r\n\xff\r\n--b--\r\n',
    ),
    ("text/plain", b"\x00\xff{{"),
    ("text/plain; charset=nope", b"{{ x }}"),
    ("no/such; type", b"x"),
)


def paths(operation: Operation, values: Mapping[str, str], odd: str) -> Iterator[str]:
    """Yield the paths of an operation with what exists, and with one odd text for each variable."""
    start = "" if operation.in_root else PREFIX + ("/main" if operation.per_tenant else "")
    names = re.findall(r"{(\w+)\+?}", operation.path)

    def filled(replaced: str | None) -> str:
        def value(match: re.Match[str]) -> str:
            name = match[1]
            return quote(odd, safe="", errors="surrogatepass") if name == replaced else values.get(name, "x")

        return start + re.sub(r"{(\w+)\+?}", value, operation.path)

    yield filled(None)
    for name in names:
        yield filled(name)


async def known(server: House) -> dict[str, str]:
    """Return what paths call a flow and an execution that exist."""
    execution = await server.start("one", wait=True)
    return {
        "namespace": "demo",
        "id": "one",
        "flowId": "one",
        "executionId": execution["id"],
        "taskRunId": execution["taskRunList"][0]["id"],
        "taskId": "log",
        "type": "TASK",
        "cls": "io.kestra.plugin.core.log.Log",
        "key": "k",
    }


def asked(operation: Operation, values: Mapping[str, str]) -> Iterator[tuple[str, str | None, bytes]]:
    """Yield path, type of the body and body of many odd requests for an operation."""
    (usual, *_) = paths(operation, values, "")
    # An operation on all that is found finds nothing: what the others need has to stay.
    usual += "?filters[namespace][EQUALS]=none" if usual.endswith("by-query") else "?x=y"
    for odd in ODD_TEXTS:
        text = quote(odd, safe="", errors="surrogatepass")
        yield from ((f"{path}?x=y", None, b"") for path in list(paths(operation, values, odd))[1:])
        names = {param.name for param in operation.params} | set(PAGING)
        yield from ((f"{usual}&{quote(name, safe='')}={text}", None, b"") for name in sorted(names))
    if operation.method != "GET":
        yield from ((usual, kind, body) for kind, body in ODD_BODIES)


async def test_odd_paths_parameters_and_bodies_are_answered(tmp_path: Path) -> None:
    faults = []
    async with house(tmp_path, store="sqlite") as server:
        source = flow("one")
        for operation in OPERATIONS:
            if ENDLESS.search(operation.path):
                continue
            await server.client.post("/api/v1/main/flows", content=source, headers=YAML)
            for path, kind, body in asked(operation, await known(server)):
                headers = {ODD: "yes"} if kind is None else {ODD: "yes", "content-type": kind}
                answer = await server.client.request(operation.method, path, content=body, headers=headers)
                if answer.status_code == 500:
                    faults.append((operation.method, path[-200:], kind, body[:100], answer.text[:200]))
    assert faults == []


async def test_a_pattern_that_would_take_forever_is_answered(server: House) -> None:
    await server.save(flow("a" * 60))
    found = await server.get("/flows/search?filters[flowId][REGEX]=^(a%2B)%2B!$")
    assert found["total"] == 0
