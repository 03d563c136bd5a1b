"""The task of a service that goes on until it is stopped."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class ServiceLoop:
    """One task of the server's loop. What it has begun with ``finish`` is finished, even when it is stopped."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._working: asyncio.Future[Any] | None = None

    def start(self, run: Coroutine[Any, Any, None], *, name: str) -> None:
        """Begin."""
        self._task = asyncio.get_running_loop().create_task(run, name=name)

    async def finish(self, work: Awaitable[T]) -> T:
        """Do a piece of work that is not to be left half done; call from the task."""
        self._working = asyncio.ensure_future(work)
        found: T = await asyncio.shield(self._working)
        return found

    async def stop(self) -> None:
        """Begin nothing more, and wait for what is being finished."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait([self._task])
        if self._working is not None:
            await asyncio.wait([self._working])
        self._task = self._working = None
