"""io.kestra.plugin.serdes.csv.IonToCsv."""

import csv
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from io import TextIOWrapper
from typing import IO, Any, ClassVar, Literal

import orjson

from lanner.sdk.context import RunContext
from lanner.sdk.ion import read_rows
from lanner.sdk.property import Property, default
from lanner.sdk.task import TaskFailed
from lanner_plugins.serdes.conversion import ConvertedFile, checked_charset
from lanner_plugins.serdes.text_format import Texts, TextWriting


class QuoteMode(StrEnum):
    """Which fields get delimiters."""

    ALWAYS = "ALWAYS"
    REQUIRED = "REQUIRED"
    NON_NUMERIC = "NON_NUMERIC"


_QUOTING: dict[QuoteMode, Literal[0, 1, 2]] = {
    QuoteMode.ALWAYS: csv.QUOTE_ALL,
    QuoteMode.REQUIRED: csv.QUOTE_MINIMAL,
    QuoteMode.NON_NUMERIC: csv.QUOTE_NONNUMERIC,
}


class IonToCsv(TextWriting):
    """Convert rows in Ion to CSV."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: ion_to_csv
namespace: company.team

tasks:
  - id: rows
    type: io.kestra.plugin.core.storage.Write
    extension: .ion
    content: |
      {id: 1, name: "Ann", born: 1990-04-01}
      {id: 2, name: "Bob", born: 1985-12-24}

  - id: csv
    type: io.kestra.plugin.serdes.csv.IonToCsv
    from: "{{ outputs.rows.uri }}"
    dateFormat: dd/MM/yyyy

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(outputs.csv.uri) }}"
""",
    )

    header: Property[bool] = default(True)
    """Whether the first line names the columns."""
    field_separator: Property[str] = default(",")
    """Character between fields."""
    text_delimiter: Property[str] = default('"')
    """Character around fields that need it."""
    line_delimiter: Property[str] = default("\n")
    """Text at the end of each line."""
    always_delimit_text: Property[bool] = default(False)
    """Put delimiters around all fields."""
    quote_mode: Property[QuoteMode] = default(QuoteMode.REQUIRED)
    """Which fields get delimiters: ALWAYS, REQUIRED or NON_NUMERIC."""
    charset: Property[str] = default("UTF-8")
    """Encoding of the file."""

    def run(self, context: RunContext) -> ConvertedFile:
        return self.converted(context, "csv", lambda source, target: self._convert(context, source, target))

    def _convert(self, context: RunContext, source: IO[bytes], target: IO[bytes]) -> int:
        charset = checked_charset(context.render(self.charset))
        text = TextIOWrapper(target, charset, newline="")
        mode = QuoteMode.ALWAYS if context.render(self.always_delimit_text) else context.render(self.quote_mode)
        try:
            writer = csv.writer(
                text,
                delimiter=context.render(self.field_separator),
                quotechar=context.render(self.text_delimiter),
                lineterminator=context.render(self.line_delimiter),
                quoting=_QUOTING[mode],
            )
        except (TypeError, ValueError) as error:
            raise TaskFailed(f"this is no way to write CSV: {error}") from error
        field = _field(self.texts(context), numbers=mode is QuoteMode.NON_NUMERIC)
        try:
            return _write(writer, source, field, header=context.render(self.header))
        except UnicodeEncodeError as error:
            raise TaskFailed(f"{charset} cannot hold all the text: {error}") from error
        finally:
            text.detach()


def _write(writer: Any, source: IO[bytes], field: Callable[[Any], Any], *, header: bool) -> int:
    names: list[str] | None = None
    count = 0
    for row in read_rows(source):
        if isinstance(row, Mapping):
            if names is None:
                names = [*row]
                if header:
                    writer.writerow(names)
            fields = [row.get(name) for name in names]
        else:
            fields = row if isinstance(row, list) else [row]
        writer.writerow([value if type(value) is str else field(value) for value in fields])
        count += 1
    return count


def _field(texts: Texts, *, numbers: bool) -> Callable[[Any], Any]:
    """Return a function from a value to its field; numbers stay numbers where that decides about delimiters."""

    def field(value: Any) -> Any:
        match value:
            case None:
                return ""
            case bool():
                return "true" if value else "false"
            case int() | float() | Decimal():
                return float(value) if numbers and isinstance(value, Decimal) else value
            case date():
                return texts.of(value)
            case dict() | list():
                return orjson.dumps(texts.plain(value)).decode()
            case bytes():
                return value.decode("latin-1")
            case _:
                return str(value)

    return field
