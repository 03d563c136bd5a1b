"""``lanner run`` without a terminal: one line for each thing that happens."""

from collections.abc import Callable, Sequence

import orjson

from lanner.cli.output import duration_text
from lanner.cli.run_view import QUIET_STATES, Progress, RunView, took
from lanner.model.execution import Execution, TaskRun
from lanner.model.log import LogEntry
from lanner.model.state import State


class PlainProgress(Progress):
    """Writes lines with ``write``; a line never holds a line break of its own making."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def begin(self, execution: Execution) -> None:
        """Name the flow and the execution."""
        self._write(f"{execution.namespace}.{execution.flow_id} execution {execution.id}")

    def change(self, view: RunView, runs: Sequence[TaskRun], logs: Sequence[LogEntry]) -> None:
        """Write the log lines, then the new states."""
        for entry in logs:
            self._write(f"{entry.level:<7} {log_place(view, entry)}: {entry.message}")
        for run in runs:
            state = run.state.current
            if state in QUIET_STATES:
                continue
            time = f" {duration_text(took(run))}" if state.is_terminal else ""
            tries = f" after {len(run.attempts)} attempts" if state.is_terminal and len(run.attempts) > 1 else ""
            self._write(f"{state:<7} {view.path(run)}{time}{tries}")
            if state is State.PAUSED:
                self._write("paused: it goes on by itself when the pause has an end; Ctrl-C kills it")

    def end(self, view: RunView) -> None:
        """Write the outcome and the outputs."""
        execution = view.execution
        name = f"{execution.namespace}.{execution.flow_id}"
        self._write(f"{execution.state.current} {name} {duration_text(took(execution))}")
        for output, value in (execution.outputs or {}).items():
            self._write(f"output {output}: {value_text(value)}")


def log_place(view: RunView, entry: LogEntry) -> str:
    """Return where a line comes from: the task run, or the flow itself."""
    if entry.execution_id is not None and not view.is_mine(entry.execution_id):
        return f"{entry.flow_id} > {entry.task_id}" if entry.task_id else entry.flow_id
    run = view.runs.get(entry.task_run_id) if entry.task_run_id else None
    return view.path(run) if run else entry.task_id or entry.flow_id


def value_text(value: object) -> str:
    """Return an output as people read it: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
