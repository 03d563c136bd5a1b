"""What expressions of a flow can name. Source: reference ``api.md`` §1.3 (2.0)."""

from typing import TypedDict

from starlette.types import ASGIApp

from lanner.api.http import Call, json_answer, text_param
from lanner.api.routes.flows import source_in
from lanner.api.routing import Operation
from lanner.api.shapes import FLOW_SOURCE

TASK = text_param("taskId", "Only outputs of tasks that stand before this one")


class ExpressionCategoriesDocument(TypedDict):
    """Expressions by what they are about, without their braces."""

    taskOutputs: list[str]
    executionContext: list[str]
    inputs: list[str]
    variables: list[str]
    secrets: list[str]
    kvPairs: list[str]
    namespaceFiles: list[str]
    filters: list[str]
    functions: list[str]
    appContext: list[str]


class ExpressionContextDocument(TypedDict):
    """What expressions of a flow can name."""

    categories: ExpressionCategoriesDocument


async def expressions(call: Call) -> ASGIApp:
    """List what expressions of a flow can name; the source may be wrong while it is written."""
    found = await call.desk.vocabularies.of_source(call.tenant, await source_in(call), call[TASK])
    document: ExpressionContextDocument = {
        "categories": {
            "taskOutputs": list(found.task_outputs),
            "executionContext": [*found.execution, *found.constants],
            "inputs": list(found.inputs),
            "variables": list(found.variables),
            "secrets": list(found.secrets),
            "kvPairs": list(found.pairs),
            "namespaceFiles": list(found.files),
            "filters": list(found.filters),
            "functions": list(found.functions),
            "appContext": [],
        }
    }
    return json_answer(document)


OPERATIONS = (
    Operation(
        method="POST",
        path="/flows/expressions",
        id="expressions",
        handler=expressions,
        params=(TASK,),
        takes=FLOW_SOURCE,
        gives=ExpressionContextDocument,
    ),
)
