"""Which of a flow's deprecated ``listeners`` apply to the end of an execution."""

from lanner.engine.turn import Turn
from lanner.model.errors import LannerError
from lanner.model.execution import Execution
from lanner.sdk.condition import ConditionContext
from lanner.sdk.definition import Listener
from lanner.sdk.plan import Section
from lanner.sdk.task import Task


def listener_tasks(turn: Turn) -> tuple[Task, ...]:
    """Return the tasks of the listeners whose conditions hold for the execution as it ended.

    Source: Kestra 1.0.36, asked: a condition that cannot be told is false.
    """
    flow = turn.plan.flow
    if not any(listener.conditions for listener in flow.listeners):
        return turn.plan.tasks(Section.LISTENERS)
    applies = tuple(_applies(turn, listener, turn.execution) for listener in flow.listeners)
    return turn.plan.listener_tasks(applies)


def _applies(turn: Turn, listener: Listener, execution: Execution) -> bool:
    context = ConditionContext(
        namespace=execution.namespace,
        flow_id=execution.flow_id,
        render=turn.world.render,
        variables=turn.variables(),
        execution=execution,
    )
    try:
        return all(condition.test(context) for condition in listener.conditions)
    except LannerError:
        return False
