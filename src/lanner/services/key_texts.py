"""Values of the key-value store: which type a value has, and what a text of a request means.

Source: Kestra 1.0.36 (reference ``engine.md`` §9.8, ``api.md`` §1.7).
"""

import io
import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NoReturn

from lanner.model.errors import LannerError
from lanner.model.key_value import KeyValueType
from lanner.sdk.ion import read_rows
from lanner.sdk.text import format_duration, parse_duration

KEY_RULE = (
    "Key must start with an alphanumeric character (uppercase or lowercase) and can contain alphanumeric characters "
    "(uppercase or lowercase), dots (.), underscores (_), and hyphens (-) only."
)
MAX_KEY = 256
MAX_DEPTH = 200
"""How deep maps and lists of a value may be nested."""

_KEY = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]*")
_DURATION = re.compile(
    r"[+-]?P(?:[+-]?\d+D)?(?:T(?=[+-]?\d)(?:[+-]?\d+H)?(?:[+-]?\d+M)?(?:[+-]?\d+(?:[.,]\d{0,9})?S)?)?", re.IGNORECASE
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")

Typed = tuple[KeyValueType, Any]


class InvalidKey(LannerError):
    """A text cannot be a key of the key-value store."""


class InvalidValue(LannerError):
    """A value cannot be kept in the key-value store."""


def checked_key(key: str) -> str:
    """Return the key; raises ``InvalidKey``."""
    if not key:
        raise InvalidKey("Key cannot be null or empty")
    if not _KEY.fullmatch(key):
        raise InvalidKey(KEY_RULE)
    if len(key) > MAX_KEY:
        raise InvalidKey(f"key: it has {len(key)} characters; at most {MAX_KEY} are allowed")
    return key


def typed(value: Any) -> Typed:
    """Return the type of plain data, or of a moment, with the value as it is kept; raises ``InvalidValue``."""
    if isinstance(value, bool):
        return KeyValueType.BOOLEAN, value
    if isinstance(value, int | float):
        return KeyValueType.NUMBER, _number(value)
    if isinstance(value, datetime):
        return KeyValueType.DATETIME, instant_text(value)
    if isinstance(value, date):
        return KeyValueType.DATE, value.isoformat()
    if isinstance(value, timedelta):
        return KeyValueType.DURATION, format_duration(value)
    if value is None or isinstance(value, str):
        return _text(value)
    return KeyValueType.JSON, _structure(value, 0)


def read_value(text: str) -> Typed:
    """Return what the body of a request means: a JSON literal, a moment, a date, a duration, else the text itself.

    Raises ``InvalidValue`` for what begins as JSON and is none.
    """
    stripped = text.strip()
    try:
        return typed(json.loads(stripped, parse_constant=_no_constant))
    except RecursionError:
        raise InvalidValue(f"value: it is nested more than {MAX_DEPTH} levels deep") from None
    except ValueError as error:
        if stripped[:1] in ("{", "["):
            return typed(_ion(stripped, error))
    if _MOMENT.fullmatch(stripped):
        return typed(_moment(stripped))
    if _DATE.fullmatch(stripped):
        try:
            return KeyValueType.DATE, date.fromisoformat(stripped).isoformat()
        except ValueError as error:
            raise InvalidValue(f"value: {stripped!r} is no date: {error}") from error
    return _text(stripped)


def instant_text(moment: datetime) -> str:
    """Return a moment in UTC, with no more digits than it needs, in groups of three."""
    utc = moment.astimezone(UTC)
    text = utc.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    if not utc.microsecond:
        return f"{text}Z"
    digits = f"{utc.microsecond:06d}"
    return f"{text}.{digits[:3] if digits.endswith('000') else digits}Z"


def in_clear(type_: KeyValueType, value: Any) -> Any:
    """Return a value as tasks get it: a duration is its seconds."""
    if type_ is KeyValueType.DURATION:
        return parse_duration(value).total_seconds()
    return value


def _text(value: str | None) -> Typed:
    if value is None:
        return KeyValueType.STRING, None
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidValue("value: it holds half a character (a lone surrogate)") from error
    if 3 <= len(value) <= 100 and _DURATION.fullmatch(value) and any(character.isdigit() for character in value):
        try:
            return KeyValueType.DURATION, format_duration(parse_duration(value))
        except ValueError:
            return KeyValueType.STRING, value
    return KeyValueType.STRING, value


def _number(value: Any) -> Any:
    if not isinstance(value, int) and not math.isfinite(value):
        raise InvalidValue(f"value: {value} is not a number that can be kept")
    return value


def _structure(value: Any, depth: int) -> Any:
    """Return maps and lists with everything inside made plain."""
    if depth > MAX_DEPTH:
        raise InvalidValue(f"value: it is nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, Mapping):
        return {str(key): _structure(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_structure(item, depth + 1) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str):
        _text(value)
        return value
    if isinstance(value, datetime | date | timedelta):
        return typed(value)[1]
    return str(value)


def _ion(text: str, reason: ValueError) -> Any:
    """Read a map or a list in Ion, which needs no quotes around names."""
    try:
        (value,) = read_rows(io.BytesIO(text.encode()))
    except Exception:  # noqa: BLE001  # the library raises more kinds than it documents
        raise InvalidValue(f"value: it begins as JSON and is none: {reason}; put a text in quotes") from reason
    return value


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidValue(f"value: {text!r} is no moment: {error}") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
