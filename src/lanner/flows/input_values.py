"""What a received value means for an input's type, and whether the input takes it.

Source: Kestra 1.0.36 (reference ``engine.md`` §5.2). Values are plain data, as they are stored and as
expressions see them: moments are UTC text with six fractional digits, durations numbers of seconds.
"""

import json
import math
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import orjson

from lanner.expressions.text import printed
from lanner.flows.pattern import InvalidPattern, matches
from lanner.flows.yaml_tree import read_yaml
from lanner.model.errors import LannerError
from lanner.sdk.input import (
    DateInput,
    DateTimeInput,
    DurationInput,
    EmailInput,
    FileInput,
    FloatInput,
    Input,
    InputType,
    IntInput,
    MultiselectInput,
    SecretInput,
    SelectInput,
    StringInput,
    TimeInput,
)
from lanner.sdk.text import format_duration, parse_duration

_MAX_SHOWN = 500


class BadValue(LannerError):
    """A value is not what an input takes; the message is the part of the sentence that says why."""


def parsed(type_: InputType, value: Any, *, item_type: InputType | None = None) -> Any:
    """Return ``value`` as plain data of a type; raises ``BadValue``.

    ``value`` is text as it was received, or data. SECRET gives the text in clear. Lists may be
    JSON text; their items are read as ``item_type`` where there is one.
    """
    if type_ in (InputType.ARRAY, InputType.MULTISELECT):
        return _list(type_, value, item_type)
    reader = _READERS.get(type_)
    if reader is None:
        raise BadValue(f"a value cannot be of type `{type_}`")
    return reader(value)


def refusals(declared: Input, value: Any, options: tuple[str, ...] | None) -> Iterator[str]:
    """Yield why an input does not take a parsed value; ``options`` are the texts it may be chosen from."""
    if isinstance(declared, StringInput | SecretInput) and declared.validator is not None:
        if not _matches(declared.validator, value):
            yield f"it must match the pattern `{declared.validator}`"
    elif isinstance(declared, IntInput | FloatInput):
        yield from _outside(
            value, declared.min, declared.max, ("it must be more than", "it must be less than"), printed
        )
    elif isinstance(declared, DurationInput):
        least = declared.min.total_seconds() if declared.min is not None else None
        most = declared.max.total_seconds() if declared.max is not None else None
        words = ("It must be more than", "It must be less than")
        yield from _outside(value, least, most, words, lambda seconds: format_duration(parse_duration(seconds)))
    elif isinstance(declared, DateInput):
        words = ("it must be after", "it must be before")
        yield from _outside(date.fromisoformat(value), declared.after, declared.before, words, str)
    elif isinstance(declared, TimeInput):
        words = ("it must be after", "it must be before")
        yield from _outside(time.fromisoformat(value), declared.after, declared.before, words, _short_time)
    elif isinstance(declared, DateTimeInput):
        words = ("it must be after", "it must be before")
        yield from _outside(
            datetime.fromisoformat(value),
            declared.after,
            declared.before,
            words,
            lambda moment: short_instant(_instant(moment)),
        )
    elif isinstance(declared, EmailInput):
        if value and not _EMAIL.fullmatch(value):
            yield "The input must be a valid email"
    elif isinstance(declared, FileInput):
        yield from _wrong_extension(declared, value)
    elif isinstance(declared, SelectInput | MultiselectInput):
        yield from _not_offered(declared, value, options)


def shown(value: Any) -> str:
    """Return a received value for a message, shortened."""
    if value is None:
        return "null"
    if isinstance(value, Mapping | list | tuple):
        try:
            text = json.dumps(value, ensure_ascii=False, default=str)
        except (RecursionError, ValueError, TypeError):
            text = "a map" if isinstance(value, Mapping) else "a list"
    else:
        text = text_of(value)
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "…"


def text_of(value: Any) -> str:
    """Return a value as the text that expressions would print."""
    return value if isinstance(value, str) else printed(value)


_INT = re.compile(r"[+-]?[0-9]+")
_FLOAT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fFdD]?")
_EMAIL = re.compile(r"[a-zA-Z0-9_!#$%&’'*+/=?`{|}~^.-]+@[a-zA-Z0-9.-]+")
_URI = re.compile(
    r"[a-z]+://(?:www\.)?[-a-zA-Z0-9@:%._+~#=]{1,256}\.[a-zA-Z0-9()]{1,6}(?![a-zA-Z0-9_])[-a-zA-Z0-9()@:%_+.~#?&/=]*"
)
_STORED = re.compile(r"(?:kestra|file|nsfile):.+", re.DOTALL)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d(?::?\d\d){0,2})")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?")


def _int(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    else:
        text = text_of(value)
        if not _INT.fullmatch(text) or len(text) > 20:
            raise BadValue(f'For input string: "{shown(text)}"')
        number = int(text)
    if not -(2**31) <= number < 2**31:
        raise BadValue(f'For input string: "{number}"; an INT is between -2147483648 and 2147483647')
    return number


def _float(value: Any) -> float:
    text = text_of(value).strip()
    if not text:
        raise BadValue("empty String")
    if not _FLOAT.fullmatch(text):
        raise BadValue(f'For input string: "{shown(text)}"')
    return _single_precision(float(text.rstrip("fFdD")))


def _single_precision(number: float) -> float:
    """Return the shortest number that is the same in 32 bits: what Kestra keeps of a FLOAT."""
    try:
        packed = struct.pack("<f", number)
    except OverflowError:
        packed = b""
    if not packed or math.isinf(number):
        raise BadValue(f"{number} is too large for a FLOAT")
    exact = float(struct.unpack("<f", packed)[0])
    shorter = (float(f"{exact:.{digits}g}") for digits in range(1, 10))
    return next((short for short in shorter if struct.pack("<f", short) == packed), exact)


def _bool(value: Any) -> bool:
    return text_of(value).lower() == "true"


def _moment(value: Any) -> str:
    text = text_of(value)
    if not _MOMENT.fullmatch(text):
        hint = "write a moment with seconds and zone, such as 2024-12-31T08:00:00Z"
        raise _unexpected("DATETIME", text, f"Text '{shown(text)}' could not be parsed; {hint}")
    try:
        return _instant(datetime.fromisoformat(text.upper()))
    except (ValueError, OverflowError) as error:
        raise _unexpected("DATETIME", text, f"Text '{shown(text)}' could not be parsed: {error}") from error


def short_instant(text: str) -> str:
    """Return a moment as Kestra's API prints it: no fraction when there is none, else in groups of three digits."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    while fraction.endswith("000"):
        fraction = fraction[:-3]
    return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"


def _short_time(at: time) -> str:
    """Return a time as Java prints it: without seconds when there are none."""
    return at.isoformat("minutes") if not at.second and not at.microsecond else at.isoformat()


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def _date(value: Any) -> str:
    text = text_of(value)
    try:
        if not _DATE.fullmatch(text):
            raise ValueError("write a date such as 2024-12-31")
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise _unexpected("DATE", text, f"Text '{shown(text)}' could not be parsed: {error}") from error


def _time(value: Any) -> str:
    text = text_of(value)
    try:
        if not _TIME.fullmatch(text):
            raise ValueError("write a time such as 08:30:00")
        moment = time.fromisoformat(text).isoformat()
        return moment.rstrip("0") if "." in moment else moment
    except ValueError as error:
        raise _unexpected("TIME", text, f"Text '{shown(text)}' could not be parsed: {error}") from error


def _duration(value: Any) -> float:
    text = text_of(value)
    try:
        if not text.upper().lstrip("+-").startswith("P"):
            raise ValueError("Text cannot be parsed to a Duration; write ISO-8601 such as PT30S, PT1H or P1D")
        return parse_duration(text).total_seconds()
    except ValueError as error:
        raise _unexpected("DURATION", text, str(error)) from error


def _json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise _unexpected("JSON", value, f"{error}") from error


def _yaml(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    tree = read_yaml(value)
    if tree.problems:
        problem = tree.problems[0]
        where = f" (at line {problem.position.line})" if problem.position else ""
        raise _unexpected("YAML", value, f"{problem.message}{where}")
    if tree.data is None and all(not line.strip() or line.lstrip().startswith("#") for line in value.splitlines()):
        raise _unexpected("YAML", value, "there is nothing in it; write `null` for nothing")
    return tree.data


def _uri(value: Any) -> str:
    text = text_of(value)
    if not _URI.fullmatch(text):
        raise BadValue(f"Expected `URI` but received `{shown(text)}`")
    return text


def _file(value: Any) -> str:
    text = text_of(value)
    if not _STORED.fullmatch(text):
        raise BadValue("a file is sent as an upload, or named by a `kestra://`, `file://` or `nsfile://` URI")
    return text


def _list(type_: InputType, value: Any, item_type: InputType | None) -> list[Any]:
    if isinstance(value, str):
        try:
            items = orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise _unexpected(type_, value, f'write a JSON list such as ["a", "b"]: {error}') from error
    else:
        items = value
    if not isinstance(items, list | tuple):
        raise _unexpected(type_, value, "it is not a list")
    if item_type is None:
        return list(items)
    result = []
    for item in items:
        try:
            if item is None:
                raise BadValue("nothing is no element")
            result.append(parsed(item_type, item))
        except BadValue as error:
            raise BadValue(f"Unable to parse array element as `{item_type}` on `{shown(item)}`; {error}") from error
    return result


def _unexpected(type_: str, received: Any, reason: str) -> BadValue:
    return BadValue(f"Expected `{type_}` but received `{shown(received)}` with errors:\n```\n{reason}\n```")


_READERS: dict[InputType, Callable[[Any], Any]] = {
    InputType.STRING: text_of,
    InputType.ENUM: text_of,
    InputType.SELECT: text_of,
    InputType.SECRET: text_of,
    InputType.EMAIL: text_of,
    InputType.INT: _int,
    InputType.FLOAT: _float,
    InputType.BOOL: _bool,
    InputType.BOOLEAN: _bool,
    InputType.DATETIME: _moment,
    InputType.DATE: _date,
    InputType.TIME: _time,
    InputType.DURATION: _duration,
    InputType.JSON: _json,
    InputType.YAML: _yaml,
    InputType.URI: _uri,
    InputType.FILE: _file,
}


def _matches(pattern: str, text: str) -> bool:
    try:
        return matches(pattern, text)
    except InvalidPattern:
        return False


def _outside(value: Any, least: Any, most: Any, words: tuple[str, str], text: Callable[[Any], str]) -> Iterator[str]:
    if least is not None and value < least:
        yield f"{words[0]} `{text(least)}`"
    if most is not None and value > most:
        yield f"{words[1]} `{text(most)}`"


def _wrong_extension(declared: FileInput, value: str) -> Iterator[str]:
    allowed = declared.allowed_file_extensions
    if allowed and not value.lower().endswith(tuple(extension.lower() for extension in allowed)):
        yield f"File type not allowed. Accepted extensions: {', '.join(allowed)}"


def _not_offered(
    declared: SelectInput | MultiselectInput, value: Any, options: tuple[str, ...] | None
) -> Iterator[str]:
    """One value of an optional SELECT is taken whatever it is, as in Kestra."""
    if options is None or declared.allow_custom_value:
        return
    if isinstance(declared, SelectInput):
        is_wrong = declared.required and value not in options
    else:
        is_wrong = any(text_of(item) not in options for item in value)
    if is_wrong:
        yield f"it must match the values `[{', '.join(options)}]`"
