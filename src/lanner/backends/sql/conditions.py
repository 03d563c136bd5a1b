"""Filters as SQL conditions. What each means is held by the contract suites, for every backend."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lanner.backends.fields import ORDINARY, SYSTEM_NAMESPACE, folded, found, label_pairs, listed
from lanner.backends.sql.rows import micros
from lanner.model.log import Level
from lanner.ports.search import Filter, Operator, Query, Sort

_COMPARISONS = {
    Operator.GREATER_THAN: ">",
    Operator.LESS_THAN: "<",
    Operator.GREATER_THAN_OR_EQUAL_TO: ">=",
    Operator.LESS_THAN_OR_EQUAL_TO: "<=",
}
_POSITIVE = {
    Operator.NOT_EQUALS: Operator.EQUALS,
    Operator.NOT_IN: Operator.IN,
    Operator.NOT_CONTAINS: Operator.CONTAINS,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL that is true, false, or NULL for false, and its parameters."""

    text: str
    parameters: tuple[Any, ...] = ()

    def negated(self) -> "Condition":
        """Return what is true exactly where this is not."""
        return Condition(f"NOT coalesce({self.text}, 0)", self.parameters)


Meaning = Callable[[Operator, Any], Condition]
"""What a field's filter says, for operators that are not negative."""


def where(query: Query, meanings: Mapping[str, Meaning]) -> Condition:
    """Return all filters of a checked query as one condition, its tenant included."""
    conditions = [Condition("tenant = ?", (query.tenant,)), *(_condition(one, meanings) for one in query.filters)]
    return both(*conditions)


def both(*conditions: Condition) -> Condition:
    """Return what is true where all are."""
    text = " AND ".join(one.text for one in conditions)
    return Condition(text, tuple(parameter for one in conditions for parameter in one.parameters))


def either(*conditions: Condition) -> Condition:
    """Return what is true where one is."""
    text = " OR ".join(one.text for one in conditions)
    return Condition(f"({text})", tuple(parameter for one in conditions for parameter in one.parameters))


def order(sorts: tuple[Sort, ...], columns: Mapping[str, str], nullable: frozenset[str]) -> list[str]:
    """Return the terms of ORDER BY; rows without a value come last whatever the direction."""
    terms = []
    for sort in sorts:
        column = columns[sort.field]
        term = f"{column} DESC" if sort.descending else column
        terms.append(f"{term} NULLS LAST" if column in nullable else term)
    return terms


def _condition(one: Filter, meanings: Mapping[str, Meaning]) -> Condition:
    positive = _POSITIVE.get(one.operator)
    if positive is None:
        return meanings[one.field](one.operator, one.value)
    return meanings[one.field](positive, one.value).negated()


def plain(column: str, convert: Callable[[Any], Any] = str) -> Meaning:
    """Return the meaning of a field that is one column."""

    def meaning(operator: Operator, value: Any) -> Condition:
        if operator in _COMPARISONS:
            return Condition(f"{column} {_COMPARISONS[operator]} ?", (convert(value),))
        if operator in (Operator.EQUALS, Operator.IN):
            return _is_one_of(column, [None if one is None else convert(one) for one in listed(value)])
        return _resembles(column, operator, str(value))

    return meaning


def _is_one_of(column: str, values: list[Any]) -> Condition:
    known = [value for value in values if value is not None]
    parts = [Condition(f"{column} IS NULL")] if len(known) < len(values) else []
    if len(known) == 1:
        parts.append(Condition(f"{column} = ?", (known[0],)))
    elif known or not parts:
        parts.append(Condition(f"{column} IN ({', '.join('?' * len(known))})", tuple(known)))
    return parts[0] if len(parts) == 1 else either(*parts)


def _resembles(column: str, operator: Operator, value: str) -> Condition:
    match operator:
        case Operator.CONTAINS:
            return Condition(f"instr({column}, ?) > 0", (value,))
        case Operator.STARTS_WITH:
            return Condition(f"substr({column}, 1, ?) = ?", (len(value), value))
        case Operator.ENDS_WITH:
            return (
                Condition(f"substr({column}, length({column}) - ? + 1) = ?", (len(value), value))
                if value
                else (Condition(f"{column} IS NOT NULL"))
            )
        case Operator.REGEX:
            return Condition(f"{column} REGEXP ?", (value,))
        case _:
            # One range of an index: what lies between 'a' and 'a/' and is 'a' or begins with 'a.'.
            return Condition(
                f"({column} >= ? AND {column} < ? AND ({column} = ? OR {column} >= ?))",
                (value, f"{value}/", value, f"{value}."),
            )


def date(column: str) -> Meaning:
    """Return the meaning of a field that is a moment."""
    return plain(column, _micros)


def _micros(value: Any) -> int:
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} is not a datetime")
    return micros(value)


def level(column: str) -> Meaning:
    """Return the meaning of a field that is the level of a line."""
    return plain(column, lambda value: Level(value).rank)


def number(column: str) -> Meaning:
    """Return the meaning of a field that counts."""
    return plain(column, int)


def scope(column: str) -> Meaning:
    """Return the meaning of USER and SYSTEM."""

    def meaning(_: Operator, value: Any) -> Condition:
        wanted = set(listed(value))
        parts = []
        if "SYSTEM" in wanted:
            parts.append(Condition(f"{column} = ?", (SYSTEM_NAMESPACE,)))
        if "USER" in wanted:
            parts.append(Condition(f"{column} <> ?", (SYSTEM_NAMESPACE,)))
        return either(*parts) if parts else Condition("1 = 0")

    return meaning


def text_in(*columns: str) -> Meaning:
    """Return the meaning of ``q``: one of the columns holds the text, ASCII letters in either case."""

    def meaning(_: Operator, value: Any) -> Condition:
        wanted = folded(str(value))
        return either(*(Condition(f"instr(lower({column}), ?) > 0", (wanted,)) for column in columns))

    return meaning


def kind(operator: Operator, value: Any) -> Condition:
    """Say which kind an execution is of; NORMAL is none."""
    return plain("kind")(operator, tuple(None if one in (None, ORDINARY) else one for one in listed(value)))


def child(_: Operator, value: Any) -> Condition:
    """Say whether another execution started this one: CHILD or MAIN."""
    return Condition(f"trigger_execution_id IS {'NOT ' if value == 'CHILD' else ''}NULL")


def labels(one_label: Callable[[Condition], Condition]) -> Meaning:
    """Return the meaning of labels: EQUALS all of them, IN one of them, CONTAINS the text in the value of a key.

    ``one_label`` says of a condition on ``key`` and ``value`` that some label meets it.
    """

    def meaning(operator: Operator, value: Any) -> Condition:
        compared = "instr(value, ?) > 0" if operator is Operator.CONTAINS else "value = ?"
        pairs = [one_label(Condition(f"key = ? AND {compared}", (pair.key, pair.value))) for pair in label_pairs(value)]
        if not pairs:
            return Condition("1 = 0" if operator is Operator.IN else "1 = 1")
        return (
            either(*pairs) if operator is Operator.IN else Condition(f"({both(*pairs).text})", both(*pairs).parameters)
        )

    return meaning


def add_regexp(connection: sqlite3.Connection) -> None:
    """Teach a connection the operator REGEXP: the pattern is found anywhere in the text."""
    connection.create_function("regexp", 2, _found, deterministic=True)


def _found(pattern: str, text: str | None) -> int | None:
    return None if text is None else int(found(pattern, text))
