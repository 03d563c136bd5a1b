"""A file that keeps a second server out of a data folder."""

import fcntl
import os
from pathlib import Path

from lanner.model.errors import LannerError


class DataInUse(LannerError):
    """Another server has this data open."""

    def __init__(self, path: Path, process: str) -> None:
        self.path, self.process = path, process
        super().__init__(
            f"{str(path)!r} is in use by another server, process {process or 'unknown'}; stop that one first"
        )


class FolderLock:
    """Held from ``acquire`` to ``release``, or to the end of the process, however it ends."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._path = data.with_name(f"{data.name}.lock")
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock; raises ``DataInUse``."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            process = os.pread(file, 32, 0).decode(errors="replace").strip()
            os.close(file)
            raise DataInUse(self._data, process) from error
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        self._file = file

    def release(self) -> None:
        """Let others in; the file stays."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
