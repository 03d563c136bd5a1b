"""Reading what a memory store holds."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from lanner.backends import fields
from lanner.backends.memory import matching
from lanner.backends.memory.matching import Test
from lanner.backends.memory.rows import Tables
from lanner.model.execution import Execution, TaskRun
from lanner.model.flow import Flow, FlowKey
from lanner.model.ids import ExecutionId
from lanner.model.log import Level, LogEntry, Metric
from lanner.ports.search import Operator, Page, Query, Sort, StateCount, UnsupportedFilter
from lanner.ports.work import Job, Message, Timer

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FLOW_TESTS: dict[str, Test] = {
    "q": matching.text_in(lambda flow: (flow.id, flow.namespace)),
    "scope": matching.scope(lambda flow: str(flow.namespace)),
    "namespace": matching.plain(lambda flow: flow.namespace),
    "flowId": matching.plain(lambda flow: flow.id),
    "labels": matching.labels(lambda flow: flow.labels),
}


class MemoryFlowRows:
    """``FlowRows`` of a memory store."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def latest(self, key: FlowKey, *, deleted: bool = False) -> Flow | None:
        """Return the greatest revision; a deleted flow has none unless asked for."""
        revisions = self._tables.flows.get(key)
        if not revisions:
            return None
        flow = revisions[max(revisions)]
        return flow if deleted or not flow.deleted else None

    async def revision(self, key: FlowKey, revision: int) -> Flow | None:
        """Return one revision."""
        return self._tables.flows.get(key, {}).get(revision)

    async def revisions(self, key: FlowKey) -> Sequence[Flow]:
        """Return all revisions, oldest first."""
        return [flow for _, flow in sorted(self._tables.flows.get(key, {}).items())]

    async def search(self, query: Query) -> Page[Flow]:
        """Find latest, not deleted flows, by namespace and id unless sorted."""
        return self._search(query, "")

    async def search_source(self, query: Query, text: str) -> Page[Flow]:
        """Find latest flows whose source holds ``text``, whatever the case of ASCII letters."""
        return self._search(query, fields.folded(text))

    async def all_latest(self, tenant: str | None = None) -> Sequence[Flow]:
        """Return every latest, not deleted flow."""
        return [flow for flow in self._existing() if tenant in (None, flow.tenant)]

    async def namespaces(self, tenant: str) -> Sequence[str]:
        """Return the distinct namespaces of flows that exist, sorted."""
        return sorted({flow.namespace for flow in self._existing() if flow.tenant == tenant})

    def _existing(self) -> Iterator[Flow]:
        for _, revisions in sorted(self._tables.flows.items()):
            flow = revisions[max(revisions)]
            if not flow.deleted:
                yield flow

    def _search(self, query: Query, text: str) -> Page[Flow]:
        fields.check(query, fields.FLOW_FIELDS, fields.FLOW_SORTS)
        found = [
            flow
            for flow in self._existing()
            if flow.tenant == query.tenant
            and text in fields.folded(flow.source)
            and matching.matches(flow, query.filters, _FLOW_TESTS)
        ]
        keys = {
            "id": lambda flow: flow.id,
            "namespace": lambda flow: flow.namespace,
            "revision": lambda flow: flow.revision,
            "updated": lambda flow: flow.updated,
        }
        return matching.page(found, query, keys)


def _started_by(execution: Execution) -> object:
    return execution.trigger.variables.get("executionId") if execution.trigger else None


def _is_child(execution: Execution, _: Operator, wanted: object) -> bool:
    return (_started_by(execution) is not None) == (wanted == "CHILD")


def _asked_text(execution: Execution, operator: Operator, wanted: object) -> bool:
    in_names = matching.text_in(lambda one: (one.flow_id, one.namespace))
    return execution.id.startswith(str(wanted)) or in_names(execution, operator, wanted)


_EXECUTION_TESTS: dict[str, Test] = {
    "q": _asked_text,
    "scope": matching.scope(lambda execution: str(execution.namespace)),
    "namespace": matching.plain(lambda execution: execution.namespace),
    "flowId": matching.plain(lambda execution: execution.flow_id),
    "state": matching.plain(lambda execution: execution.state.current),
    "labels": matching.labels(lambda execution: execution.labels),
    "startDate": matching.plain(lambda execution: execution.state.start_date, matching.same),
    "endDate": matching.plain(lambda execution: execution.state.end_date, matching.same),
    "kind": matching.kind,
    "parentId": matching.plain(lambda execution: execution.parent_id),
    "originalId": matching.plain(lambda execution: execution.original_id),
    "triggerExecutionId": matching.plain(_started_by),
    "triggerId": matching.plain(lambda execution: execution.trigger.id if execution.trigger else None),
    "flowRevision": matching.plain(lambda execution: execution.flow_revision, int),
    "childFilter": _is_child,
    "id": matching.plain(lambda execution: execution.id),
}


_DISTINCT: dict[str, Callable[[Execution], Iterable[object]]] = {
    "namespace": lambda execution: [execution.namespace],
    "flowId": lambda execution: [execution.flow_id],
    "flowRevision": lambda execution: [execution.flow_revision],
    "state": lambda execution: [execution.state.current],
    "labels": lambda execution: [f"{label.key}:{label.value}" for label in execution.labels],
    "kind": lambda execution: [execution.kind],
    "parentId": lambda execution: [execution.parent_id],
    "originalId": lambda execution: [execution.original_id],
    "triggerId": lambda execution: [execution.trigger.id if execution.trigger else None],
    "triggerExecutionId": lambda execution: [_started_by(execution)],
}


def _duration(execution: Execution) -> object:
    end = execution.state.end_date
    return None if end is None else end - execution.state.start_date


class MemoryExecutionRows:
    """``ExecutionRows`` of a memory store."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def get(self, execution_id: ExecutionId) -> Execution | None:
        """Return an execution."""
        return self._tables.executions.get(execution_id)

    async def task_runs(self, execution_id: ExecutionId) -> Sequence[TaskRun]:
        """Return all task runs with their outputs, by ``sequence``."""
        return sorted(self._tables.task_runs.get(execution_id, {}).values(), key=lambda run: (run.sequence, run.id))

    async def search(self, query: Query) -> Page[Execution]:
        """Find executions, newest first unless sorted."""
        found = self._matching(query)
        keys = {
            "id": lambda execution: execution.id,
            "namespace": lambda execution: execution.namespace,
            "flowId": lambda execution: execution.flow_id,
            "state.current": lambda execution: execution.state.current,
            "state.startDate": lambda execution: execution.state.start_date,
            "state.endDate": lambda execution: execution.state.end_date,
            "state.duration": _duration,
        }
        if not query.sort or query.sort[-1].descending:
            found.reverse()
        return matching.page(found, _newest_first(query), keys)

    async def count_by_state(self, query: Query, every: timedelta) -> Sequence[StateCount]:
        """Count what ``search`` finds, by stretches of ``every`` since 1970 and by state."""
        counts = Counter(((one.state.start_date - _EPOCH) // every, one.state.current) for one in self._matching(query))
        return [
            StateCount(_EPOCH + every * stretch, state, count) for (stretch, state), count in sorted(counts.items())
        ]

    async def distinct(self, query: Query, field: str, most: int) -> Sequence[str]:
        """Return the values of a field in what ``search`` finds, sorted."""
        values_of = _DISTINCT.get(field)
        if values_of is None:
            raise UnsupportedFilter(field=field, operator=None, allowed=list(_DISTINCT))
        found = {str(value) for one in self._matching(query) for value in values_of(one) if value is not None}
        return sorted(found)[:most]

    def _matching(self, query: Query) -> list[Execution]:
        fields.check(query, fields.EXECUTION_FIELDS, fields.EXECUTION_SORTS)
        with_kind = any(one.field == "kind" for one in query.filters)
        return [
            execution
            for execution in self._tables.executions.values()
            if execution.tenant == query.tenant
            and (with_kind or execution.kind is None)
            and matching.matches(execution, query.filters, _EXECUTION_TESTS)
        ]

    async def unfinished(self) -> Sequence[ExecutionId]:
        """Return the executions that have not ended, oldest first."""
        return self._oldest_first(one for one in self._tables.executions.values() if not one.ended)

    async def children(self, execution_id: ExecutionId) -> Sequence[ExecutionId]:
        """Return executions started by a task of this one, oldest first."""
        return self._oldest_first(one for one in self._tables.executions.values() if _started_by(one) == execution_id)

    async def latest_of_flows(self, keys: Iterable[FlowKey], count: int = 1) -> Sequence[Execution]:
        """Return the newest executions of each flow, newest first; those with a kind do not count."""
        of_flow: dict[FlowKey, list[Execution]] = {key: [] for key in keys}
        for execution in self._tables.executions.values():
            key = FlowKey(execution.tenant, execution.namespace, execution.flow_id)
            if execution.kind is None and key in of_flow:
                of_flow[key].append(execution)
        for ones in of_flow.values():
            ones.reverse()  # of those that began at the same time the last one saved comes first
            ones.sort(key=_start_date, reverse=True)
        return [one for ones in of_flow.values() for one in ones[:count]]

    def _oldest_first(self, executions: Iterable[Execution]) -> Sequence[ExecutionId]:
        return [one.id for one in sorted(executions, key=lambda one: one.state.start_date)]


def _start_date(execution: Execution) -> datetime:
    return execution.state.start_date


def _newest_first(query: Query) -> Query:
    if query.sort:
        return query
    return Query(
        tenant=query.tenant,
        sort=(Sort("state.startDate", descending=True),),
        page=query.page,
        size=query.size,
    )


_LOG_TESTS: dict[str, Test] = {
    "q": matching.text_in(lambda line: (line.message,)),
    "scope": matching.scope(lambda line: str(line.namespace)),
    "namespace": matching.plain(lambda line: line.namespace),
    "flowId": matching.plain(lambda line: line.flow_id),
    "executionId": matching.plain(lambda line: line.execution_id),
    "taskId": matching.plain(lambda line: line.task_id),
    "taskRunId": matching.plain(lambda line: line.task_run_id),
    "attemptNumber": matching.plain(lambda line: line.attempt_number, int),
    "triggerId": matching.plain(lambda line: line.trigger_id),
    "level": matching.plain(lambda line: line.level.rank, lambda level: Level(level).rank),
    "timestamp": matching.plain(lambda line: line.timestamp, matching.same),
    "startDate": matching.plain(lambda line: line.timestamp, matching.same),
    "endDate": matching.plain(lambda line: line.timestamp, matching.same),
}
_METRIC_TESTS: dict[str, Test] = {
    "namespace": matching.plain(lambda metric: metric.namespace),
    "flowId": matching.plain(lambda metric: metric.flow_id),
    "executionId": matching.plain(lambda metric: metric.execution_id),
    "taskId": matching.plain(lambda metric: metric.task_id),
    "taskRunId": matching.plain(lambda metric: metric.task_run_id),
    "name": matching.plain(lambda metric: metric.name),
}


class MemoryLogRows:
    """``LogRows`` of a memory store."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def errors_of(self, execution_id: ExecutionId) -> Sequence[LogEntry]:
        """Return the ERROR lines of an execution, oldest first, the first thousand."""
        lines = (line for line in self._tables.logs if line.execution_id == execution_id)
        found = [line for line in lines if line.level is Level.ERROR]
        return sorted(found, key=lambda line: line.timestamp)[:1000]

    async def search(self, query: Query) -> Page[LogEntry]:
        """Find lines, oldest first unless sorted; lines of one moment in the order of writing."""
        fields.check(query, fields.LOG_FIELDS, fields.LOG_SORTS)
        found = [line for line in self._tables.logs if _is_wanted(line, query)]
        return matching.page(_in_time(found, query), query, {"timestamp": lambda line: line.timestamp})

    async def delete(self, query: Query) -> int:
        """Delete the lines that match, all pages; returns how many."""
        fields.check(query, fields.LOG_FIELDS, fields.LOG_SORTS)
        kept = [line for line in self._tables.logs if not _is_wanted(line, query)]
        deleted = len(self._tables.logs) - len(kept)
        self._tables.logs = kept
        return deleted

    async def delete_metrics(self, query: Query) -> int:
        """Delete the metrics that match, all pages; returns how many."""
        fields.check(query, fields.METRIC_FIELDS, fields.METRIC_SORTS)
        kept = [metric for metric in self._tables.metrics if not _is_wanted_metric(metric, query)]
        deleted = len(self._tables.metrics) - len(kept)
        self._tables.metrics = kept
        return deleted

    async def metrics(self, query: Query) -> Page[Metric]:
        """Find metrics, oldest first unless sorted."""
        fields.check(query, fields.METRIC_FIELDS, fields.METRIC_SORTS)
        found = [metric for metric in self._tables.metrics if _is_wanted_metric(metric, query)]
        keys = {
            "name": lambda metric: metric.name,
            "timestamp": lambda metric: metric.timestamp,
            "value": lambda metric: metric.value,
        }
        return matching.page(_in_time(found, query), query, keys)


def _is_wanted(line: LogEntry, query: Query) -> bool:
    return line.tenant == query.tenant and matching.matches(line, query.filters, _LOG_TESTS)


def _is_wanted_metric(metric: Metric, query: Query) -> bool:
    return metric.tenant == query.tenant and matching.matches(metric, query.filters, _METRIC_TESTS)


def _in_time(found: list[matching.T], query: Query) -> list[matching.T]:
    return found if query.sort else sorted(found, key=lambda one: one.timestamp)  # type: ignore[attr-defined]  # logs


class MemoryWorkRows:
    """``WorkRows`` of a memory store."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def messages(self) -> Sequence[Message]:
        """Return messages not handled yet, by id."""
        return [message for _, message in sorted(self._tables.messages.items())]

    async def jobs(self) -> Sequence[Job]:
        """Return jobs not ended yet."""
        return sorted(self._tables.jobs.values(), key=lambda job: (job.execution_id, job.task_run_id, job.attempt))

    async def due_timers(self, now: datetime, limit: int) -> Sequence[Timer]:
        """Return timers due by ``now``, earliest first."""
        due = sorted((one for one in self._tables.timers.values() if one.due <= now), key=lambda one: one.due)
        return due[:limit]

    async def next_due(self) -> datetime | None:
        """Return when the earliest timer is due."""
        return min((timer.due for timer in self._tables.timers.values()), default=None)
