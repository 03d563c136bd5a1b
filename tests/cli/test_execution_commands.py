"""``lanner execution`` against a server that plays a script."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Lanner, Script

EXECUTIONS = "/api/v1/main/executions"


def document(state: str = "SUCCESS", **more: Any) -> dict[str, Any]:
    dates = {"startDate": "2026-01-01T10:00:00.123Z", "duration": "PT1.5S"}
    return {
        "id": "abc",
        "namespace": "a.b",
        "flowId": "one",
        "flowRevision": 2,
        "state": {"current": state, **dates},
        **more,
    }


def test_create_sends_inputs_files_and_labels(lanner: Lanner, script: Script, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("x,y\n", encoding="utf-8")
    script.answer(f"POST {EXECUTIONS}/a.b/one", document("CREATED"))
    ended = lanner(
        *("execution", "create", "a.b", "one", "-i", "name=A=B", "--input-file", f"file={tmp_path}/data.csv"),
        *("--label", "team=x", "--label", "env=dev", "--revision", "2", "--server", script.url),
    )
    assert (ended.code, ended.out) == (0, "abc CREATED\n")
    (request,) = script.requests
    assert request.query == [("wait", "false"), ("revision", "2"), ("labels", "team:x"), ("labels", "env:dev")]
    assert b'name="name"\r\n\r\nA=B\r\n' in request.body
    assert b'name="file"; filename="data.csv"' in request.body
    assert b"x,y\n" in request.body


@pytest.mark.parametrize(("state", "code"), [("SUCCESS", 0), ("WARNING", 0), ("FAILED", 1), ("KILLED", 1)])
def test_create_and_wait_ends_as_the_execution_did(lanner: Lanner, script: Script, state: str, code: int) -> None:
    script.answer(f"POST {EXECUTIONS}/a.b/one", document(state))
    ended = lanner("execution", "create", "a.b", "one", "--wait", "--json", "--server", script.url)
    assert (ended.code, ended.json()) == (code, document(state))
    assert script.requests[0].query == [("wait", "true")]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-i", "name"), "--input 'name': write NAME=VALUE"),
        (("-i", "=x"), "--input '=x': write NAME=VALUE"),
        (("-i", "a=1", "-i", "a=2"), "--input 'a' is given twice"),
        (("--input-file", "f=none.csv"), "--input-file none.csv: the file cannot be read: No such file or directory"),
    ],
)
def test_a_value_that_cannot_be_read_ends_with_2(lanner: Lanner, words: tuple[str, ...], message: str) -> None:
    ended = lanner("execution", "create", "a.b", "one", *words)
    assert (ended.code, ended.err) == (2, f"error: {message}\n")


def test_list_filters_and_prints_a_table(lanner: Lanner, script: Script) -> None:
    script.answer(f"GET {EXECUTIONS}/search", {"results": [document("FAILED")], "total": 1})
    ended = lanner(
        *("execution", "list", "--namespace", "a", "--flow", "one", "--state", "failed", "--state", "KILLED"),
        *("--server", script.url),
    )
    assert ended.out.splitlines()[0].split() == ["ID", "NAMESPACE", "FLOW", "STATE", "STARTED", "DURATION"]
    assert ended.out.splitlines()[1].split()[:4] == ["abc", "a.b", "one", "FAILED"]
    query = dict(script.requests[0].query)
    assert query["filters[namespace][PREFIX]"] == "a"
    assert query["filters[flowId][EQUALS]"] == "one"
    assert query["filters[state][IN]"] == "FAILED,KILLED"


def test_show_nests_task_runs(lanner: Lanner, script: Script) -> None:
    state = {"current": "SUCCESS", "duration": "PT0.1S"}
    runs = [
        {"id": "1", "taskId": "each", "state": state, "attempts": [{}]},
        {"id": "2", "taskId": "log", "parentTaskRunId": "1", "value": "x", "state": state},
    ]
    script.answer(f"GET {EXECUTIONS}/abc", document(taskRunList=runs, outputs={"n": 1}))
    assert lanner("execution", "show", "abc", "--server", script.url).out.splitlines() == [
        "a.b.one revision 2: SUCCESS",
        "TASK   VALUE  STATE    ATTEMPTS  DURATION",
        "each          SUCCESS  1         0.10s",
        "  log  x      SUCCESS  0         0.10s",
        "output n: 1",
    ]


def test_logs_prints_the_lines_of_a_level(lanner: Lanner, script: Script) -> None:
    entry = {"level": "WARN", "taskId": "t", "message": "careful", "timestamp": "2026-01-01T10:00:00Z"}
    script.answer("GET /api/v1/main/logs/abc", [entry])
    ended = lanner("execution", "logs", "abc", "--level", "warn", "--task", "t", "--server", script.url)
    assert ended.out.rstrip().endswith("WARN  t: careful")
    assert dict(script.requests[0].query) == {"minLevel": "WARN", "taskId": "t"}


def test_kill_uses_the_path_of_either_generation(lanner: Lanner, script: Script) -> None:
    script.answer(f"DELETE {EXECUTIONS}/abc/actions/kill", document("KILLING"))
    assert lanner("execution", "kill", "abc", "--server", script.url).code == 0
    assert script.asked() == [f"DELETE {EXECUTIONS}/abc/kill", f"DELETE {EXECUTIONS}/abc/actions/kill"]


def test_an_unknown_execution_ends_with_1(lanner: Lanner, script: Script) -> None:
    ended = lanner("execution", "show", "nope", "--server", script.url)
    assert (ended.code, ended.err) == (1, "error: the server refused: Not Found (HTTP 404)\n")
