"""The entry: finding the command, answering every error in words, starting fast."""

import os
import re
import subprocess
import sys
from importlib import import_module

import pytest

from lanner.cli import main as entry
from lanner.cli.ending import CommandFailed, ExitCode, InputInvalid
from lanner.cli.main import COMMANDS
from lanner.model.errors import LannerError
from tests.cli.conftest import Lanner

START_BUDGET_MICROSECONDS = 250_000


def test_help_names_each_command_with_what_it_is_for(lanner: Lanner) -> None:
    ended = lanner("--help")
    assert ended.code == 0
    for name, command in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(command.about[:30])}", ended.out, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_has_a_help_of_its_own(lanner: Lanner, name: str) -> None:
    ended = lanner(name, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert f"Usage: lanner {name}" in ended.out


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_is_where_the_table_says(name: str) -> None:
    module, _, attribute = COMMANDS[name].target.partition(":")
    assert getattr(import_module(module), attribute) is not None


@pytest.mark.parametrize("words", [("flwo",), ("run",), ("version", "--nope"), ("flow", "frobnicate")])
def test_a_wrong_command_line_ends_with_2_and_says_why(lanner: Lanner, words: tuple[str, ...]) -> None:
    ended = lanner(*words)
    assert ended.code == ExitCode.INVALID
    assert "Traceback" not in ended.err
    assert ended.err


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        pytest.param(InputInvalid("this\nand that"), 2, "error: this\nerror: and that\n", id="input"),
        pytest.param(CommandFailed("no"), 1, "error: no\n", id="refused"),
        pytest.param(LannerError("odd"), 1, "error: odd\n", id="any of ours"),
        pytest.param(
            PermissionError(13, "Permission denied", "/var/x"), 1, "error: /var/x: Permission denied\n", id="the disk"
        ),
        pytest.param(KeyboardInterrupt(), 130, "", id="Ctrl-C"),
        pytest.param(
            ZeroDivisionError("by zero"),
            70,
            "error: internal error: ZeroDivisionError: by zero (--debug shows where)\n",
            id="a bug",
        ),
    ],
)
def test_an_error_becomes_a_sentence_and_a_code(
    lanner: Lanner, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, text: str
) -> None:
    def broken() -> str:
        raise error

    monkeypatch.setattr("lanner.cli.version.installed_version", broken)
    ended = lanner("version")
    assert (ended.code, ended.err) == (code, text)


def test_debug_shows_where_an_error_comes_from(lanner: Lanner, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("lanner.cli.version.installed_version", broken)
    ended = lanner("version", "--debug")
    assert "in broken" in ended.err
    assert ended.err.endswith("error: internal error: ZeroDivisionError: by zero\n")


def test_settings_that_cannot_be_used_end_with_2(lanner: Lanner, tmp_path: object) -> None:
    ended = lanner("server", "settings", "--config", f"{tmp_path}/none.yml")
    assert (ended.code, ended.err) == (
        2,
        f"error: {tmp_path}/none.yml: the file cannot be read: No such file or directory\n",
    )


def test_a_reader_that_went_away_is_no_error() -> None:
    program = "from lanner.cli.main import main; main(['server', 'settings', '--markdown'])"
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(
        [sys.executable, "-c", program], stdout=writer, stderr=subprocess.PIPE, check=False, timeout=60
    )
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (1, b"")


def test_the_help_imports_nothing_heavy_and_starts_within_its_budget() -> None:
    """The best of three starts: the machine may be busy, the imports are the same."""
    took = min(_start_microseconds() for _ in range(3))
    assert took <= START_BUDGET_MICROSECONDS


def _start_microseconds() -> int:
    program = "from lanner.cli.main import main; main(['--help'])"
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    lines = re.findall(r"^import time: +\d+ \| +(\d+) \| (\S.*)$", ended.stderr, re.MULTILINE)
    imported = {name for _, name in re.findall(r"\| +(\d+) \| +(\S+)$", ended.stderr, re.MULTILINE)}
    assert imported.isdisjoint({"pydantic", "rich", "httpx", "yaml", "lanner.wiring", "lanner.settings"})
    return sum(int(cumulative) for cumulative, _ in lines)


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        pytest.param(
            "lanner.cli.local_run",
            {"uvicorn", "starlette", "argon2", "httpx", "amazon.ion", "rich", "lanner.api.http", "lanner.wiring.desk"},
            id="a flow run here needs no server",
        ),
        pytest.param("lanner.wiring.serving", {"amazon.ion", "httpx", "rich", "jq", "re2", "duckdb"}, id="a server"),
    ],
)
def test_what_is_not_needed_at_the_start_is_not_imported(module: str, unwanted: set[str]) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert unwanted.isdisjoint(ended.stdout.split()), unwanted & set(ended.stdout.split())


def test_it_is_the_main_function_that_the_distribution_names() -> None:
    assert entry.main.__module__ == "lanner.cli.main"
