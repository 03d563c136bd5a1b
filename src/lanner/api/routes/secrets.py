"""Secrets: their names, never their values. Source of the shapes: reference ``api.md`` §1.8, §2.6."""

from dataclasses import replace
from typing import Any, NotRequired, TypedDict

from starlette.types import ASGIApp

from lanner.api.filters import LISTED, SECRET_FIELDS, query_of
from lanner.api.http import Answer, Call, InvalidBody, json_answer
from lanner.api.routing import Operation
from lanner.api.shapes import LabelDocument
from lanner.model.key_value import KeyName
from lanner.services.queries import Filter, Operator, Query
from lanner.services.secrets import SecretShown

MAX_TAGS = 100


class SecretMetaDocument(TypedDict):
    """A secret without its value; one without a namespace is from the server's environment."""

    key: str
    tags: list[LabelDocument]
    namespace: NotRequired[str]
    description: NotRequired[str]


class SecretListDocument(TypedDict):
    """One page of secrets; ``readOnly`` when none can be set."""

    readOnly: bool
    results: list[SecretMetaDocument]
    total: int


class SecretChangeDocument(TypedDict):
    """What a secret is for."""

    description: NotRequired[str | None]
    tags: NotRequired[list[LabelDocument] | None]


class SecretValueDocument(SecretChangeDocument):
    """A secret to keep."""

    key: str
    value: str


async def listed(call: Call) -> ASGIApp:
    """List the secrets of all namespaces."""
    return await _listed(call, query_of(call, SECRET_FIELDS, now=call.desk.executions.now()))


async def of_namespace(call: Call) -> ASGIApp:
    """List the secrets of a namespace."""
    query = query_of(call, SECRET_FIELDS, now=call.desk.executions.now())
    own = Filter("namespace", Operator.EQUALS, call.path["namespace"])
    others = tuple(one for one in query.filters if one.field != "namespace")
    return await _listed(call, replace(query, filters=(own, *others)))


async def inherited(call: Call) -> ASGIApp:
    """Return the names of the secrets that flows of a namespace can use, by namespace."""
    return json_answer(await call.desk.secrets.inherited(call.tenant, call.path["namespace"]))


async def put(call: Call) -> ASGIApp:
    """Keep a secret."""
    body = await call.json_map("`key` and `value`, both texts")
    key, value = body.get("key"), body.get("value")
    if not isinstance(key, str):
        raise InvalidBody("key: it has to be a text")
    if not isinstance(value, str):
        raise InvalidBody("value: it has to be a text")
    name = KeyName(call.tenant, call.path["namespace"], key)
    await call.desk.secrets.put(name, value, description=_description(body), tags=_tags(body))
    return await _all_of(call)


async def describe(call: Call) -> ASGIApp:
    """Change the description and the tags of a secret."""
    body = await call.json_map("`description`, `tags`")
    await call.desk.secrets.describe(_name(call), description=_description(body), tags=_tags(body))
    return await _all_of(call)


async def delete(call: Call) -> ASGIApp:
    """Delete a secret."""
    await call.desk.secrets.delete(_name(call))
    return Answer()


async def _listed(call: Call, query: Query) -> ASGIApp:
    secrets = call.desk.secrets
    page = await secrets.search(query)
    document: SecretListDocument = {
        "readOnly": secrets.is_read_only,
        "results": [_shown(secret) for secret in page.results],
        "total": page.total,
    }
    return json_answer(document)


async def _all_of(call: Call) -> ASGIApp:
    own = Filter("namespace", Operator.EQUALS, call.path["namespace"])
    page = await call.desk.secrets.search(Query(tenant=call.tenant, filters=(own,), size=10_000))
    return json_answer([_shown(secret) for secret in page.results if secret.namespace is not None])


def _name(call: Call) -> KeyName:
    return KeyName(call.tenant, call.path["namespace"], call.path["key"])


def _description(body: dict[str, Any]) -> str | None:
    description = body.get("description")
    if description is not None and not isinstance(description, str):
        raise InvalidBody("description: it has to be a text")
    return description


def _tags(body: dict[str, Any]) -> dict[str, str] | None:
    tags = body.get("tags")
    if tags is None:
        return None
    is_right = isinstance(tags, list) and all(
        isinstance(tag, dict) and isinstance(tag.get("key"), str) and isinstance(tag.get("value"), str) for tag in tags
    )
    if not is_right or len(tags) > MAX_TAGS:
        raise InvalidBody(f"tags: it has to be a list of objects with `key` and `value`, at most {MAX_TAGS}")
    return {tag["key"]: tag["value"] for tag in tags}


def _shown(secret: SecretShown) -> SecretMetaDocument:
    shown: SecretMetaDocument = {
        "key": secret.key,
        "tags": [{"key": key, "value": value} for key, value in secret.tags.items()],
    }
    if secret.namespace is not None:
        shown["namespace"] = secret.namespace
    if secret.description is not None:
        shown["description"] = secret.description
    return shown


_SECRETS = "/namespaces/{namespace}/secrets"
_SECRET = f"{_SECRETS}/{{key}}"

OPERATIONS = (
    Operation(method="GET", path="/secrets", id="listSecrets", handler=listed, params=LISTED, gives=SecretListDocument),
    Operation(
        method="GET",
        path=_SECRETS,
        id="listNamespaceSecrets",
        handler=of_namespace,
        params=LISTED,
        gives=SecretListDocument,
    ),
    Operation(
        method="GET",
        path="/namespaces/{namespace}/inherited-secrets",
        id="getInheritedSecrets",
        handler=inherited,
        gives=dict[str, list[str]],
    ),
    Operation(
        method="PUT",
        path=_SECRETS,
        id="putSecrets",
        handler=put,
        takes=SecretValueDocument,
        gives=list[SecretMetaDocument],
    ),
    Operation(
        method="PATCH",
        path=_SECRET,
        id="patchSecret",
        handler=describe,
        takes=SecretChangeDocument,
        gives=list[SecretMetaDocument],
    ),
    Operation(method="DELETE", path=_SECRET, id="deleteSecret", handler=delete),
)
