"""How many executions of the flows with a concurrency limit are at work."""

from dataclasses import dataclass

from lanner.flows.problem import InvalidFlow
from lanner.model.flow import FlowKey
from lanner.model.state import TERMINAL, State
from lanner.ports.search import Filter, Operator, Page, Query
from lanner.ports.store import Store
from lanner.services.errors import NotFound
from lanner.services.plans import FlowNotFound, PlanCache

_NOT_AT_WORK = sorted({*TERMINAL, State.CREATED, State.RESTARTED, State.QUEUED})
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class FlowLoad:
    """A flow with a limit and how many executions hold a slot of it."""

    key: FlowKey
    limit: int
    running: int


class ConcurrencyLimits:
    """Counts slots as they are: from the executions themselves, so no count can be wrong for long."""

    def __init__(self, *, store: Store, plans: PlanCache) -> None:
        self._store, self._plans = store, plans

    async def search(self, tenant: str) -> Page[FlowLoad]:
        """Return the flows that have a limit, by namespace and id."""
        found = []
        page = await self._store.flows.search_source(Query(tenant=tenant, size=_MOST), "concurrency")
        for flow in page.results:
            load = await self._load(flow.key)
            if load is not None:
                found.append(load)
        return Page(found, len(found))

    async def get(self, key: FlowKey) -> FlowLoad:
        """Return the load of one flow; raises ``NotFound`` when it has no limit."""
        load = await self._load(key)
        if load is None:
            raise NotFound(f"flow {key.namespace}.{key.flow_id} has no concurrency limit")
        return load

    async def _load(self, key: FlowKey) -> FlowLoad | None:
        try:
            plan = await self._plans.latest(key)
        except (FlowNotFound, InvalidFlow):
            return None
        if plan.flow.concurrency is None:
            return None
        filters = (
            Filter("namespace", Operator.EQUALS, key.namespace),
            Filter("flowId", Operator.EQUALS, key.flow_id),
            Filter("state", Operator.NOT_IN, _NOT_AT_WORK),
        )
        page = await self._store.executions.search(Query(tenant=key.tenant, filters=filters, size=1))
        return FlowLoad(key, plan.flow.concurrency.limit, page.total)
