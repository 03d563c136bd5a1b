"""Rewriting files of rows, one row at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lanner.sdk.context import RunContext
from lanner.sdk.ion import read_rows, write_rows


@contextmanager
def rows_in(context: RunContext, uri: str) -> Iterator[Iterator[Any]]:
    """Open a file of rows in Ion."""
    with context.files.open(uri) as file:
        yield read_rows(file)


def kept_rows(context: RunContext, uri: str, keep: Callable[[int, Any], bool]) -> tuple[str, int, int]:
    """Store the rows that ``keep`` (given number and row) wants; return the new URI, how many were read and dropped."""
    read = 0

    def wanted(rows: Iterator[Any]) -> Iterator[Any]:
        nonlocal read
        for number, row in enumerate(rows):
            read += 1
            if keep(number, row):
                yield row

    path = context.working_dir / "items.ion"
    with rows_in(context, uri) as rows, path.open("wb") as target:
        kept = write_rows(target, wanted(rows))
    return context.files.put(path, name=path.name), read, read - kept


def variables_of(row: Any) -> dict[str, Any]:
    """Return what an expression on a row sees: its fields, or ``value`` when it is no map."""
    return row if isinstance(row, dict) else {"value": row}
