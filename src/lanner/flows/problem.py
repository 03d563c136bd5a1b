"""What is wrong with a flow, where, and what would be right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lanner.model.errors import LannerError


class Severity(StrEnum):
    """How much a problem matters."""

    ERROR = "ERROR"
    WARNING = "WARNING"
    INFO = "INFO"


class ProblemKind(StrEnum):
    """Which part of reading found a problem: Kestra's clients get another frame for each."""

    SOURCE = "SOURCE"
    """The text is no YAML."""
    PROPERTY = "PROPERTY"
    """A property is missing, unknown or has a wrong value."""
    DEFAULT = "DEFAULT"
    """A plugin default is wrong."""
    FLOW = "FLOW"
    """A rule about the flow as a whole is broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding. ``path`` is as in ``tasks[0].message``, empty for the whole flow; lines count from 1."""

    path: str
    message: str
    line: int | None = None
    column: int | None = None
    severity: Severity = Severity.ERROR
    kind: ProblemKind = ProblemKind.PROPERTY

    def __str__(self) -> str:
        where = self.path or "flow"
        if self.line is not None:
            where += f" (line {self.line}, column {self.column})" if self.column else f" (line {self.line})"
        return f"{where}: {self.message}"


class InvalidFlow(LannerError):
    """A flow cannot be used as it is written; the problems say why, each with its line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def path_text(path: Sequence[str | int]) -> str:
    """Return ``tasks[0].message`` for ``("tasks", 0, "message")``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text
