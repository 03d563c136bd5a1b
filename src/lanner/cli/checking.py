"""Reading flows in this process, with the plugins that are installed here."""

from collections.abc import Iterable
from typing import Any, Protocol

from lanner.cli.ending import InputInvalid
from lanner.cli.plugins import installed_groups
from lanner.cli.sources import FlowSource
from lanner.flows.reading import ReadFlow, read_flow
from lanner.sdk.registry import Registry


class Located(Protocol):
    """A finding of the flow language or of a service."""

    @property
    def path(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def line(self) -> int | None: ...
    @property
    def column(self) -> int | None: ...


class FlowInvalid(InputInvalid):
    """A flow cannot be run; each line of the message is one problem."""


def installed_registry() -> Registry:
    """Return the types of all plugins that are installed."""
    return Registry(installed_groups())


def read_here(source: FlowSource, registry: Registry) -> ReadFlow:
    """Return a flow as it was read; raises ``FlowInvalid`` with all problems."""
    read = read_flow(source.text, registry)
    if read.problems:
        raise FlowInvalid("\n".join(located(source, read.problems)))
    return read


def checked_here(source: FlowSource, registry: Registry) -> dict[str, Any]:
    """Return what is right and wrong with a flow, as ``lanner flow validate`` shows it."""
    read = read_flow(source.text, registry)
    return {
        "file": str(source.path),
        "namespace": read.document.get("namespace"),
        "id": read.document.get("id"),
        "problems": located(source, read.problems),
        "warnings": [
            *(f"{problem.path}: {problem.message}" for problem in (*read.warnings, *read.infos)),
            *(f"{path} is deprecated" for path in read.deprecations),
        ],
    }


def located(source: FlowSource, problems: Iterable[Located]) -> list[str]:
    """Return ``file:line:column: path: message`` for each problem, with the lines of the file."""
    return [_line(source, problem) for problem in problems]


def _line(source: FlowSource, problem: Located) -> str:
    place = str(source.path)
    if problem.line is not None:
        place += f":{problem.line + source.first_line - 1}"
        place += f":{problem.column}" if problem.column is not None else ""
    return f"{place}: {problem.path}: {problem.message}" if problem.path else f"{place}: {problem.message}"
