"""Triggers as people see and steer them: find, disable, unlock, restart, delete.

Source: Kestra 1.0.36 (reference ``engine.md`` §7.2, ``api.md`` §1.4).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from lanner.model.errors import LannerError
from lanner.model.flow import FlowKey
from lanner.model.trigger import Backfill, TriggerKey, TriggerKind, TriggerState
from lanner.ports.clock import Clock
from lanner.ports.search import Filter, Operator, Page, Query
from lanner.ports.store import Store, Writes
from lanner.sdk.polling import PollingTrigger
from lanner.sdk.schedule import ScheduledTrigger
from lanner.sdk.trigger import Trigger
from lanner.services.errors import Conflict, Flaw, InvalidEntity, NoBackfill, NotFound
from lanner.services.plans import PlanCache
from lanner.services.schedules import Schedules
from lanner.services.trigger_book import TriggerBook

_PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTrigger:
    """A trigger's state with its definition, where the flow still has it."""

    state: TriggerState
    definition: Trigger | None


class Triggers:
    """The triggers that have a state: schedules, polling and realtime ones."""

    def __init__(
        self, *, store: Store, plans: PlanCache, schedules: Schedules, book: TriggerBook, clock: Clock
    ) -> None:
        self._store, self._plans, self._schedules = store, plans, schedules
        self._book, self._clock = book, clock

    async def search(self, query: Query) -> Page[ShownTrigger]:
        """Return one page of triggers."""
        page = await self._store.triggers.search(query)
        shown = [ShownTrigger(state=state, definition=await self._definition(state.key)) for state in page.results]
        return Page(shown, page.total)

    async def of_flow(self, flow: FlowKey, query: Query) -> Page[TriggerState]:
        """Return the triggers of a flow."""
        own = (Filter("namespace", Operator.EQUALS, flow.namespace), Filter("flowId", Operator.EQUALS, flow.flow_id))
        return await self._store.triggers.search(replace(query, filters=(*query.filters, *own)))

    async def found(self, query: Query) -> list[TriggerKey]:
        """Return the names of all triggers that match, all pages."""
        keys: list[TriggerKey] = []
        page = 1
        while True:
            rows = (await self._store.triggers.search(replace(query, page=page, size=_PAGE))).results
            keys.extend(row.key for row in rows)
            if len(rows) < _PAGE:
                return keys
            page += 1

    def get(self, key: TriggerKey) -> TriggerState:
        """Return where a trigger stands; raises ``NotFound``."""
        state = self._book.get(key)
        if state is None:
            raise NotFound(f"Trigger '{key.namespace}.{key.flow_id}.{key.trigger_id}' not found")
        return state

    async def set_disabled(self, key: TriggerKey, *, disabled: bool) -> TriggerState:
        """Disable or enable a trigger; a date that passed while it was disabled was not missed.

        Raises ``NotFound``, ``InvalidEntity`` for a realtime trigger.
        """
        state = self._changeable(key)
        while state.disabled and not disabled:
            enabled = replace(await self._next_from_now(state), disabled=False)
            if self._book.get(key) is state:
                return await self._save(enabled)
            state = self._changeable(key)  # meanwhile its execution has ended, or somebody else was faster
        return await self._save(replace(state, disabled=disabled))

    async def create_backfill(self, key: TriggerKey, backfill: Backfill) -> TriggerState:
        """Have a schedule make up for the dates after ``start`` up to ``end`` (now when absent), one after the other.

        Meanwhile it starts nothing else; then it goes on with the date it had. Raises ``NotFound``, ``InvalidEntity``.
        """
        self._changeable(key)
        definition = await self._definition(key)
        end = backfill.end or self._clock.now()
        if not isinstance(definition, ScheduledTrigger):
            raise InvalidEntity([Flaw("backfill", "only triggers with a schedule have dates to make up for")])
        if backfill.start >= end:
            raise InvalidEntity([Flaw("backfill.start", f"it has to be before the end, {end.isoformat()}")])
        plan = await self._plans.latest(key.flow)
        # Nothing is waited for from here to where it is saved: the trigger may start an execution at any time.
        state = self._changeable(key)
        if state.backfill is not None:
            raise InvalidEntity([Flaw("backfill", "the trigger has a backfill already; delete it first")])
        wanted = replace(backfill, end=end, current=backfill.start, resume_at=state.next_date)
        begun = self._schedules.backfilled(plan, definition, state, wanted, backfill.start)
        if begun.backfill is None:
            raise InvalidEntity(
                [Flaw("backfill", f"no date after {backfill.start.isoformat()} up to {end.isoformat()}")]
            )
        return await self._save(begun)

    async def pause_backfill(self, key: TriggerKey, *, paused: bool) -> TriggerState:
        """Have the backfill of a trigger wait, or go on; raises ``NotFound``, ``NoBackfill``."""
        state = self._changeable(key)
        return await self._save(replace(state, backfill=replace(_backfill_of(state), paused=paused)))

    async def delete_backfill(self, key: TriggerKey) -> TriggerState:
        """Give up the backfill of a trigger: it goes on with the date it had; raises ``NotFound``, ``NoBackfill``."""
        state = self._changeable(key)
        return await self._save(replace(state, backfill=None, next_date=_backfill_of(state).resume_at))

    async def unlock(self, key: TriggerKey) -> TriggerState:
        """Let go of the execution a trigger waits for; raises ``NotFound``, ``Conflict`` when there is none."""
        state = self.get(key)
        if not state.is_locked:
            raise Conflict("Trigger is not locked")
        return await self._save(replace(state, execution_id=None, evaluating_since=None))

    async def restart(self, key: TriggerKey) -> TriggerState:
        """Have a trigger evaluated anew; raises ``NotFound``.

        Kestra clears the date of the last evaluation as well, which its own clients then cannot read.
        """
        return await self._save(replace(self.get(key), worker_id=None, evaluating_since=None))

    async def delete(self, key: TriggerKey) -> None:
        """Forget where a trigger stands; it begins anew when its flow still has it.

        Raises ``NotFound``, ``Conflict`` while its execution runs.
        """
        state = self.get(key)
        if state.is_locked:
            raise Conflict("Trigger is locked: its execution has not ended")
        if await self._definition(key) is None:
            self._book.remove(key)
            await self._store.commit(Writes(removed_triggers=[key]))
            return
        fresh = TriggerState(key=key, kind=state.kind, stop_after=state.stop_after, date=self._clock.now())
        await self._save(await self._next_from_now(fresh))

    async def each(self, keys: Sequence[TriggerKey], change: Callable[[TriggerKey], Awaitable[object]]) -> int:
        """Change many triggers; those that are not there, or not in the right state, are left out of the count."""
        count = 0
        for key in keys:
            try:
                await change(key)
            except LannerError:
                continue
            count += 1
        return count

    async def toggle(self, key: TriggerKey, *, enabled: bool) -> None:
        """Enable or disable a trigger from a task; raises ``NotFound`` in the words of the task."""
        where = f"{key.namespace}.{key.flow_id}"
        try:
            plan = await self._plans.latest(key.flow)
        except LannerError:
            raise NotFound(
                f"Unable to find flow {where}. Make sure the flow exists and the current execution is authorized to "
                "access it."
            ) from None
        if all(trigger.id != key.trigger_id for trigger in plan.flow.triggers) or self._book.get(key) is None:
            raise NotFound(f"Unable to find trigger {key.trigger_id} for the flow {where}")
        await self.set_disabled(key, disabled=not enabled)

    def _changeable(self, key: TriggerKey) -> TriggerState:
        state = self.get(key)
        if state.kind is TriggerKind.REALTIME:
            said = "Realtime triggers can not be updated through the API, please edit the trigger from the flow."
            raise InvalidEntity([Flaw("", said)])
        return state

    async def _definition(self, key: TriggerKey) -> Trigger | None:
        try:
            plan = await self._plans.latest(key.flow)
        except LannerError:
            return None
        return next((trigger for trigger in plan.flow.triggers if trigger.id == key.trigger_id), None)

    async def _next_from_now(self, state: TriggerState) -> TriggerState:
        """Return a state whose next ordinary date lies ahead."""
        now = self._clock.now()
        ordinary = state.backfill.resume_at if state.backfill else state.next_date
        if ordinary is not None and ordinary > now:
            return state
        definition = await self._definition(state.key)
        if isinstance(definition, PollingTrigger):
            return replace(state, next_date=now)
        if not isinstance(definition, ScheduledTrigger):
            return state
        plan = await self._plans.latest(state.key.flow)
        following = self._schedules.following(plan, definition, now, now)
        if state.backfill is not None:
            return replace(state, backfill=replace(state.backfill, resume_at=following))
        return replace(state, next_date=following)

    async def _save(self, state: TriggerState) -> TriggerState:
        now = self._clock.now()
        saved = replace(state, updated=now)
        self._book.put(saved, now)
        await self._store.commit(Writes(triggers=[saved]))
        return saved


def _backfill_of(state: TriggerState) -> Backfill:
    if state.backfill is None:
        raise NoBackfill("No backfill found")
    return state.backfill
