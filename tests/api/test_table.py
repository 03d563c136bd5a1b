"""The table of operations, unknown routes and how errors are told."""

from pathlib import Path
from typing import Any

import pytest

from lanner.api.errors import TABLE, rank_of
from lanner.api.http import Call
from lanner.api.routes.table import OPERATIONS
from lanner.api.routing import Operation, Routes
from lanner.model.errors import LannerError
from lanner.model.refusal import Refusal, RefusalKind, Refused
from lanner.services.errors import FlowExists
from tests.api.house import USER, YAML, House, flow

TENANTS = frozenset({"main"})


async def nothing(call: Call) -> Any:
    """Stand for a handler that is never called."""


def routes(*rows: tuple[str, str]) -> Routes:
    """Return routes whose operations are called like their paths."""
    return Routes(Operation(method=method, path=path, id=path, handler=nothing) for method, path in rows)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        pytest.param("GET", "/api/v1/main/flows/search", ("/flows/search", {}), id="fixed wins"),
        pytest.param("GET", "/api/v1/main/flows/a.b", ("/flows/{ns}", {"ns": "a.b"}), id="variable"),
        pytest.param("GET", "/api/v1/flows/x", ("/flows/{ns}", {"ns": "x"}), id="without tenant"),
        pytest.param("GET", "/api/v1/main/flows/a%2Fb%3Ac", ("/flows/{ns}", {"ns": "a/b:c"}), id="decoded late"),
        pytest.param(
            "GET", "/api/v1/main/flows/search/x", ("/flows/{ns}/{id}", {"ns": "search", "id": "x"}), id="back"
        ),
        pytest.param("HEAD", "/api/v1/main/flows/search", ("/flows/search", {}), id="head is get"),
        pytest.param("GET", "/api/v1/main/files/a/b", ("/files/{path+}", {"path": "a/b"}), id="the rest"),
        pytest.param("POST", "/api/v1/main/flows/search", None, id="another method"),
        pytest.param("GET", "/api/v1/other/flows/search", None, id="another tenant"),
        pytest.param("GET", "/api/v2/main/flows/search", None, id="another version"),
    ],
)
def test_an_operation_is_found(method: str, path: str, expected: tuple[str, dict[str, str]] | None) -> None:
    table = routes(
        ("GET", "/flows/search"), ("GET", "/flows/{ns}"), ("GET", "/flows/{ns}/{id}"), ("GET", "/files/{path+}")
    )
    match, _, _ = table.find(method, path, TENANTS)
    assert (match and (match.operation.id, dict(match.path))) == expected


def test_two_operations_at_one_place_are_refused() -> None:
    with pytest.raises(ValueError, match="is both"):
        routes(("GET", "/flows/{ns}"), ("GET", "/flows/{other}"))


def test_operation_ids_are_unique_and_parameters_are_named_once() -> None:
    ids = [operation.id for operation in OPERATIONS]
    assert len(ids) == len(set(ids))
    for operation in OPERATIONS:
        names = [param.name for param in operation.params]
        assert len(names) == len(set(names)), operation.id


def test_strangers_reach_only_what_is_open_by_decision() -> None:
    assert {operation.id for operation in OPERATIONS if operation.is_open} == {
        "getConfiguration",
        "getLoginConfiguration",
        "getBasicAuthConfigErrors",
        "login",
        "createBasicAuth",
        "health",
        "ping",
        "index",
        "uiIndex",
        "uiFile",
        "triggerExecutionByGetWebhook",
        "triggerExecutionByPostWebhook",
        "triggerExecutionByPutWebhook",
        "getOpenApi",
    }


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(Refused(Refusal(RefusalKind.CONFLICT, "no")), 409, id="conflict"),
        pytest.param(Refused(Refusal(RefusalKind.INVALID, "no")), 422, id="invalid"),
        pytest.param(FlowExists(), 422, id="as its base"),
        pytest.param(LannerError("?"), 500, id="nobody's"),
        pytest.param(RuntimeError("?"), 500, id="not ours"),
    ],
)
def test_an_error_has_the_status_of_its_class(error: Exception, status: int) -> None:
    assert rank_of(error).status == status


def test_only_our_own_errors_are_in_the_table() -> None:
    assert all(issubclass(class_, LannerError) for class_ in TABLE)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "path", "rest", "status", "matched"),
    [
        pytest.param("GET", "/api/v1/main/nothing", {}, 404, "false", id="unknown route"),
        pytest.param("GET", "/nothing", {}, 404, "false", id="unknown place"),
        pytest.param("GET", "/ui/assets/none.js", {}, 404, "true", id="no such file of the UI"),
        pytest.param("PATCH", "/api/v1/main/flows/search", {}, 405, None, id="unknown method"),
        pytest.param("GET", "/api/v1/main/flows/a/b", {}, 404, "true", id="unknown flow"),
        pytest.param("POST", "/api/v1/main/executions/latest", {"content": b"[{"}, 422, None, id="no JSON"),
        pytest.param("POST", "/api/v1/main/executions/latest", {"json": {}}, 422, None, id="no array"),
        pytest.param("POST", "/api/v1/main/executions/latest", {"json": ["x"]}, 422, None, id="no objects"),
        pytest.param("POST", "/api/v1/main/flows", {"content": b"\xff", "headers": YAML}, 422, None, id="no text"),
        pytest.param(
            "POST",
            "/api/v1/main/executions/demo/one",
            {"content": b"nonsense", "headers": {"content-type": "multipart/form-data; boundary=b"}},
            422,
            None,
            id="a broken form",
        ),
    ],
)
async def test_what_cannot_be_read_is_told_in_kestras_shape(
    server: House, method: str, path: str, rest: dict[str, Any], status: int, matched: str | None
) -> None:
    await server.save(flow("one"))
    answer = await server.client.request(method, path, **rest)
    body = answer.json()
    assert (answer.status_code, body["status"]) == (status, status)
    assert body["message"]
    assert body["_links"] == {"self": {"href": path, "templated": False}}
    assert body["_embedded"]["errors"][0]["message"]
    assert body["type"].startswith("https://kestra.io/docs/api-reference/problems/")
    assert answer.headers.get("x-kestra-route-matched") == matched


@pytest.mark.anyio
async def test_a_fault_of_ours_is_told_without_details(
    server: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the secret is sesame")

    monkeypatch.setattr(server.desk.flows, "search", fail)
    answer = await server.client.get("/api/v1/main/flows/search")
    assert answer.status_code == 500
    assert "sesame" not in answer.text
    assert answer.json()["traceId"] in str([vars(record).get("trace_id") for record in caplog.records])


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "told"),
    [
        pytest.param("/plugins", "io.kestra.plugin.core.log.Log", id="list"),
        pytest.param("/main/plugins", "io.kestra.plugin.core.log.Log", id="with a tenant, as the old UI asks"),
        pytest.param("/plugins?size=1", '"total":', id="page"),
        pytest.param("/plugins/groups/subgroups", '"subGroup":"io.kestra.plugin.core.log"', id="subgroups"),
        pytest.param("/plugins/schemas/flow", "http://json-schema.org/draft-07/schema#", id="flow schema"),
        pytest.param("/plugins/schemas/TASK?arrayOf=true", '"type":"array"', id="task schema, many"),
        pytest.param("/plugins/properties/trigger", '"required"', id="properties"),
        pytest.param("/plugins/inputs", '"type":"STRING"', id="input types"),
        pytest.param("/plugins/inputs/int", "whole number", id="input docs"),
        pytest.param("/plugins/triggers", "io.kestra.plugin.core.trigger.Webhook", id="triggers"),
        pytest.param("/plugins/io.kestra.plugin.core.log.Log", '"markdown":"# Log', id="docs"),
        pytest.param("/plugins/io.kestra.plugin.core.log.Log/versions", '"versions":["', id="versions"),
        pytest.param("/plugins/icons", "{}", id="icons"),
        pytest.param("/plugins/icons/groups", "{}", id="icons of groups"),
        pytest.param("/pebble/filters", '"upper"', id="filters"),
        pytest.param("/pebble/functions", '"name":"now"', id="functions"),
        pytest.param("/main/usages/all", '"dailyExecutionsCount"', id="usage"),
        pytest.param("/configs", '"resourceToFilters":[{"name":"FLOW"', id="configuration"),
    ],
)
async def test_what_editors_ask_for_is_there(server: House, path: str, told: str) -> None:
    answer = await server.client.get(f"/api/v1{path}")
    assert answer.status_code == 200, answer.text
    assert told in answer.text


@pytest.mark.anyio
@pytest.mark.parametrize(
    "path",
    [
        "/plugins/no.Such",
        "/plugins/no.Such/versions",
        "/plugins/schemas/nope",
        "/plugins/properties/nope",
        "/plugins/inputs/nope",
        "/plugins/io.kestra.plugin.core.log.Log/versions/9.9.9",
    ],
)
async def test_docs_of_nothing_are_404(server: House, path: str) -> None:
    assert (await server.client.get(f"/api/v1{path}")).status_code == 404


@pytest.mark.anyio
async def test_every_reference_of_the_flow_schema_leads_somewhere(server: House) -> None:
    schema = (await server.client.get("/api/v1/plugins/schemas/flow")).json()
    definitions = schema["definitions"]

    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"].removeprefix("#/definitions/")} if isinstance(value.get("$ref"), str) else set()
            return own.union(*map(references, value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    assert references(schema) <= set(definitions)
    inner = definitions["io.kestra.plugin.core.flow.If"]["properties"]["then"]
    assert inner["items"] == {"$ref": "#/definitions/AnyTask"}


@pytest.mark.anyio
async def test_links_between_flows_are_shown(server: House) -> None:
    call = "  - id: go\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: demo\n    flowId: {}\n"
    if "io.kestra.plugin.core.flow.Subflow" not in (await server.client.get("/api/v1/plugins")).text:
        call = "  - id: go\n    type: io.kestra.plugin.core.log.Log\n    message: {{namespace: demo, flowId: {}}}\n"
        call = call.replace("message: {{", "message: [{{").replace("}}\n", "}}]\n")
    await server.save(flow("last"))
    await server.save(flow("middle", call.format("last")))
    await server.save(flow("first", call.format("middle")))
    near = await server.get("/flows/demo/middle/dependencies")
    assert {node["id"] for node in near["nodes"]} == {"first", "middle", "last"}
    only = await server.get("/flows/demo/first/dependencies?destinationOnly=true")
    assert only["edges"] == [{"source": "main_demo_first", "target": "main_demo_middle", "relation": "FLOW_TASK"}]
    whole = await server.get("/flows/demo/first/dependencies?destinationOnly=true&expandAll=true")
    assert [node["id"] for node in whole["nodes"]] == ["first", "middle", "last"]
    alone = await server.get("/flows/demo/last/dependencies?destinationOnly=true")
    assert (len(alone["nodes"]), alone["edges"]) == (1, [])
    assert len((await server.get("/namespaces/demo/dependencies"))["edges"]) == 2
    assert (await server.client.get("/api/v1/main/flows/demo/none/dependencies")).status_code == 404


@pytest.mark.anyio
async def test_pages_of_the_ui_carry_the_token_of_their_cookie(server: House, tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<html><head><title>x</title></head></html>")
    (tmp_path / "assets" / "a.js").write_text("1")
    object.__setattr__(server.desk.options, "ui_folder", tmp_path)
    page = await server.stranger.get("/ui/main/flows")
    token = page.cookies["csrfToken"]
    assert f'<head><meta name="csrf-token" content="{token}">' in page.text
    assert page.headers["cache-control"] == "no-cache, private"
    assert (await server.stranger.get("/ui/")).cookies["csrfToken"] == token
    asset = await server.stranger.get("/ui/assets/a.js")
    assert (asset.text, "immutable" in asset.headers["cache-control"]) == ("1", True)
    outside = await server.stranger.get("/ui/%2e%2e/%2e%2e/etc/passwd")
    assert "root:" not in outside.text
    assert USER not in page.text
