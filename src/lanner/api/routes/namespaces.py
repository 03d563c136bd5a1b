"""Namespaces. Source of the shapes: reference ``api.md`` §1.8."""

from typing import NotRequired, TypedDict

from starlette.types import ASGIApp

from lanner.api.composition import page_document
from lanner.api.filters import LISTED, SECRET_FIELDS, query_of
from lanner.api.http import Call, InvalidBody, flag_param, json_answer
from lanner.api.routing import Operation
from lanner.api.shapes import PagedResultsDocument

EXISTING = flag_param("existing", "Only namespaces that something is in")


async def search(call: Call) -> ASGIApp:
    """List namespaces."""
    query = query_of(call, SECRET_FIELDS, now=call.desk.executions.now())
    texts = [str(one.value) for one in query.filters if one.field == "q"]
    page = await call.desk.namespaces.search(query, text=texts[-1] if texts else "", existing=call[EXISTING])
    return json_answer(page_document(map(_document, page.results), page.total))


async def get(call: Call) -> ASGIApp:
    """Return a namespace; every name is one."""
    return json_answer(_document(call.desk.namespaces.get(call.path["namespace"])))


async def autocomplete(call: Call) -> ASGIApp:
    """Return the names that hold a text, and those that are asked for by name."""
    body = await call.json()
    if not isinstance(body, dict | None):
        raise InvalidBody("the body has to be a JSON object: `q`, `ids`, `existingOnly`")
    text, ids = (body or {}).get("q") or "", (body or {}).get("ids") or []
    if not isinstance(text, str):
        raise InvalidBody("q: it has to be a text")
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise InvalidBody("ids: it has to be a list of texts")
    existing = (body or {}).get("existingOnly") is True
    found = await call.desk.namespaces.named(call.tenant, text=text, existing=existing)
    return json_answer(list(dict.fromkeys([*ids, *found])))


class NamespaceDocument(TypedDict):
    """A namespace."""

    id: str
    deleted: bool


class AutocompleteDocument(TypedDict):
    """Part of a name, and names that are wanted in any case."""

    q: NotRequired[str]
    ids: NotRequired[list[str]]
    existingOnly: NotRequired[bool]


def _document(name: str) -> NamespaceDocument:
    return {"id": name, "deleted": False}


OPERATIONS = (
    Operation(
        method="GET",
        path="/namespaces/search",
        id="searchNamespaces",
        handler=search,
        params=(*LISTED, EXISTING),
        gives=PagedResultsDocument[NamespaceDocument],
    ),
    Operation(method="GET", path="/namespaces/{namespace}", id="getNamespace", handler=get, gives=NamespaceDocument),
    Operation(
        method="POST",
        path="/namespaces/autocomplete",
        id="autocompleteNamespaces",
        handler=autocomplete,
        takes=AutocompleteDocument,
        gives=list[str],
    ),
)
