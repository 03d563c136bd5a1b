"""Filters, order and pages over plain lists. What each means is held by the contract suites, for every backend."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from lanner.backends.fields import ORDINARY, SYSTEM_NAMESPACE, folded, found, label_pairs, listed, window
from lanner.model.label import Labels
from lanner.ports.search import Filter, Operator, Page, Query

T = TypeVar("T")

Test = Callable[[Any, Operator, Any], bool]
"""Whether a record meets a filter, for operators that are not negative."""

_POSITIVE = {
    Operator.NOT_EQUALS: Operator.EQUALS,
    Operator.NOT_IN: Operator.IN,
    Operator.NOT_CONTAINS: Operator.CONTAINS,
}


def matches(record: Any, filters: Iterable[Filter], tests: Mapping[str, Test]) -> bool:
    """Whether a record meets all filters."""
    for one in filters:
        operator = _POSITIVE.get(one.operator)
        if operator is None:
            if not tests[one.field](record, one.operator, one.value):
                return False
        elif tests[one.field](record, operator, one.value):
            return False
    return True


def page(records: Iterable[T], query: Query, keys: Mapping[str, Callable[[T], Any]]) -> Page[T]:
    """Sort by the query's fields and cut out its page; equal records keep the order they come in.

    Records without a value come last whatever the direction.
    """
    ordered = list(records)
    for sort in reversed(query.sort):
        key = keys[sort.field]
        known = [record for record in ordered if key(record) is not None]
        unknown = [record for record in ordered if key(record) is None]
        ordered = sorted(known, key=key, reverse=sort.descending) + unknown
    offset, limit = window(query)
    return Page(ordered[offset : offset + limit], len(ordered))


def plain(value_of: Callable[[Any], Any], convert: Callable[[Any], Any] = str) -> Test:
    """Return the test of a field with one value, which may be ``None``."""

    def test(record: Any, operator: Operator, wanted: Any) -> bool:
        value = value_of(record)
        if operator in (Operator.EQUALS, Operator.IN):
            return any(value == (None if one is None else convert(one)) for one in listed(wanted))
        return value is not None and _compares(value, operator, convert(wanted))

    return test


def _compares(value: Any, operator: Operator, wanted: Any) -> bool:
    match operator:
        case Operator.GREATER_THAN:
            return bool(value > wanted)
        case Operator.LESS_THAN:
            return bool(value < wanted)
        case Operator.GREATER_THAN_OR_EQUAL_TO:
            return bool(value >= wanted)
        case Operator.LESS_THAN_OR_EQUAL_TO:
            return bool(value <= wanted)
        case _:
            return _resembles(str(value), operator, str(wanted))


def _resembles(value: str, operator: Operator, wanted: str) -> bool:
    match operator:
        case Operator.CONTAINS:
            return wanted in value
        case Operator.STARTS_WITH:
            return value.startswith(wanted)
        case Operator.ENDS_WITH:
            return value.endswith(wanted)
        case Operator.REGEX:
            return found(wanted, value)
        case _:
            return value == wanted or value.startswith(f"{wanted}.")


def same(value: Any) -> Any:
    """Return ``value`` as it is."""
    return value


def scope(namespace_of: Callable[[Any], str]) -> Test:
    """Return the test of USER and SYSTEM."""

    def test(record: Any, _: Operator, wanted: Any) -> bool:
        own = "SYSTEM" if namespace_of(record) == SYSTEM_NAMESPACE else "USER"
        return own in listed(wanted)

    return test


def text_in(texts_of: Callable[[Any], Sequence[str]]) -> Test:
    """Return the test of ``q``: one of the texts holds it, ASCII letters in either case."""

    def test(record: Any, _: Operator, wanted: Any) -> bool:
        return any(folded(str(wanted)) in folded(text) for text in texts_of(record))

    return test


def kind(record: Any, operator: Operator, wanted: Any) -> bool:
    """Whether an execution is of a kind; NORMAL is none."""
    kinds = tuple(None if one in (None, ORDINARY) else one for one in listed(wanted))
    return plain(lambda execution: execution.kind)(record, operator, kinds)


def labels(labels_of: Callable[[Any], Labels]) -> Test:
    """Return the test of labels: EQUALS all of them, IN one of them, CONTAINS the text in the value of a key."""

    def test(record: Any, operator: Operator, wanted: Any) -> bool:
        own = labels_of(record)

        def has(key: str, value: str) -> bool:
            if operator is Operator.CONTAINS:
                return any(key == own_key and value in own_value for own_key, own_value in own)
            return (key, value) in own

        found = [has(key, value) for key, value in label_pairs(wanted)]
        return any(found) if operator is Operator.IN else all(found)

    return test
