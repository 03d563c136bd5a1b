"""The executions of polling triggers: whether to look, and what is started by what was found.

Source: Kestra 1.0.36, asked (reference ``engine.md`` §1.4, §7.8).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lanner.model.execution import Execution, ExecutionTrigger
from lanner.model.ids import ExecutionId
from lanner.model.label import CORRELATION_ID, Label, merged
from lanner.model.state import State, StateHistory
from lanner.sdk.plan import Plan
from lanner.sdk.polling import PollingTrigger
from lanner.services.executions import flow_labels
from lanner.services.trigger_scope import RenderFlowValue, all_hold, flow_scope


class Polling:
    """Tests conditions and makes executions; holds nothing but what expressions need."""

    def __init__(self, *, render: RenderFlowValue, constants: Mapping[str, Any]) -> None:
        self._render, self._constants = render, constants

    def holds(self, plan: Plan, trigger: PollingTrigger, date: datetime) -> bool:
        """Whether the conditions let the trigger be evaluated; raises ``LannerError`` when one cannot be told."""
        if not trigger.tests:
            return True
        return all_hold(trigger.tests, plan, self._render, self.scope(plan, trigger, date=date.isoformat()))

    def scope(self, plan: Plan, trigger: PollingTrigger, **about: Any) -> dict[str, Any]:
        """Return what expressions of the trigger see."""
        named = {"id": trigger.id, "type": trigger.type, **about}
        return {**self._constants, **flow_scope(plan), "trigger": named}

    def execution(
        self, plan: Plan, trigger: PollingTrigger, id_: ExecutionId, variables: Mapping[str, Any], now: datetime
    ) -> Execution:
        """Return the execution for what was found, not begun. It has no inputs, not even defaults.

        Labels of the trigger are not rendered and the flow's win, as in Kestra.
        """
        correlation = Label(CORRELATION_ID, id_)
        return Execution(
            id=id_,
            tenant=plan.key.tenant,
            namespace=plan.key.namespace,
            flow_id=plan.key.flow_id,
            flow_revision=plan.revision,
            state=StateHistory.starting(State.CREATED, now),
            labels=merged(trigger.labels, flow_labels(plan), [correlation]),
            trigger=ExecutionTrigger(id=trigger.id, type=trigger.type, variables=variables),
        )
