"""Namespace files as a task run sees them (``lanner.sdk.context.NamespaceFileStore``)."""

import asyncio
from datetime import datetime
from typing import IO

from lanner.model.namespace import with_parents
from lanner.ports.store import FlowRows
from lanner.runtime.task_keys import in_loop
from lanner.services.namespace_files import NamespaceFiles


class TaskNamespaceFiles:
    """The files of a tenant's namespaces, with the flow's namespace as the one that is meant."""

    def __init__(
        self, files: NamespaceFiles, flows: FlowRows, loop: asyncio.AbstractEventLoop, tenant: str, namespace: str
    ) -> None:
        self._files, self._flows, self._loop, self._tenant, self._own = files, flows, loop, tenant, namespace

    def paths(self, namespace: str | None = None) -> list[str]:
        """Return the paths of all files."""
        return self._files.paths(self._tenant, namespace or self._own)

    def open(self, path: str, namespace: str | None = None) -> IO[bytes]:
        """Open a file for reading."""
        return self._files.open(self._tenant, namespace or self._own, path)

    def exists(self, path: str, namespace: str | None = None) -> bool:
        """Whether there is such a file or folder."""
        return self._files.exists(self._tenant, namespace or self._own, path)

    def put(self, path: str, content: IO[bytes], namespace: str | None = None) -> None:
        """Store a file."""
        self._files.put(self._tenant, namespace or self._own, path, content)

    def delete(self, path: str, namespace: str | None = None) -> bool:
        """Delete a file with its revisions."""
        return self._files.delete(self._tenant, namespace or self._own, path)

    def purge_revisions(
        self, path: str, namespace: str | None = None, *, keep: int | None = None, before: datetime | None = None
    ) -> int:
        """Delete earlier revisions of a file; returns how many."""
        return self._files.purge_revisions(self._tenant, namespace or self._own, path, keep=keep, before=before)

    def namespaces(self) -> list[str]:
        """Return the namespaces that hold flows, with those above them."""

        async def found() -> list[str]:
            names = await self._flows.namespaces(self._tenant)
            return sorted({self._own, *(above for name in names for above in with_parents(name))})

        return in_loop(self._loop, found())
