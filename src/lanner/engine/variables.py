"""What expressions see, built from a draft (or view) without looking at all task runs.

Source: Kestra 1.0.36 (reference ``engine.md`` §6.1–6.3).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from lanner.engine.draft import Draft
from lanner.engine.scopes import add_scopes, runs_of
from lanner.expressions.hashing import HashMap, reordered
from lanner.model.execution import Execution, TaskRun
from lanner.model.state import TERMINAL
from lanner.sdk.iteration import Iteration, IterationLoop
from lanner.sdk.plan import Plan


def variables(
    plan: Plan, draft: Draft, run: TaskRun | None, constants: Mapping[str, Any], inputs: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the variables for rendering something about ``run`` (or the execution itself).

    ``constants`` are ``envs``, ``globals`` and ``kestra``. ``inputs`` replaces the execution's
    stored inputs, for instance with secrets decrypted.
    """
    execution = draft.execution
    scope: dict[str, Any] = {
        **constants,
        "flow": {
            "id": execution.flow_id,
            "namespace": execution.namespace,
            "revision": execution.flow_revision,
            "tenantId": execution.tenant,
        },
        "execution": _execution(execution),
        "labels": draft.view.labels_seen(execution.labels),
    }
    given = inputs if inputs is not None else execution.inputs
    if given:
        scope["inputs"] = HashMap(sorted(given.items()))
    values = execution.variables if execution.variables is not None else plan.flow.variables
    if values:
        scope["vars"] = HashMap(values)
    if execution.trigger is not None:
        scope["trigger"] = draft.view.trigger_variables
        if execution.trigger.type.endswith("Schedule"):
            scope["schedule"] = draft.view.trigger_variables
    if draft.view.runs or run is not None:
        scope["outputs"] = draft.view.outputs
        scope["tasks"] = TaskStates(draft, run)
    if run is not None:
        _add_task_run(scope, plan, draft, run)
        if plan.iterations:
            add_scopes(scope, plan, draft, run)
    return scope


class TaskStates(Mapping[str, Any]):
    """``tasks``: task id -> its state, or loop value -> state; looked up when asked.

    A task in an iteration that is a scope of its own sees those of that.
    """

    __slots__ = ("_draft", "_run")

    def __init__(self, draft: Draft, run: TaskRun | None = None) -> None:
        self._draft, self._run = draft, run

    def __getitem__(self, task_id: str) -> Any:
        ids = runs_of(self._draft, self._draft.view.plan, self._run, task_id)
        runs = [run for run_id in ids if (run := self._draft.run(run_id)) is not None]
        if not runs:
            raise KeyError(task_id)
        if runs[0].value is None:
            return {"state": runs[-1].state.current.value}
        return reordered({run.value: {"state": run.state.current.value} for run in runs})

    def __contains__(self, task_id: object) -> bool:
        plan = self._draft.view.plan
        if task_id in plan.iterations:
            return False
        return isinstance(task_id, str) and any(True for _ in runs_of(self._draft, plan, self._run, task_id))

    def __iter__(self) -> Iterator[str]:
        if not self._draft.view.plan.iterations:
            return iter(reordered(dict.fromkeys(self._draft.task_ids())))
        return (task_id for task_id in self._draft.task_ids() if task_id in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def instant(moment: datetime) -> str:
    """Return a moment as expressions print it: six fractional digits and ``Z``."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _execution(execution: Execution) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": execution.id,
        "state": execution.state.current.value,
        "startDate": instant(execution.state.start_date),
        "originalId": execution.original_id or execution.id,
    }
    if execution.outputs is not None:
        found["outputs"] = execution.outputs
    return found


def _add_task_run(scope: dict[str, Any], plan: Plan, draft: Draft, run: TaskRun) -> None:
    node = plan.nodes.get(run.task_id)
    if node is not None:
        scope["task"] = {"id": run.task_id, "type": node.task.type}
    found: dict[str, Any] = {
        "id": run.id,
        "startDate": instant(run.state.start_date),
        "attemptsCount": sum(1 for attempt in run.attempts if attempt.state.current in TERMINAL),
    }
    if run.value is not None:
        found["value"] = run.value
    if run.iteration is not None:
        found["iteration"] = run.iteration
    scope["taskrun"] = found
    if run.parent_id is not None:
        found["parentId"] = run.parent_id
        parents = []
        for ancestor in draft.ancestors(run):
            if plan.iterations and _is_of_iterations(plan, ancestor):
                continue
            entry: dict[str, Any] = {}
            if ancestor.outputs:
                entry["outputs"] = ancestor.outputs
            if ancestor.value is not None:
                entry["taskrun"] = {"value": ancestor.value}
            if entry:
                parents.append(entry)
        scope["parents"] = parents
        if parents:
            scope["parent"] = parents[0]
    else:
        scope["parents"] = []


def _is_of_iterations(plan: Plan, run: TaskRun) -> bool:
    """Whether a task run is an iteration, or a loop made of iterations."""
    node = plan.nodes.get(run.task_id)
    return node is not None and isinstance(node.task, Iteration | IterationLoop)
