"""The first flow of the README does what the README shows."""

import re
import shlex
import shutil
import subprocess

import pytest

from tests.examples.conftest import Shell
from tests.house.tree import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8080"


def commands(word: str) -> list[tuple[str, list[str]]]:
    """Return each command of the README's console blocks that begins with a word, and the lines shown below it."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```$", README, re.MULTILINE | re.DOTALL):
        shown: list[str] = []
        for line in block.splitlines():
            if line.startswith("$ "):
                shown = []
                found.append((line[2:], shown))
            else:
                shown.append(line)
    return [(command, shown) for command, shown in found if command.startswith(word)]


def steady(text: str) -> list[str]:
    """Return the lines without what differs from run to run: ids, times, widths of columns."""
    for pattern, name in (
        (r"\b[0-9A-Za-z]{22}\b", "ID"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "DATE"),
        (r"\b\d+\.\d\ds", "DURATION"),
        (r" +", " "),
    ):
        text = re.sub(pattern, name, text)
    return text.splitlines()


def test_the_commands_print_what_is_shown(server: Shell) -> None:
    shell = Shell(server.environment, ROOT)
    ran = commands("./dev lanner ")
    assert len(ran) >= 4
    for command, shown in ran:
        ended = shell(*shlex.split(command)[2:])
        assert (ended.returncode, steady(ended.stdout)) == (0, steady("\n".join(shown))), command + ended.stderr


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_the_calls_with_curl_are_answered(server: Shell) -> None:
    ran = commands("curl ")
    assert len(ran) >= 2
    answers = []
    for command, _ in ran:
        words = shlex.split(command.replace(ADDRESS, server.environment["LANNER_SERVER"]))
        ended = subprocess.run([*words, "-sSf"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
        assert ended.returncode == 0, command + ended.stderr
        answers.append(ended.stdout)
    assert '"current":"SUCCESS"' in answers[-1]
