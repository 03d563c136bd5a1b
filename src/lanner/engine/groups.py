"""What follows in a group: the next children, the next list, or its end.

A group is the top level of a flow or the inside of a flowable's run. Source: Kestra 1.0.36
(reference ``engine.md`` §3.4, §3.5, §4); quirks that hang there end here.
"""

from collections.abc import Sequence

from lanner.engine import attended
from lanner.engine.commands import StartTimer
from lanner.engine.draft import SectionDraft
from lanner.engine.ending import close_run, lenient
from lanner.engine.events import RepeatDue
from lanner.engine.iterations import add_loop_outputs, end_iteration
from lanner.engine.lanes import STOPPED, start_lanes
from lanner.engine.starting import fail_flowable, start_task
from lanner.engine.turn import RunScope, Turn
from lanner.engine.view import GroupId
from lanner.model.errors import LannerError
from lanner.model.execution import TaskRun
from lanner.model.ids import TaskRunId
from lanner.model.log import Level
from lanner.model.state import State
from lanner.sdk.flowable import Attended, Flowable, Repeat, SharedFolder
from lanner.sdk.iteration import Iteration, IterationLoop
from lanner.sdk.plan import Section
from lanner.sdk.task import Task

ENDS = "ends"
"""Entry of a task run's memo: the state that its pause ended in, before its tasks were to run."""
_WORST_FIRST = (State.KILLED, State.FAILED, State.WARNING)


def state_of_children(tasks: SectionDraft) -> State:
    """Return the state that the ended children give: the worst one that counts."""
    for state in _WORST_FIRST:
        if tasks.ended(state):
            return state
    return State.SUCCESS


def advance_flowable(turn: Turn, run: TaskRun, ended: TaskRun | None, *, all_lanes: bool) -> None:
    """Go on inside a flowable's run, or end it."""
    task = turn.plan.nodes[run.task_id].task
    assert isinstance(task, Flowable)
    if isinstance(task, Attended) and attended.is_busy(run):
        return
    tasks, stops_on = turn.draft.section(run.id, Section.TASKS), task.stops_on
    ends = State((run.memo or {}).get(ENDS, State.SUCCESS))
    if ends is not State.FAILED and not tasks.ended_in(stops_on) and not _handling(turn, run.id):
        try:
            shape = task.shape(run.memo or {})
            finished = start_lanes(turn, run.id, shape, ended, all_lanes=all_lanes, stops_on=stops_on)
            if not finished or (not tasks.ended_in(stops_on) and _repeats(turn, task, run)):
                return
        except (LannerError, ValueError) as error:
            fail_flowable(turn, run, error)
            return
    if isinstance(task, SharedFolder) and not tasks.open_count and attended.has_to_collect(turn, task, run):
        return
    failed = ends is State.FAILED or bool(tasks.ended(State.FAILED))
    errors, finally_ = turn.plan.row(task.error_tasks).tasks, turn.plan.row(task.final_tasks).tasks
    iteration = task.shape(run.memo or {}).iteration
    if advance_handlers(turn, run.id, errors, finally_, failed=failed, iteration=iteration):
        state = next((worst for worst in _WORST_FIRST if worst in (ends, state_of_children(tasks))), State.SUCCESS)
        _end(turn, task, run.id, lenient(task, task.state_of(state)))


def _end(turn: Turn, task: Flowable, run_id: TaskRunId, state: State) -> None:
    run = turn.draft.run(run_id)
    if run is None or run.state.current.is_terminal:
        return
    if isinstance(task, Iteration):
        end_iteration(turn, task, run, state)
        return
    if isinstance(task, IterationLoop):
        run = add_loop_outputs(turn, task, run)
    close_run(turn, run, state, leave_work=True)


def advance_handlers(
    turn: Turn,
    group: GroupId,
    errors: Sequence[Task],
    finally_: Sequence[Task],
    *,
    failed: bool,
    iteration: int | None = None,
) -> bool:
    """Run ``errors`` (when something failed) and then ``finally``; returns whether all of it is done.

    ``iteration`` is that of the round of a loop, whose tasks these are as well.
    """
    draft = turn.draft
    handling = failed or draft.section(group, Section.ERRORS).count
    if (
        handling
        and not draft.section(group, Section.FINALLY).count
        and not advance_list(turn, group, Section.ERRORS, errors, iteration=iteration)
    ):
        return False
    return advance_list(turn, group, Section.FINALLY, finally_, iteration=iteration)


def advance_list(
    turn: Turn,
    group: GroupId,
    section: Section,
    tasks: Sequence[Task],
    *,
    force: bool = False,
    iteration: int | None = None,
) -> bool:
    """Start the next task of a list that runs in order whatever fails; returns whether all have ended."""
    counts = turn.draft.section(group, section)
    while counts.open_count == 0:
        if counts.count >= len(tasks):
            return True
        if turn.execution.state.current in STOPPED:
            return False
        start_task(turn, tasks[counts.count], group, iteration=iteration, force=force)
        if not force and _is_left(turn, group):
            return False
    return False


def _is_left(turn: Turn, group: GroupId) -> bool:
    """Whether a task that has just begun has ended what it is in."""
    if turn.execution.state.current.is_terminal:
        return True
    around = turn.draft.run(group) if group is not None else None
    return around is not None and around.state.current.is_terminal


def _handling(turn: Turn, group: GroupId) -> bool:
    return bool(turn.draft.section(group, Section.ERRORS).count or turn.draft.section(group, Section.FINALLY).count)


def _repeats(turn: Turn, task: Flowable, run: TaskRun) -> bool:
    """Ask a loop whether it goes on; a round that follows waits in PAUSED."""
    followed = task.after_tasks(RunScope(turn, turn.draft.run(run.id) or run))
    current = turn.draft.run(run.id) or run
    outputs = {**(current.outputs or {}), **followed.outputs}
    if isinstance(followed, Repeat):
        turn.put_state(current, State.PAUSED, outputs=outputs, memo=followed.memo)
        turn.enter(State.PAUSED)
        due = turn.now + followed.after
        turn.command(StartTimer(f"repeat:{run.id}", due, RepeatDue(task_run_id=run.id)))
        return True
    if followed.warning is not None:
        turn.log(Level.WARN, followed.warning, run)
    if followed.outputs:
        current = turn.draft.change(current, outputs=outputs)
    if followed.state is None:
        return False
    close_run(turn, current, lenient(task, followed.state), leave_work=True)
    return True
