"""Log lines and metrics that tasks and the engine leave behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lanner.model.ids import ExecutionId, TaskRunId


class Level(StrEnum):
    """How important a log line is, least first."""

    TRACE = "TRACE"
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"

    @property
    def rank(self) -> int:
        """Place in the order, 0 for TRACE."""
        return _RANKS[self]

    def includes(self, other: "Level") -> bool:
        """Whether a line of level ``other`` passes when this is the least level kept."""
        return _RANKS[other] >= _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Level)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One stored line. ``attempt_number`` counts from 0; ``timestamp`` is UTC."""

    tenant: str
    namespace: str
    flow_id: str
    timestamp: datetime
    level: Level
    message: str
    execution_id: ExecutionId | None = None
    task_id: str | None = None
    task_run_id: TaskRunId | None = None
    attempt_number: int | None = None
    trigger_id: str | None = None
    thread: str | None = None


class MetricType(StrEnum):
    """Whether a metric counts things or measures time."""

    COUNTER = "counter"
    TIMER = "timer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A number a task published; timers are in milliseconds."""

    tenant: str
    namespace: str
    flow_id: str
    execution_id: ExecutionId
    task_id: str
    task_run_id: TaskRunId
    type: MetricType
    name: str
    value: float
    timestamp: datetime
    tags: Mapping[str, str]
