"""What expressions and conditions of a trigger see of its flow."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from lanner.model.execution import Execution
from lanner.model.flow import FlowKey
from lanner.sdk.condition import ConditionContext, Testable
from lanner.sdk.plan import Plan


class RenderFlowValue(Protocol):
    """Renders every text inside a YAML value of a flow; secrets are not masked; raises ``LannerError``."""

    def __call__(self, key: FlowKey, value: Any, variables: Mapping[str, Any]) -> Any: ...


def flow_scope(plan: Plan) -> dict[str, Any]:
    """Return what expressions see of a flow outside of any execution."""
    key = plan.key
    return {
        "flow": {"id": key.flow_id, "namespace": key.namespace, "revision": plan.revision, "tenantId": key.tenant},
        "vars": plan.flow.variables,
    }


def all_hold(
    conditions: Sequence[Testable],
    plan: Plan,
    render: RenderFlowValue,
    variables: Mapping[str, Any],
    execution: Execution | None = None,
) -> bool:
    """Whether all conditions are true; raises ``LannerError`` when one cannot be told."""
    context = ConditionContext(
        namespace=plan.key.namespace,
        flow_id=plan.key.flow_id,
        render=lambda value, known: render(plan.key, value, known),
        variables=variables,
        execution=execution,
    )
    return all(condition.test(context) for condition in conditions)
