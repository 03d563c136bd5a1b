"""Functions that look into the variables of an execution: iterations, parents and task states."""

from collections.abc import Mapping, Sequence
from typing import Any

from lanner.expressions.errors import Fault
from lanner.expressions.registry import Feature, Scope, given
from lanner.expressions.text import java_text
from lanner.expressions.values import ABSENT, is_list, is_map, text_input


def current_each_output(scope: Scope, outputs: Any = ABSENT) -> Any:
    """Return the output of a sibling task of the same iteration, however deep the loops are nested.

    >>> {{ currentEachOutput(outputs.fetch).value }}
    fetched b
    """
    if outputs is ABSENT:
        raise Fault("The 'currentEachOutput' function expects an argument 'outputs'.")
    if not is_map(outputs):
        raise Fault("The 'currentEachOutput' function expects an argument 'outputs' with type map.")
    values = [parent for parent in (_value(entry) for entry in _parents(scope)) if parent is not None]
    own = _value({"taskrun": scope.variables.get("taskrun")})
    steps = [*reversed(values), own]
    if own is None:
        return None
    found: Any = outputs
    for step in steps:
        if not is_map(found) or java_text(step) not in found:
            raise Fault(
                f"No execution outputs for the current task run: there is none of the iteration {java_text(step)!r}"
            )
        found = found[java_text(step)]
    return found


def iteration_output(scope: Scope, task_id: Any = ABSENT, iteration: Any = ABSENT) -> Any:
    """Return the outputs of a task in one turn of its loop: by default of this task in the turn before.

    >>> {{ iterationOutput('fetch', 0).value }}
    fetched a
    """
    task = text_input(task_id) if given(task_id) else str(_member(scope.variables.get("task"), "id"))
    current = _member(scope.variables.get("taskrun"), "iteration")
    turn = iteration if given(iteration) else (current - 1 if isinstance(current, int) else None)
    if not isinstance(turn, int) or isinstance(turn, bool):
        raise Fault("The 'iterationOutput' function expects an argument 'iteration' outside of a loop.")
    outputs = _member(scope.variables.get("outputs"), task)
    if not is_map(outputs):
        raise Fault(f"There are no outputs of the task '{task}'.")
    if str(turn) in outputs:
        return outputs[str(turn)]
    turns = list(outputs.values())
    if not 0 <= turn < len(turns):
        raise Fault(f"There are no outputs of the task '{task}' for the iteration {turn}.")
    return turns[turn]


def loop_outputs(outputs: Any = ABSENT, name: Any = ABSENT) -> list[Any]:
    """Return the list of one output over all turns of a loop: of a task in it, or of what a Loop hands on.

    >>> {{ loopOutputs(outputs.fetch, 'value') }}
    ["fetched a","fetched b"]
    """
    if not given(name) or not (is_map(outputs) or is_list(outputs)):
        raise Fault("The 'loopOutputs' function expects arguments 'outputs' with type map or list and 'name'.")
    turns = outputs.values() if is_map(outputs) else [_member(turn, "outputs") for turn in outputs]
    return [_member(turn, text_input(name)) for turn in turns]


def parent_output(scope: Scope, index: Any = ABSENT) -> Any:
    """Return the outputs of an enclosing iteration; 0 is the nearest.

    >>> {{ parentOutput(0).outer.value }}
    o
    """
    parents = _parents(scope)
    wanted = index if given(index) else 0
    if not isinstance(wanted, int) or not 0 <= wanted < len(parents):
        raise Fault(f"Invalid index: {java_text(wanted)} for parents size: {len(parents)}")
    return _member(parents[wanted], "outputs")


def tasks_with_state(scope: Scope, state: Any = ABSENT) -> list[dict[str, Any]]:
    """Return the task runs of the execution that are in a state: maps with ``taskId``, ``state`` and, in loops, ``value``.

    >>> {{ tasksWithState('FAILED') | jq('.[].taskId') }}
    ["load"]
    """  # noqa: E501 -- the line is shown to readers as it is
    if not given(state):
        raise Fault("The 'tasksWithState' function expects an argument 'state'.")
    wanted = text_input(state).upper()
    tasks = scope.variables.get("tasks")
    found: list[dict[str, Any]] = []
    for task_id, entry in tasks.items() if isinstance(tasks, Mapping) else ():
        found.extend(_with_state(str(task_id), entry, wanted, ()))
    return found


def _with_state(task_id: str, entry: Any, wanted: str, values: tuple[str, ...]) -> list[dict[str, Any]]:
    if not isinstance(entry, Mapping):
        return []
    state = entry.get("state")
    if isinstance(state, str):
        if state != wanted:
            return []
        return [{"taskId": task_id, "state": state, **({"value": values[-1]} if values else {})}]
    return [row for value, inner in entry.items() for row in _with_state(task_id, inner, wanted, (*values, str(value)))]


def _parents(scope: Scope) -> Sequence[Any]:
    parents = scope.variables.get("parents")
    return parents if is_list(parents) else ()  # type: ignore[return-value]  # is_list says that it is one


def _value(entry: Any) -> Any:
    return _member(_member(entry, "taskrun"), "value")


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


FUNCTIONS = (
    Feature("currentEachOutput", current_each_output, ("outputs",), needs_scope=True),
    Feature("iterationOutput", iteration_output, ("taskId", "iteration"), needs_scope=True),
    Feature("loopOutputs", loop_outputs, ("outputs", "name")),
    Feature("parentOutput", parent_output, ("index=0",), needs_scope=True),
    Feature("tasksWithState", tasks_with_state, ("state",), needs_scope=True),
)
