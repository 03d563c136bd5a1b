"""Triggers that start executions when other executions change their state."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from lanner.model.state import State
from lanner.sdk.condition import Condition, Gathering, Scopes, all_scopes
from lanner.sdk.trigger import Trigger


class ListeningTrigger(Trigger):
    """Starts an execution when an execution of another flow enters a state and all conditions are true."""

    inputs: dict[str, Any] | None = None
    """Inputs of the execution; expressions see `trigger.outputs` of the upstream flow."""
    states: tuple[State, ...] = ()
    """States of the upstream execution that count."""

    @property
    def single_conditions(self) -> Sequence[Condition]:
        """The conditions that one execution makes true or not."""
        return [condition for condition in self.conditions if condition.gathering() is None]

    @property
    @abstractmethod
    def gatherings(self) -> Sequence[Gathering]:
        """What several executions make true together; ids are unique."""

    def scopes(self) -> Scopes:
        """Return the executions worth looking at, where that is known beforehand."""
        found = [condition.scopes() for condition in self.single_conditions]
        return all_scopes([*found, *(gathering.scopes() for gathering in self.gatherings)])
