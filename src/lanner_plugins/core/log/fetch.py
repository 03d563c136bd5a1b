"""io.kestra.plugin.core.log.Fetch."""

import asyncio
from typing import Any, ClassVar

from lanner.model.log import Level, LogEntry
from lanner.sdk.context import RunContext
from lanner.sdk.ion import write_rows
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner.sdk.text import Text

PART = 1_000


class FetchOutput(Output):
    """What ``Fetch`` gives."""

    size: int
    """How many lines there are."""
    uri: str
    """The lines as a file in Ion, one a row."""


class Fetch(RunnableTask):
    """Store the log of an execution as a file, one line a row."""

    outputs_type: ClassVar[type[Output] | None] = FetchOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: fetch_log
namespace: company.team

tasks:
  - id: greet
    type: io.kestra.plugin.core.log.Log
    message: Hello

  - id: lines
    type: io.kestra.plugin.core.log.Fetch
    level: INFO
    tasksId:
      - greet

  - id: show
    type: io.kestra.plugin.core.debug.Return
    format: "{{ outputs.lines.size }} lines at {{ outputs.lines.uri }}"
""",
    )

    namespace: Property[str] | None = None
    """Namespace of another flow's execution; given together with `flowId` and `executionId`."""
    flow_id: Property[str] | None = None
    """Id of the flow of another flow's execution."""
    execution_id: Property[str] | None = None
    """The execution, of this flow unless `namespace` and `flowId` name another; the one that runs when absent."""
    tasks_id: Property[list[Text]] | None = None
    """Only lines of these tasks."""
    level: Property[Level] = default(Level.INFO)
    """The least level of the lines."""

    async def run(self, context: RunContext) -> FetchOutput:
        execution_id = await self._execution(context)
        rows: list[dict[str, Any]] = []
        size = 0
        path = context.working_dir / "log.ion"
        with path.open("wb") as file:
            if execution_id is not None:
                task_ids = context.render(self.tasks_id) or []
                lines = context.records.log_lines(execution_id, least=context.render(self.level), task_ids=task_ids)
                async for entry in lines:
                    rows.append(_row(entry))
                    if len(rows) == PART:
                        size += await asyncio.to_thread(write_rows, file, rows)
                        rows = []
            size += write_rows(file, rows)
        return FetchOutput(size=size, uri=await asyncio.to_thread(context.files.put, path, name=path.name))

    async def _execution(self, context: RunContext) -> str | None:
        """Return the execution to read the log of; ``None`` when there is no such one in the flow that is meant."""
        execution_id = context.render(self.execution_id)
        namespace, flow_id = context.render(self.namespace), context.render(self.flow_id)
        if execution_id is None:
            if namespace is not None or flow_id is not None:
                raise TaskFailed("`namespace` and `flowId` should only be set when `executionId` is set.")
            return context.execution_id
        if (namespace is None) != (flow_id is None):
            raise TaskFailed("Both `namespace` and `flowId` must be set when `executionId` is set, or none of them.")
        wanted = (namespace or context.namespace, flow_id or context.flow_id)
        return execution_id if await context.records.namespace_and_flow(execution_id) == wanted else None


def _row(entry: LogEntry) -> dict[str, Any]:
    """Return a line with the names Kestra gives its fields."""
    return {
        "tenantId": entry.tenant,
        "namespace": entry.namespace,
        "flowId": entry.flow_id,
        "taskId": entry.task_id,
        "executionId": entry.execution_id,
        "taskRunId": entry.task_run_id,
        "attemptNumber": entry.attempt_number,
        "triggerId": entry.trigger_id,
        "timestamp": entry.timestamp,
        "level": entry.level.value,
        "thread": entry.thread,
        "message": entry.message,
        "deleted": False,
        "executionKind": None,
    }
