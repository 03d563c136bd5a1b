"""Plugins: what is installed, schemas for editors, docs."""

from starlette.types import ASGIApp

from lanner.api.composition import Document, page_document
from lanner.api.http import Answer, Call, count_param, flag_param, json_answer
from lanner.api.routing import Operation
from lanner.services.errors import NotFound
from lanner.services.expressions import filter_names, function_signatures
from lanner.services.plugins import Documentation, PluginGroup

ALL = flag_param("all", "With the properties that every task or trigger has")
ARRAY_OF = flag_param("arrayOf", "A list of these")
PAGE = count_param("page", 1)
SIZE = count_param("size", 10_000)

CACHED = ("cache-control", "public, max-age=3600")

_KINDS = ("tasks", "triggers", "conditions", "taskRunners", "additionalPlugins")
_EMPTY = (
    "controllers",
    "storages",
    "secrets",
    "apps",
    "appBlocks",
    "charts",
    "dataFilters",
    "dataFiltersKPI",
    "logExporters",
    "guides",
    "categories",
)


async def plugins(call: Call) -> ASGIApp:
    """List the installed plugins: an array as in 1.x, a page when one is asked for as in 2.0."""
    documents = [_group_document(call, group) for group in call.desk.plugins.groups]
    if "page" in call.query or "size" in call.query:
        start = (call[PAGE] - 1) * call[SIZE]
        return json_answer(page_document(documents[start : start + call[SIZE]], len(documents)))
    return json_answer(documents)


async def subgroups(call: Call) -> ASGIApp:
    """List the installed plugins, one entry for each package of types."""
    found: list[Document] = []
    for group in call.desk.plugins.groups:
        document = _group_document(call, group)
        found.append(document)
        for package in sorted({type_.rpartition(".")[0] for type_ in group.types}):
            name = package.rpartition(".")[2]
            part = {**document, "subGroup": package, "title": name, "name": name}
            for kind in _KINDS:
                part[kind] = [one for one in document[kind] if one["cls"].rpartition(".")[0] == package]
            found.append(part)
    return json_answer(found)


async def schema(call: Call) -> ASGIApp:
    """Return the JSON Schema of flows, tasks or triggers."""
    found = call.desk.plugins.catalogue(call.path["type"])
    if call[ARRAY_OF]:
        rest = {key: value for key, value in found.items() if key != "$ref"}
        found = {**rest, "type": "array", "items": {"$ref": found["$ref"]}}
    return _cached(json_answer(found))


async def properties(call: Call) -> ASGIApp:
    """Return the properties that every flow, task or trigger has."""
    return _cached(json_answer(call.desk.plugins.properties(call.path["type"])))


async def documentation(call: Call) -> ASGIApp:
    """Return the docs and the schema of a type."""
    return _documented(call.desk.plugins.documentation(call.path["cls"], inherited=call[ALL]))


async def versions(call: Call) -> ASGIApp:
    """List the installed versions of a type: there is one."""
    return json_answer({"type": call.path["cls"], "versions": [call.desk.plugins.version(call.path["cls"])]})


async def documentation_of_version(call: Call) -> ASGIApp:
    """Return the docs and the schema of a type in one version."""
    installed = call.desk.plugins.version(call.path["cls"])
    if call.path["version"] not in {installed, "latest"}:
        raise NotFound(f"version {call.path['version']!r} is not installed; {installed!r} is")
    return await documentation(call)


async def inputs(call: Call) -> ASGIApp:
    """List the types of inputs."""
    prefix = "io.kestra.core.models.flows.input"
    types = call.desk.plugins.input_types()
    return _cached(json_answer([{"type": type_, "cls": f"{prefix}.{type_.title()}Input"} for type_ in types]))


async def input_documentation(call: Call) -> ASGIApp:
    """Return the docs and the schema of a type of inputs."""
    return _documented(call.desk.plugins.input_documentation(call.path["type"]))


async def trigger_types(call: Call) -> ASGIApp:
    """List the types of triggers."""
    found = [
        {"type": one.cls, "title": one.title}
        for group in call.desk.plugins.groups
        for one in call.desk.plugins.types(group)
        if one.kind == "triggers"
    ]
    start = (call[PAGE] - 1) * call[SIZE]
    return json_answer(page_document(found[start : start + call[SIZE]], len(found)))


async def filters(call: Call) -> ASGIApp:  # noqa: ARG001  # the shape of a handler
    """List the filters of expressions."""
    return json_answer(filter_names())


async def functions(call: Call) -> ASGIApp:  # noqa: ARG001  # the shape of a handler
    """List the functions of expressions."""
    return json_answer([{"name": name, "arguments": names} for name, names in function_signatures().items()])


def _group_document(call: Call, group: PluginGroup) -> Document:
    document: Document = {
        "name": group.name,
        "title": group.title,
        "description": group.description,
        "group": f"io.kestra.plugin.{group.name}",
        "version": group.version,
        "manifest": {},
        "aliases": call.desk.plugins.aliases(group),
        **{name: [] for name in (*_KINDS, *_EMPTY)},
    }
    for one in call.desk.plugins.types(group):
        document[one.kind].append({"cls": one.cls, "deprecated": False, "title": one.title})
    return document


def _documented(found: Documentation) -> Answer:
    return _cached(json_answer({"markdown": found.markdown, "schema": found.schema}))


def _cached(answer: Answer) -> Answer:
    answer.headers = (*answer.headers, CACHED)
    return answer


def _plugin(path: str, id_: str, handler: object, **rest: object) -> Operation:
    return Operation(method="GET", path=f"/plugins{path}", id=id_, handler=handler, per_tenant=False, **rest)  # type: ignore[arg-type]  # a row of the table


OPERATIONS = (
    _plugin("", "listPlugins", plugins, params=(PAGE, SIZE), gives="[Plugin]"),
    _plugin("/groups/subgroups", "getPluginBySubgroups", subgroups, gives="[Plugin]"),
    _plugin("/schemas/{type}", "getSchemasFromType", schema, params=(ARRAY_OF,), gives="object"),
    _plugin("/properties/{type}", "getPropertiesFromType", properties, gives="object"),
    _plugin("/inputs", "getAllInputTypes", inputs, gives="[InputType]"),
    _plugin("/inputs/{type}", "getSchemaFromInputType", input_documentation, gives="DocumentationWithSchema"),
    _plugin("/triggers", "listTriggerPlugins", trigger_types, params=(PAGE, SIZE), gives="Paged<ApiTriggerPlugin>"),
    _plugin("/{cls}", "getPluginDocumentation", documentation, params=(ALL,), gives="DocumentationWithSchema"),
    _plugin("/{cls}/versions", "getPluginVersions", versions, gives="ApiPluginVersions"),
    _plugin(
        "/{cls}/versions/{version}",
        "getPluginDocumentationFromVersion",
        documentation_of_version,
        params=(ALL,),
        gives="DocumentationWithSchema",
    ),
    Operation(
        method="GET",
        path="/pebble/filters",
        id="getExpressionFilters",
        handler=filters,
        per_tenant=False,
        gives="[string]",
    ),
    Operation(
        method="GET",
        path="/pebble/functions",
        id="getExpressionFunctions",
        handler=functions,
        per_tenant=False,
        gives="[PebbleFunction]",
    ),
)
