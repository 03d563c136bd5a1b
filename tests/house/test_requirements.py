"""The locks hold what the distributions ask for, in versions that they accept."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT

DISTRIBUTIONS = [ROOT / "pyproject.toml", *sorted(ROOT.glob("plugins/*/pyproject.toml"))]
OURS = re.compile(r"^lanner($|-)")


def declared(project: Path) -> list[Requirement]:
    """Return what a distribution depends on, except for our own distributions."""
    table = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    wanted = [Requirement(line) for line in table.get("dependencies", [])]
    return [requirement for requirement in wanted if not OURS.match(canonicalize_name(requirement.name))]


def locked(lock: Path) -> dict[str, set[str]]:
    """Return the versions that a lock pins, by normalised name; markers may give a name two versions."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.\-]+)==([^\s;]+)", lock.read_text(encoding="utf-8"), re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


@pytest.mark.parametrize("project", [pytest.param(path, id=path.parent.name) for path in DISTRIBUTIONS])
def test_the_runtime_lock_satisfies_each_distribution(project: Path) -> None:
    pins = locked(ROOT / "requirements" / "runtime.txt")
    unmet = [
        str(wanted)
        for wanted in declared(project)
        if not any(wanted.specifier.contains(version) for version in pins.get(canonicalize_name(wanted.name), set()))
    ]
    assert unmet == []


@pytest.mark.parametrize("part", ["runtime", "build"])
def test_the_test_lock_holds_the_other_locks(part: str) -> None:
    pins = locked(ROOT / "requirements" / "test.txt")
    other = locked(ROOT / "requirements" / f"{part}.txt")
    assert {name: pins.get(name) for name in other} == other


def test_plugins_ask_for_the_same_as_the_lock_s_source() -> None:
    source = (ROOT / "requirements" / "plugins.in").read_text(encoding="utf-8").splitlines()
    wanted = {str(Requirement(line)) for line in source if line and not line.startswith("#")}
    assert wanted == {str(requirement) for path in DISTRIBUTIONS[1:] for requirement in declared(path)}


@pytest.mark.parametrize(
    "lock", [pytest.param(path, id=path.stem) for path in (ROOT / "requirements").glob("sdk-*.txt")]
)
def test_an_environment_of_an_sdk_holds_what_the_sdk_forgets_to_declare(lock: Path) -> None:
    assert {"kestrapy", "regex", "python-dotenv"} <= set(locked(lock))


def test_the_sdk_of_the_test_lock_can_be_imported() -> None:
    finished = subprocess.run([sys.executable, "-c", "import kestrapy"], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
