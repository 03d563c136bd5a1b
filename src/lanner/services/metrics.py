"""Reading what tasks published as metrics."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import fmean

from lanner.model.log import Metric
from lanner.ports.search import Filter, Operator, Page, Query
from lanner.ports.store import Store

PART = 1_000


class GroupBy(StrEnum):
    """How wide the buckets of an aggregation are."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Bucket:
    """One point of an aggregation: the start of its time and the value, 0 where there was nothing."""

    date: datetime
    value: float


AGGREGATIONS: dict[str, Callable[[Sequence[float]], float]] = {"sum": sum, "avg": fmean, "min": min, "max": max}


class Metrics:
    """The stored metrics of a tenant."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def search(self, query: Query) -> Page[Metric]:
        """Return one page of metrics."""
        return await self._store.logs.metrics(query)

    async def names(self, tenant: str, namespace: str, flow_id: str, task_id: str | None = None) -> list[str]:
        """Return the names of all metrics of a flow, or of one task, sorted."""
        return sorted({metric.name for metric in await self._all(tenant, namespace, flow_id, task_id)})

    async def tasks(self, tenant: str, namespace: str, flow_id: str) -> list[str]:
        """Return the tasks of a flow that published metrics, sorted."""
        return sorted({metric.task_id for metric in await self._all(tenant, namespace, flow_id, None)})

    async def aggregate(
        self, query: Query, name: str, *, since: datetime, until: datetime, aggregation: str
    ) -> tuple[GroupBy, list[Bucket]]:
        """Return a value for each bucket of time between two moments, those without metrics too."""
        group = _group_by(until - since)
        values: dict[datetime, list[float]] = defaultdict(list)
        named = replace(query, filters=(*query.filters, Filter("name", Operator.EQUALS, name)))
        for metric in await self._pages(named):
            if since <= metric.timestamp <= until:
                values[_start_of(metric.timestamp, group)].append(metric.value)
        combine = AGGREGATIONS[aggregation]
        return group, [
            Bucket(start, combine(values[start]) if start in values else 0.0) for start in _starts(since, until, group)
        ]

    async def _all(self, tenant: str, namespace: str, flow_id: str, task_id: str | None) -> list[Metric]:
        filters = [Filter("namespace", Operator.EQUALS, namespace), Filter("flowId", Operator.EQUALS, flow_id)]
        if task_id is not None:
            filters.append(Filter("taskId", Operator.EQUALS, task_id))
        return await self._pages(Query(tenant=tenant, filters=tuple(filters)))

    async def _pages(self, query: Query) -> list[Metric]:
        found: list[Metric] = []
        page = 1
        while True:
            rows = (await self._store.logs.metrics(replace(query, page=page, size=PART))).results
            found.extend(rows)
            if len(rows) < PART:
                return found
            page += 1


def _group_by(span: timedelta) -> GroupBy:
    days = span / timedelta(days=1)
    if days > 365:
        return GroupBy.MONTH
    if days > 180:
        return GroupBy.WEEK
    return GroupBy.DAY if days > 1 else GroupBy.HOUR


def _start_of(moment: datetime, group: GroupBy) -> datetime:
    hour = moment.replace(minute=0, second=0, microsecond=0)
    if group is GroupBy.HOUR:
        return hour
    day = hour.replace(hour=0)
    if group is GroupBy.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if group is GroupBy.MONTH else day


def _starts(since: datetime, until: datetime, group: GroupBy) -> Iterator[datetime]:
    start = _start_of(since, group)
    while start <= until:
        yield start
        step = {GroupBy.HOUR: timedelta(hours=1), GroupBy.DAY: timedelta(days=1), GroupBy.WEEK: timedelta(days=7)}
        start = _start_of(start + step.get(group, timedelta(days=32)), group)
