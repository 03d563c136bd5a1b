"""What the function ``http(…)`` of expressions sends, and the answer it gets."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from lanner.expressions import HttpAnswer, HttpCall
from lanner.expressions.text import json_text
from lanner.model.errors import LannerError

TIMEOUT_SECONDS = 30.0
MAX_ANSWER_BYTES = 32_000_000
OPTIONS = frozenset({"auth", "followRedirects"})


def answered(call: HttpCall) -> HttpAnswer:
    """Send the request and return the answer, whatever its status."""
    import httpx  # noqa: PLC0415  # heavy, and few expressions make requests

    headers, content = headers_of(call), body_of(call)
    follow = call.options.get("followRedirects", True) is not False
    try:
        with httpx.stream(
            call.method,
            call.uri,
            params=dict(call.query) or None,
            content=content,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            follow_redirects=follow,
        ) as answer:
            body = bytearray()
            for part in answer.iter_bytes():
                body += part
                if len(body) > MAX_ANSWER_BYTES:
                    raise LannerError(f"http('{call.uri}'): the answer is longer than {MAX_ANSWER_BYTES} bytes")
            kind = answer.headers.get("content-type", "")
            return HttpAnswer(status=answer.status_code, content_type=kind, body=bytes(body))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise LannerError(f"http('{call.uri}') failed: {error}") from error


def body_of(call: HttpCall) -> str | bytes | None:
    """Return the body as it is sent: texts as they are, maps by the content type, anything else as JSON."""
    if call.body is None or isinstance(call.body, str | bytes):
        return call.body
    if isinstance(call.body, Mapping) and call.content_type.startswith("application/x-www-form-urlencoded"):
        return urlencode(dict(call.body), doseq=True)
    return json_text(call.body)


def headers_of(call: HttpCall) -> dict[str, str]:
    """Return all headers; those that are written win over those that follow from the arguments."""
    headers = {"Accept": call.accept}
    if call.body is not None:
        headers["Content-Type"] = call.content_type
    headers |= _credentials(call)
    headers |= {
        name: ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in call.headers.items()
    }
    return headers


def _credentials(call: HttpCall) -> dict[str, str]:
    unknown = set(call.options) - OPTIONS
    if unknown:
        raise LannerError(f"http('{call.uri}'): the option {min(unknown)!r} is not known; there are {_named(OPTIONS)}")
    auth: Any = call.options.get("auth")
    if auth is None:
        return {}
    kind = str(auth.get("type", "")).upper() if isinstance(auth, Mapping) else ""
    if kind == "BASIC":
        pair = f"{auth.get('username', '')}:{auth.get('password', '')}"
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    if kind == "BEARER":
        return {"Authorization": f"Bearer {auth.get('token', '')}"}
    raise LannerError(f"http('{call.uri}'): auth needs a type, BASIC or BEARER")


def _named(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
