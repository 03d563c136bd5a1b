"""``./dev`` says in one sentence what a machine lacks, and does nothing else there."""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

SHELL_TOOLS = ("sh", "cat", "cksum", "dirname", "readlink", "rm")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A tree whose path has blanks, holding nothing but the script."""
    folder = tmp_path / "a path with blanks"
    folder.mkdir()
    shutil.copy(ROOT / "dev", folder / "dev")
    return folder


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """A PATH of its own with the tools of the script and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in SHELL_TOOLS:
        tool = shutil.which(name)
        assert tool, f"{name} is missing on this machine"
        (folder / name).symlink_to(tool)
    return folder


def run_dev(checkout: Path, bin_folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "dev", *arguments],
        env={"PATH": str(bin_folder), **environ},
        cwd=bin_folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def write_python(bin_folder: Path, body: str) -> None:
    path = bin_folder / "python3"
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize("command", ["serve", "test", "check", "lanner", "lock", "format", "bench"])
def test_a_machine_without_python_gets_one_sentence(checkout: Path, bin_folder: Path, command: str) -> None:
    finished = run_dev(checkout, bin_folder, command)
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert finished.stderr.splitlines() == [
        "dev: Lanner needs Python 3.11 or newer; on Debian or Ubuntu: apt-get install python3 python3-venv"
    ]
    assert not (checkout / ".venv").exists()


def test_an_old_python_counts_as_none(checkout: Path, bin_folder: Path) -> None:
    write_python(bin_folder, "exit 1")
    finished = run_dev(checkout, bin_folder, "serve")
    assert finished.returncode == 1
    assert "needs Python 3.11 or newer" in finished.stderr


def test_an_interpreter_that_was_named_and_is_too_old_is_named_back(checkout: Path, bin_folder: Path) -> None:
    finished = run_dev(checkout, bin_folder, "serve", PYTHON="python9")
    assert finished.returncode == 1
    assert finished.stderr == "dev: PYTHON=python9 is not a Python 3.11 or newer.\n"


def test_a_python_without_venv_names_the_package(checkout: Path, bin_folder: Path) -> None:
    write_python(bin_folder, 'case "$2" in *ensurepip*) exit 1 ;; esac')
    finished = run_dev(checkout, bin_folder, "test")
    assert finished.returncode == 1
    assert finished.stderr.splitlines() == [
        "dev: python3 cannot make a virtual environment; on Debian or Ubuntu: apt-get install python3-venv"
    ]
    assert not (checkout / ".venv").exists()


def test_a_second_call_waits_until_the_first_has_installed(checkout: Path, bin_folder: Path) -> None:
    locks = f'case "$2" in *fcntl*) exec "{sys.executable}" "$@" ;; esac'
    write_python(bin_folder, f'{locks}\ncase "$4" in *.venv) exit 3 ;; esac')
    with (checkout / ".venv.lock").open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        second = subprocess.Popen(
            [checkout / "dev", "check"], env={"PATH": str(bin_folder)}, stderr=subprocess.PIPE, text=True
        )
        assert second.stderr
        assert second.stderr.readline() == "dev: waiting for another ./dev that is installing\n"
        assert second.poll() is None
    with second:
        assert second.wait(timeout=30) == 3, "as far as making .venv, which this Python refuses"


def test_help_needs_no_python(checkout: Path, bin_folder: Path) -> None:
    finished = run_dev(checkout, bin_folder)
    assert finished.returncode == 0
    assert finished.stdout.startswith("Usage: ./dev COMMAND")


def test_an_unknown_command_is_named(checkout: Path, bin_folder: Path) -> None:
    finished = run_dev(checkout, bin_folder, "sreve")
    assert finished.returncode == 1
    assert finished.stderr.endswith("dev: there is no command 'sreve'\n")


def test_a_link_to_the_script_works_in_the_tree_it_belongs_to(checkout: Path, bin_folder: Path) -> None:
    link = bin_folder / "lanner-dev"
    link.symlink_to(checkout / "dev")
    write_python(bin_folder, 'case "$4" in *.venv) echo "$4"; exit 3 ;; esac')
    finished = subprocess.run(
        [link, "serve"], env={"PATH": str(bin_folder)}, capture_output=True, text=True, check=False
    )
    assert (finished.returncode, finished.stdout) == (3, f"{checkout}/.venv\n")
