"""Stored flows to Kestra's JSON documents.

The source as it was written, labels as a list, with what the server knows beside it. Source: reference ``api.md`` §2.1.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, cast

from lanner.api.execution_shapes import InputDocument
from lanner.api.flow_shapes import (
    FlowDocument,
    FlowForExecutionDocument,
    ProblemDocument,
    TaskForExecutionDocument,
    ValidateConstraintViolationDocument,
)
from lanner.api.shapes import labels_document
from lanner.model.flow import Flow, FlowKey
from lanner.sdk.definition import ConcurrencyBehavior
from lanner.sdk.flowable import Flowable
from lanner.sdk.input import Input
from lanner.sdk.plan import Plan
from lanner.sdk.task import Task
from lanner.sdk.text import to_text
from lanner.services.flows import Flows, Problem, Validated

MAX_KEPT = 2_000

_OWN = frozenset({"id", "namespace", "revision", "labels", "disabled", "deleted", "tenantId", "source", "updated"})


_PLUGGED = ("tasks", "errors", "finally", "afterExecution", "listeners", "triggers")
_NESTING = frozenset({*_PLUGGED, "task", "then", "else", "defaults"})


class FlowDocuments:
    """Documents of the revisions looked at last; a revision never changes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[FlowKey, int], FlowDocument] = OrderedDict()

    def of(self, flows: Flows, flow: Flow, *, source: bool = False) -> FlowDocument:
        """Return the document of a flow, with its source when asked for."""
        name = (flow.key, flow.revision)
        document = self._kept.get(name)
        if document is None:
            document = self._kept[name] = _document(flows, flow)
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return {**document, "source": flow.source} if source else document


def _document(flows: Flows, flow: Flow) -> FlowDocument:
    written = {str(key): value for key, value in flows.document(flow).items() if key not in _OWN and value is not None}
    own: FlowDocument = {
        "tenantId": flow.tenant,
        "id": flow.id,
        "namespace": flow.namespace,
        "revision": flow.revision,
        "disabled": flow.disabled,
        "deleted": flow.deleted,
        "draft": False,
        "tasks": [],
    }
    if flow.labels:
        own["labels"] = labels_document(flow.labels)
    if flow.updated:
        own["updated"] = flow.updated
    if problems := flows.problems(flow):
        own["exception"] = "\n".join(map(str, problems))
    if isinstance(limit := written.get("concurrency"), dict):
        # Kestra's SDKs cannot read a limit without it.
        written["concurrency"] = {**limit, "behavior": limit.get("behavior", ConcurrencyBehavior.QUEUE)}
    document = {**own, **written, **{name: _named(written[name]) for name in _PLUGGED if name in written}}
    return cast(FlowDocument, document)  # the rest is what people wrote


def _named(value: Any) -> Any:
    """Return tasks or triggers with the texts that their ids are read as, also where the source has ``id: off``."""
    if isinstance(value, list):
        return [_named(one) for one in value]
    if not isinstance(value, dict):
        return value
    named = {key: _named(one) if key in _NESTING else one for key, one in value.items()}
    if isinstance(cases := value.get("cases"), dict):
        named["cases"] = {case: _named(tasks) for case, tasks in cases.items()}
    if "type" in value and "id" in value:
        named["id"] = to_text(value["id"])
    return named


def flow_for_execution(plan: Plan) -> FlowForExecutionDocument:
    """Return a flow as people without the right to read flows see it: tasks are id and type."""
    flow = plan.flow
    document: FlowForExecutionDocument = {
        "tenantId": plan.key.tenant,
        "id": plan.key.flow_id,
        "namespace": plan.key.namespace,
        "revision": plan.revision,
        "disabled": flow.disabled,
        "deleted": flow.deleted,
        "tasks": [task_for_execution(task) for task in flow.tasks],
    }
    if flow.description is not None:
        document["description"] = flow.description
    if flow.inputs:
        document["inputs"] = [input_document(one) for one in flow.inputs]
    if flow.outputs:
        document["outputs"] = [_plain(one) for one in flow.outputs]
    if flow.labels:
        document["labels"] = labels_document(flow.labels)
    if flow.variables:
        document["variables"] = flow.variables
    if flow.errors:
        document["errors"] = [task_for_execution(task) for task in flow.errors]
    if flow.finally_:
        document["finally"] = [task_for_execution(task) for task in flow.finally_]
    if flow.after_execution:
        document["afterExecution"] = [task_for_execution(task) for task in flow.after_execution]
    if flow.triggers:
        document["triggers"] = [{"id": trigger.id, "type": trigger.type} for trigger in flow.triggers]
    return document


def validated_document(result: Validated, filename: str | None = None) -> ValidateConstraintViolationDocument:
    """Return what validating one source answers; ``problems`` has what ``constraints`` says, for programs."""
    read = result.read
    document: ValidateConstraintViolationDocument = {
        "index": result.index,
        "outdated": result.outdated,
        "deprecationPaths": list(read.deprecations),
        "warnings": [str(problem) for problem in read.warnings],
        "infos": [str(problem) for problem in read.infos],
    }
    if result.flow_id is not None:
        document["flow"] = result.flow_id
    if result.namespace is not None:
        document["namespace"] = result.namespace
    if filename is not None:
        document["filename"] = filename
    if read.problems:
        document["constraints"] = "\n".join(map(str, read.problems))
        document["problems"] = [problem_document(problem) for problem in read.problems]
    return document


def problem_document(problem: Problem) -> ProblemDocument:
    """Return one problem."""
    document: ProblemDocument = {"path": problem.path, "message": problem.message}
    if problem.line is not None:
        document["line"] = problem.line
    if problem.column is not None:
        document["column"] = problem.column
    return document


def input_document(declared: Input) -> InputDocument:
    """Return an input as its flow declares it."""
    return cast(InputDocument, _plain(declared))  # each type has properties of its own


def task_for_execution(task: Task) -> TaskForExecutionDocument:
    """Return a task without what it does; ``tasks`` holds those of ``errors`` and ``finally`` too."""
    document: TaskForExecutionDocument = {"id": task.id, "type": task.type}
    lists = [*task.nested.values(), *((task.errors, task.finally_) if isinstance(task, Flowable) else ())]
    if inner := [task_for_execution(one) for tasks in lists for one in tasks]:
        document["tasks"] = inner
    asked = getattr(task, "on_resume", None)
    if asked:
        document["inputs"] = [input_document(one) for one in asked]
    return document


def _plain(model: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = model.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=False)
    return found
