"""The log of an attempt, or of the evaluation of a trigger, as a file of the internal storage (``logToFile``)."""

import shutil
import tempfile
import threading
from pathlib import Path

from lanner.model.log import LogEntry
from lanner.runtime.task_files import TaskFiles


class LogFile:
    """A file that grows line by line on the worker's disk and is stored when the attempt ends. Blocking."""

    def __init__(self, temporary: Path) -> None:
        temporary.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(prefix="task-", dir=temporary))
        self._path = self._folder / "log.txt"
        self._file = self._path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")
        self._lock = threading.Lock()

    def write(self, entry: LogEntry) -> None:
        """Add a line; what comes after the end is left out."""
        with self._lock:
            if not self._file.closed:
                self._file.write(_line_of(entry) + "\n")

    def store(self, files: TaskFiles, attempt: int) -> str:
        """Close the file, store it among those of the task run and return its URI."""
        with self._lock:
            self._file.close()
        try:
            return files.put(self._path, name=f"log-{attempt}.txt")
        finally:
            self.drop()

    def drop(self) -> None:
        """Forget the file."""
        with self._lock:
            self._file.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _line_of(entry: LogEntry) -> str:
    """Return a line of the file.

    Source: a file that Kestra 1.0.36 wrote.
    """
    moment = f"{entry.timestamp:%Y-%m-%d %H:%M:%S},{entry.timestamp.microsecond // 1000:03d}"
    place = entry.task_id or entry.trigger_id
    return f"{moment} {entry.level:5} {entry.thread or '':12} flow.{entry.flow_id}.{place} {entry.message}"
