"""Tasks that only render: Log, Return, Echo, OutputValues, Fail, Assert, Publish; and Sleep."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from lanner.model.log import Level, MetricType
from lanner.model.state import State
from lanner.testing.task_harness import LogLine, MetricValue, TaskHarness, TaskRunResult, run_task
from lanner_plugins.core.plugin import PLUGIN

CORE = "io.kestra.plugin.core"


def run(type_: str, variables: dict[str, Any] | None = None, **values: Any) -> TaskRunResult:
    return run_task({"type": f"{CORE}.{type_}", **values}, variables=variables, groups=[PLUGIN])


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        pytest.param({"message": "one {{ flow.id }}"}, [("INFO", "one harness")], id="a text"),
        pytest.param(
            {"message": ["first", "second {{ 1 + 1 }}"], "level": "WARN"},
            [("WARN", "first"), ("WARN", "second 2")],
            id="a list at a level",
        ),
        pytest.param({"message": "x", "level": "{{ chosen }}"}, [("ERROR", "x")], id="a level from an expression"),
        pytest.param({"message": "never", "logLevel": "ERROR"}, [], id="below the kept level"),
    ],
)
def test_log_writes_each_message_at_its_level(values: dict[str, Any], lines: list[tuple[str, str]]) -> None:
    result = run("log.Log", {"chosen": "ERROR"}, **values)
    assert (result.state, list(result.logs)) == (State.SUCCESS, [LogLine(Level(level), text) for level, text in lines])


def test_log_refuses_a_map() -> None:
    result = run("log.Log", message={"key": "value"})
    assert result.state is State.FAILED
    assert result.messages(Level.ERROR)[0].startswith("Invalid message type 'dict'")


def test_return_gives_the_text_and_its_length() -> None:
    result = run("debug.Return", {"name": "Zoë"}, format="hi {{ name }}")
    assert result.outputs == {"value": "hi Zoë"}
    assert result.logs == (LogLine(Level.DEBUG, "hi Zoë"),)
    counter, timer = result.metrics
    assert counter == MetricValue(MetricType.COUNTER, "length", 6, {"format": "hi {{ name }}"})
    assert (timer.type, timer.name) == (MetricType.TIMER, "duration")


def test_return_without_format_gives_no_value() -> None:
    assert run("debug.Return").outputs == {}


def test_echo_logs_at_its_level() -> None:
    assert run("debug.Echo", format="e", level="WARN").logs == (LogLine(Level.WARN, "e"),)


def test_output_values_keep_literals_and_render_texts() -> None:
    values = {
        "int": 12,
        "list": [1, "2", False],
        "map": {"deep": {"text": "{{ n }}", "literal": 9}},
        "key_{{ n }}": "n={{ n }}",
        "days": ["{{ n }}", "x{{ n }}"],
    }
    assert run("output.OutputValues", {"n": 5}, values=values).outputs["values"] == {
        "int": 12,
        "list": [1, "2", False],
        "map": {"deep": {"text": "5", "literal": 9}},
        "key_5": "n=5",
        "days": ["5", "x5"],
    }


@pytest.mark.parametrize(
    ("values", "state", "errors"),
    [
        pytest.param({}, State.FAILED, ["Task failure"], id="always"),
        pytest.param({"errorMessage": "no {{ n }}"}, State.FAILED, ["no 0"], id="its own words"),
        pytest.param({"condition": "{{ n }}"}, State.SUCCESS, [], id="false"),
        pytest.param(
            {"condition": "{{ n + 1 }}", "errorMessage": "why"}, State.FAILED, ["why", "Fail on a condition"], id="true"
        ),
    ],
)
def test_fail(values: dict[str, Any], state: State, errors: list[str]) -> None:
    result = run("execution.Fail", {"n": 0}, **values)
    assert (result.state, result.messages(Level.ERROR)) == (state, errors)


def test_assert_names_each_broken_condition() -> None:
    result = run("execution.Assert", {"n": 0}, conditions=["{{ n }}", "{{ n + 1 }}"], errorMessage="bad n")
    assert result.state is State.FAILED
    assert result.messages(Level.ERROR) == ["Assertion `{{ n }}` failed!", "1 assertion(s) failed!\nbad n"]
    assert {(metric.name, metric.value) for metric in result.metrics} == {("success", 1), ("failed", 1)}


def test_assert_refuses_one_text_as_conditions() -> None:
    with pytest.raises(ValidationError, match="conditions"):
        run("execution.Assert", conditions="{{ n }}")


def test_publish_counts_and_times() -> None:
    metrics = [
        {"type": "counter", "name": "rows", "value": "{{ n * 2 }}", "tags": {"name": "{{ flow.id }}"}},
        {"type": "counter", "name": "rows", "value": 1, "tags": {"name": "harness", "n": 1}},
        {"type": "counter", "name": "rows", "value": 2, "tags": {"n": "1", "name": "harness"}},
        {"type": "timer", "name": "took", "value": "PT2.5S"},
    ]
    assert run("metric.Publish", {"n": 21}, metrics=metrics).metrics == (
        MetricValue(MetricType.COUNTER, "rows", 42, {"name": "harness"}),
        MetricValue(MetricType.COUNTER, "rows", 3, {"name": "harness", "n": "1"}),
        MetricValue(MetricType.TIMER, "took", 2500),
    )


def test_publish_refuses_a_counter_that_is_no_number() -> None:
    result = run("metric.Publish", metrics=[{"type": "counter", "name": "rows", "value": "many"}])
    assert (result.state, "'many' is not a valid float" in result.messages(Level.ERROR)[0]) == (State.FAILED, True)


def test_sleep_ends_after_its_time() -> None:
    result = run("flow.Sleep", duration="PT0.01S")
    assert (result.state, result.messages()) == (State.SUCCESS, ["Waiting for PT0.01S"])


def test_a_killed_sleep_stops_at_once(tmp_path: Path) -> None:
    running = TaskHarness(tmp_path, groups=[PLUGIN]).start({"type": f"{CORE}.flow.Sleep", "duration": "PT1H"})
    assert running.log.wait_for("Waiting for PT1H")
    running.kill()
    assert running.wait(10).state is State.KILLED


def test_a_sleep_over_its_time_limit_fails(tmp_path: Path) -> None:
    values = {"type": f"{CORE}.flow.Sleep", "duration": "PT1H", "timeout": "PT0.05S"}
    assert TaskHarness(tmp_path, groups=[PLUGIN]).run(values).state is State.FAILED


def test_log_takes_texts_only() -> None:
    for message in (12, ["a", 1], {"a": "b"}):
        result = run("log.Log", {}, message=message)
        assert (result.state, len(result.logs)) == (State.FAILED, 1)


@pytest.mark.parametrize(
    ("metrics", "state"),
    [
        pytest.param("{{ [{'type': 'counter', 'name': 'z', 'value': 1}] }}", State.SUCCESS, id="an expression"),
        pytest.param("{{ 'x' }}", State.FAILED, id="no list"),
        pytest.param("[]{{ '' }}", State.SUCCESS, id="none"),
    ],
)
def test_metrics_may_be_an_expression(metrics: str, state: State) -> None:
    result = run("metric.Publish", {}, metrics=metrics)
    assert result.state is state, result.messages()
    assert [metric.name for metric in result.metrics] == (["z"] if "z" in metrics else [])
