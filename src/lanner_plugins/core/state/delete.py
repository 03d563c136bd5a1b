"""io.kestra.plugin.core.state.Delete."""

from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import TaskFailed
from lanner_plugins.core.state.state_task import StateTask


class DeleteOutput(Output):
    """What ``Delete`` gives."""

    deleted: bool
    """Whether there was such a state."""


class Delete(StateTask):
    """Delete a state of the flow; use `kv.Delete` in new flows."""

    outputs_type: ClassVar[type[Output] | None] = DeleteOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: forget_a_state
namespace: company.team

tasks:
  - id: remember
    type: io.kestra.plugin.core.state.Set
    data: {rows: 12}

  - id: forget
    type: io.kestra.plugin.core.state.Delete
""",
    )

    error_on_missing: Property[bool] = default(False)
    """Fail when there is no such state."""

    def run(self, context: RunContext) -> DeleteOutput:
        deleted = context.key_values.delete(self.state_key(context))
        if not deleted and context.render(self.error_on_missing):
            raise TaskFailed(f"Unable to find the state file '{context.render(self.name)}'")
        return DeleteOutput(deleted=deleted)
