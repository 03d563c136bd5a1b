"""Graphs of flows and executions. Source of the shapes: reference ``api.md`` §2.11."""

from typing import Any, NotRequired, TypedDict, cast

from starlette.types import ASGIApp

from lanner.api.composition import task_run_document
from lanner.api.execution_shapes import TaskRunDocument
from lanner.api.flow_documents import task_for_execution
from lanner.api.flow_shapes import TaskDocument, TriggerDefinitionDocument
from lanner.api.http import Call, json_answer, list_param
from lanner.api.routes.flows import REVISION, key_of, source_in
from lanner.api.routes.triggers import TriggerDocument, state_document
from lanner.api.routing import Operation
from lanner.api.shapes import FLOW_SOURCE
from lanner.model.execution import Execution
from lanner.model.flow import FlowKey
from lanner.model.trigger import TriggerState
from lanner.sdk.plugin import PluginModel
from lanner.services.flow_graphs import BranchType, Cluster, FlowGraph, Node, RelationType
from lanner.services.queries import Query

SUBFLOWS = list_param("subflows", "The uids of the subflow tasks whose flows are drawn too")

_PACKAGE = "io.kestra.core.models.hierarchies"


class GraphPlaceDocument(TypedDict):
    """A node by name."""

    uid: str
    type: str


class GraphNodeDocument(TypedDict):
    """A node: a task or a trigger, or where a cluster begins and ends.

    ``taskRun`` and ``values``, those of the loops around it, are there in graphs of executions.
    """

    uid: str
    type: str
    branchType: NotRequired[BranchType]
    relationType: NotRequired[RelationType]
    task: NotRequired[TaskDocument]
    taskRun: NotRequired[TaskRunDocument]
    values: NotRequired[list[str]]
    triggerDeclaration: NotRequired[TriggerDefinitionDocument]
    trigger: NotRequired[TriggerDocument]


class GraphRelationDocument(TypedDict):
    """How a node follows another; ``value`` is the branch of a choice or the value of a loop."""

    relationType: NotRequired[RelationType]
    value: NotRequired[str]


class GraphEdgeDocument(TypedDict):
    """A line between two nodes."""

    source: str
    target: str
    relation: GraphRelationDocument


GraphClusterDocument = TypedDict(
    "GraphClusterDocument",
    {
        "uid": str,
        "type": str,
        "branchType": NotRequired[BranchType],
        "relationType": NotRequired[RelationType],
        "taskNode": NotRequired[GraphNodeDocument],
        "finally": NotRequired[GraphPlaceDocument],
    },
)
GraphClusterDocument.__doc__ = "A task that holds tasks, or a flow inside another."


class GraphMembersDocument(TypedDict):
    """What a cluster holds: nodes and clusters by uid. ``parents`` are the clusters around it, outer ones first."""

    cluster: GraphClusterDocument
    nodes: list[str]
    parents: list[str]
    start: str
    end: str


class FlowGraphDocument(TypedDict):
    """What a picture of a flow draws."""

    nodes: list[GraphNodeDocument]
    edges: list[GraphEdgeDocument]
    clusters: list[GraphMembersDocument]


async def of_source(call: Call) -> ASGIApp:
    """Return the graph of a flow that need not be saved."""
    graph = await call.desk.graphs.of_source(call.tenant, await source_in(call), call.all(SUBFLOWS))
    return json_answer(_Composer(call).document(graph))


async def of_flow(call: Call) -> ASGIApp:
    """Return the graph of a flow."""
    key = key_of(call)
    graph = await call.desk.graphs.of_flow(key, revision=call[REVISION], subflows=call.all(SUBFLOWS))
    return json_answer(_Composer(call, states=await _states(call, key)).document(graph))


async def of_execution(call: Call) -> ASGIApp:
    """Return the graph of an execution: that of its flow, with the task runs; tasks without what they do."""
    snapshot = await call.desk.executions.snapshot(call.tenant, call.path["executionId"])
    execution = snapshot.execution
    graph = await call.desk.graphs.of_execution(snapshot, call.all(SUBFLOWS))
    key = FlowKey(call.tenant, execution.namespace, execution.flow_id)
    return json_answer(_Composer(call, execution=execution, states=await _states(call, key)).document(graph))


async def _states(call: Call, key: FlowKey) -> dict[str, TriggerState]:
    page = await call.desk.triggers.of_flow(key, Query(tenant=call.tenant, size=10_000))
    return {state.key.trigger_id: state for state in page.results}


class _Composer:
    """Makes the document of a graph; ``states`` are those of the triggers of the flow itself, by their ids."""

    def __init__(
        self, call: Call, *, execution: Execution | None = None, states: dict[str, TriggerState] | None = None
    ) -> None:
        self._now, self._execution, self._states = call.desk.executions.now(), execution, states or {}

    def document(self, graph: FlowGraph) -> FlowGraphDocument:
        """Return the whole document."""
        edges: list[GraphEdgeDocument] = []
        for edge in graph.edges:
            relation: GraphRelationDocument = {}
            if edge.relation is not None:
                relation["relationType"] = edge.relation
            if edge.value is not None:
                relation["value"] = edge.value
            edges.append({"source": edge.source, "target": edge.target, "relation": relation})
        return {
            "nodes": [self._node(node) for node in graph.nodes],
            "edges": edges,
            "clusters": [self._members(cluster) for cluster in graph.clusters],
        }

    def _node(self, node: Node) -> GraphNodeDocument:
        document: GraphNodeDocument = {"uid": node.uid, "type": f"{_PACKAGE}.{node.kind}"}
        if node.branch is not None:
            document["branchType"] = node.branch
        if node.relation is not None:
            document["relationType"] = node.relation
        if node.task is not None:
            shown = _written(node.task) if self._execution is None else task_for_execution(node.task)
            document["task"] = cast(TaskDocument, shown)  # each type has properties of its own
        if node.run is not None and self._execution is not None:
            document["taskRun"] = task_run_document(self._execution, node.run, self._now)
        if node.values is not None:
            document["values"] = list(node.values)
        if node.trigger is not None:
            document["triggerDeclaration"] = (
                cast(TriggerDefinitionDocument, _written(node.trigger))  # each type has properties of its own
                if self._execution is None
                else {"id": node.trigger.id, "type": node.trigger.type}
            )
            state = self._states.get(node.trigger.id) if node.uid.startswith("root.Triggers.") else None
            if state is not None:
                document["trigger"] = state_document(state)
        return document

    def _members(self, cluster: Cluster) -> GraphMembersDocument:
        own: GraphClusterDocument = {"uid": cluster.uid, "type": f"{_PACKAGE}.{cluster.kind}"}
        if cluster.branch is not None:
            own["branchType"] = cluster.branch
        if cluster.relation is not None:
            own["relationType"] = cluster.relation
        if cluster.task is not None:
            own["taskNode"] = self._node(cluster.task)
        if cluster.finally_ is not None:
            own["finally"] = {"uid": cluster.finally_.uid, "type": f"{_PACKAGE}.{cluster.finally_.kind}"}
        return {
            "cluster": own,
            "nodes": cluster.members,
            "parents": list(cluster.parents),
            "start": cluster.root.uid,
            "end": cluster.end.uid,
        }


def _written(plugin: PluginModel) -> dict[str, Any]:
    return plugin.model_dump(mode="json", by_alias=True, exclude_unset=True, serialize_as_any=True)


OPERATIONS = (
    Operation(
        method="POST",
        path="/flows/graph",
        id="generateFlowGraphFromSource",
        handler=of_source,
        params=(SUBFLOWS,),
        takes=FLOW_SOURCE,
        gives=FlowGraphDocument,
    ),
    Operation(
        method="GET",
        path="/flows/{namespace}/{id}/graph",
        id="generateFlowGraph",
        handler=of_flow,
        params=(REVISION, SUBFLOWS),
        gives=FlowGraphDocument,
    ),
    Operation(
        method="GET",
        path="/executions/{executionId}/graph",
        id="getExecutionFlowGraph",
        handler=of_execution,
        params=(SUBFLOWS,),
        gives=FlowGraphDocument,
    ),
)
