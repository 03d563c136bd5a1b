"""io.kestra.plugin.jdbc.duckdb.Queries."""

from contextlib import nullcontext
from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask
from lanner_plugins.jdbc_duckdb.duckdb_task import DuckDbTask
from lanner_plugins.jdbc_duckdb.statements import ResultOutput


class QueriesOutput(Output):
    """What ``Queries`` gives."""

    outputs: list[ResultOutput]
    """What each statement that has a result gives, in order."""
    output_files: dict[str, str]
    """The stored output files: name -> URI."""
    database_uri: str | None = None
    """The stored database file."""


class Queries(DuckDbTask, RunnableTask):
    """Run several SQL statements with DuckDB, one after the other."""

    outputs_type: ClassVar[type[Output] | None] = QueriesOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: duckdb_queries
namespace: company.team

tasks:
  - id: orders
    type: io.kestra.plugin.jdbc.duckdb.Queries
    sql: |
      CREATE TABLE orders (id INTEGER, price DECIMAL(8, 2));
      INSERT INTO orders VALUES (1, 9.50), (2, 20);
      SELECT count(*) AS orders FROM orders;
      SELECT max(price) AS highest FROM orders;
    fetchType: FETCH_ONE

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.orders.outputs[0].row.orders }} orders up to {{ outputs.orders.outputs[1].row.highest }}"
""",
    )

    transaction: Property[bool] = default(True)
    """Undo everything when one statement fails."""

    def run(self, context: RunContext) -> QueriesOutput:
        outputs: list[ResultOutput] = []
        with self.session(context) as (runner, extra):
            statements = runner.statements(context.render(self.sql, **extra))
            owned = context.render(self.transaction) and not runner.begins(statements)
            with runner.transaction() if owned else nullcontext():
                for number, statement in enumerate(statements, 1):
                    ran = runner.run(statement, name=f"query-{number}.ion")
                    if ran.has_rows:
                        outputs.append(ran.output)
        self.count(context, sum(result.size or 0 for result in outputs))
        return QueriesOutput(outputs=outputs, **self.stored_files(context, extra))
