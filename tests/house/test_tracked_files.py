"""The repository names no package registry's host and no path of anybody's machine."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.house.tree import ROOT, tracked_files

# Written in two halves, because this file is tracked as well.
REGISTRY_HOSTS = tuple(
    ".".join(halves)
    for halves in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry.npmjs", "org"),
        ("registry.yarnpkg", "com"),
        ("crates", "io"),
        ("proxy.golang", "org"),
        ("repo1.maven", "org"),
        ("repo.maven.apache", "org"),
        ("deb.debian", "org"),
    ]
)
MACHINE_PATH = re.compile(r"(?<![\w.}\-/])/(?:work|root|Users|home/(?!kestra\b)\w+)/\w")
LOCAL_ADDRESSES = frozenset({"localhost", "127.0.0.1", "::1"})

# path -> why this file may hold such a name
EXCEPTIONS: dict[str, str] = {
    "tests/house/test_tracked_files.py": "plants them",
}


def hosts_of_this_machine(environ: Mapping[str, str]) -> set[str]:
    """Return the hosts that this machine's settings name as package indexes or proxies."""
    found: set[str] = set()
    for name, value in environ.items():
        if re.search(r"INDEX|REGISTRY|PROXY", name, re.IGNORECASE):
            hosts = (urlsplit(word).hostname for word in re.split(r"[\s,=]+", value) if "://" in word)
            found.update(host for host in hosts if host and host not in LOCAL_ADDRESSES)
    return found


def leaks(root: Path, files: Iterable[Path], hosts: Iterable[str]) -> set[str]:
    """Return ``path:line: what`` for each host and each path of a machine in the text files."""
    host = re.compile("|".join(re.escape(name) for name in sorted(hosts)), re.IGNORECASE)
    found: set[str] = set()
    for path in files:
        name = path.relative_to(root).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if name in EXCEPTIONS or not (host.search(text) or MACHINE_PATH.search(text)):
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if match := host.search(line) or MACHINE_PATH.search(line):
                found.add(f"{name}:{number}: {match.group()}")
    return found


def test_no_tracked_file_names_a_registry_or_a_machine() -> None:
    hosts = {*REGISTRY_HOSTS, *hosts_of_this_machine(os.environ)}
    assert leaks(ROOT, tracked_files(ROOT), hosts) == set()


def test_locks_record_hashes_and_no_index() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        lines = lock.read_text(encoding="utf-8").splitlines()
        assert not [
            line for line in lines if line.startswith(("-i", "-f", "--index", "--extra", "--find", "--trusted"))
        ]
        assert not [line for line in lines if re.search(r"://|@ file", line)]
        assert len([line for line in lines if "==" in line]) <= len(
            [line for line in lines if "--hash=sha256:" in line]
        )


# Put together here, so that this file names no path of a machine either.
WORK, HOME = "/" + "work", "/" + "root"


@pytest.mark.parametrize(
    ("line", "leak"),
    [
        pytest.param("see https://" + REGISTRY_HOSTS[0] + "/simple", REGISTRY_HOSTS[0], id="an index"),
        pytest.param("mirror.example/simple", "mirror.example", id="this machine's mirror"),
        pytest.param(f"cd {WORK}/main", f"{WORK}/m", id="a work tree"),
        pytest.param(f"'{HOME}/.venv' and '{HOME}/x'", f"{HOME}/x", id="a home of root"),
        pytest.param('data = "/home/ann/lanner"', "/home/ann/l", id="a home"),
        pytest.param(f"https://example.com{WORK}/item", None, id="a path of a URL"),
        pytest.param(f"{{{{ dir }}}}{WORK}/item and network{HOME}/x", None, id="a path below another"),
        pytest.param("the folder /work", None, id="a word"),
    ],
)
def test_a_planted_leak_is_found(tmp_path: Path, line: str, leak: str | None) -> None:
    path = tmp_path / "note.md"
    path.write_text(f"fine\n{line}\n", encoding="utf-8")
    expected = {f"note.md:2: {leak}"} if leak else set()
    assert leaks(tmp_path, [path], [*REGISTRY_HOSTS, "mirror.example"]) == expected


def test_hosts_of_this_machine_come_from_its_settings() -> None:
    settings = {
        "PIP_INDEX_URL": "https://user:word@mirror.example/simple",
        "UV_INDEX": "a=https://one.example b=https://two.example:8080/x",
        "HTTPS_PROXY": "http://127.0.0.1:3128",
        "HOME": "https://not.example",
    }
    assert hosts_of_this_machine(settings) == {"mirror.example", "one.example", "two.example"}
