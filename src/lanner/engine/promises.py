"""Service level agreements: what a flow promises about each execution, and what a broken promise does.

Source: Kestra 1.0.36 (reference ``engine.md`` §9.2). Ours: the clock stops when the execution has its
final state, and a promise that only labels is reported once.
"""

from lanner.engine.commands import CancelTimer, KillChildren, StartTimer
from lanner.engine.ending import close_run
from lanner.engine.events import PromiseExpired
from lanner.engine.on_kill import kill_run
from lanner.engine.turn import Turn
from lanner.model.errors import LannerError
from lanner.model.label import merged
from lanner.model.log import Level
from lanner.model.state import State
from lanner.sdk.definition import AnySla, AssertionSla, MaxDurationSla, SlaBehavior
from lanner.sdk.text import format_duration


def start_watching(turn: Turn) -> None:
    """Begin the clocks of an execution that begins."""
    for sla in turn.plan.flow.sla:
        if isinstance(sla, MaxDurationSla):
            due = turn.execution.state.start_date + sla.duration
            turn.command(StartTimer(_timer(sla), due, PromiseExpired(sla_id=sla.id)))


def stop_watching(turn: Turn) -> None:
    """Stop the clocks of an execution that has ended."""
    for sla in turn.plan.flow.sla:
        if isinstance(sla, MaxDurationSla):
            turn.command(CancelTimer(_timer(sla)))


def check_promises(turn: Turn) -> None:
    """Look whether what is asserted still holds; only the first broken promise acts."""
    for sla in turn.plan.flow.sla:
        if turn.execution.state.current.is_terminal:
            return
        if not isinstance(sla, AssertionSla):
            continue
        try:
            holds = turn.is_true(sla.assertion)
        except LannerError as error:
            turn.log(Level.ERROR, f"Ignoring SLA '{sla.id}' because of the error: {error}")
            continue
        if not holds:
            _break(turn, sla, f"assertion is false: {sla.assertion}.")


def on_promise_expired(turn: Turn, event: PromiseExpired) -> None:
    """The time that was promised is over."""
    if turn.execution.state.current.is_terminal:
        return
    for sla in turn.plan.flow.sla:
        if isinstance(sla, MaxDurationSla) and sla.id == event.sla_id:
            taken = format_duration(turn.now - turn.execution.state.start_date)
            limit = format_duration(sla.duration)
            _break(turn, sla, f"execution duration of {taken} exceed the maximum duration of {limit}.")
            return


def _break(turn: Turn, sla: AnySla, reason: str) -> None:
    known = {label.key for label in turn.execution.labels}
    fresh = [label for label in sla.labels if label.key not in known]
    if sla.behavior is SlaBehavior.NONE and sla.labels and not fresh:
        return
    turn.log(Level.WARN, f"SLA '{sla.id}' violated: {reason}")
    if fresh:
        turn.change_execution(labels=merged(turn.execution.labels, fresh))
    if sla.behavior is SlaBehavior.NONE:
        return
    if sla.behavior is SlaBehavior.FAIL:
        turn.log(Level.ERROR, f"Execution failed due to SLA '{sla.id}' violated: {reason}")
    _end(turn, State.FAILED if sla.behavior is SlaBehavior.FAIL else State.CANCELLED)


def _end(turn: Turn, state: State) -> None:
    """End the execution: what runs is killed, what is paused and the task run that ended last take the state."""
    turn.command(KillChildren())
    runs = sorted(turn.draft.all_runs(), key=lambda run: -run.sequence)
    if runs and runs[0].state.current.is_terminal:
        turn.put_state(runs[0], state)
    for run in runs:
        if run.state.current is State.PAUSED:
            close_run(turn, run, state)
        elif not run.state.current.is_terminal:
            kill_run(turn, run)
    turn.enter(state)
    turn.look_at(None)


def _timer(sla: AnySla) -> str:
    return f"sla:{sla.id}"
