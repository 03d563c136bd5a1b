"""Tasks whose failure does not fail the flow."""

from typing import ClassVar

from lanner.model.state import State
from lanner_plugins.core.flow.sequential import Sequential


class AllowFailure(Sequential):
    """Run tasks one after the other; when one fails the flow goes on and ends in WARNING.

    ``errors`` of this task run all the same.
    """

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: allow_failure
namespace: company.team
tasks:
  - id: optional
    type: io.kestra.plugin.core.flow.AllowFailure
    tasks:
      - id: breaks
        type: io.kestra.plugin.core.execution.Fail
  - id: goes_on
    type: io.kestra.plugin.core.log.Log
    message: still here
""",
    )

    def state_of(self, state: State) -> State:
        return State.WARNING if state is State.FAILED else state
