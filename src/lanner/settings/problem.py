"""What is wrong, or odd, with settings."""

from dataclasses import dataclass
from pathlib import Path

from lanner.model.errors import LannerError


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was written: a line of a file, an environment variable or a flag."""

    name: str
    line: int | None = None

    def __str__(self) -> str:
        return self.name if self.line is None else f"{self.name}:{self.line}"


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence about one key, with the place it stands at."""

    origin: Origin
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.key}: {self.message}" if self.key else f"{self.origin}: {self.message}"


class SettingsInvalid(LannerError):
    """The settings cannot be used; each problem names its place, its key and what is allowed."""

    def __init__(self, problems: tuple[Notice, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class SettingsFileUnreadable(SettingsInvalid):
    """The file of settings is missing, no text or no YAML."""

    def __init__(self, path: Path, reason: str, line: int | None = None) -> None:
        self.path = path
        super().__init__((Notice(Origin(str(path), line), "", reason),))
