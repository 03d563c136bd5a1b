"""Time and chance, as the shell hands them to the pure core."""

from datetime import datetime
from typing import Protocol

from lanner.model.ids import ExecutionId


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """Return the present moment, in UTC, aware."""

    def monotonic(self) -> float:
        """Return seconds that only grow, for measuring."""


class Ids(Protocol):
    """Draws new ids."""

    def execution_id(self) -> ExecutionId:
        """Return an id nobody has."""

    def chance(self) -> float:
        """Return a random number in [0, 1)."""
