"""The end of an execution, from one of its tasks."""

from enum import StrEnum
from typing import ClassVar

from lanner.model.state import State
from lanner.sdk.flowable import ExecutionUpdate, Scope, Update
from lanner.sdk.property import Property


class ExitState(StrEnum):
    """How the execution ends."""

    SUCCESS = "SUCCESS"
    WARNING = "WARNING"
    KILLED = "KILLED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    CANCELLED = "CANCELLED"


class Exit(ExecutionUpdate):
    """End the execution at once, in a state of choice.

    No further task and no ``errors`` run; ``finally`` does, unless the state is KILLED; ``afterExecution`` does.
    """

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: leave_early
namespace: company.team
tasks:
  - id: leave
    type: io.kestra.plugin.core.execution.Exit
    state: WARNING
  - id: never
    type: io.kestra.plugin.core.log.Log
    message: never shown
""",
    )

    state: Property[ExitState] | None = None
    """SUCCESS when absent."""

    def update(self, scope: Scope) -> Update:
        wanted = self.state.value(scope.render) if self.state else ExitState.SUCCESS
        return Update(exit_state=State.CANCELLED if wanted is ExitState.CANCELED else State(wanted.value))
