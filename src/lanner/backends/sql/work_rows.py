"""Reading what is still to be done."""

from collections.abc import Sequence
from datetime import datetime

from lanner.backends.sql.readers import Readers
from lanner.backends.sql.rows import (
    JOB_COLUMNS,
    MESSAGE_COLUMNS,
    TIMER_COLUMNS,
    job_of,
    message_of,
    micros,
    moment,
    timer_of,
)
from lanner.ports.work import Job, Message, Timer

_MESSAGES = f"SELECT {', '.join(MESSAGE_COLUMNS)} FROM messages ORDER BY id"
_JOBS = f"SELECT {', '.join(JOB_COLUMNS)} FROM jobs ORDER BY execution_id, task_run_id, attempt"
_DUE = f"SELECT {', '.join(TIMER_COLUMNS)} FROM timers WHERE due <= ? ORDER BY due LIMIT ?"


class SqlWorkRows:
    """``WorkRows`` of a SQL database."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    async def messages(self) -> Sequence[Message]:
        """Return messages not handled yet, by id."""
        return await self._readers.run(lambda connection: [message_of(row) for row in connection.execute(_MESSAGES)])

    async def jobs(self) -> Sequence[Job]:
        """Return jobs not ended yet."""
        return await self._readers.run(lambda connection: [job_of(row) for row in connection.execute(_JOBS)])

    async def due_timers(self, now: datetime, limit: int) -> Sequence[Timer]:
        """Return timers due by ``now``, earliest first."""
        return await self._readers.run(
            lambda connection: [timer_of(row) for row in connection.execute(_DUE, (micros(now), limit))]
        )

    async def next_due(self) -> datetime | None:
        """Return when the earliest timer is due."""
        (due,) = await self._readers.run(
            lambda connection: connection.execute("SELECT min(due) FROM timers").fetchone()
        )
        return None if due is None else moment(due)
