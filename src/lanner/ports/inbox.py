"""How the rest of the house talks to running executions."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import ExecutionId
from lanner.model.log import LogEntry
from lanner.ports.work import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """An execution with its task runs, in order, as of one moment."""

    execution: Execution
    task_runs: Sequence[TaskRun]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something durable happened to an execution: its new row, changed task runs, new log lines.

    Any of them may be empty. ``sequence`` grows with every change of the process.
    """

    sequence: int
    execution: Execution
    task_runs: Sequence[TaskRun] = ()
    logs: Sequence[LogEntry] = ()


class Inbox(Protocol):
    """Hands events to executions and shows what they do."""

    async def create(
        self, execution: Execution, task_runs: Sequence[TaskRun] = (), *, logs: Sequence[LogEntry] = ()
    ) -> None:
        """Save a new execution and have it begin; returns when it is durable."""

    async def ask(self, message: Message) -> Execution:
        """Have an execution take an event; returns the execution after it, durable.

        Raises ``Refused`` when the engine does not take it, ``ExecutionNotFound`` when there
        is no such execution.
        """

    async def delete(self, execution_id: ExecutionId) -> None:
        """Forget a running execution at once, without letting it end; used before its rows are deleted."""

    async def wait_until_ended(self, execution_id: ExecutionId, timeout_seconds: float) -> Snapshot | None:
        """Return the execution once nothing of it runs any more; ``None`` when the time is up."""

    async def snapshot(self, execution_id: ExecutionId) -> Snapshot | None:
        """Return the newest durable state, from memory where it is live; ``None`` when unknown."""

    def follow(self, execution_id: ExecutionId | None = None) -> AsyncIterator[Change]:
        """Yield changes of one execution (or all) from now on; close the iterator to stop."""
