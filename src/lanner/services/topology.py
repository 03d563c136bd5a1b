"""Which flow starts which: by a task that calls it, or by a trigger that waits for it.

Only names that are written out count; a flow whose name is an expression is known at run time only.
Source: Kestra (reference ``api.md`` §2.12).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lanner.model.flow import FlowKey
from lanner.ports.store import Store
from lanner.services.flows import Flows

FLOW_TRIGGER_TYPES = frozenset({"io.kestra.plugin.core.trigger.Flow", "io.kestra.core.models.triggers.types.Flow"})


class Relation(StrEnum):
    """How one flow starts another."""

    FLOW_TASK = "FLOW_TASK"
    FLOW_TRIGGER = "FLOW_TRIGGER"


@dataclass(frozen=True, slots=True)
class Link:
    """The flow that starts, the one that is started, and how."""

    source: FlowKey
    target: FlowKey
    relation: Relation


@dataclass(frozen=True, slots=True)
class Topology:
    """Flows and the links between them."""

    nodes: tuple[FlowKey, ...]
    links: tuple[Link, ...]


class Topologies:
    """Looks for links in the sources of all flows of a tenant."""

    def __init__(self, *, store: Store, flows: Flows) -> None:
        self._store, self._flows = store, flows

    async def of_flow(self, key: FlowKey, *, destination_only: bool, expand_all: bool) -> Topology:
        """Return what a flow starts and, unless ``destination_only``, what starts it.

        ``expand_all`` goes on from there.

        Raises ``FlowNotFound``.
        """
        await self._flows.get(key)
        return _around([key], await self._links(key.tenant), outgoing_only=destination_only, expand=expand_all)

    async def of_namespace(self, tenant: str, namespace: str, *, destination_only: bool) -> Topology:
        """Return the flows of a namespace with what they start and what starts them."""
        keys = [flow.key for flow in await self._flows.of_namespace(tenant, namespace)]
        return _around(keys, await self._links(tenant), outgoing_only=destination_only, expand=False)

    async def _links(self, tenant: str) -> list[Link]:
        found: list[Link] = []
        latest = await self._store.flows.all_latest(tenant)
        existing = {flow.key for flow in latest}
        for flow in latest:
            if "flowId" not in flow.source:
                continue
            links = _links_of(flow.key, self._flows.document(flow))
            found.extend(link for link in links if link.source in existing and link.target in existing)
        return list(dict.fromkeys(found))


def _links_of(key: FlowKey, document: Mapping[str, Any]) -> Iterator[Link]:
    for trigger in document.get("triggers") or ():
        if isinstance(trigger, Mapping) and trigger.get("type") in FLOW_TRIGGER_TYPES:
            for named in _named(trigger, key, namespace_needed=True):
                yield Link(named, key, Relation.FLOW_TRIGGER)
    for section in ("tasks", "errors", "finally", "afterExecution"):
        for named in _named(document.get(section), key, namespace_needed=False):
            yield Link(key, named, Relation.FLOW_TASK)


def _named(value: Any, around: FlowKey, *, namespace_needed: bool) -> Iterator[FlowKey]:
    """Yield every flow that a map inside ``value`` names by ``flowId``; its namespace is the flow's own by default."""
    if isinstance(value, Mapping):
        flow_id, namespace = value.get("flowId"), value.get("namespace")
        if namespace is None and not namespace_needed:
            namespace = around.namespace
        if isinstance(flow_id, str) and isinstance(namespace, str):
            yield FlowKey(around.tenant, namespace, flow_id)
        inner: Iterable[Any] = value.values()
    elif isinstance(value, list):
        inner = value
    else:
        return
    for item in inner:
        yield from _named(item, around, namespace_needed=namespace_needed)


def _around(start: list[FlowKey], links: list[Link], *, outgoing_only: bool, expand: bool) -> Topology:
    at: dict[FlowKey, list[Link]] = defaultdict(list)
    for link in links:
        at[link.source].append(link)
        if not outgoing_only:
            at[link.target].append(link)
    nodes = dict.fromkeys(start)
    kept: dict[Link, None] = {}
    waiting = list(start)
    while waiting:
        here = waiting.pop(0)
        for link in at[here]:
            kept[link] = None
            for end in (link.source, link.target):
                if end not in nodes:
                    nodes[end] = None
                    if expand:
                        waiting.append(end)
    return Topology(tuple(nodes), tuple(kept))
