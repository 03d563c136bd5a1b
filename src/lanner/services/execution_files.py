"""Files that executions own in the internal storage: download, size, preview.

Source: Kestra 1.0.36, storage layout and checks (reference ``engine.md`` §9.9, ``api.md`` §2.10).
"""

import asyncio
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, Literal

from lanner.model.storage import execution_folder, storage_path
from lanner.ports.blobs import Blobs, FileNotFound, UnsafePath
from lanner.services.errors import ElsewhereFile, InvalidArgument, InvalidFilePath
from lanner.services.executions import Executions

MAX_TEXT_BYTES = 2 * 1024 * 1024

__all__ = ["ExecutionFiles", "FileNotFound", "Preview", "UnsafePath"]

_IMAGES = frozenset({"jpg", "jpeg", "png", "svg", "gif", "bmp", "webp"})
_EXECUTION = re.compile(r"/executions/(?P<id>[^/]+)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The beginning of a file as people can read it. ``max_line`` is the limit that was used."""

    extension: str
    type: Literal["TEXT", "LIST", "IMAGE", "MARKDOWN", "PDF"]
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
        try:
            "".encode(encoding)
        except LookupError:
            raise InvalidArgument(f"unable to preview using encoding '{encoding}'") from None
        return await asyncio.to_thread(self._preview, tenant, path, max_rows, encoding)

    async def json_lines(self, tenant: str, execution_id: str, uri: str) -> list[Any]:
        """Return the records of an Ion file as plain values."""
        path = await self._checked(tenant, execution_id, uri)
        return await asyncio.to_thread(self._records, tenant, path)

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
        extension = path.rpartition("/")[2].rpartition(".")[2].lower() if "." in path.rpartition("/")[2] else ""
        with self._blobs.open(tenant, path) as file:
            if extension == "ion":
                rows = list(islice(_ion_values(file), max_rows + 1))
                content: Any = rows[:max_rows]
                return Preview(
                    extension=extension, type="LIST", content=content, max_line=max_rows, truncated=len(rows) > max_rows
                )
            if extension in _IMAGES or extension == "pdf":
                kind: Literal["IMAGE", "PDF"] = "PDF" if extension == "pdf" else "IMAGE"
                content = b64encode(file.read()).decode()
                return Preview(extension=extension, type=kind, content=content, max_line=max_rows, truncated=False)
            text, truncated = _first_lines(file, max_rows, encoding)
            return Preview(
                extension=extension,
                type="MARKDOWN" if extension == "md" else "TEXT",
                content=text,
                max_line=max_rows,
                truncated=truncated,
            )

    def _records(self, tenant: str, path: str) -> list[Any]:
        with self._blobs.open(tenant, path) as file:
            return list(_ion_values(file))


def _first_lines(file: IO[bytes], max_rows: int, encoding: str) -> tuple[str, bool]:
    taken: list[bytes] = []
    size = 0
    for line in file:
        if len(taken) == max_rows or size >= MAX_TEXT_BYTES:
            return _decoded(taken, encoding), True
        taken.append(line)
        size += len(line)
    cut = size > MAX_TEXT_BYTES
    return _decoded(taken, encoding), cut


def _decoded(lines: list[bytes], encoding: str) -> str:
    return b"".join(lines)[:MAX_TEXT_BYTES].decode(encoding, "replace")


def _ion_values(file: IO[bytes]) -> Iterator[Any]:
    from amazon.ion import simpleion  # noqa: PLC0415  # slow to import, and few servers preview Ion

    for value in simpleion.load(file, single_value=False, parse_eagerly=False):
        yield _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        if type(value).__name__ == "IonPyNull":
            return None
        return bool(value) if type(value).__name__ == "IonPyBool" else _unwrapped(value)
    return str(value)


def _unwrapped(value: Any) -> Any:
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return None
