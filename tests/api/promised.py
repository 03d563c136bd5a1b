"""Holds what a server answers against the OpenAPI file of its routes."""

from copy import deepcopy
from functools import cache
from json import loads
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from lanner.api.http import JSON
from lanner.api.openapi import document
from lanner.api.routes.table import OPERATIONS
from lanner.api.routing import Routes

ROUTES = Routes(OPERATIONS)
TENANTS = frozenset({"main"})
ODD = "x-odd-request"
"""Header of requests that are odd on purpose: what the server makes of them is not in the file."""


class CheckedTransport(httpx.ASGITransport):
    """Fails a test whose answers are not what the OpenAPI file says of them."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on and look at the answer."""
        answer = await super().handle_async_request(request)
        content = await answer.aread()
        whole = httpx.Response(answer.status_code, headers=answer.headers, content=content, request=request)
        found = flaws(whole, with_request=ODD not in request.headers)
        assert not found, f"{request.method} {request.url.path} -> {answer.status_code}: {found}"
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(content))


@cache
def written() -> dict[str, Any]:
    """Return the OpenAPI document."""
    return document(OPERATIONS)


@cache
def described() -> dict[str, Any]:
    """Return the OpenAPI document, its objects closed: a field that it does not name is a flaw."""
    found = deepcopy(written())
    for schema in found["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return found


def flaws(answer: httpx.Response, *, with_request: bool = True) -> list[str]:
    """Return where an answer, or the request that was taken, is not what the OpenAPI file says."""
    request = answer.request
    path = request.url.raw_path.partition(b"?")[0].decode()
    match, _, _ = ROUTES.find(request.method, path, TENANTS)
    if match is None or match.operation.path.endswith("+}") or request.method == "HEAD":
        return []
    responses = operation_of(match.operation.id)["responses"]
    status = str(answer.status_code)
    if answer.is_error and status not in responses:
        response = described()["components"]["responses"]["Failed"]
    elif status in responses:
        response = responses[status]
    elif answer.status_code in (302, 304):
        return []
    else:
        return [f"status {status} is not in the file"]
    if with_request and answer.is_success and (wrong := _request_flaws(request, match.operation.id)):
        return [f"the request was taken, and is not what the file says: {one}" for one in wrong]
    if "content" not in response:
        return ["there is a body, the file says none"] if answer.content else []
    return _body_flaws(answer, response["content"])


def _body_flaws(answer: httpx.Response, content: dict[str, Any]) -> list[str]:
    media = answer.headers.get("content-type", "").partition(";")[0]
    if media != JSON:
        is_promised = media in content or "application/octet-stream" in content
        return [] if is_promised else [f"{media!r} is not in the file"]
    if JSON not in content:
        return ["JSON is not in the file"]
    return _schema_flaws(content[JSON]["schema"], answer.json(), described())


def _request_flaws(request: httpx.Request, id_: str) -> list[str]:
    content = operation_of(id_).get("requestBody", {}).get("content", {})
    if request.headers.get("content-type") != JSON or not request.content or JSON not in content:
        return []
    # What a request holds besides is not read: clients of other generations send more.
    return _schema_flaws(content[JSON]["schema"], loads(request.content), written())


def _schema_flaws(schema: dict[str, Any], content: Any, described: dict[str, Any]) -> list[str]:
    errors = Draft202012Validator({**schema, "components": described["components"]}).iter_errors(content)
    return [f"{error.json_path}: {error.message[:300]}" for error in errors]


@cache
def operation_of(id_: str) -> dict[str, Any]:
    """Return what the file says of an operation."""
    for item in described()["paths"].values():
        for operation in item.values():
            if operation.get("operationId") == id_:
                found: dict[str, Any] = operation
                return found
    raise KeyError(id_)
