"""Rendering templates on request, as an execution or a flow would see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lanner.engine.draft import Draft
from lanner.engine.variables import variables
from lanner.engine.view import View
from lanner.expressions.tables import TABLES
from lanner.model.errors import LannerError
from lanner.model.execution import Execution
from lanner.model.flow import FlowKey
from lanner.services.errors import InvalidArgument
from lanner.services.execution_inputs import Evaluate
from lanner.services.executions import Executions

MAX_EXPRESSIONS = 500


class RenderText(Protocol):
    """Renders one template to be shown: secrets in the result are masked; raises ``LannerError``.

    Without an ``execution`` it is rendered for the flow only.
    """

    def __call__(
        self, key: FlowKey, template: str, variables: Mapping[str, Any], execution: Execution | None = None
    ) -> str: ...


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What became of a template: a text, or why there is none."""

    result: str | None
    error: str | None = None


def filter_names() -> list[str]:
    """Return the filters of the expression language, sorted."""
    return sorted(TABLES["filter"])


def function_signatures() -> dict[str, list[str]]:
    """Return the functions of the expression language with the names of their arguments, sorted."""
    found = {}
    for name, feature in sorted(TABLES["function"].items()):
        found[name] = [parameter.partition("=")[0] for parameter in feature.parameters or ()]
    return found


class Expressions:
    """Evaluates templates; an expression that fails is an answer, not an error."""

    def __init__(
        self,
        *,
        executions: Executions,
        render: RenderText,
        evaluate: Evaluate,
        constants: Mapping[str, Any] | None = None,
    ) -> None:
        self._executions, self._render, self._evaluate = executions, render, evaluate
        self._constants = constants or {}

    async def evaluate(
        self, tenant: str, execution_id: str, template: str, *, task_run_id: str | None = None
    ) -> Evaluated:
        """Render a template as a task run, or the execution itself, sees it.

        Raises ``ExecutionNotFound`` and, for a task run, ``NotFound``.
        """
        if task_run_id is None:
            snapshot, run = await self._executions.snapshot(tenant, execution_id), None
        else:
            snapshot, run = await self._executions.task_run(tenant, execution_id, task_run_id)
        plan = await self._executions.plan_of(snapshot.execution)
        view = View(plan, snapshot.execution, snapshot.task_runs)
        scope = variables(plan, Draft(view), run, self._constants)
        return self._evaluated(plan.key, template, scope, snapshot.execution)

    async def render_all(
        self, tenant: str, templates: Sequence[str], *, execution_id: str | None = None
    ) -> dict[str, str]:
        """Return each template with what it renders to; one that fails is left out."""
        if len(templates) > MAX_EXPRESSIONS:
            raise InvalidArgument(f"at most {MAX_EXPRESSIONS} expressions are rendered at once")
        rendered = {}
        for template in templates:
            if execution_id is not None:
                found = await self.evaluate(tenant, execution_id, template)
            else:
                found = self._evaluated(FlowKey(tenant, "", ""), template, dict(self._constants))
            if found.result is not None:
                rendered[template] = found.result
        return rendered

    def _evaluated(
        self, key: FlowKey, template: str, scope: Mapping[str, Any], execution: Execution | None = None
    ) -> Evaluated:
        try:
            return Evaluated(self._render(key, template, scope, execution))
        except LannerError as error:
            return Evaluated(None, str(error))
