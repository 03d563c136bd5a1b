"""The list of what this plugin brings: ``io.kestra.plugin.jdbc.duckdb.*``."""

from lanner.sdk.registry import PluginGroup

PLUGIN = PluginGroup(
    name="jdbc-duckdb",
    title="DuckDB",
    description="Query files and databases with DuckDB.",
    types={
        "io.kestra.plugin.jdbc.duckdb.Queries": "lanner_plugins.jdbc_duckdb.queries:Queries",
        "io.kestra.plugin.jdbc.duckdb.Query": "lanner_plugins.jdbc_duckdb.query:Query",
    },
)
