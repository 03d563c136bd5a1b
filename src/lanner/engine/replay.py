"""New executions made from old ones: a replay, or a restart on another revision.

Source: Kestra 1.0.36 (reference ``engine.md`` §8). Ours: a replay inside a loop keeps everything
that is not behind the chosen task run, and runs each thing once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from lanner.engine.iterations import is_settled
from lanner.model.errors import LannerError
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import ExecutionId, TaskRunId, run_id
from lanner.model.label import REPLAY, REPLAYED, RESTARTED, Label, merged
from lanner.model.state import State, StateHistory
from lanner.sdk.flowable import Flowable, Shape, SharedFolder
from lanner.sdk.plan import Plan, Section


class TaskRunNotFound(LannerError):
    """The execution has no task run of this id."""

    def __init__(self, execution_id: str, task_run_id: str) -> None:
        self.execution_id, self.task_run_id = execution_id, task_run_id
        super().__init__(f"execution {execution_id!r} has no task run {task_run_id!r}")


def replayed(
    plan: Plan,
    source: Execution,
    task_runs: Sequence[TaskRun],
    *,
    execution_id: ExecutionId,
    now: datetime,
    task_run_id: TaskRunId | None = None,
) -> tuple[Execution, list[TaskRun]]:
    """Return a new execution that runs ``source`` again, whole or from one of its task runs.

    Raises ``TaskRunNotFound``.
    """
    labels = merged([label for label in source.labels if label.key != REPLAYED], [Label(REPLAY, "true")])
    fresh = _fresh(plan, source, execution_id, labels)
    if task_run_id is None:
        return replace(fresh, state=StateHistory.starting(State.CREATED, now), sequence=0), []
    by_id = {run.id: run for run in task_runs}
    if task_run_id not in by_id:
        raise TaskRunNotFound(source.id, task_run_id)
    target = _whole(plan, by_id[task_run_id], by_id)
    kept = _Kept(plan, by_id).until(target)
    runs = [_reopened(run, target, by_id, now) for run in task_runs if run.id in kept]
    return replace(fresh, state=source.state.to(State.RESTARTED, now)), _renamed(runs, execution_id)


def restarted(
    plan: Plan,
    source: Execution,
    task_runs: Sequence[TaskRun],
    *,
    execution_id: ExecutionId,
    now: datetime,
) -> tuple[Execution, list[TaskRun]]:
    """Return a new execution, on the plan's revision, that runs the failed task runs of ``source`` again."""
    fresh = _fresh(plan, source, execution_id, merged(source.labels, [Label(RESTARTED, "true")]))
    by_id = {run.id: run for run in task_runs}
    known = [run for run in task_runs if _is_kept_on_restart(plan, run, by_id)]
    failed = {
        run.id for run in known if run.state.current is State.FAILED and not is_settled(plan, _ancestors(run, by_id))
    }
    around = {run.parent_id for run in known if run.id in failed}
    leaves = [run for run in known if run.id in failed and run.id not in around]
    reopened = {above.id for leaf in leaves for above in _ancestors(leaf, by_id)}
    again = {leaf.id: replace(leaf, state=leaf.state.to(State.RESTARTED, now)) for leaf in leaves}
    again.update((run.id, at_work_again(run, now)) for run in known if run.id in reopened)
    runs = [again.get(run.id, run) for run in known]
    fresh = replace(fresh, state=source.state.to(State.RESTARTED, now), attempt_number=source.attempt_number + 1)
    return fresh, _renamed(runs, execution_id)


def at_work_again(flowable: TaskRun, now: datetime) -> TaskRun:
    """Return a flowable's run put back to work: its tasks run again, which is no new attempt."""
    attempts = flowable.attempts
    if attempts:
        attempts = (*attempts[:-1], replace(attempts[-1], state=attempts[-1].state.to(State.RUNNING, now)))
    return replace(flowable, state=flowable.state.to(State.RUNNING, now), attempts=attempts)


class _Kept:
    """Which task runs stay when an execution begins again at one of them."""

    def __init__(self, plan: Plan, by_id: Mapping[TaskRunId, TaskRun]) -> None:
        self._plan, self._by_id = plan, by_id
        self._children: dict[TaskRunId | None, list[TaskRun]] = {}
        for run in by_id.values():
            self._children.setdefault(run.parent_id, []).append(run)

    def until(self, target: TaskRun) -> set[TaskRunId]:
        """Return the target, what is around it, and all that does not come after it."""
        kept = {target.id}
        at = target
        while True:
            for sibling in self._children.get(at.parent_id, []):
                if sibling.id != at.id and not self._is_after(sibling, at):
                    kept.update(self._whole(sibling))
            if at.parent_id is None or at.parent_id not in self._by_id:
                return kept
            at = self._by_id[at.parent_id]
            kept.add(at.id)

    def _whole(self, run: TaskRun) -> Iterator[TaskRunId]:
        waiting = [run]
        while waiting:
            found = waiting.pop()
            yield found.id
            waiting.extend(self._children.get(found.id, []))

    def _is_after(self, run: TaskRun, target: TaskRun) -> bool:
        node, wanted = self._plan.nodes.get(run.task_id), self._plan.nodes.get(target.task_id)
        if node is None or wanted is None:
            return run.sequence > target.sequence
        if node.section is not wanted.section:
            return node.section > wanted.section
        shape = self._shape(target.parent_id)
        if shape is None or node.section is not Section.TASKS:
            return run.sequence > target.sequence
        if shape.depends_on is not None:
            return target.task_id in _needed(run.task_id, shape.depends_on)
        if shape.parallel:
            return False
        if run.iteration != target.iteration:
            return shape.limit == 1 and (run.iteration or 0) > (target.iteration or 0)
        places = self._plan.row(shape.tasks).places
        return places.get(run.task_id, 0) > places.get(target.task_id, 0)

    def _shape(self, parent_id: TaskRunId | None) -> Shape | None:
        if parent_id is None:
            return Shape(tasks=self._plan.tasks(Section.TASKS))
        parent = self._by_id.get(parent_id)
        node = self._plan.nodes.get(parent.task_id) if parent is not None else None
        if parent is None or node is None or not isinstance(node.task, Flowable):
            return None
        return node.task.shape(parent.memo or {})


def _needed(task_id: str, depends_on: Mapping[str, tuple[str, ...]]) -> set[str]:
    needed: set[str] = set()
    waiting = [task_id]
    while waiting:
        for name in depends_on.get(waiting.pop(), ()):
            if name not in needed:
                needed.add(name)
                waiting.append(name)
    return needed


def _fresh(plan: Plan, source: Execution, execution_id: ExecutionId, labels: tuple[Label, ...]) -> Execution:
    return replace(
        source,
        id=execution_id,
        flow_revision=plan.revision,
        labels=labels,
        parent_id=source.id,
        original_id=source.original_id or source.id,
        outputs=None,
        ended=False,
        schedule_date=None,
    )


def _reopened(run: TaskRun, target: TaskRun, by_id: Mapping[TaskRunId, TaskRun], now: datetime) -> TaskRun:
    if run.id == target.id:
        return replace(run, state=run.state.to(State.RESTARTED, now), outputs=None, memo=None)
    if any(above.id == run.id for above in _ancestors(target, by_id)):
        return at_work_again(run, now)
    return run


def _whole(plan: Plan, run: TaskRun, by_id: Mapping[TaskRunId, TaskRun]) -> TaskRun:
    """Return the run to begin at: the one around it, if its tasks shared a folder that is gone."""
    for candidate in (run, *_ancestors(run, by_id)):
        node = plan.nodes.get(candidate.task_id)
        if node is not None and isinstance(node.task, SharedFolder):
            return candidate
    return run


def _is_kept_on_restart(plan: Plan, run: TaskRun, by_id: Mapping[TaskRunId, TaskRun]) -> bool:
    chain = [run, *_ancestors(run, by_id)]
    nodes = [plan.nodes.get(above.task_id) for above in chain]
    return all(node is not None and node.section is Section.TASKS for node in nodes)


def _ancestors(run: TaskRun, by_id: Mapping[TaskRunId, TaskRun]) -> Iterator[TaskRun]:
    parent_id = run.parent_id
    while parent_id is not None and parent_id in by_id:
        parent = by_id[parent_id]
        yield parent
        parent_id = parent.parent_id


def _renamed(runs: Sequence[TaskRun], execution_id: ExecutionId) -> list[TaskRun]:
    names = {run.id: run_id(execution_id, run.sequence, run.id) for run in runs}
    return [
        replace(run, id=names[run.id], parent_id=names.get(run.parent_id) if run.parent_id is not None else None)
        for run in runs
    ]
