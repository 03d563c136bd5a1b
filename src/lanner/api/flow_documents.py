"""Stored flows to Kestra's JSON documents.

The source as it was written, labels as a list, with what the server knows beside it. Source: reference ``api.md`` §2.1.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from lanner.model.flow import Flow, FlowKey
from lanner.sdk.plan import Plan
from lanner.sdk.task import Task
from lanner.services.flows import Flows, Problem, Validated

Document = dict[str, Any]

MAX_KEPT = 2_000

_OWN = frozenset({"id", "namespace", "revision", "labels", "disabled", "deleted", "tenantId", "source", "updated"})
_SECTIONS = {"errors": "errors", "finally": "finally_", "afterExecution": "after_execution"}


class FlowDocuments:
    """Documents of the revisions looked at last; a revision never changes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[FlowKey, int], Document] = OrderedDict()

    def of(self, flows: Flows, flow: Flow, *, source: bool = False) -> Document:
        """Return the document of a flow, with its source when asked for."""
        name = (flow.key, flow.revision)
        document = self._kept.get(name)
        if document is None:
            document = self._kept[name] = _document(flows, flow)
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return {**document, "source": flow.source} if source else document


def _document(flows: Flows, flow: Flow) -> Document:
    written = flows.document(flow)
    document: Document = {
        "tenantId": flow.tenant,
        "id": flow.id,
        "namespace": flow.namespace,
        "revision": flow.revision,
        **{str(key): value for key, value in written.items() if key not in _OWN and value is not None},
        "disabled": flow.disabled,
        "deleted": flow.deleted,
        "draft": False,
    }
    if flow.labels:
        document["labels"] = [{"key": key, "value": value} for key, value in flow.labels]
    if flow.updated:
        document["updated"] = flow.updated
    document.setdefault("tasks", [])
    if problems := flows.problems(flow):
        document["exception"] = "\n".join(map(str, problems))
    return document


def flow_for_execution(plan: Plan) -> Document:
    """Return a flow as people without the right to read flows see it: tasks are id and type."""
    flow = plan.flow
    document: Document = {
        "tenantId": plan.key.tenant,
        "id": plan.key.flow_id,
        "namespace": plan.key.namespace,
        "revision": plan.revision,
        "disabled": flow.disabled,
        "deleted": flow.deleted,
        "tasks": [_task(task) for task in flow.tasks],
    }
    if flow.description is not None:
        document["description"] = flow.description
    if flow.inputs:
        document["inputs"] = [_plain(one) for one in flow.inputs]
    if flow.outputs:
        document["outputs"] = [_plain(one) for one in flow.outputs]
    if flow.labels:
        document["labels"] = [{"key": key, "value": value} for key, value in flow.labels]
    if flow.variables:
        document["variables"] = flow.variables
    for name, attribute in _SECTIONS.items():
        if tasks := getattr(flow, attribute):
            document[name] = [_task(task) for task in tasks]
    if flow.triggers:
        document["triggers"] = [{"id": trigger.id, "type": trigger.type} for trigger in flow.triggers]
    return document


def validated_document(result: Validated) -> Document:
    """Return what validating one source answers; ``problems`` has what ``constraints`` says, for programs."""
    read = result.read
    document: Document = {"index": result.index, "outdated": result.outdated}
    if result.flow_id is not None:
        document["flow"] = result.flow_id
    if result.namespace is not None:
        document["namespace"] = result.namespace
    if read.problems:
        document["constraints"] = "\n".join(map(str, read.problems))
        document["problems"] = [problem_document(problem) for problem in read.problems]
    document["deprecationPaths"] = list(read.deprecations)
    document["warnings"] = [str(problem) for problem in read.warnings]
    document["infos"] = [str(problem) for problem in read.infos]
    return document


def problem_document(problem: Problem) -> Document:
    """Return one problem."""
    document: Document = {"path": problem.path, "message": problem.message}
    if problem.line is not None:
        document["line"] = problem.line
    if problem.column is not None:
        document["column"] = problem.column
    return document


def _task(task: Task) -> Document:
    document: Document = {"id": task.id, "type": task.type}
    inner = [_task(one) for tasks in task.nested.values() for one in tasks]
    if inner:
        document["tasks"] = inner
    asked = getattr(task, "on_resume", None)
    if asked:
        document["inputs"] = [_plain(one) for one in asked]
    return document


def _plain(model: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = model.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=False)
    return found
