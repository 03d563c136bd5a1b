"""io.kestra.plugin.serdes.excel.IonToExcel."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

import orjson
from pydantic import Field

from lanner.sdk.context import RunContext
from lanner.sdk.ion import read_rows
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner_plugins.serdes.conversion import ConvertedFile, stored
from lanner_plugins.serdes.text_format import Texts, zone_in

MOST_ROWS = 1_048_576
MOST_TEXT = 32_767
MOST_TITLE = 31


class IonToExcel(RunnableTask):
    """Convert rows in Ion to an Excel file (.xlsx), one sheet for each file of rows."""

    outputs_type: ClassVar[type[Output] | None] = ConvertedFile
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: ion_to_excel
namespace: company.team

tasks:
  - id: rows
    type: io.kestra.plugin.core.storage.Write
    extension: .ion
    content: |
      {id: 1, name: "Ann", born: 1990-04-01}
      {id: 2, name: "Bob", born: 1985-12-24}

  - id: excel
    type: io.kestra.plugin.serdes.excel.IonToExcel
    from:
      People: "{{ outputs.rows.uri }}"
      Again: "{{ outputs.rows.uri }}"

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.excel.size }} rows"
""",
    )

    from_: Annotated[Any, Field(alias="from")]
    """URI of a file of rows, or a map of sheet title to URI (JSON text of one as well)."""
    charset: Property[str] = Field(default=default("UTF-8"), json_schema_extra={"deprecated": True})
    """Accepted and ignored: Excel files have no encoding to choose."""
    sheets_title: Property[str] = default("Sheet")
    """Title of the sheet when there is only one file."""
    header: Property[bool] = default(True)
    """Whether the first row names the columns."""
    styles: Property[bool] = default(True)
    """Whether dates get a format, so that they look like dates."""
    date_format: Property[str] = default("yyyy-MM-dd")
    """Java pattern of dates, without `styles`."""
    time_format: Property[str] = default("HH:mm:ss[XXX]")
    """Java pattern of times of day; rows in Ion hold none, so that it is not used."""
    date_time_format: Property[str] = default("yyyy-MM-dd'T'HH:mm:ss.SSS[XXX]")
    """Java pattern of moments, without `styles`."""
    time_zone_id: Property[str] | None = None
    """The zone that moments are shown in; UTC when absent."""

    def run(self, context: RunContext) -> ConvertedFile:
        import openpyxl  # noqa: PLC0415  # slow to import

        book = openpyxl.Workbook(write_only=True)
        size = sum(self._sheet(context, book, title, uri) for title, uri in self._files(context).items())
        path = context.working_dir / "converted.xlsx"
        book.save(path)
        return stored(context, path, size)

    def _files(self, context: RunContext) -> dict[str, str]:
        given = context.render_value(self.from_)
        if isinstance(given, str) and given.lstrip().startswith("{"):
            try:
                given = orjson.loads(given)
            except orjson.JSONDecodeError as error:
                raise TaskFailed(f"`from` is a text that is no JSON map: {error}") from error
        if isinstance(given, str):
            return {context.render(self.sheets_title): given}
        if not isinstance(given, Mapping) or not given:
            raise TaskFailed("`from` must be the URI of a file or a map of sheet title to URI")
        return {str(title): str(uri) for title, uri in given.items()}

    def _sheet(self, context: RunContext, book: Any, title: str, uri: str) -> int:
        try:
            sheet = book.create_sheet(title=title)
        except ValueError as error:
            raise TaskFailed(f"{title!r} is no title of a sheet: {error}") from error
        if len(title) > MOST_TITLE:
            raise TaskFailed(f"{title!r} is no title of a sheet: it has more than {MOST_TITLE} characters")
        cells = _Cells(
            sheet,
            Texts(
                context.render(self.time_zone_id) or "UTC",
                context.render(self.date_format),
                context.render(self.date_time_format),
            ),
            context.render(self.time_zone_id) or "UTC",
            styles=context.render(self.styles),
        )
        names: list[str] | None = None
        count = written = 0
        with context.files.open(uri) as file:
            for row in read_rows(file):
                if isinstance(row, Mapping) and names is None:
                    names = [*row]
                    if context.render(self.header):
                        sheet.append(names)
                        written += 1
                values = [row.get(name) for name in names or ()] if isinstance(row, Mapping) else row
                if written == MOST_ROWS:
                    raise TaskFailed(f"sheet {title!r}: a sheet holds at most {MOST_ROWS} rows; split the file")
                sheet.append([cells.of(value) for value in (values if isinstance(values, list) else [values])])
                count, written = count + 1, written + 1
        return count


class _Cells:
    """Turns values into what a cell holds."""

    def __init__(self, sheet: Any, texts: Texts, zone: str, *, styles: bool) -> None:
        self._sheet, self._texts, self._zone, self._styles = sheet, texts, zone_in(zone), styles

    def of(self, value: Any) -> Any:
        match value:
            case None | bool() | int() | float():
                return value
            case Decimal():
                return float(value)
            case datetime() if self._styles:
                return value.astimezone(self._zone).replace(tzinfo=None) if value.tzinfo else value
            case date() if self._styles:
                return value
            case date():
                return self._texts.of(value)
            case dict() | list():
                return self._text(orjson.dumps(self._texts.plain(value)).decode())
            case _:
                return self._text(value.decode("latin-1") if isinstance(value, bytes) else str(value))

    def _text(self, text: str) -> Any:
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  # slow to import
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415  # as above

        plain: str = ILLEGAL_CHARACTERS_RE.sub("", text)
        if len(plain) > MOST_TEXT:
            raise TaskFailed(f"a cell holds at most {MOST_TEXT} characters, and a text has {len(plain)}")
        if not plain.startswith("="):
            return plain
        # Else it would be a formula.
        cell = WriteOnlyCell(self._sheet, value=plain)
        cell.data_type = "s"
        return cell
