"""The engine's world and what all expressions see: rendering, constants, inputs as they were given."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from lanner.engine.turn import FlowOutputs, World
from lanner.engine.view import View
from lanner.expressions import Reach, Renderer, is_truthy
from lanner.flows.inputs import flattened, resolve_outputs
from lanner.flows.seen_inputs import found_input, seen_inputs
from lanner.model.execution import Execution
from lanner.runtime.encryption import Cipher
from lanner.runtime.masking import Masks
from lanner.runtime.reach import ExecutionReach, Outside
from lanner.sdk.input import FlowOutput, SecretInput
from lanner.sdk.plan import Plan


def constants(
    *,
    environment: Mapping[str, str] | None = None,
    env_prefix: str = "ENV_",
    global_values: Mapping[str, Any] | None = None,
    url: str | None = None,
    environment_name: str | None = None,
) -> dict[str, Any]:
    """Return ``envs``, ``globals`` and ``kestra``. Source: reference ``engine.md`` §6.1."""
    found = os.environ if environment is None else environment
    about = {"environment": {"name": environment_name} if environment_name else None, "url": url}
    return {
        "envs": {
            name[len(env_prefix) :].lower(): value for name, value in found.items() if name.startswith(env_prefix)
        },
        "globals": dict(global_values or {}),
        "kestra": {name: value for name, value in about.items() if value is not None},
    }


class Surroundings:
    """Makes the engine's ``World`` for an execution, and its ``Reach``."""

    def __init__(
        self, *, renderer: Renderer, outside: Outside, shared: Mapping[str, Any], cipher: Cipher | None = None
    ) -> None:
        self._renderer, self._outside, self._shared, self._cipher = renderer, outside, shared, cipher

    def world(self, view: View, *, may_wait: bool) -> World:
        """Return the world for a step of an execution."""
        reach = self.reach(view, Masks(), may_wait=may_wait)
        return World(
            render=lambda value, variables: self._renderer.render_value(value, variables, reach),
            is_true=is_truthy,
            constants=self._shared,
            inputs=self.inputs,
            flow_outputs=lambda declared, variables: self._outputs(declared, variables, reach),
        )

    def reach(self, view: View, masks: Masks, *, may_wait: bool = True) -> Reach:
        """Return the outside of an execution's expressions."""
        for value in self.secrets(view.plan, view.execution):
            masks.add(value)
        return ExecutionReach(self._outside, view.execution, masks, may_wait=may_wait)

    def inputs(self, plan: Plan, execution: Execution) -> Mapping[str, Any] | None:
        """Return the inputs as expressions see them: secrets in clear, defaults of those never resolved added."""
        if not plan.flow.inputs:
            return execution.inputs
        decrypt = self._cipher.decrypt if self._cipher else None
        return seen_inputs(
            plan.flow.inputs, execution.inputs, self._renderer.evaluate, variables=self._shared, decrypt=decrypt
        )

    def secrets(self, plan: Plan, execution: Execution) -> list[str]:
        """Return the values of SECRET inputs: they must not show in logs."""
        seen = self.inputs(plan, execution)
        found = (found_input(seen, entry.id) for entry in flattened(plan.flow.inputs) if isinstance(entry, SecretInput))
        return [value for _, value in found if isinstance(value, str) and value]

    def _outputs(self, declared: Sequence[FlowOutput], variables: Mapping[str, Any], reach: Reach) -> FlowOutputs:
        def render(template: str, values: Mapping[str, Any]) -> Any:
            return self._renderer.evaluate(template, values, reach)

        encrypt = self._cipher.encrypt if self._cipher else None
        found = resolve_outputs(declared, render, variables=variables, encrypt=encrypt)
        return FlowOutputs(values=found.values, error=found.error, warnings=found.warnings)
