"""io.kestra.plugin.serdes.csv.CsvToIon."""

import csv
import sys
from collections.abc import Iterator
from enum import StrEnum
from io import TextIOWrapper
from typing import IO, TYPE_CHECKING, ClassVar

from pydantic import Field

from lanner.sdk.context import RunContext
from lanner.sdk.ion import struct_writer
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

DEFAULT_MOST = 16 * 1024 * 1024

# The limit of the module counts for the whole process; each task holds its own.
csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


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
            reader = csv.reader(text, delimiter=separator, quotechar=delimiter, strict=strict)
            return self._write(context, reader, target)
        except UnicodeDecodeError as error:
            raise TaskFailed(f"the file is not text in {charset}: {error}") from error
        finally:
            text.detach()

    def _write(self, context: RunContext, reader: "CsvReader", target: IO[bytes]) -> int:
        skip_empty = context.render(self.skip_empty_rows)
        rows = _numbered(reader, skip_empty=skip_empty, skipped=context.render(self.skip_rows))
        first = next(rows, None)
        if first is None:
            return 0
        count, most = len(first[1]), context.render(self.max_field_size)
        if context.render(self.header):
            names, used = _names(first[1], rename=context.render(self.on_empty_header) is OnEmptyHeader.RENAME)
        else:
            names, used = [str(index) for index in range(count)], None
            rows = _with_first(first, rows)
        behavior, written = self._behavior(context), 0
        as_row = struct_writer(names)
        for line, row in rows:
            if behavior is not None and len(row) != count:
                deal_with(context, BadRow(f"line {line}", f"{len(row)} fields instead of {count}"), behavior)
                continue
            if len(max(row, key=len, default="")) > most:
                raise BadRow(f"line {line}", f"a field has more than {most} characters (`maxFieldSize`)")
            fields = row if used is None else [row[index] for index in used if index < len(row)]
            target.write(as_row(fields).encode())
            written += 1
        return written

    def _behavior(self, context: RunContext) -> OnBadLines | None:
        behavior = context.render(self.on_bad_lines)
        if behavior is None and context.render(self.error_on_different_field_count):
            return OnBadLines.ERROR
        return behavior


def _numbered(reader: "CsvReader", *, skip_empty: bool, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Yield rows with the line they end on."""
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadRow(f"line {reader.line_num + skipped}", error) from error
        if row or not skip_empty:
            yield reader.line_num + skipped, row or [""]


def _with_first(first: tuple[int, list[str]], rest: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from rest


def _names(header: list[str], *, rename: bool) -> tuple[list[str], list[int] | None]:
    """Return the names of the columns, and the indexes of those that are kept (``None``: all)."""
    if all(header):
        return header, None
    if rename:
        return [name or f"column_{index + 1}" for index, name in enumerate(header)], None
    used = [index for index, name in enumerate(header) if name]
    return [header[index] for index in used], used


def _character(context: RunContext, given: Property[str]) -> str:
    text = context.render(given)
    if len(text) != 1:
        raise TaskFailed(f"{text!r} is not one character: `fieldSeparator` and `textDelimiter` are")
    return text
