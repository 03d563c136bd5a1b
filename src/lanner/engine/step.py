"""The one function that changes executions."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from lanner.engine import events as e
from lanner.engine.child_batches import on_batch_continued
from lanner.engine.commands import Decision
from lanner.engine.draft import Draft
from lanner.engine.groups import advance_flowable
from lanner.engine.on_child import on_child_ended, on_child_refused, on_child_started
from lanner.engine.on_kill import finish_killed, on_kill
from lanner.engine.on_pause import on_breakpoint_resumed, on_pause, on_pause_expired, on_repeat_due, on_resume
from lanner.engine.on_request import on_force_run, on_labels, on_state, on_task_run_state, on_unqueue
from lanner.engine.on_restart import on_restart
from lanner.engine.on_start import on_created, on_group_continued, on_recovered, on_slot_freed
from lanner.engine.on_task import on_new_attempt_due, on_retry_due, on_task_ended, on_task_started
from lanner.engine.promises import check_promises, on_promise_expired, stop_watching
from lanner.engine.top import advance_top
from lanner.engine.turn import Refuse, Turn, World
from lanner.engine.view import View
from lanner.model.state import State
from lanner.sdk.plan import Plan

_HANDLERS: dict[type[Any], Callable[[Turn, Any], None]] = {
    e.Created: on_created,
    e.Recovered: on_recovered,
    e.SlotFreed: on_slot_freed,
    e.ChildStarted: on_child_started,
    e.ChildRefused: on_child_refused,
    e.ChildEnded: on_child_ended,
    e.BatchContinued: on_batch_continued,
    e.NewAttemptDue: on_new_attempt_due,
    e.TaskStarted: on_task_started,
    e.TaskEnded: on_task_ended,
    e.RetryDue: on_retry_due,
    e.PauseExpired: on_pause_expired,
    e.PromiseExpired: on_promise_expired,
    e.RepeatDue: on_repeat_due,
    e.GroupContinued: on_group_continued,
    e.KillRequested: on_kill,
    e.PauseRequested: on_pause,
    e.ResumeRequested: on_resume,
    e.RestartRequested: on_restart,
    e.TaskRunStateRequested: on_task_run_state,
    e.StateRequested: on_state,
    e.ForceRunRequested: on_force_run,
    e.UnqueueRequested: on_unqueue,
    e.BreakpointResumed: on_breakpoint_resumed,
    e.LabelsRequested: on_labels,
}

_NOT_WORKED_ON = (State.PAUSED, State.BREAKPOINT, State.QUEUED)


def step(plan: Plan, view: View, event: e.Event, now: datetime, world: World) -> Decision:
    """Decide what follows ``event``; writes nothing, reads no clock and draws no lots.

    An event that no longer applies (a late or repeated report) gives an empty decision, so
    delivery may repeat. A request the execution cannot take gives a refusal. ``view`` is
    changed only by ``view.apply(decision.changes)``; outputs decided here may be seen in
    ``view.outputs`` before that.
    """
    turn = Turn(plan, Draft(view), now, world)
    try:
        _HANDLERS[type(event)](turn, event)
    except Refuse as refused:
        return Decision(refusal=refused.refusal)
    if plan.flow.sla:
        check_promises(turn)
    _settle(turn)
    if plan.flow.sla and turn.execution.ended and not view.execution.ended:
        stop_watching(turn)
    return turn.decision()


def _settle(turn: Turn) -> None:
    """Look at every group that waits, until nothing follows from anything any more.

    A paused execution is not looked at: resuming it looks at every open group.
    """
    while turn.waiting and turn.execution.state.current not in _NOT_WORKED_ON:
        group, ended, all_lanes = turn.waiting.popleft()
        if group is None:
            advance_top(turn, ended, all_lanes=all_lanes)
            continue
        run = turn.draft.run(group)
        if run is None:
            continue
        if run.state.current is State.KILLING:
            finish_killed(turn, run)
        elif run.state.current is State.RUNNING:
            advance_flowable(turn, run, ended, all_lanes=all_lanes)
