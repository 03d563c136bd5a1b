"""The executions in memory: those that run, or wait for something that is near."""

import logging
from collections.abc import Iterator

from lanner.engine.attended import is_busy
from lanner.engine.view import Reveal, View
from lanner.model.errors import LannerError
from lanner.model.execution import Execution
from lanner.model.flow import FlowKey
from lanner.model.ids import ExecutionId
from lanner.model.state import State
from lanner.ports.inbox import Snapshot
from lanner.ports.store import Store
from lanner.runtime.rounds import Incoming
from lanner.sdk.flowable import Flowable
from lanner.sdk.plan import Plan
from lanner.services.plans import PlanCache

AT_REST = (State.PAUSED, State.BREAKPOINT, State.QUEUED, State.CREATED)
"""States in which an execution may wait for long."""
_WAITING = (State.PAUSED, State.BREAKPOINT, State.RETRYING)

_LOG = logging.getLogger(__name__)


class LiveExecutions:
    """Views by execution, read from the store when something is to be done with them. Lives in the server's loop."""

    def __init__(self, store: Store, plans: PlanCache, reveal: Reveal | None) -> None:
        self._store, self._plans, self._reveal = store, plans, reveal
        self._views: dict[ExecutionId, View] = {}
        self._resting: set[ExecutionId] = set()
        self._loading: dict[ExecutionId, list[Incoming]] = {}

    def __contains__(self, execution_id: ExecutionId) -> bool:
        return execution_id in self._views

    def __iter__(self) -> Iterator[View]:
        return iter(self._views.values())

    def get(self, execution_id: ExecutionId) -> View | None:
        """Return an execution that is in memory."""
        return self._views.get(execution_id)

    def knows(self, execution_id: ExecutionId) -> bool:
        """Whether an execution has not ended: it is in memory, or rests."""
        return execution_id in self._views or execution_id in self._resting

    def put(self, view: View) -> None:
        """Take an execution in."""
        self._views[view.execution.id] = self._revealing(view)

    def drop(self, execution_id: ExecutionId) -> View | None:
        """Let go of an execution, and return it."""
        self._resting.discard(execution_id)
        return self._views.pop(execution_id, None)

    def rest(self, execution_id: ExecutionId) -> None:
        """Let go of an execution that waits, unless something is done for it; the next event reads it again."""
        view = self._views.get(execution_id)
        if view is not None and _is_at_rest(view):
            del self._views[execution_id]
            self._resting.add(execution_id)

    async def wake(self, execution_id: ExecutionId) -> None:
        """Have an execution that rests in memory again."""
        if execution_id in self._resting:
            await self.taken_up(execution_id)

    def is_loading(self, execution_id: ExecutionId) -> bool:
        """Whether an execution is being read."""
        return execution_id in self._loading

    def wait_for(self, incoming: Incoming) -> bool:
        """Have an event wait until its execution is read; returns whether the caller has to ``load`` it."""
        waiting = self._loading.setdefault(incoming.execution_id, [])
        waiting.append(incoming)
        return len(waiting) == 1

    async def load(self, execution_id: ExecutionId) -> tuple[list[Incoming], Exception | None, bool]:
        """Read an execution; return what waits for it, the error if there was one, and whether there is one."""
        error: Exception | None = None
        view: View | None = None
        try:
            view = await self._read(execution_id)
        except Exception as caught:  # noqa: BLE001  # whoever asked is told
            error = caught
        if view is not None:
            self._take_in(view)
        return self._loading.pop(execution_id), error, view is not None

    async def taken_up(self, execution_id: ExecutionId) -> View | None:
        """Return an execution that goes on after a start or a lost round; ``None`` when it cannot be read."""
        try:
            view = await self._read(execution_id)
        except Exception:  # noqa: BLE001  # one unreadable execution must not keep the others from going on
            _LOG.exception("execution %s cannot be taken up", execution_id)
            return None
        return None if view is None else self._take_in(view)

    async def snapshot(self, execution_id: ExecutionId) -> Snapshot | None:
        """Return the newest state of an execution, from memory where it is there."""
        view = self._views.get(execution_id)
        if view is not None:
            return snapshot_of(view)
        execution = await self._store.executions.get(execution_id)
        if execution is None:
            return None
        return Snapshot(execution=execution, task_runs=await self._store.executions.task_runs(execution_id))

    async def newest(self, key: FlowKey) -> Plan | None:
        """Return the plan of a flow's newest revision; ``None`` when there is none that can be read."""
        try:
            return await self._plans.latest(key)
        except LannerError:
            return None

    async def plan_of(self, execution: Execution) -> Plan:
        """Return the plan of the revision an execution runs."""
        key = FlowKey(execution.tenant, execution.namespace, execution.flow_id)
        return await self._plans.revision(key, execution.flow_revision)

    def _take_in(self, view: View) -> View:
        """Take in what was read, unless it is there already."""
        self._resting.discard(view.execution.id)
        return self._views.setdefault(view.execution.id, self._revealing(view))

    def _revealing(self, view: View) -> View:
        if self._reveal is not None:
            view.reveal_with(self._reveal)
        return view

    async def _read(self, execution_id: ExecutionId) -> View | None:
        execution = await self._store.executions.get(execution_id)
        if execution is None:
            return None
        plan = await self.plan_of(execution)
        return View(plan, execution, await self._store.executions.task_runs(execution_id))


def _is_at_rest(view: View) -> bool:
    """Whether an execution waits, and no worker has anything of it."""
    state = view.execution.state.current
    if state not in AT_REST:
        return False
    if state not in (State.PAUSED, State.BREAKPOINT):
        return True
    nodes = view.plan.nodes
    for section in view.sections.values():
        for run_id in section.open:
            run = view.runs[run_id]
            node = nodes.get(run.task_id)
            waits = run.state.current in _WAITING or (node is not None and isinstance(node.task, Flowable))
            if not waits or is_busy(run):
                return False
    return True


def snapshot_of(view: View) -> Snapshot:
    """Return an execution in memory as of now."""
    runs = sorted(view.runs.values(), key=lambda run: run.sequence)
    return Snapshot(execution=view.execution, task_runs=runs)
