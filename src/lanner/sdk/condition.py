"""Conditions: what must be true for a trigger to start an execution."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Protocol

from lanner.expressions import is_truthy
from lanner.model.errors import LannerError
from lanner.model.execution import Execution
from lanner.sdk.plugin import Plugin
from lanner.sdk.property import Property
from lanner.sdk.task import resolved
from lanner.sdk.window import TimeWindow

Render = Callable[[Any, Mapping[str, Any]], Any]
"""Renders every text inside a YAML value with variables; a lone text gives text."""


class InvalidCondition(LannerError):
    """A condition cannot be tested as it is written, or not where it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionContext:
    """What a condition is tested on.

    ``namespace`` and ``flow_id`` name the flow that has the trigger. ``execution`` is the one that
    may set it off (a Flow trigger), or the one that would be started (a webhook); a schedule
    has none. ``variables`` are what expressions see, ``upstream`` those of the execution that may set it off alone.
    """

    namespace: str
    flow_id: str
    render: Render
    variables: Mapping[str, Any] = field(default_factory=dict)
    upstream: Mapping[str, Any] = field(default_factory=dict)
    execution: Execution | None = None

    def text(self, template: str) -> str:
        """Return a template rendered."""
        return str(self.render(template, self.variables))

    def value(self, value: Property[Any]) -> Any:
        """Return a property rendered, of its type."""
        return value.value(lambda raw: self.render(raw, self.variables))

    def with_trigger(self, **values: Any) -> "ConditionContext":
        """Return the context with more variables under ``trigger``."""
        trigger = {**self.variables.get("trigger", {}), **values}
        return replace(self, variables={**self.variables, "trigger": trigger})

    def needed_execution(self) -> Execution:
        """Return the execution; raises ``InvalidCondition`` where there is none."""
        if self.execution is None:
            raise InvalidCondition("Invalid condition with null execution")
        return self.execution


@dataclass(frozen=True, slots=True)
class Scope:
    """Executions of a namespace, a flow, or both; ``None`` is any. A prefix is plain text: ``a`` begins ``ab``."""

    namespace: str | None = None
    flow_id: str | None = None
    is_prefix: bool = False


Scopes = frozenset[Scope] | None
"""The executions something can be true of, found without testing; ``None`` says nothing: any."""


class Testable(Protocol):
    """What can be tested: a condition, or a part of a trigger that acts as one."""

    def test(self, context: ConditionContext) -> bool: ...
    def scopes(self) -> Scopes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """Conditions that may come true one after the other, of different executions, within a window.

    ``id`` names, within the flow, what is remembered of it. ``needed`` is how many have to be true (all when
    ``None``), ``timezone`` that of the window's times of day (the server's when ``None``). With ``keeps_apart``
    the outputs gathered are found by namespace and flow id.
    """

    id: str
    window: TimeWindow
    reset_on_success: bool
    conditions: Mapping[str, Testable]
    needed: int | None = None
    timezone: str | None = None
    keeps_apart: bool = False

    def is_complete(self, met: Collection[str]) -> bool:
        """Whether enough conditions have come true."""
        found = sum(1 for name in self.conditions if name in met)
        return found >= (len(self.conditions) if self.needed is None else self.needed)

    def scopes(self) -> Scopes:
        """Return the executions that can make one of the conditions true."""
        return any_scopes([condition.scopes() for condition in self.conditions.values()])


@dataclass(frozen=True, slots=True)
class When:
    """An expression that must be true, as Kestra 2.0 writes conditions; empty, ``false`` and ``0`` are not."""

    expression: str

    def test(self, context: ConditionContext) -> bool:
        """Whether it is true."""
        return is_truthy(context.text(self.expression).strip())

    def scopes(self) -> Scopes:
        """Return that it may be true of any execution."""
        return None


class Condition(Plugin):
    """Something that must be true for a trigger to start an execution."""

    def test(self, context: ConditionContext) -> bool:  # noqa: ARG002  # for those that can
        """Whether it is true. Pure; raises ``LannerError`` when it cannot be told."""
        raise InvalidCondition(f"{self.type} cannot be tested")

    def scopes(self) -> Scopes:
        """Return the executions it can be true of, where that is known without testing."""
        return None

    def gathering(self) -> Gathering | None:
        """Return what it gathers, for a condition that several executions make true together."""
        return None


AnyCondition = Annotated[Condition, resolved]
"""A condition of any type."""


def any_scopes(found: Sequence[Scopes]) -> Scopes:
    """Return the scopes of several things of which one has to be true."""
    joined: frozenset[Scope] = frozenset()
    for scopes in found:
        if scopes is None:
            return None
        joined |= scopes
    return joined


def all_scopes(found: Sequence[Scopes]) -> Scopes:
    """Return the scopes of several things that all have to be true: those of the one that says most."""
    known = [scopes for scopes in found if scopes is not None]
    return min(known, key=_breadth) if known else None


def _breadth(scopes: frozenset[Scope]) -> tuple[int, int]:
    wide = sum(1 for scope in scopes if scope.is_prefix or scope.flow_id is None or scope.namespace is None)
    return wide, len(scopes)
