"""Gives the memory that large values took back to the system once they are gone."""

import asyncio
import ctypes
import gc
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

GROWN_BYTES = 48 * 1024 * 1024
"""By how much the process has to grow before somebody looks after it."""
WAITS_SECONDS = (1.0, 2.0, 8.0, 30.0)
"""How long what made it grow may stay: then it counts as needed."""
WATCH_SECONDS = 1.0


class Keeper:
    """Watches the memory of a process: ``used`` tells its bytes, ``tidy`` gives back what it can."""

    def __init__(
        self,
        *,
        used: Callable[[], int],
        tidy: Callable[[], object],
        wait: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._used, self._tidy, self._wait = used, tidy, wait

    async def watch(self) -> None:
        """Watch until cancelled."""
        needed = self._used()
        while True:
            await self._wait(WATCH_SECONDS)
            if self._used() - needed > GROWN_BYTES:
                needed = await self._after_growth(needed)
            else:
                needed = min(needed, self._used())

    async def _after_growth(self, needed: int) -> int:
        """Tidy up until the process is about as small as it was, a few times at most; return what is needed now."""
        for seconds in WAITS_SECONDS:
            await self._wait(seconds)
            # Parsers and failed requests leave cycles, and few objects are made for the collector to notice.
            self._tidy()
            if self._used() - needed <= GROWN_BYTES // 2:
                break
        return self._used()


def keeper() -> Keeper | None:
    """Return one for this process, ``None`` where the system cannot be asked (other than Linux with glibc)."""
    statistics = Path("/proc/self/statm")
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None
    if not statistics.exists():
        return None
    page = os.sysconf("SC_PAGE_SIZE")

    def used() -> int:
        _, resident, shared, *_ = map(int, statistics.read_text(encoding="ascii").split())
        return (resident - shared) * page

    def tidy() -> None:
        gc.collect()
        trim(0)

    return Keeper(used=used, tidy=tidy)
