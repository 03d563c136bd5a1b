"""Somebody stops an execution."""

from dataclasses import replace

from lanner.engine.attended import is_busy
from lanner.engine.child_batches import kill_batch
from lanner.engine.children import close_child
from lanner.engine.commands import CancelTimer, KillChildren, StopTask
from lanner.engine.ending import GROUP_SECTIONS, drop_folder, drop_work
from lanner.engine.events import KillRequested
from lanner.engine.pauses import first_paused, how_resumed, is_held
from lanner.engine.starting import make_run
from lanner.engine.turn import Refuse, Turn
from lanner.model.execution import TaskRun
from lanner.model.refusal import RefusalKind
from lanner.model.state import TERMINAL, State
from lanner.sdk.flowable import Attended, Flowable, SharedFolder
from lanner.sdk.plan import Section
from lanner.sdk.subflow import SubflowBatch, SubflowTask


def on_kill(turn: Turn, event: KillRequested) -> None:
    """Stop everything: what waits is KILLED now, what workers do is interrupted.

    Neither errors nor finally run; afterExecution does. Killing twice changes nothing.
    """
    state = turn.execution.state.current
    if event.cascade:
        turn.command(KillChildren())
    if state in TERMINAL:
        if not turn.execution.ended:
            _stop_after_tasks(turn)
        elif not event.cascade:
            raise Refuse(RefusalKind.CONFLICT, "Execution is already finished, can't kill it")
        return
    if state is State.PAUSED and first_paused(turn) is not None:
        turn.enter(State.RESTARTED)
    turn.enter(State.KILLING)
    turn.command(CancelTimer("schedule"))
    for run in sorted(turn.draft.all_runs(), key=lambda found: -found.sequence):
        if run.state.current not in TERMINAL:
            kill_run(turn, run)
    turn.enter(State.KILLED)
    turn.look_at(None)


def finish_killed(turn: Turn, run: TaskRun) -> None:
    """End a flowable that is being killed once everything in it has ended."""
    if any(turn.draft.section(run.id, section).open_count for section in GROUP_SECTIONS):
        return
    _killed(turn, run)
    turn.look_at(run.parent_id, run)


def kill_run(turn: Turn, run: TaskRun) -> None:
    """Stop an open task run: what a worker does is interrupted, the rest is KILLED now."""
    node = turn.plan.nodes.get(run.task_id)
    state = run.state.current
    if node is not None and isinstance(node.task, Flowable):
        if state is State.RUNNING:
            if isinstance(node.task, Attended) and is_busy(run):
                turn.command(StopTask(run.id, len(run.attempts)))
            run = turn.put_state(run, State.KILLING)
            turn.look_at(run.id)
            if isinstance(node.task, SharedFolder) and not is_busy(run):
                _kill_what_follows(turn, node.task, run)
            if not any(turn.draft.section(run.id, section).open_count for section in GROUP_SECTIONS):
                _killed(turn, run)
        else:
            drop_work(turn, run)
            if is_held(turn, node.task, run):
                run = turn.draft.change(run, outputs={**(run.outputs or {}), **how_resumed(turn, State.KILLING)})
            _killed(turn, run)
    elif node is not None and isinstance(node.task, SubflowTask):
        close_child(turn, run, State.KILLED)
    elif node is not None and isinstance(node.task, SubflowBatch):
        kill_batch(turn, run)
    elif state is State.RUNNING:
        turn.put_state(run, State.KILLING)
        turn.command(StopTask(run.id, len(run.attempts)))
    elif state is State.KILLING:
        turn.command(StopTask(run.id, len(run.attempts)))
    else:
        drop_work(turn, run)
        turn.put_state(run, State.KILLED)


def _kill_what_follows(turn: Turn, folder: SharedFolder, run: TaskRun) -> None:
    """Show the tasks that were to share the folder still: as KILLED, as Kestra does."""
    tasks = turn.draft.section(run.id, Section.TASKS)
    for task in turn.plan.row(folder.shape(run.memo or {}).tasks).tasks:
        if tasks.find(task.id) is None:
            make_run(turn, task, run.id, state=State.KILLED)


def _killed(turn: Turn, run: TaskRun) -> None:
    attempts = run.attempts
    if attempts and attempts[-1].state.current not in TERMINAL:
        attempts = (*attempts[:-1], replace(attempts[-1], state=attempts[-1].state.to(State.KILLED, turn.now)))
    drop_folder(turn, run)
    turn.put_state(run, State.KILLED, attempts=attempts)


def _stop_after_tasks(turn: Turn) -> None:
    """Kill what runs after the end; the execution keeps its state and the following tasks still run."""
    for section in (Section.LISTENERS, Section.AFTER_EXECUTION):
        for run_id in turn.draft.section(None, section).open_ids():
            run = turn.draft.run(run_id)
            if run is not None:
                kill_run(turn, run)
    turn.look_at(None)
