"""Conditions that a flow looks at before an execution is made.

Source: Kestra 1.2 (reference ``engine.md`` §9.3). Only ``inputs`` are seen; a check that cannot be
rendered counts as one that blocks.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lanner.model.errors import LannerError
from lanner.sdk.definition import CheckBehavior
from lanner.sdk.plan import Plan
from lanner.services.errors import Flaw, InvalidEntity
from lanner.services.execution_inputs import Evaluate

_STRONGEST_FIRST = (CheckBehavior.BLOCK_EXECUTION, CheckBehavior.FAIL_EXECUTION, CheckBehavior.CREATE_EXECUTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCheck:
    """A check that does not hold: what to tell, how it looks, what it does."""

    message: str
    style: str
    behavior: CheckBehavior


class ExecutionBlocked(InvalidEntity):
    """The checks of a flow allow no execution."""

    def __init__(self, failed: Sequence[FailedCheck]) -> None:
        messages = ", ".join(check.message for check in failed)
        super().__init__(
            [
                Flaw(
                    "",
                    "Flow execution blocked: one or more condition checks evaluated to false."
                    f"\nFailed checks: {messages}",
                )
            ]
        )


class FlowChecks:
    """Evaluates the checks of flows."""

    def __init__(self, evaluate: Evaluate) -> None:
        self._evaluate = evaluate

    async def failed(self, plan: Plan, inputs: Mapping[str, Any] | None) -> tuple[FailedCheck, ...]:
        """Return the checks that do not hold, in the order of the flow."""
        if not plan.flow.checks:
            return ()
        # Conditions may read files or call out: they must not hold up the loop.
        return await asyncio.to_thread(self._failed, plan, {"inputs": dict(inputs or {})})

    def _failed(self, plan: Plan, variables: Mapping[str, Any]) -> tuple[FailedCheck, ...]:
        found = []
        for check in plan.flow.checks:
            try:
                holds, message, behavior = self._holds(plan, check.condition, variables), check.message, check.behavior
            except LannerError as error:
                holds, behavior = False, CheckBehavior.BLOCK_EXECUTION
                message = f"Failed to evaluate check condition. Cause: {error}"
            if not holds:
                found.append(FailedCheck(message=message, style=check.style, behavior=behavior))
        return tuple(found)

    def _holds(self, plan: Plan, condition: str, variables: Mapping[str, Any]) -> bool:
        value = self._evaluate(plan.key, condition, variables) if "{" in condition else condition
        return value is True or value == "true"


def strongest(failed: Sequence[FailedCheck]) -> CheckBehavior | None:
    """Return what the failed checks do together; ``None`` when there are none."""
    return next((one for one in _STRONGEST_FIRST if any(check.behavior is one for check in failed)), None)
