"""io.kestra.plugin.core.state.Set."""

from typing import Any, ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property
from lanner_plugins.core.state.state_task import StateTask, merged, read_state


class SetOutput(Output):
    """What ``Set`` gives."""

    count: int
    """How many properties the state has."""
    key: str
    """The key under which it is kept."""


class Set(StateTask):
    """Merge data into a state of the flow; use `kv.Set` in new flows."""

    outputs_type: ClassVar[type[Output] | None] = SetOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: remember_a_state
namespace: company.team

tasks:
  - id: remember
    type: io.kestra.plugin.core.state.Set
    name: ledger
    data:
      last: "{{ execution.id }}"
""",
    )

    data: Property[dict[str, Any]] | None = None
    """What to merge into the state."""

    def run(self, context: RunContext) -> SetOutput:
        key = self.state_key(context)
        data = context.render(self.data)
        state = merged(read_state(context, key) or {}, data or {})
        context.key_values.set(key, state)
        return SetOutput(count=len(state), key=key)
