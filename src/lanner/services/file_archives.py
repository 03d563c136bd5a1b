"""All files of a namespace as a ZIP archive, and back. An archive may bring flows below ``_flows/``."""

import asyncio
import lzma
import stat
import tempfile
import zipfile
import zlib
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from lanner.model.namespace import checked_namespace
from lanner.services.errors import InvalidArgument
from lanner.services.flows import Flows
from lanner.services.namespace_files import NamespaceFiles, checked_path

FLOWS = "_flows/"
MAX_FILES = 10_000
MAX_BYTES = 1024**3
MAX_RATIO = 200
"""How many times its size an archive may unpack to, once that is more than ``FREE_BYTES``."""
FREE_BYTES = 64 * 1024**2
MAX_FLOW_BYTES = 1024**2
_IN_MEMORY = 8 * 1024**2
_CHUNK = 256 * 1024


class FileArchives:
    """Packs and unpacks the files of a namespace."""

    def __init__(self, *, files: NamespaceFiles, flows: Flows) -> None:
        self._files, self._flows = files, flows

    async def export(self, tenant: str, namespace: str) -> IO[bytes]:
        """Return an archive of all files and flows of a namespace, open at its start; the caller closes it."""
        sources = [
            (flow.id, flow.source) for flow in await self._flows.of_namespace(tenant, checked_namespace(namespace))
        ]
        return await asyncio.to_thread(self._packed, tenant, namespace, sources)

    async def unpack(self, tenant: str, namespace: str, content: IO[bytes]) -> list[str]:
        """Store every file of an archive and save its flows; returns the paths.

        Everything is checked before anything is written. Raises ``InvalidArgument`` and what saving a flow raises.
        """
        try:
            archive = await asyncio.to_thread(ZipFile, content)
        except (BadZipFile, OSError, ValueError) as error:
            raise InvalidArgument(f"fileContent: it is no ZIP archive: {error}") from error
        with archive:
            entries = _checked(archive)
            try:
                damaged = await asyncio.to_thread(archive.testzip)
                if damaged is not None:
                    raise BadZipFile(f"{damaged!r} is not what it was")
                for path, entry in entries.items():
                    if path.startswith(FLOWS):
                        source = await asyncio.to_thread(archive.read, entry)
                        await self._flows.put(tenant, _text(path, source))
                    else:
                        await asyncio.to_thread(self._store, tenant, namespace, path, archive, entry)
            except (BadZipFile, NotImplementedError, EOFError, RuntimeError, zlib.error, lzma.LZMAError) as error:
                raise InvalidArgument(f"fileContent: the archive is damaged: {error}") from error
        return [f"/{path}" for path in entries]

    async def save_flow(self, tenant: str, path: str, content: IO[bytes]) -> None:
        """Save the flow of a file; raises ``InvalidArgument`` and what saving a flow raises."""
        source = await asyncio.to_thread(content.read, MAX_FLOW_BYTES + 1)
        if len(source) > MAX_FLOW_BYTES:
            raise InvalidArgument(f"fileContent: {path!r} is too large for a flow")
        await self._flows.put(tenant, _text(path, source))

    def _store(self, tenant: str, namespace: str, path: str, archive: ZipFile, entry: ZipInfo) -> None:
        with archive.open(entry) as content:
            self._files.put(tenant, namespace, path, content)

    def _packed(self, tenant: str, namespace: str, sources: list[tuple[str, str]]) -> IO[bytes]:
        packed = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # the caller closes it
        with ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in self._files.paths(tenant, namespace):
                with (
                    self._files.open(tenant, namespace, path) as content,
                    archive.open(path.lstrip("/"), "w", force_zip64=True) as entry,
                ):
                    while chunk := content.read(_CHUNK):
                        entry.write(chunk)
            for flow_id, source in sources:
                archive.writestr(f"{FLOWS}{flow_id}.yml", source)
        packed.seek(0)
        return packed


def _checked(archive: ZipFile) -> dict[str, ZipInfo]:
    """Return the files of an archive by path; raises ``InvalidArgument`` and ``InvalidPath``."""
    entries: dict[str, ZipInfo] = {}
    packed = unpacked = 0
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        path = checked_path(entry.filename)
        mode = entry.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise InvalidArgument(f"fileContent: {entry.filename!r} in the archive is a link or a device, not a file")
        if entry.flag_bits & 1:
            raise InvalidArgument(f"fileContent: {entry.filename!r} in the archive is encrypted")
        packed, unpacked = packed + entry.compress_size, unpacked + entry.file_size
        if path.startswith(FLOWS) and entry.file_size > MAX_FLOW_BYTES:
            raise InvalidArgument(f"fileContent: {entry.filename!r} in the archive is too large for a flow")
        entries[path] = entry
    if len(entries) > MAX_FILES:
        raise InvalidArgument(f"fileContent: the archive holds {len(entries)} files; at most {MAX_FILES} are taken")
    if unpacked > MAX_BYTES or (unpacked > FREE_BYTES and unpacked > packed * MAX_RATIO):
        raise InvalidArgument(f"fileContent: the archive would unpack to {unpacked} bytes, which is too much")
    return entries


def _text(path: str, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise InvalidArgument(f"fileContent: the flow {path!r} in the archive is not UTF-8: {error}") from error
