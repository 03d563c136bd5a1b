"""io.kestra.plugin.core.trigger.Flow."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from lanner.expressions import is_truthy
from lanner.expressions.errors import Fault, SyntaxFault
from lanner.expressions.regex import java
from lanner.model.execution import Execution
from lanner.model.state import TERMINAL, State
from lanner.sdk.condition import (
    ConditionContext,
    Gathering,
    InvalidCondition,
    Scope,
    Scopes,
    Testable,
    all_scopes,
    any_scopes,
)
from lanner.sdk.listening import ListeningTrigger
from lanner.sdk.plugin import PluginModel
from lanner.sdk.text import TASK_ID_PATTERN, FlowLabels, Text
from lanner.sdk.window import TimeWindow
from lanner_plugins.core.trigger.depends_on import Dependency, Mode, Window

WATCHED_STATES = tuple(state for state in State if state in TERMINAL or state is State.PAUSED)


class UpstreamFlow(PluginModel):
    """A flow to wait for."""

    namespace: Text
    """Its namespace."""
    flow_id: Text | None = None
    """Its id; any flow of the namespace when absent."""
    states: tuple[State, ...] | None = None
    """States of its execution that count; those of the trigger when absent."""
    labels: FlowLabels = ()
    """Labels that its execution must have."""

    def test(self, context: ConditionContext) -> bool:
        """Whether the execution is the one waited for."""
        execution = context.needed_execution()
        return (
            execution.namespace == self.namespace
            and self.flow_id in (None, execution.flow_id)
            and (self.states is None or execution.state.current in self.states)
            and set(self.labels) <= set(execution.labels)
        )

    def scopes(self) -> Scopes:
        """Return the flow, or its namespace."""
        return frozenset({Scope(self.namespace, self.flow_id)})


class FilterField(StrEnum):
    """What of an upstream execution is looked at."""

    FLOW_ID = "FLOW_ID"
    NAMESPACE = "NAMESPACE"
    STATE = "STATE"
    EXPRESSION = "EXPRESSION"


class FilterType(StrEnum):
    """How it is compared."""

    EQUAL_TO = "EQUAL_TO"
    NOT_EQUAL_TO = "NOT_EQUAL_TO"
    IN = "IN"
    NOT_IN = "NOT_IN"
    IS_TRUE = "IS_TRUE"
    IS_FALSE = "IS_FALSE"
    IS_NULL = "IS_NULL"
    IS_NOT_NULL = "IS_NOT_NULL"
    STARTS_WITH = "STARTS_WITH"
    ENDS_WITH = "ENDS_WITH"
    REGEX = "REGEX"
    CONTAINS = "CONTAINS"


class Filter(PluginModel):
    """A comparison."""

    field: FilterField
    """What is looked at."""
    type: FilterType
    """How it is compared."""
    value: Text | None = None
    """What with; for EXPRESSION the expression itself."""
    values: tuple[Text, ...] | None = None
    """What with, for IN and NOT_IN."""

    @model_validator(mode="after")
    def _has_its_value(self) -> Self:
        is_list = self.type in (FilterType.IN, FilterType.NOT_IN)
        wanted, other = ("values", "value") if is_list else ("value", "values")
        if getattr(self, wanted) is None:
            raise ValueError(f"`{wanted}` cannot be null for type {self.type}")
        if getattr(self, other) is not None:
            raise ValueError(f"`{other}` must be null for type {self.type}")
        return self

    def test(self, context: ConditionContext) -> bool:
        """Whether the comparison is true."""
        found, value = self._looked_at(context), self.value or ""
        match self.type:
            case FilterType.EQUAL_TO:
                return found == value
            case FilterType.NOT_EQUAL_TO:
                return found != value
            case FilterType.IN:
                return found in (self.values or ())
            case FilterType.NOT_IN:
                return found not in (self.values or ())
            case FilterType.IS_TRUE:
                return is_truthy(found)
            case FilterType.IS_FALSE:
                return not is_truthy(found)
            case FilterType.IS_NULL:
                # What is looked at is text, even when it is empty (Kestra 1.0.36, asked).
                return False
            case FilterType.IS_NOT_NULL:
                return True
            case FilterType.STARTS_WITH:
                return found.startswith(value)
            case FilterType.ENDS_WITH:
                return found.endswith(value)
            case FilterType.REGEX:
                return _matches(value, found)
            case FilterType.CONTAINS:
                return value in found

    def scopes(self) -> Scopes:
        """Return the flows or namespaces it names."""
        if self.field not in (FilterField.FLOW_ID, FilterField.NAMESPACE):
            return None
        if self.type in (FilterType.EQUAL_TO, FilterType.IN):
            names = self.values if self.values is not None else (self.value,)
            if self.field is FilterField.FLOW_ID:
                return frozenset(Scope(flow_id=name) for name in names)
            return frozenset(Scope(namespace=name) for name in names)
        if self.type is FilterType.STARTS_WITH and self.field is FilterField.NAMESPACE:
            return frozenset({Scope(self.value, is_prefix=True)})
        return None

    def _looked_at(self, context: ConditionContext) -> str:
        execution: Execution = context.needed_execution()
        match self.field:
            case FilterField.FLOW_ID:
                return execution.flow_id
            case FilterField.NAMESPACE:
                return execution.namespace
            case FilterField.STATE:
                return execution.state.current.value
            case FilterField.EXPRESSION:
                return context.text(self.value or "")


def _matches(pattern: str, text: str) -> bool:
    try:
        return java.matches(pattern, text)
    except (Fault, SyntaxFault) as error:
        raise InvalidCondition(f"{pattern!r} is no regular expression: {error}") from error


class Where(PluginModel):
    """Comparisons taken together."""

    id: Text
    """Name of the condition."""
    operand: Literal["AND", "OR"] = "AND"
    """Whether all or one must be true."""
    filters: Annotated[tuple[Filter, ...], Field(min_length=1)]
    """The comparisons."""

    def test(self, context: ConditionContext) -> bool:
        """Whether the comparisons are true, taken together."""
        results = (one.test(context) for one in self.filters)
        return all(results) if self.operand == "AND" else any(results)

    def scopes(self) -> Scopes:
        """Return what the comparisons name."""
        found = [one.scopes() for one in self.filters]
        return all_scopes(found) if self.operand == "AND" else any_scopes(found)


class Preconditions(PluginModel):
    """Upstream executions that must all have happened, within a time."""

    id: Annotated[Text, Field(pattern=TASK_ID_PATTERN)]
    """Name under which is remembered what has happened."""
    time_window: TimeWindow = TimeWindow()
    """Within which time."""
    reset_on_success: bool = True
    """Begin anew after an execution was started."""
    flows: tuple[UpstreamFlow, ...] = ()
    """Flows to wait for; each is a condition."""
    where: tuple[Where, ...] = ()
    """Further conditions."""

    def gathering(self) -> Gathering:
        """Return each flow and each of the further conditions under a name of its own."""
        conditions: dict[str, Testable] = {
            f"condition_{number}": flow for number, flow in enumerate(self.flows, start=1)
        }
        for number, where in enumerate(self.where, start=len(self.flows) + 1):
            conditions[f"condition_{number}_{where.id}"] = where
        return Gathering(
            id=self.id, window=self.time_window, reset_on_success=self.reset_on_success, conditions=conditions
        )


class Flow(ListeningTrigger):
    """Start an execution when executions of other flows change their state."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: after_another_flow
namespace: company.team

tasks:
  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ trigger.flowId ?? 'started by hand' }}"

triggers:
  - id: loaded
    type: io.kestra.plugin.core.trigger.Flow
    states: [SUCCESS]
    preconditions:
      id: both
      timeWindow:
        type: DAILY_TIME_DEADLINE
        deadline: "09:00:00"
      flows:
        - namespace: company.team
          flowId: load_orders
        - namespace: company.team
          flowId: load_prices
""",
    )

    states: tuple[State, ...] = WATCHED_STATES
    """States of the upstream execution that count."""
    preconditions: Preconditions | None = None
    """Upstream executions that must all have happened."""
    depends_on: tuple[Dependency, ...] = ()
    """Upstream executions to wait for, as Kestra 2.0 writes it."""
    window: Window | None = None
    """Within which time the dependencies must be there."""
    mode: Mode = Mode.ALL
    """How many of the dependencies have to be there."""
    min_satisfied: Annotated[int, Field(gt=0)] | None = None
    """How many that is for `AT_LEAST`."""

    @model_validator(mode="after")
    def _can_be_satisfied(self) -> Self:
        if self.mode is Mode.AT_LEAST and self.min_satisfied is None:
            raise ValueError("`minSatisfied` must be set when mode is AT_LEAST")
        if self.mode is Mode.AT_LEAST and (self.min_satisfied or 0) > len(self.depends_on):
            raise ValueError("`minSatisfied` must be lower than or equal to the number of `dependsOn`")
        return self

    @property
    def gatherings(self) -> Sequence[Gathering]:
        """The preconditions, conditions of type MultipleCondition, and dependencies."""
        found = [gathering for one in self.conditions if (gathering := one.gathering()) is not None]
        if self.preconditions is not None:
            found.append(self.preconditions.gathering())
        if self.depends_on:
            found.append(self._dependencies())
        return found

    def _dependencies(self) -> Gathering:
        window = self.window or Window()
        return Gathering(
            id=f"{self.id}.dependsOn",
            window=window.as_time_window(),
            reset_on_success=True,
            conditions={f"dependsOn_{number}": one for number, one in enumerate(self.depends_on, start=1)},
            needed={Mode.ALL: None, Mode.ANY: 1, Mode.AT_LEAST: self.min_satisfied}[self.mode],
            timezone=window.timezone,
            keeps_apart=True,
        )
