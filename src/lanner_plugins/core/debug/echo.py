"""io.kestra.plugin.core.debug.Echo."""

from typing import ClassVar

from lanner.model.log import Level
from lanner.sdk.context import RunContext
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask


class Echo(RunnableTask):
    """Write a line to the log (deprecated: use ``io.kestra.plugin.core.log.Log``)."""

    replaced_by: ClassVar[str | None] = "io.kestra.plugin.core.log.Log"
    instant: ClassVar[bool] = True
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: echo_a_line
namespace: company.team

tasks:
  - id: echo
    type: io.kestra.plugin.core.debug.Echo
    level: WARN
    format: "{{ flow.id }} was here"
""",
    )

    format: Property[str]
    """The text."""
    level: Property[Level] = default(Level.INFO)
    """Level of the line: TRACE, DEBUG, INFO, WARN or ERROR."""

    def run(self, context: RunContext) -> None:
        context.log.log(context.render(self.level), context.render(self.format))
