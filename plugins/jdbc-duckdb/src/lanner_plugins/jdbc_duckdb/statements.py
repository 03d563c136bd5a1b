"""Reading and running the statements of a task."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lanner.sdk.context import RunContext
from lanner.sdk.ion import write_rows
from lanner.sdk.plugin import Output
from lanner.sdk.task import TaskFailed
from lanner_plugins.jdbc_duckdb.rows import as_output, rows_of

if TYPE_CHECKING:
    import duckdb

# What may hold a colon that is no parameter (texts, quoted names, comments, casts), or a parameter.
_TOKENS = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | \$(\w*)\$.*?\$\1\$ | --[^\n]* | /\*.*?\*/ | :: | :(?P<name>\w+)""",
    re.VERBOSE | re.DOTALL,
)

_INTERRUPTED = "the query was interrupted because the task was stopped"


class FetchType(StrEnum):
    """What to do with the rows of a result."""

    NONE = "NONE"
    FETCH = "FETCH"
    FETCH_ONE = "FETCH_ONE"
    STORE = "STORE"


class ResultOutput(Output):
    """What one statement gives."""

    row: dict[str, Any] | None = None
    """The first row, with `fetchType: FETCH_ONE`."""
    rows: list[dict[str, Any]] | None = None
    """All rows, with `fetchType: FETCH`."""
    uri: str | None = None
    """The stored rows in Ion, with `fetchType: STORE`."""
    size: int | None = None
    """Number of rows fetched, stored or changed."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a statement gave, and whether that is rows (perhaps none) or a number of changes."""

    output: ResultOutput
    has_rows: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Runs statements on a connection and keeps their results as the task asks for."""

    context: RunContext
    connection: "duckdb.DuckDBPyConnection"
    fetch_type: FetchType
    parameters: Mapping[str, Any]
    zone: tzinfo | None
    fetch_rows: int

    def statements(self, sql: str) -> list["duckdb.Statement"]:
        """Return the statements of a text; raises ``TaskFailed`` when it is not SQL."""
        import duckdb  # noqa: PLC0415  # slow to import

        try:
            return self.connection.extract_statements(named_parameters(sql, self.parameters))
        except duckdb.Error as error:
            raise TaskFailed(str(error)) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is done in the block, or nothing of it."""
        import duckdb  # noqa: PLC0415  # slow to import

        self.connection.begin()
        try:
            yield
        except BaseException:
            # A failed commit or an interruption may have ended the transaction already.
            with suppress(duckdb.Error):
                self.connection.rollback()
            raise
        self.connection.commit()

    @staticmethod
    def begins(statements: list["duckdb.Statement"]) -> bool:
        """Whether the statements say themselves where transactions begin and end."""
        import duckdb  # noqa: PLC0415  # slow to import

        return any(statement.type is duckdb.StatementType.TRANSACTION for statement in statements)

    def run(self, statement: "duckdb.Statement", *, name: str) -> Ran:
        """Run a statement. Stored rows are kept under ``name``."""
        import duckdb  # noqa: PLC0415  # slow to import

        self.context.log.debug(f"Starting query: {statement.query.strip()}")
        given = {key: self.parameters[key] for key in statement.named_parameters if key in self.parameters}
        missing = sorted(statement.named_parameters - given.keys())
        if missing:
            raise TaskFailed(f"`parameters` has no value for {', '.join(map(repr, missing))}")
        self._check_stopped()
        try:
            result = self.connection.execute(statement, given) if given else self.connection.execute(statement)
            kinds = statement.expected_result_type
            if duckdb.ExpectedResultType.QUERY_RESULT not in kinds:
                return Ran(ResultOutput(), has_rows=False)
            names = [column[0] for column in result.description or ()]
            if duckdb.ExpectedResultType.CHANGED_ROWS in kinds and names in ([], ["Count"]):
                row = result.fetchone() if names else None
                return Ran(ResultOutput(size=int(row[0]) if row else None), has_rows=False)
            kept = self._kept(result, name)
            self._check_stopped()
            return Ran(kept, has_rows=True)
        except duckdb.InterruptException as error:
            raise TaskFailed(_INTERRUPTED) from error
        except duckdb.Error as error:
            raise TaskFailed(str(error)) from error

    def _check_stopped(self) -> None:
        if self.context.is_killed:
            raise TaskFailed(_INTERRUPTED)

    def _kept(self, result: "duckdb.DuckDBPyConnection", name: str) -> ResultOutput:
        folder = self.context.working_dir
        rows = rows_of(
            result,
            zone=self.zone,
            folder=str(folder),
            at_once=self.fetch_rows,
            is_stopped=lambda: self.context.is_killed,
        )
        match self.fetch_type:
            case FetchType.NONE:
                return ResultOutput()
            case FetchType.FETCH:
                found = [as_output(row) for row in rows]
                return ResultOutput(rows=found, size=len(found))
            case FetchType.FETCH_ONE:
                row = next(rows, None)
                return ResultOutput(row=None if row is None else as_output(row), size=0 if row is None else 1)
            case FetchType.STORE:
                path = Path(folder) / name
                with path.open("wb") as file:
                    size = write_rows(file, rows)
                return ResultOutput(uri=self.context.files.put(path, name=name), size=size)


def named_parameters(sql: str, parameters: Mapping[str, Any]) -> str:
    """Return SQL with ``:name`` written as DuckDB does, ``$name``, for the given names only."""
    return _TOKENS.sub(lambda found: f"${found['name']}" if found["name"] in parameters else found[0], sql)
