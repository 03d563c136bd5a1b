"""Rows of DuckDB as a flow sees them.

Source: Kestra's JDBC plugin. HUGEINT, UBIGINT and UUID become text, decimals numbers,
timestamps get the task's zone and those with a zone UTC, JSON is parsed, the rest is native.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from lanner.sdk.text import format_duration

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]

_AS_TEXT = frozenset({"HUGEINT", "UHUGEINT", "UBIGINT", "UUID"})


def rows_of(
    result: "duckdb.DuckDBPyConnection",
    *,
    zone: tzinfo | None,
    folder: str,
    at_once: int,
    is_stopped: Callable[[], bool],
) -> Iterator[Row]:
    """Yield the rows of a result; ``folder`` is taken off the paths of a column ``filename``.

    Values are what Ion can hold: dates and decimals are not yet texts and floats.
    """
    columns = [(name, _converter(str(type_), zone)) for name, type_, *_ in result.description or ()]
    prefix = folder.rstrip("/") + "/"
    while not is_stopped() and (rows := result.fetchmany(at_once)):
        for values in rows:
            row = {name: convert(value) for (name, convert), value in zip(columns, values, strict=True)}
            if isinstance(path := row.get("filename"), str):
                row["filename"] = path.removeprefix(prefix)
            yield row


def _converter(type_: str, zone: tzinfo | None) -> Callable[[Any], Any]:
    if type_ in _AS_TEXT:
        return lambda value: None if value is None else str(value)
    if type_ == "JSON":
        return lambda value: None if value is None else orjson.loads(value)
    return lambda value: _native(value, zone)


def _native(value: Any, zone: tzinfo | None) -> Any:
    match value:
        case datetime():
            if value.tzinfo is not None:
                return value.astimezone(UTC)
            return value.replace(tzinfo=zone) if zone else value.astimezone()
        case dict():
            return {str(key): _native(item, zone) for key, item in value.items()}
        case list() | tuple():
            return [_native(item, zone) for item in value]
        case timedelta():
            return format_duration(value)
        case UUID() | time():
            return str(value)
        case _:
            return value


def as_output(value: Any) -> Any:
    """Return a value of a row as outputs hold it: plain JSON data."""
    match value:
        case Decimal():
            return _number(value)
        case datetime():
            return _timestamp(value)
        case date():
            return value.isoformat()
        case bytes():
            return b64encode(value).decode()
        case dict():
            return {key: as_output(item) for key, item in value.items()}
        case list():
            return [as_output(item) for item in value]
        case _:
            return value


def _number(value: Decimal) -> int | float | str:
    """Return a number when that keeps all digits, else the text."""
    if value.as_tuple().exponent == 0:
        return int(value)
    number = float(value)
    return number if Decimal(repr(number)) == value else str(value)


def _timestamp(value: datetime) -> str:
    text = value.isoformat()
    head, dot, tail = text.partition(".")
    if dot:
        zone = tail[6:]
        text = f"{head}.{tail[:6].rstrip('0')}{zone}"
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
