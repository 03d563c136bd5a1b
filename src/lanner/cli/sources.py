"""Flow files: finding them and telling which flow each holds."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from lanner.cli.ending import InputInvalid

_DOCUMENT_END = re.compile(r"^---[ \t]*$", re.MULTILINE)
_SUFFIXES = frozenset({".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class FlowSource:
    """One flow of a file. ``first_line`` is the line of the file at which its text begins, from 1."""

    path: Path
    text: str
    first_line: int = 1

    def identity(self) -> tuple[str, str]:
        """Return namespace and id; raises ``InputInvalid`` when the text names none."""
        try:
            document = yaml.safe_load(self.text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            place = f":{mark.line + self.first_line}:{mark.column + 1}" if mark else ""
            raise InputInvalid(f"{self.path}{place}: not YAML: {error.problem}") from error
        except yaml.YAMLError as error:
            raise InputInvalid(f"{self.path}: not YAML: {error}") from error
        if not isinstance(document, dict) or not document.get("id") or not document.get("namespace"):
            raise InputInvalid(f"{self.path}:{self.first_line}: a flow has an `id` and a `namespace`")
        return str(document["namespace"]), str(document["id"])


def read_text(path: Path) -> str:
    """Return the text of a file; raises ``InputInvalid`` when there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputInvalid(f"{path}: the file cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputInvalid(f"{path}: the file is not UTF-8 text") from error


def flow_files(paths: Iterable[Path]) -> list[Path]:
    """Return the given files, and the YAML files below the given folders in the order of their names."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            below = sorted(item for item in path.rglob("*") if item.suffix in _SUFFIXES and item.is_file())
            if not below:
                raise InputInvalid(f"{path}: no .yaml or .yml file is in this folder")
            found.extend(below)
        else:
            found.append(path)
    return found


def flow_sources(paths: Iterable[Path]) -> Iterator[FlowSource]:
    """Yield each flow of the files and folders; ``---`` lines part several flows in one file."""
    for path in flow_files(paths):
        yield from split(path, read_text(path))


def split(path: Path, text: str) -> Iterator[FlowSource]:
    """Yield the documents of one text that hold anything."""
    start = 0
    for end in [*(match.start() for match in _DOCUMENT_END.finditer(text)), len(text)]:
        part = text[start:end]
        body = part[part.index("\n") + 1 :] if part.startswith("---") and "\n" in part else part
        offset = text.count("\n", 0, start) + (1 if body is not part else 0)
        if any(line.strip() and not line.lstrip().startswith("#") for line in body.splitlines() if line != "---"):
            yield FlowSource(path, body, offset + 1)
        start = end
