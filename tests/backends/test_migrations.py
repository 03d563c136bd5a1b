"""The schema of the SQL backends."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest

from lanner.backends.sql.migrate import Migration, SchemaTooNew, migrate, migrations


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        yield made


def schema(connection: sqlite3.Connection) -> Sequence[tuple[str, str]]:
    statement = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    return [(name, " ".join(sql.split())) for name, sql in connection.execute(statement)]


def test_the_schema_file_is_the_sum_of_the_migrations(connection: sqlite3.Connection) -> None:
    migrate(connection, migrations("sqlite"))
    written = resources.files("lanner.backends.sql") / "schema.sql"
    with closing(sqlite3.connect(":memory:")) as direct:
        direct.executescript(written.read_text(encoding="utf-8"))
        assert schema(direct) == schema(connection)


def test_migrations_are_numbered_from_one_without_gaps() -> None:
    numbers = [one.number for one in migrations("sqlite")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_each_step_is_done_once(connection: sqlite3.Connection) -> None:
    steps = [Migration(1, "one", "CREATE TABLE a (x);"), Migration(2, "two", "CREATE TABLE b (x);")]
    migrate(connection, steps[:1])
    connection.execute("INSERT INTO a VALUES (1)")
    migrate(connection, steps)
    migrate(connection, steps)
    assert [name for name, _ in schema(connection)] == ["a", "b"]
    assert connection.execute("SELECT x FROM a").fetchall() == [(1,)]


def test_a_step_that_fails_leaves_nothing(connection: sqlite3.Connection) -> None:
    steps = [Migration(1, "one", "CREATE TABLE a (x);"), Migration(2, "two", "CREATE TABLE b (x); CREATE TABLE a (x);")]
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrate(connection, steps)
    assert [name for name, _ in schema(connection)] == ["a"]
    migrate(connection, [steps[0], Migration(2, "two", "CREATE TABLE c (x);")])
    assert [name for name, _ in schema(connection)] == ["a", "c"]


def test_a_newer_database_is_left_alone(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA user_version = 9999")
    with pytest.raises(SchemaTooNew, match="schema 9999"):
        migrate(connection, migrations("sqlite"))
    assert schema(connection) == []


def test_the_folder_of_migrations_holds_nothing_else() -> None:
    folder = Path(str(resources.files("lanner.backends.sql"))) / "migrations" / "sqlite"
    assert sorted(path.name for path in folder.iterdir()) == [one.name for one in migrations("sqlite")]
