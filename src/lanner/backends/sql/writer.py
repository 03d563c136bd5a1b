"""The one thread that writes: takes all units that wait and commits them together."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from lanner.backends.sql.batch import Batch
from lanner.model.errors import LannerError
from lanner.ports.store import Writes

_MOST_UNITS = 2000
_MUCH = 1024 * 1024
"""Characters of a value that a connection does not outlive."""
_BUSY_SECONDS = 60.0
_BUSY_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class StoreClosed(LannerError):
    """The store is not open; nothing can be saved or read."""

    def __init__(self) -> None:
        super().__init__("the store is not open")


class WriterConnection(sqlite3.Connection):
    """A connection that knows whether its prepared statements hold on to a large value.

    A statement keeps what was last bound to it, and the driver keeps the statement.
    """

    holds_much = False

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Run a statement."""
        for value in parameters:
            if (type(value) is str or type(value) is bytes) and len(value) > _MUCH:
                self.holds_much = True
        return super().execute(sql, parameters)


@dataclass(slots=True)
class Statement:
    """One statement as a unit of its own; ``changed_rows`` is set when it was run."""

    text: str
    parameters: Sequence[Any]
    changed_rows: int = 0


@dataclass(frozen=True, slots=True)
class _Unit:
    writes: Writes | Statement
    done: "asyncio.Future[None]"


class Writer:
    """Commits units in the order of ``submit``; each stands or falls alone.

    The connections that ``connect`` makes belong to the thread, which closes them.
    """

    def __init__(self, connect: Callable[[], WriterConnection]) -> None:
        self._connect = connect
        self._connection = connect()
        self._waiting: SimpleQueue[_Unit | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
        self._closed = False

    def start(self) -> None:
        """Begin to take units."""
        self._thread.start()

    def submit(self, writes: Writes | Statement) -> "asyncio.Future[None]":
        """Enqueue a unit; the future ends when it is durable. Call from the loop that awaits it."""
        if self._closed:
            raise StoreClosed
        done = asyncio.get_running_loop().create_future()
        self._waiting.put(_Unit(writes, done))
        return done

    def stop(self) -> None:
        """Commit what was submitted and end the thread; blocks."""
        self._closed = True
        self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        try:
            while self._commit_next():
                if self._connection.holds_much:
                    fresh = self._connect()
                    self._connection.close()
                    self._connection = fresh
        finally:
            self._connection.close()

    def _commit_next(self) -> bool:
        """Commit what waits; returns whether more may come. No unit outlives the call."""
        units, going_on = self._next_units()
        if units:
            _tell(units, _commit(self._connection, units))
        return going_on

    def _next_units(self) -> tuple[list[_Unit], bool]:
        """Wait for a unit and take all that came with it; false at the end of all units."""
        first = self._waiting.get()
        if first is None:
            return [], False
        units = [first]
        try:
            while len(units) < _MOST_UNITS:
                unit = self._waiting.get_nowait()
                if unit is None:
                    return units, False
                units.append(unit)
        except Empty:
            pass
        return units, True


def _commit(connection: sqlite3.Connection, units: Sequence[_Unit]) -> list[BaseException | None]:
    """Commit all units in one transaction; return for each the reason why it was not saved.

    When something is wrong with the batch, each unit is tried alone, still in one transaction.
    """
    try:
        _patiently(connection, lambda: _together(connection, units))
    except Exception as error:  # noqa: BLE001  the writer must live; the error goes to who asked
        if len(units) == 1:
            return [error]
    else:
        return [None] * len(units)
    errors: list[BaseException | None] = []

    def one_by_one() -> None:
        errors[:] = [_alone(connection, unit) for unit in units]

    try:
        _patiently(connection, one_by_one)
    except Exception as error:  # noqa: BLE001  as above
        return [error] * len(units)
    return errors


def _together(connection: sqlite3.Connection, units: Sequence[_Unit]) -> None:
    batch = Batch(connection)
    for unit in units:
        if isinstance(unit.writes, Statement):
            batch.flush()
            unit.writes.changed_rows = connection.execute(unit.writes.text, unit.writes.parameters).rowcount
        else:
            batch.add(unit.writes)
    batch.flush()


def _alone(connection: sqlite3.Connection, unit: _Unit) -> BaseException | None:
    """Write one unit within the open transaction; take it back when it cannot be saved."""
    connection.execute("SAVEPOINT unit")
    try:
        _together(connection, [unit])
    except Exception as error:
        if _is_busy(error) or not connection.in_transaction:
            raise
        connection.execute("ROLLBACK TO unit")
        connection.execute("RELEASE unit")
        return error
    connection.execute("RELEASE unit")
    return None


def _patiently(connection: sqlite3.Connection, write: Callable[[], None]) -> None:
    """Run ``write`` in a transaction, again and again for a minute while somebody locks the file."""
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
            write()
            connection.execute("COMMIT")
        except Exception as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if not _is_busy(error) or time.monotonic() > until:
                raise
        else:
            return


def _is_busy(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in _BUSY_CODES


def _tell(units: Iterable[_Unit], errors: Iterable[BaseException | None]) -> None:
    """Resolve the futures with one wake-up of each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[None], BaseException | None]]] = {}
    for unit, error in zip(units, errors, strict=True):
        by_loop.setdefault(unit.done.get_loop(), []).append((unit.done, error))
    for loop, ends in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve, ends)
        except RuntimeError:  # the loop was closed: nobody waits any more
            continue


def _resolve(ends: Iterable[tuple["asyncio.Future[None]", BaseException | None]]) -> None:
    for done, error in ends:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
