"""Where all triggers stand, in memory, ordered by when they are due.

The process that owns the triggers changes a state here first and then has it written; the store
keeps the order. Everything runs in the server's loop.
"""

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from lanner.model.flow import FlowKey
from lanner.model.ids import ExecutionId
from lanner.model.trigger import TriggerKey, TriggerState


class TriggerBook:
    """The states of all triggers. ``changed`` is called when the earliest due date may be another."""

    def __init__(self) -> None:
        self._states: dict[TriggerKey, TriggerState] = {}
        self._of_flow: dict[FlowKey, tuple[TriggerKey, ...]] = {}
        self._due: list[tuple[datetime, TriggerKey]] = []
        self._waiting: dict[TriggerKey, datetime] = {}
        self._locked: dict[ExecutionId, TriggerKey] = {}
        self._missed: set[TriggerKey] = set()
        self.changed: Callable[[], None] = _nobody

    def load(self, states: Iterable[TriggerState], now: datetime) -> None:
        """Take over the states a process finds when it starts."""
        for state in states:
            due = self._keep(state, now)
            if due is not None:
                self._waiting[state.key] = due
                self._due.append((due, state.key))
        heapq.heapify(self._due)
        self.changed()

    def get(self, key: TriggerKey) -> TriggerState | None:
        """Return the state of a trigger."""
        return self._states.get(key)

    def of_flow(self, flow: FlowKey) -> Sequence[TriggerState]:
        """Return the states of a flow's triggers, by id."""
        return [self._states[key] for key in sorted(self._of_flow.get(flow, ()))]

    def locks(self) -> Sequence[TriggerState]:
        """Return the states that wait for the end of an execution."""
        return [self._states[key] for key in self._locked.values()]

    def evaluating(self) -> Sequence[TriggerState]:
        """Return the states of triggers that are being evaluated; goes through all of them."""
        return [state for state in self._states.values() if state.evaluating_since is not None]

    def put(self, state: TriggerState, now: datetime) -> None:
        """Save a state; from then on it is due at its next date, unless it is locked, disabled or paused.

        A date that has passed by then was missed, unless it is one of a backfill.
        """
        due = self._keep(state, now)
        if due is not None:
            self.wait(state.key, due)

    def _keep(self, state: TriggerState, now: datetime) -> datetime | None:
        """Take over a state; returns when it is due, if it may be. What it waited for before is left to the caller."""
        key = state.key
        before = self._states.get(key)
        if before is not None and before.execution_id is not None:
            self._locked.pop(before.execution_id, None)
        if state.execution_id is not None:
            self._locked[state.execution_id] = key
        self._states[key] = state
        if before is None:
            self._of_flow[key.flow] = (*self._of_flow.get(key.flow, ()), key)
        self._missed.discard(key)
        if state.next_date is None or state.is_locked or state.disabled or state.is_paused:
            self._waiting.pop(key, None)
            return None
        if state.next_date < now and state.backfill is None:
            self._missed.add(key)
        return state.next_date.astimezone(UTC)

    def wait(self, key: TriggerKey, until: datetime) -> None:
        """Have a trigger looked at ``until`` then."""
        due = until.astimezone(UTC)
        if self._waiting.get(key) == due:
            return
        self._waiting[key] = due
        heapq.heappush(self._due, (due, key))
        if self._due[0][1] == key:
            self.changed()

    def look_again(self, flow: FlowKey, now: datetime) -> None:
        """Have the triggers of a flow looked at that were given up until it changes."""
        for state in self.of_flow(flow):
            if state.key not in self._waiting:
                self.put(state, now)

    def remove(self, key: TriggerKey) -> None:
        """Forget a trigger."""
        state = self._states.pop(key, None)
        if state is None:
            return
        if state.execution_id is not None:
            self._locked.pop(state.execution_id, None)
        self._waiting.pop(key, None)
        self._missed.discard(key)
        siblings = tuple(one for one in self._of_flow[key.flow] if one != key)
        if siblings:
            self._of_flow[key.flow] = siblings
        else:
            del self._of_flow[key.flow]

    def next_due(self) -> datetime | None:
        """Return when the next trigger is due."""
        while self._due:
            due, key = self._due[0]
            if self._waiting.get(key) == due:
                return due
            heapq.heappop(self._due)
        return None

    def take_due(self, now: datetime, most: int) -> Sequence[TriggerState]:
        """Return the triggers that are due, earliest first; they wait no more until they are put again."""
        found: list[TriggerState] = []
        while len(found) < most and (due := self.next_due()) is not None and due <= now:
            _, key = heapq.heappop(self._due)
            del self._waiting[key]
            found.append(self._states[key])
        return found

    def was_missed(self, key: TriggerKey) -> bool:
        """Whether the next date of a trigger had passed when nothing held it back any more."""
        return key in self._missed

    def released(self, execution_id: ExecutionId) -> TriggerState | None:
        """Return the state of the trigger that an execution holds, without the lock; nothing is changed."""
        key = self._locked.get(execution_id)
        return None if key is None else replace(self._states[key], execution_id=None)


def _nobody() -> None:
    """Tell nobody."""
