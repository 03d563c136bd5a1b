"""What the state tasks share: where a state is kept."""

from collections.abc import Mapping
from hashlib import md5
from typing import Any

from lanner.model.storage import slug
from lanner.sdk.context import RunContext
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask

FOLDER = "tasks-states"


class StateTask(RunnableTask):
    """A task about a state: data that outlives executions. Source: Kestra 1.0.36 (reference ``engine.md`` §9.10)."""

    name: Property[str] = default("default")
    """Name of the state."""
    namespace: Property[bool] = default(False)
    """Share the state among the flows of the namespace."""
    taskrun_value: Property[bool] = default(True)
    """Keep a state of its own for each value of a loop."""

    def state_key(self, context: RunContext) -> str:
        """Return the key under which the state is kept."""
        flow = "" if context.render(self.namespace) else f"{slug(context.flow_id)}_"
        key = f"{flow}states_{FOLDER}_{context.render(self.name)}"
        taskrun = context.variables.get("taskrun")
        value = taskrun.get("value") if isinstance(taskrun, Mapping) else None
        if value is None or not context.render(self.taskrun_value):
            return key
        return f"{key}_{md5(str(value).encode(), usedforsecurity=False).hexdigest()}"


def read_state(context: RunContext, key: str) -> dict[str, Any] | None:
    """Return the data of a state, ``None`` when there is none."""
    pair = context.key_values.get(key)
    if pair is None or pair.namespace != context.namespace:
        return None
    return dict(pair.value) if isinstance(pair.value, dict) else {}


def merged(before: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return two maps merged at any depth: lists are joined, of other values the new one counts unless it is null."""
    result = dict(before)
    for name, value in new.items():
        if value is None:
            continue
        old = result.get(name)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            result[name] = merged(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            result[name] = [*old, *value]
        else:
            result[name] = merged({}, value) if isinstance(value, Mapping) else value
    return result
