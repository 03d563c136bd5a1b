"""io.kestra.plugin.core.execution.Assert."""

from typing import ClassVar

from lanner.expressions import is_truthy
from lanner.sdk.context import RunContext
from lanner.sdk.property import Property
from lanner.sdk.task import RunnableTask, TaskFailed


class Assert(RunnableTask):
    """Fail unless all conditions hold."""

    instant: ClassVar[bool] = True
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: assert_conditions
namespace: company.team

inputs:
  - id: rows
    type: INT
    defaults: 3

tasks:
  - id: check
    type: io.kestra.plugin.core.execution.Assert
    errorMessage: The number of rows is out of bounds
    conditions:
      - "{{ inputs.rows > 0 }}"
      - "{{ inputs.rows < 100 }}"
""",
    )

    conditions: tuple[str, ...]
    """Expressions; each must give something true."""
    error_message: Property[str] | None = None
    """What to say when one does not hold."""

    def run(self, context: RunContext) -> None:
        broken = [condition for condition in self.conditions if not is_truthy(context.render(condition))]
        for condition in broken:
            context.log.error(f"Assertion `{condition}` failed!")
        context.counter("success", len(self.conditions) - len(broken))
        context.counter("failed", len(broken))
        if broken:
            message = context.render(self.error_message)
            raise TaskFailed(f"{len(broken)} assertion(s) failed!" + (f"\n{message}" if message else ""))
