"""Internal storage as a task run sees it (layout: reference ``engine.md`` §9.9)."""

import hashlib
import io
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from lanner.model.errors import LannerError
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import derived_id
from lanner.ports.blobs import Blobs, FileNotFound

SCHEME = "kestra://"


class InvalidStorageUri(LannerError):
    """A URI that does not point into the internal storage."""

    def __init__(self, uri: object) -> None:
        self.uri = uri
        super().__init__(
            f"Invalid internal storage scheme, got uri {uri!r}" if uri else "Invalid internal storage uri, got null"
        )


def slug(text: str) -> str:
    """Return an id as it stands in storage paths: lower case, dashes for blanks and underscores."""
    plain = unicodedata.normalize("NFD", re.sub(r"[\s_]+", "-", text))
    kept = re.sub(r"[^\w-]", "", plain, flags=re.ASCII)
    return re.sub(r"^-|-$", "", re.sub(r"-{2,}", "-", kept)).lower()


def flow_prefix(namespace: str, flow_id: str) -> str:
    """Return the folder of a flow."""
    return f"/{namespace.replace('.', '/')}/{slug(flow_id)}"


def execution_prefix(execution: Execution) -> str:
    """Return the folder of an execution."""
    return f"{flow_prefix(execution.namespace, execution.flow_id)}/executions/{execution.id}"


def storage_path(uri: str) -> str:
    """Return the path of a ``kestra:///…`` URI; raises ``InvalidStorageUri``."""
    if not uri or not uri.startswith(SCHEME):
        raise InvalidStorageUri(uri)
    path = uri[len(SCHEME) :]
    return path if path.startswith("/") else f"/{path}"


def cache_path(execution: Execution, name: str, value: str | None) -> str:
    """Return where the flow of an execution keeps a file for later ones; ``value`` is that of a loop."""
    inner = "" if value is None else f"/{hashlib.sha256(value.encode()).hexdigest()[:32]}"
    return f"{flow_prefix(execution.namespace, execution.flow_id)}/{name}/cache{inner}/cache.zip"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of an earlier run."""

    modified: datetime
    open: Callable[[], IO[bytes]]


class TaskFiles:
    """Files of the tenant; new ones are stored under the task run's own prefix."""

    def __init__(self, blobs: Blobs, execution: Execution, run: TaskRun) -> None:
        self._blobs, self._tenant = blobs, execution.tenant
        self._execution_prefix = execution_prefix(execution)
        self._prefix = f"{self._execution_prefix}/tasks/{slug(run.task_id)}/{run.id}"
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
        """Delete every file of the execution and return their URIs."""
        found = [stat.path for stat in self._blobs.list(self._tenant, self._execution_prefix, recursive=True)]
        deleted = []
        for path in found:
            try:
                if self._blobs.delete(self._tenant, path):
                    deleted.append(SCHEME + path)
            except FileNotFound:
                continue
        return deleted

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
