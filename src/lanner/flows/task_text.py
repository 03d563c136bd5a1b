"""A single task as YAML text, for tasks that are made while a flow runs."""

from pydantic import TypeAdapter, ValidationError

from lanner.flows.outline import outline
from lanner.flows.problem import InvalidFlow, Problem, ProblemKind, path_text
from lanner.flows.wording import findings
from lanner.flows.yaml_tree import YamlTree, read_yaml
from lanner.sdk.registry import Registry
from lanner.sdk.task import AnyTask, Task

_ADAPTER: TypeAdapter[Task] = TypeAdapter(AnyTask)
_PLACE = ("tasks", 0)


def read_task(source: str, registry: Registry, *, task_id: str | None = None) -> Task:
    """Return the task a YAML text describes; raises ``InvalidFlow`` with everything that is wrong.

    ``task_id`` is its id when the text gives none.
    """
    tree = read_yaml(source)
    if tree.problems:
        raise InvalidFlow(
            Problem(
                path=path_text(problem.path),
                line=problem.position.line if problem.position else None,
                column=problem.position.column if problem.position else None,
                kind=ProblemKind.SOURCE,
                message=problem.message,
            )
            for problem in tree.problems
        )
    data = tree.data
    if task_id is not None and isinstance(data, dict):
        data = {"id": task_id, **data}
    try:
        return _ADAPTER.validate_python(data, context={"registry": registry})
    except ValidationError as error:
        raise InvalidFlow(_problems(error, tree, registry)) from error


def _problems(error: ValidationError, tree: YamlTree, registry: Registry) -> list[Problem]:
    """Word the errors as if the task stood in a flow, then take the flow away again."""
    flow = {"tasks": [tree.data]}
    errors = [{**found, "loc": (*_PLACE, *found["loc"])} for found in error.errors(include_url=False)]
    problems = []
    for finding in findings(errors, flow, outline(flow, registry)):
        path = finding.path[len(_PLACE) :]
        position = tree.position(path)
        problems.append(
            Problem(
                path=path_text(path),
                line=position.line if position else None,
                column=position.column if position else None,
                message=finding.message,
            )
        )
    return problems
