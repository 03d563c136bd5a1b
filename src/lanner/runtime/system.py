"""The real clock and real randomness."""

import os
import random
import time
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lanner.model.ids import ExecutionId, execution_id

_LOCALTIME = Path("/etc/localtime")


def local_zone() -> tzinfo:
    """Return the machine's time zone: that of ``TZ``, else of the system, else UTC."""
    name = os.environ.get("TZ", "").lstrip(":")
    if not name and _LOCALTIME.exists():
        name = str(_LOCALTIME.resolve()).rpartition("zoneinfo/")[2]
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


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
