"""What a request looks like on the wire: the order of its headers, and forms.

Source: requests of Kestra 1.0.36 as a server sees them.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from lanner_plugins.core.http.host_place import MARK, TOKEN

if TYPE_CHECKING:
    import httpx

_FIRST = ("accept-encoding", "authorization", "host", MARK, "transfer-encoding", "content-length")
_LAST = ("connection", "user-agent")


def ordered_headers(
    headers: "httpx.Headers", own: "httpx.Headers", *, has_body: bool, mark: bool = False
) -> "httpx.Headers":
    """Return the headers of a request in the order Kestra sends them.

    ``own`` are those the task names. The content type stands among them unless it belongs to a body.
    With ``mark`` the place of the host is marked: see ``host_place``.
    """
    raw = headers.raw
    if mark:
        raw.append((MARK.encode(), TOKEN.encode()))
    described = {"content-type"} if has_body else set()
    named = sorted({name for name in own if name not in (*_FIRST, *_LAST, *described)} | (set(own) & {"user-agent"}))
    order = [*named, *_FIRST, *sorted(described), *(name for name in _LAST if name not in named)]
    rest = [name for name in headers if name not in order]
    return type(headers)(
        [(key, value) for name in (*order, *rest) for key, value in raw if key.decode("latin-1").lower() == name]
    )


def form_body(form: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return a form url-encoded, and its charset: ISO-8859-1 as Kestra has it, or UTF-8 where that cannot hold it."""
    fields = [(name, plain_text(value)) for name, value in form.items() if value is not None]
    charset = "ISO-8859-1"
    try:
        "".join(name + value for name, value in fields).encode(charset)
    except UnicodeEncodeError:
        charset = "UTF-8"
    pairs = (f"{quote_plus(name, encoding=charset)}={quote_plus(value, encoding=charset)}" for name, value in fields)
    return "&".join(pairs).encode("ascii"), charset


def plain_text(value: Any) -> str:
    """Return a value as a form field holds it: lists and maps as Java prints them."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case list():
            return f"[{', '.join(map(plain_text, value))}]"
        case dict():
            return "{" + ", ".join(f"{key}={plain_text(item)}" for key, item in value.items()) + "}"
        case _:
            return str(value)
