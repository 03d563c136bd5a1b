"""io.kestra.plugin.core.trigger.Toggle."""

from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskResult


class Toggle(RunnableTask):
    """Disable or enable a trigger."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: pause_the_schedule
namespace: company.team

tasks:
  - id: off
    type: io.kestra.plugin.core.trigger.Toggle
    trigger: every_hour
    enabled: false

triggers:
  - id: every_hour
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "@hourly"
""",
    )

    trigger: Property[str]
    """Id of the trigger."""
    flow_id: Property[str] | None = None
    """Flow of the trigger; this one when absent."""
    namespace: Property[str] | None = None
    """Namespace of that flow; that of this flow when absent."""
    enabled: Property[bool] = default(False)  # the value itself
    """Whether the trigger is to start executions."""

    def run(self, context: RunContext) -> TaskResult:
        """Disable or enable it."""
        context.toggle_trigger(
            context.render(self.trigger),
            namespace=context.render(self.namespace) or context.namespace,
            flow_id=context.render(self.flow_id) or context.flow_id,
            enabled=context.render(self.enabled),
        )
        return None
