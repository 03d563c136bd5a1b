"""What commands print: one JSON document, or a table for people."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import typer


def print_json(document: Any) -> None:
    """Print one JSON document on standard output."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, default=_plain))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; without a terminal, plain columns that tools can cut."""
    lines = [[text.replace("\n", " ") for text in row] for row in rows]
    if not lines:
        return
    widths = [max(len(name), *(len(line[index]) for line in lines)) for index, name in enumerate(columns)]
    for line in [list(columns), *lines]:
        typer.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def note(text: str) -> None:
    """Say something on standard error, so that standard output stays a document."""
    typer.echo(text, err=True)


def say_error(text: str) -> None:
    """Print an error for people on standard error; several lines are several problems."""
    for line in text.splitlines() or [""]:
        typer.echo(f"error: {line}", err=True)


def duration_text(duration: timedelta) -> str:
    """Return a time span as people read it: ``0.42s``, ``3m 05s``, ``2h 00m``."""
    seconds = duration.total_seconds()
    if seconds < 60:
        return f"{seconds:.2f}s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes}m {rest:02d}s"
    return f"{minutes // 60}h {minutes % 60:02d}m"


def local_time(text: str | None) -> str:
    """Return an ISO date of the API as local time to the second, empty for none."""
    if not text:
        return ""
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
