"""Flows over HTTP. Source of the shapes: reference api.md §1.3, §2.1."""

import asyncio
from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest

from tests.api.house import FAIL, LOG, YAML, House, flow

pytestmark = pytest.mark.anyio

FIVE_MISTAKES = """id: wrong flow
namespace: demo
inputs:
  - id: age
    type: NUMBER
tasks:
  - id: log
    type: io.kestra.plugin.core.log.Log
    mesage: hello
  - id: log
    type: io.kestra.plugin.core.log.Lug
  - id: fetch
    type: io.kestra.plugin.core.http.Request
"""


async def test_a_created_flow_is_answered_with_its_source(server: House) -> None:
    source = flow("one", labels="{team: data}", description="does it")
    document = await server.save(source)
    assert document | {"updated": None, "tasks": None} == {
        "tenantId": "main",
        "id": "one",
        "namespace": "demo",
        "revision": 1,
        "description": "does it",
        "labels": [{"key": "team", "value": "data"}],
        "tasks": None,
        "disabled": False,
        "deleted": False,
        "draft": False,
        "updated": None,
        "source": source,
    }
    assert document["tasks"] == [{"id": "log", "type": "io.kestra.plugin.core.log.Log", "message": "Hello"}]


async def test_a_second_flow_of_the_same_id_is_422_with_the_words_clients_look_for(server: House) -> None:
    await server.save(flow("one"))
    answer = await server.client.post("/api/v1/main/flows", content=flow("one"), headers=YAML)
    assert answer.status_code == 422
    assert "Flow id already exists" in answer.json()["message"]


async def test_the_same_source_again_makes_no_revision_and_a_comment_does(server: House) -> None:
    await server.save(flow("one"))
    path = "/api/v1/main/flows/demo/one"
    same = await server.client.put(path, content=flow("one"), headers=YAML)
    other = await server.client.put(path, content=flow("one") + "# note\n", headers=YAML)
    assert (same.json()["revision"], other.json()["revision"]) == (1, 2)


@pytest.mark.parametrize(
    ("path", "source", "status", "message"),
    [
        pytest.param("demo/none", flow("none"), 404, "not found", id="unknown flow"),
        pytest.param("demo/one", flow("two"), 422, "Illegal flow id update", id="another id"),
        pytest.param(
            "demo/one",
            flow("one").replace("namespace: demo", "namespace: x"),
            422,
            "Illegal namespace update",
            id="another namespace",
        ),
        pytest.param("demo/one", "tasks: [", 422, "Invalid entity", id="no YAML"),
        pytest.param("demo/one", "", 422, "body is empty", id="no body"),
    ],
)
async def test_an_update_that_is_not_one_is_refused(
    server: House, path: str, source: str, status: int, message: str
) -> None:
    await server.save(flow("one"))
    answer = await server.client.put(f"/api/v1/main/flows/{path}", content=source, headers=YAML)
    assert answer.status_code == status
    assert message in answer.json()["message"]


async def update(server: House, source: str, *, if_match: str) -> httpx.Response:
    """Save a flow on the condition that it has a revision."""
    headers = {**YAML, "if-match": if_match}
    return await server.client.put("/api/v1/main/flows/demo/one", content=source, headers=headers)


async def test_a_flow_is_saved_only_over_the_revision_that_was_read(server: House) -> None:
    log = "  - {id: %s, type: io.kestra.plugin.core.log.Log, message: %s}\n"
    await server.save(flow("one", log % ("a", "x") + log % ("gone", "x"), description="old"))
    second = await update(server, flow("one", log % ("a", "y") + log % ("b", "x"), labels="{team: x}"), if_match='"1"')
    assert (second.status_code, second.json()["revision"]) == (200, 2)
    mine = flow("one", log % ("mine", "x"))
    refused = await update(server, mine, if_match="1")
    assert refused.status_code == 412
    assert refused.json()["detail"] == (
        "flow demo.one has revision 2 by now, not 1; since then: "
        "description removed, tasks.a changed, tasks.gone removed, tasks.b added, labels added"
    )
    assert [one["message"] for one in refused.json()["errors"]][1] == "tasks.a changed"
    assert (await server.get("/flows/demo/one"))["revision"] == 2
    assert (await update(server, mine, if_match="*")).json()["revision"] == 3
    assert (await update(server, mine, if_match="1")).json()["revision"] == 3, "the same source: nothing is lost"


@pytest.mark.parametrize(
    ("tag", "status", "told"),
    [
        pytest.param('W/"1"', 200, '"revision":2', id="weak"),
        pytest.param('"7"', 412, "it was never there", id="never there"),
        pytest.param('"x"', 400, "If-Match", id="no revision"),
    ],
)
async def test_what_if_match_may_say(server: House, tag: str, status: int, told: str) -> None:
    await server.save(flow("one"))
    answer = await update(server, flow("one", description="new"), if_match=tag)
    assert (answer.status_code, told in answer.text) == (status, True), answer.text


async def test_of_two_that_save_over_one_revision_one_is_refused(server: House) -> None:
    await server.save(flow("one"))
    texts = [flow("one", description=f"by {who}") for who in range(5)]
    answers = await asyncio.gather(*(update(server, text, if_match="1") for text in texts))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]


async def test_a_change_of_comments_is_told_as_such(server: House) -> None:
    await server.save(flow("one"))
    assert (await update(server, flow("one") + "# more\n", if_match="1")).status_code == 200
    assert "only comments or spaces changed" in (await update(server, flow("one", description="x"), if_match="1")).text


async def test_ids_of_tasks_are_shown_as_the_texts_they_are_read_as(server: House) -> None:
    log = "type: io.kestra.plugin.core.log.Log, message: {id: 5, type: x}"
    inner = f"  - id: on\n    type: io.kestra.plugin.core.flow.Sequential\n    tasks: [{{id: off, {log}}}]\n"
    shown = (await server.save(flow("one", inner)))["tasks"][0]
    assert (shown["id"], shown["tasks"][0]["id"]) == ("true", "false")
    assert shown["tasks"][0]["message"] == {"id": 5, "type": "x"}


async def test_a_flow_in_json_is_saved_as_yaml(server: House) -> None:
    task = {"id": "log", "type": "io.kestra.plugin.core.log.Log", "message": "hi"}
    answer = await server.client.post("/api/v1/main/flows", json={"id": "one", "namespace": "demo", "tasks": [task]})
    assert answer.status_code == 200
    assert answer.json()["source"].startswith("id: one\nnamespace: demo\ntasks:\n")


async def test_a_deleted_flow_is_seen_only_when_asked_for_and_numbering_goes_on(server: House) -> None:
    await server.save(flow("one"))
    path = "/api/v1/main/flows/demo/one"
    assert (await server.client.delete(path)).status_code == 204
    assert (await server.client.delete(path)).status_code == 404
    assert (await server.client.get(path)).status_code == 404
    gone = (await server.client.get(f"{path}?allowDeleted=true")).json()
    before = (await server.client.get(f"{path}?allowDeleted=true&revision=1")).json()
    assert (gone["deleted"], gone["revision"], before["deleted"]) == (True, 2, False)
    assert (await server.save(flow("one")))["revision"] == 3


async def test_source_is_answered_only_when_asked_for(server: House) -> None:
    await server.save(flow("one"))
    assert "source" not in await server.get("/flows/demo/one")
    assert (await server.get("/flows/demo/one?source=true"))["source"] == flow("one")


async def test_revisions_are_listed_oldest_first(server: House) -> None:
    await server.save(flow("one"))
    await server.client.put("/api/v1/main/flows/demo/one", content=flow("one", LOG), headers=YAML)
    assert [row["revision"] for row in await server.get("/flows/demo/one/revisions")] == [1, 2]
    assert (await server.client.get("/api/v1/main/flows/demo/none/revisions")).status_code == 404


async def test_a_nested_task_is_found_by_its_id(server: House) -> None:
    inner = "  - id: all\n    type: io.kestra.plugin.core.flow.Sequential\n    tasks:\n" + LOG.replace(
        "  ", "      ", 1
    ).replace("\n    ", "\n        ")
    await server.save(flow("one", inner))
    assert (await server.get("/flows/demo/one/tasks/after"))["message"] == "after"
    assert (await server.client.get("/api/v1/main/flows/demo/one/tasks/undefined")).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("", ["one", "two"], id="all"),
        pytest.param("filters[flowId][EQUALS]=one", ["one"], id="by id"),
        pytest.param("filters%5Bnamespace%5D%5BPREFIX%5D=demo", ["one", "two"], id="brackets encoded"),
        pytest.param("filters[namespace][IN]=demo,x", ["one", "two"], id="comma list"),
        pytest.param("filters[labels][EQUALS][team]=a", ["one"], id="label as map"),
        pytest.param("filters[labels][EQUALS]=team:a", ["one"], id="label as text"),
        pytest.param("q=tw", ["two"], id="flat text"),
        pytest.param("filters=%5B%5D&query=x", ["one", "two"], id="what generated clients send"),
        pytest.param("sort=id:desc", ["two", "one"], id="sorted"),
        pytest.param("page=2&size=1&sort=id:asc", ["two"], id="second page"),
        pytest.param("page=9", [], id="past the end"),
    ],
)
async def test_flows_are_found(server: House, query: str, found: list[str]) -> None:
    await server.save(flow("one", labels="{team: a}"))
    await server.save(flow("two", labels="{team: b}"))
    page = await server.get(f"/flows/search?{query}")
    assert [item["id"] for item in page["results"]] == found
    assert page["total"] >= len(found)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param("filters[nope][EQUALS]=x", 400, id="unknown field"),
        pytest.param("filters[q][NOPE]=x", 400, id="unknown operator"),
        pytest.param("filters[q]=x", 400, id="no operator"),
        pytest.param("filters[q][EQUALS=x", 400, id="open bracket"),
        pytest.param("sort=id", 422, id="no direction"),
        pytest.param("page=0", 422, id="page below 1"),
        pytest.param("size=0", 422, id="size below 1"),
        pytest.param("page=x", 400, id="no number"),
    ],
)
async def test_a_bad_question_is_refused(server: House, query: str, status: int) -> None:
    answer = await server.client.get(f"/api/v1/main/flows/search?{query}")
    assert answer.status_code == status
    assert answer.json()["_embedded"]["errors"]


async def test_sources_are_searched_and_the_place_is_marked(server: House) -> None:
    await server.save(flow("one"))
    page = await server.get("/flows/source?q=hello")
    assert page["total"] == 1
    assert page["results"][0]["fragments"] == ["message: [mark]Hello[/mark]"]


async def test_five_mistakes_are_five_problems_with_their_lines(server: House) -> None:
    answer = await server.client.post("/api/v1/main/flows/validate", content=FIVE_MISTAKES, headers=YAML)
    assert answer.status_code == 200
    [result] = answer.json()
    assert [problem["line"] for problem in result["problems"]] == sorted(p["line"] for p in result["problems"])
    lines = {problem["line"] for problem in result["problems"]}
    assert {1, 5, 9, 11, 12} <= lines
    assert "did you mean `message`" in result["constraints"]
    created = await server.client.post("/api/v1/main/flows", content=FIVE_MISTAKES, headers=YAML)
    assert created.status_code == 422
    assert {error["line"] for error in created.json()["_embedded"]["errors"]} == lines


async def test_several_documents_are_validated_in_order_and_outdated_ones_are_told(server: House) -> None:
    await server.save(flow("one"))
    text = "revision: 1\n" + flow("one") + "---\n" + flow("two") + "\n---\nid: [\n"
    results = (await server.client.post("/api/v1/main/flows/validate", content=text, headers=YAML)).json()
    assert [(item["index"], item.get("flow"), item["outdated"], "constraints" in item) for item in results] == [
        (0, "one", True, False),
        (1, "two", False, False),
        (2, None, False, True),
    ]


@pytest.mark.parametrize(
    ("path", "part", "told"),
    [
        pytest.param("task?section=TASKS", {"id": "a", "type": "no.Such"}, "Invalid type: no.Such", id="type"),
        pytest.param(
            "task?section=TASKS", {"id": "a", "type": "io.kestra.plugin.core.log.Log"}, "message", id="missing"
        ),
        pytest.param("trigger", {"id": "a", "type": "no.Such"}, "Invalid type: no.Such", id="trigger"),
    ],
)
async def test_a_part_is_validated_alone(server: House, path: str, part: dict[str, str], told: str) -> None:
    answer = await server.client.post(f"/api/v1/main/flows/validate/{path}", json=part)
    assert answer.status_code == 200
    assert told in answer.json()["constraints"]


async def test_disabling_counts_flows_that_changed_and_writes_it_into_the_source(server: House) -> None:
    await server.save(flow("one"))
    ids = [{"namespace": "demo", "id": "one", "additional_properties": {}}]
    first = await server.client.post("/api/v1/main/flows/disable/by-ids", json=ids)
    second = await server.client.post("/api/v1/main/flows/disable/by-ids", json=ids)
    assert (first.json(), second.json()) == ({"count": 1}, {"count": 0})
    document = await server.get("/flows/demo/one?source=true")
    assert (document["disabled"], document["revision"]) == (True, 2)
    assert document["source"].endswith("disabled: true\n")
    enabled = await server.client.post("/api/v1/main/flows/enable/by-query?filters[flowId][EQUALS]=one")
    assert enabled.json() == {"count": 1}
    assert "disabled: false" in (await server.get("/flows/demo/one?source=true"))["source"]


async def test_a_namespace_is_replaced_by_one_text(server: House) -> None:
    await server.save(flow("old"))
    text = flow("one") + "---\n" + flow("two")
    answer = await server.client.post("/api/v1/main/flows/demo", content=text, headers=YAML)
    assert [item["id"] for item in answer.json()] == ["one", "two"]
    assert [item["id"] for item in await server.get("/flows/demo")] == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(flow("one") + "---\n" + flow("one"), "Duplicate", id="twins"),
        pytest.param(flow("one").replace("demo", "other"), "namespace", id="another namespace"),
        pytest.param(flow("one") + "---\nid: x\n", "tasks", id="a wrong one"),
    ],
)
async def test_nothing_is_replaced_when_one_of_the_flows_is_wrong(server: House, text: str, told: str) -> None:
    await server.save(flow("old"))
    answer = await server.client.post("/api/v1/main/flows/demo", content=text, headers=YAML)
    assert answer.status_code == 422
    assert told in answer.text
    assert [item["id"] for item in await server.get("/flows/demo")] == ["old"]


async def test_a_bulk_update_deletes_others_only_of_a_namespace_that_is_named(server: House) -> None:
    await server.save(flow("old"))
    await server.client.post("/api/v1/main/flows/bulk", content=flow("one"), headers=YAML)
    assert [item["id"] for item in await server.get("/flows/demo")] == ["old", "one"]
    await server.client.post("/api/v1/main/flows/bulk?namespace=demo", content=flow("one"), headers=YAML)
    assert [item["id"] for item in await server.get("/flows/demo")] == ["one"]


async def test_exported_flows_come_back_by_import(server: House) -> None:
    await server.save(flow("one"))
    exported = await server.client.get("/api/v1/main/flows/export/by-query")
    assert exported.headers["content-disposition"] == 'attachment; filename="flows.zip"'
    assert exported.headers["content-type"] == "application/octet-stream"
    with ZipFile(BytesIO(exported.content)) as archive:
        assert archive.namelist() == ["demo.one.yml"]
    await server.client.delete("/api/v1/main/flows/demo/one")
    files = {"fileUpload": ("flows.zip", exported.content)}
    answer = await server.client.post("/api/v1/main/flows/import", files=files)
    assert answer.json() == []
    assert (await server.get("/flows/demo/one"))["revision"] == 3


async def test_an_import_names_the_flows_that_are_wrong_or_refuses_them(server: House) -> None:
    files = {"fileUpload": ("flows.yaml", (flow("one") + "---\n" + flow("two", "  - id: x\n")).encode())}
    assert (await server.client.post("/api/v1/main/flows/import", files=files)).json() == ["two"]
    refused = await server.client.post("/api/v1/main/flows/import?failOnError=true", files=files)
    assert refused.status_code == 422
    other = {"fileUpload": ("flows.txt", b"x")}
    assert (await server.client.post("/api/v1/main/flows/import", files=other)).status_code == 422


async def test_flows_are_deleted_by_ids_and_by_query(server: House) -> None:
    for name in ("one", "two", "three"):
        await server.save(flow(name))
    ids = [{"namespace": "demo", "id": "one"}, {"namespace": "demo", "id": "none"}]
    by_ids = await server.client.request("DELETE", "/api/v1/main/flows/delete/by-ids", json=ids)
    body = {"filters": [{"field": "FLOW_ID", "operation": "EQUALS", "value": {"value": "two"}}]}
    by_query = await server.client.request("DELETE", "/api/v1/main/flows/delete/by-query", json=body)
    assert (by_ids.json(), by_query.json()) == ({"count": 1}, {"count": 1})
    assert [item["id"] for item in await server.get("/flows/demo")] == ["three"]


async def test_a_filter_that_cannot_be_read_never_deletes_everything(server: House) -> None:
    await server.save(flow("one"))
    answer = await server.client.delete("/api/v1/main/flows/delete/by-query?filters=%5Bnamespace%5D")
    assert answer.status_code == 400
    assert len(await server.get("/flows/demo")) == 1


async def test_csv_has_its_header_and_no_formulas(server: House) -> None:
    await server.save(flow("one", description='"=1+1"'))
    answer = await server.client.get("/api/v1/main/flows/export/by-query/csv")
    assert answer.headers["content-type"].startswith("text/csv")
    header, row = answer.text.splitlines()
    assert header == "id,namespace,revision,description,disabled,labels"
    assert row == "one,demo,1,'=1+1,false,"


async def test_namespaces_of_flows_are_listed(server: House) -> None:
    await server.save(flow("one", FAIL))
    assert await server.get("/flows/distinct-namespaces") == ["demo"]
    assert await server.get("/flows/distinct-namespaces?q=x") == []


async def test_a_revision_line_stays_in_the_source_and_makes_no_revision(server: House) -> None:
    source = flow("one")
    await server.save(source)
    told = "revision: 7\n" + source
    same = await server.client.put("/api/v1/main/flows/demo/one", content=told, headers=YAML)
    changed = await server.client.put("/api/v1/main/flows/demo/one", content=f"{told}# new\n", headers=YAML)
    again = await server.client.put("/api/v1/main/flows/demo/one", content=f"{source}# new\n", headers=YAML)
    assert [answer.json()["revision"] for answer in (same, changed, again)] == [1, 2, 2]
    assert changed.json()["source"] == f"{told}# new\n"
