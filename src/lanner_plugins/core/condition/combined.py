"""Conditions on anything, on the flow that has the trigger, and on other conditions.

Source: Kestra 1.0.36 (reference ``engine.md`` §7.10).
"""

from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from lanner.sdk.condition import AnyCondition, Condition, ConditionContext, Gathering, Scopes, any_scopes
from lanner.sdk.text import TASK_ID_PATTERN, Duration, Text
from lanner.sdk.window import TimeWindow
from lanner_plugins.core.condition.executions import holds
from lanner_plugins.core.condition.samples import listening, scheduled


class Expression(Condition):
    """Whether an expression is true."""

    examples: ClassVar[tuple[str, ...]] = (
        scheduled(
            "when_told",
            """\
- type: io.kestra.plugin.core.condition.Expression
  expression: "{{ trigger.date | date('dd') == '01' }}"
""",
        ),
    )

    expression: Text
    """True unless it renders to nothing or `false`; `0` is true."""

    def test(self, context: ConditionContext) -> bool:
        """Whether it is true."""
        return holds(context.text(self.expression))


class FlowCondition(Condition):
    """Whether the flow that has the trigger is a given one (deprecated)."""

    examples: ClassVar[tuple[str, ...]] = (
        listening(
            "of_this_flow",
            """\
- type: io.kestra.plugin.core.condition.FlowCondition
  namespace: company.team
  flowId: of_this_flow
""",
        ),
    )

    namespace: Text
    """Its namespace."""
    flow_id: Text
    """Its id."""

    def test(self, context: ConditionContext) -> bool:
        """Whether it is the flow."""
        return context.namespace == self.namespace and context.flow_id == self.flow_id


class FlowNamespaceCondition(Condition):
    """Whether the flow that has the trigger is in a given namespace (deprecated)."""

    examples: ClassVar[tuple[str, ...]] = (
        listening(
            "of_this_namespace",
            """\
- type: io.kestra.plugin.core.condition.FlowNamespaceCondition
  namespace: company
  prefix: true
""",
        ),
    )

    namespace: Text
    """The namespace."""
    prefix: bool = False
    """Compare the beginning only."""

    def test(self, context: ConditionContext) -> bool:
        """Whether it is in the namespace."""
        return context.namespace.startswith(self.namespace) if self.prefix else context.namespace == self.namespace


class Not(Condition):
    """Whether none of several conditions is true."""

    examples: ClassVar[tuple[str, ...]] = (
        scheduled(
            "on_working_days",
            """\
- type: io.kestra.plugin.core.condition.Not
  conditions:
    - type: io.kestra.plugin.core.condition.Weekend
""",
        ),
    )

    conditions: Annotated[tuple[AnyCondition, ...], Field(min_length=1)]
    """The conditions."""

    def test(self, context: ConditionContext) -> bool:
        """Whether all are false."""
        return not any(condition.test(context) for condition in self.conditions)


class Or(Condition):
    """Whether at least one of several conditions is true."""

    examples: ClassVar[tuple[str, ...]] = (
        scheduled(
            "mondays_and_thursdays",
            """\
- type: io.kestra.plugin.core.condition.Or
  conditions:
    - type: io.kestra.plugin.core.condition.DayWeek
      dayOfWeek: MONDAY
    - type: io.kestra.plugin.core.condition.DayWeek
      dayOfWeek: THURSDAY
""",
        ),
    )

    conditions: Annotated[tuple[AnyCondition, ...], Field(min_length=1)]
    """The conditions."""

    def test(self, context: ConditionContext) -> bool:
        """Whether one is true."""
        return any(condition.test(context) for condition in self.conditions)

    def scopes(self) -> Scopes:
        """Return those of all the conditions."""
        return any_scopes([condition.scopes() for condition in self.conditions])


class MultipleCondition(Condition):
    """Whether several conditions have come true within a window (deprecated: use `preconditions`)."""

    examples: ClassVar[tuple[str, ...]] = (
        listening(
            "after_both",
            """\
- type: io.kestra.plugin.core.condition.MultipleCondition
  id: both
  timeWindow:
    window: PT6H
  conditions:
    orders:
      type: io.kestra.plugin.core.condition.ExecutionFlow
      namespace: company.team
      flowId: load_orders
    prices:
      type: io.kestra.plugin.core.condition.ExecutionFlow
      namespace: company.team
      flowId: load_prices
""",
        ),
    )

    id: Annotated[Text, Field(pattern=TASK_ID_PATTERN)]
    """Name under which is remembered what has happened."""
    conditions: Annotated[dict[str, AnyCondition], Field(min_length=1)]
    """Name -> condition."""
    time_window: TimeWindow | None = None
    """Within which time; a day when absent."""
    window: Duration | None = Field(default=None, json_schema_extra={"deprecated": True})
    """Deprecated: length of the window."""
    window_advance: Duration | None = Field(default=None, json_schema_extra={"deprecated": True})
    """Deprecated: by how much windows are moved."""
    reset_on_success: bool = True
    """Begin anew after an execution was started."""

    @model_validator(mode="before")
    @classmethod
    def _one_window(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("timeWindow") and (value.get("window") or value.get("windowAdvance")):
            raise ValueError("`timeWindow` takes the place of `window` and `windowAdvance`: write one of them")
        return value

    def gathering(self) -> Gathering:
        """Return the conditions with their window."""
        return Gathering(
            id=self.id,
            window=self.time_window or self._old_window(),
            reset_on_success=self.reset_on_success,
            conditions=self.conditions,
        )

    def scopes(self) -> Scopes:
        """Return those of all the conditions."""
        return any_scopes([condition.scopes() for condition in self.conditions.values()])

    def _old_window(self) -> TimeWindow:
        return TimeWindow.model_construct(window=self.window, window_advance=self.window_advance)
