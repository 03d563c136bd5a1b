"""The key-value store. Source of the shapes: reference ``api.md`` §1.7, §2.6."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NotRequired, TypedDict

from starlette.types import ASGIApp

from lanner.api.composition import page_document
from lanner.api.filters import KEY_VALUE_FIELDS, LISTED, query_of
from lanner.api.http import Answer, Call, InvalidBody, json_answer, text_param
from lanner.api.routing import Operation
from lanner.api.shapes import PLAIN_TEXT, PagedResultsDocument
from lanner.model.key_value import KeyName, KeyValue, KeyValueType
from lanner.sdk.text import parse_duration
from lanner.services.errors import InvalidArgument
from lanner.services.key_texts import read_value
from lanner.services.queries import Sort

TTL = text_param("ttl", "How long the value lives, in ISO-8601; also taken as a header")
DESCRIPTION = text_param("description", "What the value is for; also taken as a header")


class KeyValueEntryDocument(TypedDict):
    """A key, without its value."""

    namespace: str
    key: str
    revision: int
    creationDate: datetime
    updateDate: datetime
    description: NotRequired[str]
    expirationDate: NotRequired[datetime]


class KeyValueDetailDocument(TypedDict):
    """A value with its type."""

    type: KeyValueType
    value: NotRequired[Any]
    revision: int
    updated: datetime


class KeysDocument(TypedDict):
    """Keys by name."""

    keys: list[str]


_SORTS = {"creationDate": "created", "updateDate": "updated", "expirationDate": "expires"}


async def listed(call: Call) -> ASGIApp:
    """List the pairs of all namespaces."""
    query = query_of(call, KEY_VALUE_FIELDS, now=call.desk.executions.now())
    sort = tuple(Sort(_SORTS.get(one.field, one.field), descending=one.descending) for one in query.sort)
    page = await call.desk.key_values.search(replace(query, sort=sort))
    return json_answer(page_document(map(_entry, page.results), page.total))


async def of_namespace(call: Call) -> ASGIApp:
    """List the pairs of a namespace."""
    pairs = await call.desk.key_values.of_namespace(call.tenant, call.path["namespace"])
    return json_answer([_entry(pair) for pair in pairs])


async def inherited(call: Call) -> ASGIApp:
    """List the pairs that flows of a namespace can read: its own and those of the namespaces above it."""
    pairs = await call.desk.key_values.inherited(call.tenant, call.path["namespace"])
    return json_answer([_entry(pair) for pair in pairs])


async def get(call: Call) -> ASGIApp:
    """Return a value with its type."""
    pair = await call.desk.key_values.get(_name(call))
    document: KeyValueDetailDocument = {"type": pair.type, "revision": pair.revision, "updated": pair.updated}
    if pair.value is not None:
        document["value"] = pair.value
    return json_answer(document)


async def put(call: Call) -> ASGIApp:
    """Set a key."""
    await call.desk.key_values.set(
        _name(call),
        read_value(await call.text()),
        ttl=_ttl(call[TTL] or call.headers.get("ttl")),
        description=call[DESCRIPTION] or call.headers.get("description") or None,
    )
    return Answer()


async def delete(call: Call) -> ASGIApp:
    """Delete a key; the answer says whether there was one."""
    return json_answer(await call.desk.key_values.delete(_name(call)))


async def delete_many(call: Call) -> ASGIApp:
    """Delete keys; the answer names those that were there."""
    keys = (await call.json_map("`keys`, a list of texts")).get("keys")
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise InvalidBody("keys: it has to be a list of texts")
    gone = await call.desk.key_values.delete_all(call.tenant, call.path["namespace"], keys)
    document: KeysDocument = {"keys": gone}
    return json_answer(document)


def _name(call: Call) -> KeyName:
    return KeyName(call.tenant, call.path["namespace"], call.path["key"])


def _ttl(text: str | None) -> timedelta | None:
    if not text:
        return None
    try:
        return parse_duration(text)
    except ValueError as error:
        raise InvalidArgument(f"ttl: {error}") from error


def _entry(pair: KeyValue) -> KeyValueEntryDocument:
    entry: KeyValueEntryDocument = {
        "namespace": pair.namespace,
        "key": pair.key,
        "revision": pair.revision,
        "creationDate": pair.created,
        "updateDate": pair.updated,
    }
    if pair.description is not None:
        entry["description"] = pair.description
    if pair.expires is not None:
        entry["expirationDate"] = pair.expires
    return entry


_STORE = "/namespaces/{namespace}/kv"
_PAIR = f"{_STORE}/{{key}}"

OPERATIONS = (
    Operation(
        method="GET",
        path="/kv",
        id="listAllKeys",
        handler=listed,
        params=LISTED,
        gives=PagedResultsDocument[KeyValueEntryDocument],
    ),
    Operation(method="GET", path=_STORE, id="listKeys", handler=of_namespace, gives=list[KeyValueEntryDocument]),
    Operation(
        method="GET",
        path=f"{_STORE}/inheritance",
        id="listKeysWithInheritence",
        handler=inherited,
        gives=list[KeyValueEntryDocument],
    ),
    Operation(method="GET", path=_PAIR, id="getKeyValue", handler=get, gives=KeyValueDetailDocument),
    Operation(method="PUT", path=_PAIR, id="setKeyValue", handler=put, params=(TTL, DESCRIPTION), takes=PLAIN_TEXT),
    Operation(method="DELETE", path=_PAIR, id="deleteKeyValue", handler=delete, gives=bool),
    Operation(
        method="DELETE",
        path=_STORE,
        id="deleteKeyValues",
        handler=delete_many,
        takes=KeysDocument,
        gives=KeysDocument,
    ),
)
