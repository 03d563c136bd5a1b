"""The SQLite store: the contracts, and what a file and a writer thread add."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from lanner.backends.folder_lock import DataInUse
from lanner.backends.sql import statements
from lanner.backends.sql.migrate import migrate, migrations
from lanner.backends.sql.sqlite import SqliteStore
from lanner.backends.sql.statements import Delete
from lanner.backends.sql.writer import Statement, StoreClosed, Writer, WriterConnection
from lanner.model.ids import ExecutionId
from lanner.ports.search import Operator
from lanner.ports.store import Store, Writes
from lanner.testing.contracts import DurableStoreContract, StoreContract
from lanner.testing.contracts.samples import execution, message, query, task_run

MOST = 9_000
CHILD = Path(__file__).with_name("committing_child.py")


class TestSqliteStore(StoreContract):
    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[Store]:
        made = SqliteStore(tmp_path / "lanner.db")
        await made.open()
        yield made
        await made.close()


class TestSqliteStoreOpenedAgain(DurableStoreContract):
    @pytest.fixture
    def make_store(self, tmp_path: Path) -> Callable[[], Store]:
        return lambda: SqliteStore(tmp_path / "data" / "lanner.db")


def test_a_store_without_a_path_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    async def live() -> None:
        store = SqliteStore(None)
        await store.open()
        await store.commit(Writes(settings={"a": 1}))
        assert await store.setting("a") == 1
        await store.close()
        await store.close()

    asyncio.run(live())
    assert list(tmp_path.iterdir()) == []


DELETES = [found for found in vars(statements).values() if isinstance(found, Delete)]


@pytest.mark.parametrize("delete", DELETES, ids=lambda delete: f"{delete.table} by {' '.join(delete.key)}")
def test_deleting_rows_by_their_keys_looks_at_no_others(delete: Delete) -> None:
    keys = ["k"] * 5 if len(delete.key) == 1 else [("k",) * len(delete.key)] * 5
    connection = sqlite3.connect(":memory:")
    migrate(connection, migrations("sqlite"))
    run: list[str] = []
    connection.set_trace_callback(run.append)
    delete.run(connection, keys)
    connection.set_trace_callback(None)
    [statement] = [text for text in run if text.startswith(f"DELETE FROM {delete.table} ")]
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    connection.close()
    assert not [line for line in plan if line.startswith("SCAN")], plan


def test_a_second_server_is_told_who_has_the_data(tmp_path: Path) -> None:
    async def live() -> None:
        first, second = SqliteStore(tmp_path / "lanner.db"), SqliteStore(tmp_path / "lanner.db")
        await first.open()
        with pytest.raises(DataInUse, match=rf"lanner\.db.*process {os.getpid()}\b"):
            await second.open()
        await first.commit(Writes(settings={"a": 1}))
        await first.close()
        await second.open()
        assert await second.setting("a") == 1
        await second.close()

    asyncio.run(live())


def test_a_store_that_is_not_open_says_so(tmp_path: Path) -> None:
    async def live() -> None:
        store = SqliteStore(tmp_path / "lanner.db")
        with pytest.raises(StoreClosed):
            await store.commit(Writes())
        await store.open()
        executions = store.executions
        await store.close()
        with pytest.raises(StoreClosed):
            await store.commit(Writes())
        with pytest.raises(StoreClosed):
            await store.setting("a")
        with pytest.raises(StoreClosed):
            await executions.get(ExecutionId("e"))

    asyncio.run(live())


def test_a_unit_that_cannot_be_written_fails_alone(tmp_path: Path) -> None:
    async def live() -> None:
        store = SqliteStore(tmp_path / "lanner.db")
        await store.open()
        units = [Writes(new_executions=[execution(f"e{number}")]) for number in range(9)]
        units[4].task_runs = [(ExecutionId("e4"), task_run("t", outputs={"bad": object()}))]
        results = await asyncio.gather(*(store.submit(unit) for unit in units), return_exceptions=True)
        assert [type(one) for one in results] == [TypeError if number == 4 else type(None) for number in range(9)]
        saved = {one.id for one in (await store.executions.search(query())).results}
        assert saved == {f"e{number}" for number in range(9) if number != 4}
        await store.close()

    asyncio.run(live())


def test_a_locked_file_is_waited_for(tmp_path: Path) -> None:
    async def live() -> None:
        store = SqliteStore(tmp_path / "lanner.db", busy_milliseconds=1)
        await store.open()
        stranger = sqlite3.connect(tmp_path / "lanner.db", isolation_level=None)
        stranger.execute("BEGIN IMMEDIATE")
        waiting = asyncio.ensure_future(store.commit(Writes(settings={"a": 1})))
        _, pending = await asyncio.wait({waiting}, timeout=0.1)
        assert pending == {waiting}
        stranger.execute("ROLLBACK")
        stranger.close()
        await waiting
        assert await store.setting("a") == 1
        await store.close()

    asyncio.run(live())


def test_many_matches_are_paged_as_few_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page of many matches is found by another index: the answer must be the same."""
    queries = [
        query(*filters, page=page, size=3)
        for page in (1, 2, 9)
        for filters in (
            [],
            [("namespace", Operator.PREFIX, "company")],
            [("state", Operator.IN, ("CREATED", "RUNNING"))],
            [("labels", Operator.NOT_EQUALS, ("a", "b"))],
        )
    ]

    async def pages(store: SqliteStore) -> list[list[str]]:
        return [[one.id for one in (await store.executions.search(one)).results] for one in queries]

    async def live() -> None:
        store = SqliteStore(tmp_path / "lanner.db")
        await store.open()
        await store.commit(Writes(new_executions=[execution(f"e{number}") for number in range(10)]))
        few = await pages(store)
        monkeypatch.setattr("lanner.backends.sql.execution_search._MANY", 0)
        assert await pages(store) == few
        assert few[0] == ["e9", "e8", "e7"]
        await store.close()

    asyncio.run(live())


def test_an_acknowledged_unit_survives_the_death_of_the_process(tmp_path: Path) -> None:
    path = tmp_path / "lanner.db"
    child = subprocess.Popen([sys.executable, str(CHILD), str(path), str(MOST)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    acknowledged = {child.stdout.readline().strip() for _ in range(200)}
    child.kill()
    acknowledged |= {line.strip() for line in child.stdout if line.endswith("\n")}
    child.stdout.close()
    child.wait(timeout=30)

    async def judge() -> None:
        store = SqliteStore(path)
        await store.open()
        lost = [id_ for id_ in acknowledged if await store.executions.get(ExecutionId(id_)) is None]
        assert lost == []
        page = await store.executions.search(query(size=10_000))
        waiting = {one.execution_id for one in await store.work.messages()}
        assert MOST > page.total >= len(acknowledged) >= 200
        for one in page.results:
            assert [run.outputs for run in await store.executions.task_runs(one.id)] == [{"of": one.id}, {"of": one.id}]
        assert waiting == {one.id for one in page.results}
        await store.close()

    asyncio.run(judge())


def test_messages_given_to_a_closed_store_keep_no_id(tmp_path: Path) -> None:
    async def live() -> None:
        store = SqliteStore(tmp_path / "lanner.db")
        writes = Writes(messages=[message()])
        with pytest.raises(StoreClosed):
            store.submit(writes)
        assert writes.messages[0].id == 0

    asyncio.run(live())


def test_no_connection_outlives_a_large_value(tmp_path: Path) -> None:
    """A prepared statement keeps the last value that was bound to it."""
    made: list[WriterConnection] = []

    def connect() -> WriterConnection:
        path = tmp_path / "lanner.db"
        made.append(sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=WriterConnection))
        return made[-1]

    async def write() -> None:
        connect().execute("CREATE TABLE texts (value TEXT)")
        writer = Writer(connect)
        writer.start()
        for text in ("small", "x" * 2_000_000, "small again"):
            await writer.submit(Statement("INSERT INTO texts VALUES (?)", (text,)))
        await asyncio.to_thread(writer.stop)

    asyncio.run(write())
    assert [connection.holds_much for connection in made] == [False, True, False]
    with sqlite3.connect(tmp_path / "lanner.db") as again:
        assert again.execute("SELECT length(value) FROM texts").fetchall() == [(5,), (2_000_000,), (11,)]
