"""Flowables with a folder: a worker fills it before the first task and looks through it after the last.

While a worker has the folder no task of the group starts. Source: Kestra 1.0.36, WorkingDirectory
(reference ``engine.md`` §4.13); there one worker runs everything, here the group's tasks are ordinary task runs.
"""

from lanner.engine.commands import RunTask
from lanner.engine.ending import close_run, lenient
from lanner.engine.events import TaskEnded
from lanner.engine.turn import Turn
from lanner.model.execution import TaskRun
from lanner.model.state import State
from lanner.sdk.flowable import SharedFolder

PHASE = "phase"
"""Entry of a task run's memo: what is done with its folder."""
PREPARING, WORKING, COLLECTING, DONE = "preparing", "working", "collecting", "done"


def is_busy(run: TaskRun) -> bool:
    """Whether a worker has the folder of a task run."""
    return (run.memo or {}).get(PHASE) in (PREPARING, COLLECTING)


def begin(turn: Turn, task: SharedFolder, run: TaskRun) -> None:
    """Have the folder filled, or go on at once when there is nothing to put into it."""
    if task.prepares:
        _hand_out(turn, run, PREPARING)
    else:
        turn.draft.change(run, memo={**(run.memo or {}), PHASE: WORKING})
        turn.look_at(run.id)


def has_to_collect(turn: Turn, task: SharedFolder, run: TaskRun) -> bool:
    """Have the folder looked through, once; returns whether that is still to be waited for."""
    if not task.collects or (run.memo or {}).get(PHASE) != WORKING:
        return False
    _hand_out(turn, run, COLLECTING)
    return True


def on_folder_done(turn: Turn, task: SharedFolder, run: TaskRun, event: TaskEnded) -> None:
    """Take what a worker reports about the folder; one that is late or repeated changes nothing."""
    phase = (run.memo or {}).get(PHASE)
    if run.state.current is not State.RUNNING or event.attempt != len(run.attempts) or not is_busy(run):
        return
    if event.state is not State.SUCCESS:
        close_run(turn, run, lenient(task, State.FAILED))
        return
    memo = {**(run.memo or {}), PHASE: WORKING if phase == PREPARING else DONE}
    turn.draft.change(run, memo=memo, outputs={**(run.outputs or {}), **(event.outputs or {})})
    turn.look_at(run.id)


def _hand_out(turn: Turn, run: TaskRun, phase: str) -> None:
    turn.draft.change(run, memo={**(run.memo or {}), PHASE: phase})
    turn.command(RunTask(run.id, len(run.attempts)))
