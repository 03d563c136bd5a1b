"""Internal storage: bytes under a path, per tenant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Protocol

from lanner.model.errors import LannerError


class FileNotFound(LannerError):
    """There is no file of this path in the internal storage."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path} (File not found)")


class UnsafePath(LannerError):
    """A path tries to leave its place."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path!r}: File should be accessed with their full path and not using relative '..' path.")


class PathTaken(LannerError):
    """A folder lies where a file is to go, or a file where a folder is needed."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path!r}: there is a file where a folder is needed, or a folder in the place of the file")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobStat:
    """What is known of a stored file or folder. ``path`` begins with a slash."""

    path: str
    size: int
    modified: datetime
    is_folder: bool = False


class Blobs(Protocol):
    """Files of a tenant; paths begin with a slash. Blocking: call from a thread.

    Every method raises ``UnsafePath`` for a path with ``..`` segments, NUL bytes or the like.
    """

    def open(self, tenant: str, path: str) -> IO[bytes]:
        """Open for reading; raises ``FileNotFound``, for a folder as well."""

    def put(self, tenant: str, path: str, content: IO[bytes]) -> int:
        """Store a stream, all or nothing, replacing what was there; returns the size in bytes.

        Raises ``PathTaken``.
        """

    def stat(self, tenant: str, path: str) -> BlobStat:
        """Describe a file or a folder that holds something; raises ``FileNotFound``."""

    def exists(self, tenant: str, path: str) -> bool:
        """Whether ``stat`` would answer."""

    def list(self, tenant: str, prefix: str, *, recursive: bool) -> Iterator[BlobStat]:
        """Return what lies below a folder, sorted by path; nothing when it does not exist.

        Recursive: the files of all levels. Otherwise: the files and folders of this level.
        """

    def move(self, tenant: str, source: str, target: str) -> None:
        """Move a file, replacing a file, or a whole folder; raises ``FileNotFound`` and ``PathTaken``."""

    def delete(self, tenant: str, path: str) -> bool:
        """Delete one file; returns whether there was one."""

    def delete_folder(self, tenant: str, prefix: str) -> int:
        """Delete everything below ``prefix``; returns how many files."""
