"""Time that passes when nothing else happens: days of schedules, timers and retries in milliseconds.

A test runs the real house in an event loop whose clock jumps to the next deadline as soon as the
loop has nothing to do. Work in threads is waited for as long as it takes.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
T = TypeVar("T")


class SkippingLoop(asyncio.SelectorEventLoop):
    """An event loop with its own time.

    ``patience_seconds`` is how long, really, it waits for sockets before a jump. Threads that it did
    not start itself are waited for when it is told of them with ``wait_for``.
    """

    def __init__(self, *, patience_seconds: float = 0.0) -> None:
        self._elapsed = 0.0
        self._in_threads = 0
        super().__init__(_Selector(self))
        self.patience_seconds = patience_seconds

    def time(self) -> float:
        """Return the seconds that have passed in this loop."""
        return self._elapsed

    def skip(self, seconds: float) -> None:
        """Let time pass at once."""
        self._elapsed += seconds

    @property
    def is_working(self) -> bool:
        """Whether a thread works for the loop."""
        return self._in_threads > 0

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> "asyncio.Future[T]":  # type: ignore[override]  # its own signature is looser
        """Run in a thread; time stands still meanwhile."""
        return self.wait_for(super().run_in_executor(executor, func, *args))

    def wait_for(self, done: "asyncio.Future[T]") -> "asyncio.Future[T]":
        """Have time stand still until something outside the loop is done."""
        self._in_threads += 1
        done.add_done_callback(self._thread_done)
        return done

    def _thread_done(self, _: "asyncio.Future[Any]") -> None:
        self._in_threads -= 1


class _Selector(selectors.DefaultSelector):
    """Asks the system without waiting, and lets the loop's time pass instead."""

    def __init__(self, loop: SkippingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        """Return what is ready; when nothing is, jump to the deadline."""
        loop = self._loop
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        if loop.is_working:
            return super().select(None)
        found = super().select(min(timeout, loop.patience_seconds))
        if not found:
            # A hair more than asked for: the sum of floats must not fall short of the deadline.
            loop.skip(timeout + 1e-6)
        return found


class SkippingClock:
    """The time of a ``SkippingLoop``, counted from ``beginning`` (``lanner.ports.clock.Clock``)."""

    def __init__(self, loop: SkippingLoop, beginning: datetime = BEGINNING) -> None:
        self._loop, self._beginning = loop, beginning

    def now(self) -> datetime:
        """Return the present moment of the loop."""
        return self._beginning + timedelta(seconds=self._loop.time())

    def monotonic(self) -> float:
        """Return the seconds that have passed in the loop."""
        return self._loop.time()


def play(
    test: Callable[[SkippingClock], Coroutine[Any, Any, T]],
    *,
    beginning: datetime = BEGINNING,
    patience_seconds: float = 0.0,
) -> T:
    """Run a test in a loop of its own, with the loop's clock."""
    loops: list[SkippingLoop] = []

    def make() -> SkippingLoop:
        loops.append(SkippingLoop(patience_seconds=patience_seconds))
        return loops[0]

    async def begin() -> T:
        return await test(SkippingClock(loops[0], beginning))

    with asyncio.Runner(loop_factory=make) as runner:
        return runner.run(begin())
