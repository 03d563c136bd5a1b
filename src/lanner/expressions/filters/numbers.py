"""Filters of numbers."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from lanner.expressions.errors import Fault
from lanner.expressions.registry import Feature, given
from lanner.expressions.text import double_text, float_text
from lanner.expressions.values import ABSENT, Float32, Long, class_name, is_number, text_input

_HEX = re.compile(r"([+-]?)(?:0[xX]|#)([0-9a-fA-F]+)", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
MAX_DIGITS = 2000


def absolute(value: Any) -> Any:
    """Return a number without its sign.

    >>> {{ -1.5 | abs }}
    1.5
    """
    if value is None:
        raise Fault('Can not pass null value to "abs" filter.')
    if not is_number(value):
        raise Fault("The 'abs' filter does require as input a number.")
    return Float32.of(abs(value)) if isinstance(value, Float32) else abs(value)


def number(value: Any, kind: Any = ABSENT) -> Any:
    """Read a number from a text; ``type`` may be INT, LONG, FLOAT, DOUBLE, BIGDECIMAL or BIGINTEGER.

    >>> {{ ('5' | number) * 2 }} {{ '0x1F' | number }} {{ '12' | number('DOUBLE') }}
    10 31 12.0
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise Fault(f"'number' filter can only be applied to String. Actual type was: {class_name(value)}")
    if len(value) > MAX_DIGITS:
        raise Fault(f"a number may have at most {MAX_DIGITS} characters")
    wanted = text_input(kind) if given(kind) else ""
    try:
        return _read(value, wanted)
    except (ValueError, InvalidOperation):
        raise Fault(f"{value} is not a valid number.") from None


def number_format(value: Any, pattern: Any = ABSENT) -> Any:
    """Print a number by a Java ``DecimalFormat`` pattern; halves go to the even neighbour.

    >>> {{ 1234567.891 | numberFormat('#,##0.00') }} {{ 0.256 | numberFormat('0.0%') }}
    1,234,567.89 25.6%
    """
    if value is None:
        return None
    if not is_number(value):
        raise Fault(f"The input for the 'NumberFormat' filter has to be a number. Actual type was: {class_name(value)}")
    from lanner.expressions.formats.decimal_format import formatted  # noqa: PLC0415 -- rarely used

    return formatted(value, text_input(pattern) if given(pattern) else "#,##0.###")


def name_of_class(value: Any) -> Any:
    """Return the name that the value's class has in Kestra: for debugging.

    >>> {{ 'a' | className }}
    java.lang.String
    """
    return None if value is None else class_name(value)


def _read(text: str, wanted: str) -> Any:
    match wanted:
        case "INT" | "LONG" | "BIGINTEGER":
            if not _INTEGER.fullmatch(text):
                raise ValueError
            result = int(text)
            bits = {"INT": 31, "LONG": 63}.get(wanted, 8192)
            if not -(2**bits) <= result < 2**bits:
                raise ValueError
            return Long(result) if wanted == "LONG" else result
        case "FLOAT":
            return Float32.of(float(_decimal(text)))
        case "DOUBLE":
            return float(_decimal(text))
        case "BIGDECIMAL":
            return Decimal(_decimal(text))
        case _:
            return _smallest(text)


def _decimal(text: str) -> str:
    if not _DECIMAL.fullmatch(text.strip()):
        raise ValueError
    return text.strip()


def _smallest(text: str) -> Any:
    """Return the number as the smallest of the JVM's types that holds it."""
    hexadecimal = _HEX.fullmatch(text)
    if hexadecimal:
        return int(hexadecimal[1] + hexadecimal[2], 16)
    if _INTEGER.fullmatch(text):
        bare = text.lstrip("+-")
        octal = len(bare) > 1 and bare.startswith("0")
        return int(text[: len(text) - len(bare)] + bare, 8 if octal else 10)
    suffix = text[-1:] if text[-1:] in {"f", "F", "d", "D", "l", "L"} else ""
    body = text.removesuffix(suffix) if suffix else text
    if suffix in {"l", "L"}:
        if not _INTEGER.fullmatch(body):
            raise ValueError
        return Long(int(body))
    if not _DECIMAL.fullmatch(body):
        raise ValueError
    if suffix:
        return Float32.of(float(body)) if suffix in {"f", "F"} else float(body)
    exact, value = Decimal(body), float(body)
    if abs(value) == float("inf") or (value == 0 and exact != 0):
        return exact
    short = Float32.of(value)
    if float_text(short) == double_text(value):
        return short
    return value if Decimal(repr(value)) == exact else exact


FILTERS = (
    Feature("abs", absolute, ignores_extra=True),
    Feature("number", number, ("type",)),
    Feature("numberFormat", number_format, ("format",)),
    Feature("className", name_of_class, ignores_extra=True),
)
