"""Commits executions until it is killed, and prints the id of each one that was acknowledged."""

import asyncio
import itertools
import sys
from pathlib import Path

from lanner.backends.sql.sqlite import SqliteStore
from lanner.model.ids import ExecutionId
from lanner.ports.store import Writes
from lanner.testing.contracts.samples import execution, message, task_run


async def commit_on_and_on(path: Path, most: int) -> None:
    """Have a few tasks commit side by side, each unit with rows of several tables."""
    store = SqliteStore(path)
    await store.open()
    numbers = itertools.count()

    async def worker() -> None:
        while (number := next(numbers)) < most:
            id_ = ExecutionId(f"e{number}")
            runs = [task_run(f"{id_}-{part}", sequence=part, outputs={"of": id_}) for part in (0, 1)]
            await store.commit(
                Writes(
                    new_executions=[execution(id_)],
                    task_runs=[(id_, run) for run in runs],
                    messages=[message(id_)],
                )
            )
            print(id_, flush=True)

    await asyncio.gather(*(worker() for _ in range(16)))
    await store.close()


if __name__ == "__main__":
    asyncio.run(commit_on_and_on(Path(sys.argv[1]), int(sys.argv[2])))
