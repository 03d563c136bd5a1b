"""Rows as Amazon Ion text, one value a line: the format of files that tasks hand to each other."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from io import BytesIO
from itertools import chain, islice
from json.encoder import encode_basestring
from math import isfinite, isnan
from typing import IO, Any

import orjson

from lanner.model.errors import LannerError
from lanner.sdk.ion_shapes import MOST_SHAPES, Shape
from lanner.sdk.text import format_duration

BLOCK = 128 * 1024
"""About how many bytes of a file are read or written in one go."""
FEWEST_AT_ONCE, MOST_AT_ONCE = 16, 1_000
"""How many rows are written in one go: the first time, and at most."""
MOST_MISSES = 3
"""Blocks whose rows are not alike, one after the other, after which no more are tried as a whole."""

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


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows with the same fields in the same order, kept by field."""

    names: tuple[str, ...]
    values: tuple[Sequence[Any], ...]
    """As many values in each as there are rows."""

    def __len__(self) -> int:
        return len(self.values[0])

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows one by one."""
        names = self.names
        return (dict(zip(names, row, strict=True)) for row in zip(*self.values, strict=True))


Block = Columns | list[Any]
"""Some rows of a file."""


def rows_in(block: Block) -> Iterable[Any]:
    """Return the rows of a block one by one."""
    return block.rows() if isinstance(block, Columns) else block


def write_columns(file: IO[bytes], columns: Columns) -> int:
    """Write rows, each as a line, and return how many bytes these took."""
    texts = [map(_WRITERS.get(_only_type(values), to_ion), values) for values in columns.values]
    return file.write(_lines(columns.names, len(columns), chain.from_iterable(zip(*texts, strict=True))))


def write_texts(file: IO[bytes], names: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Write rows of as many texts as there are names, each as a line, and return how many bytes these took."""
    return file.write(_lines(names, len(rows), map(encode_basestring, chain.from_iterable(rows))))


def _lines(names: Iterable[str], count: int, texts: Iterable[str]) -> bytes:
    starts = [f"{_name(name)}:".replace("%", "%%") + "%s" for name in names]
    return (("{" + ",".join(starts) + "}\n") * count % tuple(texts)).encode()


def _only_type(values: Iterable[Any]) -> type | None:
    kinds = set(map(type, values))
    return kinds.pop() if len(kinds) == 1 else None


_WRITERS: Mapping[type | None, Callable[[Any], str]] = {str: encode_basestring, int: str, float: _float}


def write_rows(file: IO[bytes], rows: Iterable[Any]) -> int:
    """Write each row as a line and return how many there were."""
    count, waiting = 0, iter(rows)
    at_once = FEWEST_AT_ONCE
    while part := list(islice(waiting, at_once)):
        count += len(part)
        columns = _columns_of(part)
        if columns is not None:
            size = write_columns(file, columns)
        else:
            size = file.write("".join([to_ion(row) + "\n" for row in part]).encode())
        at_once = max(1, min(MOST_AT_ONCE, BLOCK * len(part) // size))
    return count


def _columns_of(rows: Sequence[Any]) -> Columns | None:
    """Return the rows by field when all have the same fields in the same order."""
    first = rows[0]
    if type(first) is not dict or not first:
        return None
    names = list(first)
    if not all(type(name) is str for name in names) or not all(
        type(row) is dict and list(row) == names for row in rows
    ):
        return None
    return Columns(tuple(names), tuple([row[name] for row in rows] for name in names))


def read_rows(file: IO[bytes]) -> Iterator[Any]:
    """Yield the values of a file in Ion (text or binary) as plain data; JSON lines are Ion as well.

    Raises ``InvalidIon``, which names the line when rows stand on lines of their own.
    """
    for block in read_blocks(file):
        yield from rows_in(block)


def read_blocks(file: IO[bytes]) -> Iterator[Block]:
    """Yield the values of a file as ``read_rows`` does, some at a time; by field where rows have the same ones."""
    reading = _Reading(file)
    for block in reading.blocks():
        columns = reading.columns(block)
        if columns is not None:
            yield columns
            continue
        rows = list[Any]()
        try:
            for _, row in reading.rows(block):
                rows.append(row)
                if len(rows) == MOST_AT_ONCE:
                    yield rows
                    rows = []
        except InvalidIon:
            if rows:
                # What stood before the place that cannot be read is given first.
                yield rows
            raise
        if rows:
            yield rows


def read_lines(file: IO[bytes]) -> Iterator[tuple[bytes, Any]]:
    """Yield each row of a file with its line as it is written; rows that share or span lines are written anew."""
    reading = _Reading(file)
    for block in reading.blocks():
        for line, row in reading.rows(block):
            yield to_ion(row).encode() if line is None else line, row


class _Reading:
    """One file on its way: how many lines were read, and what its rows look like."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._number, self._shapes = file, 0, list[Shape]()
        self._misses = 0

    def blocks(self) -> Iterator[bytes]:
        """Yield the lines of the file, many at a time."""
        while block := self._file.read(BLOCK):
            yield block if block.endswith(b"\n") else block + self._file.readline()

    def columns(self, block: bytes) -> Columns | None:
        """Return the rows of lines that all have one shape, ``None`` when they do not."""
        if self._misses >= MOST_MISSES:
            return None
        for shape in self._shapes:
            found = shape.read_many(block)
            if found is not None:
                self._number, self._misses = self._number + len(found[0]), 0
                return Columns(shape.names, found)
        self._misses += bool(self._shapes)
        return None

    def rows(self, block: bytes) -> Iterator[tuple[bytes | None, Any]]:
        """Yield rows with their lines; reads on in the file when a row does not end on its line."""
        lines = block.split(b"\n")
        for index, line in enumerate(lines):
            self._number += 1
            text = line.strip()
            row = next((row for shape in self._shapes if (row := shape.read(text)) is not None), None)
            if row is not None:
                yield text, row
                continue
            if not text:
                continue
            values = _values_on(text)
            if values is None:
                yield from _rest_of(b"\n".join(lines[index:]), self._file, self._number)
                return
            yield from ((text if len(values) == 1 else None, value) for value in values)
            self._learn(values)
        self._number -= not lines[-1]

    def _learn(self, values: list[Any]) -> None:
        shape = Shape.of(values[0], _name) if len(values) == 1 else None
        if shape is not None:
            self._shapes = [shape, *self._shapes[: MOST_SHAPES - 1]]


def _values_on(line: bytes) -> list[Any] | None:
    """Return the values of a line, ``None`` when a row may go on, on the next one."""
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return None
    try:
        return list(_values(BytesIO(line)))
    except InvalidIon:
        return None


class InvalidIon(LannerError):
    """A file that should hold rows in Ion holds something else."""

    def __init__(self, reason: object, line: int | None = None) -> None:
        self.line = line
        place = f"from line {line} on" if line else "it"
        super().__init__(f"the file is not in Ion, {place} cannot be read: {reason}")


def _rest_of(start: bytes, file: IO[bytes], number: int) -> Iterator[tuple[None, Any]]:
    try:
        yield from ((None, value) for value in _values(_Joined(start, file)))
    except InvalidIon as error:
        raise InvalidIon(error.__cause__ or error, number) from error


class _Joined:
    """A file whose first lines have been read already."""

    def __init__(self, start: bytes, file: IO[bytes]) -> None:
        self._start, self._file = start, file

    def read(self, size: int = -1) -> bytes:
        start, self._start = self._start, b""
        return start or self._file.read(size)


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
