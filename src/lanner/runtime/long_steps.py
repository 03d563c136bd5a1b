"""Steps whose expressions wait for something outside: made in a thread, while the loop goes on.

A step is first tried in the loop, where an expression that would wait leaves it (``WouldWait``). Made again in a
thread it may wait; nothing else is decided about its execution meanwhile, but a kill. That makes it outdated: it is
decided once more.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from lanner.engine.commands import Decision
from lanner.engine.events import Event, KillRequested
from lanner.engine.step import step
from lanner.engine.turn import World
from lanner.engine.view import View
from lanner.model.ids import ExecutionId
from lanner.runtime.crash import crashed
from lanner.runtime.rounds import Incoming

THREADS = 8
"""How many executions may wait at once."""

_LOG = logging.getLogger(__name__)


class Worlds(Protocol):
    """Makes the world for a step; ``may_wait`` tells whether its expressions may wait for something outside."""

    def __call__(self, view: View, *, may_wait: bool) -> World: ...


@dataclass(slots=True)
class Held:
    """An event whose step is being made, and what came for its execution since."""

    incoming: Incoming
    waiting: list[Incoming] = field(default_factory=list)
    is_outdated: bool = False


class LongSteps:
    """Makes steps. Lives in the server's loop."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._held: dict[ExecutionId, Held] = {}
        self._pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="long-step")

    def __contains__(self, execution_id: ExecutionId) -> bool:
        return execution_id in self._held

    def keeps_back(self, incoming: Incoming) -> bool:
        """Whether an event has to wait for a step of its execution that is being made."""
        held = self._held.get(incoming.execution_id)
        if held is None:
            return False
        if isinstance(incoming.event, KillRequested):
            held.is_outdated = True
            return False
        held.waiting.append(incoming)
        return True

    def decided(self, view: View, event: Event, now: datetime) -> Decision:
        """Make a step in the loop; raises ``WouldWait``."""
        return self._step(view, event, now, may_wait=False)

    def hold(self, incoming: Incoming) -> Held:
        """Keep back from now on what else comes for the execution; ``make`` has to follow."""
        held = self._held[incoming.execution_id] = Held(incoming)
        return held

    async def make(self, held: Held, view: View, now: datetime) -> list[Incoming]:
        """Make a step in a thread; return the event with what was decided, and all that was kept back.

        Nothing is decided when a kill has overtaken it.
        """
        event = held.incoming.event
        assert event is not None
        try:
            loop = asyncio.get_running_loop()
            decision = await loop.run_in_executor(self._pool, lambda: self._step(view, event, now, may_wait=True))
        finally:
            del self._held[held.incoming.execution_id]
        held.incoming.decided = None if held.is_outdated else decision
        return [held.incoming, *held.waiting]

    def close(self) -> None:
        """Begin no more steps."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _step(self, view: View, event: Event, now: datetime, *, may_wait: bool) -> Decision:
        try:
            return step(view.plan, view, event, now, self._worlds(view, may_wait=may_wait))
        except Exception as error:  # noqa: BLE001  # the edge of the engine: one execution's trouble stays its own
            _LOG.exception("execution %s cannot take %s", view.execution.id, type(event).__name__)
            return crashed(view, error, now)
