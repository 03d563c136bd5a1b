"""The web UI's files. Its pages carry the token that proves later that a request came from them, and the configuration.

Source: Kestra (reference ``api.md`` §4.4, §6.4).
"""

import asyncio
import re
from html import escape
from pathlib import Path

from starlette.types import ASGIApp

from lanner.api.access import CSRF_COOKIE, csrf_cookie
from lanner.api.errors import RouteNotFound
from lanner.api.http import Answer, Call, to_json
from lanner.api.routes.instance import configuration
from lanner.api.routing import Operation
from lanner.api.shapes import HTML_PAGE
from lanner.api.static_ui import BUILT, INDEX, NEVER, NOT_BUILT, POLICY, find, is_asset, read

HTML = "text/html; charset=utf-8"

_HEAD = re.compile(rb"<head[^>]*>", re.IGNORECASE)


async def page(call: Call) -> ASGIApp:
    """Return a file of the UI; every path that is none is the UI's own and gets its page."""
    folder = call.desk.options.ui_folder or BUILT
    path = call.path.get("path", INDEX)
    if path == INDEX:
        return await _index(call, folder)
    found = await asyncio.to_thread(find, folder, path, call.headers.get("accept-encoding", ""))
    if found is not None:
        return Answer(found.content, content_type=found.media, headers=found.headers)
    if is_asset(path):
        raise RouteNotFound("Page Not Found")
    return await _index(call, folder)


async def _index(call: Call, folder: Path) -> Answer:
    content = await asyncio.to_thread(read, folder, INDEX)
    if content is None:
        return Answer(NOT_BUILT, status=503, content_type=HTML, headers=[("cache-control", NEVER)])
    credentials = call.desk.credentials
    token = call.cookies.get(CSRF_COOKIE, "")
    if not credentials.is_csrf_token(token):
        token = credentials.csrf_token()
    # What every page asks first travels with it: a round trip less before anything can be drawn.
    known = escape(to_json(await configuration(call)).decode())
    meta = f'<meta name="csrf-token" content="{token}"><meta name="configuration" content="{known}">'.encode()
    marked = _HEAD.sub(lambda head: head[0] + meta, content, count=1)
    headers = [("cache-control", NEVER), ("content-security-policy", POLICY), csrf_cookie(call, token)]
    return Answer(marked, content_type=HTML, headers=headers)


OPERATIONS = tuple(
    Operation(
        method="GET",
        path=path,
        id=id_,
        handler=page,
        gives=HTML_PAGE,
        also=(503,),
        is_open=True,
        per_tenant=False,
        in_root=True,
    )
    for path, id_ in (("/ui", "uiIndex"), ("/ui/{path+}", "uiFile"))
)
