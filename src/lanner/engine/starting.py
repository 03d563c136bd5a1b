"""Making task runs, and what happens to a task run that waits to be started."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lanner.engine import attended, iterations
from lanner.engine.child_batches import start_batch
from lanner.engine.children import start_child
from lanner.engine.commands import RunTask, StartTimer
from lanner.engine.ending import close_run, lenient
from lanner.engine.events import PauseExpired
from lanner.engine.leaving import leave
from lanner.engine.turn import RunScope, Turn
from lanner.engine.view import GroupId
from lanner.model.errors import LannerError
from lanner.model.execution import Attempt, Fixture, TaskRun
from lanner.model.ids import run_id
from lanner.model.label import merged
from lanner.model.log import Level
from lanner.model.state import State, StateHistory
from lanner.sdk.flowable import Attended, Decided, ExecutionUpdate, Flowable, Hold, SharedFolder, Update
from lanner.sdk.subflow import SubflowBatch, SubflowTask
from lanner.sdk.task import Task


def start_task(
    turn: Turn,
    task: Task,
    group: GroupId,
    *,
    value: str | None = None,
    iteration: int | None = None,
    force: bool = False,
) -> TaskRun:
    """Make the task run of a task and start it."""
    run = make_run(turn, task, group, value=value, iteration=iteration, force=force)
    start_run(turn, task, run)
    return run


def make_run(
    turn: Turn,
    task: Task,
    group: GroupId,
    *,
    state: State = State.CREATED,
    value: str | None = None,
    iteration: int | None = None,
    force: bool = False,
) -> TaskRun:
    """Make the task run of a task, in CREATED or in the state it is to end in at once."""
    execution = turn.execution
    sequence = execution.sequence
    turn.change_execution(sequence=sequence + 1)
    run = TaskRun(
        id=run_id(execution.id, sequence, group, task.id, iteration),
        task_id=task.id,
        state=StateHistory.starting(State.CREATED, turn.now).to(state, turn.now),
        parent_id=group,
        value=value,
        iteration=iteration,
        sequence=sequence,
        force_execution=force,
    )
    turn.made += 1
    return turn.draft.put(run)


def start_run(turn: Turn, task: Task, run: TaskRun) -> None:
    """Start a task run in CREATED or RESTARTED: skip it, stop at a breakpoint, or have it done."""
    if _is_breakpoint(turn, run):
        turn.put_state(run, State.BREAKPOINT)
        turn.enter(State.BREAKPOINT)
        return
    if task.run_if != "true" and not _is_wanted(turn, task, run):
        return
    fixture = _fixture(turn, run)
    if fixture is not None:
        _end_with_fixture(turn, run, fixture)
    elif isinstance(task, Flowable):
        open_flowable(turn, task, run)
    elif isinstance(task, ExecutionUpdate):
        _apply_update(turn, task, run)
    elif isinstance(task, SubflowTask):
        start_child(turn, task, run)
    elif isinstance(task, SubflowBatch):
        start_batch(turn, task, run)
    else:
        turn.command(RunTask(run.id, len(run.attempts) + 1))


def open_flowable(turn: Turn, task: Flowable, run: TaskRun) -> None:
    """Have a flowable decide and begin: its children, a pause, or its end."""
    decided = _decided(turn, task, run) if task.decides_first else None
    if decided is not None and decided.end is not None:
        close_run(turn, turn.draft.change(run, outputs=decided.outputs, memo=decided.memo), lenient(task, decided.end))
        return
    if decided is None and task.decides_first:
        return
    began = run.state.to(State.RUNNING, turn.now)
    attempts = run.attempts
    if run.state.current is State.RESTARTED and attempts and not isinstance(task, SharedFolder):
        # Its tasks run again; that is no new attempt.
        attempts = (*attempts[:-1], replace(attempts[-1], state=attempts[-1].state.to(State.RUNNING, turn.now)))
    else:
        attempt = StateHistory.starting(State.CREATED, turn.now).to(State.RUNNING, turn.now)
        attempts = (*attempts, Attempt(state=attempt))
    run = turn.draft.change(run, state=began, attempts=attempts)
    decided = decided or _decided(turn, task, run)
    if decided is None:
        return
    run = turn.draft.change(run, outputs=decided.outputs, memo=decided.memo)
    if decided.warning is not None:
        turn.log(Level.WARN, decided.warning, run)
    if decided.end is not None:
        close_run(turn, run, lenient(task, decided.end))
    elif decided.hold is not None:
        _pause(turn, run, decided.hold)
    elif isinstance(task, Attended):
        attended.begin(turn, task, run)
    else:
        turn.look_at(run.id)


def _decided(turn: Turn, task: Flowable, run: TaskRun) -> Decided | None:
    """Have a flowable decide; it has ended when it could not."""
    try:
        return task.decide(RunScope(turn, run))
    except (LannerError, ValueError) as error:
        fail_flowable(turn, run, error)
        return None


def fail_flowable(turn: Turn, run: TaskRun, error: Exception) -> None:
    """End a flowable that could not decide, which ``allowFailure`` does not excuse.

    Source: Kestra 1.0.36; where the decision is an output, the attempt stays as it was.
    """
    turn.log(Level.ERROR, f"Unable to resolve state from the Flowable task: {error}", run)
    task, attempts = turn.plan.nodes[run.task_id].task, run.attempts
    run = close_run(turn, run, State.FAILED)
    if isinstance(task, Flowable) and task.decides_outputs:
        turn.draft.change(run, attempts=attempts)


def _pause(turn: Turn, run: TaskRun, hold: Hold) -> None:
    run = turn.put_state(run, State.PAUSED)
    turn.enter(State.PAUSED)
    if hold.expires_in is not None:
        due = turn.now + hold.expires_in
        turn.command(StartTimer(f"pause:{run.id}", due, PauseExpired(task_run_id=run.id)))
    if hold.on_pause is not None:
        start_task(turn, hold.on_pause, None)


def _is_breakpoint(turn: Turn, run: TaskRun) -> bool:
    return any(
        point.task_id == run.task_id and point.value in (None, run.value) for point in turn.execution.breakpoints
    )


def _is_wanted(turn: Turn, task: Task, run: TaskRun) -> bool:
    try:
        wanted = turn.is_true(task.run_if, run)
    except LannerError as error:
        turn.log(Level.ERROR, f"Failed to evaluate the runIf condition for task {task.id}. Cause: {error}", run)
        run = turn.draft.change(run, outputs=_outputs_undone(turn, task, run))
        close_run(turn, run, State.FAILED)
        return False
    if not wanted:
        attempt = Attempt(state=StateHistory.starting(State.CREATED, turn.now))
        outputs = _outputs_undone(turn, task, run)
        close_run(turn, turn.draft.change(run, attempts=(*run.attempts, attempt), outputs=outputs), State.SKIPPED)
    return wanted


def _outputs_undone(turn: Turn, task: Task, run: TaskRun) -> Mapping[str, Any] | None:
    """Return the outputs of a task run that is not begun: a flowable has decided before it is asked about.

    Source: Kestra 1.0.36 (reference ``engine.md`` §4, outputs of a flowable).
    """
    if not isinstance(task, Flowable):
        return run.outputs
    try:
        return task.decide(RunScope(turn, run)).outputs or {}
    except (LannerError, ValueError):
        return {}


def _fixture(turn: Turn, run: TaskRun) -> Fixture | None:
    for fixture in turn.execution.fixtures:
        if fixture.task_id == run.task_id and fixture.value in (None, run.value):
            return fixture
    return None


def _end_with_fixture(turn: Turn, run: TaskRun, fixture: Fixture) -> None:
    outputs: Mapping[str, Any] = turn.render(dict(fixture.outputs), run) if fixture.outputs else {}
    close_run(turn, turn.draft.change(run, outputs=outputs), fixture.state)


def _apply_update(turn: Turn, task: ExecutionUpdate, run: TaskRun) -> None:
    try:
        update = task.update(RunScope(turn, run))
    except (LannerError, ValueError) as error:
        turn.log(Level.ERROR, str(error), run)
        _end_update(turn, run, State.FAILED, None)
        return
    _take_over(turn, run, update)
    if update.exit_state is None:
        _end_update(turn, run, State.SUCCESS, update)
    else:
        attempt = Attempt(state=StateHistory.starting(State.CREATED, turn.now))
        run = turn.draft.change(run, attempts=(*run.attempts, attempt), outputs={})
        leave(turn, run, update.exit_state)


def _take_over(turn: Turn, run: TaskRun, update: Update) -> None:
    around = iterations.iteration_around(turn, run)
    if around is not None:
        labels = merged(iterations.labels_of(turn, around), update.labels) if update.labels is not None else None
        iterations.take_over(turn, around, labels, update.variables)
        return
    if update.labels is not None:
        turn.change_execution(labels=merged(turn.execution.labels, update.labels))
    if update.variables is not None:
        turn.change_execution(variables=update.variables)


def _end_update(turn: Turn, run: TaskRun, state: State, update: Update | None) -> None:
    history = StateHistory.starting(State.CREATED, turn.now).to(state, turn.now)
    outputs = (update.outputs if update else None) or {}
    run = turn.draft.change(run, attempts=(*run.attempts, Attempt(state=history)), outputs=outputs)
    close_run(turn, run, state)
