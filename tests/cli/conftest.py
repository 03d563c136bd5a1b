"""Running ``lanner`` in this process, and a server that plays a script."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from lanner.cli.main import main


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Lanner = Callable[..., Ended]


@pytest.fixture
def lanner(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Lanner:
    """Run a command line in this process."""
    for name in ("LANNER_SERVER", "LANNER_USER", "LANNER_CONFIG", "LANNER_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: object) -> Ended:
        capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main([str(word) for word in words])
        printed = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return Ended(caught.value.code, printed.out, printed.err)

    return run


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes


@dataclass
class Script:
    """What the server answers, by ``METHOD path``, and what it was asked."""

    url: str = ""
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def answer(self, request: str, body: Any = None, *, status: int = 200) -> None:
        self.answers[request] = (status, body)

    def asked(self) -> list[str]:
        return [f"{request.method} {request.path}" for request in self.requests]


@pytest.fixture
def script() -> Iterator[Script]:
    played = Script()

    class Handler(BaseHTTPRequestHandler):
        def play(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = parse_qsl(parts.query, keep_blank_values=True)
            played.requests.append(Request(self.command, parts.path, query, dict(self.headers), body))
            status, answer = played.answers.get(f"{self.command} {parts.path}", (404, {"message": "Not Found"}))
            content = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = play  # noqa: N815 - the names are the standard library's

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        played.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield played
        server.shutdown()
        thread.join()
