"""Files of a namespace, kept in the internal storage with their earlier revisions.

Source: Kestra 1.0 (reference ``engine.md`` §9.9, ``api.md`` §1.9); revisions as in 1.2.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import IO
from urllib.parse import unquote

from lanner.model.errors import LannerError
from lanner.model.namespace import checked_namespace
from lanner.model.storage import files_folder, revisions_folder
from lanner.ports.blobs import Blobs, BlobStat, FileNotFound, PathTaken

__all__ = ["FileNotFound", "InvalidPath", "NamespaceFile", "NamespaceFiles", "PathTaken", "checked_path"]

FOLDER_MARK = ".lanner-folder"
"""A file that keeps a folder without other files in existence; it is not shown."""

MAX_NAME_BYTES = 255
MAX_PATH_BYTES = 4_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class InvalidPath(LannerError):
    """A path cannot be that of a namespace file."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        shown = path if len(path) <= 100 else f"{path[:100]}…"
        super().__init__(f"path: {shown!r} cannot be the path of a namespace file: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespaceFile:
    """A file or a folder of a namespace; ``path`` begins with a slash."""

    path: str
    size: int
    modified: datetime
    is_folder: bool

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a file, counted from 1."""

    number: int
    modified: datetime
    size: int


def checked_path(path: str, *, is_folder: bool = False) -> str:
    """Return a path without slashes at its ends; the root is an empty text, for folders only.

    Raises ``InvalidPath``: for ``..`` in any disguise, control characters and names that no disk takes.
    """
    try:
        size = len(path.encode())
    except UnicodeEncodeError:
        raise InvalidPath(ascii(path), "it holds half a character (a lone surrogate)") from None
    parts = [part for part in path.split("/") if part]
    if not parts and not is_folder:
        raise InvalidPath(path, "it names no file")
    for part in parts:
        if unquote(part) in (".", "..") or ("\\" in part and ".." in part):
            raise InvalidPath(path, "File should be accessed with their full path and not using relative '..' path.")
        if _CONTROL.search(part):
            raise InvalidPath(path, "it holds control characters")
        if len(part.encode()) > MAX_NAME_BYTES:
            raise InvalidPath(path, f"a name has at most {MAX_NAME_BYTES} bytes")
    if size > MAX_PATH_BYTES:
        raise InvalidPath(path, f"it has more than {MAX_PATH_BYTES} bytes")
    return "/".join(parts)


class NamespaceFiles:
    """Reads and changes the files of namespaces. Blocking: call from a thread.

    Paths may begin with a slash. Every method raises ``InvalidNamespace`` and ``InvalidPath``.
    """

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def stat(self, tenant: str, namespace: str, path: str) -> NamespaceFile:
        """Describe a file or folder; raises ``FileNotFound``."""
        name = checked_path(path, is_folder=True)
        return self._shown(namespace, self._blobs.stat(tenant, _place(namespace, name)))

    def exists(self, tenant: str, namespace: str, path: str) -> bool:
        """Whether there is such a file or folder."""
        return self._blobs.exists(tenant, _place(namespace, checked_path(path)))

    def listed(self, tenant: str, namespace: str, path: str) -> list[NamespaceFile]:
        """Return what lies in a folder; raises ``FileNotFound`` for any but the root."""
        name = checked_path(path, is_folder=True)
        place = _place(namespace, name)
        if name and not self._blobs.stat(tenant, place).is_folder:
            raise FileNotFound(f"/{name}")
        found = (self._shown(namespace, stat) for stat in self._blobs.list(tenant, place, recursive=False))
        return [file for file in found if file.name != FOLDER_MARK]

    def paths(self, tenant: str, namespace: str, *, text: str = "") -> list[str]:
        """Return the paths of all files that hold a text, whatever the case."""
        place = _place(namespace, "")
        found = (stat.path[len(place) :] for stat in self._blobs.list(tenant, place, recursive=True))
        return [path for path in found if path.rpartition("/")[2] != FOLDER_MARK and text.lower() in path.lower()]

    def open(self, tenant: str, namespace: str, path: str, *, revision: int | None = None) -> IO[bytes]:
        """Open a file, or an earlier revision of it; raises ``FileNotFound``."""
        name = checked_path(path)
        if revision is None or revision == self._current(tenant, namespace, name):
            return self._blobs.open(tenant, _place(namespace, name))
        return self._blobs.open(tenant, f"{revisions_folder(namespace, name)}/{revision}")

    def put(self, tenant: str, namespace: str, path: str, content: IO[bytes]) -> None:
        """Store a file; what was there before becomes an earlier revision. Raises ``PathTaken``."""
        name = checked_path(path)
        place = _place(namespace, name)
        if self._is_file(tenant, place):
            current = self._current(tenant, namespace, name)
            folder = revisions_folder(namespace, name)
            with self._blobs.open(tenant, place) as before:
                self._blobs.put(tenant, f"{folder}/{current}", before)
            self._blobs.put(tenant, place, content)
            self._blobs.put(tenant, f"{folder}/current", BytesIO(str(current + 1).encode()))
        else:
            self._blobs.put(tenant, place, content)

    def make_folder(self, tenant: str, namespace: str, path: str) -> None:
        """Make a folder that stays when it is empty; raises ``PathTaken``."""
        name = checked_path(path)
        self._blobs.put(tenant, f"{_place(namespace, name)}/{FOLDER_MARK}", BytesIO())

    def move(self, tenant: str, namespace: str, source: str, target: str) -> None:
        """Move a file or a folder with its revisions; raises ``FileNotFound`` and ``PathTaken``."""
        old, new = checked_path(source), checked_path(target)
        if new == old:
            return
        if new.startswith(f"{old}/"):
            raise InvalidPath(target, f"it lies below {old!r}, which is to be moved there")
        place = _place(namespace, old)
        is_file = not self._blobs.stat(tenant, place).is_folder
        names = [old] if is_file else [f"{old}{path}" for path in self._below(tenant, place)]
        self._blobs.move(tenant, place, _place(namespace, new))
        for name in names:
            folder = revisions_folder(namespace, name)
            self._blobs.delete_folder(tenant, revisions_folder(namespace, new + name[len(old) :]))
            if self._blobs.exists(tenant, folder):
                self._blobs.move(tenant, folder, revisions_folder(namespace, new + name[len(old) :]))

    def delete(self, tenant: str, namespace: str, path: str) -> bool:
        """Delete a file, or a folder with everything below; returns whether there was one."""
        name = checked_path(path)
        place = _place(namespace, name)
        try:
            is_folder = self._blobs.stat(tenant, place).is_folder
        except FileNotFound:
            return False
        names = [f"{name}{below}" for below in self._below(tenant, place)] if is_folder else [name]
        for one in names:
            self._blobs.delete_folder(tenant, revisions_folder(namespace, one))
        if is_folder:
            self._blobs.delete_folder(tenant, place)
            return True
        return self._blobs.delete(tenant, place)

    def revisions(self, tenant: str, namespace: str, path: str) -> list[Revision]:
        """Return the revisions that are kept, oldest first, the present one last; raises ``FileNotFound``."""
        name = checked_path(path)
        present = self._blobs.stat(tenant, _place(namespace, name))
        if present.is_folder:
            raise FileNotFound(f"/{name}")
        kept = self._earlier(tenant, namespace, name)
        return [*kept, Revision(self._current(tenant, namespace, name), present.modified, present.size)]

    def purge_revisions(
        self, tenant: str, namespace: str, path: str, *, keep: int | None = None, before: datetime | None = None
    ) -> int:
        """Delete earlier revisions: all but the newest ``keep`` (the present one counts), or those older than a moment.

        Returns how many.
        """
        name = checked_path(path)
        revisions = self.revisions(tenant, namespace, path)
        earlier = revisions[:-1]
        gone = earlier if keep is None and before is None else []
        if keep is not None:
            gone = revisions[: max(0, len(revisions) - max(keep, 1))]
        elif before is not None:
            gone = [one for one in earlier if one.modified < before]
        folder = revisions_folder(namespace, name)
        return sum(self._blobs.delete(tenant, f"{folder}/{one.number}") for one in gone)

    def _earlier(self, tenant: str, namespace: str, name: str) -> list[Revision]:
        found = self._blobs.list(tenant, revisions_folder(namespace, name), recursive=False)
        numbered = [(stat.path.rpartition("/")[2], stat) for stat in found]
        kept = [Revision(int(number), stat.modified, stat.size) for number, stat in numbered if number.isdigit()]
        return sorted(kept, key=lambda one: one.number)

    def _current(self, tenant: str, namespace: str, name: str) -> int:
        try:
            with self._blobs.open(tenant, f"{revisions_folder(namespace, name)}/current") as number:
                return int(number.read())
        except FileNotFound:
            return 1

    def _is_file(self, tenant: str, place: str) -> bool:
        try:
            return not self._blobs.stat(tenant, place).is_folder
        except FileNotFound:
            return False

    def _below(self, tenant: str, place: str) -> Iterator[str]:
        return (stat.path[len(place) :] for stat in list(self._blobs.list(tenant, place, recursive=True)))

    @staticmethod
    def _shown(namespace: str, stat: BlobStat) -> NamespaceFile:
        path = stat.path[len(files_folder(namespace)) :]
        return NamespaceFile(path=path or "/", size=stat.size, modified=stat.modified, is_folder=stat.is_folder)


def _place(namespace: str, name: str) -> str:
    folder = files_folder(checked_namespace(namespace))
    return f"{folder}/{name}" if name else folder
