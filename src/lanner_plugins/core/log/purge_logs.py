"""io.kestra.plugin.core.log.PurgeLogs."""

from typing import ClassVar

from lanner.model.log import Level
from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property
from lanner.sdk.purging import PurgingTask


class PurgeLogsOutput(Output):
    """What ``PurgeLogs`` gives."""

    count: int
    """How many lines were deleted."""


class PurgeLogs(PurgingTask):
    """Delete log lines of executions and triggers."""

    outputs_type: ClassVar[type[Output] | None] = PurgeLogsOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: purge_logs
namespace: company.team

tasks:
  - id: purge
    type: io.kestra.plugin.core.log.PurgeLogs
    namespace: company.team
    logLevels:
      - TRACE
      - DEBUG
    endDate: "{{ now() | dateAdd(-1, 'MONTHS') }}"

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.purge.count }} lines are gone"
""",
    )

    execution_id: Property[str] | None = None
    """Only lines of this execution."""
    log_levels: Property[list[Level]] | None = None
    """Only lines of these levels; all when absent."""

    async def run(self, context: RunContext) -> PurgeLogsOutput:
        levels, execution_id = context.render(self.log_levels), context.render(self.execution_id)
        selection = self.selection(context, execution_id=execution_id, levels=tuple(levels or ()))
        return PurgeLogsOutput(count=await context.records.purge_logs(selection))
