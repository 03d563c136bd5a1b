"""Tasks whose work is another execution."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lanner.model.label import Labels
from lanner.model.state import State
from lanner.sdk.flowable import Scope
from lanner.sdk.task import Task


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


class SubflowTask(Task):
    """A task that starts an execution; the engine makes it and hears of its end."""

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
