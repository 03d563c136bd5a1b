"""Flows read and ready to run, kept in memory by revision."""

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial

from lanner.flows.reading import plan_of
from lanner.model.errors import LannerError
from lanner.model.flow import Flow, FlowKey
from lanner.model.trigger import TriggerKey
from lanner.ports.store import Store
from lanner.sdk.definition import PluginDefault
from lanner.sdk.inclusion import Inclusion
from lanner.sdk.plan import Plan
from lanner.sdk.registry import Registry
from lanner.sdk.trigger import Trigger
from lanner.services.inclusions import completed
from lanner.services.stored_templates import TemplateShelf


class FlowNotFound(LannerError):
    """No flow of this name (and revision) is visible to the tenant."""

    def __init__(self, key: FlowKey, revision: int | None = None) -> None:
        self.key, self.revision = key, revision
        which = f" with revision '{revision}'" if revision is not None else ""
        super().__init__(f"flow '{key.namespace}.{key.flow_id}'{which} not found in tenant {key.tenant!r}")


class PlanCache:
    """Plans of the flows used last. A revision never changes, so only ``latest`` has to be told of news.

    Everything runs in the server's loop. ``forget`` is called by whoever saves or deletes a flow, ``forget_all``
    by whoever changes tasks that are stored apart from the flows.
    """

    def __init__(
        self, store: Store, registry: Registry, *, defaults: Sequence[PluginDefault] = (), size: int = 2000
    ) -> None:
        self._store, self._registry, self._defaults, self._size = store, registry, tuple(defaults), size
        self._shelf = TemplateShelf(store=store, registry=registry, defaults=self._defaults)
        self._plans: OrderedDict[tuple[FlowKey, int], Plan] = OrderedDict()
        self._latest: dict[FlowKey, Flow] = {}
        self._news = self._edition = 0

    async def latest_flow(self, key: FlowKey) -> Flow:
        """Return the newest revision that is not deleted; raises ``FlowNotFound``."""
        flow = self._latest.get(key)
        if flow is None:
            news = self._news
            flow = await self._store.flows.latest(key)
            if flow is None:
                raise FlowNotFound(key)
            if news != self._news:
                # Somebody saved a flow meanwhile: what was read may be old already, and must not stay.
                return flow
            if len(self._latest) >= self._size * 10:
                self._latest.clear()
            self._latest[key] = flow
        return flow

    async def latest(self, key: FlowKey) -> Plan:
        """Return the plan of the newest revision; raises ``FlowNotFound`` or ``InvalidFlow``."""
        return await self._plan(await self.latest_flow(key))

    async def revision(self, key: FlowKey, revision: int) -> Plan:
        """Return the plan of one revision, deleted or not; raises ``FlowNotFound`` or ``InvalidFlow``."""
        found = self._plans.get((key, revision))
        if found is not None:
            return found
        flow = await self._store.flows.revision(key, revision)
        if flow is None:
            raise FlowNotFound(key, revision)
        return await self._plan(flow)

    async def trigger(self, key: TriggerKey) -> tuple[Plan, Trigger] | None:
        """Return a trigger with its plan; ``None`` when it may not run as the newest revision of its flow stands."""
        try:
            plan = await self.latest(key.flow)
        except LannerError:
            return None
        if plan.flow.disabled:
            return None
        for trigger in plan.flow.triggers:
            if trigger.id == key.trigger_id and not trigger.disabled:
                return plan, trigger
        return None

    def forget(self, key: FlowKey) -> None:
        """Have the newest revision looked up again."""
        self._news += 1
        self._latest.pop(key, None)

    def forget_all(self) -> None:
        """Have all plans made again."""
        self._edition += 1
        self._plans.clear()

    async def _plan(self, flow: Flow) -> Plan:
        name = (flow.key, flow.revision)
        found = self._plans.get(name)
        if found is None:
            edition = self._edition
            found = plan_of(flow, self._registry, global_defaults=self._defaults)
            if any(isinstance(node.task, Inclusion) for node in found.nodes.values()):
                whole = await completed(found.flow, partial(self._shelf.included, flow.tenant))
                found = Plan.of(flow.key, flow.revision, whole)
            if edition != self._edition:
                return found
            self._plans[name] = found
            if len(self._plans) > self._size:
                self._plans.popitem(last=False)
        else:
            self._plans.move_to_end(name)
        return found
