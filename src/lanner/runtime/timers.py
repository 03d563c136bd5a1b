"""Events that are due later, kept in memory as well as in the store."""

import asyncio
from collections.abc import Callable

from lanner.model.ids import ExecutionId
from lanner.ports.clock import Clock
from lanner.ports.work import Timer

LONGEST_WAIT_SECONDS = 3600.0
"""A timer further away looks at the clock again, so that a changed clock is noticed."""


class Timers:
    """Calls ``fire`` when a timer is due; writing a timer again moves it. Lives in the server's loop."""

    def __init__(self, clock: Clock, fire: Callable[[Timer], None]) -> None:
        self._clock, self._fire = clock, fire
        self._handles: dict[tuple[ExecutionId, str], asyncio.TimerHandle] = {}

    def start(self, timer: Timer) -> None:
        """Set a timer; one that is overdue fires at once."""
        name = (timer.execution_id, timer.name)
        self.cancel(*name)
        seconds = (timer.due - self._clock.now()).total_seconds()
        loop = asyncio.get_running_loop()
        self._handles[name] = loop.call_later(min(max(seconds, 0.0), LONGEST_WAIT_SECONDS), self._look, timer)

    def cancel(self, execution_id: ExecutionId, name: str) -> None:
        """Forget a timer."""
        handle = self._handles.pop((execution_id, name), None)
        if handle is not None:
            handle.cancel()

    def close(self) -> None:
        """Forget all; the store still has them."""
        for handle in self._handles.values():
            handle.cancel()
        self._handles.clear()

    def _look(self, timer: Timer) -> None:
        if timer.due > self._clock.now():
            self.start(timer)
            return
        self._handles.pop((timer.execution_id, timer.name), None)
        self._fire(timer)
