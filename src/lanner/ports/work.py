"""What goes through the house: messages to executions, jobs for workers, timers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lanner.model.ids import ExecutionId, TaskRunId


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An event on its way to an execution; delivered at least once, in order of ``id``.

    ``kind`` and ``body`` are the engine event in plain data. ``id`` is given by the store.
    """

    execution_id: ExecutionId
    kind: str
    body: Mapping[str, Any]
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An attempt of a task that a worker is to make. Its identity is (task run, attempt).

    ``deliveries`` counts how often it was handed out.
    """

    execution_id: ExecutionId
    task_run_id: TaskRunId
    attempt: int
    deliveries: int = 0
    worker_group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """An event that is due later. Its identity is (execution, name): writing it again moves it."""

    execution_id: ExecutionId
    name: str
    due: datetime
    kind: str
    body: Mapping[str, Any]
