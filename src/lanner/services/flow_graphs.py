"""Graphs of flows and executions: what a picture of a flow draws.

Each list of tasks lies in a cluster between a root and an end; ``errors``, ``finally`` and ``afterExecution`` are
rows of their own in it. Source: Kestra 1.0.36, asked (``tests/api/recorded_graphs.json``; reference ``api.md`` §2.11).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from typing import assert_never

from lanner.model.execution import TaskRun
from lanner.model.flow import FlowKey
from lanner.model.ids import TaskRunId
from lanner.ports.inbox import Snapshot
from lanner.sdk.definition import FlowDefinition
from lanner.sdk.flowable import Arrangement, Flowable
from lanner.sdk.plan import ON_PAUSE
from lanner.sdk.subflow import SubflowBatch, SubflowTask
from lanner.sdk.task import Task
from lanner.sdk.trigger import Trigger
from lanner.services.errors import NotFound
from lanner.services.flows import Flows
from lanner.services.plans import FlowNotFound


class NodeKind(StrEnum):
    """What a node stands for."""

    ROOT = "GraphClusterRoot"
    FINALLY = "GraphClusterFinally"
    AFTER_EXECUTION = "GraphClusterAfterExecution"
    END = "GraphClusterEnd"
    TASK = "GraphTask"
    SUBFLOW = "SubflowGraphTask"
    TRIGGER = "GraphTrigger"


class ClusterKind(StrEnum):
    """Whether a cluster is a task of the flow or another flow."""

    TASKS = "GraphCluster"
    SUBFLOW = "SubflowGraphCluster"


class RelationType(StrEnum):
    """How one node follows another."""

    SEQUENTIAL = "SEQUENTIAL"
    CHOICE = "CHOICE"
    ERROR = "ERROR"
    PARALLEL = "PARALLEL"
    DYNAMIC = "DYNAMIC"
    FINALLY = "FINALLY"
    AFTER_EXECUTION = "AFTER_EXECUTION"


class BranchType(StrEnum):
    """The row that a node stands in, when it is not the tasks themselves."""

    ERROR = "ERROR"
    FINALLY = "FINALLY"
    AFTER_EXECUTION = "AFTER_EXECUTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A place in a graph. ``values`` are those of the loops around a task run, and ``None`` without a run."""

    uid: str
    kind: NodeKind
    branch: BranchType | None = None
    relation: RelationType | None = None
    task: Task | None = None
    run: TaskRun | None = None
    values: tuple[str, ...] | None = None
    trigger: Trigger | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between two nodes. ``value`` is the branch of a choice or the value of a loop."""

    source: str
    target: str
    relation: RelationType | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Nodes that are drawn together, between ``root`` and ``end``. ``members`` grows while the graph is made."""

    uid: str
    kind: ClusterKind
    root: Node
    end: Node
    finally_: Node | None = None
    after: Node | None = None
    branch: BranchType | None = None
    relation: RelationType | None = None
    parents: tuple[str, ...] = ()
    task: Node | None = None
    members: list[str] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        """What the names of its nodes begin with."""
        return self.uid.removeprefix("cluster_")


@dataclass(slots=True)
class FlowGraph:
    """Nodes and clusters, outer ones first, and the lines between nodes."""

    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)


class FlowGraphs:
    """Draws flows, with the subflows that are asked for by the names of their nodes."""

    def __init__(self, *, flows: Flows) -> None:
        self._flows = flows

    async def of_source(self, tenant: str, source: str, subflows: Collection[str] = ()) -> FlowGraph:
        """Return the graph of a source that need not be saved; raises ``InvalidFlow``, ``NotFound``."""
        return await self._drawn(tenant, self._flows.read(source).checked(), subflows)

    async def of_flow(self, key: FlowKey, *, revision: int | None = None, subflows: Collection[str] = ()) -> FlowGraph:
        """Return the graph of a flow; raises ``FlowNotFound``, ``InvalidFlow``, ``NotFound``."""
        return await self._drawn(key.tenant, (await self._flows.plan(key, revision)).flow, subflows)

    async def of_execution(self, snapshot: Snapshot, subflows: Collection[str] = ()) -> FlowGraph:
        """Return the graph of the flow of an execution, with its task runs; raises as ``of_flow``."""
        execution = snapshot.execution
        key = FlowKey(execution.tenant, execution.namespace, execution.flow_id)
        plan = await self._flows.plan(key, execution.flow_revision)
        return await self._drawn(key.tenant, plan.flow, subflows, snapshot.task_runs)

    async def _drawn(
        self, tenant: str, flow: FlowDefinition, subflows: Collection[str], runs: Iterable[TaskRun] = ()
    ) -> FlowGraph:
        found: dict[FlowKey, FlowDefinition] = {}
        runs = tuple(runs)
        while True:
            drawing = _Drawing(tenant, frozenset(subflows), found, runs)
            drawing.flow(flow)
            if not drawing.missing:
                return drawing.graph
            for key, task_id in drawing.missing.items():
                try:
                    found[key] = (await self._flows.plan(key)).flow
                except FlowNotFound as error:
                    name = f"{key.namespace}_{key.flow_id}"
                    raise NotFound(f"Unable to find subflow {name} for task {task_id}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """How a list of tasks is drawn: the line to the first and those after it, and what plain tasks are called."""

    first: RelationType | None
    then: RelationType | None
    plain: RelationType = RelationType.SEQUENTIAL
    branch: BranchType | None = None
    value: str | None = None
    beside: bool = False


@dataclass(frozen=True, slots=True)
class _Inside:
    """Which task run the tasks of a cluster belong to; ``has_runs`` is off in a flow that is not the execution's."""

    cluster: Cluster
    run: TaskRunId | None = None
    values: tuple[str, ...] = ()
    has_runs: bool = True


_OWN: Mapping[Arrangement, RelationType] = {
    Arrangement.SEQUENCE: RelationType.SEQUENTIAL,
    Arrangement.PARALLEL: RelationType.PARALLEL,
    Arrangement.CHOICE: RelationType.CHOICE,
    Arrangement.GRAPH: RelationType.DYNAMIC,
    Arrangement.LOOP: RelationType.DYNAMIC,
    Arrangement.PARALLEL_LOOP: RelationType.DYNAMIC,
}
_ERRORS = _Row(first=RelationType.ERROR, then=RelationType.ERROR, plain=RelationType.ERROR, branch=BranchType.ERROR)


class _Drawing:
    """A graph while it is made. ``missing`` are flows that it needs, by the task that starts them."""

    def __init__(
        self, tenant: str, subflows: frozenset[str], found: Mapping[FlowKey, FlowDefinition], runs: Iterable[TaskRun]
    ) -> None:
        self.graph = FlowGraph()
        self.missing: dict[FlowKey, str] = {}
        self._tenant, self._subflows, self._found = tenant, subflows, found
        self._runs: dict[tuple[str, TaskRunId | None], list[TaskRun]] = {}
        for run in runs:
            self._runs.setdefault((run.task_id, run.parent_id), []).append(run)

    def flow(self, flow: FlowDefinition) -> None:
        """Draw a whole flow."""
        cluster = self._cluster(
            "root", has_finally=bool(flow.finally_), has_after=bool(flow.after_execution), is_shown=False
        )
        self._triggers(cluster, flow.triggers)
        row = _Row(first=None, then=RelationType.SEQUENTIAL)
        self._rows(_Inside(cluster), flow, cluster.root, {None: flow.tasks}, row)

    def _cluster(
        self,
        prefix: str,
        *,
        values: Sequence[str] = (),
        around: Cluster | None = None,
        kind: ClusterKind = ClusterKind.TASKS,
        relation: RelationType | None = None,
        branch: BranchType | None = None,
        task: Node | None = None,
        has_finally: bool = False,
        has_after: bool = False,
        is_shown: bool = True,
    ) -> Cluster:
        # Tasks may be called like these nodes, and loops draw a cluster more than once: the digest tells them apart.
        digest = sha256("/".join((prefix, *values)).encode()).hexdigest()[:22]

        def made(kind_: NodeKind, name: str) -> Node:
            return Node(uid=f"{prefix}.{name}-{digest}", kind=kind_, branch=branch)

        is_inner = around is not None and around.uid != "cluster_root"
        cluster = Cluster(
            uid=f"cluster_{prefix}",
            kind=kind,
            root=made(NodeKind.ROOT, "root"),
            finally_=made(NodeKind.FINALLY, "finally") if has_finally else None,
            after=made(NodeKind.AFTER_EXECUTION, "after-execution") if has_after else None,
            end=made(NodeKind.END, "end"),
            relation=relation,
            branch=branch,
            task=task,
            parents=(*around.parents, around.uid) if around and is_inner else (),
        )
        for node in (cluster.root, cluster.finally_, cluster.after, cluster.end, task):
            if node is not None:
                self._add(cluster, node)
        if task is not None:
            self._edge(cluster.root, task)
        if is_shown:
            self.graph.clusters.append(cluster)
        return cluster

    def _triggers(self, cluster: Cluster, triggers: Iterable[Trigger]) -> None:
        triggers = tuple(triggers)
        if not triggers:
            return
        own = self._cluster(f"{cluster.prefix}.Triggers", around=cluster)
        for trigger in triggers:
            node = Node(uid=f"{own.prefix}.{trigger.id}", kind=NodeKind.TRIGGER, trigger=trigger)
            self._add(own, node)
            self._edge(own.root, node)
            self._edge(node, own.end)
        self._edge(own.end, cluster.root)
        cluster.members.extend((own.uid, own.end.uid))

    def _rows(
        self,
        inside: _Inside,
        owner: FlowDefinition | Flowable,
        start: Node,
        lists: Mapping[str | None, Sequence[Task]],
        row: _Row,
    ) -> None:
        """Draw the tasks of a flow or a flowable, and what follows an error or the end."""
        cluster = inside.cluster
        last = cluster.after or cluster.end
        end = cluster.finally_ or last
        for value, tasks in lists.items():
            own = _Row(first=row.first, then=row.then, plain=row.plain, value=value, beside=row.beside)
            self._row(inside, tasks, own, start, end)
        errors = owner.error_tasks if isinstance(owner, Flowable) else owner.errors
        self._row(inside, errors, _ERRORS, cluster.root, end)
        if cluster.finally_:
            then = RelationType.DYNAMIC if cluster.relation is RelationType.DYNAMIC else RelationType.FINALLY
            finally_ = _Row(first=cluster.relation, then=then, plain=RelationType.FINALLY, branch=BranchType.FINALLY)
            self._row(inside, _final_tasks(owner), finally_, cluster.finally_, last)
        if cluster.after and isinstance(owner, FlowDefinition):
            after = RelationType.AFTER_EXECUTION
            row = _Row(first=cluster.relation, then=after, plain=after, branch=BranchType.AFTER_EXECUTION)
            self._row(inside, owner.after_execution, row, cluster.after, cluster.end)

    def _row(self, inside: _Inside, tasks: Iterable[Task], row: _Row, start: Node, end: Node) -> None:
        """Draw tasks one after the other, each round of a loop too, or all of them beside each other."""
        previous, relation = start, row.first
        ends: list[Node] = []
        for task in tasks:
            if not row.beside:
                ends = []
            for run in self._instances(task, inside):
                entry, exit_ = self._task(inside, task, run, row)
                self._edge(previous, entry, relation, run.value if run else row.value)
                if not row.beside:
                    previous, relation = exit_, row.then
                ends.append(exit_)
        for one in ends:
            self._edge(one, end)

    def _dependent(self, inside: _Inside, flowable: Flowable, start: Node) -> None:
        """Draw tasks that wait for each other."""
        tasks = [task for inner in flowable.nested.values() for task in inner]
        plain = _Row(first=None, then=None)
        drawn = {
            task.id: [self._task(inside, task, run, plain) for run in self._instances(task, inside)] for task in tasks
        }
        waited_for: set[str] = set()
        for task in tasks:
            names = flowable.waits_for.get(task.id, ())
            waited_for.update(names)
            before = [exit_ for name in names for _, exit_ in drawn.get(name, ())] if names else [start]
            for source in before:
                for entry, _ in drawn[task.id]:
                    self._edge(source, entry, RelationType.PARALLEL)
        end = inside.cluster.finally_ or inside.cluster.end
        for name, ends in drawn.items():
            if name not in waited_for:
                for _, exit_ in ends:
                    self._edge(exit_, end)

    def _instances(self, task: Task, inside: _Inside) -> Sequence[TaskRun | None]:
        return (self._runs.get((task.id, inside.run)) if inside.has_runs else None) or (None,)

    def _task(self, inside: _Inside, task: Task, run: TaskRun | None, row: _Row) -> tuple[Node, Node]:
        """Draw a task with everything in it; return where lines to it end and those from it begin."""
        values = inside.values if run is None or run.value is None else (*inside.values, run.value)
        prefix = f"{inside.cluster.prefix}.{task.id}"
        flowable = task if isinstance(task, Flowable) and _holds_tasks(task) else None
        # A pause without tasks is a plain task to look at.
        is_subflow = isinstance(task, SubflowTask | SubflowBatch)
        node = Node(
            uid="_".join((prefix, *values)) if run else prefix,
            kind=NodeKind.SUBFLOW if is_subflow else NodeKind.TASK,
            branch=row.branch,
            relation=_OWN[flowable.arrangement] if flowable else row.plain,
            task=task,
            run=run,
            values=values if run else None,
        )
        inner = _Inside(inside.cluster, run.id if run else None, values, inside.has_runs and run is not None)
        if flowable:
            cluster = self._flowable(inner, flowable, node)
        elif (flow := self._expanded(task, node)) is not None:
            cluster = self._subflow(inner, flow, replace(node, branch=None))
        else:
            self._add(inside.cluster, node)
            return node, node
        inside.cluster.members.extend((cluster.uid, cluster.root.uid, cluster.end.uid))
        return cluster.root, cluster.end

    def _flowable(self, inner: _Inside, flowable: Flowable, node: Node) -> Cluster:
        own = _OWN[flowable.arrangement]
        cluster = self._cluster(
            f"{inner.cluster.prefix}.{flowable.id}",
            values=inner.values,
            around=inner.cluster,
            relation=own,
            branch=node.branch,
            task=node,
            has_finally=bool(flowable.final_tasks),
        )
        inside = _Inside(cluster, inner.run, inner.values, inner.has_runs)
        lists: dict[str | None, Sequence[Task]] = {None: _tasks_of(flowable)}
        row = _Row(first=own, then=own)
        match flowable.arrangement:
            case Arrangement.CHOICE:
                lists = {name.removeprefix("cases."): tasks for name, tasks in flowable.nested.items()}
                row = _Row(first=own, then=RelationType.SEQUENTIAL)
            case Arrangement.PARALLEL | Arrangement.PARALLEL_LOOP:
                row = _Row(first=own, then=None, plain=RelationType.PARALLEL, beside=True)
            case Arrangement.GRAPH:
                lists = {}
                self._dependent(inside, flowable, node)
            case Arrangement.SEQUENCE | Arrangement.LOOP:
                pass
            case _:
                assert_never(flowable.arrangement)
        self._rows(inside, flowable, node, lists, row)
        return cluster

    def _subflow(self, inner: _Inside, flow: FlowDefinition, node: Node) -> Cluster:
        task = node.task
        assert task is not None  # only tasks start flows
        cluster = self._cluster(
            f"{inner.cluster.prefix}.{task.id}",
            values=inner.values,
            around=inner.cluster,
            kind=ClusterKind.SUBFLOW,
            relation=RelationType.SEQUENTIAL,
            task=node,
            has_finally=bool(flow.finally_),
            has_after=bool(flow.after_execution),
        )
        self._triggers(cluster, flow.triggers)
        row = _Row(first=RelationType.SEQUENTIAL, then=RelationType.SEQUENTIAL)
        self._rows(_Inside(cluster, has_runs=False), flow, node, {None: flow.tasks}, row)
        return cluster

    def _expanded(self, task: Task, node: Node) -> FlowDefinition | None:
        """Return the flow a task starts, when it is to be drawn too."""
        if not isinstance(task, SubflowTask | SubflowBatch) or node.uid not in self._subflows or task.starts is None:
            return None
        namespace, flow_id = task.starts
        if "{{" in namespace or "{{" in flow_id:
            return None
        key = FlowKey(self._tenant, namespace, flow_id)
        if key not in self._found:
            self.missing.setdefault(key, task.id)
        return self._found.get(key)

    def _add(self, cluster: Cluster, node: Node) -> None:
        self.graph.nodes.append(node)
        cluster.members.append(node.uid)

    def _edge(self, source: Node, target: Node, relation: RelationType | None = None, value: str | None = None) -> None:
        self.graph.edges.append(Edge(source.uid, target.uid, relation, value if relation else None))


def _tasks_of(flowable: Flowable) -> tuple[Task, ...]:
    return tuple(task for name, tasks in flowable.nested.items() if name != ON_PAUSE for task in tasks)


def _holds_tasks(flowable: Flowable) -> bool:
    return bool(_tasks_of(flowable) or flowable.error_tasks or flowable.final_tasks)


def _final_tasks(owner: FlowDefinition | Flowable) -> tuple[Task, ...]:
    return owner.final_tasks if isinstance(owner, Flowable) else owner.finally_
