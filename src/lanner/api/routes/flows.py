"""Flows: save, read, find, validate."""

from collections.abc import Mapping

from starlette.types import ASGIApp

from lanner.api.composition import page_document
from lanner.api.filters import FLOW_FIELDS, LISTED, PAGE, SIZE, SORT, query_of
from lanner.api.flow_documents import problem_document, validated_document
from lanner.api.flow_shapes import FlowDocument, FoundSourceDocument, TaskDocument, ValidateConstraintViolationDocument
from lanner.api.forms import form_of
from lanner.api.http import (
    JSON,
    Call,
    InvalidBody,
    Param,
    empty_answer,
    flag_param,
    header_param,
    json_answer,
    number_param,
    required_param,
    text_param,
    whole_number,
)
from lanner.api.http import (
    YAML as YAML_TYPE,
)
from lanner.api.routing import Operation
from lanner.api.shapes import FLOW_SOURCE, Content, PagedResultsDocument
from lanner.model.flow import FlowKey
from lanner.services.errors import InvalidArgument
from lanner.services.flows import source_of, split_documents
from lanner.services.queries import Filter, Operator, Query


def _revision(tag: str) -> int | None:
    """Return the revision that an entity tag names, none for any."""
    text = tag.strip()
    return None if text == "*" else whole_number(text.removeprefix("W/").strip('"'))


SOURCE = flag_param("source", "Answer the source as well")
REVISION = number_param("revision", "Which revision; the newest when absent")
ALLOW_DELETED = flag_param("allowDeleted", "Answer a deleted flow too")
ALLOW_DELETE = flag_param("allowDelete", "List the revision that marks the flow as deleted too")
SECTION = required_param("section", "TASKS or TRIGGERS")
TEXT = text_param("q", "Text to look for")
NAMESPACE = text_param("namespace", "Only of this namespace and below")
DRAFT = flag_param("draft")

IF_MATCH = header_param("If-Match", _revision, "string", 'Save only when the flow has this revision still: "3"')

_SECTIONS = {"TASKS": "tasks", "TRIGGERS": "triggers"}


def key_of(call: Call) -> FlowKey:
    """Return the flow that the path names."""
    return FlowKey(call.tenant, call.path["namespace"], call.path["id"])


async def source_in(call: Call) -> str:
    """Return the source in the body; a flow in JSON is written as YAML."""
    if call.content_type == JSON:
        return source_of(await call.json_map("a flow"))
    text = await call.text()
    if not text.strip():
        raise InvalidBody("the body is empty: the source of a flow is wanted")
    return text


async def create(call: Call) -> ASGIApp:
    """Save a new flow."""
    flow = await call.desk.flows.create(call.tenant, await source_in(call))
    return json_answer(call.desk.documents.of(call.desk.flows, flow, source=True))


async def update(call: Call) -> ASGIApp:
    """Save a new revision of a flow; with ``If-Match`` only when it has this revision still, else 412."""
    flow = await call.desk.flows.update(key_of(call), await source_in(call), expected=call[IF_MATCH])
    return json_answer(call.desk.documents.of(call.desk.flows, flow, source=True))


async def get(call: Call) -> ASGIApp:
    """Return a flow."""
    flow = await call.desk.flows.get(key_of(call), revision=call[REVISION], allow_deleted=call[ALLOW_DELETED])
    return json_answer(call.desk.documents.of(call.desk.flows, flow, source=call[SOURCE]))


async def delete(call: Call) -> ASGIApp:
    """Mark a flow as deleted."""
    await call.desk.flows.delete(key_of(call))
    return empty_answer()


async def of_namespace(call: Call) -> ASGIApp:
    """List the flows of exactly this namespace."""
    flows = await call.desk.flows.of_namespace(call.tenant, call.path["namespace"])
    return json_answer([call.desk.documents.of(call.desk.flows, flow) for flow in flows])


async def revisions(call: Call) -> ASGIApp:
    """List all revisions of a flow, oldest first."""
    rows = await call.desk.flows.revisions(key_of(call), allow_deleted=call[ALLOW_DELETE])
    return json_answer([call.desk.documents.of(call.desk.flows, row, source=True) for row in rows])


async def task(call: Call) -> ASGIApp:
    """Return one task of a flow, wherever it is nested."""
    return json_answer(await call.desk.flows.task(key_of(call), call.path["taskId"], revision=call[REVISION]))


async def search(call: Call) -> ASGIApp:
    """Find flows."""
    page = await call.desk.flows.search(query_of(call, FLOW_FIELDS, now=call.desk.executions.now()))
    return json_answer(
        page_document((call.desk.documents.of(call.desk.flows, flow) for flow in page.results), page.total)
    )


async def search_source(call: Call) -> ASGIApp:
    """Find flows by their source, with the lines that match."""
    text, namespace = call[TEXT] or "", call[NAMESPACE]
    asked = query_of(call, frozenset(), now=call.desk.executions.now())
    filters = (Filter("namespace", Operator.PREFIX, namespace),) if namespace else ()
    query = Query(tenant=call.tenant, filters=filters, sort=asked.sort, page=asked.page, size=asked.size)
    page = await call.desk.flows.search_source(query, text)
    results: list[FoundSourceDocument] = [
        {"model": call.desk.documents.of(call.desk.flows, flow), "fragments": fragments(flow.source, text)}
        for flow in page.results
    ]
    return json_answer(page_document(results, page.total))


def fragments(source: str, text: str) -> list[str]:
    """Return the lines of a source that hold a text, with each place marked."""
    if not text:
        return []
    marked = []
    for line in source.splitlines():
        place = line.lower().find(text.lower())
        if place >= 0:
            end = place + len(text)
            marked.append(f"{line[:place]}[mark]{line[place:end]}[/mark]{line[end:]}".strip())
    return marked


async def distinct_namespaces(call: Call) -> ASGIApp:
    """List the namespaces that have flows."""
    return json_answer(await call.desk.flows.namespaces(call.tenant, call[TEXT]))


async def validate(call: Call) -> ASGIApp:
    """Tell everything that is wrong with flows, several in one text; always 200."""
    names: list[str | None]
    if call.content_type == "multipart/form-data":
        async with form_of(call) as form:
            parts: list[tuple[str | None, str]] = [(None, text) for text in form.texts.values()]
            for _, upload in form.files:
                parts.append((upload.filename, (await upload.read()).decode("utf-8-sig", "replace")))
        names, sources = [name for name, _ in parts], [text for _, text in parts]
    else:
        sources = split_documents(await call.text())
        names = [None] * len(sources)
    results = await call.desk.flows.validate(call.tenant, sources)
    return json_answer([validated_document(*one) for one in zip(results, names, strict=True)])


async def validate_task(call: Call) -> ASGIApp:
    """Tell everything that is wrong with one task or trigger; always 200."""
    section = _SECTIONS.get(call[SECTION].upper())
    if section is None:
        raise InvalidArgument(f"section {call[SECTION]!r} is not one of {', '.join(_SECTIONS)}")
    return await _validate_part(call, section)


async def validate_trigger(call: Call) -> ASGIApp:
    """Tell everything that is wrong with one trigger; always 200."""
    return await _validate_part(call, "triggers")


async def _validate_part(call: Call, section: str) -> ASGIApp:
    if call.content_type == JSON:
        part: Mapping[str, object] = await call.json_map("a task or a trigger")
    else:
        part = call.desk.flows.read_part(await call.text())
    problems = call.desk.flows.validate_part(part, section)
    document: ValidateConstraintViolationDocument = {"index": 0, "outdated": False}
    if problems:
        document["constraints"] = "\n".join(map(str, problems))
        document["problems"] = [problem_document(problem) for problem in problems]
    return json_answer(document)


PART = Content((JSON, YAML_TYPE), TaskDocument)

_READ: tuple[Param[bool] | Param[int | None], ...] = (SOURCE, REVISION, ALLOW_DELETED)

OPERATIONS = (
    Operation(
        method="POST",
        path="/flows",
        id="createFlow",
        handler=create,
        params=(DRAFT,),
        takes=FLOW_SOURCE,
        gives=FlowDocument,
    ),
    Operation(
        method="PUT",
        path="/flows/{namespace}/{id}",
        id="updateFlow",
        handler=update,
        params=(DRAFT, IF_MATCH),
        takes=FLOW_SOURCE,
        gives=FlowDocument,
    ),
    Operation(
        method="GET", path="/flows/{namespace}/{id}", id="getFlow", handler=get, params=_READ, gives=FlowDocument
    ),
    Operation(method="DELETE", path="/flows/{namespace}/{id}", id="deleteFlow", handler=delete, status=204),
    Operation(
        method="GET",
        path="/flows/{namespace}",
        id="listFlowsByNamespace",
        handler=of_namespace,
        gives=list[FlowDocument],
    ),
    Operation(
        method="GET",
        path="/flows/{namespace}/{id}/revisions",
        id="listFlowRevisions",
        handler=revisions,
        params=(ALLOW_DELETE,),
        gives=list[FlowDocument],
    ),
    Operation(
        method="GET",
        path="/flows/{namespace}/{id}/tasks/{taskId}",
        id="getTaskFromFlow",
        handler=task,
        params=(REVISION,),
        gives=TaskDocument,
    ),
    Operation(
        method="GET",
        path="/flows/search",
        id="searchFlows",
        handler=search,
        params=LISTED,
        gives=PagedResultsDocument[FlowDocument],
    ),
    Operation(
        method="GET",
        path="/flows/source",
        id="searchFlowsBySourceCode",
        handler=search_source,
        params=(TEXT, NAMESPACE, PAGE, SIZE, SORT),
        gives=PagedResultsDocument[FoundSourceDocument],
    ),
    Operation(
        method="GET",
        path="/flows/distinct-namespaces",
        id="listDistinctNamespaces",
        handler=distinct_namespaces,
        params=(TEXT,),
        gives=list[str],
    ),
    Operation(
        method="POST",
        path="/flows/validate",
        id="validateFlows",
        handler=validate,
        takes=FLOW_SOURCE,
        gives=list[ValidateConstraintViolationDocument],
    ),
    Operation(
        method="POST",
        path="/flows/validate/task",
        id="validateTask",
        handler=validate_task,
        params=(SECTION,),
        takes=PART,
        gives=ValidateConstraintViolationDocument,
    ),
    Operation(
        method="POST",
        path="/flows/validate/trigger",
        id="validateTrigger",
        handler=validate_trigger,
        takes=PART,
        gives=ValidateConstraintViolationDocument,
    ),
)
