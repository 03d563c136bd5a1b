"""Who follows what happens to executions."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import ExecutionId
from lanner.model.log import LogEntry
from lanner.ports.inbox import Change

MAX_BEHIND = 10_000
"""Changes a follower may be behind; one that is slower loses its place and its stream ends."""


class ChangeHub:
    """Hands durable changes to followers, in order. Lives in the server's loop."""

    def __init__(self) -> None:
        self._followers: dict[ExecutionId | None, set[asyncio.Queue[Change | None]]] = {}
        self._sequence = 0

    def publish(self, execution: Execution, task_runs: Sequence[TaskRun], logs: Sequence[LogEntry]) -> None:
        """Tell followers of an execution (and of all) what has become durable."""
        if not self._followers:
            return
        self._sequence += 1
        change = Change(sequence=self._sequence, execution=execution, task_runs=task_runs, logs=logs)
        for name in (execution.id, None):
            for queue in list(self._followers.get(name, ())):
                if queue.qsize() >= MAX_BEHIND:
                    self._drop(name, queue)
                    queue.put_nowait(None)
                else:
                    queue.put_nowait(change)

    def follow(self, execution_id: ExecutionId | None) -> AsyncIterator[Change]:
        """Return the changes from this call on, even when they are read later."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        self._followers.setdefault(execution_id, set()).add(queue)
        return self._stream(execution_id, queue)

    def close(self) -> None:
        """End every stream."""
        for name, queues in list(self._followers.items()):
            for queue in list(queues):
                self._drop(name, queue)
                queue.put_nowait(None)

    async def _stream(self, name: ExecutionId | None, queue: asyncio.Queue[Change | None]) -> AsyncIterator[Change]:
        try:
            while (change := await queue.get()) is not None:
                yield change
        finally:
            self._drop(name, queue)

    def _drop(self, name: ExecutionId | None, queue: asyncio.Queue[Change | None]) -> None:
        queues = self._followers.get(name)
        if queues is not None:
            queues.discard(queue)
            if not queues:
                del self._followers[name]
