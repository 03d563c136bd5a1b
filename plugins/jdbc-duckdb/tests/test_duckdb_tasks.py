"""duckdb.Query and duckdb.Queries: types, files, parameters, transactions, killing."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
import vega_datasets

from lanner.model.log import Level, MetricType
from lanner.model.state import State
from lanner.sdk.ion import read_rows
from lanner.testing.task_harness import MetricValue, TaskHarness, TaskRunResult
from lanner_plugins.core.plugin import PLUGIN as CORE
from lanner_plugins.jdbc_duckdb.plugin import PLUGIN
from lanner_plugins.jdbc_duckdb.statements import named_parameters

QUERY = "io.kestra.plugin.jdbc.duckdb.Query"
QUERIES = "io.kestra.plugin.jdbc.duckdb.Queries"
DATA = Path(vega_datasets.__file__).parent / "_data"


@pytest.fixture
def harness(tmp_path: Path) -> TaskHarness:
    return TaskHarness(tmp_path, groups=[CORE, PLUGIN])


def query(harness: TaskHarness, sql: str, variables: dict[str, Any] | None = None, **values: Any) -> TaskRunResult:
    return harness.run({"type": QUERY, "sql": sql, "fetchType": "FETCH_ONE", "timeZoneId": "UTC", **values}, variables)


def value(harness: TaskHarness, expression: str, **values: Any) -> Any:
    result = query(harness, f"SELECT {expression} AS v", **values)
    assert result.state is State.SUCCESS, result.messages()
    return result.outputs["row"]["v"]


def only_error(result: TaskRunResult) -> str:
    assert result.state is State.FAILED
    (message,) = result.messages(Level.ERROR)
    return message


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        pytest.param("NULL", None, id="null"),
        pytest.param("TRUE", True, id="boolean"),
        pytest.param("127::TINYINT", 127, id="tinyint"),
        pytest.param("9223372036854775807", 2**63 - 1, id="bigint"),
        pytest.param("1::UBIGINT", "1", id="ubigint is text"),
        pytest.param("sum(1)", "1", id="hugeint is text"),
        pytest.param("1.5::DOUBLE", 1.5, id="double"),
        pytest.param("12345.123::DECIMAL(10, 3)", 12345.123, id="decimal"),
        pytest.param("7::DECIMAL(4, 0)", 7, id="decimal without places"),
        pytest.param(
            "1234567890.123456789012::DECIMAL(30, 12)", "1234567890.123456789012", id="decimal no float holds"
        ),
        pytest.param("'é'", "é", id="text"),
        pytest.param("DATE '1992-09-20'", "1992-09-20", id="date"),
        pytest.param("TIME '10:11:12'", "10:11:12", id="time"),
        pytest.param("TIMESTAMP '2020-06-10 15:55:23.38'", "2020-06-10T15:55:23.38Z", id="timestamp"),
        pytest.param("TIMESTAMPTZ '2001-08-22 12:04:05.321+02'", "2001-08-22T10:04:05.321Z", id="timestamp with zone"),
        pytest.param("INTERVAL 90 MINUTE", "PT1H30M", id="interval"),
        pytest.param("UUID 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", id="uuid"),
        pytest.param("'ab'::BLOB", "YWI=", id="blob"),
        pytest.param("[1, NULL, 3]", [1, None, 3], id="list"),
        pytest.param("[DATE '2020-01-01']", ["2020-01-01"], id="list of dates"),
        pytest.param("{'a': 1, 'b': [{'c': 'x'}]}", {"a": 1, "b": [{"c": "x"}]}, id="struct"),
        pytest.param("MAP {'k': 1.5::DECIMAL(3, 1)}", {"k": 1.5}, id="map"),
        pytest.param("""'{"a": [1]}'::JSON""", {"a": [1]}, id="json"),
        pytest.param("'b'::ENUM('a', 'b')", "b", id="enum"),
    ],
)
def test_types(harness: TaskHarness, expression: str, expected: Any) -> None:
    found = value(harness, expression)
    assert (found, type(found)) == (expected, type(expected))


def test_timestamps_get_the_zone_of_the_task(harness: TaskHarness) -> None:
    found = value(harness, "TIMESTAMP '2020-06-10 15:55:23'", timeZoneId="Europe/Paris")
    assert found == "2020-06-10T15:55:23+02:00"


def test_a_zone_that_is_none_fails(harness: TaskHarness) -> None:
    assert "'Europe/Nowhere' is not the name of a time zone" in only_error(
        query(harness, "SELECT 1", timeZoneId="Europe/Nowhere")
    )


def test_fetch_gives_all_rows_and_counts_them(harness: TaskHarness) -> None:
    result = query(harness, "SELECT i FROM range(3) t(i)", fetchType="FETCH")
    assert result.outputs == {"rows": [{"i": 0}, {"i": 1}, {"i": 2}], "size": 3, "outputFiles": {}}
    assert result.metrics == (MetricValue(MetricType.COUNTER, "fetch.size", 3, {"fetch": "true", "store": "false"}),)


def test_fetch_one_of_nothing_gives_no_row(harness: TaskHarness) -> None:
    assert query(harness, "SELECT 1 WHERE FALSE").outputs == {"size": 0, "outputFiles": {}}


def test_none_gives_nothing(harness: TaskHarness) -> None:
    assert query(harness, "SELECT 1", fetchType="NONE").outputs == {"outputFiles": {}}


@pytest.mark.parametrize(("old", "name"), [("fetch", "rows"), ("fetchOne", "row"), ("store", "uri")])
def test_old_flags_choose_the_fetch_type(harness: TaskHarness, old: str, name: str) -> None:
    assert name in harness.run({"type": QUERY, "sql": "SELECT 1", old: True}).outputs


def test_store_writes_ion_that_keeps_types(harness: TaskHarness) -> None:
    sql = """SELECT i AS "a b", 1.50::DECIMAL(5, 2) AS price, DATE '2020-01-02' AS day,
    TIMESTAMP '2020-01-02 03:04:05' AS at,
    'x"y' AS text, 'ab'::BLOB AS bytes, [1, 2] AS list, NULL AS nothing FROM range(2) t(i)"""
    outputs = query(harness, sql, fetchType="STORE").outputs
    assert outputs["size"] == 2
    content = harness.read(outputs["uri"])
    assert content.count(b"\n") == 2
    first, second = read_rows(BytesIO(content))
    assert first == {
        "a b": 0,
        "price": Decimal("1.50"),
        "day": date(2020, 1, 2),
        "at": datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
        "text": 'x"y',
        "bytes": b"ab",
        "list": [1, 2],
        "nothing": None,
    }
    assert second["a b"] == 1


def test_input_files_are_found_by_name_and_by_working_directory(harness: TaskHarness) -> None:
    uri = harness.put("whatever", (DATA / "seattle-weather.csv").read_bytes())
    files = {"weather.csv": "{{ uri }}", "deep/more.csv": "weather\nsun\n"}
    by_name = "SELECT count(*) AS n FROM 'weather.csv'"
    by_path = "SELECT count(*) AS n FROM read_csv_auto('{{ workingDir }}/weather.csv')"
    for sql in (by_name, by_path):
        assert query(harness, sql, {"uri": uri}, inputFiles=files).outputs["row"] == {"n": 1461}
    as_json = '{"weather.csv": "{{ uri }}"}'
    assert query(harness, by_name, {"uri": uri}, inputFiles=as_json).outputs["row"] == {"n": 1461}


def test_file_names_in_rows_are_relative(harness: TaskHarness) -> None:
    sql = "SELECT filename, x FROM read_csv_auto('*/*.csv', filename = true) ORDER BY x"
    files = {"a/1.csv": "x\n1\n", "b/2.csv": "x\n2\n"}
    rows = query(harness, sql, fetchType="FETCH", inputFiles=files).outputs["rows"]
    assert [row["filename"] for row in rows] == ["a/1.csv", "b/2.csv"]


def test_parameters_are_bound(harness: TaskHarness) -> None:
    sql = "SELECT :n::INTEGER + 1 AS n, :text AS text, ':n' AS literal, :day::DATE AS day -- :gone"
    row = query(harness, sql, {"n": 41}, parameters={"n": "{{ n }}", "text": "it's", "day": "2020-01-01"}).outputs[
        "row"
    ]
    assert row == {"n": 42, "text": "it's", "literal": ":n", "day": "2020-01-01"}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        pytest.param("a = :x", "a = $x", id="parameter"),
        pytest.param("':x' || \":x\"", "':x' || \":x\"", id="quoted"),
        pytest.param("'it''s :x' || :x", "'it''s :x' || $x", id="doubled quote"),
        pytest.param("a::x, b :: x", "a::x, b :: x", id="cast"),
        pytest.param("-- :x\n:x /* :x */", "-- :x\n$x /* :x */", id="comments"),
        pytest.param("list[1:y]", "list[1:y]", id="another name"),
        pytest.param("$$ :x $$ $t$ :x $t$ :x", "$$ :x $$ $t$ :x $t$ $x", id="dollar quotes"),
    ],
)
def test_named_parameters(sql: str, expected: str) -> None:
    assert named_parameters(sql, {"x": 1}) == expected


def test_a_parameter_without_value_fails(harness: TaskHarness) -> None:
    assert "`parameters` has no value for 'y'" in only_error(query(harness, "SELECT $y", parameters={"x": 1}))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param({"sql": "SELECT 1; SELECT 2"}, "Query task support only a single SQL statement", id="two"),
        pytest.param({"sql": "SELECT ';'; -- end\n", "url": ""}, "Rendered value of url is blank", id="blank url"),
        pytest.param({"sql": "SELECT 1", "url": "jdbc:sqlite:"}, "URL scheme is invalid", id="another scheme"),
        pytest.param({"sql": "SELECT 1", "url": "jdbc:duckdb:x.db"}, "must be absolute", id="relative"),
        pytest.param({"sql": "SELEC 1"}, "Parser Error", id="no SQL"),
        pytest.param({"sql": "SELECT * FROM nowhere"}, "Catalog Error", id="no table"),
    ],
)
def test_query_fails(harness: TaskHarness, values: dict[str, Any], message: str) -> None:
    assert message in only_error(harness.run({"type": QUERY, **values}))


def test_a_semicolon_in_a_text_is_no_end(harness: TaskHarness) -> None:
    assert value(harness, "';' AS x, 1") == 1


def test_database_file_goes_out_and_comes_in(harness: TaskHarness) -> None:
    sql = "CREATE TABLE t AS SELECT 42 AS answer"
    uri = query(harness, sql, outputDbFile=True).outputs["databaseUri"]
    result = query(harness, "SELECT answer, '{{ dbFilePath }}' AS path FROM t", databaseUri=uri)
    assert result.outputs["row"]["answer"] == 42
    assert result.outputs["row"]["path"].endswith("database.db")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return a database file with a table ``t`` of the numbers 1 and 2 in column ``n``."""
    path = tmp_path / "there.db"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)")
        connection.execute("INSERT INTO t VALUES (1), (2)")
    return path


def numbers(database: Path) -> list[int]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return [row[0] for row in connection.execute("SELECT n FROM t ORDER BY n").fetchall()]


def test_after_sql_runs_in_the_same_transaction(harness: TaskHarness, database: Path) -> None:
    values: dict[str, Any] = {"url": f"jdbc:duckdb:{database}", "fetchType": "FETCH"}
    result = query(harness, "SELECT n FROM t ORDER BY n", afterSQL="DELETE FROM t WHERE n = 1", **values)
    assert (result.outputs["size"], numbers(database)) == (2, [2])
    broken = query(harness, "INSERT INTO t VALUES (3)", afterSQL="INSERT INTO t VALUES (2)", **values)
    assert "onstraint" in only_error(broken)
    assert numbers(database) == [2]


def test_changed_rows_are_counted(harness: TaskHarness, database: Path) -> None:
    result = query(harness, "UPDATE t SET n = n + 10", url=f"jdbc:duckdb:{database}")
    assert result.outputs["size"] == 2


def test_queries_give_an_output_for_each_result(harness: TaskHarness) -> None:
    sql = """
    CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1), (2);
    SELECT count(*) AS n FROM t; -- a comment; with semicolon
    SELECT ';' AS s; DROP TABLE t;
    """
    result = harness.run({"type": QUERIES, "sql": sql, "fetchType": "FETCH"})
    assert result.outputs["outputs"] == [{"rows": [{"n": 2}], "size": 1}, {"rows": [{"s": ";"}], "size": 1}]
    assert result.metrics[0].value == 2


def test_queries_store_each_result_in_a_file_of_its_own(harness: TaskHarness) -> None:
    result = harness.run({"type": QUERIES, "sql": "SELECT 1 AS a; SELECT 2 AS a", "fetchType": "STORE"})
    contents = [harness.read(output["uri"]) for output in result.outputs["outputs"]]
    assert contents == [b"{a:1}\n", b"{a:2}\n"]


@pytest.mark.parametrize(
    ("transaction", "left"),
    [pytest.param(True, [1, 2], id="all or nothing"), pytest.param(False, [1, 2, 3], id="one by one")],
)
def test_queries_in_a_transaction(harness: TaskHarness, database: Path, transaction: bool, left: list[int]) -> None:
    values = {"url": f"jdbc:duckdb:{database}", "transaction": transaction}
    result = harness.run({"type": QUERIES, "sql": "INSERT INTO t VALUES (3); INSERT INTO t VALUES (3)", **values})
    assert (result.state, numbers(database)) == (State.FAILED, left)


def test_what_is_refused_before_it_runs_undoes_everything_too(harness: TaskHarness, database: Path) -> None:
    sql = "INSERT INTO t VALUES (3); SELECT $nowhere"
    result = harness.run({"type": QUERIES, "sql": sql, "url": f"jdbc:duckdb:{database}"})
    assert (result.state, numbers(database)) == (State.FAILED, [1, 2])


def test_queries_may_say_begin_and_commit_themselves(harness: TaskHarness, database: Path) -> None:
    values = {"type": QUERIES, "url": f"jdbc:duckdb:{database}"}
    result = harness.run({**values, "sql": "BEGIN; INSERT INTO t VALUES (3); ROLLBACK; INSERT INTO t VALUES (4)"})
    assert (result.state, numbers(database)) == (State.SUCCESS, [1, 2, 4])


def test_output_files_are_stored(harness: TaskHarness) -> None:
    sql = "COPY (SELECT 1 AS a) TO '{{ outputFiles.out }}' (HEADER, FORMAT csv)"
    result = query(harness, sql, outputFiles=["out", "unused"])
    assert list(result.outputs["outputFiles"]) == ["out"]
    assert harness.read(result.outputs["outputFiles"]["out"]) == b"a\n1\n"
    assert "has not written the output file 'unused'" in result.messages(Level.WARN)[0]


def test_killing_interrupts_the_query(harness: TaskHarness) -> None:
    sql = "SELECT count(*) FROM range(10_000_000_000) a(i), range(1_000) b(j) WHERE (i * j) % 7 = 3"
    running = harness.start({"type": QUERY, "sql": sql})
    assert running.log.wait_for("Starting query")
    running.kill()
    result = running.wait(20)
    assert (result.state, result.messages(Level.ERROR)) == (
        State.KILLED,
        ["the query was interrupted because the task was stopped"],
    )


def test_options_limit_memory_and_threads(tmp_path: Path) -> None:
    options = {"duckdb.memory-limit": "64MB", "duckdb.threads": 1}
    harness = TaskHarness(tmp_path, groups=[CORE, PLUGIN], options=options)
    expression = "current_setting('memory_limit') || ' ' || current_setting('threads')"
    assert value(harness, expression) == "61.0 MiB 1"


@pytest.mark.parametrize("type_", PLUGIN.types)
def test_examples_run(harness: TaskHarness, type_: str) -> None:
    examples = getattr(harness.registry.resolve(type_), "examples", ())
    assert examples
    for example in examples:
        for name, result in harness.run_flow(example).items():
            assert result.state is State.SUCCESS, (name, result.messages())
