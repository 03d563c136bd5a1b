"""How task runs and executions end."""

from dataclasses import replace

from lanner.engine.commands import CancelTimer, DropFolder, StopTask
from lanner.engine.turn import Turn
from lanner.model.execution import TaskRun
from lanner.model.state import TERMINAL, State
from lanner.sdk.flowable import Flowable, SharedFolder
from lanner.sdk.plan import Section
from lanner.sdk.task import Task

_WAITS_FOR_WORKER = (State.CREATED, State.RESTARTED)
GROUP_SECTIONS = (Section.TASKS, Section.ERRORS, Section.FINALLY)


def lenient(task: Task, state: State) -> State:
    """Return the state after ``allowFailure`` and ``allowWarning``."""
    if state is State.FAILED and task.allow_failure:
        state = State.WARNING
    if state is State.WARNING and task.allow_warning:
        state = State.SUCCESS
    return state


def close_run(turn: Turn, run: TaskRun, state: State, *, leave_work: bool = False) -> TaskRun:
    """End a task run and have its group looked at; its children still open end with it.

    ``leave_work``: what workers have of these goes on, and the task run takes its result when it comes.
    """
    attempts = run.attempts
    if attempts and attempts[-1].state.current not in TERMINAL:
        attempts = (*attempts[:-1], replace(attempts[-1], state=attempts[-1].state.to(state, turn.now)))
    run = turn.put_state(run, state, attempts=attempts)
    node = turn.plan.nodes.get(run.task_id)
    if node is None or isinstance(node.task, Flowable):
        force_children(turn, run, state, leave_work=leave_work)
    drop_folder(turn, run)
    turn.look_at(run.parent_id, run)
    return run


def force_children(turn: Turn, run: TaskRun, state: State, *, leave_work: bool) -> None:
    """End everything below a task run that is still open, at any depth."""
    below = [run.id]
    while below:
        parent = below.pop()
        for section in GROUP_SECTIONS:
            for child_id in turn.draft.section(parent, section).open_ids():
                child = turn.draft.run(child_id)
                if child is None:
                    continue
                if not leave_work or child.state.current not in _WAITS_FOR_WORKER:
                    drop_work(turn, child)
                drop_folder(turn, child)
                turn.put_state(child, state)
                below.append(child_id)


def drop_folder(turn: Turn, run: TaskRun) -> None:
    """Have the folder removed that the tasks of an ended run shared, if they did."""
    node = turn.plan.nodes.get(run.task_id)
    if node is not None and isinstance(node.task, SharedFolder):
        turn.command(DropFolder(run.id))


def drop_work(turn: Turn, run: TaskRun) -> None:
    """Take back what was commanded for a task run that ends without it: its timer, its job if nobody began it."""
    match run.state.current:
        case state if state in _WAITS_FOR_WORKER:
            turn.command(StopTask(run.id, len(run.attempts) + 1))
        case State.RETRYING:
            turn.command(CancelTimer(f"retry:{run.id}"))
        case State.PAUSED:
            turn.command(CancelTimer(f"pause:{run.id}"))
            turn.command(CancelTimer(f"repeat:{run.id}"))
        case _:
            pass
