"""A server of our own to measure: started on a free port with its data in a temporary folder, and stopped again."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

USER, PASSWORD = "bench@lanner.local", "Bench1234"
START_LIMIT_SECONDS = 30.0


@dataclass(slots=True)
class Running:
    """A started server. ``first_answer_seconds`` is from the start of the process to the first HTTP answer."""

    url: str
    process: subprocess.Popen[bytes]
    first_answer_seconds: float

    def memory_mb(self) -> float:
        """Return the resident memory of the process, in MB (Linux)."""
        return self._status_mb("VmRSS")

    def peak_memory_mb(self) -> float:
        """Return the most resident memory that the process has had so far, in MB (Linux)."""
        return self._status_mb("VmHWM")

    def cpu_seconds(self) -> float:
        """Return the processor time of the process so far: what others do on the machine is not in it (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _status_mb(self, name: str) -> float:
        for line in Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("the system does not tell the memory of a process")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(data: Path, port: int) -> Running:
    """Start ``lanner server local`` and wait for its first answer."""
    environment = {
        **os.environ,
        "LANNER_BASIC_AUTH__USERNAME": USER,
        "LANNER_BASIC_AUTH__PASSWORD": PASSWORD,
        "LANNER_LOGS__LEVEL": "ERROR",
    }
    began = time.monotonic()
    command = [sys.executable, "-m", "lanner", "server", "local", "--port", str(port), "--data", str(data)]
    process = subprocess.Popen([*command, "--no-tutorials"], env=environment, stdout=subprocess.DEVNULL)
    while time.monotonic() - began < START_LIMIT_SECONDS:
        with contextlib.suppress(OSError, urllib.error.URLError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1).read()
            return Running(f"http://127.0.0.1:{port}", process, time.monotonic() - began)
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        time.sleep(0.005)
    process.kill()
    raise RuntimeError(f"the server did not answer in {START_LIMIT_SECONDS:.0f} s")


def stop(running: Running) -> None:
    """Have the server end and wait for it."""
    running.process.send_signal(signal.SIGTERM)
    running.process.wait(timeout=START_LIMIT_SECONDS)


@contextlib.contextmanager
def server() -> Iterator[Running]:
    """Start a server on an empty folder for the time of a block."""
    with tempfile.TemporaryDirectory(prefix="lanner-bench-") as folder:
        running = start(Path(folder), free_port())
        try:
            yield running
        finally:
            stop(running)
