"""io.kestra.plugin.serdes.excel.ExcelToIon."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Any, ClassVar

from pydantic import Field

from lanner.sdk.context import RunContext
from lanner.sdk.ion import write_rows
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner.sdk.text import Text
from lanner_plugins.serdes.conversion import local_copy

MOST_UNPACKED = 4 * 1024**3
MOST_RATIO = 200
SMALL = 50 * 1024**2


class ValueRender(StrEnum):
    """What of a cell to read."""

    FORMATTED_VALUE = "FORMATTED_VALUE"
    UNFORMATTED_VALUE = "UNFORMATTED_VALUE"
    FORMULA = "FORMULA"


class DateTimeRender(StrEnum):
    """How to read dates."""

    SERIAL_NUMBER = "SERIAL_NUMBER"
    FORMATTED_STRING = "FORMATTED_STRING"
    UNFORMATTED_VALUE = "UNFORMATTED_VALUE"


class Sheets(Output):
    """What ``ExcelToIon`` gives."""

    uris: dict[str, str]
    """The sheets: title -> file of rows."""
    size: int
    """How many rows there are in all."""


class ExcelToIon(RunnableTask):
    """Convert the sheets of an Excel file (.xlsx) to rows in Ion."""

    outputs_type: ClassVar[type[Output] | None] = Sheets
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: excel_to_ion
namespace: company.team

tasks:
  - id: rows
    type: io.kestra.plugin.core.storage.Write
    extension: .ion
    content: |
      {id: 1, name: "Ann"}

  - id: excel
    type: io.kestra.plugin.serdes.excel.IonToExcel
    from: "{{ outputs.rows.uri }}"
    sheetsTitle: People

  - id: sheets
    type: io.kestra.plugin.serdes.excel.ExcelToIon
    from: "{{ outputs.excel.uri }}"
    sheetsTitle:
      - People

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(outputs.sheets.uris.People) }}"
""",
    )

    from_: Annotated[Property[str], Field(alias="from")]
    """URI of the file to convert."""
    sheets_title: Property[list[Text]] | None = None
    """Titles of the sheets to convert; all when absent."""
    charset: Property[str] = Field(default=default("UTF-8"), json_schema_extra={"deprecated": True})
    """Accepted and ignored: Excel files have no encoding to choose."""
    value_render: Property[ValueRender] = default(ValueRender.UNFORMATTED_VALUE)
    """FORMATTED_VALUE gives texts, UNFORMATTED_VALUE values with their types, FORMULA the formulas."""
    date_time_render: Property[DateTimeRender] = default(DateTimeRender.UNFORMATTED_VALUE)
    """SERIAL_NUMBER gives days since 1899-12-30, FORMATTED_STRING ISO texts, UNFORMATTED_VALUE timestamps."""
    header: Property[bool] = default(True)
    """Whether the first row names the columns; else each row is a list."""
    skip_empty_rows: Property[bool] = default(False)
    """Leave out rows without any value."""
    skip_rows: Property[int] = default(0)
    """How many rows to leave out at the top, before the header."""

    def run(self, context: RunContext) -> Sheets:
        with local_copy(context, context.render(self.from_)) as path:
            _check_size(path)
            with path.open("rb") as file:
                return self._convert(context, file)

    def _convert(self, context: RunContext, source: IO[bytes]) -> Sheets:
        import openpyxl  # noqa: PLC0415  # slow to import

        formulas = context.render(self.value_render) is ValueRender.FORMULA
        try:
            book = openpyxl.load_workbook(source, read_only=True, data_only=not formulas)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise TaskFailed(f"the file is no Excel file (.xlsx): {error}") from error
        try:
            wanted = context.render(self.sheets_title)
            missing = [title for title in wanted or () if title not in book.sheetnames]
            if missing:
                raise TaskFailed(f"there is no sheet {missing[0]!r}; the file has {', '.join(book.sheetnames)}")
            uris, size = {}, 0
            for number, title in enumerate(wanted or book.sheetnames):
                target = context.working_dir / f"sheet-{number + 1}.ion"
                with target.open("wb") as file:
                    size += write_rows(file, self._rows(context, book[title]))
                uris[title] = context.files.put(target, name=target.name)
                target.unlink()
        finally:
            book.close()
        context.counter("sheets", len(uris))
        return Sheets(uris=uris, size=size)

    def _rows(self, context: RunContext, sheet: Any) -> Iterator[Any]:
        dates = context.render(self.date_time_render)
        as_text = context.render(self.value_render) is ValueRender.FORMATTED_VALUE
        skip_empty, has_header = context.render(self.skip_empty_rows), context.render(self.header)
        names: list[str] | None = None
        for cells in sheet.iter_rows(min_row=context.render(self.skip_rows) + 1, values_only=True):
            if skip_empty and all(cell is None for cell in cells):
                continue
            if has_header and names is None:
                names = [str(cell) if cell is not None else str(index) for index, cell in enumerate(cells)]
                continue
            values = [_value(cell, dates, as_text=as_text) for cell in cells]
            yield values if names is None else dict(zip(names, _filled(values, len(names)), strict=False))


def _filled(values: Sequence[Any], count: int) -> list[Any]:
    return [*values, *[None] * (count - len(values))]


def _value(cell: Any, dates: DateTimeRender, *, as_text: bool) -> Any:
    if isinstance(cell, datetime | date | time | timedelta):
        return _moment(cell, dates)
    if cell is None or not as_text:
        return cell
    return str(cell).upper() if isinstance(cell, bool) else str(cell)


def _moment(cell: Any, dates: DateTimeRender) -> Any:
    from openpyxl.utils.datetime import to_excel  # noqa: PLC0415  # slow to import

    match dates:
        case DateTimeRender.SERIAL_NUMBER:
            return float(to_excel(cell))
        case DateTimeRender.FORMATTED_STRING:
            return str(cell) if isinstance(cell, timedelta) else cell.isoformat()
        case DateTimeRender.UNFORMATTED_VALUE:
            return cell


def _check_size(path: Path) -> None:
    """Refuse a small file that would unpack to a very large one."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise TaskFailed(f"the file is no Excel file (.xlsx): {error}") from error
    packed = max(path.stat().st_size, 1)
    if unpacked > MOST_UNPACKED or (unpacked > SMALL and unpacked / packed > MOST_RATIO):
        raise TaskFailed(f"the Excel file of {packed} bytes would unpack to {unpacked} bytes, which is refused")
