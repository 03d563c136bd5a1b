"""One HTTP request as a task describes it, and the answer."""

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output, Plugin
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner_plugins.core.http.client import CONNECT_SECONDS, Wire, client_for
from lanner_plugins.core.http.headers import form_body, ordered_headers
from lanner_plugins.core.http.host_place import MARK, takes_marks
from lanner_plugins.core.http.options import HttpConfiguration, HttpLog, Tls

if TYPE_CHECKING:
    import httpx

MAX_BODY_IN_MESSAGE = 4_000
MAX_BODY_BYTES = 64 * 1024 * 1024
"""Bytes of an answer, unpacked, that a task takes into memory."""
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})


class HttpMethod(StrEnum):
    """Method of a request."""

    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"
    HEAD = "HEAD"
    OPTIONS = "OPTIONS"
    TRACE = "TRACE"
    CONNECT = "CONNECT"


class HttpCall(Plugin):
    """What HTTP tasks and triggers share: the description of the request."""

    uri: Property[str]
    """Address; spaces become `%20`, nothing else is encoded."""
    method: Property[HttpMethod] = default(HttpMethod.GET)
    """Method of the request."""
    params: Property[dict[str, Any]] | None = None
    """Query parameters, added to those of `uri`; a list gives one parameter per value."""
    body: Property[str] | None = None
    """Text to send."""
    form_data: Property[dict[str, Any]] | None = None
    """Form to send instead of `body`. With `contentType: multipart/form-data` a value that is a storage URI, or
    `{name, content}` with such a URI, is sent as a file."""
    content_type: Property[str] = default("application/json")
    """Content type of what is sent."""
    headers: Property[dict[str, Any]] | None = None
    """Headers to send."""
    options: HttpConfiguration | None = None
    """Options of the HTTP client."""
    allow_failed: Property[bool] | None = None
    """Old place of `options.allowFailed`."""
    ssl_options: Tls | None = None
    """Old place of `options.ssl`."""

    def wire(self, context: RunContext) -> Wire:
        """Return what the connection must be like."""
        options = self.options or HttpConfiguration()
        tls = options.ssl or self.ssl_options or Tls()
        return Wire(
            insecure=bool(context.render(tls.insecure_trust_all_certificates)),
            ca_pem=context.render(tls.ca_pem),
            proxy=options.proxy_of(context),
        )

    def is_allowed(self, status: int, context: RunContext) -> bool:
        """Whether an answer with this status is a success."""
        if context.render(self.allow_failed):
            return True
        return (self.options or HttpConfiguration()).is_allowed(status, context)

    @asynccontextmanager
    async def exchange(self, context: RunContext) -> AsyncIterator["httpx.Response"]:
        """Send the request; the answer's body is still to be read. Raises on a status that is not allowed."""
        import httpx  # noqa: PLC0415  # slow to import, and most flows never need it

        options = self.options or HttpConfiguration()
        logged = options.logged(context)
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(client_for(self.wire(context)))
            try:
                request = self._request(client, context, stack)
                _log_request(context, request, self.body, logged)
                follow = context.render(options.follow_redirects)
                response = await _sent(client, request, follow=follow)
                stack.push_async_callback(response.aclose)
                if response.headers.get("content-encoding", "").lower() == "x-gzip":
                    response.headers["content-encoding"] = "gzip"
                await _log_response(context, response, logged)
                if not self.is_allowed(response.status_code, context):
                    await _read(response, is_cut=True)
                    raise TaskFailed(_failure(response))
                yield response
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise TaskFailed(_reason(error, options.timeouts(context))) from error

    def _request(self, client: "httpx.AsyncClient", context: RunContext, stack: AsyncExitStack) -> "httpx.Request":
        import httpx  # noqa: PLC0415  # slow to import, and most flows never need it

        options = self.options or HttpConfiguration()
        connect, read = options.timeouts(context)
        url = httpx.URL(context.render(self.uri).strip().replace(" ", "%20"))
        if url.scheme not in ("http", "https"):
            raise TaskFailed(f"{str(url)!r} is not an address to call: it must begin with 'http://' or 'https://'")
        params = context.render(self.params)
        if params:
            url = url.copy_merge_params({name: _param(value) for name, value in params.items() if value is not None})
        headers = httpx.Headers(
            [
                (name, _text(item))
                for name, value in (context.render(self.headers) or {}).items()
                for item in _items(value)
            ]
        )
        content = self._content(context, headers, stack)
        _authorize(headers, options, context)
        request = client.build_request(
            context.render(self.method).value,
            url,
            headers=headers,
            timeout=httpx.Timeout(read, connect=connect or CONNECT_SECONDS, pool=None),
            **content,
        )
        request.headers = ordered_headers(request.headers, headers, has_body=bool(content), mark=takes_marks(client))
        return request

    def _content(self, context: RunContext, headers: "httpx.Headers", stack: AsyncExitStack) -> dict[str, Any]:
        """Return the body for the client, and set or remove its content type in ``headers``."""
        content_type = context.render(self.content_type)
        form = context.render(self.form_data)
        if form is not None:
            headers.pop("content-type", None)
            if content_type.lower().startswith("multipart/form-data"):
                headers["content-type"] = f"multipart/form-data; boundary=lanner_{uuid4()}"
                return {"files": [part for name, value in form.items() for part in _parts(context, stack, name, value)]}
            encoded, form_charset = form_body(form)
            headers["content-type"] = f"application/x-www-form-urlencoded; charset={form_charset}"
            return {"content": encoded}
        body = context.render(self.body)
        # Kestra names the content type of a body, or of nothing at all when the task has no headers of its own.
        is_set = "content-type" not in headers and (body is not None or self.headers is None)
        charset = context.render((self.options or HttpConfiguration()).default_charset)
        if body is not None and "charset=" not in content_type.lower():
            content_type += f"; charset={charset}"
        if is_set:
            headers["content-type"] = content_type
        return {} if body is None else {"content": body.encode(charset)}


class HttpTask(HttpCall, RunnableTask):
    """A task that makes an HTTP request."""


async def _sent(client: "httpx.AsyncClient", request: "httpx.Request", *, follow: bool) -> "httpx.Response":
    """Send a request, once more when a kept connection turns out to be of no use and nothing can happen twice."""
    import httpx  # noqa: PLC0415  # slow to import, and most flows never need it

    try:
        return await client.send(request, stream=True, auth=None, follow_redirects=follow)
    except httpx.RemoteProtocolError:
        if request.method not in _REPEATABLE:
            raise
    return await client.send(request, stream=True, auth=None, follow_redirects=follow)


def _authorize(headers: "httpx.Headers", options: HttpConfiguration, context: RunContext) -> None:
    match options.credentials(context):
        case (str() as user, str() as password):
            headers["Authorization"] = "Basic " + b64encode(f"{user}:{password}".encode()).decode()
        case str() as token:
            headers["Authorization"] = f"Bearer {token}"
        case None:
            pass


def _parts(context: RunContext, stack: AsyncExitStack, name: str, value: Any) -> list[tuple[str, tuple[Any, ...]]]:
    match value:
        case None:
            return []
        case str() if value.startswith("kestra://"):
            file_name, uri = value.rpartition("/")[2], value
        case {"name": str() as file_name, "content": str() as uri}:
            pass
        case _:
            return [(name, (None, _text(value), "text/plain"))]
    if not uri.startswith("kestra://"):
        raise TaskFailed(f"`formData.{name}.content` is {uri!r}, which is no URI of the internal storage")
    file = stack.enter_context(context.files.open(uri))
    return [(name, (file_name, file, "application/octet-stream"))]


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _param(value: Any) -> str | list[str]:
    return [_text(item) for item in value] if isinstance(value, list) else _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _failure(response: "httpx.Response") -> str:
    body = response.text if len(response.content) <= MAX_BODY_IN_MESSAGE else response.text[:MAX_BODY_IN_MESSAGE] + "…"
    return f"Failed http request with response code '{response.status_code}'" + (f" and body:\n{body}" if body else "")


def _reason(error: Exception, timeouts: tuple[float | None, float]) -> str:
    import httpx  # noqa: PLC0415  # slow to import, and most flows never need it

    request = error._request if isinstance(error, httpx.RequestError) else None  # noqa: SLF001  # the property raises when unset
    place = (
        f"{request.method} {request.url.copy_with(username=None, password=None, query=None)}"
        if request
        else "the request"
    )
    match error:
        case httpx.ConnectTimeout():
            return f"{place} failed: no connection within {timeouts[0] or CONNECT_SECONDS:g} s"
        case httpx.TimeoutException():
            return f"{place} failed: nothing was received for {timeouts[1]:g} s (`options.timeout.readIdleTimeout`)"
        case _:
            return f"{place} failed: {str(error) or type(error).__name__}"


def _log_request(
    context: RunContext, request: "httpx.Request", body: Property[str] | None, logged: frozenset[HttpLog]
) -> None:
    if HttpLog.REQUEST_HEADERS in logged:
        context.log.info(f"request {request.method} {request.url}\n{_shown(request.headers)}")
    if HttpLog.REQUEST_BODY in logged and body is not None:
        context.log.info(f"request body\n{context.render(body)}")


async def _log_response(context: RunContext, response: "httpx.Response", logged: frozenset[HttpLog]) -> None:
    if HttpLog.RESPONSE_HEADERS in logged:
        context.log.info(f"response {response.status_code} {response.reason_phrase}\n{_shown(response.headers)}")
    if HttpLog.RESPONSE_BODY in logged:
        await _read(response)
        context.log.info(f"response body\n{response.text}")


def _shown(headers: Mapping[str, str]) -> str:
    return "\n".join(
        f"{name}: {'******' if name.lower() in _SECRET_HEADERS else value}"
        for name, value in headers.items()
        if name.lower() != MARK
    )


class AnswerOutput(Output):
    """An answer whose body is text."""

    uri: str
    """The address that was called."""
    code: int
    """Status of the answer."""
    headers: dict[str, list[str]]
    """Headers of the answer, each with all its values."""
    body: str | None = None
    """The answer as text; use `fromJson` to look into JSON. Nothing for HEAD and where there can be no answer."""
    encrypted_body: dict[str, str] | None = None
    """The answer encrypted, with `encryptBody`; expressions see it in clear."""


async def _read(response: "httpx.Response", *, is_cut: bool = False) -> bytes:
    """Read an answer's body into memory, where the answer keeps it; one that is too long is cut, or ``TaskFailed``."""
    if response.is_closed and response.is_stream_consumed:
        return response.content
    parts, size = list[bytes](), 0
    async for part in response.aiter_bytes():
        parts.append(part)
        size += len(part)
        if size > MAX_BODY_BYTES:
            if is_cut:
                break
            raise TaskFailed(
                f"the answer has more than {MAX_BODY_BYTES} bytes; use io.kestra.plugin.core.http.Download to keep it"
                " as a file"
            )
    response._content = b"".join(parts)  # noqa: SLF001  # as `aread` does, which reads without end
    return response.content


async def text_of(call: HttpCall, context: RunContext, response: "httpx.Response") -> str | None:
    """Read an answer's body, as text; ``None`` where there is none. Raises ``TaskFailed`` when it is no text."""
    content = await _read(response)
    charset = response.charset_encoding or context.render((call.options or HttpConfiguration()).default_charset)
    try:
        return None if has_no_body(response) else content.decode(charset)
    except (UnicodeDecodeError, LookupError) as error:
        raise TaskFailed(
            f"the answer of {len(content)} bytes is not text in {charset} ({error});"
            " use io.kestra.plugin.core.http.Download to keep it as a file"
        ) from error


def answer_fields(context: RunContext, response: "httpx.Response", body: str | None, *, is_secret: bool) -> Any:
    """Return the fields of an ``AnswerOutput``; a body that is secret is encrypted."""
    hidden = body is not None and is_secret
    return {
        "uri": called_address(response),
        "code": response.status_code,
        "headers": headers_of(response),
        "body": None if hidden else body,
        "encrypted_body": context.encrypt(body) if hidden and body is not None else None,
    }


def called_address(response: "httpx.Response") -> str:
    """Return the address that was called first, before any redirect."""
    return str((response.history or [response])[0].request.url)


def has_no_body(response: "httpx.Response") -> bool:
    """Whether an answer never has a body, not even an empty one."""
    return response.request.method == "HEAD" or response.status_code in (204, 304)


def headers_of(response: "httpx.Response") -> dict[str, list[str]]:
    """Return the answer's headers, each with all its values. Names are in lower case and in order, as in Kestra."""
    found: dict[str, list[str]] = {}
    for raw_name, raw_value in response.headers.raw:
        found.setdefault(raw_name.decode("latin-1").lower(), []).append(raw_value.decode("latin-1"))
    return dict(sorted(found.items()))


def count_length(context: RunContext, response: "httpx.Response") -> None:
    """Publish the metric ``response.length`` when the server tells the length."""
    length = response.headers.get("content-length", "")
    if length.isdigit():
        tags = {"request.method": response.request.method, "response.code": str(response.status_code)}
        context.counter("response.length", float(length), **tags)
