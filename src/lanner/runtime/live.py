"""The executions in memory: those that run, or wait for something that is near."""

import logging
from collections.abc import Iterator

from lanner.engine.view import Reveal, View
from lanner.model.errors import LannerError
from lanner.model.execution import Execution
from lanner.model.flow import FlowKey
from lanner.model.ids import ExecutionId
from lanner.ports.inbox import Snapshot
from lanner.ports.store import Store
from lanner.runtime.rounds import Incoming
from lanner.sdk.plan import Plan
from lanner.services.plans import PlanCache

_LOG = logging.getLogger(__name__)


class LiveExecutions:
    """Views by execution, read from the store when something is to be done with them. Lives in the server's loop."""

    def __init__(self, store: Store, plans: PlanCache, reveal: Reveal | None) -> None:
        self._store, self._plans, self._reveal = store, plans, reveal
        self._views: dict[ExecutionId, View] = {}
        self._loading: dict[ExecutionId, list[Incoming]] = {}

    def __contains__(self, execution_id: ExecutionId) -> bool:
        return execution_id in self._views

    def __iter__(self) -> Iterator[View]:
        return iter(self._views.values())

    def get(self, execution_id: ExecutionId) -> View | None:
        """Return an execution that is in memory."""
        return self._views.get(execution_id)

    def put(self, view: View) -> None:
        """Take an execution in."""
        self._views[view.execution.id] = self._revealing(view)

    def drop(self, execution_id: ExecutionId) -> View | None:
        """Let go of an execution, and return it."""
        return self._views.pop(execution_id, None)

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
            self._views.setdefault(execution_id, self._revealing(view))
        return self._loading.pop(execution_id), error, view is not None

    async def taken_up(self, execution_id: ExecutionId) -> View | None:
        """Return an execution that goes on after a start or a lost round; ``None`` when it cannot be read."""
        try:
            view = await self._read(execution_id)
        except Exception:  # noqa: BLE001  # one unreadable execution must not keep the others from going on
            _LOG.exception("execution %s cannot be taken up", execution_id)
            return None
        return None if view is None else self._views.setdefault(execution_id, self._revealing(view))

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


def snapshot_of(view: View) -> Snapshot:
    """Return an execution in memory as of now."""
    runs = sorted(view.runs.values(), key=lambda run: run.sequence)
    return Snapshot(execution=view.execution, task_runs=runs)
