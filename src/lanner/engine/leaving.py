"""A task ends its execution at once, or the iteration of a loop that it is in."""

from lanner.engine.ending import close_run
from lanner.engine.iterations import end_iteration
from lanner.engine.turn import Turn
from lanner.model.execution import TaskRun
from lanner.model.state import State
from lanner.sdk.iteration import Iteration

LEFT = "left"
"""Entry of the memo of a top-level task run: it, or a task in it, has ended the execution."""


def leave(turn: Turn, run: TaskRun, state: State) -> None:
    """End the iteration around a task run, else the execution, in ``state``; siblings' workers go on.

    Source: Kestra's Exit task (reference ``engine.md`` §4.15); ``finally`` of the flow runs once, completely,
    unless the state is KILLED (ours). From ``errors`` and ``finally`` the rest of the list is left out. An
    iteration is an execution of its own in Kestra 2.0.
    """
    close_run(turn, run, state)
    for ancestor in list(turn.draft.ancestors(run)):
        task = turn.plan.nodes[ancestor.task_id].task if ancestor.task_id in turn.plan.iterations else None
        if isinstance(task, Iteration):
            if not ancestor.state.current.is_terminal:
                end_iteration(turn, task, ancestor, state)
            return
        if not ancestor.state.current.is_terminal:
            close_run(turn, ancestor, state)
    outermost = [turn.draft.run(run.id) or run, *turn.draft.ancestors(run)][-1]
    turn.draft.change(outermost, memo={**(outermost.memo or {}), LEFT: True})
    turn.enter(state)
    turn.exited = state is not State.KILLED
    turn.look_at(None)
