"""Which fields lists can be filtered and sorted by, and with which operators; the same for every backend."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from lanner.model.label import Label
from lanner.ports.search import MAX_PAGE_SIZE, InvalidPattern, Operator, Query, UnsupportedFilter

SYSTEM_NAMESPACE = "system"
ORDINARY = "NORMAL"
"""How a filter names executions without a kind."""

_SAME = frozenset({Operator.EQUALS, Operator.NOT_EQUALS})
_LISTED = _SAME | {Operator.IN, Operator.NOT_IN}
_ORDERED = _SAME | {
    Operator.GREATER_THAN,
    Operator.LESS_THAN,
    Operator.GREATER_THAN_OR_EQUAL_TO,
    Operator.LESS_THAN_OR_EQUAL_TO,
}
_TEXT = _LISTED | {
    Operator.STARTS_WITH,
    Operator.ENDS_WITH,
    Operator.CONTAINS,
    Operator.NOT_CONTAINS,
    Operator.REGEX,
    Operator.PREFIX,
}
_NUMBER = _LISTED | _ORDERED
_LABELS = _LISTED | {Operator.CONTAINS, Operator.NOT_CONTAINS}

Fields = Mapping[str, frozenset[Operator]]

FLOW_FIELDS: Fields = {"q": _SAME, "scope": _LISTED, "namespace": _TEXT, "flowId": _TEXT, "labels": _LABELS}
FLOW_SORTS = ("id", "namespace", "revision", "updated")

EXECUTION_FIELDS: Fields = {
    "q": _SAME,
    "scope": _LISTED,
    "namespace": _TEXT,
    "flowId": _TEXT,
    "state": _LISTED,
    "labels": _LABELS,
    "startDate": _ORDERED,
    "endDate": _ORDERED,
    "kind": _LISTED,
    "parentId": _TEXT,
    "originalId": _TEXT,
    "triggerExecutionId": _TEXT,
    "triggerId": _TEXT,
    "flowRevision": _NUMBER,
    "childFilter": _SAME,
    "id": _TEXT,
}
EXECUTION_SORTS = (
    "id",
    "namespace",
    "flowId",
    "state.current",
    "state.startDate",
    "state.endDate",
    "state.duration",
)

LOG_FIELDS: Fields = {
    "q": _SAME,
    "scope": _LISTED,
    "namespace": _TEXT,
    "flowId": _TEXT,
    "executionId": _TEXT,
    "taskId": _TEXT,
    "taskRunId": _TEXT,
    "attemptNumber": _NUMBER,
    "triggerId": _TEXT,
    "level": _NUMBER,
    "timestamp": _ORDERED,
    "startDate": _ORDERED,
    "endDate": _ORDERED,
}
LOG_SORTS = ("timestamp",)

METRIC_FIELDS: Fields = {
    "namespace": _TEXT,
    "flowId": _TEXT,
    "executionId": _TEXT,
    "taskId": _TEXT,
    "taskRunId": _TEXT,
    "name": _TEXT,
}
METRIC_SORTS = ("name", "timestamp", "value")

TRIGGER_FIELDS: Fields = {
    "q": _SAME,
    "scope": _LISTED,
    "namespace": _TEXT,
    "flowId": _TEXT,
    "triggerId": _TEXT,
    "workerId": _TEXT,
    "executionId": _TEXT,
    "kind": _LISTED,
    "disabled": _SAME,
    "nextDate": _ORDERED,
    "date": _ORDERED,
}
TRIGGER_SORTS = ("namespace", "flowId", "triggerId", "executionId", "date", "nextExecutionDate", "updatedDate")

KEY_VALUE_FIELDS: Fields = {"q": _SAME, "key": _TEXT, "namespace": _TEXT, "updated": _ORDERED}
KEY_VALUE_SORTS = ("key", "namespace", "created", "updated", "expires")

SECRET_FIELDS: Fields = {"q": _SAME, "key": _TEXT, "namespace": _TEXT}
SECRET_SORTS = ("key", "namespace")


class Window(NamedTuple):
    """The rows of a page: how many to skip, how many to take."""

    offset: int
    limit: int


def check(query: Query, fields: Fields, sorts: Sequence[str]) -> None:
    """Raise ``UnsupportedFilter`` for a field or an operator that a list does not know, or ``InvalidPattern``."""
    for one in query.filters:
        if one.field not in fields:
            raise UnsupportedFilter(field=one.field, operator=None, allowed=list(fields))
        if one.operator not in fields[one.field]:
            raise UnsupportedFilter(field=one.field, operator=one.operator, allowed=list(fields[one.field]))
        if one.operator is Operator.REGEX:
            _check_pattern(one.field, str(one.value))
    for sort in query.sort:
        if sort.field not in sorts:
            raise UnsupportedFilter(field=sort.field, operator=None, allowed=sorts)


def _check_pattern(field: str, pattern: str) -> None:
    import re2  # noqa: PLC0415  # few requests have patterns

    try:
        found(pattern, "")
    except (re2.error, UnicodeEncodeError) as error:
        said = error.args[0] if error.args else error
        reason = said.decode(errors="replace") if isinstance(said, bytes) else str(error)
        raise InvalidPattern(field=field, pattern=pattern, reason=reason) from error


def found(pattern: str, text: str) -> bool:
    """Whether a regular expression matches somewhere in a text, in time that grows with the text only."""
    return _compiled(pattern).search(text) is not None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> Any:
    import re2  # noqa: PLC0415  # as above

    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def window(query: Query) -> Window:
    """Return which rows a query wants; pages are cut to ``MAX_PAGE_SIZE``."""
    size = max(0, min(query.size, MAX_PAGE_SIZE))
    return Window((max(query.page, 1) - 1) * size, size)


def listed(value: object) -> list[Any]:
    """Return the values of a filter that may name one or many."""
    return list(value) if isinstance(value, tuple | list | set | frozenset) else [value]


def label_pairs(value: object) -> list[Label]:
    """Return the labels a filter names: one pair, or a tuple of pairs."""
    if isinstance(value, Label):
        return [value]
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(part, str) for part in value):
        return [Label(*value)]
    return [Label(key, text) for key, text in listed(value)]


def folded(text: str) -> str:
    """Return ``text`` with ASCII letters in lower case, as databases compare without regard to case."""
    return text.translate(_FOLDING)


_FOLDING = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
