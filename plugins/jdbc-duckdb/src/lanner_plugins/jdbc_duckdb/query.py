"""io.kestra.plugin.jdbc.duckdb.Query."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner_plugins.jdbc_duckdb.duckdb_task import DuckDbTask
from lanner_plugins.jdbc_duckdb.statements import ResultOutput, Runner

if TYPE_CHECKING:
    import duckdb


class QueryOutput(ResultOutput):
    """What ``Query`` gives."""

    output_files: dict[str, str]
    """The stored output files: name -> URI."""
    database_uri: str | None = None
    """The stored database file."""


class Query(DuckDbTask, RunnableTask):
    """Run one SQL statement with DuckDB, on files or on a database."""

    outputs_type: ClassVar[type[Output] | None] = QueryOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: duckdb_query
namespace: company.team

tasks:
  - id: average
    type: io.kestra.plugin.jdbc.duckdb.Query
    inputFiles:
      weather.csv: |
        day,degrees
        2024-05-01,14.5
        2024-05-02,17
    sql: SELECT count(*) AS days, avg(degrees) AS degrees FROM read_csv_auto('{{ workingDir }}/weather.csv')
    fetchType: FETCH_ONE

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.average.row.days }} days, {{ outputs.average.row.degrees }} degrees"
""",
        """\
id: duckdb_store
namespace: company.team

tasks:
  - id: numbers
    type: io.kestra.plugin.jdbc.duckdb.Query
    sql: SELECT i AS id, i * i AS square FROM range(:most) numbers(i)
    parameters:
      most: 1000
    fetchType: STORE

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.numbers.size }} rows in {{ outputs.numbers.uri }}"
""",
    )

    after_sql: Annotated[Property[str] | None, Field(alias="afterSQL")] = None
    """One statement to run afterwards, in the same transaction."""

    def run(self, context: RunContext) -> QueryOutput:
        with self.session(context) as (runner, extra):
            statements = _counted(runner, context.render(self.sql, **extra), "sql")
            after = context.render(self.after_sql, **extra)
            result = _transaction(runner, statements, after) if after else _run(runner, statements)
        self.count(context, result.size or 0)
        return QueryOutput(
            row=result.row,
            rows=result.rows,
            uri=result.uri,
            size=result.size,
            **self.stored_files(context, extra),
        )


def _counted(runner: Runner, sql: str, name: str) -> list["duckdb.Statement"]:
    statements = runner.statements(sql)
    counted = [one for one in statements if not one.query.strip().lower().startswith("set file_search_path")]
    if len(counted) != 1:
        raise TaskFailed(
            f"Query task support only a single SQL statement and `{name}` has {len(counted)};"
            " use the Queries task to run several"
        )
    return statements


def _run(runner: Runner, statements: list["duckdb.Statement"]) -> ResultOutput:
    return [runner.run(statement, name="query.ion").output for statement in statements][-1]


def _transaction(runner: Runner, statements: list["duckdb.Statement"], after: str) -> ResultOutput:
    last = _counted(runner, after, "afterSQL")
    with runner.transaction():
        result = _run(runner, statements)
        _run(runner, last)
    return result
