"""Avro schemas as Arrow knows them."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

_PLAIN = {
    "null": pa.null(),
    "boolean": pa.bool_(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "bytes": pa.binary(),
    "string": pa.string(),
    "enum": pa.string(),
}
_LOGICAL = {
    "date": pa.date32(),
    "time-millis": pa.time32("ms"),
    "time-micros": pa.time64("us"),
    "timestamp-millis": pa.timestamp("ms", tz="UTC"),
    "timestamp-micros": pa.timestamp("us", tz="UTC"),
    "local-timestamp-millis": pa.timestamp("ms"),
    "local-timestamp-micros": pa.timestamp("us"),
    "uuid": pa.string(),
}


def arrow_schema(schema: Mapping[str, Any]) -> pa.Schema:
    """Return the Arrow schema of an Avro record; raises ``ValueError``."""
    return pa.schema([_field(field) for field in schema["fields"]])


def _field(field: Mapping[str, Any]) -> pa.Field:
    is_optional = isinstance(field["type"], list) and "null" in field["type"]
    return pa.field(field["name"], arrow_type(field["type"]), nullable=is_optional)


def arrow_type(schema: Any) -> pa.DataType:
    """Return the Arrow type of an Avro type."""
    if isinstance(schema, list):
        branches = [branch for branch in schema if branch != "null"]
        if len(branches) > 1:
            raise ValueError(f"a union of {len(branches)} types cannot be a column")
        return arrow_type(branches[0]) if branches else pa.null()
    if isinstance(schema, str):
        if schema not in _PLAIN:
            raise ValueError(f"there is no type {schema!r}")
        return _PLAIN[schema]
    match schema.get("logicalType"), schema["type"]:
        case "decimal", _:
            return pa.decimal128(schema["precision"], schema.get("scale", 0))
        case str() as logical, _ if logical in _LOGICAL:
            return _LOGICAL[logical]
        case _, "record":
            return pa.struct([_field(field) for field in schema["fields"]])
        case _, "array":
            return pa.list_(arrow_type(schema["items"]))
        case _, "map":
            return pa.map_(pa.string(), arrow_type(schema["values"]))
        case _, "fixed":
            return pa.binary(schema["size"])
        case _, kind:
            return arrow_type(kind)
