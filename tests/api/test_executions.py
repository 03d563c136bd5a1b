"""Executions over HTTP: start, read, find. Source of the shapes: reference api.md §1.1, §2.2, §2.3, §2.9."""

from typing import Any

import pytest

from lanner.api.execution_answers import PART, WHOLE
from tests.api.house import FAIL, LOG, PAUSE, YAML, House, flow

pytestmark = pytest.mark.anyio

WITH_INPUTS = """id: asking
namespace: demo
inputs:
  - id: name
    type: STRING
  - id: age
    type: INT
    defaults: 7
  - id: file
    type: FILE
    required: false
tasks:
  - id: show
    type: io.kestra.plugin.core.debug.Return
    format: "{{ inputs.name }} {{ inputs.age }}"
"""
OUTPUTS = '  - id: give\n    type: io.kestra.plugin.core.output.OutputValues\n    values:\n      word: "{{ 1 + 1 }}"\n'
EMPTY_FORM = {"content-type": "multipart/form-data; boundary=xyz"}


LOOP = """id: loop
namespace: demo
inputs:
  - id: count
    type: INT
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: "{{ range(1, inputs.count) }}"
    concurrencyLimit: 0
    tasks:
      - id: give
        type: io.kestra.plugin.core.output.OutputValues
        values:
          v: "{{ taskrun.value }}"
"""


@pytest.mark.parametrize("count", [3, 2 * PART, WHOLE + 1], ids=["few", "whole", "in parts"])
async def test_an_execution_is_answered_whole_however_many_task_runs_it_has(server: House, count: int) -> None:
    await server.save(LOOP)
    started = await server.start("loop", wait=True, files={"count": (None, str(count))})
    read = await server.get(f"/executions/{started['id']}")
    assert [run["value"] for run in read["taskRunList"][1:]] == [str(number) for number in range(1, count + 1)]
    assert read["taskRunList"][-1]["outputs"] == {"values": {"v": str(count)}}
    assert started["taskRunList"] == read["taskRunList"]
    assert list(read) == [*(key for key in started if key != "url")]
    assert read["state"]["current"] == "SUCCESS"


async def test_task_runs_sort_by_their_ids_as_they_were_made(server: House) -> None:
    await server.save(LOOP)
    ids = [run["id"] for run in (await server.start("loop", wait=True, files={"count": (None, "300")}))["taskRunList"]]
    assert ids == sorted(set(ids))
    assert {len(id_) for id_ in ids} == {22}


async def test_a_waited_for_execution_is_answered_with_its_end(server: House) -> None:
    await server.save(flow("one", labels="{team: data}", variables="{word: x}"))
    document = await server.start("one", wait=True, query="&labels=a:b%3Ac")
    own_id = document["id"]
    assert document["state"]["current"] == "SUCCESS"
    assert [step["state"] for step in document["state"]["histories"]] == ["CREATED", "RUNNING", "SUCCESS"]
    assert document["state"]["startDate"] == document["state"]["histories"][0]["date"]
    assert document["state"]["endDate"] == document["state"]["histories"][-1]["date"]
    assert document["state"]["duration"].startswith("PT")
    assert document["labels"] == [
        {"key": "team", "value": "data"},
        {"key": "a", "value": "b:c"},
        {"key": "system.correlationId", "value": own_id},
    ]
    assert document["variables"] == {"word": "x"}
    assert document["url"] == f"http://lanner.test/ui/main/executions/demo/one/{own_id}"
    assert (document["originalId"], document["deleted"], document["flowRevision"]) == (own_id, False, 1)
    assert document["metadata"]["attemptNumber"] == 1
    [run] = document["taskRunList"]
    assert (run["taskId"], run["executionId"], run["state"]["current"]) == ("log", own_id, "SUCCESS")
    assert [attempt["state"]["current"] for attempt in run["attempts"]] == ["SUCCESS"]
    assert {"inputs", "outputs", "parentId", "trigger", "kind", "scheduleDate"}.isdisjoint(document)


async def test_an_execution_is_answered_the_same_with_and_without_tenant(server: House) -> None:
    await server.save(flow("one", OUTPUTS))
    own_id = (await server.start("one", wait=True))["id"]
    with_tenant = await server.client.get(f"/api/v1/main/executions/{own_id}")
    without = await server.client.get(f"/api/v1/executions/{own_id}")
    assert with_tenant.json() == without.json()
    assert with_tenant.json()["taskRunList"][0]["outputs"] == {"values": {"word": "2"}}
    assert (await server.client.get("/api/v1/other/executions/search")).status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        pytest.param("demo/none", 404, "not found", id="unknown flow"),
        pytest.param("demo/off", 409, "Requested Flow is disabled.", id="disabled flow"),
        pytest.param("demo/one?labels=system.x:1", 422, "System labels", id="system label"),
        pytest.param("demo/one?labels=nocolon", 422, "key:value", id="label without value"),
        pytest.param("demo/one?kind=NOPE", 422, "kind of execution", id="unknown kind"),
        pytest.param("demo/one?revision=9", 404, "not found", id="unknown revision"),
        pytest.param("demo/one?scheduleDate=tomorrow", 400, "scheduleDate", id="no date"),
    ],
)
async def test_a_start_that_is_not_possible_is_refused(server: House, path: str, status: int, message: str) -> None:
    await server.save(flow("one"))
    await server.save(flow("off", disabled="true"))
    answer = await server.client.post(f"/api/v1/main/executions/{path}")
    assert answer.status_code == status
    assert message in answer.json()["message"]


@pytest.mark.parametrize(
    "request_body",
    [
        pytest.param({}, id="nothing at all"),
        pytest.param({"headers": EMPTY_FORM, "content": b"--xyz--\r\n"}, id="closing boundary only"),
        pytest.param({"headers": EMPTY_FORM, "content": b"--xyz--"}, id="closing boundary without line end"),
        pytest.param({"headers": EMPTY_FORM, "content": b""}, id="empty form"),
        pytest.param({"headers": {"content-type": "application/json"}, "content": b""}, id="empty JSON"),
        pytest.param({"files": {"0": (None, '{"key":"value"}')}}, id="inputs nobody asked for"),
    ],
)
async def test_an_execution_without_inputs_takes_every_empty_body(server: House, request_body: dict[str, Any]) -> None:
    await server.save(flow("one"))
    assert (await server.start("one", wait=True, **request_body))["state"]["current"] == "SUCCESS"


async def test_inputs_are_typed_and_files_are_stored(server: House) -> None:
    await server.save(WITH_INPUTS)
    files = {"name": (None, "Ada"), "age": (None, "36"), "file": ("my data.csv", b"a,b\n")}
    document = await server.start("asking", wait=True, files=files)
    own_id = document["id"]
    uri = f"kestra:///demo/asking/executions/{own_id}/inputs/file/my data.csv"
    assert document["inputs"] == {"name": "Ada", "age": 36, "file": uri}
    assert document["taskRunList"][0]["outputs"] == {"value": "Ada 36"}
    got = await server.client.get(f"/api/v1/main/executions/{own_id}/file", params={"path": uri})
    assert (got.content, got.headers["content-type"]) == (b"a,b\n", "application/octet-stream")


async def test_a_file_may_come_in_the_old_form(server: House) -> None:
    await server.save(WITH_INPUTS)
    files = [("name", (None, "Ada")), ("files", ("file", b"old"))]
    document = await server.start("asking", files=files)
    assert document["inputs"]["file"].endswith("/inputs/file/file")


async def test_all_wrong_inputs_are_named_and_nothing_is_stored(server: House) -> None:
    await server.save(WITH_INPUTS)
    files: dict[str, Any] = {"age": (None, "many"), "file": ("x.csv", b"1")}
    answer = await server.client.post("/api/v1/main/executions/demo/asking", files=files)
    assert answer.status_code == 422
    assert {error["path"] for error in answer.json()["_embedded"]["errors"]} == {"name", "age"}
    assert "missing required input" in answer.json()["message"]
    assert (await server.get("/executions/search"))["total"] == 0


async def test_inputs_are_validated_without_starting_anything(server: House) -> None:
    await server.save(WITH_INPUTS)
    answer = await server.client.post("/api/v1/main/executions/demo/asking/validate", files={"name": (None, "Ada")})
    assert answer.status_code == 200
    document = answer.json()
    assert (document["id"], document["namespace"], document["checks"]) == ("asking", "demo", [])
    shown = [(item["input"]["id"], item.get("value"), item["isDefault"], item["errors"]) for item in document["inputs"]]
    assert shown == [("name", "Ada", False, []), ("age", 7, True, []), ("file", None, False, [])]
    assert (await server.get("/executions/search"))["total"] == 0


async def test_a_revision_a_kind_and_breakpoints_are_kept(server: House) -> None:
    await server.save(flow("one"))
    await server.client.put("/api/v1/main/flows/demo/one", content=flow("one", LOG), headers=YAML)
    document = await server.start("one", wait=True, query="&revision=1&kind=TEST")
    assert (document["flowRevision"], document["kind"]) == (1, "TEST")
    stopped = await server.start("one", query="&breakpoints=after,x.y")
    assert stopped["breakpoints"] == [{"id": "after"}, {"id": "x", "value": "y"}]
    assert "kind" not in await server.start("one", query="&kind=NORMAL")


async def test_an_execution_for_later_waits(server: House) -> None:
    await server.save(flow("one"))
    document = await server.start("one", query="&scheduleDate=2999-01-01T00:00:00Z")
    assert (document["state"]["current"], document["scheduleDate"]) == ("CREATED", "2999-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("query", "flows"),
    [
        pytest.param("", ["two", "one"], id="newest first"),
        pytest.param("sort=state.startDate:asc", ["one", "two"], id="sorted"),
        pytest.param("state=FAILED", ["two"], id="state"),
        pytest.param("filters[state][IN]=SUCCESS,WARNING", ["one"], id="states in brackets"),
        pytest.param("flowId=two", ["two"], id="flow"),
        pytest.param("namespace=dem", [], id="namespace is a prefix of parts"),
        pytest.param("labels=k:v", ["one"], id="label"),
        pytest.param("filters[timeRange][EQUALS]=PT1H", ["two", "one"], id="time range"),
        pytest.param("filters[startDate][GREATER_THAN_OR_EQUAL_TO]=2999-01-01T00:00:00Z", [], id="start date"),
        pytest.param("filters[kind][EQUALS]=DEFAULT", [], id="unknown kind is no error"),
        pytest.param("filters[childFilter][EQUALS]=MAIN", ["two", "one"], id="main executions"),
        pytest.param("filters[childFilter][EQUALS]=CHILD", [], id="children"),
    ],
)
async def test_executions_are_found(server: House, query: str, flows: list[str]) -> None:
    await server.save(flow("one"))
    await server.save(flow("two", FAIL))
    await server.start("one", wait=True, query="&labels=k:v")
    await server.start("two", wait=True)
    page = await server.get(f"/executions/search?{query}")
    assert [item["flowId"] for item in page["results"]] == flows
    assert page["total"] == len(flows)
    assert all(item["taskRunList"] for item in page["results"])


async def test_executions_of_a_flow_and_the_newest_of_several(server: House) -> None:
    await server.save(flow("one"))
    older = (await server.start("one", wait=True))["id"]
    newest = (await server.start("one", wait=True))["id"]
    page = await server.get("/executions?namespace=demo&flowId=one")
    assert (page["total"], page["results"][0]["id"]) == (2, newest)
    asked = [{"namespace": "demo", "id": "one"}, {"namespace": "demo", "id": "none"}]
    [found] = (await server.client.post("/api/v1/main/executions/latest", json=asked)).json()
    assert (found["id"], found["status"]) == (newest, "SUCCESS")
    assert set(found) == {"id", "flowId", "namespace", "startDate", "status", "duration"}
    await server.save(flow("two"))
    other = (await server.start("two", wait=True))["id"]
    asked.append({"namespace": "demo", "id": "two"})
    last = (await server.client.post("/api/v1/main/executions/latest?size=5", json=asked)).json()
    assert [one["id"] for one in last] == [newest, older, other]
    refused = await server.client.post("/api/v1/main/executions/latest?size=101", json=asked)
    assert (refused.status_code, "1 to 100" in refused.text) == (422, True)
    missing = await server.client.get("/api/v1/main/executions?namespace=demo")
    assert missing.status_code == 400


async def test_the_flow_of_an_execution_shows_no_task_bodies(server: House) -> None:
    await server.save(flow("one", PAUSE))
    own_id = (await server.start("one"))["id"]
    for path in (f"/executions/{own_id}/flow", "/executions/flows/demo/one"):
        document = await server.get(path)
        assert document["tasks"] == [{"id": "hold", "type": "io.kestra.plugin.core.flow.Pause"}]
    [listed] = await server.get("/executions/namespaces/demo/flows")
    assert listed["id"] == "one"
    assert await server.get("/executions/namespaces") == ["demo"]


async def test_outputs_are_also_there_as_2_0_asks_for_them(server: House) -> None:
    await server.save(flow("one", OUTPUTS + LOG))
    document = await server.start("one", wait=True)
    give, after = document["taskRunList"]
    [listed] = await server.get(f"/outputs/{document['id']}")
    assert listed == {"taskId": "give", "taskRunId": give["id"], "inline": True}
    assert await server.get(f"/outputs/{document['id']}/{give['id']}") == {"values": {"word": "2"}}
    assert await server.get(f"/outputs/tasks/{document['id']}/{after['id']}") == {}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("kestra:///other/place.csv", 422, id="elsewhere"),
        pytest.param("file:///etc/passwd", 422, id="another scheme"),
        pytest.param("kestra:///demo/asking/executions/{id}/../x", 422, id="upwards"),
        pytest.param("kestra:///demo/asking/executions/{id}/inputs/none", 404, id="no such file"),
        pytest.param("kestra:///demo/asking/executions/{other}/inputs/file/a.csv", 302, id="of another execution"),
    ],
)
async def test_files_are_given_only_of_the_execution_itself(server: House, path: str, status: int) -> None:
    await server.save(WITH_INPUTS)
    files = {"name": (None, "Ada"), "file": ("a.csv", b"1\n2\n3\n")}
    own, other = [(await server.start("asking", files=files))["id"] for _ in range(2)]
    params = {"path": path.replace("{id}", own).replace("{other}", other)}
    for end in ("file", "file/metas", "file/preview"):
        answer = await server.client.get(f"/api/v1/main/executions/{own}/{end}", params=params)
        assert answer.status_code == status
    if status == 302:
        answer = await server.client.get(answer.headers["location"])
        assert answer.json()["content"] == "1\n2\n3\n"


async def test_a_preview_is_cut_at_its_rows(server: House) -> None:
    await server.save(WITH_INPUTS)
    files = {"name": (None, "Ada"), "file": ("a.csv", b"1\n2\n3\n")}
    document = await server.start("asking", files=files)
    base = f"/api/v1/main/executions/{document['id']}/file"
    params = {"path": document["inputs"]["file"], "maxRows": "2"}
    assert (await server.client.get(f"{base}/preview", params=params)).json() == {
        "extension": "csv",
        "type": "TEXT",
        "content": "1\n2\n",
        "maxLine": 2,
        "truncated": True,
    }
    assert (await server.client.get(f"{base}/metas", params=params)).json() == {"size": 6}
    bad = await server.client.get(f"{base}/preview", params={**params, "encoding": "nope"})
    assert bad.status_code == 422


async def test_executions_are_exported_as_csv(server: House) -> None:
    await server.save(flow("one"))
    own_id = (await server.start("one", wait=True))["id"]
    answer = await server.client.get("/api/v1/main/executions/export/by-query/csv")
    header, row = answer.text.splitlines()
    assert header.startswith("id,namespace,flowId")
    assert row.startswith(f"{own_id},demo,one,1,SUCCESS,")


async def test_the_values_of_a_field(server: House) -> None:
    await server.save(flow("one"))
    await server.save(flow("two", FAIL))
    for name in ("one", "two", "one"):
        await server.start(name, wait=True, query=f"&labels=of:{name}")
    assert await server.get("/executions/distinct-field-values?field=state") == ["FAILED", "SUCCESS"]
    assert await server.get("/executions/distinct-field-values?field=FLOW_ID&size=1") == ["one"]
    ok = "filters[state][IN]=SUCCESS"
    labels = await server.get(f"/executions/distinct-field-values?field=LABELS&{ok}")
    assert [text for text in labels if not text.startswith("system.")] == ["of:one"]
    for field in ("startDate", "nope"):
        answer = await server.client.get(f"/api/v1/main/executions/distinct-field-values?field={field}")
        assert (answer.status_code, field in answer.text) == (400, True)
