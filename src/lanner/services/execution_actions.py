"""Steering an execution that exists: each action is an event that the engine takes or refuses."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lanner.engine import events, replay
from lanner.engine.replay import TaskRunNotFound
from lanner.model.errors import ExecutionNotFound
from lanner.model.execution import Breakpoint, Execution, TaskRun
from lanner.model.flow import FlowKey
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.label import REPLAYED, Labels
from lanner.model.refusal import Refusal, RefusalKind, Refused
from lanner.model.state import State
from lanner.model.storage import execution_folder
from lanner.ports.blobs import Blobs
from lanner.ports.clock import Clock, Ids
from lanner.ports.inbox import Inbox, Snapshot
from lanner.ports.search import Filter, Operator, Query
from lanner.ports.store import Store, Writes
from lanner.ports.work import Message
from lanner.sdk.input import AnyInput
from lanner.sdk.plan import Plan
from lanner.services.errors import InvalidArgument, NotFound, NotTerminated
from lanner.services.execution_inputs import ExecutionInputs, InputState, Upload
from lanner.services.executions import Shown
from lanner.services.plans import PlanCache

__all__ = ["ExecutionActions", "Removal", "Replay", "TaskRunNotFound"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What is wished of a replay: from which task run, on which revision, with which inputs.

    ``inputs`` of ``None`` keeps those of the source.
    """

    task_run_id: str | None = None
    revision: int | None = None
    latest_revision: bool = False
    breakpoints: tuple[Breakpoint, ...] = ()
    inputs: Mapping[str, Any] | None = None
    uploads: Sequence[Upload] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What goes together with the row of an execution."""

    logs: bool = True
    metrics: bool = True
    storage: bool = True


class ExecutionActions:
    """Kill, pause, resume, restart and the others, one execution at a time.

    All raise ``ExecutionNotFound``, and ``Refused`` when the execution's state does not allow the action.
    """

    def __init__(  # what it depends on
        self,
        *,
        store: Store,
        inbox: Inbox,
        plans: PlanCache,
        inputs: ExecutionInputs,
        blobs: Blobs,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._store, self._inbox, self._plans, self._inputs, self._blobs = store, inbox, plans, inputs, blobs
        self._clock, self._ids = clock, ids

    async def kill(self, tenant: str, execution_id: str, *, cascade: bool = True) -> Shown:
        """Have an execution stop, with the executions it started when ``cascade``."""
        return await self._ask(tenant, execution_id, events.KillRequested(cascade=cascade))

    async def pause(self, tenant: str, execution_id: str) -> Shown:
        """Have nothing new start."""
        return await self._ask(tenant, execution_id, events.PauseRequested())

    async def resume(
        self,
        tenant: str,
        execution_id: str,
        *,
        inputs: Mapping[str, Any],
        uploads: Sequence[Upload] = (),
        by: str | None = None,
    ) -> Shown:
        """Let a paused execution go on; ``inputs`` answer what the pause asks; raises ``InvalidInputs``."""
        snapshot, plan, asked = await self._asked(tenant, execution_id)
        answers: Mapping[str, Any] = {}
        if plan and asked:
            answers = await self._inputs.resolve(plan, snapshot.execution, inputs, uploads, declared=asked)
        return await self._ask(tenant, execution_id, events.ResumeRequested(inputs=answers, by=by))

    async def check_resume(
        self, tenant: str, execution_id: str, *, inputs: Mapping[str, Any], uploads: Sequence[Upload] = ()
    ) -> tuple[Execution, Sequence[InputState]]:
        """Return what would become of each input of the pause, with everything that is wrong with it."""
        snapshot, plan, asked = await self._asked(tenant, execution_id)
        if plan is None or not asked:
            return snapshot.execution, []
        return snapshot.execution, await self._inputs.check(plan, snapshot.execution, inputs, uploads, declared=asked)

    async def restart(self, tenant: str, execution_id: str, *, revision: int | None = None) -> Shown:
        """Run what failed once more; with a ``revision``, in a new execution of that revision."""
        if revision is None:
            return await self._ask(tenant, execution_id, events.RestartRequested())
        snapshot = await self._snapshot(tenant, execution_id)
        plan = await self._plan(snapshot.execution, revision)
        fresh, task_runs = replay.restarted(
            plan,
            snapshot.execution,
            snapshot.task_runs,
            execution_id=self._ids.execution_id(),
            now=self._clock.now(),
        )
        await self._inbox.create(fresh, task_runs)
        return await self._shown(fresh, task_runs)

    async def replay(self, tenant: str, execution_id: str, wish: Replay) -> Shown:
        """Run an execution again as a new one, from its beginning or from a task run; marks the source as replayed."""
        snapshot = await self._snapshot(tenant, execution_id)
        source = snapshot.execution
        revision = await self._latest_revision(source) if wish.latest_revision else wish.revision
        plan = await self._plan(source, revision or source.flow_revision)
        fresh, task_runs = replay.replayed(
            plan,
            source,
            snapshot.task_runs,
            execution_id=self._ids.execution_id(),
            now=self._clock.now(),
            task_run_id=TaskRunId(wish.task_run_id) if wish.task_run_id else None,
        )
        fresh = replace(fresh, breakpoints=wish.breakpoints)
        if wish.inputs is not None:
            fresh = replace(fresh, inputs=await self._inputs.resolve(plan, fresh, wish.inputs, wish.uploads))
        await self._inbox.create(fresh, task_runs)
        await self._mark_replayed(source)
        return await self._shown(fresh, task_runs)

    async def change_task_run_state(self, tenant: str, execution_id: str, task_run_id: str, state: State) -> Shown:
        """Declare the state of a task run and have the flow go on from there."""
        snapshot = await self._snapshot(tenant, execution_id)
        if not any(run.id == task_run_id for run in snapshot.task_runs):
            raise NotFound(f"Can't find taskrun with id '{task_run_id}' on execution '{execution_id}'")
        event = events.TaskRunStateRequested(task_run_id=TaskRunId(task_run_id), state=state)
        return await self._ask(tenant, execution_id, event)

    async def change_status(self, tenant: str, execution_id: str, state: State) -> Shown:
        """Declare the state of an ended execution; nothing runs again."""
        if not state.is_terminal:
            raise InvalidArgument("You can only change the state of an execution to a terminal state.")
        return await self._ask(tenant, execution_id, events.StateRequested(state=state))

    async def force_run(self, tenant: str, execution_id: str) -> Shown:
        """Have an execution that waits, for whatever reason, run now."""
        return await self._ask(tenant, execution_id, events.ForceRunRequested())

    async def unqueue(self, tenant: str, execution_id: str, state: State) -> Shown:
        """Take an execution out of the queue of its concurrency limit."""
        return await self._ask(tenant, execution_id, events.UnqueueRequested(state=state))

    async def resume_from_breakpoint(self, tenant: str, execution_id: str, breakpoints: Sequence[Breakpoint]) -> Shown:
        """Let an execution go on that stopped at a breakpoint, to the next of ``breakpoints``."""
        texts = tuple(one.task_id if one.value is None else f"{one.task_id}.{one.value}" for one in breakpoints)
        return await self._ask(tenant, execution_id, events.BreakpointResumed(breakpoints=texts))

    async def set_labels(self, tenant: str, execution_id: str, labels: Labels, *, merge: bool = False) -> Shown:
        """Replace the labels of an ended execution, or ``merge`` into them; system labels stay as they are.

        Raises ``NotTerminated`` and, for system labels that are not there already, ``InvalidArgument``.
        """
        execution = await self._row(tenant, execution_id)
        if not execution.state.current.is_terminal:
            raise NotTerminated("The execution is not terminated")
        present = execution.labels
        for label in labels:
            if label.is_system and label not in present:
                raise InvalidArgument(
                    f"System labels can only be set by the server itself, offending label: {label.key}={label.value}"
                )
        wanted = {label.key: label.value for label in present if not label.is_system} if merge else {}
        wanted.update(
            {label.key: label.value for label in labels if not label.is_system and (label.key or label.value)}
        )
        return await self._ask(tenant, execution_id, events.LabelsRequested(labels=tuple(wanted.items())))

    async def delete(self, tenant: str, execution_id: str, removal: Removal) -> None:
        """Forget an execution, running or not, and what ``removal`` says."""
        execution = await self._row(tenant, execution_id)
        if not execution.ended:
            await self._inbox.delete(execution.id)
        await self._store.commit(Writes(deleted_executions=[execution.id]))
        if removal.logs:
            only = Filter("executionId", Operator.EQUALS, execution.id)
            await self._store.logs.delete(Query(tenant=tenant, filters=(only,)))
        if removal.storage:
            await asyncio.to_thread(self._blobs.delete_folder, tenant, execution_folder(execution))

    async def row(self, tenant: str, execution_id: str) -> Execution:
        """Return an execution as it stands; raises ``ExecutionNotFound``."""
        return await self._row(tenant, execution_id)

    async def _ask(self, tenant: str, execution_id: str, event: events.Event) -> Shown:
        await self._row(tenant, execution_id)
        kind, body = events.encode(event)
        after = await self._inbox.ask(Message(execution_id=ExecutionId(execution_id), kind=kind, body=body))
        snapshot = await self._inbox.snapshot(after.id)
        return await self._shown(after, snapshot.task_runs if snapshot else ())

    async def _shown(self, execution: Execution, task_runs: Sequence[TaskRun]) -> Shown:
        plan = await self._plan(execution, execution.flow_revision)
        return Shown(execution=execution, task_runs=task_runs, variables=plan.flow.variables)

    async def _row(self, tenant: str, execution_id: str) -> Execution:
        execution = await self._store.executions.get(ExecutionId(execution_id))
        if execution is None or execution.tenant != tenant:
            raise ExecutionNotFound(execution_id)
        return execution

    async def _snapshot(self, tenant: str, execution_id: str) -> Snapshot:
        snapshot = await self._inbox.snapshot(ExecutionId(execution_id))
        if snapshot is None or snapshot.execution.tenant != tenant:
            raise ExecutionNotFound(execution_id)
        return snapshot

    async def _plan(self, execution: Execution, revision: int) -> Plan:
        key = FlowKey(execution.tenant, execution.namespace, execution.flow_id)
        if revision != execution.flow_revision and await self._store.flows.revision(key, revision) is None:
            raise NotFound(f"Unable to find revision {revision} on flow {key.namespace}.{key.flow_id}")
        return await self._plans.revision(key, revision)

    async def _latest_revision(self, execution: Execution) -> int:
        key = FlowKey(execution.tenant, execution.namespace, execution.flow_id)
        return (await self._plans.latest(key)).revision

    async def _asked(self, tenant: str, execution_id: str) -> tuple[Snapshot, Plan | None, tuple[AnyInput, ...]]:
        """Return the inputs that the first paused task run asks for; none for a pause by hand."""
        snapshot = await self._snapshot(tenant, execution_id)
        execution = snapshot.execution
        if execution.state.current is not State.PAUSED:
            raise Refused(Refusal(RefusalKind.CONFLICT, f"Execution '{execution.id}' is not paused, can't resume it"))
        plan = await self._plan(execution, execution.flow_revision)
        for run in snapshot.task_runs:
            if run.state.current is State.PAUSED and (node := plan.nodes.get(run.task_id)):
                return snapshot, plan, tuple(getattr(node.task, "on_resume", None) or ())
        return snapshot, plan, ()

    async def _mark_replayed(self, source: Execution) -> None:
        event = events.LabelsRequested(labels=((REPLAYED, "true"),), only_ended=False, system=True)
        kind, body = events.encode(event)
        await self._inbox.ask(Message(execution_id=source.id, kind=kind, body=body))
