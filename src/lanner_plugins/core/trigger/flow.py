"""io.kestra.plugin.core.trigger.Flow."""

from datetime import time
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from lanner.model.state import TERMINAL, State
from lanner.sdk.plugin import PluginModel
from lanner.sdk.text import TASK_ID_PATTERN, Duration, Text
from lanner.sdk.trigger import Trigger

WATCHED_STATES = tuple(state for state in State if state in TERMINAL or state is State.PAUSED)


class WindowType(StrEnum):
    """How a time window is laid out."""

    DURATION_WINDOW = "DURATION_WINDOW"
    SLIDING_WINDOW = "SLIDING_WINDOW"
    DAILY_TIME_DEADLINE = "DAILY_TIME_DEADLINE"
    DAILY_TIME_WINDOW = "DAILY_TIME_WINDOW"


# property -> its name in sentences, and the types of window that may have it, and must
_WINDOW_RULES = {
    "window": ("a window", {WindowType.DURATION_WINDOW, WindowType.SLIDING_WINDOW}, set[WindowType]()),
    "window_advance": ("a window advance", {WindowType.DURATION_WINDOW}, set[WindowType]()),
    "deadline": ("a deadline", {WindowType.DAILY_TIME_DEADLINE}, {WindowType.DAILY_TIME_DEADLINE}),
    "start_time": ("a start time", {WindowType.DAILY_TIME_WINDOW}, {WindowType.DAILY_TIME_WINDOW}),
    "end_time": ("an end time", {WindowType.DAILY_TIME_WINDOW}, {WindowType.DAILY_TIME_WINDOW}),
}


class TimeWindow(PluginModel):
    """Within which time the preconditions must come true."""

    type: WindowType = WindowType.DURATION_WINDOW
    """Kind of window."""
    window: Duration | None = None
    """Length of the window; a day when absent."""
    window_advance: Duration | None = None
    """By how much windows are moved."""
    deadline: time | None = None
    """Time of day at which the window that began at midnight ends."""
    start_time: time | None = None
    """Time of day at which the window begins."""
    end_time: time | None = None
    """Time of day at which the window ends."""

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        for name, (words, allowed, required) in _WINDOW_RULES.items():
            is_set = getattr(self, name) is not None
            if is_set and self.type not in allowed:
                raise ValueError(f"Time window of type `{self.type}` cannot have {words}.")
            if not is_set and self.type in required:
                raise ValueError(f"Time window of type `{self.type}` must have {words}.")
        return self


class UpstreamFlow(PluginModel):
    """A flow to wait for."""

    namespace: Text
    """Its namespace."""
    flow_id: Text | None = None
    """Its id; any flow of the namespace when absent."""
    states: tuple[State, ...] | None = None
    """States of its execution that count; those of the trigger when absent."""
    labels: dict[str, Any] | None = None
    """Labels that its execution must have."""


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


class Where(PluginModel):
    """Comparisons taken together."""

    id: Text
    """Name of the condition."""
    operand: Literal["AND", "OR"] = "AND"
    """Whether all or one must be true."""
    filters: Annotated[tuple[Filter, ...], Field(min_length=1)]
    """The comparisons."""


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


class Flow(Trigger):
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

    inputs: dict[str, Any] | None = None
    """Inputs of the execution; expressions see `trigger.outputs` of the upstream flow."""
    states: tuple[State, ...] = WATCHED_STATES
    """States of the upstream execution that count."""
    preconditions: Preconditions | None = None
    """Upstream executions that must all have happened."""
