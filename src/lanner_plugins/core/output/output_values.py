"""io.kestra.plugin.core.output.OutputValues."""

from typing import Any, ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property
from lanner.sdk.task import RunnableTask


class OutputValuesOutput(Output):
    """What ``OutputValues`` gives."""

    values: dict[str, Any]
    """The rendered map."""


class OutputValues(RunnableTask):
    """Hand on a map of values, each text in it rendered."""

    instant: ClassVar[bool] = True
    outputs_type: ClassVar[type[Output] | None] = OutputValuesOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: output_values
namespace: company.team

tasks:
  - id: settings
    type: io.kestra.plugin.core.output.OutputValues
    values:
      owner: "{{ flow.namespace }}"
      retries: 3
      days: [1, 2, 3]

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.settings.values.owner }} {{ outputs.settings.values.days | last }}"
""",
    )

    values: Property[dict[str, Any]]
    """Name -> value, at any depth; an expression gives text."""

    def run(self, context: RunContext) -> OutputValuesOutput:
        return OutputValuesOutput(values=_without_nulls(context.render(self.values)))


def _without_nulls(value: Any) -> Any:
    """Leave out entries of maps that are null; those of lists stay. Source: Kestra 1.0.36."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
