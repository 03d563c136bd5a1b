"""What several decisions change, gathered for one commit."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from lanner.engine.commands import (
    BeginExecution,
    CancelTimer,
    Command,
    Decision,
    DropFolder,
    KillChildren,
    RunTask,
    StartChild,
    StartTimer,
    StopTask,
    Tell,
)
from lanner.engine.events import Event, encode
from lanner.engine.view import View
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.log import LogEntry, Metric
from lanner.ports.store import Writes
from lanner.ports.work import Job, Timer


@dataclass(slots=True)
class Touched:
    """What a batch changes of one execution."""

    view: View
    is_changed: bool = False
    """Whether the execution itself is another, not only its task runs or lines."""
    task_runs: dict[TaskRunId, TaskRun] = field(default_factory=dict)
    logs: list[LogEntry] = field(default_factory=list)


class Batch:
    """Decisions of one round of the executor. Rows changed several times are written once."""

    def __init__(self) -> None:
        self._new: dict[ExecutionId, Execution] = {}
        self._executions: dict[ExecutionId, Execution] = {}
        self._task_runs: dict[TaskRunId, tuple[ExecutionId, TaskRun]] = {}
        self._writes = Writes()
        self.touched: dict[ExecutionId, Touched] = {}
        self.to_run: list[tuple[View, RunTask, int]] = []
        self.to_stop: list[tuple[View, StopTask]] = []
        self.told: list[tuple[ExecutionId, Event]] = []
        self.timers: list[Timer] = []
        self.cancelled: list[tuple[ExecutionId, str]] = []
        self.children: list[tuple[View, StartChild]] = []
        self.folders: list[TaskRunId] = []
        self.to_kill: list[tuple[ExecutionId, TaskRunId | None]] = []
        self.to_begin: list[tuple[View, Execution]] = []

    def begin(self, view: View, task_runs: Sequence[TaskRun]) -> None:
        """Add an execution that is new."""
        execution = view.execution
        self._new[execution.id] = execution
        self.touch(view)
        for run in task_runs:
            self._task_runs[run.id] = (execution.id, run)

    def add(self, view: View, decision: Decision) -> None:
        """Add a decision that has been applied to ``view``."""
        changes, execution_id = decision.changes, view.execution.id
        touched = self.touch(view)
        if changes.execution is not None:
            touched.is_changed = True
            (self._new if execution_id in self._new else self._executions)[execution_id] = changes.execution
        for run in changes.task_runs:
            self._task_runs[run.id] = (execution_id, run)
            touched.task_runs[run.id] = run
        for run_id in changes.removed:
            self._task_runs.pop(run_id, None)
            self._writes.removed_task_runs.append((execution_id, run_id))
        self.add_logs(view, decision.logs)
        for command in decision.commands:
            self._command(view, execution_id, command)

    def add_logs(self, view: View, logs: Sequence[LogEntry]) -> None:
        """Add log lines of an execution."""
        if logs:
            self._writes.logs.extend(logs)
            self.touch(view).logs.extend(logs)

    def add_metrics(self, metrics: Sequence[Metric]) -> None:
        """Add published metrics."""
        self._writes.metrics.extend(metrics)

    def never_saved(self) -> list[View]:
        """Return the executions that the store does not know if this batch is lost."""
        return [self.touched[execution_id].view for execution_id in self._new]

    def include(self, writes: Writes) -> None:
        """Add what somebody else wants written with this."""
        self._writes.include(writes)

    def end_job(self, run_id: TaskRunId, attempt: int) -> None:
        """Forget a job: its attempt has been reported or is not wanted any more."""
        self._writes.ended_jobs.append((run_id, attempt))

    def end_timer(self, execution_id: ExecutionId, name: str) -> None:
        """Forget a timer that has fired."""
        self._writes.ended_timers.append((execution_id, name))

    def redeliver(self, job: Job) -> None:
        """Note that a job is handed out once more."""
        self._writes.jobs.append(job)

    def run_once(self, known: Container[tuple[TaskRunId, int]]) -> None:
        """Leave out attempts that are commanded for the first time although they have a job already."""
        self.to_run = [
            (view, run, delivery)
            for view, run, delivery in self.to_run
            if delivery > 1 or (run.task_run_id, run.attempt) not in known
        ]

    def writes(self) -> Writes:
        """Return everything as one unit of work."""
        self._writes.new_executions = list(self._new.values())
        self._writes.executions = list(self._executions.values())
        self._writes.task_runs = list(self._task_runs.values())
        return self._writes

    def touch(self, view: View) -> Touched:
        """Note that a view is at hand because of this batch."""
        found = self.touched.get(view.execution.id)
        if found is None:
            found = self.touched[view.execution.id] = Touched(view)
        return found

    def _command(self, view: View, execution_id: ExecutionId, command: Command) -> None:
        match command:
            case RunTask(task_run_id=run_id, attempt=attempt):
                self._writes.jobs.append(
                    Job(execution_id=execution_id, task_run_id=run_id, attempt=attempt, deliveries=1)
                )
                self.to_run.append((view, command, 1))
            case StopTask(task_run_id=run_id, attempt=attempt):
                self.to_stop.append((view, command))
            case StartTimer(name=name, due=due, event=event):
                kind, body = encode(event)
                timer = Timer(execution_id=execution_id, name=name, due=due, kind=kind, body=body)
                self._writes.timers.append(timer)
                self.timers.append(timer)
            case CancelTimer(name=name):
                self._writes.ended_timers.append((execution_id, name))
                self.cancelled.append((execution_id, name))
            case Tell(event=event):
                self.told.append((execution_id, event))
            case StartChild():
                self.children.append((view, command))
            case KillChildren(task_run_id=task_run_id):
                self.to_kill.append((execution_id, task_run_id))
            case DropFolder(task_run_id=run_id):
                self.folders.append(run_id)
            case BeginExecution(execution=execution):
                self.to_begin.append((view, execution))
            case _:
                assert_never(command)
