"""What conditions are true of. Source: Kestra 1.0.36, reference engine.md §7.10."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError

from lanner.expressions import ExpressionError, Renderer
from lanner.model.execution import Execution
from lanner.model.ids import ExecutionId
from lanner.model.label import Label
from lanner.model.state import State, StateHistory
from lanner.sdk.condition import AnyCondition, Condition, ConditionContext, InvalidCondition, Scope
from lanner.sdk.registry import Registry
from lanner.sdk.window import TimeWindow
from lanner_plugins.core.plugin import PLUGIN

CONDITION: TypeAdapter[Condition] = TypeAdapter(AnyCondition)
REGISTRY = Registry([PLUGIN])
PREFIX = "io.kestra.plugin.core.condition"
NOON = datetime.fromisoformat("2026-11-21T12:00:00+01:00")  # a Saturday

UPSTREAM = Execution(
    id=ExecutionId("e"),
    tenant="main",
    namespace="company.team",
    flow_id="load",
    flow_revision=1,
    state=StateHistory.starting(State.SUCCESS, NOON),
    labels=(Label("a", "1"), Label("b", "2")),
    outputs={"count": 3},
)
_RENDERER = Renderer()


def read(type_: str, **values: Any) -> Condition:
    full = type_ if "." in type_ else f"{PREFIX}.{type_}"
    return CONDITION.validate_python({"type": full, **values}, context={"registry": REGISTRY})


def context(execution: Execution | None = UPSTREAM, trigger: Mapping[str, Any] | None = None) -> ConditionContext:
    variables = {"trigger": trigger or {"date": "2026-11-21T12:00:00+01:00"}}
    return ConditionContext(
        namespace="company.listeners",
        flow_id="listener",
        render=_RENDERER.render_value,
        variables=variables,
        execution=execution,
    )


TRUE = {"type": f"{PREFIX}.Expression", "expression": "true"}
FALSE = {"type": f"{PREFIX}.Expression", "expression": "{{ 1 == 2 }}"}


@pytest.mark.parametrize(
    ("type_", "values", "expected"),
    [
        ("DateTimeBetween", {"after": "2026-11-21T10:59:59Z"}, True),
        ("DateTimeBetween", {"after": "2026-11-21T11:00:00Z"}, False),
        ("DateTimeBetween", {"before": "2026-11-21T11:00:01Z", "after": "2026-01-01T00:00:00Z"}, True),
        ("DateTimeBetween", {"before": "2026-11-21T11:00:00Z"}, False),
        ("DateTimeBetween", {"date": "2020-01-01T00:00:00Z", "before": "{{ trigger.date }}"}, True),
        ("TimeBetween", {"after": "11:00:00+01:00", "before": "13:00:00+01:00"}, True),
        ("TimeBetween", {"after": "12:00:00+01:00"}, False),
        ("TimeBetween", {"after": "11:30:00Z"}, False),
        ("TimeBetween", {"before": "11:30:00Z"}, True),
        ("DayWeek", {"dayOfWeek": "SATURDAY"}, True),
        ("DayWeek", {"dayOfWeek": "SUNDAY"}, False),
        ("DayWeek", {"dayOfWeek": "FRIDAY", "date": "2026-11-20T23:30:00-05:00"}, True),
        ("DayWeek", {"dayOfWeek": "{{ 'SATUR' ~ 'DAY' }}"}, True),
        ("DayWeekInMonth", {"dayOfWeek": "SATURDAY", "dayInMonth": "THIRD"}, True),
        ("DayWeekInMonth", {"dayOfWeek": "SATURDAY", "dayInMonth": "FOURTH"}, False),
        ("DayWeekInMonth", {"dayOfWeek": "SUNDAY", "dayInMonth": "THIRD"}, False),
        ("DayWeekInMonth", {"dayOfWeek": "MONDAY", "dayInMonth": "LAST", "date": "2026-11-30"}, True),
        ("DayWeekInMonth", {"dayOfWeek": "MONDAY", "dayInMonth": "LAST", "date": "2026-11-23"}, False),
        ("Weekend", {}, True),
        ("Weekend", {"date": "2026-11-20T23:59:00Z"}, False),
        ("PublicHoliday", {"country": "FR", "date": "2026-07-14T10:00:00+02:00"}, True),
        ("PublicHoliday", {"country": "de", "date": "2026-07-14T10:00:00+02:00"}, False),
        ("PublicHoliday", {"country": "DE", "subDivision": "by", "date": "2026-01-06"}, True),
        ("PublicHoliday", {"country": "DE", "subDivision": "BE", "date": "2026-01-06"}, False),
        ("PublicHoliday", {"date": "2026-07-04"}, True),
        ("Expression", {"expression": "{{ trigger.date | startsWith('2026') }}"}, True),
        ("Expression", {"expression": "{{ '' }} "}, False),
        ("Expression", {"expression": "false"}, False),
        ("Expression", {"expression": "0"}, True),
        ("ExecutionFlow", {"namespace": "company.team", "flowId": "load"}, True),
        ("ExecutionFlow", {"namespace": "company", "flowId": "load"}, False),
        ("ExecutionNamespace", {"namespace": "company.team"}, True),
        ("ExecutionNamespace", {"namespace": "company"}, False),
        ("ExecutionNamespace", {"namespace": "comp", "prefix": True}, True),
        ("ExecutionNamespace", {"namespace": "comp", "comparison": "PREFIX"}, True),
        ("ExecutionNamespace", {"namespace": "team", "comparison": "SUFFIX"}, True),
        ("ExecutionNamespace", {"namespace": "comp", "comparison": "EQUALS", "prefix": True}, False),
        ("ExecutionLabels", {"labels": {"a": "1"}}, True),
        ("ExecutionLabels", {"labels": [{"key": "a", "value": "1"}, {"key": "b", "value": "3"}]}, False),
        ("ExecutionStatus", {"in": ["SUCCESS", "WARNING"]}, True),
        ("ExecutionStatus", {"in": ["FAILED"]}, False),
        ("ExecutionStatus", {"notIn": ["SUCCESS"]}, False),
        ("ExecutionStatus", {"in": ["SUCCESS"], "notIn": ["FAILED"]}, True),
        ("ExecutionStatus", {}, True),
        ("ExecutionOutputs", {"expression": "{{ trigger.outputs.count > 2 }}"}, True),
        ("ExecutionOutputs", {"expression": "{{ trigger.outputs.count > 3 }}"}, False),
        ("HasRetryAttempt", {"in": ["FAILED"]}, False),
        ("FlowCondition", {"namespace": "company.listeners", "flowId": "listener"}, True),
        ("FlowCondition", {"namespace": "company.team", "flowId": "load"}, False),
        ("FlowNamespaceCondition", {"namespace": "company.listeners"}, True),
        ("FlowNamespaceCondition", {"namespace": "company", "prefix": True}, True),
        ("FlowNamespaceCondition", {"namespace": "company"}, False),
        ("Not", {"conditions": [FALSE, FALSE]}, True),
        ("Not", {"conditions": [FALSE, TRUE]}, False),
        ("Or", {"conditions": [FALSE, TRUE]}, True),
        ("Or", {"conditions": [FALSE]}, False),
    ],
)
def test_conditions(type_: str, values: dict[str, Any], expected: bool) -> None:  # a table
    assert read(type_, **values).test(context()) is expected


def test_outputs_of_an_execution_without_any_are_never_right() -> None:
    assert not read("ExecutionOutputs", expression="true").test(context(replace(UPSTREAM, outputs=None)))


@pytest.mark.parametrize(
    ("type_", "values", "message"),
    [
        ("DateTimeBetween", {}, "Invalid condition with no before nor after"),
        ("TimeBetween", {"after": "11:00:00"}, "has no offset"),
        ("DateTimeBetween", {"after": "2026-11-21T11:00:00"}, "has no offset"),
        ("Weekend", {"date": "yesterday"}, "'yesterday' is no date"),
        ("PublicHoliday", {"country": "XX"}, "no calendar of holidays for 'XX'"),
        ("ExecutionFlow", {"namespace": "a", "flowId": "b"}, "Invalid condition with null execution"),
        ("ExecutionStatus", {"in": ["SUCCESS"]}, "Invalid condition with null execution"),
    ],
)
def test_conditions_that_cannot_be_tested(type_: str, values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidCondition, match=message):
        read(type_, **values).test(context(execution=None))


def test_an_error_inside_not_is_no_truth() -> None:
    broken = {"type": f"{PREFIX}.Expression", "expression": "{{ nope.x }}"}
    with pytest.raises(ExpressionError):
        read("Not", conditions=[broken]).test(context())


@pytest.mark.parametrize(
    "name",
    [
        f"{PREFIX}.ExecutionFlowCondition",
        "io.kestra.core.models.conditions.types.ExecutionFlowCondition",
        f"{PREFIX}.ExecutionFlow",
    ],
)
def test_old_names(name: str) -> None:
    assert read(name, namespace="company.team", flowId="load").test(context())


def test_old_names_of_expression() -> None:
    for name in ("io.kestra.core.models.conditions.types.VariableCondition", f"{PREFIX}.ExpressionCondition"):
        assert read(name, expression="1").test(context())
    old = read("io.kestra.core.models.conditions.types.FlowCondition", namespace="a", flowId="b")
    assert not old.test(context())


def test_scopes_name_the_executions_worth_looking_at() -> None:
    flow = {"type": f"{PREFIX}.ExecutionFlow", "namespace": "a", "flowId": "b"}
    space = {"type": f"{PREFIX}.ExecutionNamespace", "namespace": "c", "comparison": "PREFIX"}
    assert read("Or", conditions=[flow, space]).scopes() == frozenset({Scope("a", "b"), Scope("c", is_prefix=True)})
    assert read("Or", conditions=[flow, TRUE]).scopes() is None
    assert read("Not", conditions=[flow]).scopes() is None
    gathered = read("MultipleCondition", id="m", conditions={"x": flow, "y": space}).gathering()
    assert gathered is not None
    assert gathered.scopes() == frozenset({Scope("a", "b"), Scope("c", is_prefix=True)})


def test_multiple_condition_takes_its_window_in_one_way() -> None:
    old = read("MultipleCondition", id="m", conditions={"x": TRUE}, window="PT1H", windowAdvance="PT5M").gathering()
    assert old is not None
    assert (old.window.window, old.window.window_advance) == (timedelta(hours=1), timedelta(minutes=5))
    with pytest.raises(ValidationError, match="write one of them"):
        read("MultipleCondition", id="m", conditions={"x": TRUE}, window="PT1H", timeWindow={"window": "PT2H"})


@pytest.mark.parametrize(
    ("window", "now", "start", "end"),
    [
        ({}, "2026-11-21T12:34:56", "2026-11-21T00:00:00", "2026-11-21T23:59:59.999"),
        ({"window": "P2D"}, "2026-11-21T12:34:56", "2026-11-21T00:00:00", "2026-11-22T23:59:59.999"),
        ({"window": "PT6H"}, "2026-11-21T12:34:56", "2026-11-21T12:00:00", "2026-11-21T17:59:59.999"),
        ({"window": "PT15M"}, "2026-11-21T12:34:56", "2026-11-21T12:30:00", "2026-11-21T12:44:59.999"),
        ({"windowAdvance": "PT4H"}, "2026-11-21T12:34:56", "2026-11-21T04:00:00", "2026-11-22T03:59:59.999"),
        (
            {"type": "SLIDING_WINDOW", "window": "PT1H"},
            "2026-11-21T12:34:56",
            "2026-11-21T12:34:56",
            "2026-11-21T13:34:56",
        ),
        (
            {"type": "DAILY_TIME_DEADLINE", "deadline": "09:00:00"},
            "2026-11-21T08:00:00",
            "2026-11-21T00:00:00",
            "2026-11-21T09:00:00",
        ),
        (
            {"type": "DAILY_TIME_WINDOW", "startTime": "06:00", "endTime": "09:00"},
            "2026-11-21T12:00:00",
            "2026-11-21T06:00:00",
            "2026-11-21T09:00:00",
        ),
    ],
)
def test_windows(window: dict[str, Any], now: str, start: str, end: str) -> None:
    zone = ZoneInfo("Europe/Paris")
    moments = [datetime.fromisoformat(text).replace(tzinfo=zone) for text in (now, start, end)]
    found = TimeWindow.model_validate(window).bounds(moments[0], zone)
    assert found == tuple(moments[1:])
    assert found.holds(moments[0]) is (moments[1] <= moments[0] <= moments[2])
