"""A few threads that read, each with a connection of its own."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from lanner.backends.sql.writer import StoreClosed

T = TypeVar("T")

_THREADS = 3


class Readers:
    """Runs reading functions on threads; each call sees one moment of the database."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._own = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._pool: ThreadPoolExecutor | None = None
        self._shared: sqlite3.Connection | None = None
        self._shared_lock = threading.Lock()

    def start(self) -> None:
        """Be ready to read; connections are made when they are needed."""
        self._own = threading.local()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="store-reader")

    async def run(self, read: Callable[[sqlite3.Connection], T]) -> T:
        """Return ``read(connection)``."""
        if self._pool is None:
            raise StoreClosed
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._run, read)

    def run_here(self, read: Callable[[sqlite3.Connection], T]) -> T:
        """Return ``read(connection)``, read in the calling thread, which may be any; for reads of a row or two."""
        with self._shared_lock:
            if self._pool is None:
                raise StoreClosed
            if self._shared is None:
                self._shared = self._connect()
                self._all.append(self._shared)
            return read(self._shared)

    def _run(self, read: Callable[[sqlite3.Connection], T]) -> T:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._connect()
            self._all.append(connection)
        connection.execute("BEGIN")
        try:
            return read(connection)
        finally:
            connection.execute("COMMIT")

    def stop(self) -> None:
        """Let running reads end and close the connections; blocks."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True)
        with self._shared_lock:
            self._shared = None
            for connection in self._all:
                connection.close()
            self._all.clear()
