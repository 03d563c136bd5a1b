"""Owns executions: feeds events to the engine, saves what it decides, has it done.

Everything here runs in the server's loop. Events are taken in rounds; what a round decides is
one commit, and commands are carried out once it is durable. The next round may be decided while
a commit is under way: commits keep their order.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Container, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lanner.engine.commands import RunTask
from lanner.engine.events import (
    Created,
    Event,
    Recovered,
    RestartRequested,
    SlotFreed,
    TaskEnded,
    decode,
)
from lanner.engine.view import Reveal, View
from lanner.model.errors import ExecutionNotFound
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.log import LogEntry
from lanner.model.refusal import Refused
from lanner.model.state import State
from lanner.ports.clock import Clock
from lanner.ports.inbox import Change, Snapshot
from lanner.ports.store import Store, Writes
from lanner.ports.work import Job, Message, Timer
from lanner.runtime.assignments import Assignments
from lanner.runtime.batch import Batch
from lanner.runtime.changes import ChangeHub
from lanner.runtime.children import Children, parent_of
from lanner.runtime.errands import Errands
from lanner.runtime.later import Later
from lanner.runtime.live import AT_REST, LiveExecutions, snapshot_of
from lanner.runtime.long_steps import Held, LongSteps, Worlds
from lanner.runtime.reach import WouldWait
from lanner.runtime.rounds import Incoming, Round
from lanner.runtime.slots import Slots
from lanner.runtime.timers import Timers
from lanner.runtime.triggers import Triggers
from lanner.runtime.waiters import Waiters
from lanner.runtime.worker import Report, Worker
from lanner.sdk.plan import Plan
from lanner.services.plans import PlanCache

_FAR = datetime.max.replace(tzinfo=UTC)

ROUND = 200
"""Events of one round: enough for group commit, few enough to let requests through."""

_LOG = logging.getLogger(__name__)


class Executor:
    """Implements ``lanner.ports.inbox.Inbox`` for one process that owns all executions."""

    def __init__(
        self,
        *,
        store: Store,
        plans: PlanCache,
        world: Worlds,
        clock: Clock,
        assignments: Assignments,
        children: Children,
        reveal: Reveal | None = None,
    ) -> None:
        self._store, self._clock = store, clock
        self._long_steps = LongSteps(world)
        self._slots = Slots()
        self._hub = ChangeHub()
        self._timers = Timers(clock, self._timer_due)
        self._live = LiveExecutions(store, plans, reveal)
        self._pending: deque[Incoming] = deque()
        self._scheduled = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiters = Waiters()
        self._saving: list[Batch] = []
        self._later = Later(
            clock,
            self._timers,
            take_up=lambda execution_id: self._spawn(self._take_up(execution_id)),
            begin=lambda view: self._spawn(self._begin_again(view)),
            rest=self._rest,
        )
        self._told_when_saved: list[asyncio.Future[None]] = []
        self._worker: Worker | None = None
        self._triggers: Triggers | None = None
        self._errands = Errands(
            store=store,
            clock=clock,
            timers=self._timers,
            assignments=assignments,
            children=children,
            push=lambda execution_id, event: self._push(Incoming(execution_id, event)),
            begin=lambda view: self._push(Incoming(view.execution.id, Created(), new=view)),
            take=self.take,
            snapshot=self._live.snapshot,
            is_live=self._live.knows,
        )

    def attach(self, worker: Worker) -> None:
        """Give the executor the worker that makes its attempts."""
        self._worker = self._errands.worker = worker

    def listen(self, triggers: Triggers) -> None:
        """Have triggers told of every change."""
        self._triggers = triggers

    # Inbox

    async def create(
        self,
        execution: Execution,
        task_runs: Sequence[TaskRun] = (),
        *,
        logs: Sequence[LogEntry] = (),
        also: Writes | None = None,
    ) -> None:
        """Save a new execution, and ``also`` with it, and have it begin; returns when it is durable."""
        view = View(await self._live.plan_of(execution), execution, task_runs)
        await self._submit(Incoming(execution.id, Created(), new=view, also=also, logs=logs, answer=_future()))

    async def ask(self, message: Message) -> Execution:
        """Have an execution take an event; returns the execution after it, durable."""
        event = decode(message.kind, message.body)
        return await self._submit(Incoming(message.execution_id, event, answer=_future()))

    async def delete(self, execution_id: ExecutionId) -> None:
        """Forget a running execution at once."""
        if self._triggers is not None:
            await self._triggers.forgotten(execution_id)
        await self._live.wake(execution_id)
        view = self._live.drop(execution_id)
        if view is not None:
            self._pass_on(self._slots.release(view))
        if view is not None and self._worker is not None:
            for run in view.runs.values():
                self._worker.stop_attempt(run.id, max(len(run.attempts), 1))
        self._waiters.deleted(execution_id)

    async def wait_until_ended(self, execution_id: ExecutionId, timeout_seconds: float) -> Snapshot | None:
        """Return the execution once nothing of it runs any more."""
        if execution_id not in self._live and not self._live.is_loading(execution_id):
            found = await self._live.snapshot(execution_id)
            if found is None or found.execution.ended:
                return found
        return await self._waiters.wait(execution_id, timeout_seconds)

    async def snapshot(self, execution_id: ExecutionId) -> Snapshot | None:
        """Return the newest state, from memory where it is live; an end is told once it is saved, with its log."""
        snapshot = await self._live.snapshot(execution_id)
        while snapshot is not None and snapshot.execution.ended and self._is_saving(execution_id):
            saved: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._told_when_saved.append(saved)
            await saved
            snapshot = await self._live.snapshot(execution_id)
        return snapshot

    def _is_saving(self, execution_id: ExecutionId) -> bool:
        return any(execution_id in batch.touched for batch in self._saving)

    def follow(self, execution_id: ExecutionId | None = None) -> AsyncIterator[Change]:
        """Yield changes of one execution (or all) from now on."""
        return self._hub.follow(execution_id)

    # Life

    async def recover(self) -> int:
        """Take up every execution that has not ended; returns how many."""
        jobs = list(await self._store.work.jobs())
        timers = await self._store.work.due_timers(_FAR, limit=1_000_000)
        unfinished = await self._store.executions.unfinished()
        await self._drop_jobs(jobs, set(unfinished))
        by_execution: dict[ExecutionId, list[Job]] = {}
        for job in jobs:
            by_execution.setdefault(job.execution_id, []).append(job)
        views = [view for execution_id in unfinished if (view := await self._live.taken_up(execution_id)) is not None]
        for view in views:
            self._slots.restore(view)
        for timer in timers:  # not before the slots are known: one that is overdue may want one
            self._timers.start(timer)
        for view in views:
            await self._recover_one(view, by_execution.get(view.execution.id, []))
        for key in self._slots.waited_for():
            newest = await self._live.newest(key)
            if newest is not None:
                self._pass_on(self._slots.renew(newest))
        self._pass_on(self._slots.free())
        return len(views)

    def flow_saved(self, plan: Plan) -> None:
        """Take note of a flow's new revision: a higher limit lets executions run that wait."""
        self._pass_on(self._slots.renew(plan))

    async def _drop_jobs(self, jobs: Sequence[Job], unfinished: Container[ExecutionId]) -> None:
        """Forget the jobs of executions that have ended: nobody waits for them."""
        ended = [(job.task_run_id, job.attempt) for job in jobs if job.execution_id not in unfinished]
        if ended:
            await self._store.commit(Writes(ended_jobs=ended))

    def is_open(self, run_id: TaskRunId) -> bool:
        """Whether a task run of an execution at hand has not ended."""
        found = (view.runs.get(run_id) for view in self._live)
        return any(run is not None and not run.state.current.is_terminal for run in found)

    async def stop(self, grace_seconds: float) -> None:
        """Let running attempts end for a while, save what is decided, and be still."""
        if self._worker is not None:
            await self._worker.close(grace_seconds)
        self._timers.close()
        self._long_steps.close()
        while self._pending or self._tasks:
            await asyncio.sleep(0)
            if self._tasks:
                await asyncio.wait(self._tasks)
        self._hub.close()

    def take(self, report: Report) -> None:
        """Take a worker's report."""
        self._push(Incoming(report.execution.id, report.event, logs=report.logs, metrics=report.metrics))

    # Rounds

    async def _submit(self, incoming: Incoming) -> Execution:
        self._push(incoming)
        assert incoming.answer is not None
        return await incoming.answer

    def _push(self, incoming: Incoming) -> None:
        self._pending.append(incoming)
        self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._round)

    def _timer_due(self, timer: Timer) -> None:
        if self._later.is_due(timer):
            return
        self._push(Incoming(timer.execution_id, decode(timer.kind, timer.body), ended_timer=timer.name))

    def _round(self) -> None:
        """Decide on the events that wait, and have the decisions saved."""
        self._scheduled = False
        current = Round()
        for _ in range(min(len(self._pending), ROUND)):
            self._decide(current, self._pending.popleft())
        self._follow_up(current)
        if self._pending:
            self._schedule()
        writes = current.batch.writes()
        if not writes.is_empty() or current.answers:
            self._spawn(self._save(current))
            return
        for execution_id, touched in current.batch.touched.items():
            if touched.view.execution.ended and not self._is_saving(execution_id):
                self._live.drop(execution_id)  # it was read for what has been refused

    def _follow_up(self, current: Round) -> None:
        """Have what a round told itself decided next: rests of long work, executions that begin."""
        for execution_id, event in current.batch.told:
            self._pending.append(Incoming(execution_id, event))
        for view, execution in current.batch.to_begin:
            fresh = View(view.plan, execution)
            self._pending.append(Incoming(execution.id, Created(), new=fresh))

    def _decide(self, current: Round, incoming: Incoming) -> None:
        execution_id, batch = incoming.execution_id, current.batch
        if self._long_steps.keeps_back(incoming):
            return
        self._later.stirred(execution_id)
        if incoming.new is not None:
            self._live.put(incoming.new)
            current.begins(incoming)
            batch.begin(incoming.new, list(incoming.new.runs.values()))
            incoming.new = None
        if incoming.also is not None:
            batch.include(incoming.also)
            incoming.also = None
        view = self._live.get(execution_id)
        if view is None:
            if self._live.wait_for(incoming):
                self._spawn(self._load(execution_id))
            return
        if incoming.event is not None and not self._is_decided(view, incoming):
            return
        if view.execution.ended:
            batch.touch(view)  # it has been read for this only
        batch.add_logs(view, incoming.logs)
        batch.add_metrics(incoming.metrics)
        if incoming.ended_timer is not None:
            batch.end_timer(execution_id, incoming.ended_timer)
        if incoming.event is not None and not self._step(current, view, incoming):
            return
        if incoming.answer is not None:
            current.answers.append((incoming.answer, execution_id))

    def _is_decided(self, view: View, incoming: Incoming) -> bool:
        """Ask the engine what follows from an event; a step that would wait is made in a thread and comes again."""
        if incoming.decided is not None:
            return True
        assert incoming.event is not None
        now = self._clock.now()
        incoming.event = self._with_slot(view, incoming.event, now)
        try:
            incoming.decided = self._long_steps.decided(view, incoming.event, now)
        except WouldWait:
            self._spawn(self._decide_later(self._long_steps.hold(incoming), view, now))
            return False
        return True

    async def _decide_later(self, held: Held, view: View, now: datetime) -> None:
        self._pending.extendleft(reversed(await self._long_steps.make(held, view, now)))
        self._schedule()

    def _step(self, current: Round, view: View, incoming: Incoming) -> bool:
        """Do what was decided on an event; returns whether it was taken."""
        event, decision = incoming.event, incoming.decided
        assert event is not None
        assert decision is not None
        if isinstance(event, TaskEnded):
            current.batch.end_job(event.task_run_id, event.attempt)
        if decision.refusal is not None:
            incoming.refuse(Refused(decision.refusal))
            if isinstance(event, RestartRequested) and view.execution.ended:
                self._pass_on(self._slots.release(view))
            return False
        before = view.execution
        view.apply(decision.changes)
        current.batch.add(view, decision)
        if self._triggers is not None and view.execution is not before:
            told = self._triggers.noticed(view, before, event)
            if told is not None:
                current.batch.include(told)
        self._pass_on(self._slots.settle(view))
        return True

    def _with_slot(self, view: View, event: Event, now: datetime) -> Event:
        """Ask the concurrency limit about an execution that wants to run."""
        if view.plan.flow.concurrency is None:
            return event
        execution = view.execution
        if isinstance(event, Created) and execution.state.current.is_created:
            is_due = execution.schedule_date is None or execution.schedule_date <= now
            return replace(event, slot=self._slots.take(view)) if is_due else event
        if isinstance(event, RestartRequested) and execution.state.current is State.FAILED and execution.ended:
            return replace(event, slot=self._slots.take(view))
        return event

    def _pass_on(self, execution_ids: Sequence[ExecutionId]) -> None:
        """Tell executions that a slot has come free for them."""
        for execution_id in execution_ids:
            self._push(Incoming(execution_id, SlotFreed()))

    async def _save(self, current: Round) -> None:
        batch = current.batch
        writes = batch.writes()
        self._saving.append(batch)
        try:
            await self._store.commit(writes)
        except Exception as error:  # noqa: BLE001  # a lost commit: memory is ahead of the store
            _LOG.exception("cannot save a round of %d executions", len(batch.touched))
            current.lost(error)
            self._lost(current)
            if self._triggers is not None:
                self._triggers.lost(writes.messages)
            return
        finally:
            self._saving.remove(batch)
            told, self._told_when_saved = self._told_when_saved, []
            for future in told:
                if not future.done():
                    future.set_result(None)
        for touched in batch.touched.values():
            self._hub.publish(touched.view.execution, list(touched.task_runs.values()), touched.logs)
        current.saved()
        self._errands.carry_out(batch)
        if self._triggers is not None:
            self._triggers.saved(writes.messages)
        self._let_go(batch)

    def _lost(self, current: Round) -> None:
        """Forget what could not be saved; what nobody is told of is done again a little later."""
        batch = current.batch
        for view in batch.never_saved():
            execution_id = view.execution.id
            self._live.drop(execution_id)
            self._pass_on(self._slots.release(view))
            del batch.touched[execution_id]
            if execution_id in current.unasked:
                self._later.begin(execution_id, current.unasked[execution_id])
        for execution_id in batch.touched:
            self._live.drop(execution_id)
            self._later.take_up(execution_id)

    async def _begin_again(self, view: View) -> None:
        """Begin an execution that could not be saved, unless its parent has been killed meanwhile."""
        found = parent_of(view.execution)
        parent = await self._live.snapshot(found[0]) if found is not None else None
        if parent is None or parent.execution.state.current not in (State.KILLING, State.KILLED):
            self._push(Incoming(view.execution.id, Created(), new=view))

    async def _take_up(self, execution_id: ExecutionId) -> None:
        jobs = [job for job in await self._store.work.jobs() if job.execution_id == execution_id]
        timers = await self._store.work.due_timers(_FAR, limit=1_000_000)
        view = self._live.get(execution_id) or await self._live.taken_up(execution_id)
        if view is None:
            return
        self._slots.restore(view)
        self._pass_on(self._slots.free())
        for timer in timers:
            if timer.execution_id == execution_id:
                self._timers.start(timer)
        await self._recover_one(view, jobs)

    def _let_go(self, batch: Batch) -> None:
        """Drop ended executions from memory and tell who waits for them."""
        for execution_id, touched in batch.touched.items():
            view = touched.view
            if not view.execution.ended:
                if view.execution.state.current in AT_REST:
                    self._later.doze(execution_id)
                continue
            if execution_id in self._waiters and not self._is_saving(execution_id):
                self._waiters.ended(snapshot_of(view))
            if self._live.get(execution_id) is view:
                self._live.drop(execution_id)
            if touched.is_changed:
                self._errands.report(view.execution)

    def _rest(self, execution_id: ExecutionId) -> None:
        """Let an execution leave the memory, later if something is being done or memory is ahead of the store."""
        if execution_id in self._long_steps or self._is_saving(execution_id):
            self._later.doze(execution_id)
        else:
            self._live.rest(execution_id)

    # Loading

    async def _load(self, execution_id: ExecutionId) -> None:
        waiting, error, found = await self._live.load(execution_id)
        for incoming in waiting:
            if found:
                self._push(incoming)
            else:
                incoming.refuse(error or ExecutionNotFound(execution_id))

    async def _recover_one(self, view: View, jobs: Sequence[Job]) -> None:
        current = Round()
        for job in jobs:
            again = replace(job, deliveries=job.deliveries + 1)
            current.batch.redeliver(again)
            current.batch.to_run.append((view, RunTask(job.task_run_id, job.attempt), again.deliveries))
        incoming = Incoming(view.execution.id, Recovered())
        try:
            incoming.decided = self._long_steps.decided(view, Recovered(), self._clock.now())
        except WouldWait:
            held = self._long_steps.hold(incoming)
            _, *kept_back = await self._long_steps.make(held, view, self._clock.now())
            self._pending.extendleft(reversed(kept_back))
            self._schedule()
        if incoming.decided is not None:  # else it was killed meanwhile
            self._step(current, view, incoming)
        known = {(job.task_run_id, job.attempt) for job in jobs}
        current.batch.run_once(known)
        self._follow_up(current)
        await self._save(current)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _future() -> "asyncio.Future[Execution]":
    return asyncio.get_running_loop().create_future()
