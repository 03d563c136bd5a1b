"""Filters that write a text in another form: escaped, encoded, hashed. A null stays null."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import Any
from unicodedata import combining, normalize
from urllib.parse import quote_plus

from lanner.expressions.errors import Fault
from lanner.expressions.filters.text import changed, replace_plain
from lanner.expressions.registry import Feature, given
from lanner.expressions.text import java_text
from lanner.expressions.values import ABSENT, text_input


def slugify(value: Any) -> Any:
    """Return a text of small ASCII letters, digits and hyphens, fit for a URL.

    >>> {{ 'Élan Vital_2' | slugify }}
    elan-vital-2
    """
    if value is None:
        return None
    text = "".join("-" if char.isspace() or char in "_-" else char for char in java_text(value))
    plain = "".join(char for char in normalize("NFD", text) if not combining(char))
    kept = "".join(char for char in plain if char == "-" or (char.isascii() and char.isalnum())).lower()
    return "-".join(part for part in kept.split("-") if part)


def urlencode(value: Any) -> Any:
    """Encode a text for a URL's query; a space becomes ``+``.

    >>> {{ 'a b&c' | urlencode }}
    a+b%26c
    """
    if value is None:
        return None
    return quote_plus(text_input(value), safe="*", errors="replace").replace("~", "%7E")


def urldecode(value: Any) -> Any:
    """Decode a text of a URL's query.

    >>> {{ 'a+b%20c' | urldecode }}
    a b c
    """
    if value is None:
        return None
    raw = text_input(value).replace("+", " ").encode("utf-8", "replace")
    out, at = bytearray(), 0
    while at < len(raw):
        if raw[at] != ord("%"):
            out.append(raw[at])
            at += 1
            continue
        digits = raw[at + 1 : at + 3].decode("latin-1")
        if len(digits) < 2:
            raise Fault("URLDecoder: Incomplete trailing escape (%) pattern")
        if not all(digit in "0123456789abcdefABCDEF" for digit in digits):
            raise Fault(
                f'URLDecoder: Illegal hex characters in escape (%) pattern - not a hexadecimal digit: "{digits}"'
            )
        out.append(int(digits, 16))
        at += 3
    return out.decode("utf-8", "replace")


def base64encode(value: Any) -> Any:
    """Encode a text's UTF-8 bytes in Base64.

    >>> {{ 'test' | base64encode }}
    dGVzdA==
    """
    return None if value is None else b64encode(java_text(value).encode("utf-8", "replace")).decode()


def base64decode(value: Any) -> Any:
    """Decode a Base64 text of UTF-8 bytes.

    >>> {{ 'dGVzdA==' | base64decode }}
    test
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise Fault("This filter applies to String")
    bare = value.rstrip("=")
    try:
        if len(value) - len(bare) > 2 or len(bare) % 4 == 1 or (len(value) > len(bare) and len(value) % 4):
            raise Base64Error
        return b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("utf-8", "replace")
    except (Base64Error, ValueError):
        raise Fault("Please provide a correctly Base64 encoded string containing an UTF-8 string") from None


def sha256(value: Any) -> Any:
    """Return the SHA-256 hash of a text, in hexadecimal.

    >>> {{ 'test' | sha256 | slice(0, 12) }}
    9f86d081884c
    """
    return _hashed(value, "sha256")


def sha1(value: Any) -> Any:
    """Return the SHA-1 hash of a text, in hexadecimal.

    >>> {{ 'test' | sha1 }}
    a94a8fe5ccb19ba61c4c0873d391e987982fbbd3
    """
    return _hashed(value, "sha1")


def sha512(value: Any) -> Any:
    """Return the SHA-512 hash of a text, in hexadecimal.

    >>> {{ 'test' | sha512 | length }}
    128
    """
    return _hashed(value, "sha512")


def md5(value: Any) -> Any:
    """Return the MD5 hash of a text, in hexadecimal.

    >>> {{ 'test' | md5 }}
    098f6bcd4621d373cade4e832627b4f6
    """
    return _hashed(value, "md5")


def escape_char(value: Any, kind: Any = ABSENT) -> Any:
    """Escape quotes: ``single``, ``double``, or ``shell`` for a text within single quotes of a shell.

    >>> {{ "it's" | escapeChar('shell') }}
    it'\\''s
    """  # noqa: D301 -- the example is shown with its backslash
    if value is None:
        return None
    if not given(kind):
        raise Fault("The 'escapeChar' filter expects an argument 'type'.")
    pair = {"single": ("'", "\\'"), "double": ('"', '\\"'), "shell": ("'", "'\\''")}.get(text_input(kind).lower())
    if pair is None:
        raise Fault("The 'escapeChar' filter expects the value of 'type' to be either 'single', 'double', or 'shell'.")
    return changed(value, [pair], replace_plain)


def shell_quoted(value: Any) -> Any:
    """Quote a value as one word of a POSIX shell.

    >>> {{ "it's" | sh }}
    'it'"'"'s'
    """
    from shlex import quote  # noqa: PLC0415 -- rarely used

    return None if value is None else quote(java_text(value))


def nl2br(value: Any) -> Any:
    """Put ``<br />`` in front of each line break.

    >>> {{ vars.lines | nl2br }}
    a<br />
    b
    """
    return None if value is None else replace_plain(java_text(value), "\n", "<br />\n")


def _hashed(value: Any, algorithm: str) -> Any:
    if value is None:
        return None
    if not isinstance(value, str):
        raise Fault("Need a string to hash")
    from hashlib import new  # noqa: PLC0415 -- rarely used

    return new(algorithm, value.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


FILTERS = (
    Feature("slugify", slugify, ignores_extra=True),
    Feature("urlencode", urlencode, ignores_extra=True),
    Feature("urldecode", urldecode, ignores_extra=True),
    Feature("base64encode", base64encode, ignores_extra=True),
    Feature("base64decode", base64decode, ignores_extra=True),
    Feature("sha256", sha256, ignores_extra=True),
    Feature("sha1", sha1, ignores_extra=True),
    Feature("sha512", sha512, ignores_extra=True),
    Feature("md5", md5, ignores_extra=True),
    Feature("escapeChar", escape_char, ("type",)),
    Feature("sh", shell_quoted, ignores_extra=True),
    Feature("nl2br", nl2br, ignores_extra=True),
)
