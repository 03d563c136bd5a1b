"""Conditions on an execution.

Source: Kestra 1.0.36 (reference ``engine.md`` §7.10).
"""

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from lanner.model.state import State
from lanner.sdk.condition import Condition, ConditionContext, Scope, Scopes
from lanner.sdk.property import Property
from lanner.sdk.text import FlowLabels, Text
from lanner_plugins.core.condition.samples import listening


class ExecutionFlow(Condition):
    """Whether the execution is of a given flow."""

    examples: ClassVar[tuple[str, ...]] = (
        listening(
            "after_load",
            """\
- type: io.kestra.plugin.core.condition.ExecutionFlow
  namespace: company.team
  flowId: load_orders
""",
        ),
    )

    namespace: Text
    """The flow's namespace."""
    flow_id: Text
    """The flow's id."""

    def test(self, context: ConditionContext) -> bool:
        """Whether it is of the flow."""
        execution = context.needed_execution()
        return execution.namespace == self.namespace and execution.flow_id == self.flow_id

    def scopes(self) -> Scopes:
        """Return the flow."""
        return frozenset({Scope(self.namespace, self.flow_id)})


class Comparison(StrEnum):
    """How a namespace is compared."""

    EQUALS = "EQUALS"
    PREFIX = "PREFIX"
    SUFFIX = "SUFFIX"


class ExecutionNamespace(Condition):
    """Whether the execution is of a given namespace, or of one that begins or ends with a text."""

    examples: ClassVar[tuple[str, ...]] = (
        listening(
            "after_any_of_company",
            """\
- type: io.kestra.plugin.core.condition.ExecutionNamespace
  namespace: company
  comparison: PREFIX
""",
        ),
    )

    namespace: Text
    """What is compared with."""
    comparison: Comparison | None = None
    """How; EQUALS when absent, PREFIX with `prefix`."""
    prefix: bool = Field(default=False, json_schema_extra={"deprecated": True})
    """Deprecated: write `comparison: PREFIX`."""

    @property
    def compared(self) -> Comparison:
        """How the namespace is compared."""
        return self.comparison or (Comparison.PREFIX if self.prefix else Comparison.EQUALS)

    def test(self, context: ConditionContext) -> bool:
        """Whether it is of such a namespace."""
        namespace = context.needed_execution().namespace
        match self.compared:
            case Comparison.EQUALS:
                return namespace == self.namespace
            case Comparison.PREFIX:
                return namespace.startswith(self.namespace)
            case Comparison.SUFFIX:
                return namespace.endswith(self.namespace)

    def scopes(self) -> Scopes:
        """Return the namespaces, where their beginning is known."""
        if self.compared is Comparison.SUFFIX:
            return None
        return frozenset({Scope(self.namespace, is_prefix=self.compared is Comparison.PREFIX)})


class ExecutionLabels(Condition):
    """Whether the execution has all of the given labels."""

    examples: ClassVar[tuple[str, ...]] = (
        listening(
            "after_production",
            """\
- type: io.kestra.plugin.core.condition.ExecutionLabels
  labels:
    stage: production
""",
        ),
    )

    labels: FlowLabels
    """The labels."""

    def test(self, context: ConditionContext) -> bool:
        """Whether it has them."""
        return set(self.labels) <= set(context.needed_execution().labels)


class ExecutionStatus(Condition):
    """Whether the execution is in one of some states, or in none of others."""

    examples: ClassVar[tuple[str, ...]] = (
        listening(
            "after_failures",
            """\
- type: io.kestra.plugin.core.condition.ExecutionStatus
  in: [FAILED, WARNING]
""",
        ),
    )

    in_: Property[list[State]] | None = Field(default=None, alias="in")
    """States of which it has to be in one."""
    not_in: Property[list[State]] | None = None
    """States it must not be in."""

    def test(self, context: ConditionContext) -> bool:
        """Whether its state is a right one."""
        state = context.needed_execution().state.current
        if self.in_ is not None and state not in context.value(self.in_):
            return False
        return self.not_in is None or state not in context.value(self.not_in)


class ExecutionOutputs(Condition):
    """Whether an expression about the outputs of the execution is true; false when it has none."""

    examples: ClassVar[tuple[str, ...]] = (
        listening(
            "after_many_rows",
            """\
- type: io.kestra.plugin.core.condition.ExecutionOutputs
  expression: "{{ trigger.outputs.rows > 1000 }}"
""",
        ),
    )

    expression: Text
    """Expression that sees `trigger.outputs`; true unless it renders to nothing or `false`."""

    def test(self, context: ConditionContext) -> bool:
        """Whether the expression is true."""
        outputs = context.needed_execution().outputs
        if not outputs:
            return False
        return holds(context.with_trigger(outputs=outputs).text(self.expression))


class HasRetryAttempt(Condition):
    """Never true, as in Kestra, whatever the attempts of the execution were."""

    examples: ClassVar[tuple[str, ...]] = (
        listening(
            "after_retries",
            """\
- type: io.kestra.plugin.core.condition.HasRetryAttempt
  in: [FAILED]
""",
        ),
    )

    in_: Property[list[State]] | None = Field(default=None, alias="in")
    """States of attempts."""
    not_in: Property[list[State]] | None = None
    """States of attempts."""

    def test(self, context: ConditionContext) -> bool:
        """Return false."""
        context.needed_execution()
        return False


def holds(text: str) -> bool:
    """Whether the text of an expression counts as true: it is not blank and not ``false``; ``0`` is true."""
    return bool(text.strip()) and text.strip() != "false"
