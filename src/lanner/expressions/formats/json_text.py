"""JSON as values."""

from json import JSONDecodeError, JSONDecoder
from typing import Any

from lanner.expressions.errors import Fault

MAX_DIGITS = 4000


def loaded(text: str) -> Any:
    """Return the value that a JSON text begins with; what follows it is not looked at."""
    start = len(text) - len(text.lstrip(" \t\r\n"))
    if start == len(text):
        raise Fault("Invalid json: No content to map due to end-of-input")
    try:
        value, _ = _DECODER.raw_decode(text, start)
    except JSONDecodeError as error:
        raise Fault(f"Invalid json: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except (ValueError, RecursionError) as error:
        raise Fault(f"Invalid json: {error or 'nested too deeply'}") from None  # type: ignore[truthy-bool]  # the value is what the template gave
    if isinstance(value, int) and text.startswith(("0", "-0"), start) and text[start:].lstrip("-")[1:2].isdecimal():
        raise Fault("Invalid json: Invalid numeric value: Leading zeroes not allowed")
    return value


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number has more than {MAX_DIGITS} digits")
    return int(digits)


def _no_constant(name: str) -> Any:
    raise ValueError(f"Non-standard token '{name}'")


_DECODER = JSONDecoder(parse_int=_whole, parse_constant=_no_constant)
