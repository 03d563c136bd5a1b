"""Internal storage as a task run sees it."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import derived_id
from lanner.model.storage import SCHEME, cache_path, execution_folder, slug, storage_path, task_run_folder
from lanner.ports.blobs import Blobs, FileNotFound


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of an earlier run."""

    modified: datetime
    open: Callable[[], IO[bytes]]


def with_folders(paths: Iterable[str], prefix: str) -> list[str]:
    """Return paths with their folders up to ``prefix``, what is inside before what is around.

    Source: what Kestra 1.0.36 lists when it deletes the files of an execution.
    """
    found = set(paths)
    for path in tuple(found):
        folder = path.rpartition("/")[0]
        while len(folder) >= len(prefix):
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return sorted(found, reverse=True)


class TaskFiles:
    """Files of the tenant; new ones are stored in ``folder``: the task run's own when none is given."""

    def __init__(self, blobs: Blobs, execution: Execution, run: TaskRun, *, folder: str | None = None) -> None:
        self._blobs, self._tenant = blobs, execution.tenant
        self._execution_prefix = execution_folder(execution)
        self._prefix = folder or task_run_folder(execution, run)
        self._kept_path = cache_path(execution, slug(run.task_id), run.value)

    def open(self, uri: str) -> IO[bytes]:
        """Open a stored file for reading."""
        return self._blobs.open(self._tenant, storage_path(uri))

    def put(self, path: Path, *, name: str | None = None) -> str:
        """Store a local file and return its URI."""
        with path.open("rb") as content:
            return self._store(content, name or f"{derived_id(str(path))}-{path.name}")

    def put_bytes(self, content: bytes, *, name: str) -> str:
        """Store bytes and return their URI."""
        return self._store(io.BytesIO(content), name)

    def uri_of(self, name: str) -> str:
        """Return the URI that a file of this name has once it is stored."""
        return f"{SCHEME}{self._prefix}/{name.replace(' ', '+')}"

    def size(self, uri: str) -> int:
        """Return the size in bytes."""
        return self._blobs.stat(self._tenant, storage_path(uri)).size

    def exists(self, uri: str) -> bool:
        """Whether there is such a file."""
        return self._blobs.exists(self._tenant, storage_path(uri))

    def delete(self, uri: str) -> bool:
        """Delete a file; returns whether there was one."""
        return self._blobs.delete(self._tenant, storage_path(uri))

    def delete_execution(self) -> list[str]:
        """Delete every file of the execution and return the URIs of files and folders, what is inside first."""
        deleted: dict[str, None] = {}
        for stat in self._blobs.list(self._tenant, self._execution_prefix, recursive=True):
            try:
                if self._blobs.delete(self._tenant, stat.path):
                    deleted[stat.path] = None
            except FileNotFound:
                continue
        return [SCHEME + path for path in with_folders(deleted, self._execution_prefix)]

    def keep(self, path: Path) -> None:
        """Keep a file for the next run of the task."""
        with path.open("rb") as content:
            self._blobs.put(self._tenant, self._kept_path, content)

    def kept(self) -> "Kept | None":
        """Return what the last run of the task has kept."""
        try:
            modified = self._blobs.stat(self._tenant, self._kept_path).modified
        except FileNotFound:
            return None
        return Kept(modified, lambda: self._blobs.open(self._tenant, self._kept_path))

    def _store(self, content: IO[bytes], name: str) -> str:
        path = f"{self._prefix}/{name.replace(' ', '+')}"
        self._blobs.put(self._tenant, path, content)
        return SCHEME + path
