"""How lists are asked for: filters, paging, sorting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from lanner.model.errors import LannerError
from lanner.model.state import State

T = TypeVar("T")

MAX_PAGE_SIZE = 10_000


class Operator(StrEnum):
    """How a field is compared. Source: Kestra's query filters (reference ``api.md`` §3.2)."""

    EQUALS = "EQUALS"
    NOT_EQUALS = "NOT_EQUALS"
    GREATER_THAN = "GREATER_THAN"
    LESS_THAN = "LESS_THAN"
    GREATER_THAN_OR_EQUAL_TO = "GREATER_THAN_OR_EQUAL_TO"
    LESS_THAN_OR_EQUAL_TO = "LESS_THAN_OR_EQUAL_TO"
    IN = "IN"
    NOT_IN = "NOT_IN"
    STARTS_WITH = "STARTS_WITH"
    ENDS_WITH = "ENDS_WITH"
    CONTAINS = "CONTAINS"
    NOT_CONTAINS = "NOT_CONTAINS"
    REGEX = "REGEX"
    PREFIX = "PREFIX"


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition. ``value`` is text, a state, a datetime, a pair of label key and value, or a tuple of these.

    PREFIX on a namespace matches the namespace itself and everything below it.
    """

    field: str
    operator: Operator
    value: object


@dataclass(frozen=True, slots=True)
class Sort:
    """A column and a direction."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which rows, in which order, which page (from 1)."""

    tenant: str
    filters: tuple[Filter, ...] = ()
    sort: tuple[Sort, ...] = ()
    page: int = 1
    size: int = 10


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page and how many rows there are in all."""

    results: Sequence[T]
    total: int


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many executions that began in a stretch of time are in a state now; ``start`` begins the stretch, in UTC."""

    start: datetime
    state: State
    count: int


class UnsupportedFilter(LannerError):
    """A list cannot be filtered or sorted by this field in this way."""

    def __init__(self, *, field: str, operator: str | None, allowed: Sequence[str]) -> None:
        self.field, self.operator = field, operator
        how = f" with {operator}" if operator else ""
        super().__init__(f"cannot filter or sort by {field!r}{how}; possible are {', '.join(sorted(allowed))}")


class InvalidPattern(LannerError):
    """The value of a REGEX filter is no regular expression."""

    def __init__(self, *, field: str, pattern: str, reason: str) -> None:
        self.field, self.pattern, self.reason = field, pattern, reason
        super().__init__(f"filter by {field!r}: {pattern!r} is no regular expression: {reason}")
