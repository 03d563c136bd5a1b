"""Starts executions at the dates of schedules: one execution per date, whatever happens to the process.

One task sleeps until the earliest date of all triggers. The new state of a trigger and the start of
its execution are one commit. Polling triggers that are due are handed on.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from lanner.model.errors import LannerError
from lanner.model.execution import Execution
from lanner.model.ids import ExecutionId
from lanner.model.trigger import TriggerState
from lanner.ports.clock import Clock, Ids
from lanner.ports.store import Store, Writes
from lanner.runtime.polls import Polls
from lanner.runtime.service_loop import ServiceLoop
from lanner.runtime.trigger_saves import TriggerSaves
from lanner.sdk.plan import Plan
from lanner.sdk.polling import PollingTrigger
from lanner.sdk.schedule import ScheduledTrigger
from lanner.services.plans import PlanCache
from lanner.services.schedules import Schedules
from lanner.services.trigger_book import TriggerBook

AT_ONCE = 200
"""Triggers evaluated side by side: their commits share one."""
LONGEST_SLEEP_SECONDS = 600.0
"""The clock is looked at again, so that a changed clock is noticed."""
AGAIN_AFTER = timedelta(seconds=10)
"""When a trigger is looked at again after an unexpected error."""

_LOG = logging.getLogger(__name__)
T = TypeVar("T")


class Scheduler:
    """Evaluates scheduled triggers when they are due. Lives in the server's loop."""

    def __init__(
        self,
        *,
        store: Store,
        plans: PlanCache,
        schedules: Schedules,
        book: TriggerBook,
        clock: Clock,
        ids: Ids,
        saves: TriggerSaves,
        polls: Polls,
    ) -> None:
        self._store, self._plans, self._schedules, self._book = store, plans, schedules, book
        self._clock, self._ids, self._saves, self._polls = clock, ids, saves, polls
        self._wake = asyncio.Event()
        self._loop = ServiceLoop()
        book.changed = self._wake.set

    async def start(self) -> None:
        """Let go of executions that have ended unnoticed and of evaluations that were cut off, and begin."""
        await self._release()
        self._loop.start(self._run(), name="scheduler")

    async def stop(self) -> None:
        """Start nothing more; what is being started is finished."""
        await self._loop.stop()
        await self._polls.stop()

    def ended(self, execution: Execution) -> Writes | None:
        """Return what the end of an execution changes of the trigger that started it; call once per end."""
        state = self._book.released(execution.id)
        if state is None:
            return None
        stops = execution.state.current in state.stop_after
        return self._saves.put(replace(state, disabled=state.disabled or stops))

    def forgotten(self, execution_id: ExecutionId) -> Writes | None:
        """Return what the deletion of an execution changes of the trigger that started it."""
        state = self._book.released(execution_id)
        return None if state is None else self._saves.put(state)

    async def _release(self) -> None:
        writes = Writes()
        for state in self._book.evaluating():
            writes.include(self._saves.put(replace(state, evaluating_since=None, worker_id=None)))
        for state in self._book.locks():
            if state.execution_id is None:
                continue
            execution = await self._store.executions.get(state.execution_id)
            if execution is None:
                writes.include(self.forgotten(state.execution_id) or Writes())
            elif execution.ended:
                writes.include(self.ended(execution) or Writes())
        if not writes.is_empty():
            await self._store.commit(writes)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            now = self._clock.now()
            due = self._book.take_due(now, AT_ONCE)
            if due:
                await self._loop.finish(asyncio.gather(*(self._evaluate(state, now) for state in due)))
                continue
            await self._sleep(now)

    async def _sleep(self, now: datetime) -> None:
        due = self._book.next_due()
        seconds = LONGEST_SLEEP_SECONDS if due is None else min((due - now).total_seconds(), LONGEST_SLEEP_SECONDS)
        try:
            await asyncio.wait_for(self._wake.wait(), max(seconds, 0.0))
        except TimeoutError:
            return

    async def _evaluate(self, state: TriggerState, now: datetime) -> None:
        try:
            plan, trigger = await self._plans.trigger(state.key) or (None, None)
            if plan is None or state.next_date is None:
                return
            if isinstance(trigger, ScheduledTrigger):
                await self._tick(plan, trigger, state, state.next_date, now)
            elif isinstance(trigger, PollingTrigger):
                self._polls.begin(plan, trigger, state)
        except Exception:  # noqa: BLE001  # the edge of the scheduler: one trigger's trouble stays its own
            _LOG.exception("trigger %s cannot be evaluated", ".".join(state.key[1:]))
            self._book.wait(state.key, now + AGAIN_AFTER)

    async def _tick(
        self, plan: Plan, trigger: ScheduledTrigger, state: TriggerState, date: datetime, now: datetime
    ) -> None:
        """Start the execution of a date, or go on to the next one."""
        if self._book.was_missed(state.key):
            recovered = self._schedules.recovered(plan, trigger, date, now)
            if recovered is None or recovered > now:
                await self._saves.advance(state, replace(state, next_date=_in_utc(recovered)))
                return
            date = recovered
        execution, after = await self._decide(plan, trigger, state, date, now)
        if self._book.get(state.key) is not state:
            # Somebody changed the trigger meanwhile; what they wrote is waiting to be looked at.
            return
        if execution is not None and not execution.ended:
            after = replace(after, execution_id=execution.id)
        await self._saves.advance(state, after, execution)

    async def _decide(
        self, plan: Plan, trigger: ScheduledTrigger, state: TriggerState, date: datetime, now: datetime
    ) -> tuple[Execution | None, TriggerState]:
        """Return the execution of a date, where there is one, and where the trigger stands after it."""
        id_ = self._ids.execution_id()
        after = await _worked_out(trigger, lambda: self._after(plan, trigger, state, date, now))
        try:
            occurrence = await _worked_out(trigger, lambda: self._schedules.occurrence(plan, trigger, date))
        except LannerError as error:
            _LOG.warning("a condition of trigger %s cannot be told: %s", _name(plan, trigger), error)
            return self._schedules.failed(plan, id_, now), after
        if occurrence is None:
            return None, after
        try:
            execution = await self._schedules.execution(
                plan, trigger, occurrence, id_=id_, now=now, backfill=state.backfill
            )
        except LannerError as error:
            _LOG.warning("trigger %s starts nothing for %s: %s", _name(plan, trigger), date.isoformat(), error)
            return None, after
        return execution, after

    def _after(
        self, plan: Plan, trigger: ScheduledTrigger, state: TriggerState, date: datetime, now: datetime
    ) -> TriggerState:
        dated = replace(state, date=_in_utc(date))
        if state.backfill is not None:
            return self._schedules.backfilled(plan, trigger, dated, state.backfill, date)
        return replace(dated, next_date=_in_utc(self._schedules.following(plan, trigger, date, now)))


def _in_utc(date: datetime | None) -> datetime | None:
    return None if date is None else date.astimezone(UTC)


async def _worked_out(trigger: ScheduledTrigger, work: Callable[[], T]) -> T:
    """Return what ``work`` finds; conditions may take a while and must not hold up the loop."""
    return await asyncio.to_thread(work) if trigger.all_conditions else work()


def _name(plan: Plan, trigger: ScheduledTrigger) -> str:
    return f"{plan.key.namespace}.{plan.key.flow_id}.{trigger.id}"
