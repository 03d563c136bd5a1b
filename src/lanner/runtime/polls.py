"""Evaluates polling triggers: one evaluation of each at a time, the next one an interval after its end.

That a trigger is being evaluated is in its state, and what came of it is saved in one commit: the
next date, the lines of its log and the start of the execution. A server that dies meanwhile gives the
lock back when it starts again, and the evaluation is made anew.
"""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from lanner.model.errors import LannerError
from lanner.model.execution import Execution
from lanner.model.state import State, StateHistory
from lanner.model.trigger import TriggerKey, TriggerState
from lanner.ports.clock import Clock, Ids
from lanner.runtime.trigger_evaluation import Evaluated, TriggerEvaluation
from lanner.runtime.trigger_saves import TriggerSaves
from lanner.sdk.plan import Plan
from lanner.sdk.polling import PollingTrigger
from lanner.services.executions import flow_labels
from lanner.services.polling import Polling
from lanner.services.trigger_book import TriggerBook

AGAIN_AFTER = timedelta(seconds=10)
"""When a trigger is looked at again that could not be evaluated, or whose evaluation was told to stop."""
AT_ONCE = 1_000
"""Evaluations under way; more that are due wait: all of them are at the start of a server."""
STOP_SECONDS = 10.0
"""How long an evaluation that was told to stop may take before it is given up."""

_LOG = logging.getLogger(__name__)


class MakeEvaluation(Protocol):
    """Prepares an evaluation; ``execution`` is the one it may start, ``variables`` what expressions see."""

    def __call__(
        self, trigger: PollingTrigger, execution: Execution, variables: Mapping[str, Any]
    ) -> TriggerEvaluation: ...


class Polls:
    """Evaluates polling triggers on the worker. Lives in the server's loop."""

    def __init__(
        self,
        *,
        polling: Polling,
        book: TriggerBook,
        saves: TriggerSaves,
        evaluation: MakeEvaluation,
        clock: Clock,
        ids: Ids,
        worker_id: str,
    ) -> None:
        self._polling, self._book, self._saves, self._evaluation = polling, book, saves, evaluation
        self._clock, self._ids, self._worker_id = clock, ids, worker_id
        self._running: dict[TriggerKey, TriggerEvaluation | None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._stops = False

    def begin(self, plan: Plan, trigger: PollingTrigger, state: TriggerState) -> None:
        """Begin to evaluate a trigger that is due.

        One whose last evaluation still goes on, because somebody unlocked it, has that told to stop and waits.
        """
        if state.key in self._running:
            evaluation = self._running[state.key]
            if evaluation is not None:
                self._spawn(evaluation.give_up())
            self._book.wait(state.key, self._clock.now() + AGAIN_AFTER)
            return
        self._running[state.key] = None
        self._spawn(self._evaluate(plan, trigger, state))

    async def stop(self) -> None:
        """Have evaluations end, or give them up: their locks are given back at the next start."""
        self._stops = True
        for evaluation in list(self._running.values()):
            if evaluation is not None:
                await evaluation.give_up()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name="polling")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _evaluate(self, plan: Plan, trigger: PollingTrigger, state: TriggerState) -> None:
        try:
            async with self._places:
                if not self._stops:
                    await self._look(plan, trigger, state)
        except Exception:  # noqa: BLE001  # the edge of this service: one trigger's trouble stays its own
            _LOG.exception("trigger %s cannot be evaluated", ".".join(state.key[1:]))
            self._book.wait(state.key, self._clock.now() + AGAIN_AFTER)
        finally:
            del self._running[state.key]

    async def _look(self, plan: Plan, trigger: PollingTrigger, state: TriggerState) -> None:
        if self._book.get(state.key) is not state:
            return
        began = self._clock.now()
        execution = self._polling.execution(plan, trigger, self._ids.execution_id(), {}, began)
        wanted, untold = True, None
        if trigger.tests:
            try:
                wanted = await asyncio.to_thread(self._polling.holds, plan, trigger, began)
            except LannerError as error:
                _LOG.warning("a condition of trigger %s cannot be told: %s", ".".join(state.key[1:]), error)
                wanted, untold = False, replace(_failed(execution, began), labels=flow_labels(plan), trigger=None)
        if self._book.get(state.key) is not state:
            # Somebody changed the trigger meanwhile; what they wrote is waiting to be looked at.
            return
        if not wanted:
            await self._saves.advance(state, _evaluated(state, trigger, began, began), untold)
            return
        locked = replace(state, evaluating_since=began, worker_id=self._worker_id)
        locked = await self._saves.advance(state, locked)
        scope = self._polling.scope(plan, trigger, date=began.isoformat())
        evaluation = self._running[state.key] = self._evaluation(trigger, execution, scope)
        evaluated = await evaluation.make(began)
        await self._end(trigger, locked, execution, evaluated)

    async def _end(
        self, trigger: PollingTrigger, locked: TriggerState, execution: Execution, evaluated: Evaluated
    ) -> None:
        """Save what came of an evaluation, whatever has become of the trigger's state meanwhile."""
        current = self._book.get(locked.key)
        if current is None:
            return
        was_released = current.evaluating_since != locked.evaluating_since
        if evaluated.has_failed and (self._stops or was_released):
            # It was told to stop: at the next start, or at once, it is evaluated anew.
            self._book.put(current, self._clock.now())
            return
        now = self._clock.now()
        after = _evaluated(current, trigger, locked.evaluating_since or now, now)
        if current.next_date != locked.next_date:
            after = replace(after, next_date=current.next_date)  # the flow was saved: its trigger may be another
        if evaluated.has_failed:
            found = _failed(execution, now) if trigger.fail_on_trigger_error else None
        elif evaluated.found is None:
            found = None
        else:
            found = _started(execution, evaluated, now)
            if not trigger.allow_concurrent:
                after = replace(after, execution_id=found.id)
        if found is not None and found.ended and found.state.current in current.stop_after:
            after = replace(after, disabled=True)
        await self._saves.advance(current, after, found, logs=evaluated.logs)


def _evaluated(state: TriggerState, trigger: PollingTrigger, began: datetime, ended: datetime) -> TriggerState:
    """Return a state after an evaluation: not locked, and due an interval later."""
    return replace(state, date=began, next_date=ended + trigger.interval, evaluating_since=None, worker_id=None)


def _started(execution: Execution, evaluated: Evaluated, now: datetime) -> Execution:
    assert execution.trigger is not None
    trigger = replace(execution.trigger, variables=evaluated.found or {}, log_file=evaluated.log_file)
    return replace(execution, state=StateHistory.starting(State.CREATED, now), trigger=trigger)


def _failed(execution: Execution, now: datetime) -> Execution:
    """Return the execution that shows that a trigger could not be evaluated: it has nothing but an end."""
    return replace(execution, state=StateHistory.starting(State.CREATED, now).to(State.FAILED, now), ended=True)
