"""Plugins: what is installed, schemas for editors, docs."""

from typing import Any, NotRequired, TypedDict

from starlette.types import ASGIApp

from lanner.api.composition import page_document
from lanner.api.http import Answer, Call, count_param, flag_param, json_answer
from lanner.api.routing import Operation
from lanner.api.shapes import PagedResultsDocument
from lanner.services.errors import NotFound
from lanner.services.expressions import filter_names, function_signatures
from lanner.services.plugins import Documentation, PluginGroup

ALL = flag_param("all", "With the properties that every task or trigger has")
ARRAY_OF = flag_param("arrayOf", "A list of these")
PAGE = count_param("page", 1)
SIZE = count_param("size", 10_000)

CACHED = ("cache-control", "public, max-age=3600")

_KINDS = ("tasks", "triggers", "conditions", "taskRunners", "additionalPlugins")


class PluginClassDocument(TypedDict):
    """A type that a plugin brings."""

    cls: str
    deprecated: bool
    title: str


class PluginDocument(TypedDict):
    """A plugin, or one package of its types; ``aliases`` are names that types had."""

    name: str
    title: str
    description: str
    group: str
    subGroup: NotRequired[str]
    version: str
    manifest: dict[str, str]
    aliases: list[str]
    tasks: list[PluginClassDocument]
    triggers: list[PluginClassDocument]
    conditions: list[PluginClassDocument]
    taskRunners: list[PluginClassDocument]
    additionalPlugins: list[PluginClassDocument]
    controllers: list[PluginClassDocument]
    storages: list[PluginClassDocument]
    secrets: list[PluginClassDocument]
    apps: list[PluginClassDocument]
    appBlocks: list[PluginClassDocument]
    charts: list[PluginClassDocument]
    dataFilters: list[PluginClassDocument]
    dataFiltersKPI: list[PluginClassDocument]
    logExporters: list[PluginClassDocument]
    guides: list[str]
    categories: list[str]


class PluginSchemaDocument(TypedDict):
    """The JSON Schemas of a type: what it takes and, for tasks, what it gives."""

    properties: dict[str, Any]
    outputs: NotRequired[dict[str, Any]]
    definitions: NotRequired[dict[str, Any]]


class DocumentationWithSchemaDocument(TypedDict):
    """The docs of a type, in Markdown, and its schemas."""

    markdown: str
    schema: PluginSchemaDocument


class PluginVersionsDocument(TypedDict):
    """The installed versions of a type."""

    type: str
    versions: list[str]


class InputTypeDocument(TypedDict):
    """A type of inputs."""

    type: str
    cls: str


class TriggerPluginDocument(TypedDict):
    """A type of triggers."""

    type: str
    title: str


class PluginIconDocument(TypedDict):
    """An icon, as SVG in Base64."""

    name: str
    icon: str
    flowable: bool


class PebbleFunctionDocument(TypedDict):
    """A function of expressions and the names of its arguments."""

    name: str
    arguments: list[str]


async def plugins(call: Call) -> ASGIApp:
    """List the installed plugins: an array as in 1.x, a page when one is asked for as in 2.0."""
    documents = [_group_document(call, group) for group in call.desk.plugins.groups]
    if "page" in call.query or "size" in call.query:
        start = (call[PAGE] - 1) * call[SIZE]
        return json_answer(page_document(documents[start : start + call[SIZE]], len(documents)))
    return json_answer(documents)


async def subgroups(call: Call) -> ASGIApp:
    """List the installed plugins, one entry for each package of types."""
    found: list[PluginDocument] = []
    for group in call.desk.plugins.groups:
        found.append(_group_document(call, group))
        packages = sorted({type_.rpartition(".")[0] for type_ in group.types})
        found.extend(_group_document(call, group, package=package) for package in packages)
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
    found: list[TriggerPluginDocument] = [
        {"type": one.cls, "title": one.title}
        for group in call.desk.plugins.groups
        for one in call.desk.plugins.types(group)
        if one.kind == "triggers"
    ]
    start = (call[PAGE] - 1) * call[SIZE]
    return json_answer(page_document(found[start : start + call[SIZE]], len(found)))


async def icons(call: Call) -> ASGIApp:  # noqa: ARG001  # the shape of a handler
    """List the icons of plugins by type or group: they bring none, and editors ask."""
    return _cached(json_answer({}))


async def filters(call: Call) -> ASGIApp:  # noqa: ARG001  # the shape of a handler
    """List the filters of expressions."""
    return json_answer(filter_names())


async def functions(call: Call) -> ASGIApp:  # noqa: ARG001  # the shape of a handler
    """List the functions of expressions."""
    documents: list[PebbleFunctionDocument] = [
        {"name": name, "arguments": list(names)} for name, names in function_signatures().items()
    ]
    return json_answer(documents)


def _group_document(call: Call, group: PluginGroup, *, package: str | None = None) -> PluginDocument:
    """Return the document of a plugin, or of one package of its types; what Lanner has no kind of is empty."""
    of_kind: dict[str, list[PluginClassDocument]] = {kind: [] for kind in _KINDS}
    for one in call.desk.plugins.types(group):
        if package is None or one.cls.rpartition(".")[0] == package:
            of_kind[one.kind].append({"cls": one.cls, "deprecated": one.is_deprecated, "title": one.title})
    name = group.name if package is None else package.rpartition(".")[2]
    document: PluginDocument = {
        "name": name,
        "title": group.title if package is None else name,
        "description": group.description,
        "group": f"io.kestra.plugin.{group.name}",
        "version": group.version,
        "manifest": {},
        "aliases": call.desk.plugins.aliases(group),
        "tasks": of_kind["tasks"],
        "triggers": of_kind["triggers"],
        "conditions": of_kind["conditions"],
        "taskRunners": of_kind["taskRunners"],
        "additionalPlugins": of_kind["additionalPlugins"],
        "controllers": [],
        "storages": [],
        "secrets": [],
        "apps": [],
        "appBlocks": [],
        "charts": [],
        "dataFilters": [],
        "dataFiltersKPI": [],
        "logExporters": [],
        "guides": [],
        "categories": [],
    }
    if package is not None:
        document["subGroup"] = package
    return document


def _documented(found: Documentation) -> Answer:
    return _cached(json_answer({"markdown": found.markdown, "schema": found.schema}))


def _cached(answer: Answer) -> Answer:
    answer.headers = (*answer.headers, CACHED)
    return answer


def _plugin(path: str, id_: str, handler: object, **rest: object) -> Operation:
    return Operation(method="GET", path=f"/plugins{path}", id=id_, handler=handler, per_tenant=False, **rest)  # type: ignore[arg-type]  # a row of the table


OPERATIONS = (
    _plugin(
        "",
        "listPlugins",
        plugins,
        params=(PAGE, SIZE),
        gives=list[PluginDocument] | PagedResultsDocument[PluginDocument],
    ),
    _plugin("/groups/subgroups", "getPluginBySubgroups", subgroups, gives=list[PluginDocument]),
    _plugin("/schemas/{type}", "getSchemasFromType", schema, params=(ARRAY_OF,), gives=dict[str, Any]),
    _plugin("/properties/{type}", "getPropertiesFromType", properties, gives=dict[str, Any]),
    _plugin("/inputs", "getAllInputTypes", inputs, gives=list[InputTypeDocument]),
    _plugin("/inputs/{type}", "getSchemaFromInputType", input_documentation, gives=DocumentationWithSchemaDocument),
    _plugin(
        "/triggers",
        "listTriggerPlugins",
        trigger_types,
        params=(PAGE, SIZE),
        gives=PagedResultsDocument[TriggerPluginDocument],
    ),
    _plugin("/icons", "getPluginIcons", icons, gives=dict[str, PluginIconDocument]),
    _plugin("/icons/groups", "getPluginGroupIcons", icons, gives=dict[str, PluginIconDocument]),
    _plugin("/{cls}", "getPluginDocumentation", documentation, params=(ALL,), gives=DocumentationWithSchemaDocument),
    _plugin("/{cls}/versions", "getPluginVersions", versions, gives=PluginVersionsDocument),
    _plugin(
        "/{cls}/versions/{version}",
        "getPluginDocumentationFromVersion",
        documentation_of_version,
        params=(ALL,),
        gives=DocumentationWithSchemaDocument,
    ),
    Operation(
        method="GET",
        path="/pebble/filters",
        id="getExpressionFilters",
        handler=filters,
        per_tenant=False,
        gives=list[str],
    ),
    Operation(
        method="GET",
        path="/pebble/functions",
        id="getExpressionFunctions",
        handler=functions,
        per_tenant=False,
        gives=list[PebbleFunctionDocument],
    ),
)
