"""The middle of a ``ForEachItem``: an execution for each part of the file."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import SkipValidation

from lanner.model.state import State
from lanner.sdk.context import RunContext
from lanner.sdk.flowable import Scope
from lanner.sdk.property import Property
from lanner.sdk.subflow import ChildRequest, SubflowBatch
from lanner.sdk.task import TaskFailed
from lanner_plugins.core.flow.subflow import labels_from, sent

OUTPUTS = "outputs.ion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a ``ForEachItem`` runs for each part."""

    namespace: str
    flow_id: str
    revision: int | None
    inputs: Mapping[str, Any]
    labels: Any
    wait: bool
    transmit_failed: bool
    inherit_labels: bool
    schedule_date: Property[datetime] | None
    restart_failed: bool


class ItemsOfForEach(SubflowBatch):
    """Runs the flow of a ``ForEachItem`` for each part."""

    split: str
    """Id of the task that made the parts."""
    wanted: SkipValidation[Wanted]

    @property
    def starts(self) -> tuple[str, str]:
        return self.wanted.namespace, self.wanted.flow_id

    @property
    def waits(self) -> bool:
        return self.wanted.wait

    def prepare(self, context: RunContext) -> Mapping[str, Any]:
        """Return the number of parts and what their URIs have in common."""
        outputs = outputs_of(context, self.split, "splits")
        with context.files.open(outputs["splits"]) as file:
            uris = file.read().decode().split()
        if not uris:
            return {"count": 0}
        before, _, after = uris[0].rpartition("split-1")
        if any(uri != f"{before}split-{number}{after}" for number, uri in enumerate(uris, start=1)):
            raise TaskFailed(f"{outputs['splits']} does not list the parts that {self.split} has made")
        return {"count": len(uris), "before": f"{before}split-", "after": after, "base": context.files.uri_of("")[:-1]}

    def request(self, scope: Scope, iteration: int, prepared: Mapping[str, Any]) -> ChildRequest:
        items = f"{prepared['before']}{iteration}{prepared['after']}"
        extra = {"taskrun": {**scope.variables["taskrun"], "items": items, "iteration": iteration}}
        wanted = self.wanted
        return ChildRequest(
            namespace=scope.render(wanted.namespace),
            flow_id=scope.render(wanted.flow_id),
            revision=wanted.revision,
            inputs={name: sent(scope.render(value, **extra)) for name, value in wanted.inputs.items()},
            labels=labels_from(scope.render(wanted.labels)),
            inherit_labels=wanted.inherit_labels,
            schedule_date=wanted.schedule_date.value(scope.render) if wanted.schedule_date is not None else None,
            restart_failed=wanted.restart_failed,
            iteration=iteration,
            outputs_uri=f"{prepared['base']}/{iteration}/{OUTPUTS}",
            variables={"numberOfBatches": prepared["count"]},
        )

    def state_for(self, ended: Mapping[State, int]) -> State:
        if self.wanted.transmit_failed:
            for state in (State.FAILED, State.KILLED, State.WARNING):
                if ended.get(state):
                    return state
        return State.SUCCESS

    def outputs_for(self, prepared: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"subflowOutputsBaseUri": str(prepared["base"]).removeprefix("kestra://")}


def joined(context: RunContext, base: str, count: int) -> str | None:
    """Store the outputs of all executions in one file, in their order; ``None`` when there are none."""
    path, found = context.working_dir / OUTPUTS, False
    with path.open("wb") as target:
        for iteration in range(1, count + 1):
            uri = f"{base}/{iteration}/{OUTPUTS}"
            if not context.files.exists(uri):
                continue
            found = True
            with context.files.open(uri) as source:
                shutil.copyfileobj(source, target)
    return context.files.put(path, name=OUTPUTS) if found else None


def outputs_of(context: RunContext, task_id: str, name: str) -> Mapping[str, Any]:
    """Return the outputs of another task in the same turn of the loops around; ``name`` is one of them."""
    outputs: Mapping[str, Any] = (context.variables.get("outputs") or {}).get(task_id) or {}
    own = (context.variables.get("taskrun") or {}).get("value")
    around = [(parent.get("taskrun") or {}).get("value") for parent in context.variables.get("parents") or []]
    for value in (*reversed(around), own):
        if value is not None and name not in outputs:
            outputs = outputs.get(value) or {}
    return outputs
