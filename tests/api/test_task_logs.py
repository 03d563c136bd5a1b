"""What becomes of the lines a task logs: kept by level, split, or written to a file. Source: Kestra 1.0.36, asked."""

import re

import pytest

from tests.api.house import House

pytestmark = pytest.mark.anyio

LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (ERROR|WARN |INFO ) \S.* flow\.logs\.\w+ ")


def log_flow(*tasks: str) -> str:
    return "id: logs\nnamespace: demo\ninputs:\n  - id: token\n    type: SECRET\ntasks:\n" + "".join(tasks)


def task(task_id: str, message: str, *more: str) -> str:
    lines = (f"type: io.kestra.plugin.core.log.Log\n    message: {message}", *more)
    return f"  - id: {task_id}\n    " + "\n    ".join(lines) + "\n"


async def test_a_log_is_kept_as_a_file(server: House) -> None:
    fails = (
        "  - id: ends\n    type: io.kestra.plugin.core.execution.Fail\n    errorMessage: oops\n    logToFile: true\n"
    )
    await server.save(
        log_flow(
            task("tells", '["first", "second {{ inputs.token }}"]', "level: WARN", "logToFile: true"),
            task("silent", "hidden", "logToFile: true", "logLevel: ERROR"),
            task("table", "stored"),
            fails,
        )
    )
    execution = await server.start("logs", wait=True, files={"token": (None, "s3cr3t-value")})
    stored = await server.get(f"/logs/{execution['id']}")
    assert [(line["taskId"], line["message"]) for line in stored] == [("table", "stored")]
    texts = {}
    for run in execution["taskRunList"]:
        (attempt,) = run["attempts"]
        if run["taskId"] == "table":
            assert "logFile" not in attempt
            continue
        uri = attempt["logFile"]
        assert re.fullmatch(
            rf"kestra:///demo/logs/executions/{execution['id']}/tasks/{run['taskId']}/{run['id']}/log-\w+\.txt", uri
        )
        answer = await server.client.get(f"/api/v1/main/executions/{execution['id']}/file", params={"path": uri})
        assert answer.status_code == 200, answer.text
        assert all(LINE.match(line) for line in answer.text.splitlines()), answer.text
        texts[run["taskId"]] = [LINE.sub(r"\1 ", line) for line in answer.text.splitlines()]
    assert texts == {"tells": ["WARN  first", "WARN  second ******"], "silent": [], "ends": ["ERROR oops"]}


async def test_only_lines_of_the_wanted_level_are_kept(server: House) -> None:
    await server.save(
        log_flow(
            task("quiet", "too low", "logLevel: WARN"),
            task("loud", "loud enough", "level: WARN", "logLevel: WARN"),
        )
    )
    execution = await server.start("logs", wait=True, files={"token": (None, "abc")})
    assert [line["message"] for line in await server.get(f"/logs/{execution['id']}")] == ["loud enough"]


async def test_a_long_message_becomes_several_lines(server: House) -> None:
    text = "0123456789" * 4_000
    source = log_flow(task("long", '"{{ inputs.text }}"')).replace("token", "text").replace("SECRET", "STRING")
    await server.save(source)
    execution = await server.start("logs", wait=True, files={"text": (None, text)})
    lines = await server.get(f"/logs/{execution['id']}")
    assert [len(line["message"]) for line in lines] == [15_360, 15_360, 9_280]
    assert "".join(line["message"] for line in lines) == text


SECRETS = """id: secrets
namespace: demo
inputs:
  - {id: plain, type: SECRET}
  - {id: dotted.token, type: SECRET}
  - id: form
    type: FORM
    inputs:
      - {id: inner, type: SECRET}
tasks:
  - id: log
    type: io.kestra.plugin.core.log.Log
    message: "{{ inputs.plain }} {{ inputs.dotted.token }} {{ inputs.form.inner }} {{ inputs.form.inner | upper }}"
  - id: fail
    type: io.kestra.plugin.core.execution.Fail
    errorMessage: "no {{ inputs.dotted.token }}"
"""


async def test_secret_inputs_are_hidden_wherever_they_are_declared(server: House) -> None:
    await server.save(SECRETS)
    parts = {name: (None, f"value-of-{name}") for name in ("plain", "dotted.token", "form.inner")}
    execution = await server.start("secrets", wait=True, files=parts)
    log, fail = await server.get(f"/logs/{execution['id']}")
    assert (log["message"], fail["message"]) == ("****** ****** ****** ******", "no ******")
    for path in (f"/executions/{execution['id']}", f"/logs/{execution['id']}", "/executions/search", "/logs/search"):
        assert "value-of" not in str(await server.get(path))
    run = execution["taskRunList"][0]["id"]
    for path in (f"eval/{run}", f"actions/eval/{run}"):
        answer = await server.client.post(
            f"/api/v1/main/executions/{execution['id']}/{path}",
            content="{{ inputs.plain }} {{ inputs.form.inner }}",
            headers={"content-type": "text/plain"},
        )
        assert "value-of" not in answer.text
        assert answer.status_code in (200, 404), answer.text


async def test_a_secret_that_is_refused_is_not_shown(server: House) -> None:
    source = log_flow(task("log", "x")).replace(
        "token\n    type: SECRET", "list\n    type: ARRAY\n    itemType: SECRET"
    )
    await server.save(source)
    answer = await server.client.post("/api/v1/main/executions/demo/logs", files={"list": (None, '{"a": "hidden"}')})
    assert answer.status_code == 422
    assert "hidden" not in answer.text
