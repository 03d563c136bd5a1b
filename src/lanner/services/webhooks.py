"""Starting executions by a request to the key of a Webhook trigger.

Source: Kestra 1.0.36 (reference ``engine.md`` §7.7, ``api.md`` §2.9).
"""

import asyncio
import hmac
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import orjson

from lanner.model.errors import LannerError
from lanner.model.execution import Execution, ExecutionTrigger
from lanner.model.flow import FlowKey
from lanner.model.label import nested
from lanner.sdk.condition import Testable
from lanner.sdk.plan import Plan
from lanner.sdk.property import Property
from lanner.sdk.registry import Registry
from lanner.sdk.trigger import Trigger
from lanner.services.errors import Conflict, NotFound
from lanner.services.executions import Executions, Shown
from lanner.services.plans import PlanCache
from lanner.services.trigger_scope import RenderFlowValue, all_hold, flow_scope

_LOG = logging.getLogger(__name__)
WEBHOOK_TYPE = "io.kestra.plugin.core.trigger.Webhook"


@runtime_checkable
class WebhookTrigger(Protocol):
    """What the Webhook trigger's class has."""

    id: str
    type: str
    key: str | Property[str]
    wait: bool

    @property
    def tests(self) -> tuple[Testable, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRequest:
    """What came in: ``headers`` and ``parameters`` map a name to all its values."""

    body: bytes
    headers: Mapping[str, Sequence[str]]
    parameters: Mapping[str, Sequence[str]]


class Webhooks:
    """Finds the trigger that a key belongs to and starts its flow. ``constants`` is what every expression sees."""

    def __init__(
        self,
        *,
        plans: PlanCache,
        executions: Executions,
        registry: Registry,
        render: RenderFlowValue,
        constants: Mapping[str, Any],
    ) -> None:
        self._plans, self._executions, self._registry = plans, executions, registry
        self._render, self._constants = render, constants

    async def start(self, flow: FlowKey, key: str, request: WebhookRequest) -> tuple[Shown, bool] | None:
        """Start an execution; return it and whether only its outputs are the answer, ``None`` if a condition is false.

        With ``wait`` on the trigger it is returned once it has ended. Raises ``FlowNotFound``, ``NotFound`` for an
        unknown key, ``Conflict`` for a disabled flow, ``InvalidInputs``.
        """
        plan = await self._plans.latest(flow)
        if plan.flow.disabled:
            raise Conflict("Cannot execute a disabled flow")
        trigger = self._trigger(plan, key)
        variables: dict[str, Any] = {"headers": request.headers, "parameters": request.parameters}
        if request.body:
            variables = {"body": read_body(request.body), **variables}
        cause = ExecutionTrigger(id=trigger.id, type=trigger.type, variables=variables)
        execution = self._executions.from_trigger(plan, cause)
        scope = self._scope(plan, variables)
        if not await asyncio.to_thread(self._may_start, plan, trigger, execution, scope):
            return None
        inputs = getattr(trigger, "inputs", None)
        given = self._render(plan.key, inputs, scope) if inputs else None
        shown = await self._executions.begin(plan, execution, given=given)
        if trigger.wait:
            shown = await self._executions.wait(shown)
        return shown, bool(trigger.wait and getattr(trigger, "return_outputs", False))

    def _may_start(self, plan: Plan, trigger: WebhookTrigger, execution: Execution, scope: Mapping[str, Any]) -> bool:
        """Whether all conditions are true; one that cannot be told is not."""
        if not trigger.tests:
            return True
        about = {"id": execution.id, "state": execution.state.current.value, "originalId": execution.id}
        variables = {**scope, "execution": about, "labels": nested(execution.labels)}
        try:
            return all_hold(trigger.tests, plan, self._render, variables, execution)
        except LannerError as error:
            _LOG.warning("a condition of webhook %s.%s cannot be told: %s", plan.key.flow_id, trigger.id, error)
            return False

    def _scope(self, plan: Plan, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        scope = {**self._constants, **flow_scope(plan)}
        return scope if variables is None else {**scope, "trigger": variables}

    def _trigger(self, plan: Plan, key: str) -> WebhookTrigger:
        for trigger in plan.flow.triggers:
            if self._is_webhook(trigger) and isinstance(trigger, WebhookTrigger) and self._has_key(plan, trigger, key):
                if trigger.disabled:
                    break
                return trigger
        raise NotFound("Webhook not found")

    def _is_webhook(self, trigger: Trigger) -> bool:
        return self._registry.canonical(trigger.type) == WEBHOOK_TYPE

    def _has_key(self, plan: Plan, trigger: WebhookTrigger, key: str) -> bool:
        declared = trigger.key.raw if isinstance(trigger.key, Property) else trigger.key
        if "{{" in declared or "{%" in declared:
            declared = str(self._render(plan.key, declared, self._scope(plan)))
        return hmac.compare_digest(declared.strip().encode(), key.encode())


def read_body(body: bytes) -> Any:
    """Return a JSON object (without nulls in it) or array, and anything else as the text it is."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = None
    if isinstance(value, dict | list):
        return _without_nulls(value)
    return body.decode("utf-8", "replace")


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value
