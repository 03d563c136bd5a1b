"""Task runs that are paused."""

from typing import Any

from lanner.engine.turn import RunScope, Turn
from lanner.model.errors import LannerError
from lanner.model.execution import TaskRun
from lanner.model.state import State
from lanner.sdk.flowable import Flowable


def first_paused(turn: Turn) -> TaskRun | None:
    """Return the oldest paused task run."""
    paused = [run for run in turn.draft.all_runs() if run.state.current is State.PAUSED]
    return min(paused, key=lambda run: run.sequence, default=None)


def how_resumed(turn: Turn, state: State, *, by: str | None = None) -> dict[str, Any]:
    """Return the output that tells what ended a pause."""
    resumed = {"on": turn.now.strftime("%Y-%m-%dT%H:%M:%S.%f"), "to": state.value}
    return {"resumed": resumed if by is None else {**resumed, "by": by}}


def is_held(turn: Turn, task: Flowable, run: TaskRun) -> bool:
    """Whether a task run is a pause that waits, and not a loop between two rounds."""
    if run.state.current is not State.PAUSED:
        return False
    try:
        return task.decide(RunScope(turn, run)).hold is not None
    except (LannerError, ValueError):
        return False
