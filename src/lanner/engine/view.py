"""An execution in memory, with what the engine asks of it counted.

Law 2: no question here looks at all task runs. Counters are kept when changes are applied; a
recount gives the same (held by tests).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lanner.engine.commands import Changes
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import TaskRunId
from lanner.model.state import TERMINAL, State
from lanner.sdk.plan import Plan, Section

GroupId = TaskRunId | None
"""The task run of a flowable, or ``None`` for the top level."""
Reveal = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Decrypts what is encrypted in outputs; returns the same map when nothing is."""
Key = tuple[str, int | None]
"""Task id and loop iteration: unique within a group."""


class SectionCount:
    """The task runs of one list of a group."""

    __slots__ = ("by_key", "by_task", "ended", "open")

    def __init__(self) -> None:
        self.by_key: dict[Key, TaskRunId] = {}
        self.by_task: dict[str, int] = {}
        self.open: dict[TaskRunId, None] = {}
        self.ended: dict[State, int] = {}

    def add(self, run: TaskRun) -> None:
        """Count a task run in its present state."""
        key = (run.task_id, run.iteration)
        if key not in self.by_key:
            self.by_task[run.task_id] = self.by_task.get(run.task_id, 0) + 1
        self.by_key[key] = run.id
        state = run.state.current
        if state in TERMINAL:
            self.ended[state] = self.ended.get(state, 0) + 1
        else:
            self.open[run.id] = None

    def drop(self, run: TaskRun, *, key_too: bool) -> None:
        """Take back what ``add`` did; the key stays when the run only changes its state."""
        state = run.state.current
        if state in TERMINAL:
            self.ended[state] -= 1
        else:
            self.open.pop(run.id, None)
        if key_too and self.by_key.pop((run.task_id, run.iteration), None) is not None:
            self.by_task[run.task_id] -= 1


class View:
    """One execution: its row, its task runs, counters by group, outputs by name."""

    __slots__ = ("_reveal", "by_task", "execution", "outputs", "plan", "runs", "sections")

    def __init__(self, plan: Plan, execution: Execution, runs: Iterable[TaskRun] = ()) -> None:
        self.plan = plan
        self.execution = execution
        self.runs: dict[TaskRunId, TaskRun] = {}
        self.sections: dict[tuple[GroupId, Section], SectionCount] = {}
        self.by_task: dict[str, dict[TaskRunId, None]] = {}
        self.outputs: dict[str, Any] = {}
        self._reveal: Reveal | None = None
        for run in runs:
            self._put(run)

    def reveal_with(self, reveal: Reveal) -> None:
        """Have outputs, those there are and those to come, pass through ``reveal`` before expressions see them."""
        self._reveal = reveal
        for run in self.runs.values():
            self.publish(run)

    def section_of(self, run: TaskRun) -> Section:
        """Return the list a task run belongs to; of a task the flow no longer has, the tasks."""
        node = self.plan.nodes.get(run.task_id)
        return node.section if node else Section.TASKS

    def apply(self, changes: Changes) -> None:
        """Take over the rows of a decision."""
        if changes.execution is not None:
            self.execution = changes.execution
        for run_id in changes.removed:
            self._remove(run_id)
        for run in changes.task_runs:
            self._put(run)

    def publish(self, run: TaskRun) -> None:
        """Make a task run's outputs visible under ``outputs`` (nested by loop values)."""
        if run.outputs is None:
            return
        values = self.loop_values(run)
        place = self.outputs
        keys = [run.task_id, *values]
        for key in keys[:-1]:
            below = place.get(key)
            if not isinstance(below, dict):
                below = place[key] = {}
            place = below
        place[keys[-1]] = run.outputs if self._reveal is None else self._reveal(run.outputs)

    def loop_values(self, run: TaskRun) -> list[str]:
        """Return the loop values around a task run, outermost first, its own last."""
        values = []
        at: TaskRun | None = run
        while at is not None:
            if at.value is not None:
                values.append(at.value)
            at = self.runs.get(at.parent_id) if at.parent_id is not None else None
        values.reverse()
        return values

    def _put(self, run: TaskRun) -> None:
        section = self.sections.get((run.parent_id, self.section_of(run)))
        if section is None:
            section = self.sections[run.parent_id, self.section_of(run)] = SectionCount()
        old = self.runs.get(run.id)
        if old is not None:
            section.drop(old, key_too=False)
        else:
            self.by_task.setdefault(run.task_id, {})[run.id] = None
        section.add(run)
        self.runs[run.id] = run
        if run.outputs is not None and (old is None or old.outputs is not run.outputs):
            self.publish(run)

    def _remove(self, run_id: TaskRunId) -> None:
        run = self.runs.get(run_id)
        if run is None:
            return
        if run.outputs is not None:
            self._unpublish(run)
        del self.runs[run_id]
        self.sections[run.parent_id, self.section_of(run)].drop(run, key_too=True)
        del self.by_task[run.task_id][run_id]

    def _unpublish(self, run: TaskRun) -> None:
        place: Any = self.outputs
        *above, last = [run.task_id, *self.loop_values(run)]
        for key in above:
            place = place.get(key)
            if not isinstance(place, dict):
                return
        place.pop(last, None)
