"""A whole server in a process of its own, to be stopped and started while pages are open."""

import base64
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

USER, PASSWORD = "admin@example.com", "Fundamentals1"
NAMESPACE = "company.team"
SECRET_KEY = base64.b64encode(bytes(range(32))).decode()
YAML = {"content-type": "application/x-yaml"}

_MAIN = "from lanner.cli.main import main; main()"


@dataclass
class Server:
    """``lanner server local`` on a port of its own; ``user`` is empty for a server nobody has set up."""

    folder: Path
    user: str = USER
    port: int = 0
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, on the same port as the last time; returns when it answers."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LANNER_")}
        if self.user:
            environment |= {"LANNER_BASIC_AUTH__USERNAME": self.user, "LANNER_BASIC_AUTH__PASSWORD": PASSWORD}
        environment["LANNER_ENCRYPTION__SECRET_KEY"] = SECRET_KEY
        words = ["server", "local", "--port", str(self.port), "--data", str(self.folder / "data")]
        log = (self.folder / "server.log").open("a")
        with log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _MAIN, *words], stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line.startswith("Lanner is at http://"), (self.folder / "server.log").read_text()
        self.port = int(line.rstrip("/\n").rsplit(":", 1)[1].split("/")[0])

    def stop(self) -> None:
        """Stop as a person does, with Ctrl-C; returns when the process has ended."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        self.process = None

    def call(self, method: str, path: str, **rest: Any) -> Any:
        """Ask the API below ``/api/v1/main``; returns the JSON of the answer."""
        answer = httpx.request(
            method, f"{self.url}/api/v1/main{path}", auth=(USER, PASSWORD), timeout=30, trust_env=False, **rest
        )
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def save(self, source: str) -> Any:
        """Create a flow from its YAML."""
        return self.call("POST", "/flows", content=source, headers=YAML)

    def run(self, flow_id: str, inputs: dict[str, Any] | None = None, *, wait: bool = True) -> Any:
        """Start an execution of a flow of ``NAMESPACE``; ``wait`` for its end."""
        files = {name: (None, str(value)) for name, value in (inputs or {}).items()} or {"": (None, "")}
        return self.call("POST", f"/executions/{NAMESPACE}/{flow_id}?wait={str(wait).lower()}", files=files)
