"""Who waits for the end of an execution."""

import asyncio

from lanner.model.errors import ExecutionNotFound
from lanner.model.ids import ExecutionId
from lanner.ports.inbox import Snapshot


class Waiters:
    """Futures by execution; each is resolved once. Lives in the server's loop."""

    def __init__(self) -> None:
        self._by_execution: dict[ExecutionId, list[asyncio.Future[Snapshot]]] = {}

    def __contains__(self, execution_id: ExecutionId) -> bool:
        return execution_id in self._by_execution

    async def wait(self, execution_id: ExecutionId, timeout_seconds: float) -> Snapshot | None:
        """Return what ``ended`` is told; ``None`` when the time is up, ``ExecutionNotFound`` when it is deleted."""
        waiter: asyncio.Future[Snapshot] = asyncio.get_running_loop().create_future()
        waiters = self._by_execution.setdefault(execution_id, [])
        waiters.append(waiter)
        try:
            return await asyncio.wait_for(waiter, timeout_seconds)
        except TimeoutError:
            return None
        finally:
            waiters.remove(waiter)
            if not waiters and self._by_execution.get(execution_id) is waiters:
                del self._by_execution[execution_id]

    def ended(self, snapshot: Snapshot) -> None:
        """Tell who waits for an execution that it has ended."""
        for waiter in self._by_execution.pop(snapshot.execution.id, []):
            if not waiter.done():
                waiter.set_result(snapshot)

    def deleted(self, execution_id: ExecutionId) -> None:
        """Tell who waits for an execution that there is none any more."""
        for waiter in self._by_execution.pop(execution_id, []):
            if not waiter.done():
                waiter.set_exception(ExecutionNotFound(execution_id))
