"""Rows that are kept by field, turned into Arrow's columns without looking at single values.

What is out of the ordinary is left out: then the rows are fitted one by one, which also says what is wrong.
"""

from collections.abc import Sequence
from datetime import date, datetime
from types import NoneType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lanner.sdk.ion import Columns
from lanner_plugins.serdes.schemas import Reading, Schema, Unfit, fitted

_NUMBERS = ("int", "long", "float", "double")
_INTEGERS = ("int", "long")


def record_batch(columns: Columns, avro: Schema, schema: pa.Schema, reading: Reading) -> pa.RecordBatch | None:
    """Return the rows as the schema wants them, ``None`` when some of them need a closer look."""
    fields = avro["fields"]
    values = dict(zip(columns.names, columns.values, strict=True))
    if len(values) != len(fields) or any(field["name"] not in values for field in fields):
        return None
    try:
        arrays = [
            _array(values[field["name"]], field["type"], arrow.type, reading)
            for field, arrow in zip(fields, schema, strict=True)
        ]
        return pa.record_batch(arrays, schema=schema)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        return None


def _array(values: Sequence[Any], kind: Schema, arrow: pa.DataType, reading: Reading) -> pa.Array:
    types = set(map(type, values))
    is_optional = isinstance(kind, list) and len(kind) == 2 and kind[0] == "null"
    plain = kind[1] if is_optional else kind
    if NoneType in types and is_optional:
        types.discard(NoneType)
    if types <= {str} and plain in ("boolean", *_NUMBERS):
        return _read(pa.array(values, pa.string()), plain, arrow, reading, is_optional=is_optional)
    if _is_as_it_is(types, values, plain):
        return pa.array(values, arrow)
    return pa.array([fitted(value, kind, reading) for value in values], arrow)


def _is_as_it_is(types: set[type], values: Sequence[Any], plain: Schema) -> bool:
    """Whether Arrow makes of the values what the type wants."""
    match plain:
        case "string":
            return types <= {str}
        case "boolean":
            return types <= {bool}
        case "int" | "long":
            return types <= {int}
        case "float" | "double":
            return types <= {float, int}
        case {"logicalType": "date"}:
            return types <= {date}
        case {"logicalType": "timestamp-millis" | "timestamp-micros"}:
            return types <= {datetime} and all(value is None or value.tzinfo is not None for value in values)
        case _:
            return False


def _read(texts: pa.Array, plain: str, arrow: pa.DataType, reading: Reading, *, is_optional: bool) -> pa.Array:
    """Return texts as the booleans or numbers they stand for."""
    if is_optional:
        texts = pc.if_else(pc.is_in(texts, _set(reading.null)), pa.scalar(None, pa.string()), texts)
    if plain == "boolean":
        true, false = pc.is_in(texts, _set(reading.true)), pc.is_in(texts, _set(reading.false))
        if not pc.all(pc.or_(pc.or_(true, false), pc.is_null(texts))).as_py():
            raise Unfit("boolean")
        return pc.if_else(pc.is_null(texts), pa.scalar(None, pa.bool_()), true)
    if reading.decimal_separator != ".":
        raise Unfit("number")
    if plain in _INTEGERS and pc.any(pc.match_substring_regex(texts, "[^-0-9]")).as_py():
        # Arrow also takes hexadecimal numbers.
        raise Unfit("integer")
    return pc.cast(texts, arrow)


def _set(texts: frozenset[str]) -> pa.Array:
    return pa.array(sorted(texts), pa.string())
