"""io.kestra.plugin.core.storage.Split."""

import re
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner_plugins.core.storage.lines import extension_of, text_lines
from lanner_plugins.core.storage.source import From

_SIZE = re.compile(r"(\d+)\s*(KB|MB|GB|)", re.IGNORECASE)
_UNITS = {"": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}
MOST_PARTITIONS = 10_000


class SplitOutput(Output):
    """What ``Split`` gives."""

    uris: list[str]
    """The new files, in order."""


class Split(RunnableTask):
    """Split a stored file into several, by size, into a number of files, or by lines."""

    outputs_type: ClassVar[type[Output] | None] = SplitOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: split_by_rows
namespace: company.team

tasks:
  - id: lines
    type: io.kestra.plugin.core.storage.Write
    content: |
      first
      second
      third

  - id: split
    type: io.kestra.plugin.core.storage.Split
    from: "{{ outputs.lines.uri }}"
    rows: 2

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.split.uris | length }} files"
""",
    )

    from_: From
    """The file."""
    bytes: Property[str] | None = None
    """Begin a new file when one has reached this size, such as `10MB`."""
    partitions: Property[int] | None = None
    """Deal the lines to this many files in turn."""
    rows: Property[int] | None = None
    """Begin a new file after this many lines."""
    separator: Property[str] = default("\n")
    """Text to write after each line."""

    def run(self, context: RunContext) -> SplitOutput:
        uri, separator = context.render(self.from_), context.render(self.separator)
        size, rows = context.render(self.bytes), context.render(self.rows)
        partitions = context.render(self.partitions)
        parts = _Parts(context.working_dir, extension_of(uri))
        with context.files.open(uri) as file:
            lines = (f"{line}{separator}".encode() for line in text_lines(file))
            if size is not None:
                parts.cut(lines, most_bytes=_size(size), most_rows=None)
            elif partitions is not None:
                parts.deal(lines, _positive(partitions, "partitions"))
            elif rows is not None:
                parts.cut(lines, most_bytes=None, most_rows=_positive(rows, "rows"))
            else:
                raise TaskFailed(
                    "Invalid configuration with no size, count, nor rows: set `bytes`, `partitions` or `rows`"
                )
        return SplitOutput(uris=[context.files.put(path, name=path.name) for path in parts.paths])


class _Parts:
    """The files that are being written, in order; a file exists from its first line on."""

    def __init__(self, folder: Path, extension: str) -> None:
        self._folder, self._extension = folder, extension
        self.paths: list[Path] = []

    def cut(self, lines: Iterable[bytes], *, most_bytes: int | None, most_rows: int | None) -> None:
        with ExitStack() as stack:
            file: IO[bytes] | None = None
            size = rows = 0
            for line in lines:
                if file is None:
                    file, size, rows = stack.enter_context(self._new().open("wb")), 0, 0
                file.write(line)
                size, rows = size + len(line), rows + 1
                if (most_bytes is not None and size >= most_bytes) or rows == most_rows:
                    stack.close()
                    file = None

    def deal(self, lines: Iterable[bytes], count: int) -> None:
        with ExitStack() as stack:
            files: list[IO[bytes]] = []
            for number, line in enumerate(lines):
                if len(files) < count:
                    files.append(stack.enter_context(self._new().open("wb")))
                files[number % count].write(line)

    def _new(self) -> Path:
        path = self._folder / f"split-{len(self.paths) + 1}{self._extension}"
        self.paths.append(path)
        return path


def _size(text: str) -> int:
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise TaskFailed(f"Invalid size with value '{text}': write for example '10MB'")
    return _positive(int(found[1]) * _UNITS[found[2].upper()], "bytes")


def _positive(number: int, name: str) -> int:
    if number < 1 or (name == "partitions" and number > MOST_PARTITIONS):
        raise TaskFailed(
            f"`{name}` is {number}; it must be at least 1"
            + (f" and at most {MOST_PARTITIONS}" if name == "partitions" else "")
        )
    return number
