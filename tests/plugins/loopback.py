"""An HTTP server on the loopback address with fixed answers, and a place to stand still."""

import base64
import gzip
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import vega_datasets

DATA = Path(vega_datasets.__file__).parent / "_data"
BASIC = "Basic " + base64.b64encode(b"user:pass").decode()


class Answers(BaseHTTPRequestHandler):
    """``/echo`` gives the request as JSON, ``/status/N`` that status, ``/data/NAME`` a file of vega_datasets."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Loopback"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name in the parent class
        """Keep quiet."""

    def answer(self, status: int, body: bytes, content_type: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", headers.pop("content_length", str(len(body))))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def any_method(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = self._chunks()
        self.server.ports.add(self.client_address[1])
        self.server.requests.append(self.path)
        match ["proxied"] if url.netloc else url.path.strip("/").split("/"):
            case ["echo"] | ["proxied"]:
                told = {
                    "method": self.command,
                    "url": self.path,
                    "path": url.path,
                    "query": parse_qs(url.query),
                    "headers": {name.lower(): value for name, value in self.headers.items()},
                    "body": body.decode("latin-1"),
                }
                self.answer(200, json.dumps(told).encode())
            case ["status", code]:
                self.answer(int(code), f"status {code}".encode(), "text/plain")
            case ["data", name]:
                self.answer(200, (DATA / name).read_bytes(), "text/csv")
            case ["zipped"]:
                self.answer(200, gzip.compress(b"many words " * 100), "text/plain", Content_Encoding="gzip")
            case ["large"]:
                self.answer(200, b"x" * 100_000, "text/plain")
            case ["packed-large"]:
                self.answer(200, gzip.compress(b"x" * 100_000), "text/plain", Content_Encoding="gzip")
            case ["large-failure"]:
                self.answer(500, b"x" * 100_000, "text/plain")
            case ["named"]:
                disposition = "attachment; filename*=UTF-8''r%C3%A9sum%C3%A9%20a.txt"
                self.answer(200, b"x", "text/plain", Content_Disposition=disposition)
            case ["short"]:
                self.close_connection = True
                self.answer(200, b"only this", content_length="20")
            case ["empty"]:
                self.answer(200, b"")
            case ["bytes"]:
                self.answer(200, b"\xff\xfe\x00\x80", "application/octet-stream")
            case ["latin"]:
                self.answer(200, "é".encode("latin-1"), "text/plain; charset=latin-1")
            case ["cookies"]:
                self.send_response(200)
                self.send_header("X-Many", "a")
                self.send_header("x-many", "b")
                self.send_header("Content-Length", "0")
                self.end_headers()
            case ["basic"] if self.headers.get("Authorization") != BASIC:
                self.answer(401, b"who are you?", "text/plain")
            case ["redirect"]:
                self.answer(302, b"", Location="/echo")
            case ["still"]:
                self.server.reached.set()
                self.server.go_on.wait(30)
                self.answer(200, b"at last", "text/plain")
            case _:
                self.answer(200, b'{"ok": true}')

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = any_method  # noqa: N815  # names of http.server


class Loopback(ThreadingHTTPServer):
    """The server; ``requests`` are the paths asked for, ``ports`` the callers' ends of connections."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.requests: list[str] = []
        self.ports: set[int] = set()
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.scheme = "http"

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"


@contextmanager
def loopback(tls: ssl.SSLContext | None = None) -> Iterator[Loopback]:
    """Serve until the end of the block."""
    server = Loopback()
    if tls is not None:
        server.socket, server.scheme = tls.wrap_socket(server.socket, server_side=True), "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()
