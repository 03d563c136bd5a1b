"""What expressions see inside loops whose iterations are scopes of their own (``lanner.sdk.iteration``).

Source: Kestra 2.0.0, Loop (reference ``engine.md`` §4.16).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lanner.engine.draft import Draft
from lanner.model.execution import TaskRun
from lanner.model.ids import TaskRunId
from lanner.model.label import Label, Labels, nested
from lanner.sdk.iteration import IterationLoop
from lanner.sdk.plan import Plan, Section

VARIABLES, LABELS = "variables", "labels"
"""Entries of the memo of an iteration: what its tasks have set."""


def add_scopes(scope: dict[str, Any], plan: Plan, draft: Draft, run: TaskRun) -> None:
    """Let expressions of a task run see the iterations it is in: ``item``, and each one's own outputs and variables."""
    around = list(_iterations_around(plan, draft, run))
    if not around:
        return
    items = [dict(task.item(loop.memo or {}, run.iteration or 0)) for run, loop, task in around]
    item = items[0]
    if len(items) > 1:
        item = {**item, "parent": items[1], "parents": items[:0:-1]}
    scope["item"] = item
    outputs: dict[str, Any] = dict(scope.get("outputs") or {})
    for iteration, loop, task in reversed(around):
        section = draft.section(loop.id, Section.TASKS)
        outputs[loop.task_id] = task.outputs_for(loop.memo or {}, section.ended_states(), section.open_count)
        outputs.update(draft.view.scopes.get(iteration.id, {}))
        memo = iteration.memo or {}
        if VARIABLES in memo:
            scope["vars"] = memo[VARIABLES]
        if LABELS in memo:
            scope["labels"] = nested(labels_in(memo))
    scope["outputs"] = outputs


def runs_of(draft: Draft, plan: Plan, run: TaskRun | None, task_id: str) -> Iterable[TaskRunId]:
    """Yield the task runs of a task that another task run may see: those of its own iteration."""
    if not plan.iterations:
        return draft.ids_of(task_id)
    path, at = [task_id], plan.nodes[task_id].parent if task_id in plan.nodes else None
    while at is not None and at not in plan.iterations:
        path.append(at)
        at = plan.nodes[at].parent
    if at is None:
        return draft.ids_of(task_id)
    for around in with_ancestors(draft, run):
        if around.task_id == at:
            return _below(draft, plan, around.id, path[::-1])
    return ()


def labels_in(memo: Mapping[str, Any]) -> Labels:
    """Return the labels that the memo of an iteration holds."""
    return tuple(Label(key, value) for key, value in memo[LABELS])


def with_ancestors(draft: Draft, run: TaskRun | None) -> Iterator[TaskRun]:
    """Yield a task run and the flowables around it, nearest first."""
    if run is not None:
        yield run
        yield from draft.ancestors(run)


def _iterations_around(plan: Plan, draft: Draft, run: TaskRun) -> Iterator[tuple[TaskRun, TaskRun, IterationLoop]]:
    """Yield the iterations a task run is in, itself included, with their loops, nearest first."""
    around: TaskRun | None = None
    for above in with_ancestors(draft, run):
        if around is not None:
            task = plan.nodes[above.task_id].task
            assert isinstance(task, IterationLoop)
            yield around, above, task
        around = above if above.task_id in plan.iterations else None


def _below(draft: Draft, plan: Plan, group: TaskRunId, path: list[str]) -> Iterator[TaskRunId]:
    """Yield the task runs at the end of a path of tasks inside a group."""
    task_id, *rest = path
    section = draft.section(group, plan.nodes[task_id].section)
    only = section.find(task_id)
    runs = [only] if only is not None else section.all_ids() if section.made(task_id) else []
    for run_id in runs:
        run = draft.run(run_id)
        if run is None or run.task_id != task_id:
            continue
        if rest:
            yield from _below(draft, plan, run_id, rest)
        else:
            yield run_id
