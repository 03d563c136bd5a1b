"""io.kestra.plugin.core.execution.Fail."""

from typing import ClassVar

from lanner.expressions import is_truthy
from lanner.sdk.context import RunContext
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed


class Fail(RunnableTask):
    """Fail on purpose, always or on a condition."""

    instant: ClassVar[bool] = True
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: fail_on_a_condition
namespace: company.team

inputs:
  - id: rows
    type: INT
    defaults: 3

tasks:
  - id: check
    type: io.kestra.plugin.core.execution.Fail
    condition: "{{ inputs.rows == 0 }}"
    errorMessage: Nothing to load
""",
    )

    condition: Property[str] | None = None
    """Expression; fail when it gives something true. Fail always when absent."""
    error_message: Property[str] = default("Task failure")
    """What to say."""

    def run(self, context: RunContext) -> None:
        if self.condition is None:
            raise TaskFailed(context.render(self.error_message))
        if is_truthy(context.render(self.condition)):
            context.log.error(context.render(self.error_message))
            raise TaskFailed("Fail on a condition")
