"""Lists: filters, paging and sorting in the query string or a body, old and new ways.

Source: Kestra's query filters (reference ``api.md`` §3).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from lanner.api.http import Call, InvalidQuery, RequestError, count_param, list_param, whole_number
from lanner.model.state import State
from lanner.sdk.text import parse_duration
from lanner.services.errors import InvalidArgument
from lanner.services.queries import Filter, Operator, Query, Sort

PAGE = count_param("page", 1, "Which page, from 1")
SIZE = count_param("size", 10, "How many of a page")
SORT = list_param("sort", "field:asc or field:desc; may be repeated")
FILTERS = list_param("filters", "filters[field][OPERATOR]=value")
LISTED = (PAGE, SIZE, SORT, FILTERS)

_KEY = re.compile(r"^filters((?:\[[^\[\]]*\])+)$")
_PART = re.compile(r"\[([^\[\]]*)\]")
_LISTS = frozenset({Operator.IN, Operator.NOT_IN})
_DATES = frozenset({"startDate", "endDate", "created", "updated", "timestamp"})
_MAPS = frozenset({"labels", "metadata", "details"})
_OLD_NAMES = {"query": "q", "minlevel": "level", "min_level": "level"}

FLOW_FIELDS = frozenset({"q", "scope", "namespace", "labels", "flowId"})
EXECUTION_FIELDS = frozenset(
    {"q", "scope", "namespace", "flowId", "startDate", "endDate", "timeRange", "state", "labels", "kind", "childFilter"}
    | {"triggerExecutionId", "triggerId", "executionId", "flowRevision", "parentId", "originalId"}
)
LOG_FIELDS = frozenset(
    {"q", "scope", "namespace", "flowId", "startDate", "endDate", "timeRange", "level", "triggerId", "executionId"}
    | {"taskId", "taskRunId", "attemptNumber"}
)
TRIGGER_FIELDS = frozenset(
    {"q", "scope", "namespace", "flowId", "triggerId", "triggerExecutionId", "workerId", "timeRange"}
    | {"startDate", "endDate"}
)
KEY_VALUE_FIELDS = frozenset({"q", "namespace", "updated"})
SECRET_FIELDS = frozenset({"q", "namespace"})

_TEXTS = ("EQUALS", "NOT_EQUALS", "CONTAINS", "STARTS_WITH", "ENDS_WITH", "REGEX", "IN", "NOT_IN")
_IDS = ("EQUALS", "NOT_EQUALS", "CONTAINS", "STARTS_WITH", "ENDS_WITH", "IN", "NOT_IN")
_MOMENTS = ("GREATER_THAN_OR_EQUAL_TO", "GREATER_THAN", "LESS_THAN_OR_EQUAL_TO", "LESS_THAN", "EQUALS", "NOT_EQUALS")
_CHOICES = ("EQUALS", "NOT_EQUALS", "IN", "NOT_IN")

OPERATORS_OF: dict[str, tuple[str, ...]] = {
    "namespace": (*_TEXTS, "PREFIX"),
    "flowId": _TEXTS,
    "state": _CHOICES,
    "kind": _CHOICES,
    "flowRevision": _CHOICES,
    "labels": (*_CHOICES, "CONTAINS"),
    "startDate": _MOMENTS,
    "endDate": _MOMENTS,
    "updated": _MOMENTS,
    "timeRange": ("EQUALS",),
    "triggerId": _IDS,
    "triggerExecutionId": _IDS,
    "executionId": _IDS,
    "taskId": _IDS,
    "taskRunId": _IDS,
}
"""Field -> what it can be compared with; fields without a row are equal or not."""

_OLD_PARAMETERS: dict[str, tuple[str, Operator]] = {
    "q": ("q", Operator.EQUALS),
    "scope": ("scope", Operator.EQUALS),
    "namespace": ("namespace", Operator.PREFIX),
    "flowId": ("flowId", Operator.EQUALS),
    "startDate": ("startDate", Operator.GREATER_THAN_OR_EQUAL_TO),
    "endDate": ("endDate", Operator.LESS_THAN_OR_EQUAL_TO),
    "timeRange": ("timeRange", Operator.EQUALS),
    "state": ("state", Operator.IN),
    "labels": ("labels", Operator.EQUALS),
    "triggerExecutionId": ("triggerExecutionId", Operator.EQUALS),
    "triggerId": ("triggerId", Operator.EQUALS),
    "childFilter": ("childFilter", Operator.EQUALS),
    "minLevel": ("level", Operator.EQUALS),
    "kind": ("kind", Operator.EQUALS),
    "parentId": ("parentId", Operator.EQUALS),
}


class InvalidFilters(RequestError):
    """A filter names a field or an operator that is not there, or its brackets are wrong."""


def query_of(call: Call, fields: frozenset[str], *, now: datetime) -> Query:
    """Return what a list is asked for; raises ``InvalidFilters`` or ``InvalidArgument``."""
    page, size = call[PAGE], call[SIZE]
    if page < 1 or size < 1:
        raise InvalidArgument("page and size have to be 1 or more")
    filters = _stored(read_filters(call.query, fields, now=now), fields)
    return Query(tenant=call.tenant, filters=filters, sort=read_sort(call.all(SORT)), page=page, size=size)


async def query_of_mutation(call: Call, fields: frozenset[str], *, now: datetime) -> Query:
    """Return which rows a request wants to change: filters in the query string, in the body, or both.

    A body that is no list of filters means nothing. A filter that cannot be read refuses the request, and so does
    ``filters=…`` without brackets, as some generated clients write it: to ignore it would be to change everything.
    """
    if any(call.query.get("filters", ())):
        raise InvalidFilters("filters have the form filters[field][OPERATOR]=value")
    filters = read_filters(call.query, fields, now=now)
    if call.method == "DELETE" or call.content_type == "application/json":
        body = await call.json()
        if isinstance(body, Mapping) and isinstance(body.get("filters"), list):
            filters += tuple(_body_filters(body["filters"], fields, now))
    return Query(tenant=call.tenant, filters=_stored(filters, fields))


def _stored(filters: tuple[Filter, ...], fields: frozenset[str]) -> tuple[Filter, ...]:
    """Return the filters with the names that rows have: the id of an execution is its ``id``."""
    if fields is not EXECUTION_FIELDS:
        return filters
    return tuple(replace(one, field="id") if one.field == "executionId" else one for one in filters)


def read_sort(values: Iterable[str]) -> tuple[Sort, ...]:
    """Return the columns to sort by; any direction but ``asc`` is descending; raises ``InvalidArgument``."""
    sorts = []
    for value in values:
        field, colon, direction = value.partition(":")
        if not colon or not field or ":" in direction:
            raise InvalidArgument("Invalid sort parameter")
        sorts.append(Sort(field, descending=direction != "asc"))
    return tuple(sorts)


def read_filters(query: Mapping[str, list[str]], fields: frozenset[str], *, now: datetime) -> tuple[Filter, ...]:
    """Return the filters of a query string; the flat parameters of 1.x count only when there are no others."""
    found: list[Filter] = []
    bracketed = False
    for key, values in query.items():
        if not key.startswith("filters["):
            continue
        bracketed = True
        match = _KEY.match(key)
        parts = _PART.findall(match[1]) if match else []
        if len(parts) not in {2, 3}:
            raise InvalidFilters(
                f"{key!r} is not of the form filters[field][OPERATOR] or filters[labels][OPERATOR][key]"
            )
        field, operator = _field(parts[0], fields), _operator(parts[1])
        if len(parts) == 3:
            found.extend(Filter(field, operator, (parts[2], value)) for value in values)
        else:
            found.extend(_filters(field, operator, values, now))
    return tuple(found) if bracketed else tuple(_flat_filters(query, fields, now))


def _flat_filters(query: Mapping[str, list[str]], fields: frozenset[str], now: datetime) -> Iterable[Filter]:
    if query.get("timeRange") and query.get("startDate"):
        raise InvalidArgument("Parameters 'startDate' and 'timeRange' are mutually exclusive")
    for name, (field, operator) in _OLD_PARAMETERS.items():
        values = [value for value in query.get(name, ()) if value]
        if values and field in fields:
            yield from _filters(field, operator, values, now)


def _body_filters(items: list[Any], fields: frozenset[str], now: datetime) -> Iterable[Filter]:
    for item in items:
        if not isinstance(item, Mapping) or "field" not in item:
            raise InvalidFilters("a filter in a body is an object with `field`, `operation` and `value`")
        value = item.get("value")
        if isinstance(value, Mapping) and set(value) == {"value"}:
            value = value["value"]
        field, operator = _field(str(item["field"]), fields), _operator(str(item.get("operation", "EQUALS")))
        if isinstance(value, Mapping):
            yield from (Filter(field, operator, (str(key), str(text))) for key, text in value.items())
        else:
            values = [str(one) for one in value] if isinstance(value, list) else [str(value)]
            yield from _filters(field, operator, values, now)


def _field(name: str, fields: frozenset[str]) -> str:
    plain = name.replace("_", "").lower()
    plain = _OLD_NAMES.get(plain, plain)
    for field in fields:
        if field.lower() == plain:
            return field
    raise InvalidFilters(f"{name!r} is not a field of this list; possible are {', '.join(sorted(fields))}")


def _operator(name: str) -> Operator:
    try:
        return Operator(name.upper())
    except ValueError:
        raise InvalidFilters(f"{name!r} is not an operator; possible are {', '.join(Operator)}") from None


def _filters(field: str, operator: Operator, values: list[str], now: datetime) -> Iterable[Filter]:
    if field == "timeRange":
        try:
            since = now - parse_duration(values[-1])
        except ValueError as error:
            raise InvalidFilters(str(error)) from error
        yield Filter("startDate", Operator.GREATER_THAN_OR_EQUAL_TO, since)
    elif field == "level":
        yield Filter(
            field, Operator.GREATER_THAN_OR_EQUAL_TO if operator is Operator.EQUALS else operator, values[-1].upper()
        )
    elif field == "childFilter":
        if values[-1].upper() not in {"CHILD", "MAIN"}:
            raise InvalidFilters(f"{values[-1]!r} is not CHILD or MAIN")
        yield Filter(field, operator, values[-1].upper())
    elif field in _MAPS:
        yield from (
            _label_filter(field, operator, part) for value in values for part in value.strip("[]").split(",") if part
        )
    elif operator in _LISTS:
        parts = [part.strip() for value in values for part in value.strip("[]").split(",") if part.strip()]
        yield Filter(field, operator, tuple(_value(field, part) for part in parts))
    else:
        yield from (Filter(field, operator, _value(field, value)) for value in values)


def _label_filter(field: str, operator: Operator, text: str) -> Filter:
    key, colon, value = text.partition(":")
    if not colon:
        raise InvalidFilters(f"{text!r} is not of the form key:value")
    return Filter(field, operator, (key, value))


def _value(field: str, text: str) -> object:
    if field == "state":
        try:
            return State(text.upper())
        except ValueError:
            raise InvalidFilters(f"{text!r} is not a state; possible are {', '.join(State)}") from None
    if field in _DATES:
        return _date(text)
    if field == "scope":
        return text.upper()
    if field in {"flowRevision", "attemptNumber"}:
        try:
            return whole_number(text)
        except ValueError:
            raise InvalidFilters(f"{text!r} is not a whole number") from None
    return text


def _date(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise InvalidQuery(f"{text!r} is not a date in ISO-8601 with a zone, such as 2025-01-01T10:00:00Z") from None
    if moment.tzinfo is None:
        raise InvalidQuery(f"{text!r} has no zone; write it such as 2025-01-01T10:00:00Z")
    return moment
