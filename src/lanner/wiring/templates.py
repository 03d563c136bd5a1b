"""Rendering for the services: an expression of a flow or of an execution, with the outside of this process."""

from collections.abc import Mapping
from typing import Any

from lanner.expressions import Renderer
from lanner.model.execution import Execution, ExecutionKind
from lanner.model.flow import FlowKey
from lanner.model.ids import ExecutionId
from lanner.model.state import State, StateHistory
from lanner.runtime.masking import Masks
from lanner.runtime.reach import ExecutionReach, Outside


class Templates:
    """Renders what people ask for outside a run; secrets do not show."""

    def __init__(self, renderer: Renderer, outside: Outside) -> None:
        self._renderer, self._outside = renderer, outside

    def render(
        self, key: FlowKey, template: str, variables: Mapping[str, Any], execution: Execution | None = None
    ) -> str:
        """Return the text of a template; values of secrets are masked."""
        masks = Masks()
        reach = ExecutionReach(self._outside, execution or self._nobody(key), masks)
        return masks.hide(self._renderer.render(template, variables, reach))

    def evaluate(self, key: FlowKey, template: str, variables: Mapping[str, Any]) -> Any:
        """Return the value of a template that belongs to a flow: the default of an input, a webhook's key."""
        reach = ExecutionReach(self._outside, self._nobody(key), Masks())
        return self._renderer.evaluate(template, variables, reach)

    def render_value(self, key: FlowKey, value: Any, variables: Mapping[str, Any]) -> Any:
        """Return a YAML value of a flow with every text in it rendered; secrets are as they are."""
        return self._renderer.render_value(value, variables, ExecutionReach(self._outside, self._nobody(key), Masks()))

    def _nobody(self, key: FlowKey) -> Execution:
        """Return the execution of an expression that belongs to a flow only."""
        return Execution(
            id=ExecutionId(""),
            tenant=key.tenant,
            namespace=key.namespace,
            flow_id=key.flow_id,
            flow_revision=0,
            state=StateHistory.starting(State.CREATED, self._outside.clock.now()),
            kind=ExecutionKind.TEST,
        )
