"""``@csv``, ``@base64`` …: how jq writes a value into a text."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import Any
from urllib.parse import quote

from lanner.expressions.errors import Fault
from lanner.expressions.jq_language.values import JqError, json_of, kind, number_text, shown, text_of

_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;", '"': "&quot;"})
_TSV = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def written(name: str, value: Any) -> str:
    """Return a value in a format; raises ``Fault`` for an unknown one."""
    match name:
        case "text":
            return text_of(value)
        case "json":
            return json_of(value)
        case "html":
            return text_of(value).translate(_HTML)
        case "uri":
            return quote(text_of(value), safe="-_.!~*'()", errors="replace")
        case "csv":
            return ",".join(_cell(item, "csv") for item in _row(value, "csv"))
        case "tsv":
            return "\t".join(_cell(item, "tsv") for item in _row(value, "tsv"))
        case "sh":
            return " ".join(_word(item) for item in (value if isinstance(value, list) else [value]))
        case "base64":
            return b64encode(text_of(value).encode("utf-8", "replace")).decode()
        case "base64d":
            return _decoded(text_of(value))
        case _:
            raise Fault(f"jq: {name} is not a valid format")


def _row(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise JqError(f"{shown(value)} cannot be {name}-formatted, only an array can be")
    return value


def _cell(item: Any, name: str) -> str:
    if item is None:
        return ""
    if isinstance(item, str):
        return item.translate(_TSV) if name == "tsv" else '"' + item.replace('"', '""') + '"'
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, (int, float)):
        return number_text(item)
    raise JqError(f"{shown(item)} is not valid in a {name} row")


def _word(item: Any) -> str:
    if isinstance(item, str):
        return "'" + item.replace("'", "'\\''") + "'"
    if isinstance(item, (list, dict)):
        raise JqError(f"{shown(item)} can not be escaped for shell")
    return json_of(item)


def _decoded(text: str) -> str:
    bare = text.rstrip("=")
    try:
        return b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("utf-8", "replace")
    except (Base64Error, ValueError):
        raise JqError(f"{kind(text)} ({text[:40]}) is not valid base64 data") from None
