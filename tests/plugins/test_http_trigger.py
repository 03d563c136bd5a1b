"""http.Trigger starts executions by answers. Source: Kestra 1.0.36, asked; reference engine.md §7.8."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from lanner.model.log import Level
from lanner.ports.search import Filter, Operator, Query
from lanner.sdk.task import TaskFailed
from lanner.testing.skipping import SkippingClock, play
from lanner.testing.task_harness import TaskHarness
from lanner_plugins.core.http.trigger import Trigger
from lanner_plugins.core.plugin import PLUGIN
from tests.plugins.loopback import Loopback, loopback
from tests.runtime.trigger_house import NEW_YEAR, opened

TRIGGER = "io.kestra.plugin.core.http.Trigger"
PATIENCE_SECONDS = 0.5
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@pytest.fixture
def server() -> Iterator[Loopback]:
    with loopback() as running:
        yield running


@pytest.fixture
def harness(tmp_path: Path) -> TaskHarness:
    return TaskHarness(tmp_path, groups=[PLUGIN])


def evaluate(harness: TaskHarness, uri: str, **values: Any) -> Any:
    return harness.evaluate({"type": TRIGGER, "uri": uri, **values})


def test_an_answer_is_what_trigger_is(harness: TaskHarness, server: Loopback) -> None:
    found = evaluate(harness, f"{server.address}/{{{{ trigger.id }}}}-{{{{ flow.id }}}}")
    assert list(found) == ["uri", "code", "headers", "body"]
    assert (found["uri"], found["code"]) == (f"{server.address}/trigger-harness", 200)
    assert (found["body"], found["headers"]["content-type"]) == ('{"ok": true}', ["application/json"])


@pytest.mark.parametrize(
    ("path", "condition", "code"),
    [
        pytest.param("/x", None, 200, id="by default below 400"),
        pytest.param("/status/404", None, None, id="by default not from 400 on"),
        pytest.param("/status/500", "true", 500, id="a failure may be what is waited for"),
        pytest.param("/x", "{{ response.statusCode == 500 }}", None, id="status"),
        pytest.param("/x", "{{ json(response.body).ok }}", 200, id="body"),
        pytest.param("/x", "{{ response.headers['content-type'] == ['text/html'] }}", None, id="headers"),
        pytest.param("/x", "{{ trigger.id == 'trigger' and flow.id == 'harness' }}", 200, id="flow and trigger"),
        pytest.param("/x", "", None, id="empty"),
    ],
)
def test_the_condition_decides(
    harness: TaskHarness, server: Loopback, path: str, condition: str | None, code: int | None
) -> None:
    values = {} if condition is None else {"responseCondition": condition}
    found = evaluate(harness, server.address + path, **values)
    assert (found and found["code"]) == code


def test_the_request_is_that_of_the_task(harness: TaskHarness, server: Loopback) -> None:
    values = {"method": "POST", "body": "n={{ 1 + 1 }}", "headers": {"X-A": "b"}, "contentType": "text/plain"}
    found = evaluate(harness, f"{server.address}/echo", params={"q": "1"}, **values)
    assert '"method": "POST"' in found["body"]
    assert '"body": "n=2"' in found["body"]
    assert '"x-a": "b"' in found["body"]
    assert '"query": {"q": ["1"]}' in found["body"]


def test_an_encrypted_body_is_seen_by_the_condition_only(harness: TaskHarness, server: Loopback) -> None:
    found = evaluate(harness, f"{server.address}/x", encryptBody=True, responseCondition="{{ json(response.body).ok }}")
    assert list(found) == ["uri", "code", "headers", "encryptedBody"]
    assert "ok" not in str(found["encryptedBody"])
    assert harness.cipher.reveal(found)["encryptedBody"] == '{"ok": true}'


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        pytest.param("http://127.0.0.1:1/x", "GET http://127.0.0.1:1/x failed", id="nobody listens"),
        pytest.param("ftp://127.0.0.1/x", "must begin with 'http://'", id="no address"),
    ],
)
def test_what_cannot_be_called_fails(harness: TaskHarness, uri: str, reason: str) -> None:
    with pytest.raises(TaskFailed, match=reason):
        evaluate(harness, uri)


def test_what_is_no_text_fails(harness: TaskHarness, server: Loopback) -> None:
    with pytest.raises(TaskFailed, match="is not text in UTF-8"):
        evaluate(harness, f"{server.address}/bytes")


@pytest.mark.parametrize("interval", ["PT0S", "PT-3S", "soon"])
def test_an_interval_is_a_duration_above_zero(harness: TaskHarness, interval: str) -> None:
    with pytest.raises(ValidationError, match="interval"):
        evaluate(harness, "http://127.0.0.1:1/x", interval=interval)


def test_the_example_starts_an_execution_at_each_interval(tmp_path: Path, server: Loopback) -> None:
    source = Trigger.examples[0].replace("https://dummyjson.com/products", f"{server.address}/x")
    source = source.replace("response.body).products | length > 0", "response.body).ok")
    source = source.replace("json(trigger.body).products | length", "json(trigger.body).ok")

    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path) as lab:
            await lab.save(source)
            await lab.wait(minutes=12)
            executions = await lab.executions("http_trigger")
            assert len(executions) == len(server.requests) == 3
            for one in executions:
                query = Query(tenant=one.tenant, filters=(Filter("executionId", Operator.EQUALS, one.id),))
                (line,) = (await lab.house.store.logs.search(query)).results
                assert (line.level, line.message) == (Level.INFO, "200 true")

    play(test, beginning=NEW_YEAR, patience_seconds=PATIENCE_SECONDS)


def test_an_encrypted_body_is_shown_to_expressions_in_clear(tmp_path: Path, server: Loopback) -> None:
    source = f"""id: hidden
namespace: tests
tasks:
  - id: show
    type: io.kestra.plugin.core.debug.Return
    format: "{{{{ trigger.encryptedBody }}}}"
triggers:
  - id: watch
    type: {TRIGGER}
    uri: {server.address}/x
    encryptBody: true
"""

    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path, encryption={"secret_key": KEY}) as lab:
            await lab.save(source)
            await lab.settle()
            (found,) = await lab.executions("hidden")
            assert found.trigger is not None
            assert "ok" not in str(found.trigger.variables)
            (run,) = await lab.house.store.executions.task_runs(found.id)
            assert run.outputs == {"value": '{"ok": true}'}

    play(test, beginning=NEW_YEAR, patience_seconds=PATIENCE_SECONDS)
