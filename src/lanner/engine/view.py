"""An execution in memory, with what the engine asks of it counted.

Law 2: no question here looks at all task runs. Counters are kept when changes are applied; a
recount gives the same (held by tests).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lanner.engine.commands import Changes
from lanner.expressions.hashing import HashMap, hash_copied, reordered
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import TaskRunId
from lanner.model.label import Labels, nested
from lanner.model.state import TERMINAL, State
from lanner.sdk.plan import Plan, Section

GroupId = TaskRunId | None
"""The task run of a flowable, or ``None`` for the top level."""
Reveal = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Decrypts what is encrypted in outputs; returns the same map when nothing is."""
Lookup = Callable[[TaskRunId], TaskRun | None]
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

    __slots__ = (
        "_labels",
        "_reveal",
        "_shown_last",
        "_trigger",
        "by_task",
        "execution",
        "outputs",
        "plan",
        "runs",
        "scopes",
        "sections",
    )

    def __init__(self, plan: Plan, execution: Execution, runs: Iterable[TaskRun] = ()) -> None:
        self.plan = plan
        self.execution = execution
        self.runs: dict[TaskRunId, TaskRun] = {}
        self.sections: dict[tuple[GroupId, Section], SectionCount] = {}
        self.by_task: dict[str, dict[TaskRunId, None]] = {}
        self.outputs: dict[str, Any] = HashMap()
        self.scopes: dict[TaskRunId, dict[str, Any]] = {}
        self._reveal: Reveal | None = None
        self._trigger: Mapping[str, Any] | None = None
        self._shown_last: tuple[Mapping[str, Any] | None, Any] = (None, None)
        self._labels: tuple[Labels | None, Mapping[str, Any]] = (None, {})
        for run in runs:
            self._put(run)

    def reveal_with(self, reveal: Reveal) -> None:
        """Have outputs, those there are and those to come, pass through ``reveal`` before expressions see them."""
        self._reveal, self._trigger = reveal, None
        self._shown_last = (None, None)
        for run in self.runs.values():
            self.publish(run)

    @property
    def trigger_variables(self) -> Mapping[str, Any]:
        """What expressions see as ``trigger``, which never changes; nothing when no trigger started the execution."""
        if self._trigger is None:
            found = self.execution.trigger.variables if self.execution.trigger is not None else {}
            self._trigger = found if self._reveal is None else self._reveal(found)
        return self._trigger

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

    def publish(self, run: TaskRun, lookup: Lookup | None = None) -> None:
        """Make a task run's outputs visible: under ``outputs``, or in the iteration that it belongs to.

        ``lookup`` finds the task runs around it, where these are not the view's.
        """
        if run.outputs is None:
            return
        place, keys = self.place_of(run, lookup or self.runs.get)
        if place is None:
            return
        for key in keys[:-1]:
            below = place.get(key)
            if not isinstance(below, dict):
                below = place[key] = HashMap()
            place = below
        place[keys[-1]] = self._shown(run.outputs)

    def labels_seen(self, labels: Labels) -> Mapping[str, Any]:
        """Return labels as expressions see them: sorted by the first part of their keys, the rest in hash maps."""
        if self._labels[0] is not labels:
            found = nested(labels)
            self._labels = (labels, {key: _hashed(value) for key, value in sorted(found.items())})
        return self._labels[1]

    def _shown(self, outputs: Mapping[str, Any]) -> Any:
        """Return outputs as expressions see them; what a step shows and then takes over is worked out once."""
        if self._shown_last[0] is not outputs:
            seen = outputs if self._reveal is None else self._reveal(outputs)
            self._shown_last = (outputs, hash_copied(seen))
        return self._shown_last[1]

    def place_of(self, run: TaskRun, lookup: Lookup) -> tuple[dict[str, Any] | None, list[str]]:
        """Return where a task run's outputs are seen and the path there: its task, then the loop values around it.

        Nobody sees those of an iteration by itself, nor what is in one that has ended.
        """
        scoped = self.plan.iterations
        keys = [] if run.value is None else [run.value]
        if scoped and run.task_id in scoped:
            return None, keys
        place: dict[str, Any] | None = self.outputs
        at = run.parent_id
        while at is not None and (above := lookup(at)) is not None:
            if scoped and above.task_id in scoped:
                place = self.scopes.get(above.id)
                break
            if above.value is not None:
                keys.append(above.value)
            at = above.parent_id
        keys.append(run.task_id)
        keys.reverse()
        return place, keys

    def open_scope(self, iteration_id: TaskRunId) -> None:
        """Let an iteration that begins, or goes on, see what its own tasks gave."""
        if iteration_id in self.scopes:
            return
        self.scopes[iteration_id] = {}
        below = [iteration_id]
        while below:
            group = below.pop()
            for section in Section:
                count = self.sections.get((group, section))
                for run_id in count.by_key.values() if count is not None else ():
                    self.publish(self.runs[run_id])
                    below.append(run_id)

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
        scoped = self.plan.iterations
        if scoped and run.task_id in scoped:
            if run.state.current in TERMINAL:
                self.scopes.pop(run.id, None)
            else:
                self.open_scope(run.id)
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
        place, keys = self.place_of(run, self.runs.get)
        at: Any = place
        for key in keys[:-1]:
            at = at.get(key) if isinstance(at, dict) else None
        if isinstance(at, dict):
            at.pop(keys[-1], None)


def _hashed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return reordered({key: _hashed(item) for key, item in value.items()})
