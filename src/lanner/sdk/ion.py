"""Rows as Amazon Ion text, one value a line: the format of files that tasks hand to each other."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from io import BytesIO
from json.encoder import encode_basestring
from math import isfinite, isnan
from typing import IO, Any

import orjson

from lanner.model.errors import LannerError
from lanner.sdk.ion_shapes import MOST_SHAPES, Shape
from lanner.sdk.text import format_duration

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYWORDS = frozenset({"null", "true", "false", "nan"})


def quoted(text: str) -> str:
    """Return a text as a string of Ion (and of JSON)."""
    return encode_basestring(text)


def to_ion(value: Any) -> str:
    """Return a value as Ion text on one line; times of day and durations become texts."""
    if type(value) is str:
        return encode_basestring(value)
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case int():
            return str(value)
        case float():
            return _float(value)
        case Mapping():
            return "{" + ",".join(f"{_name(str(key))}:{to_ion(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(map(to_ion, value)) + "]"
        case _:
            return _scalar(value)


def _scalar(value: Any) -> str:
    match value:
        case Decimal():
            return _decimal(value)
        case datetime():
            text = value.isoformat() + ("-00:00" if value.tzinfo is None else "")
            return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
        case date():
            return value.isoformat()
        case time():
            return orjson.dumps(value.isoformat()).decode()
        case timedelta():
            return orjson.dumps(format_duration(value)).decode()
        case bytes() | bytearray() | memoryview():
            return "{{" + b64encode(value).decode() + "}}"
        case _:
            return orjson.dumps(str(value)).decode()


def _float(value: float) -> str:
    if not isfinite(value):
        return "nan" if isnan(value) else "+inf" if value > 0 else "-inf"
    text = repr(float(value))
    return text if "e" in text else f"{text}e0"


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        return _float(float(value))
    text = str(value)
    if "E" in text:
        return text.replace("E+", "d").replace("E", "d")
    return text if "." in text else f"{text}."


@lru_cache(maxsize=4_096)
def _name(name: str) -> str:
    if _PLAIN_NAME.fullmatch(name) and name not in _KEYWORDS:
        return name
    # The text between the quotes of JSON, with the other kind of quotes.
    return "'" + orjson.dumps(name).decode()[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"


def struct_writer(names: Sequence[str]) -> Callable[[Sequence[str]], str]:
    """Return a function that gives rows of texts, named in order, as lines of Ion; a row may be too short."""
    starts = [f"{'' if index == 0 else ','}{_name(name)}:" for index, name in enumerate(names)]

    def line(values: Sequence[str]) -> str:
        return (
            "{"
            + "".join([start + encode_basestring(text) for start, text in zip(starts, values, strict=False)])
            + "}\n"
        )

    return line


def write_rows(file: IO[bytes], rows: Iterable[Any]) -> int:
    """Write each row as a line and return how many there were."""
    count = 0
    for row in rows:
        file.write(to_ion(row).encode() + b"\n")
        count += 1
    return count


def read_rows(file: IO[bytes]) -> Iterator[Any]:
    """Yield the values of a file in Ion (text or binary) as plain data; JSON lines are Ion as well.

    Raises ``InvalidIon``, which names the line when rows stand on lines of their own.
    """
    return (row for _, row in _lines(file))


def read_lines(file: IO[bytes]) -> Iterator[tuple[bytes, Any]]:
    """Yield each row of a file with its line as it is written; rows that share or span lines are written anew."""
    return ((to_ion(row).encode() if line is None else line, row) for line, row in _lines(file))


def _lines(file: IO[bytes]) -> Iterator[tuple[bytes | None, Any]]:
    number, shapes = 0, list[Shape]()
    for line in file:
        number += 1
        text = line.strip()
        row = next((row for shape in shapes if (row := shape.read(text)) is not None), None)
        if row is not None:
            yield text, row
            continue
        if not text:
            continue
        if not (text.startswith(b"{") and text.endswith(b"}")):
            yield from _rest_of(line, file, number)
            return
        try:
            values = list(_values(BytesIO(text)))
        except InvalidIon:
            # The row may go on, on the next line.
            yield from _rest_of(line, file, number)
            return
        yield from ((text if len(values) == 1 else None, value) for value in values)
        shape = Shape.of(values[0], _name) if len(values) == 1 else None
        if shape is not None:
            shapes = [shape, *shapes[: MOST_SHAPES - 1]]


class InvalidIon(LannerError):
    """A file that should hold rows in Ion holds something else."""

    def __init__(self, reason: object, line: int | None = None) -> None:
        self.line = line
        place = f"from line {line} on" if line else "it"
        super().__init__(f"the file is not in Ion, {place} cannot be read: {reason}")


def _rest_of(line: bytes, file: IO[bytes], number: int) -> Iterator[tuple[None, Any]]:
    try:
        yield from ((None, value) for value in _values(_Joined(line, file)))
    except InvalidIon as error:
        raise InvalidIon(error.__cause__ or error, number) from error


class _Joined:
    """A file whose first line has been read already."""

    def __init__(self, line: bytes, file: IO[bytes]) -> None:
        self._line, self._file = line, file

    def read(self, size: int = -1) -> bytes:
        line, self._line = self._line, b""
        return line or self._file.read(size)


def _values(file: Any) -> Iterator[Any]:
    from amazon.ion import simpleion  # noqa: PLC0415  # slow to import
    from amazon.ion.exceptions import IonException  # noqa: PLC0415  # as above

    plain = _reader()
    try:
        for value in simpleion.load(file, single_value=False, parse_eagerly=False):
            yield plain(value)
    except (IonException, ValueError, EOFError) as error:
        raise InvalidIon(error) from error


@cache
def _reader() -> Callable[[Any], Any]:
    """Return a function from values of the Ion library to plain ones."""
    from amazon.ion import simple_types as ion  # noqa: PLC0415  # slow to import
    from amazon.ion.core import TimestampPrecision  # noqa: PLC0415  # as above

    def timestamp(value: Any) -> date | datetime:
        if value.precision <= TimestampPrecision.DAY:
            return value.date()  # type: ignore[no-any-return]  # the library has no types
        return datetime.combine(value.date(), value.time(), value.tzinfo)

    def plain(value: Any) -> Any:
        convert = table.get(type(value))
        return value if convert is None else convert(value)

    table: dict[type, Callable[[Any], Any]] = {
        ion.IonPyNull: lambda _: None,
        ion.IonPyBool: bool,
        ion.IonPyInt: int,
        ion.IonPyFloat: float,
        ion.IonPyDecimal: Decimal,
        ion.IonPyText: str,
        ion.IonPyBytes: bytes,
        ion.IonPySymbol: lambda value: value.text,
        ion.IonPyTimestamp: timestamp,
        ion.IonPyList: lambda value: [plain(item) for item in value],
        ion.IonPyDict: lambda value: {str(key): plain(item) for key, item in value.items()},
        list: lambda value: [plain(item) for item in value],
        dict: lambda value: {str(key): plain(item) for key, item in value.items()},
    }
    return plain
