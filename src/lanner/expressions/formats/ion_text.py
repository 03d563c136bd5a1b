"""Values as Amazon Ion text and back."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from lanner.expressions.errors import Fault, LimitFault
from lanner.expressions.limits import MAX_DEPTH, MAX_TEXT, NODE_COST
from lanner.expressions.text import double_text, java_text
from lanner.expressions.values import Budget, is_collection, is_map

_SYMBOL = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)
_KEYWORDS = frozenset({"null", "true", "false", "nan"})
_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
    "\x00": "\\0",
    "\x07": "\\a",
    "\x08": "\\b",
    "\x0b": "\\v",
    "\x0c": "\\f",
}


def dumped(value: Any) -> str:
    """Return a value as one line of Ion text."""
    return _text(value, Budget(MAX_TEXT), 0)


def _text(value: Any, budget: Budget, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise LimitFault("the value is nested too deeply")
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        budget.take(len(value) + NODE_COST)
        return _quoted(value, '"')
    if is_map(value):
        budget.take(len(value) + NODE_COST)
        pairs = (f"{_field(key)}:{_text(item, budget, depth + 1)}" for key, item in value.items())
        return "{" + ",".join(pairs) + "}"
    if is_collection(value):
        budget.take(NODE_COST)
        return "[" + ",".join(_text(item, budget, depth + 1) for item in value) + "]"
    budget.take(NODE_COST)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, Decimal):
        return f"{value:f}" if "." in f"{value:f}" else f"{value:f}."
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int) else _quoted(java_text(value), '"')


def _field(key: Any) -> str:
    name = java_text(key)
    return name if _SYMBOL.fullmatch(name) and name not in _KEYWORDS else _quoted(name, "'")


def _quoted(text: str, quote: str) -> str:
    out = []
    for char in text:
        if char == "'" or (char == '"' and quote == "'"):
            out.append("\\'" if quote == "'" and char == "'" else char)
        elif char in _ESCAPES:
            out.append(_ESCAPES[char])
        elif char < " " or char == "\x7f":
            out.append(f"\\x{ord(char):02x}")
        else:
            out.append(char)
    return quote + "".join(out) + quote


def _float(value: float) -> str:
    if value != value:  # noqa: PLR0124 -- NaN
        return "nan"
    if value in (float("inf"), float("-inf")):
        return "+inf" if value > 0 else "-inf"
    text = double_text(value)
    if "E" in text:
        return text
    return (text.removesuffix(".0")) + "e0"


def loaded(text: str, *, all_rows: bool) -> Any:
    """Return the first value of an Ion text, or the list of all."""
    from amazon.ion import simpleion  # noqa: PLC0415 -- a library that most templates never need
    from amazon.ion.exceptions import IonException  # noqa: PLC0415 -- as above

    try:
        values = simpleion.loads(text, single_value=False)
    except (IonException, ValueError, TypeError, LookupError, AssertionError, RecursionError) as error:
        raise Fault(f"Invalid ion: {error}") from None
    rows = [_value(value, Budget(), 0) for value in values]
    if any(row is None for row in rows):
        raise Fault("Invalid ion: a row is null")
    if all_rows:
        return rows
    return rows[0] if rows else None


def _value(value: Any, budget: Budget, depth: int) -> Any:
    """Return an Ion value as one of the language's own."""
    budget.take(1)
    if depth > MAX_DEPTH:
        raise LimitFault("the Ion text is nested too deeply")
    kind = getattr(value, "ion_type", None)
    if value is None or (kind is not None and type(value).__name__ == "IonPyNull"):
        return None
    if kind is not None and kind.name == "BOOL":
        return bool(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return {str(key): _value(item, budget, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and not hasattr(value, "text"):
        return [_value(item, budget, depth + 1) for item in value]
    if isinstance(value, datetime):
        return _date(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, Decimal):
        return Decimal(value)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    text = getattr(value, "text", None)
    return text if isinstance(text, str) else str(value)


def _date(value: Any) -> Any:
    """Return a moment to the millisecond; midnight in UTC is a day, as the reference engine has it."""
    precision = getattr(getattr(value, "precision", None), "name", "")
    if precision in {"YEAR", "MONTH", "DAY"}:
        return date(value.year, value.month, value.day)
    millis = value.microsecond // 1000 * 1000
    zone = value.tzinfo if value.utcoffset() else UTC
    if zone is UTC and not (value.hour or value.minute or value.second or millis):
        return date(value.year, value.month, value.day)
    return datetime(value.year, value.month, value.day, value.hour, value.minute, value.second, millis, zone)
