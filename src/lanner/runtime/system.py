"""The real clock and real randomness."""

import os
import random
import time
from datetime import UTC, datetime

from lanner.model.ids import ExecutionId, execution_id


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only grow."""
        return time.monotonic()


class RandomIds:
    """Ids from the system's random source."""

    def execution_id(self) -> ExecutionId:
        """Return an id nobody has."""
        return execution_id(os.urandom(16))

    def chance(self) -> float:
        """Return a random number in [0, 1)."""
        return random.random()  # noqa: S311  # spreads load, protects nothing
