"""Records as rows and back: times, histories and plain data in columns.

A history is one text: each state and its time in microseconds, the first since 1970, the
others since the one before. Plain data is JSON; ``None`` is NULL. Rows hold exact ``str`` and
``int`` only: the driver takes a slow road for enum members and booleans.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from lanner.model.execution import Attempt, Breakpoint, Execution, ExecutionKind, ExecutionTrigger, Fixture, TaskRun
from lanner.model.flow import Flow
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.label import Label, Labels
from lanner.model.log import Level, LogEntry, Metric, MetricType
from lanner.model.state import State, StateHistory, Transition
from lanner.ports.work import Job, Message, Timer

Row = tuple[Any, ...]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LEVELS = tuple(Level)
_DYNAMIC, _FORCED = 1, 2


def micros(moment: datetime) -> int:
    """Return microseconds since 1970; ``moment`` is aware."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(micros_utc: int) -> datetime:
    """Return the reverse of ``micros``, in UTC."""
    return _EPOCH + timedelta(0, 0, micros_utc)  # named, the microseconds cost more


def dumps(value: Any) -> str:
    """Return plain data as JSON text; raises ``TypeError`` for what is not plain."""
    return orjson.dumps(value, _plain, orjson.OPT_NON_STR_KEYS).decode()


def dumps_optional(value: Any) -> str | None:
    """Return JSON text, or ``None`` for ``None``."""
    return None if value is None else orjson.dumps(value, _plain, orjson.OPT_NON_STR_KEYS).decode()


def loads_optional(text: str | None) -> Any:
    """Return the reverse of ``dumps_optional``."""
    return None if text is None else orjson.loads(text)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):  # a named one
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be stored: it is not plain data")


def history_text(history: StateHistory) -> str:
    """Return a history as one compact text."""
    before = _EPOCH
    parts = []
    for transition in history.transitions:
        parts.append(f"{transition.state} {(transition.date - before) // _MICROSECOND}")
        before = transition.date
    return " ".join(parts)


def history_of(text: str) -> StateHistory:
    """Return the reverse of ``history_text``."""
    parts = text.split(" ")
    at = _EPOCH
    transitions = []
    for index in range(0, len(parts), 2):
        at += timedelta(0, 0, int(parts[index + 1]))
        transitions.append(Transition(State(parts[index]), at))
    return StateHistory(transitions[-1].state, tuple(transitions))


def labels_text(labels: Labels) -> str | None:
    """Return labels as a JSON list of pairs, ``None`` when there are none."""
    return orjson.dumps([(key, value) for key, value in labels]).decode() if labels else None


def labels_of(text: str | None) -> Labels:
    """Return the reverse of ``labels_text``."""
    return tuple(Label(key, value) for key, value in orjson.loads(text)) if text else ()


EXECUTION_COLUMNS = (
    "id", "tenant", "namespace", "flow_id", "start_date", "kind", "parent_id", "original_id", "trigger_id",
    "trigger_execution_id", "flow_revision", "state", "end_date", "duration", "ended", "sequence", "has_outputs",
    "history", "labels", "inputs", "variables", "cause", "rest",
)  # fmt: skip
"""In the order of ``execution_row``; the first ten never change."""


def execution_row(execution: Execution) -> Row:
    """Return the columns of an execution; its outputs have a row of their own."""
    history, trigger = execution.state, execution.trigger
    start, end = micros(history.start_date), history.end_date
    end_micros = None if end is None else micros(end)
    return (
        execution.id,
        execution.tenant,
        execution.namespace,
        execution.flow_id,
        start,
        None if execution.kind is None else str(execution.kind),
        execution.parent_id,
        execution.original_id,
        trigger.id if trigger else None,
        trigger.variables.get("executionId") if trigger else None,
        execution.flow_revision,
        str(history.current),
        end_micros,
        None if end_micros is None else end_micros - start,
        1 if execution.ended else 0,
        execution.sequence,
        0 if execution.outputs is None else 1,
        history_text(history),
        labels_text(execution.labels),
        dumps_optional(execution.inputs),
        dumps_optional(execution.variables),
        dumps((trigger.id, trigger.type, trigger.variables, trigger.log_file)) if trigger else None,
        _rest(execution),
    )


def _rest(execution: Execution) -> str | None:
    """Return what few executions have, ``None`` when this one has nothing of it."""
    rest: dict[str, Any] = {}
    if execution.attempt_number != 1:
        rest["attempt"] = execution.attempt_number
    if execution.original_created_date is not None:
        rest["created"] = micros(execution.original_created_date)
    if execution.schedule_date is not None:
        rest["scheduled"] = micros(execution.schedule_date)
    if execution.trace_parent is not None:
        rest["trace"] = execution.trace_parent
    if execution.fixtures:
        rest["fixtures"] = [(one.task_id, one.value, one.state, one.outputs) for one in execution.fixtures]
    if execution.breakpoints:
        rest["breakpoints"] = [(one.task_id, one.value) for one in execution.breakpoints]
    return dumps(rest) if rest else None


def execution_of(row: Row) -> Execution:
    """Return the execution of ``EXECUTION_COLUMNS`` followed by the text of its outputs, NULL where it has none."""
    (id_, tenant, namespace, flow_id, _, kind, parent_id, original_id, _, _, flow_revision, _, _, _, ended, sequence,
     _, history, labels, inputs, variables, cause, rest_text, outputs) = row  # fmt: skip
    rest = orjson.loads(rest_text) if rest_text else {}
    created, scheduled = rest.get("created"), rest.get("scheduled")
    return Execution(
        id=ExecutionId(id_),
        tenant=tenant,
        namespace=namespace,
        flow_id=flow_id,
        flow_revision=flow_revision,
        state=history_of(history),
        inputs=loads_optional(inputs),
        outputs=loads_optional(outputs),
        labels=labels_of(labels),
        variables=loads_optional(variables),
        parent_id=parent_id,
        original_id=original_id,
        trigger=_trigger_of(cause),
        attempt_number=rest.get("attempt", 1),
        original_created_date=None if created is None else moment(created),
        schedule_date=None if scheduled is None else moment(scheduled),
        trace_parent=rest.get("trace"),
        kind=None if kind is None else ExecutionKind(kind),
        fixtures=tuple(
            Fixture(task_id=task_id, value=value, state=State(state), outputs=made_up)
            for task_id, value, state, made_up in rest.get("fixtures", ())
        ),
        breakpoints=tuple(Breakpoint(task_id=task, value=value) for task, value in rest.get("breakpoints", ())),
        ended=bool(ended),
        sequence=sequence,
    )


def _trigger_of(text: str | None) -> ExecutionTrigger | None:
    if text is None:
        return None
    id_, type_, variables, log_file = orjson.loads(text)
    return ExecutionTrigger(id=id_, type=type_, variables=variables, log_file=log_file)


TASK_RUN_COLUMNS = (
    "execution_id", "id", "sequence", "task_id", "state", "history", "parent_id", "value", "iteration", "attempts",
    "has_outputs", "memo", "flags",
)  # fmt: skip


def task_run_row(execution_id: ExecutionId, run: TaskRun) -> Row:
    """Return the columns of a task run; its outputs have a row of their own."""
    attempts = run.attempts
    return (
        execution_id,
        run.id,
        run.sequence,
        run.task_id,
        str(run.state.current),
        history_text(run.state),
        run.parent_id,
        run.value,
        run.iteration,
        dumps([(history_text(one.state), one.worker_id, one.log_file) for one in attempts]) if attempts else None,
        0 if run.outputs is None else 1,
        dumps_optional(run.memo),
        run.dynamic * _DYNAMIC + run.force_execution * _FORCED,
    )


def task_run_of(row: Row) -> TaskRun:
    """Return the task run of ``TASK_RUN_COLUMNS`` followed by the text of its outputs, NULL where it has none."""
    (_, id_, sequence, task_id, _, history, parent_id, value, iteration, attempts, _, memo, flags,
     outputs) = row  # fmt: skip
    return TaskRun(
        id=TaskRunId(id_),
        task_id=task_id,
        state=history_of(history),
        parent_id=parent_id,
        value=value,
        iteration=iteration,
        attempts=tuple(
            Attempt(state=history_of(text), worker_id=worker_id, log_file=log_file)
            for text, worker_id, log_file in orjson.loads(attempts)
        )
        if attempts
        else (),
        outputs=loads_optional(outputs),
        memo=loads_optional(memo),
        sequence=sequence,
        dynamic=bool(flags & _DYNAMIC),
        force_execution=bool(flags & _FORCED),
    )


LOG_COLUMNS = (
    "tenant", "namespace", "flow_id", "timestamp", "level", "message", "execution_id", "task_id", "task_run_id",
    "attempt_number", "trigger_id", "thread",
)  # fmt: skip


def log_row(line: LogEntry) -> Row:
    """Return the columns of a log line; the level is its rank."""
    return (
        line.tenant,
        line.namespace,
        line.flow_id,
        micros(line.timestamp),
        line.level.rank,
        line.message,
        line.execution_id,
        line.task_id,
        line.task_run_id,
        line.attempt_number,
        line.trigger_id,
        line.thread,
    )


def log_of(row: Row) -> LogEntry:
    """Return the line of ``LOG_COLUMNS``."""
    tenant, namespace, flow_id, timestamp, level, message, execution_id, task_id, task_run_id, attempt, *rest = row
    return LogEntry(
        tenant=tenant,
        namespace=namespace,
        flow_id=flow_id,
        timestamp=moment(timestamp),
        level=_LEVELS[level],
        message=message,
        execution_id=execution_id,
        task_id=task_id,
        task_run_id=task_run_id,
        attempt_number=attempt,
        trigger_id=rest[0],
        thread=rest[1],
    )


METRIC_COLUMNS = (
    "tenant", "namespace", "flow_id", "execution_id", "task_id", "task_run_id", "type", "name", "value", "timestamp",
    "tags",
)  # fmt: skip


def metric_row(metric: Metric) -> Row:
    """Return the columns of a metric."""
    return (
        metric.tenant,
        metric.namespace,
        metric.flow_id,
        metric.execution_id,
        metric.task_id,
        metric.task_run_id,
        str(metric.type),
        metric.name,
        metric.value,
        micros(metric.timestamp),
        dumps(metric.tags),
    )


def metric_of(row: Row) -> Metric:
    """Return the metric of ``METRIC_COLUMNS``."""
    tenant, namespace, flow_id, execution_id, task_id, task_run_id, type_, name, value, timestamp, tags = row
    return Metric(
        tenant=tenant,
        namespace=namespace,
        flow_id=flow_id,
        execution_id=execution_id,
        task_id=task_id,
        task_run_id=task_run_id,
        type=MetricType(type_),
        name=name,
        value=value,
        timestamp=moment(timestamp),
        tags=orjson.loads(tags),
    )


FLOW_COLUMNS = (
    "tenant", "namespace", "id", "revision", "deleted", "disabled", "source", "labels", "description", "updated",
)  # fmt: skip


def flow_row(flow: Flow) -> Row:
    """Return the columns of a flow revision; which is the latest is the table's own business."""
    return (
        flow.tenant,
        flow.namespace,
        flow.id,
        flow.revision,
        int(flow.deleted),
        int(flow.disabled),
        flow.source,
        labels_text(flow.labels),
        flow.description,
        None if flow.updated is None else micros(flow.updated),
    )


def flow_of(row: Row) -> Flow:
    """Return the flow of ``FLOW_COLUMNS``."""
    tenant, namespace, id_, revision, deleted, disabled, source, labels, description, updated = row
    return Flow(
        tenant=tenant,
        namespace=namespace,
        id=id_,
        revision=revision,
        source=source,
        labels=labels_of(labels),
        description=description,
        disabled=bool(disabled),
        deleted=bool(deleted),
        updated=None if updated is None else moment(updated),
    )


MESSAGE_COLUMNS = ("id", "execution_id", "kind", "body")


def message_row(message: Message) -> Row:
    """Return the columns of a message that has its id."""
    return (message.id, message.execution_id, message.kind, dumps(message.body))


def message_of(row: Row) -> Message:
    """Return the message of ``MESSAGE_COLUMNS``."""
    id_, execution_id, kind, body = row
    return Message(id=id_, execution_id=execution_id, kind=kind, body=orjson.loads(body))


JOB_COLUMNS = ("task_run_id", "attempt", "execution_id", "deliveries", "worker_group")


def job_row(job: Job) -> Row:
    """Return the columns of a job."""
    return (job.task_run_id, job.attempt, job.execution_id, job.deliveries, job.worker_group)


def job_of(row: Row) -> Job:
    """Return the job of ``JOB_COLUMNS``."""
    task_run_id, attempt, execution_id, deliveries, group = row
    return Job(
        execution_id=execution_id,
        task_run_id=task_run_id,
        attempt=attempt,
        deliveries=deliveries,
        worker_group=group,
    )


TIMER_COLUMNS = ("execution_id", "name", "due", "kind", "body")


def timer_row(timer: Timer) -> Row:
    """Return the columns of a timer."""
    return (timer.execution_id, timer.name, micros(timer.due), timer.kind, dumps(timer.body))


def timer_of(row: Row) -> Timer:
    """Return the timer of ``TIMER_COLUMNS``."""
    execution_id, name, due, kind, body = row
    return Timer(execution_id=execution_id, name=name, due=moment(due), kind=kind, body=orjson.loads(body))
