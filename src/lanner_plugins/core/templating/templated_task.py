"""io.kestra.plugin.core.templating.TemplatedTask."""

import asyncio
import inspect
from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.property import Property
from lanner.sdk.task import RunnableTask, TaskFailed, TaskResult


class TemplatedTask(RunnableTask):
    """Run a task whose whole definition is an expression."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: templated_task
namespace: company.team

inputs:
  - id: kind
    type: STRING
    defaults: debug.Return

tasks:
  - id: built
    type: io.kestra.plugin.core.templating.TemplatedTask
    spec: |
      type: io.kestra.plugin.core.{{ inputs.kind }}
      format: built by {{ flow.id }}

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.built.value }}"
""",
    )

    spec: Property[str]
    """The YAML of a task, without `id`; rendered first."""

    async def run(self, context: RunContext) -> TaskResult:
        task = context.load_task(context.render(self.spec))
        if isinstance(task, TemplatedTask):
            raise TaskFailed(
                "The templated task cannot be of type io.kestra.plugin.core.templating.TemplatedTask itself"
            )
        if not isinstance(task, RunnableTask):
            raise TaskFailed(f"The templated task must be a runnable task, and {task.type} is run by the engine")
        if task.instant or inspect.iscoroutinefunction(task.run):
            result = task.run(context)
        else:
            result = await asyncio.to_thread(task.run, context)
        return await result if inspect.isawaitable(result) else result
