"""Pauses, resumes, breakpoints and the waits of loops."""

from collections.abc import Mapping
from typing import Any

from lanner.engine.commands import CancelTimer
from lanner.engine.ending import close_run, lenient
from lanner.engine.events import BreakpointResumed, PauseExpired, PauseRequested, RepeatDue, ResumeRequested
from lanner.engine.groups import ENDS
from lanner.engine.on_start import start_waiting
from lanner.engine.pauses import first_paused, how_resumed
from lanner.engine.starting import start_run
from lanner.engine.turn import Refuse, RunScope, Turn
from lanner.model.execution import Breakpoint, TaskRun
from lanner.model.refusal import RefusalKind
from lanner.model.state import State
from lanner.sdk.flowable import Flowable
from lanner.sdk.plan import Section


def on_pause(turn: Turn, event: PauseRequested) -> None:  # noqa: ARG001  # the event says all
    """Start nothing new; what workers do goes on and its result is taken."""
    if not turn.execution.state.current.is_running:
        raise Refuse(RefusalKind.CONFLICT, "The execution is not running")
    turn.enter(State.PAUSED)


def on_resume(turn: Turn, event: ResumeRequested) -> None:
    """Let a paused execution go on, with the answers to what the pause asked."""
    if turn.execution.state.current is not State.PAUSED:
        raise Refuse(RefusalKind.CONFLICT, f"Execution '{turn.execution.id}' is not paused, can't resume it")
    run = first_paused(turn)
    if run is None:
        turn.enter(State.RUNNING)
        start_waiting(turn)
        return
    answers = {name: value for name, value in sorted(event.inputs.items()) if value is not None}
    resume_run(turn, run, State.SUCCESS, {"onResume": answers}, by=event.by)


def on_pause_expired(turn: Turn, event: PauseExpired) -> None:
    """End a pause whose time is up, in the state the pause asks for."""
    run = turn.draft.run(event.task_run_id)
    node = turn.plan.nodes.get(run.task_id) if run is not None else None
    if run is None or node is None or run.state.current is not State.PAUSED or not isinstance(node.task, Flowable):
        return
    hold = node.task.decide(RunScope(turn, run)).hold
    state = hold.state_on_expiry if hold is not None else State.SUCCESS
    resume_run(turn, run, lenient(node.task, state), {}, by=None)


def resume_run(turn: Turn, run: TaskRun, state: State, outputs: Mapping[str, Any], *, by: str | None) -> None:
    """End the pause of a task run in ``state``, or run the tasks it holds; then let the execution go on."""
    turn.command(CancelTimer(f"pause:{run.id}"))
    kept = {**(run.outputs or {}), **outputs, **how_resumed(turn, state, by=by)}
    run = turn.draft.change(run, outputs=kept)
    task = turn.plan.nodes[run.task_id].task
    assert isinstance(task, Flowable)
    if state is State.CANCELLED:
        close_run(turn, run, State.CANCELLED)
        turn.enter(State.CANCELLED)
        turn.look_at(None)
        return
    if task.nested.get("tasks") or task.error_tasks or task.final_tasks:
        memo = run.memo if state is State.SUCCESS else {**(run.memo or {}), ENDS: state.value}
        run = turn.put_state(run, State.RUNNING, memo=memo)
        turn.look_at(run.id)
    else:
        close_run(turn, run, state)
    if first_paused(turn) is None:
        turn.enter(State.RESTARTED)
        turn.enter(State.RUNNING)
        start_waiting(turn)


def on_repeat_due(turn: Turn, event: RepeatDue) -> None:
    """Begin the next round of a loop: the runs of the last one go."""
    run = turn.draft.run(event.task_run_id)
    if run is None or run.state.current is not State.PAUSED:
        return
    remove_below(turn, run)
    turn.put_state(run, State.RUNNING)
    if turn.execution.state.current is State.PAUSED and first_paused(turn) is None:
        turn.enter(State.RUNNING)
        start_waiting(turn)


def remove_below(turn: Turn, run: TaskRun) -> None:
    """Remove every task run inside a flowable's run, at any depth."""
    below = [run]
    while below:
        parent = below.pop()
        for section in Section:
            for child_id in turn.draft.section(parent.id, section).all_ids():
                child = turn.draft.run(child_id)
                if child is not None:
                    below.append(child)
                    turn.draft.remove(child)


def on_breakpoint_resumed(turn: Turn, event: BreakpointResumed) -> None:
    """Start what stopped at a breakpoint, with a new list of breakpoints."""
    if turn.execution.state.current is not State.BREAKPOINT:
        raise Refuse(RefusalKind.CONFLICT, "Execution is not suspended")
    stopped = [run for run in turn.draft.all_runs() if run.state.current is State.BREAKPOINT]
    turn.change_execution(breakpoints=())
    turn.enter(State.RUNNING)
    for run in stopped:
        created = turn.put_state(run, State.CREATED)
        start_run(turn, turn.plan.nodes[run.task_id].task, created)
    turn.change_execution(breakpoints=tuple(_breakpoint(text) for text in event.breakpoints))
    for run in turn.draft.all_runs():
        if run.state.current is State.RUNNING:
            turn.look_at(run.id, all_lanes=True)
    turn.look_at(None, all_lanes=True)


def _breakpoint(text: str) -> Breakpoint:
    task_id, _, value = text.partition(".")
    return Breakpoint(task_id=task_id, value=value or None)
