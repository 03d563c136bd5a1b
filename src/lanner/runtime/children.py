"""Starts the executions that tasks of other executions ask for."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lanner.engine.children import child_id_of
from lanner.engine.commands import StartChild
from lanner.engine.events import ChildEnded, ChildRefused, ChildStarted, Event
from lanner.engine.view import View
from lanner.expressions.formats.ion_text import dumped
from lanner.flows.inputs import InvalidInputs
from lanner.flows.problem import InvalidFlow
from lanner.model.errors import LannerError
from lanner.model.execution import Execution, ExecutionTrigger
from lanner.model.flow import FlowKey
from lanner.model.ids import ExecutionId
from lanner.model.label import CORRELATION_ID, Label, merged
from lanner.model.state import State, StateHistory
from lanner.model.storage import storage_path
from lanner.ports.blobs import Blobs
from lanner.sdk.plan import Plan
from lanner.services.execution_inputs import ExecutionInputs
from lanner.services.plans import FlowNotFound, PlanCache

PARENT_EXECUTION = "executionId"
PARENT_TASK_RUN = "taskRunId"
TASK_RUN_OUTPUTS = "taskRunOutputs"


class ChildImpossible(LannerError):
    """The flow that a task asks for cannot be run."""


class Children:
    """Makes child executions from what a task asks for."""

    def __init__(self, plans: PlanCache, inputs: ExecutionInputs, blobs: Blobs) -> None:
        self._plans, self._inputs, self._blobs = plans, inputs, blobs

    async def prepare(self, parent: View, command: StartChild) -> View:
        """Return the child, not begun; raises ``LannerError`` when it cannot be made."""
        request, source = command.request, parent.execution
        plan = await self._plan(FlowKey(source.tenant, request.namespace, request.flow_id), request.revision)
        child_id = child_of(command)
        run = parent.runs[command.task_run_id]
        variables: dict[str, Any] = {
            PARENT_EXECUTION: source.id,
            "namespace": source.namespace,
            "flowId": source.flow_id,
            "flowRevision": source.flow_revision,
            PARENT_TASK_RUN: run.id,
            "taskId": run.task_id,
        }
        if run.value is not None:
            variables["taskRunValue"] = run.value
        if run.iteration is not None:
            variables["taskRunIteration"] = run.iteration
        if request.iteration is not None:
            variables["taskRunIteration"] = request.iteration
        if request.outputs_uri is not None:
            variables[TASK_RUN_OUTPUTS] = {**request.variables, "uri": request.outputs_uri}
        own = [label for label in plan.flow.labels if not label.is_system]
        system = [label for label in source.labels if label.key == CORRELATION_ID]
        inherited = [label for label in source.labels if request.inherit_labels and not label.is_system]
        taken = {label.key for label in own}
        passed_on = [label for label in inherited if label.key not in taken]
        labels = merged(own, passed_on, system or [Label(CORRELATION_ID, source.id)], request.labels)
        execution = Execution(
            id=child_id,
            tenant=source.tenant,
            namespace=plan.key.namespace,
            flow_id=plan.key.flow_id,
            flow_revision=plan.revision,
            state=StateHistory.starting(State.CREATED, datetime.now(UTC)),
            labels=labels,
            trigger=ExecutionTrigger(
                id=run.task_id, type=parent.plan.nodes[run.task_id].task.type, variables=variables
            ),
            schedule_date=request.schedule_date,
        )
        if plan.flow.inputs:
            execution = replace(execution, inputs=await self._inputs.resolve(plan, execution, request.inputs))
        return View(plan, execution)

    def keep_outputs(self, execution: Execution, uri: str) -> None:
        """Write the outputs of an ended child where its parent looks for them. Blocking."""
        content = io.BytesIO(dumped(execution.outputs).encode() + b"\n")
        self._blobs.put(execution.tenant, storage_path(uri), content)

    async def _plan(self, key: FlowKey, revision: int | None) -> Plan:
        try:
            plan = await (self._plans.latest(key) if revision is None else self._plans.revision(key, revision))
        except FlowNotFound:
            raise ChildImpossible(
                f"Unable to find flow '{key.namespace}'.'{key.flow_id}' with revision '{revision or 0}'"
            ) from None
        except InvalidFlow as error:
            raise ChildImpossible(f"Cannot execute an invalid flow: {error}") from error
        if plan.flow.disabled:
            raise ChildImpossible("Cannot execute a flow which is disabled")
        return plan


def child_of(command: StartChild) -> ExecutionId:
    """Return the id of the child that is asked for."""
    return child_id_of(command.task_run_id, command.attempt, command.request.iteration)


def outputs_place(execution: Execution) -> str | None:
    """Return the URI where the parent of an ended child looks for its outputs; ``None`` when none are kept."""
    wanted = execution.trigger.variables.get(TASK_RUN_OUTPUTS) if execution.trigger is not None else None
    return wanted["uri"] if wanted and execution.outputs is not None else None


def parent_of(execution: Execution) -> tuple[ExecutionId, ChildEnded] | None:
    """Return whom an ended execution is to be reported to, and what is told; ``None`` for one without a parent."""
    variables = execution.trigger.variables if execution.trigger is not None else {}
    parent, run_id = variables.get(PARENT_EXECUTION), variables.get(PARENT_TASK_RUN)
    if not parent or not run_id:
        return None
    ended = ChildEnded(
        task_run_id=run_id,
        child_id=execution.id,
        state=execution.state.current,
        outputs=execution.outputs,
        iteration=variables.get("taskRunIteration"),
    )
    return ExecutionId(parent), ended


def started(command: StartChild, child: Execution) -> ChildStarted:
    """Return the news of a child that has been made."""
    return ChildStarted(
        task_run_id=command.task_run_id,
        attempt=command.attempt,
        child_id=child.id,
        namespace=child.namespace,
        flow_id=child.flow_id,
        iteration=command.request.iteration,
    )


def refused(command: StartChild, error: LannerError) -> Event:
    """Return the news of a child that cannot be made."""
    reason = str(error)
    if isinstance(error, InvalidInputs):
        reason = "; ".join(problem.message for problem in error.problems)
    return ChildRefused(
        task_run_id=command.task_run_id, attempt=command.attempt, reason=reason, iteration=command.request.iteration
    )
