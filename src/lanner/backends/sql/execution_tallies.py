"""Searches of executions by names alone: namespace, flow, part of either, or the beginning of an id.

They are counted from ``execution_counts``, which has one row for each flow, instead of from a million executions.
"""

import sqlite3
from dataclasses import dataclass, replace

from lanner.backends.sql import conditions
from lanner.backends.sql.conditions import Condition
from lanner.ports.search import Operator, Query

_NAMES = {
    "scope": conditions.scope("namespace"),
    "namespace": conditions.plain("namespace"),
    "flowId": conditions.plain("flow_id"),
}
HOLDS_TEXT = conditions.text_in("flow_id", "namespace")
"""What ``q`` says of the names of a flow."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Which flows match with all their executions, and which other executions do by their ids."""

    flows: Condition
    by_id: Condition | None

    def total(self, connection: sqlite3.Connection) -> int:
        """Return how many executions match."""
        text = f"SELECT coalesce(sum(count), 0) FROM execution_counts WHERE {self.flows.text}"
        (total,) = connection.execute(text, self.flows.parameters).fetchone()
        if self.by_id is not None:
            text = f"SELECT count(*) FROM executions INDEXED BY {_BY_ID} WHERE {self.by_id.text}"
            total += connection.execute(text, self.by_id.parameters).fetchone()[0]
        return int(total)

    def few(self) -> Condition:
        """Return what is true of the executions that match, found by flow and by id: cheap when they are few."""
        found = Condition(
            "seq IN (SELECT seq FROM executions INDEXED BY executions_flow WHERE kind IS NULL"
            " AND (tenant, namespace, flow_id) IN"
            f" (SELECT tenant, namespace, flow_id FROM execution_counts WHERE {self.flows.text}))",
            self.flows.parameters,
        )
        if self.by_id is None:
            return found
        by_id = f"seq IN (SELECT seq FROM executions INDEXED BY {_BY_ID} WHERE {self.by_id.text})"
        return conditions.either(found, Condition(by_id, self.by_id.parameters))


_BY_ID = "sqlite_autoindex_executions_1"
"""The index of ``id TEXT NOT NULL UNIQUE``."""


def id_begins(value: object) -> Condition:
    """Say that the id of an execution begins with a text."""
    return Condition("id >= ? AND id < ?", (str(value), f"{value}\U0010ffff"))


def tally_of(query: Query) -> Tally | None:
    """Return the tally of a query; ``None`` when it asks for more than names."""
    texts = [one for one in query.filters if one.field == "q"]
    names = tuple(one for one in query.filters if one.field in _NAMES)
    if len(texts) + len(names) != len(query.filters) or len(texts) > 1:
        return None
    named = conditions.where(replace(query, filters=names), _NAMES)
    if not texts:
        return Tally(named, None)
    (text,) = texts
    if text.operator is not Operator.EQUALS:
        return None
    holds = HOLDS_TEXT(text.operator, text.value)
    others = conditions.both(id_begins(text.value), Condition("kind IS NULL"), named, holds.negated())
    return Tally(conditions.both(named, holds), others)
