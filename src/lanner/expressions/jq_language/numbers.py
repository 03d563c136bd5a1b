"""jq's mathematics, and its two functions of dates."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from lanner.expressions.jq_language import values
from lanner.expressions.jq_language.running import Env
from lanner.expressions.jq_language.values import JqError, is_number, shown


def numeric(function: Callable[[float], float]) -> Callable[[Any], Any]:
    def checked(v: Any) -> float:
        if not is_number(v):
            raise JqError(f"{shown(v)} number required")
        try:
            return float(function(float(v)))
        except (ValueError, OverflowError):
            return float("nan")

    return checked


def power(env: Env, v: Any, base: Any, exponent: Any) -> Any:
    del env, v
    if not (is_number(base) and is_number(exponent)):
        raise JqError(f"{shown(base)} number required")
    try:
        result = float(base) ** float(exponent)
    except (OverflowError, ZeroDivisionError):
        return float("inf")
    return values.number_of(result) if isinstance(result, float) else float("nan")


def atan2(env: Env, v: Any, y: Any, x: Any) -> Any:
    del env, v
    if not (is_number(y) and is_number(x)):
        raise JqError(f"{shown(y)} number required")
    return math.atan2(y, x)


def iso_of(v: Any) -> str:
    if not is_number(v):
        raise JqError(f"{shown(v)} is no number of seconds")
    try:
        return datetime.fromtimestamp(int(v), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        raise JqError(f"{shown(v)} is beyond the calendar") from None


def seconds_of(text: str) -> int:
    try:
        return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())
    except ValueError:
        raise JqError(f'date "{text}" does not match format "%Y-%m-%dT%H:%M:%SZ"') from None


def _round(value: float) -> float:
    return math.floor(abs(value) + 0.5) * math.copysign(1, value) if abs(value) < 2**52 else value


def _whole(function: Callable[[float], float]) -> Callable[[float], float]:
    return lambda value: function(value) if math.isfinite(value) else value


def tested(test: Callable[[float], bool]) -> Callable[[Any], Any]:
    def checked(v: Any) -> bool:
        return is_number(v) and test(float(v))

    return checked


MATHS: dict[str, Callable[[float], float]] = {
    "floor": _whole(math.floor),
    "ceil": _whole(math.ceil),
    "round": _round,
    "sqrt": math.sqrt,
    "cbrt": lambda value: math.copysign(abs(value) ** (1 / 3), value),
    "exp": math.exp,
    "exp2": lambda value: 2.0**value,
    "exp10": lambda value: 10.0**value,
    "expm1": math.expm1,
    "log": math.log,
    "log1p": math.log1p,
    "log2": math.log2,
    "log10": math.log10,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
}
