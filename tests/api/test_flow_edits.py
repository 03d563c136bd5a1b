"""One task of a flow, its old revisions, its deprecated tasks. Source: reference api.md §1.3."""

from typing import Any

import pytest

from tests.api.house import PAUSE, YAML, House, flow

pytestmark = pytest.mark.anyio

LOG = "io.kestra.plugin.core.log.Log"
SOURCE = f"""id: one # the flow
namespace: demo
tasks:
  # says hello
  - id: a
    type: {LOG}
    message: |
      hello

  # the rest
  - id: both
    type: io.kestra.plugin.core.flow.Sequential
    tasks: [{{id: b, type: {LOG}, message: b}}] # on one line
"""


async def patch(server: House, task_id: str, task: Any, status: int = 200) -> Any:
    """Replace a task."""
    answer = await server.client.patch(f"/api/v1/main/flows/demo/one/{task_id}", json=task)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_a_task_is_replaced_and_everything_else_stays_as_written(server: House) -> None:
    await server.save(SOURCE)
    saved = await patch(server, "a", {"id": "a", "type": LOG, "message": "hi\nyou\n", "level": "WARN"})
    assert (saved["revision"], saved["tasks"][0]["level"]) == (2, "WARN")
    saved = await patch(server, "b", {"id": "b", "type": LOG, "message": "{{ flow.id }}"})
    source = (await server.get("/flows/demo/one?source=true"))["source"]
    old = f"    type: {LOG}\n    message: |\n      hello\n"
    new = f"    type: {LOG}\n    message: |\n      hi\n      you\n    level: WARN\n"
    assert source == SOURCE.replace(old, new).replace("message: b}", "message: '{{ flow.id }}'}")
    assert (await server.start("one", wait=True))["state"]["current"] == "SUCCESS"


@pytest.mark.parametrize(
    ("task_id", "task", "status", "told"),
    [
        pytest.param("none", {"id": "none", "type": LOG}, 404, "none", id="no such task"),
        pytest.param("a", {"id": "c", "type": LOG, "message": "x"}, 422, "'a'", id="another id"),
        pytest.param("a", {"type": LOG}, 422, "'a'", id="no id"),
        pytest.param("a", {"id": "a", "type": "nope"}, 422, "nope", id="no type"),
        pytest.param("a", [], 422, "a task", id="no object"),
    ],
)
async def test_a_wrong_task_is_refused(server: House, task_id: str, task: Any, status: int, told: str) -> None:
    await server.save(SOURCE)
    assert told in (await patch(server, task_id, task, status))["message"]
    assert (await server.get("/flows/demo/one"))["revision"] == 1


async def test_old_revisions_are_deleted_and_the_others_keep_their_numbers(server: House) -> None:
    await server.save(flow("one", PAUSE))
    for number in (2, 3, 4):
        source = flow("one", description=f"number {number}")
        await server.client.put("/api/v1/main/flows/demo/one", content=source, headers=YAML)

    async def delete(which: str) -> tuple[int, str]:
        answer = await server.client.delete(f"/api/v1/main/flows/demo/one/revisions?{which}")
        return answer.status_code, answer.text

    running = await server.start("one", query="&revision=1")
    assert (await delete("revisions=1,2"))[0] == 409
    assert (await delete("revisions=1"))[1].count(running["id"]) > 0
    assert await delete("revisions=2&revisions=3,9") == (200, "")
    assert [one["revision"] for one in await server.get("/flows/demo/one/revisions")] == [1, 4]
    assert "newest" in (await delete("revisions=4"))[1]
    assert (await delete("revisions=x"))[0] == (await delete(""))[0] == 400
    assert (await server.client.get("/api/v1/main/flows/demo/one?revision=2")).status_code == 404
    await server.client.post(f"/api/v1/main/executions/{running['id']}/resume")
    await server.until(running["id"], "SUCCESS")
    assert await delete("revisions=1") == (200, "")
    gone = await server.client.delete("/api/v1/main/flows/demo/none/revisions?revisions=1")
    assert gone.status_code == 404


async def test_flows_with_deprecated_tasks_are_listed_with_what_to_use_instead(server: House) -> None:
    each = "io.kestra.plugin.core.flow.EachSequential"
    inner = "{id: b, type: io.kestra.core.tasks.log.Log, message: x}"
    await server.save(flow("old", f"  - id: a\n    type: {each}\n    value: [1]\n    tasks: [{inner}]\n"))
    await server.save(flow("fresh"))
    [found] = await server.get("/flows/deprecated")
    assert (found["flowId"], found["revision"]) == ("old", 1)
    assert found["deprecatedTasks"] == [
        {"taskId": "a", "taskType": each, "replacement": "io.kestra.plugin.core.flow.ForEach"},
        {"taskId": "b", "taskType": "io.kestra.core.tasks.log.Log", "replacement": LOG},
    ]
    assert await server.get("/flows/deprecated?namespace=other") == []
    plugins = await server.get("/plugins")
    assert [one["deprecated"] for one in plugins[0]["tasks"] if one["cls"] == each] == [True]


async def test_an_editor_is_told_what_expressions_can_name(server: House) -> None:
    await server.client.put("/api/v1/main/namespaces/demo/kv/place", content='"x"')
    file = {"fileContent": ("a.sql", b"SELECT 1")}
    await server.client.post("/api/v1/main/namespaces/demo/files?path=/a.sql", files=file)
    await server.client.put("/api/v1/main/namespaces/demo/secrets", json={"key": "TOKEN", "value": "x"})
    fetch = "{id: fetch, type: io.kestra.plugin.core.http.Download, uri: x}"
    source = (
        "id: one\nnamespace: demo\ninputs: [{id: who, type: STRING}]\nvariables: {v: 1}\ntasks:\n"
        f"  - id: both\n    type: io.kestra.plugin.core.flow.Sequential\n    tasks:\n      - {fetch}\n"
        "  - {id: last-one, type: not.there.Yet}\n"
    )

    async def told(text: str, query: str = "") -> Any:
        answer = await server.client.post(f"/api/v1/main/flows/expressions{query}", content=text, headers=YAML)
        assert answer.status_code == 200
        return answer.json()["categories"]

    whole = await told(source)
    assert "outputs.fetch.uri" in whole["taskOutputs"]
    assert "outputs['last-one']" in whole["taskOutputs"]
    before = (await told(source, "?taskId=last-one"))["taskOutputs"]
    assert "outputs.fetch.uri" in before
    assert "outputs['last-one']" not in before
    assert (whole["inputs"], whole["variables"]) == (["inputs.who"], ["vars.v"])
    assert (whole["kvPairs"], whole["secrets"]) == (["kv('place')"], ["secret('TOKEN')"])
    assert whole["namespaceFiles"] == ["read('a.sql')"]
    assert "upper" in whole["filters"]
    assert {"execution.id", "flow.id"} <= set(whole["executionContext"])
    assert (await told("id: ["))["inputs"] == []
