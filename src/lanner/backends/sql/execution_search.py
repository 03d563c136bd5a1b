"""Finding executions among a million: counted and paged from indexes, rows read last.

The planner of SQLite knows no numbers, so the total, which the answer needs anyway, decides
how the page is found: few matches are sorted, among many the newest are met soon.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from lanner.backends import fields
from lanner.backends.sql import conditions
from lanner.backends.sql.conditions import Condition
from lanner.backends.sql.execution_tallies import HOLDS_TEXT, Tally, id_begins, tally_of
from lanner.backends.sql.rows import EXECUTION_COLUMNS, Row
from lanner.ports.search import Filter, Operator, Query, UnsupportedFilter

EXECUTION = f"""
    SELECT {", ".join(f"executions.{column}" for column in EXECUTION_COLUMNS)}, outputs.value
    FROM executions LEFT JOIN outputs
    ON executions.has_outputs = 1 AND outputs.execution_id = executions.id AND outputs.task_run_id = ''
"""
"""The statement whose rows ``rows.execution_of`` takes, to be followed by a condition."""

_MANY = 5_000
_POSITIVE = frozenset({Operator.EQUALS, Operator.IN})
_BY_LABEL = frozenset({"labels", "startDate"})
_SORTS = {
    "id": "id",
    "namespace": "namespace",
    "flowId": "flow_id",
    "state.current": "state",
    "state.startDate": "start_date",
    "state.endDate": "end_date",
    "state.duration": "duration",
}
_DISTINCT = {
    "namespace": ("namespace", "executions"),
    "flowId": ("flow_id", "executions"),
    "flowRevision": ("flow_revision", "executions"),
    "state": ("state", "executions"),
    "labels": ("key || ':' || value", "execution_labels"),
    "kind": ("kind", "executions"),
    "parentId": ("parent_id", "executions"),
    "originalId": ("original_id", "executions"),
    "triggerId": ("trigger_id", "executions"),
    "triggerExecutionId": ("trigger_execution_id", "executions"),
}
_NULLABLE = frozenset({"end_date", "duration"})


@dataclass(frozen=True, slots=True)
class ExecutionSearch:
    """A checked query as SQL: where rows are counted, and where the page is found when few or many match."""

    condition: Condition
    counted_from: str
    few_from: str
    many_from: str
    terms: Sequence[str]
    window: fields.Window
    tally: Tally | None = None

    def run(self, connection: sqlite3.Connection) -> tuple[list[Row], int]:
        """Return the rows of the page, in order, and the total."""
        offset, limit = self.window
        total = self._total(connection)
        if offset >= total or not limit:
            return [], total
        condition = self.condition
        if total > _MANY:
            source, terms = self.many_from, self.terms
        else:
            source, terms = self.few_from, _unindexed(self.terms)
            condition = condition if self.tally is None else self.tally.few()
        found = connection.execute(
            f"SELECT seq FROM {source} WHERE {condition.text} ORDER BY {', '.join(terms)}"
            f" LIMIT {limit} OFFSET {offset}",
            condition.parameters,
        )
        return rows_of(connection, [seq for (seq,) in found]), total

    def distinct(self, connection: sqlite3.Connection, field: str, most: int) -> list[str]:
        """Return the values of a field, sorted; raises ``UnsupportedFilter``."""
        column, table = _DISTINCT.get(field, (None, ""))
        if column is None:
            raise UnsupportedFilter(field=field, operator=None, allowed=list(_DISTINCT))
        source, condition = self.few_from, self.condition.text
        if source.split()[0] != "executions" or table != "executions":
            # The values stand in other rows than those that are found.
            source, condition = table, f"seq IN (SELECT seq FROM {source} WHERE {condition})"
        found = connection.execute(
            f"SELECT DISTINCT CAST({column} AS TEXT) FROM {source}"
            f" WHERE {column} IS NOT NULL AND {condition} ORDER BY 1 LIMIT ?",
            (*self.condition.parameters, most),
        )
        return [value for (value,) in found]

    def _total(self, connection: sqlite3.Connection) -> int:
        if self.tally is not None:
            return self.tally.total(connection)
        text = f"SELECT count(*) FROM {self.counted_from} WHERE {self.condition.text}"
        (total,) = connection.execute(text, self.condition.parameters).fetchone()
        return int(total)

    def count_by_state(self, connection: sqlite3.Connection, width: int) -> list[tuple[int, str, int]]:
        """Return start, state and number of executions for each stretch of ``width`` microseconds, oldest first."""
        return connection.execute(
            f"SELECT executions.start_date / {width} AS stretch, executions.state, count(*) FROM executions"
            f" WHERE seq IN (SELECT seq FROM {self.few_from} WHERE {self.condition.text}) GROUP BY 1, 2 ORDER BY 1, 2",
            self.condition.parameters,
        ).fetchall()


def search_of(query: Query) -> ExecutionSearch:
    """Check a query and decide which indexes serve it."""
    fields.check(query, fields.EXECUTION_FIELDS, fields.EXECUTION_SORTS)
    asked = {one.field for one in query.filters}
    meanings = _meanings(query.tenant, narrow="startDate" in asked or _names_namespace(query.filters))
    by_date = not query.sort or [sort.field for sort in query.sort] == ["state.startDate"]
    counted = few = many = "executions"
    if by_date and _is_one_label(query.filters):
        counted = few = many = "execution_labels"
        meanings["labels"] = conditions.labels(lambda condition: condition)
    elif "kind" not in asked:
        many = _in_order(query)
        if "state" in asked and not _names_namespace(query.filters):
            counted = few = "executions INDEXED BY executions_state"
    condition = conditions.where(query, meanings)
    if "kind" not in asked:
        condition = conditions.both(condition, Condition("kind IS NULL"))
    tally = tally_of(query)
    return ExecutionSearch(condition, counted, few, many, _order(query), fields.window(query), tally)


def _in_order(query: Query) -> str:
    """Return the table read in the order asked for, where an index has it."""
    match [sort.field for sort in query.sort]:
        case [] | ["state.startDate"]:
            return "executions INDEXED BY executions_start"
        case ["state.endDate"]:
            return "executions INDEXED BY executions_end"
        case ["state.duration"]:
            return "executions INDEXED BY executions_duration"
        case _:
            return "executions"


def rows_of(connection: sqlite3.Connection, seqs: Sequence[int]) -> list[Row]:
    """Return executions by their numbers, in that order."""
    wanted = orjson.dumps(seqs).decode()
    found = connection.execute(
        f"SELECT executions.seq, found.* FROM ({EXECUTION} WHERE seq IN (SELECT value FROM json_each(?))) AS found"
        " JOIN executions ON executions.id = found.id",
        (wanted,),
    )
    by_seq = {row[0]: row[1:] for row in found}
    return [by_seq[seq] for seq in seqs]


def _meanings(tenant: str, *, narrow: bool) -> dict[str, conditions.Meaning]:
    """Return what the fields mean. ``narrow``: other filters leave so few that each may be looked up by its labels."""

    def has_label(condition: Condition) -> Condition:
        if narrow:
            return Condition(
                "EXISTS (SELECT 1 FROM execution_labels AS label WHERE label.tenant = executions.tenant"
                f" AND label.start_date = executions.start_date AND label.seq = executions.seq AND {condition.text})",
                condition.parameters,
            )
        return Condition(
            f"seq IN (SELECT seq FROM execution_labels WHERE tenant = ? AND {condition.text})",
            (tenant, *condition.parameters),
        )

    return {
        "q": _asked_text,
        "scope": conditions.scope("namespace"),
        "namespace": conditions.plain("namespace"),
        "flowId": conditions.plain("flow_id"),
        "state": conditions.plain("state"),
        "labels": conditions.labels(has_label),
        "startDate": conditions.date("start_date"),
        "endDate": conditions.date("end_date"),
        "kind": conditions.kind,
        "parentId": conditions.plain("parent_id"),
        "originalId": conditions.plain("original_id"),
        "triggerExecutionId": conditions.plain("trigger_execution_id"),
        "triggerId": conditions.plain("trigger_id"),
        "flowRevision": conditions.number("flow_revision"),
        "childFilter": conditions.child,
        "id": conditions.plain("id"),
    }


def _asked_text(operator: Operator, value: object) -> Condition:
    """Say that flow or namespace hold a text, or that the id begins with it: both without reading rows."""
    begins = id_begins(value)
    found = Condition(f"seq IN (SELECT named.seq FROM executions AS named WHERE {begins.text})", begins.parameters)
    return conditions.either(HOLDS_TEXT(operator, value), found)


def _is_one_label(filters: Sequence[Filter]) -> bool:
    labels = [one for one in filters if one.field == "labels"]
    return (
        len(labels) == 1
        and labels[0].operator is Operator.EQUALS
        and len(fields.label_pairs(labels[0].value)) == 1
        and {one.field for one in filters} <= _BY_LABEL
    )


def _names_namespace(filters: Sequence[Filter]) -> bool:
    return any(one.field == "namespace" and one.operator in _POSITIVE for one in filters)


def _order(query: Query) -> list[str]:
    """Return the order with creation as the last term, so that pages never overlap."""
    if not query.sort:
        return ["start_date DESC", "seq DESC"]
    return [
        *conditions.order(query.sort, _SORTS, _NULLABLE),
        "seq DESC" if query.sort[-1].descending else "seq",
    ]


def _unindexed(terms: Sequence[str]) -> list[str]:
    """Keep the planner from choosing an index for the sake of the order."""
    return [f"+{term}" for term in terms]
