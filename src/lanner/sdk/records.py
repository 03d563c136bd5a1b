"""Stored executions, log lines and metrics of the tenant, as far as a task may reach them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from lanner.model.log import Level, LogEntry
from lanner.model.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which records: of a flow, or of a namespace and all below it when there is no ``flow_id``.

    ``since`` and ``until`` limit the start of an execution, or the moment of a line.
    """

    namespace: str | None = None
    flow_id: str | None = None
    execution_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    states: tuple[State, ...] = ()
    """Of executions; all when empty."""
    levels: tuple[Level, ...] = ()
    """Of lines; all when empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionCount:
    """How many executions there are of a flow, or in a namespace when ``flow_id`` is ``None``."""

    namespace: str
    flow_id: str | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """What of an execution to delete, or what was deleted."""

    executions: int
    logs: int
    metrics: int
    files: int


class Records(Protocol):
    """What is stored of executions. The methods are for the event loop: a task that calls them has an ``async run``."""

    async def count_executions(
        self, selection: Selection, *, flows: Sequence[tuple[str, str]], namespaces: Sequence[str]
    ) -> Sequence[ExecutionCount]:
        """Count executions by flow (namespace and id), then by namespace, this one alone without those below.

        ``selection`` says the states and the time. A flow without executions counts 0, a namespace
        without any is left out; with both given, the namespaces of the flows are counted as well.
        """

    async def resume(self, execution_id: str, *, inputs: Mapping[str, Any]) -> None:
        """Let a paused execution go on, with answers to what it asks; raises ``LannerError``."""

    async def purge_executions(self, selection: Selection, wanted: Purge) -> Purge:
        """Delete what ``wanted`` does not set to 0 of the executions found; returns how many of each went.

        The execution that asks is left alone.
        """

    def log_lines(self, execution_id: str, *, least: Level, task_ids: Sequence[str]) -> AsyncIterator[LogEntry]:
        """Yield the lines of an execution, oldest first; of all tasks when ``task_ids`` is empty."""

    async def namespace_and_flow(self, execution_id: str) -> tuple[str, str] | None:
        """Return where an execution belongs, ``None`` when there is none."""

    async def purge_logs(self, selection: Selection) -> int:
        """Delete the lines found; returns how many."""
