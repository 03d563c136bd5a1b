"""A view with changes pencilled in: what one step reads and writes before it is decided."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lanner.engine.commands import Changes
from lanner.engine.view import GroupId, SectionCount, View
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import TaskRunId
from lanner.model.state import TERMINAL, State
from lanner.sdk.plan import Section

_NOTHING = SectionCount()


class SectionDraft:
    """Counts of one list of a group, changes included. Nothing of the view's is copied but a few numbers."""

    __slots__ = ("_base", "_closed", "_ended", "_keys", "_opened", "_removed_keys", "_tasks", "count", "open_count")

    def __init__(self, base: SectionCount) -> None:
        self._base = base
        self._keys: dict[tuple[str, int | None], TaskRunId] = {}
        self._removed_keys: set[tuple[str, int | None]] = set()
        self._tasks: dict[str, int] = {}
        self._opened: dict[TaskRunId, None] = {}
        self._closed: set[TaskRunId] = set()
        self._ended = dict(base.ended)
        self.count = len(base.by_key)
        self.open_count = len(base.open)

    @property
    def ended_count(self) -> int:
        """How many task runs are terminal."""
        return self.count - self.open_count

    def ended(self, state: State) -> int:
        """How many task runs ended in ``state``."""
        return self._ended.get(state, 0)

    def ended_in(self, states: tuple[State, ...]) -> bool:
        """Whether a task run ended in one of some states."""
        return any(map(self._ended.get, states))

    def ended_states(self) -> dict[State, int]:
        """Return how many task runs ended in each state there is."""
        return {state: count for state, count in self._ended.items() if count}

    def made(self, task_id: str) -> int:
        """How many task runs there are of one task."""
        return self._base.by_task.get(task_id, 0) + self._tasks.get(task_id, 0)

    def find(self, task_id: str, iteration: int | None = None) -> TaskRunId | None:
        """Return the task run of a task in an iteration."""
        key = (task_id, iteration)
        found = self._keys.get(key)
        if found is None and key not in self._removed_keys:
            found = self._base.by_key.get(key)
        return found

    def open_ids(self) -> list[TaskRunId]:
        """Return the task runs that have not ended, oldest first."""
        return [run_id for run_id in self._base.open if run_id not in self._closed] + list(self._opened)

    def all_ids(self) -> list[TaskRunId]:
        """Return every task run; grows with their number, so only for rare events."""
        kept = [run_id for key, run_id in self._base.by_key.items() if key not in self._removed_keys]
        return [*kept, *(run_id for run_id in self._keys.values() if run_id not in kept)]

    def changed(self, old: TaskRun | None, new: TaskRun | None) -> None:
        """Count a task run that appears, changes its state, or goes."""
        run = new or old
        assert run is not None
        if old is not None:
            self._leave(old)
        if new is not None:
            self._enter(new)
        key = (run.task_id, run.iteration)
        if old is None:
            self._keys[key] = run.id
            self._removed_keys.discard(key)
            self._tasks[run.task_id] = self._tasks.get(run.task_id, 0) + 1
            self.count += 1
        elif new is None:
            self._keys.pop(key, None)
            self._removed_keys.add(key)
            self._tasks[run.task_id] = self._tasks.get(run.task_id, 0) - 1
            self.count -= 1

    def _leave(self, run: TaskRun) -> None:
        state = run.state.current
        if state in TERMINAL:
            self._ended[state] -= 1
            return
        self.open_count -= 1
        if run.id in self._opened:
            del self._opened[run.id]
        else:
            self._closed.add(run.id)

    def _enter(self, run: TaskRun) -> None:
        state = run.state.current
        if state in TERMINAL:
            self._ended[state] = self._ended.get(state, 0) + 1
            return
        self.open_count += 1
        if run.id in self._closed:
            self._closed.discard(run.id)
        else:
            self._opened[run.id] = None


class Draft:
    """The view as it will be, and the rows that differ."""

    __slots__ = ("_removed", "_runs", "_sections", "execution", "view")

    def __init__(self, view: View) -> None:
        self.view = view
        self.execution: Execution = view.execution
        self._runs: dict[TaskRunId, TaskRun] = {}
        self._removed: dict[TaskRunId, None] = {}
        self._sections: dict[tuple[GroupId, Section], SectionDraft] = {}

    def run(self, run_id: TaskRunId) -> TaskRun | None:
        """Return a task run, if there is one."""
        found = self._runs.get(run_id)
        if found is None and run_id not in self._removed:
            found = self.view.runs.get(run_id)
        return found

    def section(self, group: GroupId, section: Section) -> SectionDraft:
        """Return the counts of one list of a group."""
        found = self._sections.get((group, section))
        if found is None:
            base = self.view.sections.get((group, section), _NOTHING)
            found = self._sections[group, section] = SectionDraft(base)
        return found

    def put(self, run: TaskRun) -> TaskRun:
        """Take over a new or changed task run."""
        old = self.run(run.id)
        if old is None or old.state is not run.state:
            self.section(run.parent_id, self.view.section_of(run)).changed(old, run)
        self._runs[run.id] = run
        self._removed.pop(run.id, None)
        scoped = self.view.plan.iterations
        if scoped and run.task_id in scoped and run.state.current not in TERMINAL:
            self.view.open_scope(run.id)
        if run.outputs is not None and (old is None or old.outputs is not run.outputs):
            self.view.publish(run, self.run)  # for later renderings of this step
        return run

    def change(self, run: TaskRun, **fields: Any) -> TaskRun:
        """Take over a task run with some fields changed."""
        return self.put(replace(run, **fields))

    def remove(self, run: TaskRun) -> None:
        """Forget a task run."""
        self.section(run.parent_id, self.view.section_of(run)).changed(run, None)
        self._runs.pop(run.id, None)
        self._removed[run.id] = None

    def ids_of(self, task_id: str) -> Iterator[TaskRunId]:
        """Yield the task runs of one task, changes included."""
        for run_id in self.view.by_task.get(task_id, ()):
            if run_id not in self._removed:
                yield run_id
        for run_id, run in self._runs.items():
            if run.task_id == task_id and run_id not in self.view.runs:
                yield run_id

    def task_ids(self) -> Iterator[str]:
        """Yield the tasks that have task runs."""
        seen = dict.fromkeys(task_id for task_id, runs in self.view.by_task.items() if runs)
        yield from seen
        for run in self._runs.values():
            if run.task_id not in seen:
                seen[run.task_id] = None
                yield run.task_id

    def ancestors(self, run: TaskRun) -> Iterator[TaskRun]:
        """Yield the flowables around a task run, nearest first."""
        parent_id = run.parent_id
        while parent_id is not None:
            parent = self.run(parent_id)
            if parent is None:
                return
            yield parent
            parent_id = parent.parent_id

    def all_runs(self) -> list[TaskRun]:
        """Return every task run; grows with their number, so only for rare events."""
        runs = [self._runs.get(run_id, run) for run_id, run in self.view.runs.items() if run_id not in self._removed]
        return runs + [run for run_id, run in self._runs.items() if run_id not in self.view.runs]

    def changes(self) -> Changes:
        """Return the rows that differ."""
        return Changes(
            execution=self.execution if self.execution is not self.view.execution else None,
            task_runs=tuple(self._runs.values()),
            removed=tuple(run_id for run_id in self._removed if run_id in self.view.runs),
        )
