"""Rows fitted to a flat schema without looking at the schema again for each of them.

What is out of the ordinary is left to ``schemas.fitted``, which also says what is wrong.
"""

from collections.abc import Callable, Mapping
from typing import Any

from lanner_plugins.serdes.schemas import Reading, Schema, Unfit, fitted

Fit = Callable[[Any], Any]

_INTEGERS = {"int": 2**31, "long": 2**63}


def fitter(schema: Schema, reading: Reading) -> Fit:
    """Return a function that gives a row as the schema wants it; it raises ``Unfit``."""
    pairs = [(field["name"], _quick(field["type"], reading)) for field in schema["fields"]]

    def fit(row: Any) -> Any:
        try:
            if len(row) == len(pairs):
                return {name: quick(row[name]) for name, quick in pairs}
        except (KeyError, TypeError, ValueError, Unfit):
            pass
        return fitted(row, schema, reading)

    return fit


def _quick(kind: Schema, reading: Reading) -> Fit:
    """Return a function for the plain cases of a type; it raises for all others."""
    match kind:
        case "string":
            return _text
        case "double" | "float" if reading.decimal_separator == ".":
            return _double
        case "int" | "long":
            return _integer(_INTEGERS[kind])
        case "boolean":
            return _boolean(reading)
        case ["null", "string"]:
            return lambda value: None if value is None else _text(value)
        case ["null", ("double" | "float" | "int" | "long" | "boolean") as inner]:
            return _optional(_quick(inner, reading), reading)
        case _:
            return lambda value: fitted(value, kind, reading)


def _text(value: Any) -> str:
    if type(value) is not str:
        raise Unfit("text")
    return value


def _double(value: Any) -> float:
    if type(value) is bool:
        raise Unfit("double")
    return float(value)


def _integer(limit: int) -> Fit:
    def fit(value: Any) -> int:
        if type(value) is not int and type(value) is not str:
            raise Unfit("integer")
        number = int(value)
        if not -limit <= number < limit:
            raise Unfit("integer")
        return number

    return fit


def _boolean(reading: Reading) -> Fit:
    known: Mapping[Any, bool] = {
        **dict.fromkeys(reading.false, False),
        **dict.fromkeys(reading.true, True),
    }

    def fit(value: Any) -> bool:
        return value if type(value) is bool else known[value] if type(value) is str else _refused()

    return fit


def _refused() -> bool:
    raise Unfit("boolean")


def _optional(quick: Fit, reading: Reading) -> Fit:
    null = reading.null

    def fit(value: Any) -> Any:
        return None if value is None or (type(value) is str and value in null) else quick(value)

    return fit
