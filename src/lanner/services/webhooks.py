"""Starting executions by a request to the key of a Webhook trigger.

Source: Kestra 1.0.36 (reference ``engine.md`` §7.7, ``api.md`` §2.9).
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import orjson

from lanner.model.execution import ExecutionTrigger
from lanner.model.flow import FlowKey
from lanner.sdk.plan import Plan
from lanner.sdk.property import Property
from lanner.sdk.registry import Registry
from lanner.sdk.trigger import Trigger
from lanner.services.errors import Conflict, NotFound
from lanner.services.executions import Executions, Shown
from lanner.services.expressions import Expressions
from lanner.services.plans import PlanCache

WEBHOOK_TYPE = "io.kestra.plugin.core.trigger.Webhook"


@runtime_checkable
class WebhookTrigger(Protocol):
    """What the Webhook trigger's class has."""

    id: str
    type: str
    key: str | Property[str]
    wait: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRequest:
    """What came in: ``headers`` and ``parameters`` map a name to all its values."""

    body: bytes
    headers: Mapping[str, Sequence[str]]
    parameters: Mapping[str, Sequence[str]]


class Webhooks:
    """Finds the trigger that a key belongs to and starts its flow."""

    def __init__(
        self, *, plans: PlanCache, executions: Executions, expressions: Expressions, registry: Registry
    ) -> None:
        self._plans, self._executions, self._expressions, self._registry = plans, executions, expressions, registry

    async def start(self, flow: FlowKey, key: str, request: WebhookRequest) -> tuple[Shown, bool]:
        """Start an execution; return it and whether only its outputs are the answer.

        With ``wait`` on the trigger it is returned once it has ended. Raises ``FlowNotFound``, ``NotFound`` for an
        unknown key, ``Conflict`` for a disabled flow.
        """
        plan = await self._plans.latest(flow)
        if plan.flow.disabled:
            raise Conflict("Cannot execute a disabled flow")
        trigger = self._trigger(plan, key)
        if getattr(trigger, "conditions", ()):
            # Starting all the same would be worse: a condition is there to hold requests back.
            raise Conflict("Conditions of a webhook cannot be evaluated by this server")
        variables: dict[str, Any] = {"headers": request.headers, "parameters": request.parameters}
        if request.body:
            variables = {"body": read_body(request.body), **variables}
        given = self._given(plan, trigger, variables)
        shown = await self._executions.start_from_trigger(
            plan, ExecutionTrigger(id=trigger.id, type=trigger.type, variables=variables), given=given
        )
        if trigger.wait:
            shown = await self._executions.wait(shown)
        return shown, bool(trigger.wait and getattr(trigger, "return_outputs", False))

    def _given(self, plan: Plan, trigger: WebhookTrigger, variables: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the trigger's inputs, rendered with what came in; ``None`` when it has none."""
        declared = getattr(trigger, "inputs", None)
        if not declared:
            return None
        return {
            name: self._expressions.of_flow(plan, value, trigger=variables) if isinstance(value, str) else value
            for name, value in declared.items()
        }

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
            declared = self._expressions.of_flow(plan, declared)
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
