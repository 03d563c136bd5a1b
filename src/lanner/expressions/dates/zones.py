"""Time zones by the names that Java takes."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lanner.expressions.errors import Fault

_OFFSET = re.compile(r"([+-])(\d{1,2})(?::?(\d{2})(?::?(\d{2}))?)?")
_PREFIXED = re.compile(r"(UTC|GMT|UT)([+-].*)")
_REGION = re.compile(r"[A-Za-z][A-Za-z0-9~/._+-]+")
NOT_JAVA = frozenset({"EST", "MST", "HST", "localtime", "posixrules", "Factory"})


@lru_cache(maxsize=512)
def zone_of(name: str) -> tuple[tzinfo, str]:
    """Return a zone and its id as Java prints it; raise ``Fault`` for names that Java does not know."""
    if name in {"Z", "z"}:
        return UTC, "Z"
    if name in {"UTC", "GMT", "UT"}:
        return UTC, name
    prefixed = _PREFIXED.fullmatch(name)
    if prefixed:
        offset = _offset(prefixed[2], name)
        return timezone(offset), prefixed[1] + offset_text(offset, colon=True)
    if name[:1] in {"+", "-", ""}:
        offset = _offset(name, name)
        return (UTC if not offset else timezone(offset)), offset_text(offset, colon=True) if offset else "Z"
    if name in NOT_JAVA or not _REGION.fullmatch(name):
        raise Fault(f"Unknown time-zone ID: {name}")
    try:
        return ZoneInfo(name), name
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Fault(f"Unknown time-zone ID: {name}") from None


def offset_text(offset: timedelta, *, colon: bool) -> str:
    """Return ``+05:30`` or ``+0530``."""
    seconds = int(offset.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    between = ":" if colon else ""
    text = f"{sign}{seconds // 3600:02d}{between}{seconds // 60 % 60:02d}"
    return f"{text}{between}{seconds % 60:02d}" if seconds % 60 else text


def _offset(text: str, name: str) -> timedelta:
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise Fault(f"Invalid ID for ZoneOffset, invalid format: {name}")
    hours, minutes, seconds = int(match[2]), int(match[3] or 0), int(match[4] or 0)
    if hours > 18 or minutes > 59 or seconds > 59 or (hours == 18 and (minutes or seconds)):
        raise Fault(f"Zone offset not in valid range: {name}")
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -offset if match[1] == "-" else offset
