"""What saving or deleting a flow means for its triggers: states, listeners, windows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from lanner.model.errors import LannerError
from lanner.model.flow import FlowKey
from lanner.model.trigger import TriggerKey, TriggerKind, TriggerState
from lanner.ports.clock import Clock
from lanner.ports.store import Store, Writes
from lanner.sdk.listening import ListeningTrigger
from lanner.sdk.plan import Plan
from lanner.sdk.polling import PollingTrigger
from lanner.sdk.schedule import ScheduledTrigger
from lanner.services.condition_windows import ConditionWindows
from lanner.services.listeners import Listeners, listener_of
from lanner.services.plans import PlanCache
from lanner.services.schedules import Schedules
from lanner.services.trigger_book import TriggerBook

REGISTERED = "triggers.registered"
"""Setting: whether the flows of this store have been registered."""


class TriggerRegistration:
    """Keeps book, listeners and windows in step with the flows."""

    def __init__(
        self,
        *,
        store: Store,
        plans: PlanCache,
        schedules: Schedules,
        book: TriggerBook,
        listeners: Listeners,
        windows: ConditionWindows,
        clock: Clock,
    ) -> None:
        self._store, self._plans, self._schedules = store, plans, schedules
        self._book, self._listeners, self._windows, self._clock = book, listeners, windows, clock

    async def open(self) -> None:
        """Take over what the store remembers; a store written before there were triggers is gone through once."""
        now = self._clock.now()
        self._book.load(await self._store.triggers.all(), now)
        self._listeners.load(await self._store.triggers.listeners())
        self._windows.load(await self._store.triggers.windows())
        if await self._store.setting(REGISTERED) is None:
            writes = Writes(settings={REGISTERED: True})
            for flow in await self._store.flows.all_latest():
                try:
                    writes.include(self.saved(await self._plans.latest(flow.key), None))
                except LannerError:
                    continue
            await self._store.commit(writes)

    async def before(self, key: FlowKey) -> Plan | None:
        """Return the newest revision, to compare a new one with; ``None`` when it cannot be read or is disabled."""
        try:
            plan = await self._plans.latest(key)
        except LannerError:
            return None
        return None if plan.flow.disabled else plan

    def saved(self, plan: Plan, before: Plan | None) -> Writes:
        """Take note of a revision; returns what is to be written with it. ``before`` is the one it follows.

        A schedule that is new or was changed, or whose flow was disabled, gets its next date from now; a
        polling trigger is due at once.
        """
        now, writes = self._clock.now(), Writes()
        old = {trigger.id: trigger for trigger in before.flow.triggers} if before is not None else {}
        dated = {
            trigger.id: trigger
            for trigger in plan.flow.triggers
            if isinstance(trigger, ScheduledTrigger | PollingTrigger)
        }
        for trigger in dated.values():
            state = self._book.get(TriggerKey(*plan.key, trigger.id))
            if state is None or old.get(trigger.id) != trigger:
                writes.triggers.append(self._dated(plan, trigger, state, now))
        self._drop_states(plan.key, dated, writes)
        writes.listeners = [
            listener_of(TriggerKey(*plan.key, listening.id), listening)
            for listening in plan.flow.triggers
            if isinstance(listening, ListeningTrigger)
        ]
        self._drop_listeners(plan, writes)
        self._apply(writes, now)
        return writes

    def deleted(self, key: FlowKey) -> Writes:
        """Take note that a flow is gone; returns what is to be written with that."""
        writes = Writes()
        writes.removed_triggers = [state.key for state in self._book.of_flow(key)]
        writes.removed_listeners = [listener.key for listener in self._listeners.of_flow(key)]
        writes.removed_windows = [(key, name) for name in self._windows.names(key)]
        self._apply(writes, self._clock.now())
        return writes

    def durable(self, key: FlowKey) -> None:
        """Take note that a new revision can be read from now on."""
        self._book.look_again(key, self._clock.now())

    async def undo(self, key: FlowKey) -> None:
        """Go back to what the store remembers of a flow: saving it went wrong."""
        now = self._clock.now()
        for state in self._book.of_flow(key):
            self._book.remove(state.key)
        for listener in self._listeners.of_flow(key):
            self._listeners.remove(listener.key)
        self._book.load((state for state in await self._store.triggers.all() if state.key.flow == key), now)
        self._listeners.load(one for one in await self._store.triggers.listeners() if one.key.flow == key)

    def _dated(
        self, plan: Plan, trigger: ScheduledTrigger | PollingTrigger, state: TriggerState | None, now: datetime
    ) -> TriggerState:
        next_date: datetime | None = now
        if isinstance(trigger, ScheduledTrigger):
            try:
                next_date = self._schedules.first(plan, trigger, now)
            except LannerError:
                next_date = None
        kind = TriggerKind.POLLING if isinstance(trigger, PollingTrigger) else TriggerKind.SCHEDULE
        if state is None:
            state = TriggerState(key=TriggerKey(*plan.key, trigger.id), date=now.replace(microsecond=0))
        fresh = replace(state, kind=kind, next_date=next_date, stop_after=trigger.stop_after, updated=now)
        if state.backfill is None:
            return fresh
        if not isinstance(trigger, ScheduledTrigger):
            return replace(fresh, backfill=None)
        # The dates that are made up for are those of the trigger as it is now.
        backfill = replace(state.backfill, resume_at=next_date)
        try:
            return self._schedules.backfilled(plan, trigger, fresh, backfill, backfill.current or backfill.start)
        except LannerError:
            return replace(fresh, backfill=None)

    def _drop_states(self, key: FlowKey, kept: Mapping[str, object], writes: Writes) -> None:
        gone = [state.key for state in self._book.of_flow(key) if state.key.trigger_id not in kept]
        writes.removed_triggers.extend(gone)

    def _drop_listeners(self, plan: Plan, writes: Writes) -> None:
        kept = {listener.key for listener in writes.listeners}
        for listener in self._listeners.of_flow(plan.key):
            if listener.key not in kept:
                writes.removed_listeners.append(listener.key)
        names = {
            gathering.id
            for trigger in plan.flow.triggers
            if isinstance(trigger, ListeningTrigger)
            for gathering in trigger.gatherings
        }
        writes.removed_windows.extend((plan.key, name) for name in self._windows.names(plan.key) if name not in names)

    def _apply(self, writes: Writes, now: datetime) -> None:
        for key in writes.removed_triggers:
            self._book.remove(key)
        for state in writes.triggers:
            self._book.put(state, now)
        for key in writes.removed_listeners:
            self._listeners.remove(key)
        for listener in writes.listeners:
            self._listeners.put(listener)
        for flow, name in writes.removed_windows:
            self._windows.remove(flow, name)
