"""What only the web UI asks for: counts, rows without task runs, changes, preferences."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from lanner.model.ids import ExecutionId
from lanner.ports.inbox import Change
from lanner.ports.store import Writes
from tests.api.house import FAIL, LOG, PAUSE, House, flow
from tests.api.test_streams import frames

pytestmark = pytest.mark.anyio

COUNTS = "/executions/statistics"


async def test_executions_are_counted_by_state(server: House) -> None:
    await server.save(flow("good"))
    await server.save(flow("bad", FAIL))
    for flow_id in ("good", "good", "bad"):
        await server.start(flow_id, wait=True)
    counts = await server.get(f"{COUNTS}?every=day&timeRange=P2D")
    found: dict[str, int] = {}
    for one in counts:
        found[one["state"]] = found.get(one["state"], 0) + one["count"]
    assert found == {"SUCCESS": 2, "FAILED": 1}
    assert all(one["start"].endswith("T00:00:00Z") for one in counts)
    (bad,) = await server.get(f"{COUNTS}?flowId=bad&every=hour")
    assert (bad["state"], bad["count"]) == ("FAILED", 1)


async def test_a_stretch_that_is_unknown_is_refused(server: House) -> None:
    answer = await server.client.get(f"/api/v1/main{COUNTS}?every=week")
    assert answer.status_code == 422
    assert "minute, hour, day" in answer.json()["message"]


async def test_rows_come_without_task_runs(server: House) -> None:
    await server.save(flow("good"))
    started = await server.start("good", wait=True)
    (row,) = (await server.get("/executions/search?taskRuns=false"))["results"]
    assert (row["id"], row["state"]["current"], "taskRunList" in row) == (started["id"], "SUCCESS", False)
    (whole,) = (await server.get("/executions/search"))["results"]
    assert len(whole["taskRunList"]) == 1


async def test_a_stream_of_changes_names_each_task_run_when_it_changes(
    server: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await server.save(flow("wait", LOG + PAUSE))
    own_id = (await server.start("wait"))["id"]
    await server.until(own_id, "PAUSED")
    opened = asyncio.Event()
    follow = server.executor.follow

    def noticed(execution_id: ExecutionId | None = None) -> AsyncIterator[Change]:
        opened.set()
        return follow(execution_id)

    monkeypatch.setattr(server.executor, "follow", noticed)
    following = asyncio.create_task(server.client.get(f"/api/v1/main/executions/{own_id}/follow?changes=true"))
    await opened.wait()
    await server.client.post(f"/api/v1/main/executions/{own_id}/resume")
    _, (_, first), *later = frames((await following).text)
    assert [run["taskId"] for run in first["taskRunList"]] == ["after", "hold"]
    assert "partial" not in first
    assert all(one["partial"] for _, one in later)
    assert {run["taskId"] for _, one in later for run in one.get("taskRunList", ())} == {"hold"}
    assert later[-1][1]["state"]["current"] == "SUCCESS"


async def test_preferences_are_kept_by_name(server: House) -> None:
    url = "/api/v1/main/preferences/executions.filters"
    assert (await server.client.get(url)).json() is None
    assert (await server.client.put(url, json=[{"name": "failed"}])).status_code == 204
    assert (await server.client.get(url)).json() == [{"name": "failed"}]
    assert (await server.stranger.get(url)).status_code == 401


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param("a%20b", 1, "no name of a preference", id="name"),
        pytest.param("much", "x" * 70_000, "65536 are kept", id="size"),
    ],
)
async def test_a_preference_that_cannot_be_kept_is_refused(
    server: House, name: str, value: object, expected: str
) -> None:
    answer = await server.client.put(f"/api/v1/main/preferences/{name}", json=value)
    assert answer.status_code == 422
    assert expected in answer.json()["message"]


async def test_lines_that_are_stored_and_announced_come_once(server: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await server.save(flow("one"))
    own_id = (await server.start("one", wait=True))["id"]
    (first,) = await server.desk.logs.of_execution("main", own_id, ())
    lines = [replace(first, message=f"line {number}") for number in range(10_500)]
    lines.append(replace(first, message="old", timestamp=first.timestamp - timedelta(minutes=2)))
    await server.desk.logs._store.commit(Writes(logs=list(lines)))
    snapshot = await server.executor.snapshot(ExecutionId(own_id))
    assert snapshot

    async def announced(execution_id: ExecutionId | None = None) -> AsyncIterator[Change]:
        yield Change(sequence=1, execution=snapshot.execution, logs=[*lines[:-1], replace(first, message="new")])

    monkeypatch.setattr(server.executor, "follow", announced)
    answer = await server.client.get(f"/api/v1/main/logs/{own_id}/follow")
    messages = [line["message"] for name, line in frames(answer.text) if name == "progress"]
    assert len(messages) == len(set(messages)) == 10_503
    answer = await server.client.get(f"/api/v1/main/logs/{own_id}/follow?stored=false")
    (start, *news) = frames(answer.text)
    assert start == ("start", {"stored": 10_502})
    assert [(name, line["message"]) for name, line in news] == [("progress", "new")]
    answer = await server.client.get(f"/api/v1/main/logs/{own_id}/follow?stored=false&filters[q][EQUALS]=LINE 7")
    assert frames(answer.text) == [("start", {"stored": sum(str(number).startswith("7") for number in range(10_500))})]
