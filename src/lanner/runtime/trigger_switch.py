"""How tasks reach triggers: from their threads, through the server's loop."""

import asyncio
from collections.abc import Awaitable, Callable

from lanner.model.errors import LannerError
from lanner.model.trigger import TriggerKey

Toggle = Callable[[TriggerKey, bool], Awaitable[None]]
"""Enables (true) or disables a trigger; raises ``LannerError``."""


class TriggerSwitch:
    """Enables and disables triggers once it is connected: the triggers are put together after the worker."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._toggle: Toggle | None = None

    def connect(self, toggle: Toggle) -> None:
        """Say what does it."""
        self._toggle = toggle

    def set(self, key: TriggerKey, *, enabled: bool) -> None:
        """Enable or disable a trigger; call from another thread; returns when it is durable."""
        toggle = self._toggle
        if toggle is None:
            raise LannerError("there are no triggers here")

        async def work() -> None:
            await toggle(key, enabled)

        asyncio.run_coroutine_threadsafe(work(), self._loop).result()
