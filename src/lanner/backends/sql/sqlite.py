"""The store of one machine: a SQLite file, written by one thread, read by a few."""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Awaitable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import orjson

from lanner.backends.folder_lock import FolderLock
from lanner.backends.sql.conditions import add_regexp
from lanner.backends.sql.execution_rows import SqlExecutionRows
from lanner.backends.sql.flow_rows import SqlFlowRows
from lanner.backends.sql.key_value_rows import SqlKeyValueRows, SqlSecretRows
from lanner.backends.sql.log_rows import SqlLogRows
from lanner.backends.sql.migrate import migrate, migrations
from lanner.backends.sql.readers import Readers
from lanner.backends.sql.trigger_rows import SqlTriggerRows
from lanner.backends.sql.work_rows import SqlWorkRows
from lanner.backends.sql.writer import Statement, StoreClosed, Writer, WriterConnection
from lanner.ports.store import Writes
from lanner.ports.work import Message

Connected = TypeVar("Connected", bound=sqlite3.Connection)

_STATEMENTS = 512
_WRITER_CACHE_KIB = 64 * 1024
_READER_CACHE_KIB = 16 * 1024
_MAPPED_BYTES = 4 * 1024**3
_CHECKPOINT_PAGES = 4_000


class SqliteStore:
    """A ``Store`` in the file ``path``; ``None`` for one that is gone when it is closed.

    ``open`` takes a lock on the file: a second server gets ``DataInUse``. What was committed
    survives the loss of power; a store without a path saves itself that effort.
    ``busy_milliseconds`` is how long one attempt waits while a stranger locks the file; there
    are attempts for a minute.
    """

    def __init__(self, path: Path | None, *, busy_milliseconds: int = 5_000) -> None:
        self._busy_milliseconds = busy_milliseconds
        self._durable = path is not None
        self._wanted = path
        self._path = Path()
        self._scratch: Path | None = None
        self._lock: FolderLock | None = None
        self._writer: Writer | None = None
        self._last_message = 0
        self._readers = Readers(self._connect_reader)
        self.flows = SqlFlowRows(self._readers)
        self.executions = SqlExecutionRows(self._readers)
        self.logs = SqlLogRows(self._readers, self._enqueue)
        self.work = SqlWorkRows(self._readers)
        self.triggers = SqlTriggerRows(self._readers)
        self.key_values = SqlKeyValueRows(self._readers)
        self.secrets = SqlSecretRows(self._readers)

    async def open(self) -> None:
        """Create or migrate the schema and be ready; raises ``DataInUse`` and ``SchemaTooNew``."""
        await asyncio.to_thread(self._open)

    def _open(self) -> None:
        if self._wanted is None:
            self._scratch = Path(tempfile.mkdtemp(prefix="lanner-"))
        self._path = self._wanted or (self._scratch or Path()) / "lanner.db"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lock = FolderLock(self._path)
        lock.acquire()
        self._lock = lock
        try:
            with closing(self._connect_writer()) as connection:
                migrate(connection, migrations("sqlite"))
                (self._last_message,) = connection.execute("SELECT coalesce(max(id), 0) FROM messages").fetchone()
            self._writer = Writer(self._connect_writer)
        except BaseException:
            self._let_go()
            raise
        self._readers.start()
        self._writer.start()

    async def commit(self, writes: Writes) -> None:
        """Save a unit; returns when it is durable."""
        await self.submit(writes)

    def submit(self, writes: Writes) -> Awaitable[None]:
        """Enqueue a unit and give its messages their ids, at once; the result ends when it is durable."""
        if writes.messages and self._writer is not None:
            writes.messages = [self._numbered(message) for message in writes.messages]
        return self._enqueue(writes)

    def _enqueue(self, unit: Writes | Statement) -> Awaitable[None]:
        if self._writer is None:
            raise StoreClosed
        return self._writer.submit(unit)

    def _numbered(self, message: Message) -> Message:
        self._last_message += 1
        return replace(message, id=self._last_message)

    async def setting(self, name: str) -> Any:
        """Return a stored setting (plain data) or ``None``."""
        row = await self._readers.run(
            lambda connection: connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        )
        return None if row is None else orjson.loads(row[0])

    async def close(self) -> None:
        """Finish what was submitted and let go of everything; closing twice does nothing."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.stop()
            self._readers.stop()
        self._let_go()

    def _let_go(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

    def _connect(self, factory: type[Connected]) -> Connected:
        connection = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS, factory=factory
        )
        connection.execute(f"PRAGMA busy_timeout = {self._busy_milliseconds}")
        connection.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
        connection.execute("PRAGMA temp_store = MEMORY")
        return connection

    def _connect_writer(self) -> WriterConnection:
        connection = self._connect(WriterConnection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'OFF'}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        connection.execute(f"PRAGMA cache_size = -{_WRITER_CACHE_KIB}")
        return connection

    def _connect_reader(self) -> sqlite3.Connection:
        connection = self._connect(sqlite3.Connection)
        connection.execute("PRAGMA query_only = ON")
        connection.execute(f"PRAGMA cache_size = -{_READER_CACHE_KIB}")
        add_regexp(connection)
        return connection
