"""``lanner server``: what it says at its start, how it stops, what it is set to."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from lanner.cli.server import Stopping, announcement
from lanner.wiring.serving import Serving
from tests.cli.conftest import Lanner

MAIN = "from lanner.cli.main import main; main()"
LOGIN = {"LANNER_BASIC_AUTH__USERNAME": "me@example.com", "LANNER_BASIC_AUTH__PASSWORD": "Secret123"}
FLOW = "id: {}\nnamespace: a.b\ntasks:\n  - id: t\n    type: io.kestra.plugin.core.log.{}\n    message: x\n"

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start ``lanner server local`` on a free port, with its data in a folder of the test."""
    running: list[subprocess.Popen[str]] = []

    def run(*words: object, **environment: str) -> subprocess.Popen[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LANNER_")}
        command = [sys.executable, "-c", MAIN, "server", "local", "--port", "0", "--data", tmp_path / "data", *words]
        process = subprocess.Popen(
            [str(word) for word in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean | environment,
            cwd=tmp_path,
        )
        running.append(process)
        return process

    yield run
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=30)


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = process.stdout.readline()
    assert line.startswith("Lanner is at http://"), process.stderr.read() if process.stderr else line
    return line.split()[-1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_in_its_own_time_and_keeps_its_flows(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "good.yaml").write_text(FLOW.format("good", "Log"), encoding="utf-8")
    first = start("--flow-path", "flows", **LOGIN)
    assert httpx.get(address_of(first) + "/health").is_success
    first.send_signal(number)
    assert first.wait(timeout=30) == 0
    assert first.stdout
    assert first.stderr
    assert first.stderr.read() == ""
    assert first.stdout.read() == "1 flows of the flow path are saved\n"
    again = start(**LOGIN)
    answer = httpx.get(address_of(again) + "/api/v1/main/flows/a.b/good", auth=("me@example.com", "Secret123"))
    assert answer.json()["revision"] == 1


def test_a_flow_file_that_is_not_valid_is_named_and_the_others_are_saved(start: Start, tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "bad.yaml").write_text(FLOW.format("bad", "Lug"), encoding="utf-8")
    (tmp_path / "flows" / "good.yml").write_text(FLOW.format("good", "Log"), encoding="utf-8")
    process = start("-f", "flows", **LOGIN)
    address_of(process)
    assert process.stdout
    assert process.stderr
    assert process.stdout.readline() == "1 flows of the flow path are saved\n"
    problem = process.stderr.readline()
    assert problem.startswith("error: flows/bad.yaml")
    assert "Invalid type: io.kestra.plugin.core.log.Lug" in problem


def test_without_a_login_it_says_how_to_set_one(start: Start) -> None:
    process = start()
    url = address_of(process)
    assert process.stdout
    assert process.stdout.readline().startswith(f"There is no login yet. Open {url}/ui/ and set it up")
    answer = httpx.post(f"{url}/api/v1/main/basicAuth", json={"username": "me@example.com", "password": "Secret123"})
    assert answer.is_success
    assert httpx.get(f"{url}/api/v1/main/flows/a.b", auth=("me@example.com", "Secret123")).json() == []


def test_a_password_that_breaks_the_rules_is_named(start: Start) -> None:
    process = start(LANNER_BASIC_AUTH__USERNAME="me@example.com", LANNER_BASIC_AUTH__PASSWORD="short")
    address_of(process)
    assert process.stderr
    assert process.stderr.readline().startswith("error: Invalid password for Basic Authentication.")


def test_a_port_that_is_taken_is_an_answer(lanner: Lanner, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = lanner("server", "local", "--port", port, "--data", tmp_path / "data")
    assert ended.code == 1
    assert ended.err.startswith(f"error: cannot listen on 127.0.0.1:{port}: ")


def test_a_data_folder_that_cannot_be_made_is_an_answer_after_what_has_no_effect(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "application.yml").write_text("kestra: {queue: {type: postgres}}", encoding="utf-8")
    process = start("--data", "file/below", "-c", "application.yml", "-p", "plugins")
    _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert err.splitlines() == [
        "warning: application.yml:1: kestra.queue.type: accepted, has no effect yet",
        "warning: -p/--plugins has no effect: a plugin is a Python package, installed beside Lanner",
        f"error: {tmp_path}/file/below: Not a directory",
    ]


@pytest.mark.parametrize("flag", ["--port", "--worker-thread"])
def test_a_flag_that_does_not_fit_is_named(lanner: Lanner, flag: str) -> None:
    ended = lanner("server", "local", flag, "-5")
    assert ended.code == 2
    assert ended.err.startswith(f"error: {flag}: lanner.")


def test_settings_prints_what_it_comes_to_without_secrets(
    lanner: Lanner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "application.yml"
    config.write_text("micronaut: {server: {port: 9000}}", encoding="utf-8")
    for name, value in LOGIN.items():
        monkeypatch.setenv(name, value)
    values = json.loads(lanner("server", "settings", "-c", config, "--json").out)
    assert (values["server.port"], values["basic-auth.username"]) == (9000, "me@example.com")
    assert values["basic-auth.password"] == "***"
    assert "Secret123" not in lanner("server", "settings").out


def test_the_announcement_is_short_when_all_is_well() -> None:
    assert announcement(Serving(url="http://x:1", is_initialised=True)) == ["Lanner is at http://x:1"]


def test_only_the_first_signal_of_a_serving_server_is_waited_for() -> None:
    with Stopping() as stopping:
        stopping.is_serving = True
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_a_signal_before_it_serves_ends_it() -> None:
    with Stopping(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
