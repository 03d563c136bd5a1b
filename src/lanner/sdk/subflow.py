"""Tasks whose work is another execution."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lanner.model.label import Labels
from lanner.model.state import State
from lanner.sdk.flowable import Scope
from lanner.sdk.task import Task

if TYPE_CHECKING:
    from lanner.sdk.context import RunContext


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRequest:
    """An execution to start: of which flow, with which inputs and labels.

    ``restart_failed`` has a restarted parent restart a failed child instead of starting a new one.
    """

    namespace: str
    flow_id: str
    revision: int | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    labels: Labels = ()
    inherit_labels: bool = False
    schedule_date: datetime | None = None
    restart_failed: bool = True
    iteration: int | None = None
    """Which of the executions of one task run, from 1."""
    outputs_uri: str | None = None
    """Where to keep the outputs of the flow, besides reporting them."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """More variables of the child's trigger."""


class SubflowTask(Task):
    """A task that starts an execution; the engine makes it and hears of its end."""

    @property
    def starts(self) -> tuple[str, str] | None:
        """Namespace and id of the flow it starts, as written; none when it does not say."""
        return None

    @property
    def waits(self) -> bool:
        """Whether the task run ends with the child, not at once."""
        return True

    def request(self, scope: Scope) -> ChildRequest:
        """Render what to start; any ``LannerError`` or ``ValueError`` fails the task run."""
        raise NotImplementedError

    def state_for(self, child: State) -> State:
        """Return the task run's state for the child's, before ``allowFailure`` and ``allowWarning``."""
        raise NotImplementedError


class SubflowBatch(Task):
    """A task that starts many executions, numbered from 1, and ends when all of them have.

    A worker prepares it: what ``prepare`` returns is stored with the task run and given back.
    """

    @property
    def starts(self) -> tuple[str, str] | None:
        """Namespace and id of the flow it starts, as written; none when it does not say."""
        return None

    @property
    def waits(self) -> bool:
        """Whether the task run ends with the children, not when all have been started."""
        return True

    def prepare(self, context: "RunContext") -> Mapping[str, Any]:
        """Return what ``request`` needs, plain data, with ``count``: how many executions there are."""
        raise NotImplementedError

    def request(self, scope: Scope, iteration: int, prepared: Mapping[str, Any]) -> ChildRequest:
        """Render what to start; any ``LannerError`` or ``ValueError`` fails the task run."""
        raise NotImplementedError

    def state_for(self, ended: Mapping[State, int]) -> State:
        """Return the task run's state for how many children ended in which, before ``allowFailure``."""
        raise NotImplementedError

    def outputs_for(self, prepared: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ARG002  # most have none
        """Return outputs that are added when all children have ended."""
        return {}
