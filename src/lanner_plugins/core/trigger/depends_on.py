"""What a Flow trigger depends on, as Kestra 2.0 writes preconditions. Source: Kestra 2.0.0, asked."""

from datetime import time
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from lanner.expressions import is_truthy
from lanner.model.state import State
from lanner.sdk.condition import ConditionContext, Scope, Scopes
from lanner.sdk.plugin import PluginModel
from lanner.sdk.text import Duration, FlowLabels, Text
from lanner.sdk.window import TimeWindow, WindowType
from lanner_plugins.core.trigger.dates import known_zone


class Mode(StrEnum):
    """How many of the dependencies have to be there."""

    ALL = "ALL"
    ANY = "ANY"
    AT_LEAST = "AT_LEAST"


class Dependency(PluginModel):
    """An upstream execution to wait for."""

    namespace: Text | None = None
    """Namespace of its flow; any when absent."""
    flow_id: Text | None = None
    """Id of its flow; any when absent."""
    states: tuple[State, ...] | None = None
    """States of the execution that count; those of the trigger when absent."""
    labels: FlowLabels = ()
    """Labels that the execution must have."""
    when: Text | None = None
    """Expression that must be true; it sees the variables of the upstream execution."""

    def test(self, context: ConditionContext) -> bool:
        """Whether the execution is the one waited for."""
        execution = context.needed_execution()
        return (
            self.namespace in (None, execution.namespace)
            and self.flow_id in (None, execution.flow_id)
            and (self.states is None or execution.state.current in self.states)
            and set(self.labels) <= set(execution.labels)
            and (self.when is None or is_truthy(str(context.render(self.when, context.upstream)).strip()))
        )

    def scopes(self) -> Scopes:
        """Return the flow, or its namespace."""
        if self.namespace is None and self.flow_id is None:
            return None
        return frozenset({Scope(self.namespace, self.flow_id)})


# property -> its name in sentences, and the kinds of window that may have it
_ONLY_IN = {
    "deadline": ("a deadline", WindowType.DAILY_TIME_DEADLINE),
    "from_": ("a from time", WindowType.DAILY_TIME_WINDOW),
    "to": ("a to time", WindowType.DAILY_TIME_WINDOW),
    "lookback": ("a lookback duration", WindowType.SLIDING_WINDOW),
    "every": ("an every duration", WindowType.DURATION_WINDOW),
    "offset": ("an offset duration", WindowType.DURATION_WINDOW),
}


class Window(PluginModel):
    """Within which time the dependencies must be there: up to a ``deadline``, ``from`` a time of day ``to`` another,
    for a ``lookback`` since the first, or in windows that begin ``every`` so often. A day when absent.
    """

    deadline: time | None = None
    """Time of day at which the window that began at midnight ends."""
    from_: Annotated[time | None, Field(alias="from")] = None
    """Time of day at which the window begins."""
    to: time | None = None
    """Time of day at which the window ends."""
    lookback: Duration | None = None
    """Length of a window that begins with the first dependency."""
    every: Duration | None = None
    """Length of windows that follow each other."""
    offset: Duration | None = None
    """By how much these are moved."""
    timezone: Annotated[str, AfterValidator(known_zone)] | None = None
    """Time zone of the times of day; the server's when absent."""

    @property
    def kind(self) -> WindowType:
        """What is set says which kind of window it is."""
        if self.deadline is not None:
            return WindowType.DAILY_TIME_DEADLINE
        if self.from_ is not None or self.to is not None:
            return WindowType.DAILY_TIME_WINDOW
        return WindowType.SLIDING_WINDOW if self.lookback is not None else WindowType.DURATION_WINDOW

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        for name, (words, kind) in _ONLY_IN.items():
            if getattr(self, name) is not None and self.kind is not kind:
                raise ValueError(f"Window of type `{self.kind}` cannot have {words}.")
        for name in ("from_", "to") if self.kind is WindowType.DAILY_TIME_WINDOW else ():
            if getattr(self, name) is None:
                raise ValueError(f"Window of type `{self.kind}` must have {_ONLY_IN[name][0]}.")
        return self

    def as_time_window(self) -> TimeWindow:
        """Return the window as preconditions have it."""
        window = {
            "type": self.kind,
            "window": self.lookback or self.every,
            "windowAdvance": self.offset,
            "deadline": self.deadline,
            "startTime": self.from_,
            "endTime": self.to,
        }
        return TimeWindow.model_validate({name: value for name, value in window.items() if value is not None})
