"""io.kestra.plugin.core.execution.Resume."""

from typing import Any, ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.property import Property
from lanner.sdk.task import RunnableTask, TaskFailed


class Resume(RunnableTask):
    """Let a paused execution go on."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: resume_another
namespace: company.team

inputs:
  - id: paused
    type: STRING
    required: false

tasks:
  - id: resume
    type: io.kestra.plugin.core.execution.Resume
    runIf: "{{ inputs.paused is defined }}"
    executionId: "{{ inputs.paused }}"
    inputs:
      approved: true
""",
    )

    namespace: Property[str] | None = None
    """Namespace of the execution's flow, to be sure to mean the right one; given together with `flowId`."""
    flow_id: Property[str] | None = None
    """Id of the execution's flow; given together with `namespace`."""
    execution_id: Property[str] | None = None
    """The execution; this one when absent."""
    inputs: Property[dict[str, Any]] | None = None
    """Answers to what the pause asks (`onResume`)."""

    async def run(self, context: RunContext) -> None:
        execution_id = context.render(self.execution_id)
        flow = context.render(self.namespace), context.render(self.flow_id)
        if execution_id is None and flow != (None, None):
            raise TaskFailed("`namespace` and `flowId` should only be set when `executionId` is set.")
        execution_id = execution_id or context.execution_id
        if None not in flow:
            place = await context.records.namespace_and_flow(execution_id)
            if place is not None and place != flow:
                raise TaskFailed(
                    f"Flow not found for execution id {execution_id}: it is not of {'.'.join(map(str, flow))}"
                )
        inputs = context.render(self.inputs)
        await context.records.resume(execution_id, inputs=inputs or {})
