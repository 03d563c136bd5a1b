"""An HTTP server with fixed answers, for the cases that need one (``"needs": ["http"]``)."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

DOCUMENT = {"a": 1, "items": [1, 2, 3], "nested": {"b": "é"}}
ROWS = "id,name\n1,ann\n2,bob\n"
LOGIN = "Basic " + base64.b64encode(b"user:pass").decode()
MOST_SECONDS = 30


class Stub(BaseHTTPRequestHandler):
    """Answers by path, whatever the method; ``/slow/N`` waits N seconds."""

    protocol_version = "HTTP/1.1"
    stopping = threading.Event()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Say nothing."""

    def handle_any(self) -> None:
        """Answer a request."""
        body, url = self._body(), urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        match url.path.strip("/").split("/"):
            case ["json"]:
                self._answer(200, _json(DOCUMENT))
            case ["file.csv"]:
                self._answer(200, ROWS, "text/csv")
            case ["headers"]:
                self._answer(200, json.dumps(headers))
            case ["basic"] if headers.get("authorization") == LOGIN:
                self._answer(200, '{"user": "user"}')
            case ["basic"]:
                self._answer(401, "unauthorized", "text/plain", {"WWW-Authenticate": 'Basic realm="stub"'})
            case ["redirect"]:
                self._answer(302, "", "text/plain", {"Location": "/json"})
            case ["slow", seconds] if seconds.isdigit():
                self.stopping.wait(min(int(seconds), MOST_SECONDS))
                self._answer(200, json.dumps({"slept": int(seconds)}))
            case ["status", code] if code.isdigit():
                self._answer(int(code), f"status {code}", "text/plain")
            case ["echo"]:
                seen = {"method": self.command, "path": url.path, "query": parse_qs(url.query), "headers": headers}
                self._answer(200, _json({**seen, "body": body.decode(errors="replace")}))
            case _:
                self._answer(404, '{"error": "not found"}')

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().strip() or b"0", 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(
        self, status: int, text: str, kind: str = "application/json", headers: dict[str, str] | None = None
    ) -> None:
        data = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


for _method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
    setattr(Stub, f"do_{_method}", Stub.handle_any)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Leave a client that went away alone."""


@contextmanager
def stub() -> Iterator[str]:
    """Run the server on a free port of this machine and give its address."""
    Stub.stopping.clear()
    server = _Server(("127.0.0.1", 0), Stub)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        Stub.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
