"""What the executor takes in one round, and who waits for it to be saved."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lanner.engine.commands import Decision
from lanner.engine.events import Event
from lanner.engine.view import View
from lanner.model.errors import LannerError
from lanner.model.execution import Execution
from lanner.model.ids import ExecutionId
from lanner.model.log import LogEntry, Metric
from lanner.ports.store import Writes
from lanner.runtime.batch import Batch


@dataclass(slots=True)
class Incoming:
    """An event on its way, or only lines and metrics; ``answer`` is resolved when it is durable."""

    execution_id: ExecutionId
    event: Event | None = None
    new: View | None = None
    also: Writes | None = None
    logs: Sequence[LogEntry] = ()
    metrics: Sequence[Metric] = ()
    answer: "asyncio.Future[Execution] | None" = None
    ended_timer: str | None = None
    decided: Decision | None = None
    """What the engine said, where that has been asked already."""

    def refuse(self, error: Exception) -> None:
        """Tell who waits that it is not taken."""
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(error)


@dataclass(slots=True)
class Round:
    """A batch with who waits for it."""

    batch: Batch = field(default_factory=Batch)
    answers: list[tuple["asyncio.Future[Execution]", ExecutionId]] = field(default_factory=list)
    unasked: dict[ExecutionId, Callable[[], View]] = field(default_factory=dict)
    """Executions that are new although nobody waits for an answer: each as it was before it began."""

    def begins(self, incoming: Incoming) -> None:
        """Take note of a new execution."""
        view = incoming.new
        if view is not None and incoming.answer is None:
            plan, execution, runs = view.plan, view.execution, tuple(view.runs.values())
            self.unasked[execution.id] = lambda: View(plan, execution, runs)

    def saved(self) -> None:
        """Tell who waits that it is durable."""
        for answer, execution_id in self.answers:
            if not answer.done():
                answer.set_result(self.batch.touched[execution_id].view.execution)

    def lost(self, error: Exception) -> None:
        """Tell who waits that it cannot be saved."""
        for answer, _ in self.answers:
            if not answer.done():
                answer.set_exception(LannerError(f"cannot save: {error}"))
