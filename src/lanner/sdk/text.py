"""Scalars and labels as the flow language reads them, ready for use as property types."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from lanner.model.label import Label, Labels

TASK_ID_PATTERN = r"^[a-zA-Z0-9][a-zA-Z0-9_-]*$"

_DURATION = re.compile(
    r"^(?P<sign>[+-])?P(?:(?P<weeks>[+-]?\d+)W)?(?:(?P<days>[+-]?\d+)D)?"
    r"(?:T(?:(?P<hours>[+-]?\d+)H)?(?:(?P<minutes>[+-]?\d+)M)?(?:(?P<seconds>[+-]?\d+(?:[.,]\d+)?)S)?)?$",
    re.IGNORECASE,
)


def to_text(value: Any) -> Any:
    """Return a YAML scalar as the text it stands for; anything else unchanged.

    Source: a boolean or number in a text property becomes its text (Kestra 1.0.36).
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _java_text(value)
    if isinstance(value, int):
        return str(value)
    return value


def _java_text(value: float) -> str:
    """Return a number as Java prints it: ``1.0E7`` where Python has ``10000000.0``."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)  # a YAML number is finite
    power = len(digits) - 1 + exponent
    tail = "".join(map(str, digits[1:])) or "0"
    return f"{'-' if sign else ''}{digits[0]}.{tail}E{power}"


def parse_duration(value: Any) -> timedelta:
    """Return the duration of ISO-8601 text (``PT1H30M``) or of a plain number of seconds.

    Raises ``ValueError`` naming the text and a right example.
    """
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _limited({"seconds": value}, value)
    text = str(value).strip()
    match = _DURATION.match(text)
    if match and len(text) > 2 and not text.upper().endswith("T"):
        units = match.groupdict()
        sign = -1 if units.pop("sign") == "-" else 1
        parts = {unit: float(part.replace(",", ".")) for unit, part in units.items() if part}
        if parts:
            return _limited(parts, text) * sign
    try:
        return _limited({"seconds": float(text)}, text)
    except ValueError:
        raise ValueError(f"{text!r} is not a duration; write ISO-8601 such as 'PT30S', 'PT1H' or 'P1D'") from None


def _limited(parts: dict[str, float], written: object) -> timedelta:
    try:
        return timedelta(**parts)
    except OverflowError:
        raise ValueError(f"{written!r} is longer than a duration can be") from None


def format_duration(value: timedelta) -> str:
    """Return ISO-8601 text with hours as the greatest unit (``PT24H``, ``PT1M30.5S``), as Java prints it."""
    micros = value // timedelta(microseconds=1)
    if micros == 0:
        return "PT0S"
    sign = "-" if micros < 0 else ""
    seconds, fraction = divmod(abs(micros), 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = "PT"
    if hours:
        text += f"{sign}{hours}H"
    if minutes:
        text += f"{sign}{minutes}M"
    if seconds or fraction:
        tail = f".{fraction:06d}".rstrip("0") if fraction else ""
        text += f"{sign}{seconds}{tail}S"
    return text


Text = Annotated[str, BeforeValidator(to_text)]
"""Text; a YAML number or boolean becomes its text."""

Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration, json_schema_input_type=str),
    PlainSerializer(format_duration, return_type=str, when_used="json"),
]
"""A duration, written as ISO-8601 text or a number of seconds."""


def read_flag(value: Any) -> Any:
    """Refuse texts for a property that is true or false, but these two words.

    Source: Kestra 1.0.36 (only a plain YAML ``yes`` or ``on`` is a boolean, a quoted one is not).
    """
    if isinstance(value, str) and value not in _FLAGS:
        raise ValueError(f"must be true or false, but is `{value}`")
    return value


_FLAGS = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
Flag = Annotated[bool, BeforeValidator(read_flag)]
"""True or false, as YAML writes it."""
TaskId = Annotated[str, BeforeValidator(to_text), Field(pattern=TASK_ID_PATTERN, min_length=1, max_length=256)]
"""Id of a task or trigger: letters, digits, ``_`` and ``-``."""


def read_labels(value: Any) -> Labels:
    """Return labels written as a map or as a list of key and value, in order.

    Source: Kestra 1.0.36, list values must be text while map values may be numbers or booleans.
    """
    if isinstance(value, Mapping):
        bad = {key: text for key, text in value.items() if not isinstance(text, str | bool | int | float)}
        if bad:
            raise misplaced(
                ((key,), f"Unsupported type for key: {key}, value: {_shown(text)}") for key, text in bad.items()
            )
        empty = [key for key, text in value.items() if to_text(text) == ""]
        if empty:
            raise misplaced(((key,), "must not be empty") for key in empty)
        return tuple(Label(str(key), to_text(text)) for key, text in value.items())
    if isinstance(value, list | tuple):
        problems = [problem for index, item in enumerate(value) for problem in _label_problems(index, item)]
        if problems:
            raise misplaced(problems)
        return tuple(item if isinstance(item, Label) else Label(item["key"], item["value"]) for item in value)
    raise ValueError("must be a map, or a list of `key` and `value`")


LabelProblem = tuple[tuple[str | int, ...], str]


def _label_problems(index: int, item: Any) -> Iterator[LabelProblem]:
    if isinstance(item, Label):
        return
    if not isinstance(item, Mapping):
        yield (index,), "must be a map of `key` and `value`"
        return
    for name in item:
        if name not in {"key", "value"}:
            yield (index, name), f"unknown property `{name}` of a label; it has `key` and `value`"
    for name in ("key", "value"):
        text = item.get(name)
        if text is None or text == "":
            yield (index, name), "must not be empty"
        elif not isinstance(text, str):
            yield (index, name), f"must be text, but is {_shown(text)}; put it in quotes"


def misplaced(problems: Iterable[LabelProblem]) -> ValidationError:
    """Return an error whose problems stand at places inside the value: a validator raises it."""
    details = [
        InitErrorDetails(type=PydanticCustomError("misplaced", "{reason}", {"reason": reason}), loc=place, input=None)
        for place, reason in problems
    ]
    return ValidationError.from_exception_data("misplaced", details)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    return "null" if value is None else str(to_text(value))


_WrittenLabels = dict[str, str] | list[dict[str, str]]

FlowLabels = Annotated[Labels, BeforeValidator(read_labels, json_schema_input_type=_WrittenLabels)]
"""Labels in map or list form."""


def parse_moment(value: Any) -> datetime:
    """Return the moment of ISO-8601 text with a zone: ``2026-01-31T08:00:00Z``, ``…+01:00``, ``…+01:00[Europe/Paris]``.

    Raises ``ValueError`` naming the text and a right example.
    """
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    text = re.sub(r"\[[^\]]*\]$", "", str(value).strip())
    try:
        found = datetime.fromisoformat(text.upper())
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or "T" not in text.upper():
        raise ValueError(f"{str(value)!r} is not a moment with a zone; write for example '2026-01-31T08:00:00Z'")
    return found


Moment = Annotated[datetime, BeforeValidator(parse_moment)]
"""A moment, written as ISO-8601 text with a zone."""
