"""io.kestra.plugin.serdes.csv.CsvToIon."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO, TextIOWrapper
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, ClassVar

from pydantic import Field

from lanner.sdk.context import RunContext
from lanner.sdk.ion import BLOCK, write_rows, write_texts
from lanner.sdk.property import Property, default
from lanner.sdk.task import TaskFailed
from lanner_plugins.serdes.conversion import (
    BadRow,
    Conversion,
    ConvertedFile,
    OnBadLines,
    checked_charset,
    deal_with,
)

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

_LINE_END = re.compile(r"\r\n|\r|\n")
DEFAULT_MOST = 16 * 1024 * 1024

# Counts for the whole process; a task that wants more raises it, and each task holds its own limit.
csv.field_size_limit(DEFAULT_MOST)


class OnEmptyHeader(StrEnum):
    """What to do with a column whose header is empty."""

    DROP = "DROP"
    RENAME = "RENAME"


class CsvToIon(Conversion):
    """Convert CSV to rows in Ion; all values are texts."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: csv_to_ion
namespace: company.team

tasks:
  - id: csv
    type: io.kestra.plugin.core.storage.Write
    extension: .csv
    content: |
      id,name
      1,Ann
      2,Bob

  - id: rows
    type: io.kestra.plugin.serdes.csv.CsvToIon
    from: "{{ outputs.csv.uri }}"

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(outputs.rows.uri) }}"
""",
    )

    header: Property[bool] = default(True)
    """Whether the first row names the columns; else they are called by their index, from 0."""
    field_separator: Property[str] = default(",")
    """Character between fields."""
    text_delimiter: Property[str] = default('"')
    """Character around fields."""
    skip_empty_rows: Property[bool] = default(False)
    """Leave out empty lines; else they are a row with an empty first field."""
    error_on_different_field_count: Property[bool] | None = Field(default=None, json_schema_extra={"deprecated": True})
    """Fail at a row with more or fewer fields than the first (old form of `onBadLines`)."""
    on_bad_lines: Property[OnBadLines] | None = None
    """What to do with a row that has more or fewer fields than the first: ERROR, WARN or SKIP; kept when absent."""
    on_empty_header: Property[OnEmptyHeader] = default(OnEmptyHeader.DROP)
    """What to do with a column without a name: DROP or RENAME (to `column_<number>`)."""
    skip_rows: Property[int] = default(0)
    """How many lines to leave out at the top, before the header."""
    charset: Property[str] = default("UTF-8")
    """Encoding of the file."""
    max_buffer_size: Property[int] = Field(default=default(DEFAULT_MOST), json_schema_extra={"deprecated": True})
    """Accepted and ignored: rows have no limit but that of their fields."""
    max_field_size: Property[int] = default(DEFAULT_MOST)
    """Most characters of a field."""
    allow_extra_chars_after_closing_quote: Property[bool] = default(False)
    """Whether characters may follow a closing delimiter."""

    def run(self, context: RunContext) -> ConvertedFile:
        return self.converted(context, "ion", lambda source, target: self._convert(context, source, target))

    def _convert(self, context: RunContext, source: IO[bytes], target: IO[bytes]) -> int:
        charset = checked_charset(context.render(self.charset))
        text = TextIOWrapper(source, "utf-8-sig" if charset.lower() in ("utf-8", "utf8") else charset, newline="")
        separator, delimiter = _character(context, self.field_separator), _character(context, self.text_delimiter)
        strict = not context.render(self.allow_extra_chars_after_closing_quote)
        try:
            for _ in range(context.render(self.skip_rows)):
                next(text, None)
            most = context.render(self.max_field_size)
            csv.field_size_limit(min(max(csv.field_size_limit(), most), 2**31 - 1))
            lines = _Lines(text, most)
            reader = csv.reader(lines, delimiter=separator, quotechar=delimiter, strict=strict)
            skip_empty, skipped = context.render(self.skip_empty_rows), context.render(self.skip_rows)
            return self._write(context, _parts(lines, reader, skip_empty=skip_empty, skipped=skipped), target)
        except UnicodeDecodeError as error:
            raise TaskFailed(f"the file is not text in {charset}: {error}") from error
        finally:
            text.detach()

    def _write(self, context: RunContext, parts: "Iterator[_Part]", target: IO[bytes]) -> int:
        first = next(parts, None)
        if first is None:
            return 0
        header = first.rows()[0]
        if context.render(self.header):
            names, used = _names(header, rename=context.render(self.on_empty_header) is OnEmptyHeader.RENAME)
        else:
            names, used = [str(index) for index in range(len(header))], range(len(header))
            parts = chain([first], parts)
        behavior, most, written = self._behavior(context), context.render(self.max_field_size), 0
        for part in parts:
            rows = part.rows()
            if behavior is not None and set(map(len, rows)) != {len(header)}:
                rows = list(_even_rows(context, part, len(header), behavior))
            if _write_rows(target, rows, len(header), names, used) > most:
                _refuse_large_fields(part, most)
            written += len(rows)
        return written

    def _behavior(self, context: RunContext) -> OnBadLines | None:
        behavior = context.render(self.on_bad_lines)
        if behavior is None and context.render(self.error_on_different_field_count):
            return OnBadLines.ERROR
        return behavior


@dataclass(frozen=True, slots=True)
class _Part:
    """Some rows as they were read, and how many lines there were before them."""

    read: list[list[str]]
    lines_before: int
    skip_empty: bool

    def rows(self) -> list[list[str]]:
        """Return the rows; an empty line is one with an empty field, unless such lines are left out."""
        if [] not in self.read:
            return self.read
        return [row or [""] for row in self.read if row or not self.skip_empty]

    def numbered(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows with the line each ends on."""
        line = self.lines_before
        for row in self.read:
            line += 1 + sum(len(_LINE_END.findall(field)) for field in row)
            if row or not self.skip_empty:
                yield line, row or [""]


class _Lines:
    """The lines of a text, read many at a time; none may be much longer than ``most``."""

    def __init__(self, text: TextIOWrapper, most: int) -> None:
        self._text, self._most, self.taken = text, most, 0

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._blocks())

    def _blocks(self) -> Iterator[list[str]]:
        rest, length = list[str](), 0
        while part := self._text.read(BLOCK):
            rest.append(part)
            length += len(part)
            if "\n" not in part and "\r" not in part:
                # A field may be as long as the rest of its line: without this, a file of one line would be read whole.
                if length > 2 * self._most + BLOCK:
                    raise BadRow(f"line {self.taken + 1}", f"it has more than {length - BLOCK} characters")
                continue
            lines = StringIO("".join(rest), newline="").readlines()
            rest = [] if lines[-1].endswith("\n") else [lines.pop()]
            length = sum(map(len, rest))
            self.taken += len(lines)
            yield lines
        lines = StringIO("".join(rest), newline="").readlines()
        self.taken += len(lines)
        yield lines


def _parts(lines: _Lines, reader: "CsvReader", *, skip_empty: bool, skipped: int) -> Iterator[_Part]:
    """Yield the first row, then the others some at a time: no more than the lines that are in memory hold."""
    lines_of_row, is_first = 1, True
    while True:
        before, read, failure = reader.line_num, list[list[str]](), None
        try:
            # What was read before a line that cannot be read stays in the list.
            read.extend(islice(reader, 1))
            if not is_first:
                read.extend(islice(reader, (lines.taken - reader.line_num) // lines_of_row))
        except csv.Error as error:
            failure = BadRow(f"line {reader.line_num + skipped}", error)
        if read:
            lines_of_row = max(1, -((before - reader.line_num) // len(read)))
        part = _Part(read, before + skipped, skip_empty)
        if part.rows():
            is_first = False
            yield part
        if failure is not None:
            raise failure
        if not read:
            return


def _refuse_large_fields(part: _Part, most: int) -> None:
    for line, row in part.numbered():
        if len(max(row, key=len)) > most:
            raise BadRow(f"line {line}", f"a field has more than {most} characters (`maxFieldSize`)")


def _even_rows(context: RunContext, part: _Part, count: int, behavior: OnBadLines) -> Iterator[list[str]]:
    """Yield the rows with this number of fields; deal with the others."""
    for line, row in part.numbered():
        if len(row) == count:
            yield row
        else:
            deal_with(context, BadRow(f"line {line}", f"{len(row)} fields instead of {count}"), behavior)


def _write_rows(
    target: IO[bytes], rows: Sequence[Sequence[str]], count: int, names: Sequence[str], used: Sequence[int]
) -> int:
    """Write rows and return how many bytes these took."""
    if not rows:
        return 0
    is_even = set(map(len, rows)) == {count}
    if len(used) < count or not is_even:
        rows = [[row[index] for index in used if index < len(row)] for row in rows]
    if is_even and len(set(names)) == len(names) > 0:
        return write_texts(target, names, rows)
    before = target.tell()
    write_rows(target, (dict(zip(names, row, strict=False)) for row in rows))
    return target.tell() - before


def _names(header: list[str], *, rename: bool) -> tuple[list[str], Sequence[int]]:
    """Return the names of the columns, and the indexes of those that are kept."""
    if all(header):
        return header, range(len(header))
    if rename:
        return [name or f"column_{index + 1}" for index, name in enumerate(header)], range(len(header))
    used = [index for index, name in enumerate(header) if name]
    return [header[index] for index in used], used


def _character(context: RunContext, given: Property[str]) -> str:
    text = context.render(given)
    if len(text) != 1:
        raise TaskFailed(f"{text!r} is not one character: `fieldSeparator` and `textDelimiter` are")
    return text
