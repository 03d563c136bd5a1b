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
        value, end = _DECODER.raw_decode(text, start)
    except JSONDecodeError as error:
        raise Fault(f"Invalid json: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except (ValueError, RecursionError) as error:
        raise Fault(f"Invalid json: {str(error) or 'nested too deeply'}") from None
    if isinstance(value, int) and text.startswith(("0", "-0"), start) and text[start:].lstrip("-")[1:2].isdecimal():
        raise Fault("Invalid json: Invalid numeric value: Leading zeroes not allowed")
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not isinstance(value, (str, list, dict)) and not _ends(text, end, number=number):
        raise Fault(f"Invalid json: Unrecognized token at column {end + 1}")
    return value


def _ends(text: str, end: int, *, number: bool) -> bool:
    """Whether a bare value is over at its end: numbers need white space behind them, words anything but a letter."""
    following = text[end : end + 1]
    return not following or following in " \t\r\n" or not (number or following.isalnum() or following in "_$")


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number has more than {MAX_DIGITS} digits")
    return int(digits)


def _no_constant(name: str) -> Any:
    raise ValueError(f"Non-standard token '{name}'")


_DECODER = JSONDecoder(parse_int=_whole, parse_constant=_no_constant)
