"""Reading what a memory store holds of triggers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lanner.backends import fields
from lanner.backends.memory import matching
from lanner.backends.memory.matching import Test
from lanner.backends.memory.rows import Tables
from lanner.model.trigger import ConditionWindow, Listener, TriggerKey, TriggerState
from lanner.ports.search import Page, Query

_TESTS: dict[str, Test] = {
    "q": matching.text_in(lambda state: state.key[1:]),
    "scope": matching.scope(lambda state: str(state.key.namespace)),
    "namespace": matching.plain(lambda state: state.key.namespace),
    "flowId": matching.plain(lambda state: state.key.flow_id),
    "triggerId": matching.plain(lambda state: state.key.trigger_id),
    "workerId": matching.plain(lambda state: state.worker_id),
    "executionId": matching.plain(lambda state: state.execution_id),
    "kind": matching.plain(lambda state: state.kind.value),
    "disabled": matching.plain(lambda state: int(state.disabled), int),
    "nextDate": matching.plain(lambda state: state.next_date, matching.same),
    "date": matching.plain(lambda state: state.date, matching.same),
}
_SORTS: dict[str, Any] = {
    "namespace": lambda state: state.key.namespace,
    "flowId": lambda state: state.key.flow_id,
    "triggerId": lambda state: state.key.trigger_id,
    "executionId": lambda state: state.execution_id,
    "date": lambda state: _utc(state.date),
    "nextExecutionDate": lambda state: _utc(state.next_date),
    "updatedDate": lambda state: _utc(state.updated),
}


class MemoryTriggerRows:
    """``TriggerRows`` of a memory store."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def get(self, key: TriggerKey) -> TriggerState | None:
        """Return the state of a trigger."""
        return self._tables.triggers.get(key)

    async def all(self) -> Sequence[TriggerState]:
        """Return the states of all triggers."""
        return [state for _, state in sorted(self._tables.triggers.items(), key=lambda item: item[0])]

    async def search(self, query: Query) -> Page[TriggerState]:
        """Find states, by name unless sorted."""
        fields.check(query, fields.TRIGGER_FIELDS, fields.TRIGGER_SORTS)
        found = [
            state
            for state in await self.all()
            if state.key.tenant == query.tenant and matching.matches(state, query.filters, _TESTS)
        ]
        return matching.page(found, query, _SORTS)

    async def windows(self) -> Sequence[ConditionWindow]:
        """Return all windows."""
        return [window for _, window in sorted(self._tables.windows.items(), key=lambda item: item[0])]

    async def listeners(self) -> Sequence[Listener]:
        """Return all listeners."""
        return [listener for _, listener in sorted(self._tables.listeners.items(), key=lambda item: item[0])]


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
