"""How the state of a trigger is saved: in the book and in the store, together with the execution it starts."""

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Protocol

from lanner.model.execution import Execution
from lanner.model.log import LogEntry
from lanner.model.trigger import TriggerState
from lanner.ports.clock import Clock
from lanner.ports.store import Store, Writes
from lanner.services.trigger_book import TriggerBook


class Create(Protocol):
    """Saves an execution together with other things and has it begin; returns when it is durable."""

    def __call__(self, execution: Execution, *, also: Writes) -> Awaitable[None]: ...


class TriggerSaves:
    """Saves states of triggers. Lives in the server's loop."""

    def __init__(self, *, store: Store, book: TriggerBook, clock: Clock, create: Create) -> None:
        self._store, self._book, self._clock, self._create = store, book, clock, create

    def put(self, state: TriggerState) -> Writes:
        """Have a state count from now on; returns what is to be written for it."""
        now = self._clock.now()
        saved = replace(state, updated=now)
        self._book.put(saved, now)
        return Writes(triggers=[saved])

    async def advance(
        self,
        before: TriggerState,
        after: TriggerState,
        execution: Execution | None = None,
        *,
        logs: Sequence[LogEntry] = (),
    ) -> TriggerState:
        """Save where a trigger stands, and start an execution with it; returns the state as saved.

        An execution that has ended is only saved. When nothing can be saved, ``before`` counts again.
        """
        writes = self.put(after)
        writes.logs.extend(logs)
        (saved,) = writes.triggers
        try:
            if execution is not None and not execution.ended:
                await self._create(execution, also=writes)
            else:
                writes.new_executions.extend([] if execution is None else [execution])
                await self._store.commit(writes)
        except Exception:
            if self._book.get(before.key) == saved:
                self._book.put(before, self._clock.now())
            raise
        return saved
