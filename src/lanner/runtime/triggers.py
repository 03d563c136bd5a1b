"""Everything that starts executions by itself, as the executor sees it."""

from collections.abc import Sequence

from lanner.engine.events import Event
from lanner.engine.view import View
from lanner.model.execution import Execution
from lanner.model.ids import ExecutionId
from lanner.ports.store import Store, Writes
from lanner.ports.work import Message
from lanner.runtime.flow_triggers import FlowTriggers
from lanner.runtime.scheduler import Scheduler
from lanner.services.trigger_registration import TriggerRegistration


class Triggers:
    """Schedules and Flow triggers. What they want written goes with the change that they want it for."""

    def __init__(
        self, *, store: Store, registration: TriggerRegistration, scheduler: Scheduler, flow_triggers: FlowTriggers
    ) -> None:
        self._store, self._registration = store, registration
        self._scheduler, self._flow_triggers = scheduler, flow_triggers

    async def open(self) -> None:
        """Take over what the store remembers; call before executions go on."""
        await self._registration.open()

    async def start(self) -> None:
        """Begin to start executions; call when executions go on."""
        await self._flow_triggers.start()
        await self._scheduler.start()

    async def stop(self) -> None:
        """Start nothing more."""
        await self._scheduler.stop()
        await self._flow_triggers.stop()

    def noticed(self, view: View, before: Execution, event: Event) -> Writes | None:
        """Return what a change of an execution has to be written with, ``None`` for nothing."""
        found = self._flow_triggers.noticed(view, before, event)
        if view.execution.ended and not before.ended:
            released = self._scheduler.ended(view.execution)
            if released is not None:
                (found := found or Writes()).include(released)
        return found

    def saved(self, messages: Sequence[Message]) -> None:
        """Act on messages that are durable."""
        self._flow_triggers.saved(messages)

    def lost(self, messages: Sequence[Message]) -> None:
        """Forget messages that could not be saved."""
        self._flow_triggers.lost(messages)

    async def forgotten(self, execution_id: ExecutionId) -> None:
        """Let go of an execution that is being deleted."""
        writes = self._scheduler.forgotten(execution_id)
        if writes is not None:
            await self._store.commit(writes)
