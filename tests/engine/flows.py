"""Short ways to write flows for engine tests."""

from typing import Any

import yaml

from lanner.sdk.registry import Registry
from lanner.testing.simulation import Simulation, Worker, plan_from, succeed
from lanner_plugins.core.plugin import PLUGIN

REGISTRY = Registry.whole([PLUGIN])
FLOW = "io.kestra.plugin.core.flow"


def job(task_id: str, **properties: Any) -> dict[str, Any]:
    """Return a task that a worker runs."""
    return {"id": task_id, "type": "io.kestra.plugin.core.log.Log", "message": task_id, **properties}


def flowable(kind: str, task_id: str, tasks: list[dict[str, Any]] | None = None, **properties: Any) -> dict[str, Any]:
    """Return a flowable of the core plugin."""
    inner = {} if tasks is None else {"tasks": tasks}
    return {"id": task_id, "type": f"{FLOW}.{kind}", **inner, **properties}


def simulate(tasks: list[dict[str, Any]], worker: Worker = succeed, *, batch: int = 500, **flow: Any) -> Simulation:
    """Return the simulation of a flow with these tasks."""
    inputs = flow.pop("given", None)
    source = yaml.safe_dump({"id": "sample", "namespace": "tests", "tasks": tasks, **flow}, sort_keys=False)
    return Simulation(plan_from(source, REGISTRY), worker, inputs=inputs, batch=batch)
