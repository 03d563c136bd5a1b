"""Internal storage in a folder of this machine: ``<root>/<tenant>/<path>``."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISDIR
from typing import IO

from lanner.ports.blobs import BlobStat, FileNotFound, PathTaken, UnsafePath

_PARTIAL = ".partial"
_NAME_BYTES = 255
_CHUNK_BYTES = 1024 * 1024
_IN_THE_WAY = (IsADirectoryError, NotADirectoryError, FileExistsError)


class LocalBlobs:
    """``Blobs`` in local files. A stored file survives the loss of power; a broken upload leaves nothing.

    Symbolic links inside a tenant's folder are followed only where they stay inside it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def open(self, tenant: str, path: str) -> IO[bytes]:
        """Open for reading; raises ``FileNotFound``, for a folder as well."""
        try:
            return self._place(tenant, path).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise FileNotFound(path) from error

    def put(self, tenant: str, path: str, content: IO[bytes]) -> int:
        """Store a stream, all or nothing, replacing what was there; returns the size in bytes."""
        target = self._place(tenant, path)
        if target == self._tenant_folder(tenant, path):
            raise UnsafePath(path)
        partial = self._root / _PARTIAL
        partial.mkdir(parents=True, exist_ok=True)
        file, name = tempfile.mkstemp(dir=partial)
        try:
            with os.fdopen(file, "wb") as out:
                shutil.copyfileobj(content, out, _CHUNK_BYTES)
                out.flush()
                os.fsync(out.fileno())
                size = out.tell()
            self._make_folder(target.parent)
            Path(name).replace(target)
        except BaseException as error:
            Path(name).unlink(missing_ok=True)
            if isinstance(error, _IN_THE_WAY):
                raise PathTaken(path) from error
            raise
        _sync_folder(target.parent)
        return size

    def stat(self, tenant: str, path: str) -> BlobStat:
        """Describe a file or a folder; raises ``FileNotFound``."""
        place = self._place(tenant, path)
        try:
            return _described("/" + "/".join(_segments(path)), place.stat())
        except (FileNotFoundError, NotADirectoryError) as error:
            raise FileNotFound(path) from error

    def exists(self, tenant: str, path: str) -> bool:
        """Whether ``stat`` would answer."""
        return self._place(tenant, path).exists()

    def list(self, tenant: str, prefix: str, *, recursive: bool) -> Iterator[BlobStat]:
        """Yield what lies below a folder, sorted by path; nothing when it does not exist."""
        place = self._place(tenant, prefix)
        return _listed(place, "".join(f"/{segment}" for segment in _segments(prefix)), recursive=recursive)

    def move(self, tenant: str, source: str, target: str) -> None:
        """Move a file, replacing a file, or a whole folder; raises ``FileNotFound`` and ``PathTaken``."""
        place, goal = self._place(tenant, source), self._place(tenant, target)
        if not place.exists():
            raise FileNotFound(source)
        try:
            self._make_folder(goal.parent)
            place.rename(goal)
        except OSError as error:
            if isinstance(error, _IN_THE_WAY) or error.errno in (errno.ENOTEMPTY, errno.EINVAL):
                raise PathTaken(target) from error
            raise
        _sync_folder(goal.parent)
        _sync_folder(place.parent)

    def delete(self, tenant: str, path: str) -> bool:
        """Delete one file; returns whether there was one."""
        place = self._place(tenant, path)
        if not place.is_file():
            return False
        with suppress(FileNotFoundError):
            place.unlink()
            return True
        return False

    def delete_folder(self, tenant: str, prefix: str) -> int:
        """Delete everything below ``prefix`` and the folder itself; returns how many files."""
        place = self._place(tenant, prefix)
        if not place.is_dir():
            return 0
        files = sum(len(names) for _, _, names in os.walk(place))
        shutil.rmtree(place)
        return files

    def _place(self, tenant: str, path: str) -> Path:
        """Return where a path lies on disk; raises ``UnsafePath`` when that is outside the tenant's folder."""
        folder = self._tenant_folder(tenant, path)
        place = folder.joinpath(*_segments(path))
        real = Path(os.path.realpath(place))
        if real != folder and folder not in real.parents:
            raise UnsafePath(path)
        return place

    def _tenant_folder(self, tenant: str, path: str) -> Path:
        if not tenant or tenant.startswith(".") or "/" in tenant or "\0" in tenant:
            raise UnsafePath(path)
        return Path(os.path.realpath(self._root)) / tenant

    def _make_folder(self, folder: Path) -> None:
        """Make a folder and what is missing above it, each entered durably in the one above."""
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        with suppress(FileExistsError):
            folder.mkdir()
            _sync_folder(folder.parent)
        if not folder.is_dir():
            raise NotADirectoryError(str(folder))


def _segments(path: str) -> list[str]:
    segments = [segment for segment in path.split("/") if segment not in ("", ".")]
    if ".." in segments or "\0" in path:
        raise UnsafePath(path)
    try:
        if any(len(os.fsencode(segment)) > _NAME_BYTES for segment in segments):
            raise UnsafePath(path)
    except UnicodeEncodeError as error:
        raise UnsafePath(path) from error
    return segments


def _described(path: str, found: os.stat_result) -> BlobStat:
    is_folder = S_ISDIR(found.st_mode)
    modified = datetime.fromtimestamp(found.st_mtime, UTC)
    return BlobStat(path=path, size=0 if is_folder else found.st_size, modified=modified, is_folder=is_folder)


def _listed(place: Path, path: str, *, recursive: bool) -> Iterator[BlobStat]:
    """Yield in the order of whole paths: a folder stands where its name with a slash would."""
    try:
        entries = [entry for entry in os.scandir(place) if not entry.is_symlink()]
    except (FileNotFoundError, NotADirectoryError):
        return
    entries.sort(key=lambda entry: f"{entry.name}/" if recursive and entry.is_dir() else entry.name)
    for entry in entries:
        below = f"{path}/{entry.name}"
        if recursive and entry.is_dir():
            yield from _listed(Path(entry.path), below, recursive=True)
            continue
        with suppress(FileNotFoundError):  # deleted meanwhile
            yield _described(below, entry.stat())


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
