"""A web server on this machine with real files, and a Lanner server in a process of its own."""

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import vega_datasets

from tests.house.tree import ROOT

EXAMPLES = ROOT / "examples"
DATA = Path(vega_datasets.__file__).parent / "_data"
MAIN = "from lanner.cli.main import main; main()"
USER, PASSWORD = "me@example.com", "Secret123"

PRODUCTS = 200
TRANSACTIONS = 1_000


def catalogue() -> bytes:
    """Return products as the caching example reads them."""
    rows = [f"{number},Product {number},Category {number % 7},{number}.5,S{number % 13}" for number in range(PRODUCTS)]
    return "\n".join(["product_id,product_name,category,cost_price,supplier_id", *rows, ""]).encode()


def transactions() -> bytes:
    """Return transactions, each of a product that exists."""
    rows = [
        f"{number},2026-01-01 00:00:{number % 60:02d},{number % PRODUCTS},{number % 5 + 1},{number % PRODUCTS + 1}.75"
        for number in range(TRANSACTIONS)
    ]
    return "\n".join(["transaction_id,timestamp,product_id,quantity,sale_price", *rows, ""]).encode()


@dataclass
class Web:
    """The files that the examples fetch, and how often each was fetched."""

    url: str = ""
    fetched: Counter[str] = field(default_factory=Counter)

    def content(self, path: str) -> bytes | None:
        made = {
            "/products": (DATA / "cars.json").read_bytes,
            "/products.csv": catalogue,
            "/transactions.csv": transactions,
        }
        if path in made:
            return made[path]()
        file = DATA / path.removeprefix("/")
        return file.read_bytes() if file.parent == DATA and file.is_file() else None


@pytest.fixture
def web() -> Iterator[Web]:
    served = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = served.content(self.path)
            served.fetched[self.path] += 1
            self.send_response(404 if content is None else 200)
            kind = "text/csv" if self.path.endswith(".csv") else "application/json"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield served
        server.shutdown()
        thread.join()


def clean_environment(**more: str) -> dict[str, str]:
    """Return this process's environment without its own settings of Lanner."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LANNER_")} | more


@dataclass(frozen=True)
class Shell:
    """``lanner`` in a process of its own, as a person at a shell has it."""

    environment: dict[str, str]
    folder: Path

    def __call__(self, *words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", MAIN, *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
            env=self.environment,
            cwd=self.folder,
        )


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(clean_environment(XDG_DATA_HOME=str(tmp_path / "share")), tmp_path)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """Start a server; yields a shell whose commands talk to it."""
    folder = tmp_path_factory.mktemp("server")
    environment = clean_environment(LANNER_BASIC_AUTH__USERNAME=USER, LANNER_BASIC_AUTH__PASSWORD=PASSWORD)
    command = [sys.executable, "-c", MAIN, "server", "local", "--port", "0", "--data", str(folder / "data")]
    with (
        (folder / "server.log").open("w", encoding="utf-8") as log,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment, cwd=folder
        ) as process,
    ):
        try:
            assert process.stdout
            url = next((line.split()[-1] for line in process.stdout if "http://" in line), None)
            assert url, (folder / "server.log").read_text(encoding="utf-8")
            yield Shell({**environment, "LANNER_SERVER": url}, folder)
        finally:
            process.terminate()
            process.communicate(timeout=30)
