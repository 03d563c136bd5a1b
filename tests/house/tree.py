"""Where the sources lie; the rules of this folder take a tree as argument so that a planted one can be judged."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_NOT_OURS = frozenset({".git", ".venv", ".cache", "node_modules", "__pycache__"})


def source_folders(root: Path) -> list[Path]:
    """Return every ``src`` folder: the house's own and those of the distributions under ``plugins``."""
    return [folder for folder in [root / "src", *sorted(root.glob("plugins/*/src"))] if folder.is_dir()]


def modules(root: Path) -> Iterator[Path]:
    """Yield each module of the product: the sources of the house and of its plugins, without tests."""
    for folder in source_folders(root):
        yield from sorted(folder.rglob("*.py"))


def tracked_files(root: Path) -> list[Path]:
    """Return the files of the repository: those that git knows or would take; without git, all but what tools made."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        return [root / name for name in sorted(set(listed.stdout.split("\0"))) if name and (root / name).is_file()]
    return [path for path in sorted(root.rglob("*")) if path.is_file() and not _NOT_OURS & set(path.parts)]
