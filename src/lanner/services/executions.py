"""Starting and reading executions."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from lanner.model.errors import ExecutionNotFound, LannerError
from lanner.model.execution import Breakpoint, Execution, ExecutionKind, ExecutionTrigger, TaskRun
from lanner.model.flow import FlowKey
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.label import CORRELATION_ID, SYSTEM_PREFIX, Label, Labels, merged
from lanner.model.state import State, StateHistory
from lanner.ports.clock import Clock, Ids
from lanner.ports.inbox import Inbox, Snapshot
from lanner.ports.search import Filter, Operator, Page, Query, StateCount
from lanner.ports.store import Store
from lanner.sdk.definition import CheckBehavior
from lanner.sdk.plan import Plan
from lanner.services.errors import Conflict, InvalidArgument, NotFound
from lanner.services.execution_inputs import ExecutionInputs, InputState, Upload
from lanner.services.flow_checks import ExecutionBlocked, FailedCheck, FlowChecks, strongest
from lanner.services.plans import PlanCache

MAX_WAIT_SECONDS = 3600.0
MAX_LATEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What is wished of a new execution. ``inputs`` are texts as they were received."""

    key: FlowKey
    inputs: Mapping[str, Any] = field(default_factory=dict)
    uploads: Sequence[Upload] = ()
    labels: Labels = ()
    revision: int | None = None
    schedule_date: datetime | None = None
    breakpoints: tuple[Breakpoint, ...] = ()
    kind: ExecutionKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An execution with what its document needs. ``variables`` are those of its flow's revision."""

    execution: Execution
    task_runs: Sequence[TaskRun] = ()
    variables: Mapping[str, Any] | None = None


class Executions:
    """Makes executions of flows and shows them."""

    def __init__(  # what it depends on
        self, *, store: Store, inbox: Inbox, plans: PlanCache, inputs: ExecutionInputs, clock: Clock, ids: Ids
    ) -> None:
        self._store, self._inbox, self._plans, self._inputs = store, inbox, plans, inputs
        self._clock, self._ids, self._checks = clock, ids, FlowChecks(inputs.evaluate)

    def now(self) -> datetime:
        """Return the present moment, for durations of what is under way."""
        return self._clock.now()

    async def start(self, start: Start) -> Shown:
        """Make an execution and have it begin; durable on return.

        Raises ``FlowNotFound``, ``InvalidFlow``, ``Conflict`` for a disabled flow, ``InvalidInputs``,
        ``ExecutionBlocked``.
        """
        plan = await self.startable(start.key, start.revision)
        execution = self._new(plan, start)
        if plan.flow.inputs:
            resolved = await self._inputs.resolve(plan, execution, start.inputs, start.uploads)
            execution = replace(execution, inputs=resolved)
        failed = await self._checks.failed(plan, execution.inputs)
        match strongest(failed):
            case CheckBehavior.BLOCK_EXECUTION:
                raise ExecutionBlocked(failed)
            case CheckBehavior.FAIL_EXECUTION:
                execution = replace(execution, state=execution.state.to(State.FAILED, self._clock.now()))
            case _:
                pass
        await self._inbox.create(execution)
        return Shown(execution=execution, variables=plan.flow.variables)

    def from_trigger(self, plan: Plan, trigger: ExecutionTrigger) -> Execution:
        """Return the execution that a request to a trigger would start: the flow's labels, no correlation id.

        Source: Kestra 1.0.36, webhook (reference ``engine.md`` §1.4, §7.7).
        """
        key = plan.key
        return Execution(
            id=self._ids.execution_id(),
            tenant=key.tenant,
            namespace=key.namespace,
            flow_id=key.flow_id,
            flow_revision=plan.revision,
            state=StateHistory.starting(State.CREATED, self._clock.now()),
            labels=flow_labels(plan),
            trigger=trigger,
        )

    async def begin(self, plan: Plan, execution: Execution, *, given: Mapping[str, Any] | None = None) -> Shown:
        """Have an execution of ``from_trigger`` begin.

        Without ``given`` it has no inputs, not even defaults; else they are typed: raises ``InvalidInputs``.
        """
        if given is not None:
            execution = replace(execution, inputs=await self._inputs.resolve(plan, execution, given))
        await self._inbox.create(execution)
        return Shown(execution=execution, variables=plan.flow.variables)

    async def failed_checks(self, start: Start, states: Sequence[InputState]) -> Sequence[FailedCheck]:
        """Return which checks of the flow would not hold with these inputs."""
        plan = await self.startable(start.key, start.revision)
        return await self._checks.failed(plan, {state.declared.id: state.value for state in states})

    async def check_inputs(self, start: Start) -> Sequence[InputState]:
        """Return what would become of each input, with everything that is wrong with it; stores no file."""
        plan = await self.startable(start.key, start.revision)
        execution = self._new(plan, start)
        return await self._inputs.check(plan, execution, start.inputs, start.uploads)

    async def wait(self, shown: Shown, timeout_seconds: float = MAX_WAIT_SECONDS) -> Shown:
        """Return the execution once it has ended, or as it stands when the time is up."""
        snapshot = await self._inbox.wait_until_ended(shown.execution.id, timeout_seconds)
        if snapshot is None:
            snapshot = await self._inbox.snapshot(shown.execution.id)
        if snapshot is None:
            raise ExecutionNotFound(shown.execution.id)
        return Shown(execution=snapshot.execution, task_runs=snapshot.task_runs, variables=shown.variables)

    async def get(self, tenant: str, execution_id: str) -> Shown:
        """Return an execution with its task runs; raises ``ExecutionNotFound``."""
        snapshot = await self.snapshot(tenant, execution_id)
        variables = await self.flow_variables(snapshot.execution)
        return Shown(execution=snapshot.execution, task_runs=snapshot.task_runs, variables=variables)

    async def snapshot(self, tenant: str, execution_id: str) -> Snapshot:
        """Return an execution with its task runs; raises ``ExecutionNotFound``."""
        snapshot = await self._inbox.snapshot(ExecutionId(execution_id))
        if snapshot is None or snapshot.execution.tenant != tenant:
            raise ExecutionNotFound(execution_id)
        return snapshot

    async def task_run(self, tenant: str, execution_id: str, task_run_id: str) -> tuple[Snapshot, TaskRun]:
        """Return a task run and its execution; raises ``NotFound``."""
        snapshot = await self.snapshot(tenant, execution_id)
        for run in snapshot.task_runs:
            if run.id == TaskRunId(task_run_id):
                return snapshot, run
        raise NotFound(f"Can't find taskrun with id '{task_run_id}' on execution '{execution_id}'")

    async def search(self, query: Query) -> Page[Shown]:
        """Return one page of executions with their task runs."""
        page = await self._store.executions.search(query)
        shown = []
        for execution in page.results:
            snapshot = None if execution.ended else await self._inbox.snapshot(execution.id)
            if snapshot is not None:
                current, task_runs = snapshot.execution, snapshot.task_runs
            else:
                current, task_runs = execution, await self._store.executions.task_runs(execution.id)
            shown.append(Shown(execution=current, task_runs=task_runs, variables=await self.flow_variables(current)))
        return Page(shown, page.total)

    async def rows(self, query: Query) -> Page[Shown]:
        """Return one page of executions as they were stored last, without their task runs."""
        page = await self._store.executions.search(query)
        return Page([Shown(execution=one) for one in page.results], page.total)

    async def count_by_state(self, query: Query, every: timedelta) -> Sequence[StateCount]:
        """Count the executions that match, by when they began and by state."""
        return await self._store.executions.count_by_state(query, every)

    async def each(self, query: Query) -> AsyncIterator[Execution]:
        """Yield all executions that match, all pages."""
        size = 1_000
        page = 1
        while True:
            rows = (await self._store.executions.search(replace(query, page=page, size=size))).results
            for row in rows:
                yield row
            if len(rows) < size:
                return
            page += 1

    async def distinct(self, query: Query, field: str, most: int) -> Sequence[str]:
        """Return the values of a field in what ``search`` finds, sorted; raises ``UnsupportedFilter``."""
        if most < 1:
            raise InvalidArgument("size has to be 1 or more")
        return await self._store.executions.distinct(query, field, most)

    async def latest(self, keys: Sequence[FlowKey], count: int = 1) -> Sequence[Execution]:
        """Return the newest executions of each flow, newest first; raises ``InvalidArgument``."""
        if not 1 <= count <= MAX_LATEST:
            raise InvalidArgument(f"size has to be 1 to {MAX_LATEST}")
        return await self._store.executions.latest_of_flows(keys, count)

    async def of_flow(self, key: FlowKey, page: int, size: int) -> Page[Shown]:
        """Return the executions of one flow, newest first."""
        filters = (
            Filter("namespace", Operator.EQUALS, key.namespace),
            Filter("flowId", Operator.EQUALS, key.flow_id),
        )
        return await self.search(Query(tenant=key.tenant, filters=filters, page=page, size=size))

    async def plan_of(self, execution: Execution) -> Plan:
        """Return the flow revision an execution runs; raises ``FlowNotFound`` or ``InvalidFlow``."""
        key = FlowKey(execution.tenant, execution.namespace, execution.flow_id)
        return await self._plans.revision(key, execution.flow_revision)

    async def flow_variables(self, execution: Execution) -> Mapping[str, Any] | None:
        """Return the variables of the revision an execution runs; none when it cannot be read any more."""
        if execution.variables is not None:
            return None
        try:
            return (await self.plan_of(execution)).flow.variables
        except LannerError:
            return None

    async def startable(self, key: FlowKey, revision: int | None = None) -> Plan:
        """Return a flow that executions can be made of; raises ``FlowNotFound``, ``InvalidFlow`` or ``Conflict``."""
        plan = await (self._plans.latest(key) if revision is None else self._plans.revision(key, revision))
        if plan.flow.disabled:
            raise Conflict("Requested Flow is disabled.")
        return plan

    def _new(self, plan: Plan, start: Start) -> Execution:
        execution_id = self._ids.execution_id()
        for label in start.labels:
            if label.is_system and label.key != CORRELATION_ID:
                raise InvalidArgument(
                    f"System labels can only be set by the server itself, offending label: {label.key}={label.value}"
                )
        labels = merged(flow_labels(plan), start.labels)
        if not any(label.key == CORRELATION_ID for label in start.labels):
            labels = (*labels, Label(CORRELATION_ID, execution_id))
        now = self._clock.now()
        return Execution(
            id=execution_id,
            tenant=plan.key.tenant,
            namespace=plan.key.namespace,
            flow_id=plan.key.flow_id,
            flow_revision=plan.revision,
            state=StateHistory.starting(State.CREATED, now),
            labels=labels,
            schedule_date=start.schedule_date,
            breakpoints=start.breakpoints,
            kind=start.kind,
        )


def flow_labels(plan: Plan) -> Labels:
    """Return the labels that executions take over from their flow."""
    labels = plan.flow.labels
    if not labels:
        return ()
    return merged(label for label in labels if not label.key.startswith(SYSTEM_PREFIX))


def read_breakpoints(text: str | None) -> tuple[Breakpoint, ...]:
    """Return the breakpoints of a comma list of ``taskId`` or ``taskId.value``."""
    points = []
    for part in (text or "").split(","):
        task_id, dot, value = part.strip().partition(".")
        if task_id:
            points.append(Breakpoint(task_id=task_id, value=value if dot else None))
    return tuple(points)
