"""The layer between ASGI and the routes: one request as a ``Call``, what goes back as an ``Answer``.

Answers are ASGI callables, so a route may return a Starlette response as well.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from json import dumps
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import parse_qsl, quote

import orjson
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.types import Receive, Scope, Send

from lanner.model.errors import LannerError

if TYPE_CHECKING:
    from lanner.api.desk import Desk

T = TypeVar("T")

JSON = "application/json"
YAML = "application/x-yaml"
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"

MAX_BODY_BYTES = 64 * 1024 * 1024

_JSON_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC | orjson.OPT_PASSTHROUGH_DATACLASS


class RequestError(LannerError):
    """A request cannot be read."""


class InvalidQuery(RequestError):
    """A value of the query string is missing or of the wrong kind."""


class InvalidBody(RequestError):
    """The body of a request is not what the operation takes."""


class MalformedJson(InvalidBody):
    """The body of a request is not JSON."""


class BodyTooLarge(RequestError):
    """The body of a request is greater than the server takes."""


class UnsupportedBody(RequestError):
    """The content type of a request is none the operation takes."""


class Answer:
    """A whole response in memory."""

    __slots__ = ("body", "content_type", "headers", "status")

    def __init__(
        self,
        body: bytes = b"",
        *,
        status: int = 200,
        content_type: str | None = None,
        headers: Iterable[tuple[str, str]] = (),
    ) -> None:
        self.body, self.status, self.content_type, self.headers = body, status, content_type, tuple(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # the ASGI signature
        headers = [(b"content-length", b"%d" % len(self.body))] if self.status != 204 else []
        if self.content_type:
            headers.append((b"content-type", self.content_type.encode()))
        headers.extend((name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers)
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body if scope["method"] != "HEAD" else b""})


def to_json(value: Any) -> bytes:
    """Return ``value`` as JSON; what orjson refuses (huge integers, odd keys and types) goes the slow way."""
    try:
        return orjson.dumps(value, option=_JSON_OPTIONS)
    except TypeError:
        try:
            return orjson.dumps(value, default=_plain, option=_JSON_OPTIONS | orjson.OPT_NON_STR_KEYS)
        except TypeError:
            return dumps(value, default=_plain, ensure_ascii=False).encode()


def json_answer(value: Any, status: int = 200) -> Answer:
    """Return ``value`` as a JSON response."""
    return Answer(to_json(value), status=status, content_type=JSON)


def empty_answer(status: int = 204) -> Answer:
    """Return a response without a body."""
    return Answer(status=status)


def text_answer(text: str, content_type: str = TEXT, status: int = 200) -> Answer:
    """Return a response of plain text."""
    return Answer(text.encode(), status=status, content_type=content_type)


def download(content: bytes, name: str, content_type: str = BYTES) -> Answer:
    """Return a response that browsers save as a file."""
    return Answer(content, content_type=content_type, headers=[disposition(name)])


def disposition(name: str) -> tuple[str, str]:
    """Return the header that names a download."""
    safe = "".join(character if character.isascii() and character.isprintable() else "_" for character in name)
    safe = safe.replace("\\", "_").replace('"', "_")
    full = "" if safe == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return "content-disposition", f'attachment; filename="{safe}"{full}'


def whole_number(text: str) -> int:
    """Return a number of 32 bits, as Kestra reads it; raises ``ValueError``."""
    number = int(text)
    if not -(2**31) <= number < 2**31:
        raise ValueError(f"{text[:20]} is beyond 32 bits")
    return number


@dataclass(frozen=True, slots=True)
class Param(Generic[T]):
    """A value in the query string, or a header: how it is called, read and described."""

    name: str
    read: Callable[[str], T]
    default: T
    type_name: str
    required: bool = False
    many: bool = False
    description: str = ""
    in_header: bool = False


def text_param(name: str, description: str = "") -> Param[str | None]:
    """Return an optional text."""
    return Param(name, str, None, "string", description=description)


def required_param(name: str, description: str = "") -> Param[str]:
    """Return a text that must be given."""
    return Param(name, str, "", "string", required=True, description=description)


def number_param(name: str, description: str = "") -> Param[int | None]:
    """Return an optional whole number."""
    return Param(name, whole_number, None, "integer", description=description)


def count_param(name: str, default: int, description: str = "") -> Param[int]:
    """Return a whole number with a default."""
    return Param(name, whole_number, default, "integer", description=description)


def flag_param(name: str, description: str = "", *, default: bool = False) -> Param[bool]:
    """Return a boolean; ``true`` in any case is true, everything else false."""
    return Param(name, _is_true, default, "boolean", description=description)


def date_param(name: str, description: str = "") -> Param[datetime | None]:
    """Return an optional moment with its zone."""
    return Param(name, datetime.fromisoformat, None, "date-time", description=description)


def header_param(name: str, read: Callable[[str], T], type_name: str, description: str = "") -> Param[T | None]:
    """Return an optional header; ``read`` raises ``ValueError``."""
    return Param(name, read, None, type_name, description=description, in_header=True)


def list_param(name: str, description: str = "") -> Param[str]:
    """Return a value that may be repeated; read it with ``Call.all``."""
    return Param(name, str, "", "string", many=True, description=description)


class Call:
    """One request on its way through a route.

    ``path`` holds the parameters of the path, decoded; ``generation`` is 2 where the path is one that only
    Kestra 2.0 has, else 1.
    """

    __slots__ = ("_body", "_headers", "_query", "desk", "generation", "path", "receive", "scope", "tenant", "user")

    def __init__(self, scope: Scope, receive: Receive, desk: "Desk") -> None:
        self.scope, self.receive, self.desk = scope, receive, desk
        self.path: Mapping[str, str] = {}
        self.tenant = "main"
        self.user: str | None = None
        self.generation = 1
        self._headers: Headers | None = None
        self._query: dict[str, list[str]] | None = None
        self._body: bytes | None = None

    @property
    def method(self) -> str:
        """The method, in capitals."""
        method: str = self.scope["method"]
        return method

    @property
    def headers(self) -> Headers:
        """The headers, whatever their case."""
        if self._headers is None:
            self._headers = Headers(scope=self.scope)
        return self._headers

    @property
    def cookies(self) -> Mapping[str, str]:
        """The cookies the client sent."""
        header = self.headers.get("cookie")
        return cookie_parser(header) if header else {}

    @property
    def content_type(self) -> str:
        """The media type of the body, lower case, without parameters; empty when none is given."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def query(self) -> Mapping[str, list[str]]:
        """All values of the query string by name."""
        if self._query is None:
            self._query = {}
            if raw := self.scope["query_string"]:
                for name, value in parse_qsl(raw.decode("latin-1"), keep_blank_values=True):
                    self._query.setdefault(name, []).append(value)
        return self._query

    def __getitem__(self, param: Param[T]) -> T:
        """Return a value of the query string or a header; raises ``InvalidQuery``."""
        if param.in_header:
            text = self.headers.get(param.name)
            values = None if text is None else [text]
        else:
            values = self.query.get(param.name) if self.scope["query_string"] else None
        if not values or (values[-1] == "" and not param.required):
            if param.required:
                raise InvalidQuery(f"Required QueryValue [{param.name}] not specified")
            return param.default
        try:
            return param.read(values[-1])
        except ValueError:
            raise InvalidQuery(
                f"Failed to convert argument [{param.name}] for value [{values[-1]}]; "
                f"a value of type {param.type_name} is wanted"
            ) from None

    def all(self, param: Param[str], *, split: bool = True) -> list[str]:
        """Return every value of a repeated parameter; comma lists count as several unless ``split`` is off."""
        values = self.query.get(param.name, [])
        if not split:
            return [value for value in values if value]
        return [part for value in values for part in value.split(",") if part]

    async def body(self) -> bytes:
        """Read the whole body; raises ``BodyTooLarge``."""
        if self._body is None:
            chunks: list[bytes] = []
            size = 0
            while True:
                message = await self.receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                if chunk := message.get("body"):
                    size += len(chunk)
                    if size > MAX_BODY_BYTES:
                        raise BodyTooLarge(f"the body is greater than {MAX_BODY_BYTES} bytes")
                    chunks.append(chunk)
                if not message.get("more_body"):
                    break
            self._body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        return self._body

    async def text(self) -> str:
        """Read the body as UTF-8 text; raises ``InvalidBody``."""
        try:
            return (await self.body()).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InvalidBody(f"the body is not UTF-8: {error}") from error

    async def json(self) -> Any:
        """Read the body as JSON; an empty body is ``None``; raises ``MalformedJson``."""
        content = await self.body()
        if not content.strip():
            return None
        try:
            return orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise MalformedJson(str(error)) from error

    async def json_list(self, what: str) -> list[Any]:
        """Read a JSON array that must be there; raises ``InvalidBody``."""
        value = await self.json()
        if not isinstance(value, list):
            raise InvalidBody(f"the body has to be a JSON array of {what}")
        return value

    async def json_map(self, what: str) -> dict[str, Any]:
        """Read a JSON object that must be there; raises ``InvalidBody``."""
        value = await self.json()
        if not isinstance(value, dict):
            raise InvalidBody(f"the body has to be a JSON object: {what}")
        return value


async def while_connected(call: Call, work: Coroutine[Any, Any, T]) -> T:
    """Return what a long wait gives; it is given up, with ``ClientDisconnect``, when the client leaves first.

    The body of the request has been read or is not wanted.
    """
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_left(call.receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientDisconnect
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _is_true(text: str) -> bool:
    return text.lower() == "true"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)
