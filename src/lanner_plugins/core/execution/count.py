"""io.kestra.plugin.core.execution.Count."""

from typing import Any, ClassVar

from lanner.model.state import State
from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output, PluginModel
from lanner.sdk.property import Property
from lanner.sdk.records import ExecutionCount, Selection
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner.sdk.text import Moment, Text


class CountedFlow(PluginModel):
    """A flow whose executions are counted."""

    namespace: Property[str]
    """Its namespace."""
    flow_id: Property[str]
    """Its id."""


class CountOutput(Output):
    """What ``Count`` gives."""

    results: list[dict[str, Any]]
    """The flows and namespaces whose count the expression is true for."""
    total: int
    """The sum of their counts."""


class Count(RunnableTask):
    """Count executions of flows or namespaces, and keep the counts that an expression is true for."""

    outputs_type: ClassVar[type[Output] | None] = CountOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: count_executions
namespace: company.team

tasks:
  - id: missing
    type: io.kestra.plugin.core.execution.Count
    flows:
      - namespace: company.team
        flowId: daily_report
    states:
      - SUCCESS
    expression: "{{ count == 0 }}"
    startDate: "{{ now() | dateAdd(-1, 'DAYS') }}"

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.missing.results | length }} flows did not succeed since yesterday"
""",
    )

    flows: tuple[CountedFlow, ...] | None = None
    """The flows to count executions of."""
    namespaces: Property[list[Text]] | None = None
    """The namespaces to count executions in, each without those below it."""
    states: Property[list[State]] | None = None
    """Only executions in these states; all when absent."""
    start_date: Property[Moment]
    """Only executions that began at this moment or later."""
    end_date: Property[Moment] | None = None
    """Only executions that began at this moment or earlier."""
    expression: Text
    """Evaluated for each flow with its `count`; a count is kept when it renders to `true`."""

    async def run(self, context: RunContext) -> CountOutput:
        namespaces = context.render(self.namespaces) or []
        if not self.flows and not namespaces:
            raise TaskFailed("You must provide a list of flows or namespaces.")
        flows = [(context.render(one.namespace), context.render(one.flow_id)) for one in self.flows or ()]
        states = context.render(self.states)
        selection = Selection(
            since=context.render(self.start_date),
            until=context.render(self.end_date),
            states=tuple(states or ()),
        )
        counts = await context.records.count_executions(selection, flows=flows, namespaces=namespaces)
        kept = [one for one in counts if context.render(self.expression, count=one.count) == "true"]
        return CountOutput(results=[_result(one) for one in kept], total=sum(one.count for one in kept))


def _result(one: ExecutionCount) -> dict[str, Any]:
    found = {"namespace": one.namespace, "flowId": one.flow_id, "count": one.count}
    return {name: value for name, value in found.items() if value is not None}
