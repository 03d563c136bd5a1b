"""Flows out and in: ZIP of YAML files, or one YAML text."""

import asyncio
from collections.abc import Sequence
from io import BytesIO
from typing import IO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from lanner.model.flow import Flow
from lanner.services.errors import InvalidArgument, InvalidEntity
from lanner.services.flows import Flows, InvalidFlow, split_documents

MAX_ENTRY_BYTES = 10 * 1024 * 1024
MAX_ENTRIES = 10_000


class FlowArchives:
    """Writes and reads archives of flows."""

    def __init__(self, *, flows: Flows) -> None:
        self._flows = flows

    def pack(self, flows: Sequence[Flow]) -> bytes:
        """Return a ZIP with one ``namespace.id.yml`` for each flow."""
        target = BytesIO()
        with ZipFile(target, "w", ZIP_DEFLATED) as archive:
            for flow in flows:
                archive.writestr(f"{flow.namespace}.{flow.id}.yml", flow.source)
        return target.getvalue()

    async def unpack(self, tenant: str, file_name: str, content: IO[bytes], *, fail_on_error: bool) -> list[str]:
        """Save every flow of a ZIP or YAML file, new or not; return the names of those that are wrong.

        With ``fail_on_error`` the first wrong one raises. Raises ``InvalidArgument`` for other files.
        """
        texts = await asyncio.to_thread(_texts, file_name.lower(), content)
        failed = []
        for name, text in texts:
            for source in split_documents(text):
                try:
                    await self._flows.put(tenant, source)
                except (InvalidFlow, InvalidEntity):
                    if fail_on_error:
                        raise
                    failed.append(str(self._flows.read(source).document.get("id") or name))
        return failed


def _texts(file_name: str, content: IO[bytes]) -> list[tuple[str, str]]:
    if file_name.endswith((".yaml", ".yml")):
        return [(file_name, content.read().decode("utf-8-sig", "replace"))]
    if not file_name.endswith(".zip"):
        raise InvalidArgument("Cannot import file of type " + (file_name.rpartition(".")[2] or "unknown"))
    try:
        with ZipFile(content) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename.lower().endswith((".yml", ".yaml"))]
            if len(entries) > MAX_ENTRIES or any(entry.file_size > MAX_ENTRY_BYTES for entry in entries):
                raise InvalidArgument(f"an archive holds at most {MAX_ENTRIES} flows of {MAX_ENTRY_BYTES} bytes each")
            return [(entry.filename, archive.read(entry).decode("utf-8-sig", "replace")) for entry in entries]
    except BadZipFile as error:
        raise InvalidArgument(f"{file_name!r} is no ZIP archive: {error}") from error
