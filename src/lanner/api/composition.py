"""Rows to Kestra's JSON documents: executions, task runs, logs, metrics.

On the hot path of each start of an execution: plain dicts for orjson, no models. Absent means null; empty maps
and lists of an execution are left out too. Source: Kestra 1.0.36 (reference ``api.md`` §0.3, §2.2 to §2.4).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import orjson

from lanner.api.execution_shapes import (
    BreakpointDocument,
    ExecutionDocument,
    ExecutionStatusEventDocument,
    ExecutionTriggerDocument,
    LogEntryDocument,
    MetricEntryDocument,
    StateDocument,
    TaskFixtureDocument,
    TaskRunAttemptDocument,
    TaskRunDocument,
    WebhookResponseDocument,
)
from lanner.api.http import to_json
from lanner.api.shapes import PagedResultsDocument, labels_document
from lanner.model.execution import Attempt, Breakpoint, Execution, ExecutionTrigger, Fixture, TaskRun
from lanner.model.log import LogEntry, Metric
from lanner.model.state import StateHistory
from lanner.sdk.text import format_duration

T = TypeVar("T")


def state_document(history: StateHistory, now: datetime) -> StateDocument:
    """Return a state with its history; the duration of what has one transition only runs to ``now``."""
    transitions = history.transitions
    document: StateDocument = {
        "current": history.current,
        "histories": [{"state": transition.state, "date": transition.date} for transition in transitions],
        "duration": format_duration(history.duration(now)),
        "startDate": transitions[0].date,
    }
    end = history.end_date
    if end is not None:
        document["endDate"] = end
    return document


def execution_document(
    execution: Execution,
    task_runs: Sequence[TaskRun] | Sequence[orjson.Fragment],
    *,
    now: datetime,
    variables: Mapping[str, Any] | None = None,
    url: str | None = None,
) -> ExecutionDocument:
    """Return an execution with its task runs.

    ``variables`` are the flow's, shown until a task sets some. Task runs may be given as JSON
    already made (``task_run_json``).
    """
    document: ExecutionDocument = {
        "tenantId": execution.tenant,
        "id": execution.id,
        "namespace": execution.namespace,
        "flowId": execution.flow_id,
        "flowRevision": execution.flow_revision,
        "state": state_document(execution.state, now),
        "originalId": execution.original_id or execution.id,
        "deleted": False,
        "metadata": {
            "attemptNumber": execution.attempt_number,
            "originalCreatedDate": execution.original_created_date or execution.state.start_date,
        },
    }
    if task_runs:
        document["taskRunList"] = [
            run if isinstance(run, orjson.Fragment) else task_run_document(execution, run, now) for run in task_runs
        ]
    _add_content(document, execution, variables)
    if execution.parent_id:
        document["parentId"] = execution.parent_id
    if execution.trigger:
        document["trigger"] = _trigger_document(execution.trigger)
    _add_circumstances(document, execution)
    if url:
        document["url"] = url
    return document


def _add_content(document: ExecutionDocument, execution: Execution, variables: Mapping[str, Any] | None) -> None:
    if execution.inputs:
        document["inputs"] = execution.inputs
    if execution.outputs:
        document["outputs"] = execution.outputs
    if execution.labels:
        document["labels"] = labels_document(execution.labels)
    shown = execution.variables if execution.variables is not None else variables
    if shown:
        document["variables"] = shown


def _add_circumstances(document: ExecutionDocument, execution: Execution) -> None:
    if execution.schedule_date:
        document["scheduleDate"] = execution.schedule_date
    if execution.trace_parent:
        document["traceParent"] = execution.trace_parent
    if execution.fixtures:
        document["fixtures"] = [_fixture_document(one) for one in execution.fixtures]
    if execution.kind:
        document["kind"] = execution.kind
    if execution.breakpoints:
        document["breakpoints"] = [_breakpoint_document(one) for one in execution.breakpoints]


def _fixture_document(fixture: Fixture) -> TaskFixtureDocument:
    document: TaskFixtureDocument = {"id": fixture.task_id, "state": fixture.state}
    if fixture.value is not None:
        document["value"] = fixture.value
    if fixture.outputs is not None:
        document["outputs"] = fixture.outputs
    return document


def _breakpoint_document(point: Breakpoint) -> BreakpointDocument:
    return {"id": point.task_id} if point.value is None else {"id": point.task_id, "value": point.value}


def _trigger_document(trigger: ExecutionTrigger) -> ExecutionTriggerDocument:
    document: ExecutionTriggerDocument = {"id": trigger.id, "type": trigger.type, "variables": trigger.variables}
    if trigger.log_file:
        document["logFile"] = trigger.log_file
    return document


def task_run_document(execution: Execution, run: TaskRun, now: datetime) -> TaskRunDocument:
    """Return a task run with its attempts and outputs."""
    document: TaskRunDocument = {
        "tenantId": execution.tenant,
        "id": run.id,
        "executionId": execution.id,
        "namespace": execution.namespace,
        "flowId": execution.flow_id,
        "taskId": run.task_id,
        "state": state_document(run.state, now),
    }
    if run.parent_id:
        document["parentTaskRunId"] = run.parent_id
    if run.value is not None:
        document["value"] = run.value
    if run.attempts:
        document["attempts"] = [_attempt_document(attempt, now) for attempt in run.attempts]
    if run.outputs:
        document["outputs"] = run.outputs
    iteration = run.iteration if run.iteration is not None else (run.memo or {}).get("iteration")
    if iteration is not None:
        document["iteration"] = iteration
    if run.dynamic:
        document["dynamic"] = True
    if run.force_execution:
        document["forceExecution"] = True
    return document


def _attempt_document(attempt: Attempt, now: datetime) -> TaskRunAttemptDocument:
    document: TaskRunAttemptDocument = {"state": state_document(attempt.state, now)}
    if attempt.worker_id:
        document["workerId"] = attempt.worker_id
    if attempt.log_file:
        document["logFile"] = attempt.log_file
    return document


def task_run_json(execution: Execution, run: TaskRun, now: datetime) -> orjson.Fragment:
    """Return a task run as JSON, to be kept and used in many documents while the run does not change."""
    return orjson.Fragment(to_json(task_run_document(execution, run, now)))


def webhook_document(document: ExecutionDocument) -> WebhookResponseDocument:
    """Return the part of an execution's document that callers of webhooks see."""
    seen: WebhookResponseDocument = {
        "tenantId": document["tenantId"],
        "id": document["id"],
        "namespace": document["namespace"],
        "flowId": document["flowId"],
        "flowRevision": document["flowRevision"],
        "state": document["state"],
    }
    if "trigger" in document:
        seen["trigger"] = document["trigger"]
    if "outputs" in document:
        seen["outputs"] = document["outputs"]
    if "labels" in document:
        seen["labels"] = document["labels"]
    if "url" in document:
        seen["url"] = document["url"]
    return seen


def status_document(execution: Execution) -> ExecutionStatusEventDocument:
    """Return what the stream of an execution's dependencies tells of each."""
    return {
        "executionId": execution.id,
        "tenantId": execution.tenant,
        "namespace": execution.namespace,
        "flowId": execution.flow_id,
        "state": {"current": execution.state.current},
    }


def log_document(entry: LogEntry) -> LogEntryDocument:
    """Return a log line; ``attemptNumber`` is there even when null, as in 1.x."""
    document: LogEntryDocument = {
        "tenantId": entry.tenant,
        "namespace": entry.namespace,
        "flowId": entry.flow_id,
        "attemptNumber": entry.attempt_number,
        "timestamp": entry.timestamp,
        "level": entry.level,
        "message": entry.message,
        "deleted": False,
    }
    if entry.task_id is not None:
        document["taskId"] = entry.task_id
    if entry.execution_id is not None:
        document["executionId"] = entry.execution_id
    if entry.task_run_id is not None:
        document["taskRunId"] = entry.task_run_id
    if entry.trigger_id is not None:
        document["triggerId"] = entry.trigger_id
    if entry.thread is not None:
        document["thread"] = entry.thread
    return document


def metric_document(metric: Metric) -> MetricEntryDocument:
    """Return a metric."""
    document: MetricEntryDocument = {
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


def page_document(results: Iterable[T], total: int) -> PagedResultsDocument[T]:
    """Return one page of a list."""
    return {"results": list(results), "total": total}
