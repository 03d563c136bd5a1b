"""io.kestra.plugin.core.runner.Process: commands as child processes of the worker."""

import os
import selectors
import signal
import subprocess
import threading
from datetime import timedelta
from time import monotonic
from typing import IO, ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.runner import Command, Ended, OnLine, TaskRunner
from lanner.sdk.task import TaskFailed
from lanner.sdk.text import parse_duration

GRACE = timedelta(seconds=5)
CHUNK_BYTES = 64 * 1024
LONGEST_LINE_BYTES = 1024 * 1024


class Process(TaskRunner):
    """Run the commands as processes on the worker, in the task's working directory.

    They inherit the worker's environment. A task that is killed has its whole process group
    terminated, and what is left killed after the grace period (`scripts.kill-grace-period`).
    """

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: run_on_the_worker
namespace: company.team

tasks:
  - id: script
    type: io.kestra.plugin.scripts.python.Script
    taskRunner:
      type: io.kestra.plugin.core.runner.Process
    script: print("on the worker")
""",
    )

    def run(self, context: RunContext, command: Command, on_line: OnLine) -> Ended:
        grace = context.option("scripts.kill-grace-period")
        seconds = (GRACE if grace is None else parse_duration(grace)).total_seconds()
        try:
            process = subprocess.Popen(
                list(command.arguments),
                cwd=context.working_dir,
                env={**os.environ, **command.env},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            raise TaskFailed(f"{command.arguments[0]!r} cannot be started: {error}") from error
        with process:
            watch = _Watch(process, on_line, seconds)
            context.on_kill(watch.stop)
            code = watch.until_end()
        return Ended(exit_code=code if code >= 0 else 128 - code)


class _Watch:
    """Reads the output of a process line by line until it ends, or until it was stopped and the grace is over."""

    def __init__(self, process: subprocess.Popen[bytes], on_line: OnLine, grace_seconds: float) -> None:
        self._process, self._on_line, self._grace = process, on_line, grace_seconds
        self._wake, self._waker = os.pipe()
        self._closing = threading.Lock()
        self._is_over = False
        self._kill_at: float | None = None

    def stop(self) -> None:
        """Wake the reader up, from any thread, to end the process."""
        with self._closing:
            if not self._is_over:
                os.write(self._waker, b"x")

    def until_end(self) -> int:
        exited = os.pidfd_open(self._process.pid)
        try:
            with selectors.DefaultSelector() as selector:
                self._watch(selector, exited)
            if self._kill_at is not None:
                # The leader is not reaped yet, so the group's number cannot have gone to somebody else.
                self._signal(signal.SIGKILL)
            return self._process.wait()
        finally:
            with self._closing:
                self._is_over = True
                for descriptor in (exited, self._wake, self._waker):
                    os.close(descriptor)

    def _watch(self, selector: selectors.BaseSelector, exited: int) -> None:
        streams = [_Lines(stream.fileno(), is_error=is_error) for stream, is_error in self._streams()]
        for stream in streams:
            os.set_blocking(stream.descriptor, False)
            selector.register(stream.descriptor, selectors.EVENT_READ, stream)
        for descriptor in (exited, self._wake):
            selector.register(descriptor, selectors.EVENT_READ)
        waiting_for = {exited, *(stream.descriptor for stream in streams)}
        while waiting_for and not self._is_grace_over():
            for key, _ in selector.select(self._seconds_left()):
                if isinstance(key.data, _Lines):
                    ended = key.data.read(self._on_line)
                elif key.fd == self._wake:
                    os.read(self._wake, CHUNK_BYTES)
                    self._terminate()
                    ended = False
                else:
                    ended = True
                if ended:
                    selector.unregister(key.fd)
                    waiting_for.discard(key.fd)
        for stream in streams:
            stream.finish(self._on_line)

    def _streams(self) -> tuple[tuple[IO[bytes], bool], ...]:
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        return (self._process.stdout, False), (self._process.stderr, True)

    def _terminate(self) -> None:
        if self._kill_at is None:
            self._kill_at = monotonic() + self._grace
            self._signal(signal.SIGTERM)

    def _seconds_left(self) -> float | None:
        return None if self._kill_at is None else max(self._kill_at - monotonic(), 0)

    def _is_grace_over(self) -> bool:
        return self._kill_at is not None and monotonic() >= self._kill_at

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):
            # Nothing of the group is left, or only a zombie that some systems protect.
            return


class _Lines:
    """Cuts what a descriptor gives into lines."""

    def __init__(self, descriptor: int, *, is_error: bool) -> None:
        self.descriptor, self._is_error = descriptor, is_error
        self._rest = b""

    def read(self, on_line: OnLine) -> bool:
        """Hand on the complete lines there are; whether the stream has ended."""
        try:
            chunk = os.read(self.descriptor, CHUNK_BYTES)
        except BlockingIOError:
            return False
        if not chunk:
            return True
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._hand_on(line, on_line)
        if len(self._rest) >= LONGEST_LINE_BYTES:
            self.finish(on_line)
        return False

    def finish(self, on_line: OnLine) -> None:
        """Hand on a last line without line break."""
        if self._rest:
            self._hand_on(self._rest, on_line)
            self._rest = b""

    def _hand_on(self, line: bytes, on_line: OnLine) -> None:
        on_line(line.removesuffix(b"\r").decode(errors="replace"), self._is_error)
