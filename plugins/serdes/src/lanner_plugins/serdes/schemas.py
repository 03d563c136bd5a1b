"""Avro schemas of rows: given, or found out from the rows; and values as a schema wants them.

Source: Kestra's Avro and Parquet writers take the same properties.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from lanner.expressions.dates.reading import read
from lanner.expressions.errors import Fault
from lanner.sdk.ion import Block, Columns

Schema = Any
"""An Avro schema as JSON holds it."""


class Unfit(ValueError):
    """A value does not fit its type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How texts are read as other types."""

    true: frozenset[str]
    false: frozenset[str]
    null: frozenset[str]
    date_format: str
    time_format: str
    datetime_format: str
    decimal_separator: str
    zone: str
    zone_info: tzinfo
    strict: bool


def inferred(blocks: Iterable[Block]) -> Schema:
    """Return a schema that holds all the rows; every field may be null. Raises ``ValueError``."""
    kind: Any = None
    number = 0
    for block in blocks:
        if isinstance(block, Columns):
            pairs = zip(block.names, block.values, strict=True)
            kind = _merged(kind, {name: _kind_of_all(values) for name, values in pairs})
            number += len(block)
            continue
        for row in block:
            number += 1
            if not isinstance(row, Mapping):
                raise Unfit(f"row {number} is {row!r}, which has no named fields")
            kind = _merged(kind, _kind(row))
    return _schema(kind or {}, "root")


def _kind_of_all(values: Sequence[Any]) -> Any:
    """Return the type that holds all the values."""
    if set(map(type, values)) == {int}:
        values = (min(values), max(values))
    elif len(samples := {type(value): value for value in values}) == 1 and not samples.keys() & {int, list, dict}:
        values = tuple(samples.values())
    kind: Any = None
    for value in values:
        kind = _merged(kind, _kind(value))
    return kind


def _kind(value: Any) -> Any:
    """Return a type as a name, a list of one kind, or a map of kinds; ``None`` fits every type."""
    match value:
        case None:
            return None
        case bool():
            return "boolean"
        case int():
            return "long" if -(2**63) <= value < 2**63 else "string"
        case float() | Decimal():
            return "double"
        case datetime():
            return "timestamp"
        case date():
            return "date"
        case bytes():
            return "bytes"
        case list():
            inner: Any = None
            for item in value:
                inner = _merged(inner, _kind(item))
            return [inner]
        case Mapping():
            return {str(key): _kind(item) for key, item in value.items()}
        case _:
            return "string"


def _merged(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: _merged(one.get(key), other.get(key)) for key in {**one, **other}}
    if isinstance(one, list) and isinstance(other, list):
        return [_merged(one[0], other[0])]
    if one == other:
        return one
    if isinstance(one, dict | list) or isinstance(other, dict | list):
        return "string"
    return "double" if {one, other} == {"long", "double"} else "string"


def _schema(kind: Any, name: str) -> Schema:
    match kind:
        case dict():
            fields = [
                {"name": key, "type": ["null", _schema(item, f"{name}_{key}")], "default": None}
                for key, item in kind.items()
            ]
            return {"type": "record", "name": _safe(name), "fields": fields}
        case list():
            return {"type": "array", "items": ["null", _schema(kind[0], f"{name}_item")]}
        case "timestamp":
            return {"type": "long", "logicalType": "timestamp-micros"}
        case "date":
            return {"type": "int", "logicalType": "date"}
        case None:
            return "string"
        case _:
            return kind


def _safe(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def fitted(value: Any, schema: Schema, reading: Reading, place: str = "") -> Any:
    """Return a value as a schema wants it, texts read; raises ``ValueError`` naming the field."""
    if isinstance(schema, list):
        return _of_union(value, schema, reading, place)
    kind = schema["type"] if isinstance(schema, dict) else schema
    if isinstance(kind, dict | list):
        return fitted(value, kind, reading, place)
    match kind:
        case "record":
            return _record(value, schema, reading, place)
        case "array":
            if not isinstance(value, list):
                raise _unfit(value, "a list", place)
            return [fitted(item, schema["items"], reading, f"{place}[{index}]") for index, item in enumerate(value)]
        case "map":
            if not isinstance(value, Mapping):
                raise _unfit(value, "a map", place)
            return {str(key): fitted(item, schema["values"], reading, f"{place}.{key}") for key, item in value.items()}
        case "enum":
            if value not in schema["symbols"]:
                raise _unfit(value, f"one of {', '.join(schema['symbols'])}", place)
            return value
        case _:
            logical = schema.get("logicalType") if isinstance(schema, dict) else None
            try:
                return _scalar(value, kind, logical, reading)
            except (ValueError, InvalidOperation, Fault, OverflowError) as error:
                raise _unfit(value, f"{logical or kind}", place) from error


def _of_union(value: Any, schema: list[Schema], reading: Reading, place: str) -> Any:
    if "null" in schema and (
        value is None or (isinstance(value, str) and value in reading.null and not _texts(schema))
    ):
        return None
    problem: ValueError | None = None
    for branch in schema:
        if branch != "null":
            try:
                return fitted(value, branch, reading, place)
            except ValueError as error:
                problem = error
    if "null" in schema and isinstance(value, str) and value in reading.null:
        return None
    raise problem or _unfit(value, "null", place)


def _texts(schema: list[Schema]) -> bool:
    return "string" in schema


def _record(value: Any, schema: Mapping[str, Any], reading: Reading, place: str) -> dict[str, Any]:
    fields = schema["fields"]
    if isinstance(value, list):
        value = dict(zip((field["name"] for field in fields), value, strict=False))
    if not isinstance(value, Mapping):
        raise _unfit(value, "a map", place)
    if reading.strict and (extra := [name for name in value if name not in {field["name"] for field in fields}]):
        raise Unfit(f"{place + ': ' if place else ''}field {extra[0]!r} is not in the schema")
    found = {}
    for field in fields:
        name = field["name"]
        item = value[name] if name in value else field.get("default")
        found[name] = fitted(item, field["type"], reading, f"{place}.{name}" if place else name)
    return found


def _scalar(value: Any, kind: str, logical: str | None, reading: Reading) -> Any:
    if logical is not None:
        return _logical(value, logical, reading)
    match kind:
        case "null" if value is None or value in reading.null:
            return None
        case "boolean":
            return _boolean(value, reading)
        case "int" | "long":
            limit = 2**31 if kind == "int" else 2**63
            given = _number(value, reading)
            number = int(given)
            if number != given or not -limit <= number < limit:
                raise Unfit(kind)
            return number
        case "float" | "double":
            return float(_number(value, reading))
        case "bytes" | "fixed":
            return value if isinstance(value, bytes) else str(value).encode()
        case "string" if value is not None and not isinstance(value, Mapping | list | bytes):
            return value if type(value) is str else _plain_text(value)
        case _:
            raise Unfit(kind)


def _logical(value: Any, logical: str, reading: Reading) -> Any:
    match logical:
        case "date":
            if isinstance(value, datetime):
                return value.date()
            return value if isinstance(value, date) else read(value, reading.date_format, reading.zone).at.date()
        case "time-millis" | "time-micros":
            return value if isinstance(value, time) else time.fromisoformat(str(value))
        case "decimal":
            return value if isinstance(value, Decimal) else Decimal(str(_number(value, reading)))
        case "uuid":
            return str(value)
        case _:
            moment = _moment(value, reading)
            return moment.replace(tzinfo=None) if logical.startswith("local-") else moment


def _moment(value: Any, reading: Reading) -> datetime:
    if isinstance(value, str):
        value = read(value, reading.datetime_format, reading.zone).at
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=reading.zone_info)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=reading.zone_info)
    raise Unfit("moment")


def _boolean(value: Any, reading: Reading) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).lower()
    if text in reading.true:
        return True
    if text in reading.false:
        return False
    raise Unfit("boolean")


def _number(value: Any, reading: Reading) -> Any:
    if isinstance(value, str):
        text = value.strip()
        if reading.decimal_separator != ".":
            text = text.replace(".", "").replace(reading.decimal_separator, ".")
        return Decimal(text)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Unfit("number")
    return value


def _plain_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


def _unfit(value: Any, wanted: str, place: str) -> "Unfit":
    shown = repr(value)
    what = f"field {place!r}" if place else "the row"
    return Unfit(f"{what} is {shown if len(shown) <= 100 else shown[:100] + '…'}, not {wanted}")
