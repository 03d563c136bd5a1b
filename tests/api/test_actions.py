"""Actions on executions. Source: reference api.md §1.1 (single actions, bulk), engine.md §8."""

from typing import Any

import pytest

from tests.api.house import FAIL, LOG, PAUSE, YAML, House, flow

pytestmark = pytest.mark.anyio

ASKING = PAUSE + "    onResume:\n      - id: reason\n        type: STRING\n"


async def act(server: House, execution_id: str, action: str, method: str = "POST", **rest: Any) -> Any:
    """Return the answer to an action; ``action`` holds the end of the path."""
    return await server.client.request(method, f"/api/v1/main/executions/{execution_id}/{action}", **rest)


@pytest.mark.parametrize(("path", "status"), [("kill", 202), ("actions/kill", 200)])
async def test_a_kill_ends_an_execution(server: House, path: str, status: int) -> None:
    await server.save(flow("one", PAUSE))
    own_id = (await server.start("one"))["id"]
    await server.until(own_id, "PAUSED")
    answer = await act(server, own_id, path, "DELETE")
    assert answer.status_code == status
    assert (await server.until(own_id, "KILLED"))["taskRunList"][0]["state"]["current"] == "KILLED"
    again = await act(server, own_id, f"{path}?isOnKillCascade=false", "DELETE")
    assert again.status_code == 409


@pytest.mark.parametrize(("path", "status"), [("resume", 204), ("actions/resume", 200)])
async def test_a_resume_answers_what_the_pause_asks(server: House, path: str, status: int) -> None:
    await server.save(flow("one", ASKING + LOG))
    own_id = (await server.start("one"))["id"]
    await server.until(own_id, "PAUSED")
    checked = await act(server, own_id, f"{path}/validate")
    assert [item["errors"][0]["message"] for item in checked.json()["inputs"]] == [
        "Invalid input for `reason`, missing required input, but received `null`"
    ]
    refused = await act(server, own_id, path)
    assert (refused.status_code, (await server.get(f"/executions/{own_id}"))["state"]["current"]) == (422, "PAUSED")
    answer = await act(server, own_id, path, files={"reason": (None, "fine")})
    assert answer.status_code == status
    document = await server.until(own_id, "SUCCESS")
    outputs = document["taskRunList"][0]["outputs"]
    assert (outputs["onResume"], outputs["resumed"]["by"]) == ({"reason": "fine"}, "admin@kestra.io")
    assert (await act(server, own_id, path)).status_code == 409


async def test_a_failed_execution_is_restarted_under_its_id(server: House) -> None:
    await server.save(flow("one", FAIL))
    own_id = (await server.start("one", wait=True))["id"]
    answer = await act(server, own_id, "restart")
    assert (answer.status_code, answer.json()["id"]) == (200, own_id)
    document = await server.until(own_id, "FAILED")
    assert "RESTARTED" in [step["state"] for step in document["state"]["histories"]]
    assert {"key": "system.restarted", "value": "true"} in document["labels"]


async def test_a_restart_on_another_revision_is_a_new_execution(server: House) -> None:
    await server.save(flow("one", FAIL))
    own_id = (await server.start("one", wait=True))["id"]
    source = flow("one", LOG.replace("after", "bad", 1))
    await server.client.put("/api/v1/main/flows/demo/one", content=source, headers=YAML)
    document = (await act(server, own_id, "restart?revision=2")).json()
    assert document["id"] != own_id
    assert (document["flowRevision"], document["originalId"]) == (2, own_id)
    await server.until(document["id"], "SUCCESS")
    unknown = await act(server, own_id, "restart?revision=9")
    assert unknown.status_code == 404


async def test_a_replay_is_a_new_execution_and_marks_its_source(server: House) -> None:
    await server.save(flow("one", LOG))
    first = await server.start("one", wait=True)
    answer = await act(server, first["id"], "replay")
    document = answer.json()
    assert answer.status_code == 200
    assert document["id"] != first["id"]
    assert document["originalId"] == first["id"]
    assert {"key": "system.replay", "value": "true"} in document["labels"]
    assert (await server.until(document["id"], "SUCCESS"))["taskRunList"]
    source = await server.get(f"/executions/{first['id']}")
    assert {"key": "system.replayed", "value": "true"} in source["labels"]


async def test_a_replay_from_a_task_run_keeps_what_ran_before(server: House) -> None:
    await server.save(flow("one", LOG + LOG.replace("after", "last")))
    first = await server.start("one", wait=True)
    kept, again = first["taskRunList"]
    new_id = (await act(server, first["id"], f"actions/replay?taskRunId={again['id']}")).json()["id"]
    runs = (await server.until(new_id, "SUCCESS"))["taskRunList"]
    assert runs[0]["state"]["endDate"] == kept["state"]["endDate"]
    assert runs[1]["state"]["endDate"] > again["state"]["endDate"]
    unknown = await act(server, first["id"], "replay?taskRunId=none")
    assert unknown.status_code == 404


async def test_a_replay_may_have_other_inputs(server: House) -> None:
    inputs = "\n  - id: name\n    type: STRING\n    defaults: Ada\n"
    await server.save(flow("one", LOG, inputs=inputs))
    first = await server.start("one", wait=True)
    answer = await act(server, first["id"], "replay-with-inputs", files={"name": (None, "Eve")})
    assert (first["inputs"], answer.json()["inputs"]) == ({"name": "Ada"}, {"name": "Eve"})


@pytest.mark.parametrize(
    ("state", "action", "old", "new"),
    [
        pytest.param("SUCCESS", "pause", 422, 409, id="pause what has ended"),
        pytest.param("SUCCESS", "force-run", 422, 409, id="force what has ended"),
        pytest.param("SUCCESS", "unqueue?state=RUNNING", 422, 409, id="unqueue what is not queued"),
        pytest.param("SUCCESS", "unqueue", 400, 400, id="unqueue to nowhere"),
        pytest.param("SUCCESS", "restart", 422, 422, id="restart what has not failed"),
        pytest.param("SUCCESS", "resume-from-breakpoint", 409, 409, id="no breakpoint"),
        pytest.param("SUCCESS", "change-status?status=RUNNING", 422, 422, id="to a state that is none of the last"),
        pytest.param("SUCCESS", "change-status?status=NOPE", 422, 422, id="to no state"),
        pytest.param("SUCCESS", "change-status", 400, 400, id="no status"),
        pytest.param("PAUSED", "change-status?status=SUCCESS", 422, 422, id="of one that runs"),
        pytest.param("PAUSED", "restart", 409, 409, id="restart what runs"),
    ],
)
async def test_an_action_out_of_place_is_refused(server: House, state: str, action: str, old: int, new: int) -> None:
    await server.save(flow("one", PAUSE if state == "PAUSED" else LOG))
    own_id = (await server.start("one"))["id"]
    await server.until(own_id, state)
    assert (await act(server, own_id, action)).status_code == old
    assert (await act(server, own_id, f"actions/{action}")).status_code == new
    assert (await server.get(f"/executions/{own_id}"))["state"]["current"] == state


@pytest.mark.parametrize(
    "path",
    [
        "kill",
        "pause",
        "resume",
        "restart",
        "replay",
        "force-run",
        "unqueue?state=RUNNING",
        "change-status?status=FAILED",
    ],
)
async def test_an_action_on_nothing_is_404(server: House, path: str) -> None:
    answer = await act(server, "none", path, "DELETE" if path == "kill" else "POST")
    assert answer.status_code == 404


async def test_a_status_is_declared(server: House) -> None:
    await server.save(flow("one"))
    own_id = (await server.start("one", wait=True))["id"]
    answer = await act(server, own_id, "change-status?status=FAILED")
    assert answer.json()["state"]["current"] == "FAILED"


async def test_the_state_of_a_task_run_is_declared_and_the_flow_goes_on(server: House) -> None:
    await server.save(flow("one", FAIL + LOG))
    first = await server.start("one", wait=True)
    body = {"taskRunId": first["taskRunList"][0]["id"], "state": "SUCCESS", "executionId": first["id"]}
    answer = await act(server, first["id"], "actions/state", json=body)
    assert answer.json()["taskRunList"][0]["state"]["current"] == "SUCCESS"
    assert len((await server.until(first["id"], "SUCCESS"))["taskRunList"]) == 2
    unknown = await act(server, first["id"], "state", json={"taskRunId": "none", "state": "SUCCESS"})
    assert unknown.status_code == 404


async def test_labels_are_replaced_but_not_those_of_the_system(server: House) -> None:
    await server.save(flow("one", labels="{a: b}"))
    own_id = (await server.start("one", wait=True))["id"]
    answer = await act(server, own_id, "labels", json=[{"key": "c", "value": "d", "additional_properties": {}}])
    assert answer.json()["labels"] == [{"key": "c", "value": "d"}, {"key": "system.correlationId", "value": own_id}]
    refused = await act(server, own_id, "labels", json=[{"key": "system.x", "value": "d"}])
    assert refused.status_code == 422
    malformed = await act(server, own_id, "labels", json={"key": "c"})
    assert malformed.status_code == 422


async def test_labels_of_what_still_runs_are_refused(server: House) -> None:
    await server.save(flow("one", PAUSE))
    own_id = (await server.start("one"))["id"]
    assert (await act(server, own_id, "labels", json=[{"key": "c", "value": "d"}])).status_code == 400


async def test_a_breakpoint_stops_and_goes_on(server: House) -> None:
    await server.save(flow("one", LOG + LOG.replace("after", "last")))
    own_id = (await server.start("one", query="&breakpoints=after"))["id"]
    await server.until(own_id, "BREAKPOINT")
    answer = await act(server, own_id, "resume-from-breakpoint?breakpoints=last")
    assert answer.status_code == 204
    await server.until(own_id, "BREAKPOINT")
    assert (await act(server, own_id, "actions/resume-from-breakpoint")).status_code == 200
    await server.until(own_id, "SUCCESS")


async def test_an_execution_is_deleted_with_its_logs_and_files(server: House) -> None:
    await server.save(flow("one", LOG, inputs="\n  - id: file\n    type: FILE\n"))
    document = await server.start("one", wait=True, files={"file": ("a", b"1")})
    own_id = document["id"]
    path = document["inputs"]["file"].removeprefix("kestra://")
    assert server.desk.files._blobs.exists("main", path)
    assert (await server.client.delete(f"/api/v1/main/executions/{own_id}")).status_code == 204
    assert (await server.client.get(f"/api/v1/main/executions/{own_id}")).status_code == 404
    assert await server.get(f"/logs/{own_id}") == []
    assert not server.desk.files._blobs.exists("main", path)
    assert (await server.client.delete(f"/api/v1/main/executions/{own_id}")).status_code == 404


async def test_a_running_execution_is_deleted_at_once(server: House) -> None:
    await server.save(flow("one", PAUSE))
    own_id = (await server.start("one"))["id"]
    await server.until(own_id, "PAUSED")
    assert (await server.client.delete(f"/api/v1/main/executions/{own_id}?deleteStorage=false")).status_code == 204
    assert (await server.client.get(f"/api/v1/main/executions/{own_id}")).status_code == 404


@pytest.mark.parametrize(
    ("template", "answer"),
    [
        pytest.param("{{ 1 + 2 }} {{ execution.id == taskrun.id }}", {"result": "3 false"}, id="a value"),
        pytest.param("{{ taskrun.id is null ? 1 : outputs.give.values.word }}", {"result": "x"}, id="outputs"),
    ],
)
async def test_a_template_is_evaluated_as_a_task_run_sees_it(
    server: House, template: str, answer: dict[str, str]
) -> None:
    give = "  - id: give\n    type: io.kestra.plugin.core.output.OutputValues\n    values:\n      word: x\n"
    await server.save(flow("one", give + LOG))
    document = await server.start("one", wait=True)
    last = document["taskRunList"][1]["id"]
    headers = {"content-type": "text/plain"}
    for path in (f"eval/{last}", f"actions/eval/{last}"):
        assert (await act(server, document["id"], path, content=template, headers=headers)).json() == answer
    whole = await act(server, document["id"], "actions/eval", content="{{ flow.id }}", headers=headers)
    assert whole.json() == {"result": "one"}


async def test_a_template_that_fails_is_an_answer(server: House) -> None:
    await server.save(flow("one"))
    own_id = (await server.start("one", wait=True))["id"]
    answer = await act(server, own_id, "actions/eval", content="{{ nope.x }}")
    assert answer.status_code == 200
    assert set(answer.json()) == {"error", "stackTrace"}
    assert (await act(server, "none", "actions/eval", content="x")).status_code == 404


async def test_templates_are_rendered_together(server: House) -> None:
    answer = await server.client.post(
        "/api/v1/main/expressions/render", json={"expressions": ["{{ 1 + 2 }}", "{{ nope.x }}"]}
    )
    assert answer.json() == {"rendered": {"{{ 1 + 2 }}": "3"}}


# Many at once


async def test_killed_by_ids_and_by_query(server: House) -> None:
    await server.save(flow("one", PAUSE))
    ids = [(await server.start("one"))["id"] for _ in range(3)]
    for own_id in ids:
        await server.until(own_id, "PAUSED")
    path = "/api/v1/main/executions/kill"
    by_ids = await server.client.request("DELETE", f"{path}/by-ids", json=ids[:2])
    assert by_ids.json() == {"count": 2, "totalItems": 2}
    by_query = await server.client.request("DELETE", f"{path}/by-query?filters[state][EQUALS]=PAUSED", json={})
    assert by_query.json()["count"] == 1
    for own_id in ids:
        await server.until(own_id, "KILLED")
    assert (await server.client.request("DELETE", f"{path}/by-query?state=PAUSED")).json()["count"] == 0


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        pytest.param("DELETE", "kill/by-ids", "execution already finished", id="kill"),
        pytest.param("POST", "pause/by-ids", "execution not in state RUNNING", id="pause"),
        pytest.param("POST", "resume/by-ids", "execution not in state PAUSED", id="resume"),
        pytest.param("POST", "restart/by-ids", "execution not in state FAILED", id="restart"),
        pytest.param("POST", "force-run/by-ids", "execution in a terminated state", id="force run"),
        pytest.param("POST", "unqueue/by-ids?state=RUNNING", "execution not in state QUEUED", id="unqueue"),
    ],
)
async def test_one_wrong_id_refuses_them_all(server: House, method: str, path: str, message: str) -> None:
    await server.save(flow("one"))
    own_id = (await server.start("one", wait=True))["id"]
    answer = await server.client.request(method, f"/api/v1/main/executions/{path}", json=[own_id, "none"])
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("invalid bulk ")
    assert [(item["invalidValue"], item["message"]) for item in answer.json()["invalids"]] == [
        (own_id, message),
        ("none", "execution not found"),
    ]


async def test_replay_restart_status_labels_and_delete_in_bulk(server: House) -> None:
    await server.save(flow("one", FAIL))
    ids = [(await server.start("one", wait=True))["id"] for _ in range(2)]
    base = "/api/v1/main/executions"
    replay = await server.client.post(f"{base}/replay/by-ids?latestRevision=true", json=ids)
    restart = await server.client.post(f"{base}/restart/by-query?filters[executionId][EQUALS]={ids[0]}")
    await server.until(ids[0], "FAILED")
    status = await server.client.post(f"{base}/change-status/by-ids?newStatus=WARNING", json=ids)
    body = {"executionsId": ids, "executionLabels": [{"key": "k", "value": "v"}]}
    labels = await server.client.post(f"{base}/labels/by-ids", json=body)
    more = await server.client.post(f"{base}/labels/by-query?state=WARNING", json=[{"key": "l", "value": "w"}])
    counts = [one.json()["count"] for one in (replay, restart, status, labels, more)]
    assert counts == [2, 1, 2, 2, 2]
    document = await server.get(f"/executions/{ids[1]}")
    assert {"key": "k", "value": "v"} in document["labels"]
    assert {"key": "l", "value": "w"} in document["labels"]
    deleted = await server.client.request("DELETE", f"{base}/by-ids", json=ids)
    assert deleted.json()["count"] == 2
    assert (await server.client.get(f"{base}/{ids[0]}")).status_code == 404


async def test_running_executions_are_deleted_in_bulk_only_when_asked_for(server: House) -> None:
    await server.save(flow("one", PAUSE))
    own_id = (await server.start("one"))["id"]
    path = "/api/v1/main/executions/by-ids"
    assert (await server.client.request("DELETE", path, json=[own_id])).status_code == 400
    answer = await server.client.request("DELETE", f"{path}?includeNonTerminated=true", json=[own_id])
    assert answer.json()["count"] == 1
