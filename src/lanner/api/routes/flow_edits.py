"""Parts of flows: one task replaced, old revisions deleted, tasks that are out of date. Source: ``api.md`` §1.3."""

from typing import NotRequired, TypedDict

from starlette.types import ASGIApp

from lanner.api.flow_shapes import FlowDocument, TaskDocument
from lanner.api.http import Answer, Call, InvalidQuery, Param, json_answer, text_param, whole_number
from lanner.api.routes.flows import key_of
from lanner.api.routing import Operation

REVISIONS = Param(
    "revisions", str, "", "integer", required=True, many=True, description="Which; repeated or with commas"
)
NAMESPACE = text_param("namespace", "Only of this namespace and below")


class OldTaskDocument(TypedDict):
    """A task whose type is deprecated or has another name now."""

    taskId: str
    taskType: str
    replacement: NotRequired[str]


class FlowWithDeprecatedTasksDocument(TypedDict):
    """A flow with tasks that should be replaced."""

    namespace: str
    flowId: str
    revision: int
    deprecatedTasks: list[OldTaskDocument]


async def update_task(call: Call) -> ASGIApp:
    """Save a flow with another task in the place of one; everything else in the source stays as it is."""
    task = await call.json_map("a task")
    flow = await call.desk.flow_edits.replace_task(key_of(call), call.path["taskId"], task)
    return json_answer(call.desk.documents.of(call.desk.flows, flow))


async def delete_revisions(call: Call) -> ASGIApp:
    """Delete old revisions of a flow for good."""
    texts = call.all(REVISIONS)
    try:
        revisions = {whole_number(text) for text in texts}
    except ValueError as error:
        raise InvalidQuery(f"revisions: {error}; whole numbers are wanted") from None
    if not revisions:
        raise InvalidQuery("Required QueryValue [revisions] not specified")
    await call.desk.flow_edits.delete_revisions(key_of(call), revisions)
    return Answer()


async def deprecated(call: Call) -> ASGIApp:
    """List the flows with tasks whose types are deprecated or have another name now."""
    documents: list[FlowWithDeprecatedTasksDocument] = []
    for found in await call.desk.flow_edits.out_of_date(call.tenant, call[NAMESPACE]):
        tasks: list[OldTaskDocument] = []
        for one in found.tasks:
            task: OldTaskDocument = {"taskId": one.task_id, "taskType": one.type}
            if one.replacement is not None:
                task["replacement"] = one.replacement
            tasks.append(task)
        flow = found.flow
        documents.append(
            {"namespace": flow.namespace, "flowId": flow.id, "revision": flow.revision, "deprecatedTasks": tasks}
        )
    return json_answer(documents)


OPERATIONS = (
    Operation(
        method="PATCH",
        path="/flows/{namespace}/{id}/{taskId}",
        id="updateTask",
        handler=update_task,
        takes=TaskDocument,
        gives=FlowDocument,
    ),
    Operation(
        method="DELETE",
        path="/flows/{namespace}/{id}/revisions",
        id="deleteRevisions",
        handler=delete_revisions,
        params=(REVISIONS,),
    ),
    Operation(
        method="GET",
        path="/flows/deprecated",
        id="listDeprecated",
        handler=deprecated,
        params=(NAMESPACE,),
        gives=list[FlowWithDeprecatedTasksDocument],
    ),
)
