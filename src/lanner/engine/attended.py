"""Flowables for which a worker does something: before the first task, or after the last.

Meanwhile no task of the group starts. Source: Kestra 1.0.36, WorkingDirectory (reference ``engine.md``
§4.13); there one worker runs everything, here the group's tasks are ordinary task runs.
"""

from lanner.engine.commands import RunTask
from lanner.engine.ending import close_run, lenient
from lanner.engine.events import TaskEnded
from lanner.engine.turn import Turn
from lanner.model.execution import TaskRun
from lanner.model.state import State
from lanner.sdk.flowable import Attended, SharedFolder

PHASE = "phase"
"""Entry of a task run's memo: what is done with it."""
PREPARING, WORKING, COLLECTING, DONE = "preparing", "working", "collecting", "done"
ENDS_IN = "endsIn"
"""Entry of a task run's memo: the state it ends in once the worker is done."""


def is_busy(run: TaskRun) -> bool:
    """Whether a worker has a task run."""
    return (run.memo or {}).get(PHASE) in (PREPARING, COLLECTING)


def begin(turn: Turn, task: Attended, run: TaskRun) -> None:
    """Have what comes first done, or go on at once when there is nothing."""
    memo = run.memo or {}
    if task.prepares(memo):
        _hand_out(turn, run, PREPARING)
        return
    if isinstance(task, SharedFolder):
        turn.draft.change(run, memo={**memo, PHASE: WORKING})
    turn.look_at(run.id)


def has_to_collect(turn: Turn, task: SharedFolder, run: TaskRun) -> bool:
    """Have the folder looked through, once; returns whether that is still to be waited for."""
    if not task.collects or (run.memo or {}).get(PHASE) != WORKING:
        return False
    _hand_out(turn, run, COLLECTING)
    return True


def collect_and_end(turn: Turn, run: TaskRun, state: State) -> None:
    """Have what comes last done; then the task run ends in ``state``."""
    _hand_out(turn, turn.draft.change(run, memo={**(run.memo or {}), ENDS_IN: state.value}), COLLECTING)


def on_attended(turn: Turn, task: Attended, run: TaskRun, event: TaskEnded) -> None:
    """Take what a worker reports; one that is late or repeated changes nothing."""
    memo = run.memo or {}
    if run.state.current is not State.RUNNING or event.attempt != len(run.attempts) or not is_busy(run):
        return
    if event.state is not State.SUCCESS:
        if memo.get(PHASE) == PREPARING and isinstance(task, SharedFolder):
            run = turn.draft.change(run, attempts=run.attempts[:-1])
        close_run(turn, run, lenient(task, State.FAILED))
        return
    if memo.get(PHASE) == PREPARING:
        turn.draft.change(run, memo={**memo, **(event.outputs or {}), PHASE: WORKING})
    elif ENDS_IN in memo:
        run = turn.draft.change(run, memo={**memo, PHASE: DONE}, outputs=event.outputs or {})
        close_run(turn, run, State(memo[ENDS_IN]))
        return
    else:
        turn.draft.change(run, memo={**memo, PHASE: DONE}, outputs={**(run.outputs or {}), **(event.outputs or {})})
    turn.look_at(run.id)


def _hand_out(turn: Turn, run: TaskRun, phase: str) -> None:
    turn.draft.change(run, memo={**(run.memo or {}), PHASE: phase})
    turn.command(RunTask(run.id, len(run.attempts)))
