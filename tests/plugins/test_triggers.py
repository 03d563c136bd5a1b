"""What the definitions of triggers accept and refuse. Source: Kestra 1.0.36, reference engine.md §7."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from lanner.expressions import Renderer
from lanner.flows.reading import read_flow
from lanner.model.state import State
from lanner.sdk.condition import ConditionContext
from lanner.sdk.registry import Registry
from lanner.sdk.trigger import AnyTrigger, Trigger
from lanner.sdk.window import TimeWindow
from lanner.testing.contracts.samples import execution
from lanner_plugins.core.plugin import PLUGIN
from lanner_plugins.core.trigger.flow import Flow
from lanner_plugins.core.trigger.schedule import Schedule

TRIGGER: TypeAdapter[Trigger] = TypeAdapter(AnyTrigger)
REGISTRY = Registry([PLUGIN])


def read(name: str, **values: Any) -> Trigger:
    type_ = f"io.kestra.plugin.core.trigger.{name}"
    return TRIGGER.validate_python({"id": "t", "type": type_, **values}, context={"registry": REGISTRY})


def test_a_broken_cron_expression_is_a_problem_of_its_line() -> None:
    tasks = "tasks: [{id: a, type: io.kestra.plugin.core.debug.Return}]\n"
    trigger = "triggers:\n  - id: t\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: nope\n"
    problems = read_flow(f"id: a\nnamespace: b\n{tasks}{trigger}", REGISTRY).problems
    assert [(problem.path, problem.line) for problem in problems] == [("triggers[0].cron", 7)]


def test_a_broken_cron_expression_is_refused() -> None:
    assert isinstance(read("Schedule", cron="*/10 * * * * *", withSeconds=True), Schedule)
    with pytest.raises(ValidationError, match="invalid cron expression"):
        read("Schedule", cron="61 * * * *")


@pytest.mark.parametrize("name", ["Schedule", "ScheduleOnDates"])
def test_zone_must_exist_and_interval_must_not(name: str) -> None:
    values: dict[str, Any] = {"cron": "@daily"} if name == "Schedule" else {"dates": ["2030-01-01T00:00:00Z"]}
    read(name, timezone="Europe/Paris", **values)
    with pytest.raises(ValidationError, match=r"timezone '\(Europe/Nowhere\)' is not a valid time-zone ID"):
        read(name, timezone="Europe/Nowhere", **values)
    with pytest.raises(ValidationError, match="interval"):
        read(name, interval="PT1H", **values)


def test_webhook_key_is_limited() -> None:
    read("Webhook", key="k" * 256, wait=True, returnOutputs=True)
    with pytest.raises(ValidationError, match="at most 256 characters"):
        read("Webhook", key="k" * 257)
    with pytest.raises(ValidationError, match="key"):
        read("Webhook")


def test_flow_trigger_watches_ended_and_paused_executions() -> None:
    trigger = read("Flow")
    assert isinstance(trigger, Flow)
    assert State.PAUSED in trigger.states
    assert {State.CREATED, State.RUNNING, State.QUEUED}.isdisjoint(trigger.states)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({}, id="default"),
        pytest.param({"window": "PT1H", "windowAdvance": "PT5M"}, id="duration"),
        pytest.param({"type": "SLIDING_WINDOW", "window": "PT1H"}, id="sliding"),
        pytest.param({"type": "DAILY_TIME_DEADLINE", "deadline": "09:00:00"}, id="deadline"),
        pytest.param({"type": "DAILY_TIME_WINDOW", "startTime": "06:00", "endTime": "09:00"}, id="daily"),
    ],
)
def test_windows(values: dict[str, Any]) -> None:
    trigger = read("Flow", preconditions={"id": "p", "timeWindow": values, "flows": [{"namespace": "a.b"}]})
    assert isinstance(trigger, Flow)
    assert trigger.preconditions is not None
    assert trigger.preconditions.time_window == TimeWindow.model_validate(values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"deadline": "09:00:00"}, "of type `DURATION_WINDOW` cannot have a deadline"),
        ({"startTime": "09:00:00"}, "of type `DURATION_WINDOW` cannot have a start time"),
        ({"type": "SLIDING_WINDOW", "windowAdvance": "PT1H"}, "of type `SLIDING_WINDOW` cannot have a window advance"),
        ({"type": "DAILY_TIME_DEADLINE", "window": "PT1H", "deadline": "09:00"}, "cannot have a window"),
        ({"type": "DAILY_TIME_DEADLINE"}, "must have a deadline"),
        ({"type": "DAILY_TIME_WINDOW", "startTime": "09:00"}, "must have an end time"),
    ],
)
def test_windows_that_contradict_their_type(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        read("Flow", preconditions={"id": "p", "timeWindow": values})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"type": "EQUAL_TO", "value": "x"}, None),
        ({"type": "IN", "values": ["x", "y"]}, None),
        ({"type": "IS_TRUE"}, "`value` cannot be null for type IS_TRUE"),
        ({"type": "IN", "value": "x"}, "`values` cannot be null for type IN"),
        ({"type": "NOT_IN", "values": ["x"], "value": "x"}, "`value` must be null for type NOT_IN"),
        ({"type": "REGEX", "value": "x", "values": ["x"]}, "`values` must be null for type REGEX"),
    ],
)
def test_filters(values: dict[str, Any], message: str | None) -> None:
    preconditions = {"id": "p", "where": [{"id": "w", "filters": [{"field": "FLOW_ID", **values}]}]}
    if message is None:
        read("Flow", preconditions=preconditions)
        return
    with pytest.raises(ValidationError, match=message):
        read("Flow", preconditions=preconditions)


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        ({"field": "FLOW_ID", "type": "EQUAL_TO", "value": "up"}, True),
        ({"field": "FLOW_ID", "type": "EQUAL_TO", "value": "{{ 'up' }}"}, False),
        ({"field": "FLOW_ID", "type": "NOT_EQUAL_TO", "value": "up"}, False),
        ({"field": "FLOW_ID", "type": "REGEX", "value": "u"}, False),
        ({"field": "FLOW_ID", "type": "REGEX", "value": "u."}, True),
        ({"field": "FLOW_ID", "type": "IS_TRUE", "value": "any"}, True),
        ({"field": "NAMESPACE", "type": "CONTAINS", "value": "pan"}, True),
        ({"field": "NAMESPACE", "type": "STARTS_WITH", "value": "pan"}, False),
        ({"field": "NAMESPACE", "type": "ENDS_WITH", "value": "any"}, True),
        ({"field": "STATE", "type": "IN", "values": ["FAILED", "SUCCESS"]}, True),
        ({"field": "STATE", "type": "NOT_IN", "values": ["FAILED"]}, True),
        ({"field": "EXPRESSION", "type": "IS_TRUE", "value": "abc"}, True),
        ({"field": "EXPRESSION", "type": "IS_FALSE", "value": "0"}, True),
        ({"field": "EXPRESSION", "type": "IS_FALSE", "value": "{{ '' }}"}, True),
        ({"field": "EXPRESSION", "type": "IS_NULL", "value": "{{ null }}"}, False),
        ({"field": "EXPRESSION", "type": "IS_NOT_NULL", "value": "{{ '' }}"}, True),
        ({"field": "EXPRESSION", "type": "EQUAL_TO", "value": "x"}, True),
        ({"field": "EXPRESSION", "type": "EQUAL_TO", "value": "{{ 'x' }}"}, False),
    ],
)
def test_what_filters_compare(comparison: dict[str, Any], expected: bool) -> None:  # a table
    trigger = read("Flow", preconditions={"id": "p", "where": [{"id": "w", "filters": [comparison]}]})
    assert isinstance(trigger, Flow)
    upstream = execution("e", State.CREATED, State.SUCCESS, namespace="company", flow_id="up")
    context = ConditionContext(
        namespace="listening", flow_id="down", render=Renderer().render_value, execution=upstream
    )
    (condition,) = trigger.gatherings[0].conditions.values()
    assert condition.test(context) is expected


A = {"namespace": "tests", "flowId": "a"}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param({"mode": "AT_LEAST"}, "`minSatisfied` must be set when mode is AT_LEAST", id="how many"),
        pytest.param(
            {"mode": "AT_LEAST", "minSatisfied": 2},
            "`minSatisfied` must be lower than or equal to the number of `dependsOn`",
            id="too many",
        ),
        pytest.param({"mode": "AT_LEAST", "minSatisfied": 0}, "greater than 0", id="none"),
        pytest.param(
            {"window": {"lookback": "PT1H", "every": "PT1H"}}, "cannot have an every duration", id="two kinds"
        ),
        pytest.param({"window": {"deadline": "10:00:00", "to": "11:00:00"}}, "cannot have a to time", id="deadline"),
        pytest.param({"window": {"from": "10:00:00"}}, "must have a to time", id="half a window"),
        pytest.param({"window": {"timezone": "Nope/X"}}, "is not a valid time-zone ID", id="zone"),
        pytest.param({"window": {"timezone": "UTC"}, "mode": "ANY", "minSatisfied": 1}, None, id="more than is needed"),
    ],
)
def test_dependencies_that_cannot_be(values: dict[str, Any], message: str | None) -> None:
    """Source: Kestra 2.0.0, asked."""
    if message is None:
        assert isinstance(read("Flow", dependsOn=[A], **values), Flow)
        return
    with pytest.raises(ValidationError, match=message):
        read("Flow", dependsOn=[A], **values)
