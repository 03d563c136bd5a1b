"""What ``lanner run`` knows of its execution while it runs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.log import LogEntry
from lanner.model.state import State

QUIET_STATES = frozenset({State.CREATED, State.RETRYING})
"""States of task runs that plain output does not tell: the next one follows at once."""


class Progress:
    """Shows an execution to somebody; this one shows nothing."""

    def begin(self, execution: Execution) -> None:
        """The execution exists."""

    def change(self, view: "RunView", runs: Sequence[TaskRun], logs: Sequence[LogEntry]) -> None:
        """Something happened; ``view`` holds it already."""

    def end(self, view: "RunView") -> None:
        """Nothing of the execution runs any more."""


@dataclass(slots=True)
class RunView:
    """An execution and its task runs by id, in the order they were made."""

    execution: Execution
    runs: dict[TaskRunId, TaskRun] = field(default_factory=dict)
    children: dict[TaskRunId | None, list[TaskRunId]] = field(default_factory=dict)

    def is_mine(self, execution_id: ExecutionId) -> bool:
        """Whether a change belongs to this execution, and not to one that it started."""
        return execution_id == self.execution.id

    def take(self, execution: Execution, runs: Iterable[TaskRun]) -> list[TaskRun]:
        """Take newer rows; returns the task runs whose state is news."""
        self.execution = execution
        news = []
        for run in runs:
            known = self.runs.get(run.id)
            if known is None:
                self.children.setdefault(run.parent_id, []).append(run.id)
            if known is None or known.state != run.state:
                news.append(run)
            self.runs[run.id] = run
        return news

    def path(self, run: TaskRun) -> str:
        """Return a task run's name with those it lies in: ``each[Oslo] > greeting``."""
        names = [label_of(run)]
        while run.parent_id is not None and run.parent_id in self.runs:
            run = self.runs[run.parent_id]
            names.append(label_of(run))
        return " > ".join(reversed(names))


def label_of(run: TaskRun) -> str:
    """Return the task's id, with the value of the loop it runs for."""
    return run.task_id if run.value is None else f"{run.task_id}[{_short(run.value)}]"


def took(item: TaskRun | Execution) -> timedelta:
    """Return the time between an object's first and last state."""
    return item.state.changed_date - item.state.start_date


def _short(value: str, limit: int = 40) -> str:
    return value if len(value) <= limit else value[: limit - 1] + "…"
