"""A server that is killed at any moment loses nothing and does nothing twice that counts."""

import base64
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

KILLS = 20
TASKS = 50
USER, PASSWORD = "crash@lanner.local", "Crash1234"
FLOW = "id: fifty\nnamespace: tests\ntasks:\n" + "".join(
    f"  - id: t{n}\n    type: io.kestra.plugin.core.log.Log\n    message: step {n}\n" for n in range(TASKS)
)

SHARED_FOLDER = """
id: folder
namespace: tests
inputs:
  - id: gate
    type: STRING
tasks:
  - id: shared
    type: io.kestra.plugin.core.flow.WorkingDirectory
    inputFiles:
      given.txt: given
    outputFiles: ["*.txt"]
    tasks:
      - id: write
        type: io.kestra.plugin.scripts.python.Script
        taskRunner: {type: io.kestra.plugin.core.runner.Process}
        script: open("made.txt", "w").write("made")
      - id: wait
        type: io.kestra.plugin.scripts.python.Script
        taskRunner: {type: io.kestra.plugin.core.runner.Process}
        script: |
          import pathlib, time
          limit = time.monotonic() + 60
          while not pathlib.Path("{{ inputs.gate }}").exists() and time.monotonic() < limit:
              time.sleep(0.05)
          print(open("made.txt").read(), open("given.txt").read())
"""


class Server:
    """A server process on one folder and one port, started again and again."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def start(self) -> None:
        """Start the server and return at its first answer."""
        environment = {**os.environ, "LANNER_BASIC_AUTH__USERNAME": USER, "LANNER_BASIC_AUTH__PASSWORD": PASSWORD}
        command = [sys.executable, "-m", "lanner", "server", "local", "--port", str(self.port), "--no-tutorials"]
        self.process = subprocess.Popen(
            [*command, "--data", str(self.data)], env=environment, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with suppress(OSError):
                self.call("GET", "/flows/search")
                return
            assert self.process.poll() is None, "the server ended by itself"
        pytest.fail("the server does not answer")

    def kill(self) -> None:
        """End the process without warning."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def call(self, method: str, path: str, body: bytes | None = None, kind: str = "application/x-yaml") -> Any:
        """Return the decoded answer of the API."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1/main{path}", data=body, method=method)
        token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        request.add_header("Authorization", f"Basic {token}")
        request.add_header("Content-Type", kind)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path / "data")
    yield found
    if found.process is not None and found.process.poll() is None:
        found.kill()


@pytest.mark.timeout(240)
def test_every_execution_ends_after_twenty_kills(server: Server) -> None:
    chance = random.Random(20261121)  # spreads the moments
    started = []
    server.start()
    server.call("POST", "/flows", FLOW.encode())
    for _ in range(KILLS):
        started.append(server.call("POST", "/executions/tests/fifty")["id"])
        moment = time.monotonic() + chance.uniform(0, 0.15)
        with suppress(OSError, urllib.error.URLError):
            while time.monotonic() < moment:
                server.call("GET", f"/executions/{started[-1]}")
        server.kill()
        server.start()

    for execution_id in started:
        document = _ended(server, execution_id)
        assert document["state"]["current"] == "SUCCESS"
        runs = document["taskRunList"]
        assert [run["taskId"] for run in runs] == [f"t{n}" for n in range(TASKS)]
        assert {run["state"]["current"] for run in runs} == {"SUCCESS"}
        assert {len([a for a in run["attempts"] if a["state"]["current"] == "SUCCESS"]) for run in runs} == {1}
        lines = server.call("GET", f"/logs/{execution_id}")
        assert sorted(line["message"] for line in lines) == sorted(f"step {n}" for n in range(TASKS))


def test_tasks_that_share_a_folder_go_on_in_it(server: Server, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    server.start()
    server.call("POST", "/flows", SHARED_FOLDER.encode())
    boundary = "boundary"
    form = f'--{boundary}\r\nContent-Disposition: form-data; name="gate"\r\n\r\n{gate}\r\n--{boundary}--\r\n'
    kind = f"multipart/form-data; boundary={boundary}"
    started = server.call("POST", "/executions/tests/folder", form.encode(), kind)["id"]
    _until(server, started, lambda document: ["wait", "RUNNING"] in _states(document))
    server.kill()
    gate.touch()
    server.start()

    document = _ended(server, started)
    assert _states(document) == [["shared", "SUCCESS"], ["write", "SUCCESS"], ["wait", "SUCCESS"]]
    lines = [line["message"] for line in server.call("GET", f"/logs/{started}")]
    assert "made given" in lines
    assert set(document["taskRunList"][0]["outputs"]["outputFiles"]) == {"made.txt", "given.txt"}


def _states(document: Any) -> list[list[str]]:
    return [[run["taskId"], run["state"]["current"]] for run in document.get("taskRunList") or []]


def _ended(server: Server, execution_id: str) -> Any:
    return _until(server, execution_id, lambda found: found["state"]["current"] not in ("CREATED", "RUNNING"))


def _until(server: Server, execution_id: str, is_there: Callable[[Any], bool]) -> Any:
    document: Any = None
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        document = server.call("GET", f"/executions/{execution_id}")
        if is_there(document):
            return document
    pytest.fail(f"execution {execution_id} does not get there: {document['state']}, {_states(document)}")
