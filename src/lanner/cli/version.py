"""``lanner version``."""

import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from typing import Annotated

import typer

from lanner.cli.output import print_json


def installed_version() -> str:
    """Return the version of the installed distribution, ``unknown`` in a tree that is not installed."""
    try:
        return version_of("lanner")
    except PackageNotFoundError:
        return "unknown"


def version(json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Print the version of Lanner and of Python."""
    if json:
        print_json({"version": installed_version(), "python": platform.python_version()})
    else:
        typer.echo(f"lanner {installed_version()} (Python {platform.python_version()})")
