"""Somebody lets the failed tasks of an execution run again."""

from lanner.engine.events import RestartRequested
from lanner.engine.iterations import is_settled
from lanner.engine.on_start import has_slot, start_waiting
from lanner.engine.replay import at_work_again
from lanner.engine.turn import Refuse, Turn
from lanner.model.execution import TaskRun
from lanner.model.label import RESTARTED, Label, merged
from lanner.model.refusal import RefusalKind
from lanner.model.state import State
from lanner.sdk.flowable import SharedFolder
from lanner.sdk.plan import Section

_ENDS_AGAIN = (Section.ERRORS, Section.FINALLY, Section.LISTENERS, Section.AFTER_EXECUTION)


def on_restart(turn: Turn, event: RestartRequested) -> None:
    """Run failed tasks again; errors, finally and afterExecution start afresh.

    Source: Kestra 1.0.36 (reference ``engine.md`` §8), preconditions and their texts.
    """
    state = turn.execution.state.current
    if not (state.is_terminal and state is not State.KILLED and turn.execution.ended):
        raise Refuse(
            RefusalKind.CONFLICT,
            f"Execution must be terminated or paused and not killed to be restarted, current state is '{state}' !",
        )
    failed = [run for run in turn.draft.all_runs() if run.state.current is State.FAILED and not _is_settled(turn, run)]
    if not failed:
        raise Refuse(RefusalKind.INVALID, "No task found to restart execution from!")
    begin_again(turn)
    remove_ends(turn)
    for run in failed:
        current = turn.draft.run(run.id)
        whole = _whole(turn, current) if current is not None else None
        if whole is not None:
            _remove_below(turn, whole)
            current = whole
        if current is not None and not _has_failed_child(turn, current):
            turn.put_state(current, State.RESTARTED)
            reopen_ancestors(turn, current)
    if has_slot(turn, event.slot):
        turn.enter(State.RUNNING)
        start_waiting(turn)


def begin_again(turn: Turn) -> None:
    """Put an ended execution into RESTARTED."""
    labels = merged(turn.execution.labels, [Label(RESTARTED, "true")])
    turn.change_execution(ended=False, outputs=None, labels=labels, attempt_number=turn.execution.attempt_number + 1)
    turn.enter(State.RESTARTED)


def remove_ends(turn: Turn) -> None:
    """Remove the runs of every errors, finally, listeners and afterExecution list, and what is below them."""
    doomed = {run.id for run in turn.draft.all_runs() if turn.draft.view.section_of(run) in _ENDS_AGAIN}
    for run in turn.draft.all_runs():
        if run.id in doomed or any(above.id in doomed for above in turn.draft.ancestors(run)):
            doomed.add(run.id)
    for run in turn.draft.all_runs():
        if run.id in doomed:
            turn.draft.remove(run)


def reopen_ancestors(turn: Turn, run: TaskRun) -> None:
    """Put the flowables around a task run back to work."""
    for ancestor in list(turn.draft.ancestors(run)):
        if ancestor.state.current is not State.RUNNING:
            turn.draft.put(at_work_again(ancestor, turn.now))


def _is_settled(turn: Turn, run: TaskRun) -> bool:
    return bool(turn.plan.iterations) and is_settled(turn.plan, turn.draft.ancestors(run))


def _whole(turn: Turn, run: TaskRun) -> TaskRun | None:
    """Return the run to begin again with everything in it: that of a folder its tasks shared."""
    for candidate in (run, *turn.draft.ancestors(run)):
        node = turn.plan.nodes.get(candidate.task_id)
        if node is not None and isinstance(node.task, SharedFolder):
            return candidate
    return None


def _remove_below(turn: Turn, run: TaskRun) -> None:
    for child in turn.draft.all_runs():
        if any(above.id == run.id for above in turn.draft.ancestors(child)):
            turn.draft.remove(child)


def _has_failed_child(turn: Turn, run: TaskRun) -> bool:
    return bool(turn.draft.section(run.id, Section.TASKS).ended(State.FAILED))
