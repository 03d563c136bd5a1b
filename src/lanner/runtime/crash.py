"""The end of an execution that the engine itself cannot go on with."""

from dataclasses import replace
from datetime import datetime

from lanner.engine.commands import Changes, Decision
from lanner.engine.view import View
from lanner.model.log import Level, LogEntry
from lanner.model.state import State


def crashed(view: View, error: Exception, now: datetime) -> Decision:
    """Return the decision that fails everything open, with the reason in the log."""
    execution = view.execution
    runs = [
        replace(run, state=run.state.to(State.FAILED, now))
        for run in view.runs.values()
        if not run.state.current.is_terminal
    ]
    entry = LogEntry(
        tenant=execution.tenant,
        namespace=execution.namespace,
        flow_id=execution.flow_id,
        timestamp=now,
        level=Level.ERROR,
        message=f"The execution cannot go on: {error}",
        execution_id=execution.id,
    )
    state = execution.state
    if not state.current.is_terminal:
        state = state.to(State.FAILED, now)
    ended = replace(execution, state=state, ended=True)
    return Decision(changes=Changes(execution=ended, task_runs=tuple(runs)), logs=(entry,))
