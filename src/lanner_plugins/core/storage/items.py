"""Rewriting files of rows, one row at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lanner.sdk.context import RunContext
from lanner.sdk.ion import read_lines, read_rows


@contextmanager
def rows_in(context: RunContext, uri: str) -> Iterator[Iterator[Any]]:
    """Open a file of rows in Ion."""
    with context.files.open(uri) as file:
        yield read_rows(file)


def kept_rows(context: RunContext, uri: str, keep: Callable[[int, Any], bool]) -> tuple[str, int, int]:
    """Store the rows that ``keep`` (given number and row) wants; return the new URI, how many were read and dropped."""
    read = kept = 0
    path = context.working_dir / "items.ion"
    with context.files.open(uri) as file, path.open("wb") as target:
        for line, row in read_lines(file):
            if keep(read, row):
                target.write(line.rstrip(b"\r\n") + b"\n")
                kept += 1
            read += 1
    return context.files.put(path, name=path.name), read, read - kept


def variables_of(row: Any) -> dict[str, Any]:
    """Return what an expression on a row sees: its fields, or ``value`` when it is no map."""
    return row if isinstance(row, dict) else {"value": row}
