"""An execution begins, or goes on making the task runs it owes."""

from typing import assert_never

from lanner.engine.child_batches import ask_batch_again
from lanner.engine.children import ask_again
from lanner.engine.commands import StartTimer, Tell
from lanner.engine.events import Created, GroupContinued, Recovered, Slot, SlotFreed
from lanner.engine.promises import start_watching
from lanner.engine.starting import start_run
from lanner.engine.turn import Turn
from lanner.model.log import Level
from lanner.model.state import State
from lanner.sdk.flowable import Flowable
from lanner.sdk.plan import Section
from lanner.sdk.subflow import SubflowBatch, SubflowTask


def on_created(turn: Turn, event: Created) -> None:
    """Begin; a replay begins in RESTARTED, with the task runs it keeps."""
    execution = turn.execution
    if execution.state.current.is_terminal:
        turn.look_at(None)
        return
    if not execution.state.current.is_created:
        return
    if execution.schedule_date is not None and execution.schedule_date > turn.now:
        turn.command(StartTimer("schedule", execution.schedule_date, event))
        return
    if turn.plan.flow.sla:
        start_watching(turn)
    if not has_slot(turn, event.slot):
        return
    if turn.plan.tasks(Section.TASKS) or execution.state.current is State.RESTARTED:
        turn.enter(State.RUNNING)
    start_waiting(turn)


def has_slot(turn: Turn, slot: Slot) -> bool:
    """Whether the concurrency limit lets the execution run; it is queued or ended when not."""
    match slot:
        case Slot.GRANTED:
            return True
        case Slot.QUEUE:
            turn.enter(State.QUEUED)
        case Slot.CANCEL:
            turn.enter(State.CANCELLED)
            turn.look_at(None)
        case Slot.FAIL:
            turn.log(Level.ERROR, "Execution is FAILED due to concurrency limit exceeded")
            turn.enter(State.FAILED)
            turn.look_at(None)
        case _:
            assert_never(slot)
    return False


def on_slot_freed(turn: Turn, event: SlotFreed) -> None:  # noqa: ARG001  # the event says all
    """Leave the queue."""
    if turn.execution.state.current is State.QUEUED:
        turn.enter(State.RUNNING)
        start_waiting(turn)


def start_waiting(turn: Turn) -> None:
    """Start every task run that waits, and look at every group that is open."""
    for run in turn.draft.all_runs():
        node = turn.plan.nodes.get(run.task_id)
        if run.state.current.is_created and node is not None:
            start_run(turn, node.task, run)
        elif node is not None and isinstance(node.task, Flowable) and not run.state.current.is_terminal:
            turn.look_at(run.id, all_lanes=True)
    turn.look_at(None, all_lanes=True)


def on_group_continued(turn: Turn, event: GroupContinued) -> None:
    """Make more of a group's task runs."""
    turn.look_at(event.task_run_id)


def on_recovered(turn: Turn, event: Recovered) -> None:  # noqa: ARG001  # the event says all
    """Owe nothing after a crash: work that was decided but not written down is decided again."""
    state = turn.execution.state.current
    if state.is_created:
        turn.command(Tell(Created()))  # and not at once: the concurrency limit is asked about it
    elif state.is_terminal:
        turn.look_at(None)
    elif state not in (State.PAUSED, State.BREAKPOINT, State.QUEUED):
        start_waiting(turn)
    for run in turn.draft.all_runs():
        node = turn.plan.nodes.get(run.task_id)
        if node is None or run.state.current is not State.RUNNING:
            continue
        if isinstance(node.task, SubflowTask):
            ask_again(turn, node.task, run)
        elif isinstance(node.task, SubflowBatch):
            ask_batch_again(turn, node.task, run)
