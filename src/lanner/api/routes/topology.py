"""Which flow starts which."""

from typing import TypedDict

from starlette.types import ASGIApp

from lanner.api.http import Call, flag_param, json_answer
from lanner.api.routes.flows import key_of
from lanner.api.routing import Operation
from lanner.model.flow import FlowKey
from lanner.services.topology import Relation, Topology

DESTINATION_ONLY = flag_param("destinationOnly", "Only what the flow starts")
EXPAND_ALL = flag_param("expandAll", "Go on from each flow that is found")


async def of_flow(call: Call) -> ASGIApp:
    """Return what a flow starts and what starts it."""
    found = await call.desk.topologies.of_flow(
        key_of(call), destination_only=call[DESTINATION_ONLY], expand_all=call[EXPAND_ALL]
    )
    return json_answer(_document(found))


async def of_namespace(call: Call) -> ASGIApp:
    """Return what the flows of a namespace start and what starts them."""
    found = await call.desk.topologies.of_namespace(
        call.tenant, call.path["namespace"], destination_only=call[DESTINATION_ONLY]
    )
    return json_answer(_document(found))


class FlowNodeDocument(TypedDict):
    """A flow of a graph; ``uid`` is what edges name."""

    uid: str
    tenantId: str
    namespace: str
    id: str


class FlowTopologyEdgeDocument(TypedDict):
    """That one flow starts another."""

    source: str
    target: str
    relation: Relation


class FlowTopologyGraphDocument(TypedDict):
    """Flows, and which starts which."""

    nodes: list[FlowNodeDocument]
    edges: list[FlowTopologyEdgeDocument]


def _document(found: Topology) -> FlowTopologyGraphDocument:
    return {
        "nodes": [
            {"uid": _uid(key), "tenantId": key.tenant, "namespace": key.namespace, "id": key.flow_id}
            for key in found.nodes
        ],
        "edges": [
            {"source": _uid(link.source), "target": _uid(link.target), "relation": link.relation}
            for link in found.links
        ],
    }


def _uid(key: FlowKey) -> str:
    return "_".join(key)


OPERATIONS = (
    Operation(
        method="GET",
        path="/flows/{namespace}/{id}/dependencies",
        id="getFlowDependencies",
        handler=of_flow,
        params=(DESTINATION_ONLY, EXPAND_ALL),
        gives=FlowTopologyGraphDocument,
    ),
    Operation(
        method="GET",
        path="/namespaces/{namespace}/dependencies",
        id="getFlowDependenciesFromNamespace",
        handler=of_namespace,
        params=(DESTINATION_ONLY,),
        gives=FlowTopologyGraphDocument,
    ),
)
