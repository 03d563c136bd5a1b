"""Log lines and metrics."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Literal, TypedDict

from starlette.types import ASGIApp

from lanner.api.composition import log_document, metric_document, page_document
from lanner.api.execution_shapes import LogEntryDocument, MetricEntryDocument
from lanner.api.filters import FILTERS, LISTED, LOG_FIELDS, PAGE, SIZE, SORT, InvalidFilters, query_of, read_filters
from lanner.api.http import (
    Answer,
    Call,
    InvalidQuery,
    date_param,
    disposition,
    flag_param,
    json_answer,
    number_param,
    required_param,
    text_param,
    to_json,
)
from lanner.api.routing import Operation
from lanner.api.shapes import PLAIN_TEXT, PagedResultsDocument, events
from lanner.api.sse import event_stream, frame, opened
from lanner.model.log import Level
from lanner.services.errors import InvalidArgument
from lanner.services.logs import line_of, passes
from lanner.services.metrics import AGGREGATIONS, GroupBy
from lanner.services.queries import Filter, Operator, Query

MIN_LEVEL = text_param("minLevel", "Least level: TRACE, DEBUG, INFO, WARN or ERROR")
TASK_RUN = text_param("taskRunId")
TASK = text_param("taskId")
ATTEMPT = number_param("attempt", "Which attempt, from 0")
TRIGGER = required_param("triggerId")
START = date_param("startDate")
END = date_param("endDate")
AGGREGATION = text_param("aggregation", "sum, avg, min or max")
STORED = flag_param("stored", "Lines that are there first; false: `start` tells how many there are", default=True)
OF_EXECUTION = (MIN_LEVEL, TASK_RUN, TASK, ATTEMPT, FILTERS)


class LogPageDocument(TypedDict):
    """One page of log lines."""

    results: list[LogEntryDocument]
    total: int
    type: Literal["OFFSET"]


class MetricAggregationDocument(TypedDict):
    """One point of a metric over time; ``date`` begins its stretch."""

    name: str
    value: float
    date: datetime


class MetricAggregationsDocument(TypedDict):
    """A metric over time, and how wide its stretches are."""

    groupBy: GroupBy
    aggregations: list[MetricAggregationDocument]


async def search(call: Call) -> ASGIApp:
    """Find log lines; newest first unless a sort is given."""
    page = await call.desk.logs.search(query_of(call, LOG_FIELDS, now=call.desk.executions.now()))
    document: LogPageDocument = {
        "results": [log_document(entry) for entry in page.results],
        "total": page.total,
        "type": "OFFSET",
    }
    return json_answer(document)


async def of_execution(call: Call) -> ASGIApp:
    """List the log lines of an execution, oldest first."""
    entries = await call.desk.logs.of_execution(call.tenant, call.path["executionId"], _filters(call))
    return json_answer([log_document(entry) for entry in entries])


async def download(call: Call) -> ASGIApp:
    """Return the log of an execution as text."""
    entries = await call.desk.logs.of_execution(call.tenant, call.path["executionId"], _filters(call))
    text = "".join(f"{line_of(entry)}\n" for entry in entries)
    return Answer(
        text.encode(),
        content_type="text/plain; charset=utf-8",
        headers=[disposition(f"kestra-execution-{call.path['executionId']}.log")],
    )


async def follow(call: Call) -> ASGIApp:
    """Stream the log lines of an execution, those that are there first, until it has ended."""
    return event_stream(await opened(_lines(call) if call[STORED] else _new_lines(call)))


async def delete_of_execution(call: Call) -> ASGIApp:
    """Delete log lines of an execution."""
    await call.desk.logs.delete_of_execution(call.tenant, call.path["executionId"], _filters(call))
    return Answer()


async def delete_of_trigger(call: Call) -> ASGIApp:
    """Delete the log lines of a trigger."""
    await call.desk.logs.delete_of_trigger(call.tenant, call.path["namespace"], call.path["flowId"], call[TRIGGER])
    return Answer()


async def metrics(call: Call) -> ASGIApp:
    """Find metrics of an execution."""
    asked = query_of(call, frozenset(), now=call.desk.executions.now())
    own = Filter("executionId", Operator.EQUALS, call.path["executionId"])
    filters = (own, *_named(call, frozenset()))
    query = Query(tenant=call.tenant, filters=filters, sort=asked.sort, page=asked.page, size=asked.size)
    page = await call.desk.metrics.search(query)
    return json_answer(page_document(map(metric_document, page.results), page.total))


async def metric_names(call: Call) -> ASGIApp:
    """List the names of metrics of a flow or one of its tasks."""
    path = call.path
    return json_answer(
        await call.desk.metrics.names(call.tenant, path["namespace"], path["flowId"], path.get("taskId"))
    )


async def metric_tasks(call: Call) -> ASGIApp:
    """List the tasks of a flow that publish metrics."""
    return json_answer(await call.desk.metrics.tasks(call.tenant, call.path["namespace"], call.path["flowId"]))


async def aggregate(call: Call) -> ASGIApp:
    """Return a metric over time; the last 30 days when no dates are given."""
    path = call.path
    aggregation = (call[AGGREGATION] or "sum").lower()
    if aggregation not in AGGREGATIONS:
        raise InvalidArgument(f"aggregation {aggregation!r} is not one of {', '.join(AGGREGATIONS)}")
    until = call[END] or call.desk.executions.now()
    since = call[START] or until - timedelta(days=30)
    if since.tzinfo is None or until.tzinfo is None:
        raise InvalidQuery("startDate and endDate need a zone; write them such as 2025-01-01T10:00:00Z")
    filters = [Filter(name, Operator.EQUALS, path[name]) for name in ("namespace", "flowId", "taskId") if name in path]
    query = Query(tenant=call.tenant, filters=tuple(filters))
    group, buckets = await call.desk.metrics.aggregate(
        query, path["metric"], since=since, until=until, aggregation=aggregation
    )
    points: list[MetricAggregationDocument] = [
        {"name": path["metric"], "value": bucket.value, "date": bucket.date} for bucket in buckets
    ]
    document: MetricAggregationsDocument = {"groupBy": group, "aggregations": points}
    return json_answer(document)


async def _lines(call: Call) -> AsyncGenerator[bytes, None]:
    filters = _filters(call)
    async with aclosing(call.desk.streams.follow_logs(call.tenant, call.path["executionId"])) as entries:
        async for entry in entries:
            if entry is None:
                yield frame("start", b"{}")
            elif passes(entry, filters):
                yield frame("progress", to_json(log_document(entry)))


async def _new_lines(call: Call) -> AsyncGenerator[bytes, None]:
    filters = _filters(call)
    async with aclosing(call.desk.streams.follow_new_logs(call.tenant, call.path["executionId"], filters)) as entries:
        async for entry in entries:
            if isinstance(entry, int):
                yield frame("start", to_json({"stored": entry}))
            else:
                yield frame("progress", to_json(log_document(entry)))


def _filters(call: Call) -> tuple[Filter, ...]:
    """Return the filters of a request about one execution's lines, in the flat form of 1.x or the one of 2.0."""
    found = list(read_filters(call.query, LOG_FIELDS, now=call.desk.executions.now()))
    fields = frozenset(one.field for one in found)
    if call[MIN_LEVEL] and "level" not in fields:
        found.append(Filter("level", Operator.GREATER_THAN_OR_EQUAL_TO, call[MIN_LEVEL]))
    found.extend(_named(call, fields))
    if (attempt := call[ATTEMPT]) is not None:
        found.append(Filter("attemptNumber", Operator.EQUALS, attempt))
    for one in found:
        if one.field == "level" and str(one.value).upper() not in Level.__members__:
            raise InvalidFilters(f"{one.value!r} is not a level; possible are {', '.join(Level)}")
    return tuple(found)


def _named(call: Call, without: frozenset[str]) -> list[Filter]:
    """Return the filters for the task and the task run that the flat parameters name."""
    values = {param.name: call[param] for param in (TASK_RUN, TASK) if param.name not in without}
    return [Filter(name, Operator.EQUALS, value) for name, value in values.items() if value is not None]


OPERATIONS = (
    Operation(method="GET", path="/logs/search", id="searchLogs", handler=search, params=LISTED, gives=LogPageDocument),
    Operation(
        method="GET",
        path="/logs/{executionId}",
        id="listLogsFromExecution",
        handler=of_execution,
        params=OF_EXECUTION,
        gives=list[LogEntryDocument],
    ),
    Operation(
        method="GET",
        path="/logs/{executionId}/download",
        id="downloadLogsFromExecution",
        handler=download,
        params=OF_EXECUTION,
        gives=PLAIN_TEXT,
    ),
    Operation(
        method="GET",
        path="/logs/{executionId}/follow",
        id="followLogsFromExecution",
        handler=follow,
        params=(*OF_EXECUTION, STORED),
        gives=events(LogEntryDocument),
    ),
    Operation(
        method="DELETE",
        path="/logs/{executionId}",
        id="deleteLogsFromExecution",
        handler=delete_of_execution,
        params=OF_EXECUTION,
    ),
    Operation(
        method="DELETE",
        path="/logs/{namespace}/{flowId}",
        id="deleteLogsFromFlow",
        handler=delete_of_trigger,
        params=(TRIGGER,),
    ),
    Operation(
        method="GET",
        path="/metrics/{executionId}",
        id="searchByExecution",
        handler=metrics,
        params=(PAGE, SIZE, SORT, TASK_RUN, TASK),
        gives=PagedResultsDocument[MetricEntryDocument],
    ),
    Operation(
        method="GET",
        path="/metrics/names/{namespace}/{flowId}",
        id="listFlowMetrics",
        handler=metric_names,
        gives=list[str],
    ),
    Operation(
        method="GET",
        path="/metrics/names/{namespace}/{flowId}/{taskId}",
        id="listTaskMetrics",
        handler=metric_names,
        gives=list[str],
    ),
    Operation(
        method="GET",
        path="/metrics/tasks/{namespace}/{flowId}",
        id="listTasksWithMetrics",
        handler=metric_tasks,
        gives=list[str],
    ),
    Operation(
        method="GET",
        path="/metrics/aggregates/{namespace}/{flowId}/{metric}",
        id="aggregateMetricsFromFlow",
        handler=aggregate,
        params=(START, END, AGGREGATION),
        gives=MetricAggregationsDocument,
    ),
    Operation(
        method="GET",
        path="/metrics/aggregates/{namespace}/{flowId}/{taskId}/{metric}",
        id="aggregateMetricsFromTask",
        handler=aggregate,
        params=(START, END, AGGREGATION),
        gives=MetricAggregationsDocument,
    ),
)
