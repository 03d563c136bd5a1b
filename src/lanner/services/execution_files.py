"""Files that executions own in the internal storage: download, size, preview.

Source: Kestra 1.0.36, storage layout and checks (reference ``engine.md`` §9.9, ``api.md`` §2.10).
"""

import asyncio
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from math import isfinite
from typing import IO, Any, Literal

from lanner.model.storage import execution_folder, storage_path
from lanner.ports.blobs import Blobs, FileNotFound, UnsafePath
from lanner.sdk.ion import InvalidIon, read_blocks, read_rows, rows_in
from lanner.services.errors import ElsewhereFile, InvalidArgument, InvalidFilePath
from lanner.services.executions import Executions

MAX_TEXT_CHARACTERS = 2 * 1024 * 1024
MAX_RECORD_BYTES = 16 * 1024 * 1024
MAX_PICTURE_BYTES = 32 * 1024 * 1024

__all__ = ["ExecutionFiles", "FileNotFound", "Preview", "UnsafePath"]

Kind = Literal["TEXT", "LIST", "IMAGE", "MARKDOWN", "PDF"]

_IMAGES = frozenset({"jpg", "jpeg", "png", "svg", "gif", "bmp", "webp"})
_EXECUTION = re.compile(r"/executions/(?P<id>[^/]+)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The beginning of a file as people can read it. ``max_line`` is the limit that was used."""

    extension: str
    type: Kind
    content: Any
    max_line: int
    truncated: bool


class ExecutionFiles:
    """Reads files of executions; a file must lie under the execution's own folder.

    Raises ``ExecutionNotFound``, ``FileNotFound``, ``InvalidFilePath``, and ``ElsewhereFile`` for a file of
    another execution.
    """

    def __init__(self, *, executions: Executions, blobs: Blobs) -> None:
        self._executions, self._blobs = executions, blobs

    async def open(self, tenant: str, execution_id: str, uri: str) -> tuple[IO[bytes], int, str]:
        """Return an open file, its size in bytes and its name; the caller closes it."""
        path = await self._checked(tenant, execution_id, uri)
        stat = await asyncio.to_thread(self._blobs.stat, tenant, path)
        file = await asyncio.to_thread(self._blobs.open, tenant, path)
        return file, stat.size, path.rpartition("/")[2]

    async def size(self, tenant: str, execution_id: str, uri: str) -> int:
        """Return the size of a file in bytes."""
        path = await self._checked(tenant, execution_id, uri)
        return (await asyncio.to_thread(self._blobs.stat, tenant, path)).size

    async def preview(
        self, tenant: str, execution_id: str, uri: str, *, max_rows: int, encoding: str = "UTF-8"
    ) -> Preview:
        """Return the beginning of a file; raises ``InvalidArgument`` for an unknown encoding."""
        path = await self._checked(tenant, execution_id, uri)
        if max_rows < 1:
            raise InvalidArgument(f"maxRows is {max_rows}; at least one row can be shown")
        try:
            "".encode(encoding)
        except LookupError:
            raise InvalidArgument(f"unable to preview using encoding '{encoding}'") from None
        return await asyncio.to_thread(self._preview, tenant, path, max_rows, encoding)

    async def json_lines(self, tenant: str, execution_id: str, uri: str) -> Iterator[list[Any]]:
        """Return the records of an Ion file as plain values, some at a time; to be read and closed in threads."""
        path = await self._checked(tenant, execution_id, uri)
        return self._records(tenant, path)

    async def _checked(self, tenant: str, execution_id: str, uri: str) -> str:
        snapshot = await self._executions.snapshot(tenant, execution_id)
        path = storage_path(uri)
        if ".." in path.split("/"):
            raise UnsafePath(path)
        if path.startswith(execution_folder(snapshot.execution) + "/"):
            return path
        match = _EXECUTION.search(path)
        if match and match["id"] != execution_id:
            other = await self._executions.snapshot(tenant, match["id"])
            if path.startswith(execution_folder(other.execution) + "/"):
                raise ElsewhereFile(match["id"], uri)
        raise InvalidFilePath(f"Invalid prefix path: {uri!r} is no file of execution {execution_id!r}")

    def _preview(self, tenant: str, path: str, max_rows: int, encoding: str) -> Preview:
        name = path.rpartition("/")[2]
        extension = name.rpartition(".")[2].lower() if "." in name else ""
        content: Any
        truncated = False
        with self._blobs.open(tenant, path) as file:
            if extension == "ion":
                kind: Kind = "LIST"
                content, truncated = _first_records(file, max_rows)
            elif extension in _IMAGES or extension == "pdf":
                kind = "PDF" if extension == "pdf" else "IMAGE"
                if self._blobs.stat(tenant, path).size > MAX_PICTURE_BYTES:
                    raise InvalidArgument(f"{name!r} has more than {MAX_PICTURE_BYTES} bytes: download it to see it")
                content = b64encode(file.read()).decode()
            else:
                kind = "MARKDOWN" if extension == "md" else "TEXT"
                content, truncated = _first_lines(file, max_rows, encoding)
        return Preview(extension=extension, type=kind, content=content, max_line=max_rows, truncated=truncated)

    def _records(self, tenant: str, path: str) -> Iterator[list[Any]]:
        with self._blobs.open(tenant, path) as file:
            try:
                for block in read_blocks(file):
                    yield [_plain(row) for row in rows_in(block)]
            except InvalidIon as error:
                raise InvalidArgument(str(error)) from error


def _first_lines(file: IO[bytes], max_rows: int, encoding: str) -> tuple[str, bool]:
    """Return the first lines of a file, cut where they get too long, and whether there is more."""
    text = TextIOWrapper(file, encoding, errors="replace", newline="")
    taken, left = list[str](), MAX_TEXT_CHARACTERS
    while len(taken) < max_rows and left > 0 and (line := text.readline(left)):
        taken.append(line)
        left -= len(line)
    is_cut = bool(text.read(1))
    text.detach()
    return "".join(taken), is_cut


def _first_records(file: IO[bytes], max_rows: int) -> tuple[list[Any], bool]:
    """Return the first records of a file in Ion, and whether there are more; of a very long one nothing is shown."""
    start = _Start(file, MAX_RECORD_BYTES)
    found: list[Any] = []
    try:
        for row in read_rows(start):
            if len(found) == max_rows:
                return found, True
            found.append(_plain(row))
    except InvalidIon as error:
        if not start.is_cut:
            raise InvalidArgument(str(error)) from error
    return found, start.is_cut


class _Start(BytesIO):
    """The beginning of a file, read as it is needed."""

    def __init__(self, file: IO[bytes], limit: int) -> None:
        super().__init__()
        self._file, self._left = file, limit

    @property
    def is_cut(self) -> bool:
        """Whether the limit has been reached."""
        return self._left <= 0

    def read(self, size: int | None = -1, /) -> bytes:
        part = self._file.read(self._left if size is None or size < 0 else min(size, self._left))
        self._left -= len(part)
        return part

    def readline(self, size: int | None = -1, /) -> bytes:
        part = self._file.readline(self._left if size is None or size < 0 else min(size, self._left))
        self._left -= len(part)
        return part


def _plain(value: Any) -> Any:
    """Return a value of Ion as JSON knows it."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if isfinite(value) else None
        case Decimal():
            return int(value) if value.is_finite() and value.as_tuple().exponent == 0 else _plain(float(value))
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case date():
            return value.isoformat().removesuffix("+00:00") + ("Z" if value.isoformat().endswith("+00:00") else "")
        case bytes():
            return b64encode(value).decode()
        case _:
            return str(value)
