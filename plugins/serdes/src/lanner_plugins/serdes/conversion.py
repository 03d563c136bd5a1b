"""What all conversions have in common: one file in, one file out, rows counted, bad rows dealt with."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Any, ClassVar

from pydantic import Field

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property
from lanner.sdk.task import RunnableTask, TaskFailed


class OnBadLines(StrEnum):
    """What to do with a row that cannot be converted."""

    ERROR = "ERROR"
    WARN = "WARN"
    SKIP = "SKIP"


class ConvertedFile(Output):
    """What a conversion gives."""

    uri: str
    """The new file."""
    size: int
    """How many rows it has."""


class BadRow(TaskFailed):
    """A row that cannot be converted; ``place`` says which, such as ``line 7``."""

    def __init__(self, place: str, reason: object) -> None:
        self.place = place
        super().__init__(f"{place}: {reason}")


class Conversion(RunnableTask):
    """Reads a stored file and writes another one."""

    outputs_type: ClassVar[type[Output] | None] = ConvertedFile

    from_: Annotated[Property[str], Field(alias="from")]
    """URI of the file to convert."""

    def converted(
        self, context: RunContext, extension: str, convert: Callable[[IO[bytes], IO[bytes]], int]
    ) -> ConvertedFile:
        """Have ``convert`` read one file and write the other; it returns the number of rows."""
        path = context.working_dir / f"converted.{extension}"
        with context.files.open(context.render(self.from_)) as source, path.open("wb") as target:
            size = convert(source, target)
        return stored(context, path, size)


def stored(context: RunContext, path: Path, size: int) -> ConvertedFile:
    """Store a finished file and count its rows."""
    context.counter("records", size)
    uri = context.files.put(path, name=path.name)
    path.unlink()
    return ConvertedFile(uri=uri, size=size)


@contextmanager
def local_copy(context: RunContext, uri: str) -> Iterator[Path]:
    """Give a stored file as one of the working directory, for libraries that jump about in files."""
    path = context.working_dir / "source"
    with context.files.open(uri) as source, path.open("wb") as target:
        while part := source.read(1024 * 1024):
            target.write(part)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def deal_with(context: RunContext, error: BadRow, behavior: OnBadLines) -> None:
    """Raise, tell of or pass over a bad row, as the task wishes."""
    if behavior is OnBadLines.ERROR:
        raise error
    if behavior is OnBadLines.WARN:
        context.log.warn(f"left out {error}")


def good_rows(
    context: RunContext, rows: Iterable[Any], convert: Callable[[Any], Any], behavior: OnBadLines, first: int
) -> Iterator[Any]:
    """Yield converted rows, numbered from ``first`` on; ``convert`` raises ``ValueError`` for a bad one."""
    for number, row in enumerate(rows, first):
        try:
            found = convert(row)
        except ValueError as error:
            deal_with(context, BadRow(f"row {number}", error), behavior)
        else:
            yield found


def checked_charset(charset: str) -> str:
    """Return a charset that Python knows."""
    try:
        "".encode(charset)
    except LookupError as error:
        raise TaskFailed(f"`charset` is {charset!r}, which is no encoding that is known here") from error
    return charset
