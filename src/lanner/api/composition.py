"""Rows to Kestra's JSON documents: executions, task runs, logs, metrics.

On the hot path of each start of an execution: plain dicts for orjson, no models. Absent means null; empty maps
and lists of an execution are left out too. Source: Kestra 1.0.36 (reference ``api.md`` §0.3, §2.2 to §2.4).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from lanner.api.http import to_json
from lanner.model.execution import Attempt, Breakpoint, Execution, ExecutionTrigger, TaskRun
from lanner.model.label import Labels
from lanner.model.log import LogEntry, Metric
from lanner.model.state import StateHistory
from lanner.sdk.text import format_duration

Document = dict[str, Any]

_WEBHOOK_KEYS = frozenset(
    {"tenantId", "id", "namespace", "flowId", "flowRevision", "trigger", "outputs", "labels", "state", "url"}
)


def state_document(history: StateHistory, now: datetime) -> Document:
    """Return a state with its history; the duration of what has one transition only runs to ``now``."""
    transitions = history.transitions
    document: Document = {
        "current": history.current,
        "histories": [{"state": transition.state, "date": transition.date} for transition in transitions],
        "duration": format_duration(history.duration(now)),
        "startDate": transitions[0].date,
    }
    end = history.end_date
    if end is not None:
        document["endDate"] = end
    return document


def labels_document(labels: Labels) -> list[Document]:
    """Return labels as a list of key and value."""
    return [{"key": key, "value": value} for key, value in labels]


def execution_document(
    execution: Execution,
    task_runs: Sequence[TaskRun] | Sequence[orjson.Fragment],
    *,
    now: datetime,
    variables: Mapping[str, Any] | None = None,
    url: str | None = None,
) -> Document:
    """Return an execution with its task runs.

    ``variables`` are the flow's, shown until a task sets some. Task runs may be given as JSON
    already made (``task_run_json``).
    """
    document: Document = {
        "tenantId": execution.tenant,
        "id": execution.id,
        "namespace": execution.namespace,
        "flowId": execution.flow_id,
        "flowRevision": execution.flow_revision,
    }
    if task_runs:
        document["taskRunList"] = [
            run if isinstance(run, orjson.Fragment) else task_run_document(execution, run, now) for run in task_runs
        ]
    _add_content(document, execution, variables)
    document["state"] = state_document(execution.state, now)
    if execution.parent_id:
        document["parentId"] = execution.parent_id
    document["originalId"] = execution.original_id or execution.id
    if execution.trigger:
        document["trigger"] = _trigger_document(execution.trigger)
    document["deleted"] = False
    document["metadata"] = {
        "attemptNumber": execution.attempt_number,
        "originalCreatedDate": execution.original_created_date or execution.state.start_date,
    }
    _add_circumstances(document, execution)
    if url:
        document["url"] = url
    return document


def _add_content(document: Document, execution: Execution, variables: Mapping[str, Any] | None) -> None:
    if execution.inputs:
        document["inputs"] = execution.inputs
    if execution.outputs:
        document["outputs"] = execution.outputs
    if execution.labels:
        document["labels"] = labels_document(execution.labels)
    shown = execution.variables if execution.variables is not None else variables
    if shown:
        document["variables"] = shown


def _add_circumstances(document: Document, execution: Execution) -> None:
    if execution.schedule_date:
        document["scheduleDate"] = execution.schedule_date
    if execution.trace_parent:
        document["traceParent"] = execution.trace_parent
    if execution.fixtures:
        document["fixtures"] = [
            {key: value for key, value in fixture.items() if value is not None}
            for fixture in (
                {"id": one.task_id, "value": one.value, "state": one.state, "outputs": one.outputs}
                for one in execution.fixtures
            )
        ]
    if execution.kind:
        document["kind"] = execution.kind
    if execution.breakpoints:
        document["breakpoints"] = [_breakpoint_document(one) for one in execution.breakpoints]


def _breakpoint_document(point: Breakpoint) -> Document:
    return {"id": point.task_id} if point.value is None else {"id": point.task_id, "value": point.value}


def _trigger_document(trigger: ExecutionTrigger) -> Document:
    document: Document = {"id": trigger.id, "type": trigger.type, "variables": trigger.variables}
    if trigger.log_file:
        document["logFile"] = trigger.log_file
    return document


def task_run_document(execution: Execution, run: TaskRun, now: datetime) -> Document:
    """Return a task run with its attempts and outputs."""
    document: Document = {
        "tenantId": execution.tenant,
        "id": run.id,
        "executionId": execution.id,
        "namespace": execution.namespace,
        "flowId": execution.flow_id,
        "taskId": run.task_id,
    }
    if run.parent_id:
        document["parentTaskRunId"] = run.parent_id
    if run.value is not None:
        document["value"] = run.value
    if run.attempts:
        document["attempts"] = [_attempt_document(attempt, now) for attempt in run.attempts]
    if run.outputs:
        document["outputs"] = run.outputs
    document["state"] = state_document(run.state, now)
    iteration = run.iteration if run.iteration is not None else (run.memo or {}).get("iteration")
    if iteration is not None:
        document["iteration"] = iteration
    if run.dynamic:
        document["dynamic"] = True
    if run.force_execution:
        document["forceExecution"] = True
    return document


def _attempt_document(attempt: Attempt, now: datetime) -> Document:
    document: Document = {"state": state_document(attempt.state, now)}
    if attempt.worker_id:
        document["workerId"] = attempt.worker_id
    if attempt.log_file:
        document["logFile"] = attempt.log_file
    return document


def task_run_json(execution: Execution, run: TaskRun, now: datetime) -> orjson.Fragment:
    """Return a task run as JSON, to be kept and used in many documents while the run does not change."""
    return orjson.Fragment(to_json(task_run_document(execution, run, now)))


def webhook_document(document: Document) -> Document:
    """Return the part of an execution's document that callers of webhooks see."""
    return {key: value for key, value in document.items() if key in _WEBHOOK_KEYS}


def status_document(execution: Execution) -> Document:
    """Return what the stream of an execution's dependencies tells of each."""
    return {
        "executionId": execution.id,
        "tenantId": execution.tenant,
        "namespace": execution.namespace,
        "flowId": execution.flow_id,
        "state": {"current": execution.state.current},
    }


def log_document(entry: LogEntry) -> Document:
    """Return a log line; ``attemptNumber`` is there even when null, as in 1.x."""
    document: Document = {"tenantId": entry.tenant, "namespace": entry.namespace, "flowId": entry.flow_id}
    if entry.task_id is not None:
        document["taskId"] = entry.task_id
    if entry.execution_id is not None:
        document["executionId"] = entry.execution_id
    if entry.task_run_id is not None:
        document["taskRunId"] = entry.task_run_id
    document["attemptNumber"] = entry.attempt_number
    if entry.trigger_id is not None:
        document["triggerId"] = entry.trigger_id
    document["timestamp"] = entry.timestamp
    document["level"] = entry.level
    if entry.thread is not None:
        document["thread"] = entry.thread
    document["message"] = entry.message
    document["deleted"] = False
    return document


def metric_document(metric: Metric) -> Document:
    """Return a metric."""
    document: Document = {
        "tenantId": metric.tenant,
        "namespace": metric.namespace,
        "flowId": metric.flow_id,
        "taskId": metric.task_id,
        "executionId": metric.execution_id,
        "taskRunId": metric.task_run_id,
        "type": metric.type,
        "name": metric.name,
        "value": metric.value,
        "timestamp": metric.timestamp,
    }
    if metric.tags:
        document["tags"] = metric.tags
    return document


def page_document(results: Iterable[Any], total: int) -> Document:
    """Return one page of a list."""
    return {"results": list(results), "total": total}
