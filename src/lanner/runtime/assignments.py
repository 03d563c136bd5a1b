"""From a command to an attempt a worker can make: the task, and what its expressions see."""

from collections.abc import Callable, Mapping
from typing import Any

from lanner.engine.draft import Draft
from lanner.engine.variables import variables
from lanner.engine.view import View
from lanner.expressions import Reach
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import TaskRunId
from lanner.runtime.masking import Masks
from lanner.runtime.worker import Assignment
from lanner.sdk.flowable import SharedFolder
from lanner.sdk.plan import Plan, Section
from lanner.sdk.task import Task

_SLOW_FUNCTIONS = ("http(", "read(", "kv(", "fileSize(", "fileExists(", "isFileEmpty(", "errorLogs(")
"""Functions that may wait for something: a task that uses one gets a thread."""

InputsOf = Callable[[Plan, Execution], Mapping[str, Any] | None]


class Assignments:
    """Makes assignments; ``reach`` gives the outside of an execution's expressions."""

    def __init__(
        self, *, constants: Mapping[str, Any], inputs: InputsOf, reach: Callable[[View, Masks], Reach]
    ) -> None:
        self._constants, self._inputs, self._reach = constants, inputs, reach
        self._slow: dict[int, tuple[Task, bool]] = {}

    def make(self, view: View, run: TaskRun, attempt: int, delivery: int) -> Assignment:
        """Return the attempt of a task run; its variables are gathered when it begins."""
        return Assignment(
            execution=view.execution,
            run=run,
            task=view.plan.nodes[run.task_id].task,
            attempt=attempt,
            delivery=delivery,
            variables=lambda: self._variables(view, run),
            reach=lambda masks: self._reach(view, masks),
            folder=_folder_of(view, run),
        )

    def reaches_out(self, task: Task) -> bool:
        """Whether a task's templates use functions that may wait."""
        found = self._slow.get(id(task))
        if found is None or found[0] is not task:
            text = repr(task)
            if len(self._slow) > 50_000:
                self._slow.clear()
            found = self._slow[id(task)] = (task, any(name in text for name in _SLOW_FUNCTIONS))
        return found[1]

    def _variables(self, view: View, run: TaskRun) -> Mapping[str, Any]:
        inputs = self._inputs(view.plan, view.execution)
        return variables(view.plan, Draft(view), run, self._constants, inputs)


def _folder_of(view: View, run: TaskRun) -> TaskRunId | None:
    """Return the task run whose folder an attempt works in; ``None`` for one of its own."""
    node = view.plan.nodes[run.task_id]
    if isinstance(node.task, SharedFolder):
        return run.id
    if run.parent_id is None or node.section is not Section.TASKS:
        return None
    parent = view.runs.get(run.parent_id)
    around = view.plan.nodes.get(parent.task_id) if parent is not None else None
    return run.parent_id if around is not None and isinstance(around.task, SharedFolder) else None
