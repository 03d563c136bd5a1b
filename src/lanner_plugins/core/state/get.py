"""io.kestra.plugin.core.state.Get."""

from typing import Any, ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import TaskFailed
from lanner_plugins.core.state.state_task import StateTask, read_state


class GetOutput(Output):
    """What ``Get`` gives."""

    count: int
    """How many properties the state has."""
    data: dict[str, Any]
    """The state; empty when there is none."""


class Get(StateTask):
    """Read a state of the flow; use `kv.Get` in new flows."""

    outputs_type: ClassVar[type[Output] | None] = GetOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: read_a_state
namespace: company.team

tasks:
  - id: remember
    type: io.kestra.plugin.core.state.Set
    data: {rows: 12}

  - id: read
    type: io.kestra.plugin.core.state.Get

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.read.data.rows }} rows"
""",
    )

    error_on_missing: Property[bool] = default(False)
    """Fail when there is no such state."""

    def run(self, context: RunContext) -> GetOutput:
        key = self.state_key(context)
        state = read_state(context, key)
        if state is None and context.render(self.error_on_missing):
            raise TaskFailed(f"State {key} not found")
        return GetOutput(count=len(state or {}), data=state or {})
