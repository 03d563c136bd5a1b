"""io.kestra.plugin.core.execution.PurgeExecutions."""

from typing import ClassVar

from pydantic import Field

from lanner.model.state import State
from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.purging import PurgingTask
from lanner.sdk.records import Purge


class PurgeExecutionsOutput(Output):
    """What ``PurgeExecutions`` gives."""

    executions_count: int
    """How many executions were deleted."""
    logs_count: int
    """How many log lines were deleted."""
    storages_count: int
    """How many files of the internal storage were deleted."""
    metrics_count: int
    """How many metrics were deleted."""


class PurgeExecutions(PurgingTask):
    """Delete executions with their log lines, metrics and files. The execution that purges is kept."""

    outputs_type: ClassVar[type[Output] | None] = PurgeExecutionsOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: purge_executions
namespace: company.team

tasks:
  - id: purge
    type: io.kestra.plugin.core.execution.PurgeExecutions
    namespace: company.team
    states:
      - KILLED
      - FAILED
      - WARNING
      - SUCCESS
    endDate: "{{ now() | dateAdd(-1, 'MONTHS') }}"

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.purge.executionsCount }} executions are gone"
""",
    )

    states: Property[list[State]] | None = None
    """Only executions in these states; all when absent, running ones as well."""
    purge_execution: Property[bool] = default(True)
    """Whether to delete the executions, with their log lines and metrics."""
    purge_log: Property[bool] = default(True)
    """Whether to delete and count their log lines."""
    purge_metric: Property[bool] = default(True)
    """Whether to delete and count their metrics."""
    purge_storage: Property[bool] = default(True)
    """Whether to delete their files in the internal storage."""
    batch_size: Property[int] = Field(default=default(100), json_schema_extra={"deprecated": True})
    """Accepted and ignored."""

    async def run(self, context: RunContext) -> PurgeExecutionsOutput:
        states = context.render(self.states)
        selection = self.selection(context, states=tuple(states or ()))
        wanted = Purge(
            executions=context.render(self.purge_execution),
            logs=context.render(self.purge_log),
            metrics=context.render(self.purge_metric),
            files=context.render(self.purge_storage),
        )
        gone = await context.records.purge_executions(selection, wanted)
        return PurgeExecutionsOutput(
            executions_count=gone.executions,
            logs_count=gone.logs,
            storages_count=gone.files,
            metrics_count=gone.metrics,
        )
