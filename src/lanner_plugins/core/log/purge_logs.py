"""io.kestra.plugin.core.log.PurgeLogs."""

from typing import ClassVar

from lanner.model.log import Level
from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property
from lanner.sdk.records import Selection
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner.sdk.text import Moment


class PurgeLogsOutput(Output):
    """What ``PurgeLogs`` gives."""

    count: int
    """How many lines were deleted."""


class PurgeLogs(RunnableTask):
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

    namespace: Property[str] | None = None
    """Only lines of this namespace and those below it; of this namespace alone with a `flowId`."""
    flow_id: Property[str] | None = None
    """Only lines of this flow; needs `namespace`."""
    execution_id: Property[str] | None = None
    """Only lines of this execution."""
    log_levels: Property[list[Level]] | None = None
    """Only lines of these levels; all when absent."""
    start_date: Property[Moment] | None = None
    """Only lines written at this moment or later."""
    end_date: Property[Moment]
    """Only lines written at this moment or earlier."""

    async def run(self, context: RunContext) -> PurgeLogsOutput:
        namespace, flow_id = context.render(self.namespace), context.render(self.flow_id)
        if flow_id is not None and namespace is None:
            raise TaskFailed("`flowId` needs `namespace`: a flow's id says nothing without its namespace")
        levels = context.render(self.log_levels)
        selection = Selection(
            namespace=namespace,
            flow_id=flow_id,
            execution_id=context.render(self.execution_id),
            since=context.render(self.start_date),
            until=context.render(self.end_date),
            levels=tuple(levels or ()),
        )
        return PurgeLogsOutput(count=await context.records.purge_logs(selection))
