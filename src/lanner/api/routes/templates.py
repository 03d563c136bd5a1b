"""Templates, where they are switched on. Source of the operations: Kestra 1.0."""

from typing import NotRequired, TypedDict

from starlette.types import ASGIApp

from lanner.api.composition import page_document
from lanner.api.filters import PAGE, SIZE, SORT
from lanner.api.flow_documents import validated_document
from lanner.api.flow_shapes import TaskDocument, ValidateConstraintViolationDocument
from lanner.api.http import Call, empty_answer, json_answer, text_param
from lanner.api.routes.flows import source_in
from lanner.api.routing import Operation
from lanner.api.shapes import FLOW_SOURCE, PagedResultsDocument
from lanner.services.errors import InvalidArgument
from lanner.services.flows import Validated, split_documents
from lanner.services.templates import Template

TEXT = text_param("q", "Text to look for in namespaces and ids")
NAMESPACE = text_param("namespace", "Only of this namespace and below")


class TemplateDocument(TypedDict):
    """A list of tasks with a name of its own."""

    id: str
    namespace: str
    deleted: bool
    tasks: list[TaskDocument]
    description: NotRequired[str]
    errors: NotRequired[list[TaskDocument]]


async def create(call: Call) -> ASGIApp:
    """Keep a new template."""
    return json_answer(_document(await call.desk.templates.create(call.tenant, await source_in(call))))


async def update(call: Call) -> ASGIApp:
    """Replace a template."""
    return json_answer(_document(await call.desk.templates.update(call.tenant, *_name(call), await source_in(call))))


async def get(call: Call) -> ASGIApp:
    """Return a template."""
    return json_answer(_document(await call.desk.templates.get(call.tenant, *_name(call))))


async def delete(call: Call) -> ASGIApp:
    """Delete a template."""
    await call.desk.templates.delete(call.tenant, *_name(call))
    return empty_answer()


async def search(call: Call) -> ASGIApp:
    """Find templates, sorted by name."""
    if call[PAGE] < 1 or call[SIZE] < 1:
        raise InvalidArgument("page and size have to be 1 or more")
    page = await call.desk.templates.search(
        call.tenant, namespace=call[NAMESPACE], text=call[TEXT], page=call[PAGE], size=call[SIZE]
    )
    return json_answer(page_document(map(_document, page.results), page.total))


async def namespaces(call: Call) -> ASGIApp:
    """List the namespaces that have templates."""
    return json_answer(await call.desk.templates.namespaces(call.tenant))


async def validate(call: Call) -> ASGIApp:
    """Tell everything that is wrong with templates, several in one text; always 200."""
    answers = []
    for index, source in enumerate(split_documents(await call.text())):
        read = call.desk.templates.validate(source)
        namespace, template_id = (read.document.get(name) for name in ("namespace", "id"))
        found = Validated(
            index=index,
            namespace=None if namespace is None else str(namespace),
            flow_id=None if template_id is None else str(template_id),
            read=read,
        )
        answers.append(validated_document(found, None))
    return json_answer(answers)


def _name(call: Call) -> tuple[str, str]:
    return call.path["namespace"], call.path["id"]


def _document(template: Template) -> TemplateDocument:
    written = template.document
    document: TemplateDocument = {
        "id": template.id,
        "namespace": template.namespace,
        "deleted": False,
        "tasks": written["tasks"],
    }
    if written.get("description"):
        document["description"] = str(written["description"])
    if written.get("errors"):
        document["errors"] = written["errors"]
    return document


OPERATIONS = (
    Operation(
        method="POST", path="/templates", id="createTemplate", handler=create, takes=FLOW_SOURCE, gives=TemplateDocument
    ),
    Operation(
        method="GET",
        path="/templates/search",
        id="searchTemplates",
        handler=search,
        params=(TEXT, NAMESPACE, PAGE, SIZE, SORT),
        gives=PagedResultsDocument[TemplateDocument],
    ),
    Operation(
        method="GET",
        path="/templates/distinct-namespaces",
        id="listTemplateDistinctNamespaces",
        handler=namespaces,
        gives=list[str],
    ),
    Operation(
        method="POST",
        path="/templates/validate",
        id="validateTemplates",
        handler=validate,
        takes=FLOW_SOURCE,
        gives=list[ValidateConstraintViolationDocument],
    ),
    Operation(method="GET", path="/templates/{namespace}/{id}", id="getTemplate", handler=get, gives=TemplateDocument),
    Operation(
        method="PUT",
        path="/templates/{namespace}/{id}",
        id="updateTemplate",
        handler=update,
        takes=FLOW_SOURCE,
        gives=TemplateDocument,
    ),
    Operation(method="DELETE", path="/templates/{namespace}/{id}", id="deleteTemplate", handler=delete, status=204),
)
