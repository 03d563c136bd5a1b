"""The built web UI in memory: its files, their compressed copies and the headers they travel with.

The build writes ``name.gz`` and ``name.br`` beside every text file; a browser gets the smallest it takes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path

INDEX = "index.html"
BUILT = Path(__file__).resolve().parent.parent / "ui_dist"
BYTES = "application/octet-stream"
# Systems differ in what they take these endings for.
TEXTS = {".md": "text/markdown; charset=utf-8", ".yml": "text/plain; charset=utf-8"}

FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"
NEVER = "no-cache, private"

POLICY = "; ".join(  # noqa: FLY002  # one line for each rule
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # the component library sets its variables in a style element
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)

_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))

NOT_BUILT = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Lanner: the web UI is not built</title></head>
<body><h1>The web UI is not built</h1>
<p>The server works, and its API is at <code>/api/v1/main</code>. To build the UI from a checkout, run</p>
<pre>python ui/build.py</pre>
<p>and load this page again; the server needs no restart. It takes about a minute the first time.
An installed wheel holds the UI already.</p></body></html>
"""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file of the UI as it goes over the wire. ``encoding`` is empty for the file as it is."""

    content: bytes
    media: str
    encoding: str
    cached: str

    @property
    def headers(self) -> list[tuple[str, str]]:
        """What belongs to the answer beside length and type."""
        found = [("cache-control", self.cached), ("vary", "accept-encoding")]
        return [*found, ("content-encoding", self.encoding)] if self.encoding else found


def find(folder: Path, path: str, accepted: str = "") -> StaticFile | None:
    """Return the file at ``path`` below ``folder``, compressed as ``accepted`` allows; ``None`` when it is none.

    ``accepted`` is the request's ``Accept-Encoding``. Links that lead out of the folder are not followed.
    """
    plain = read(folder, path)
    if plain is None:
        return None
    media = TEXTS.get(Path(path).suffix) or guess_type(path)[0] or BYTES
    cached = FOR_EVER if path.startswith("assets/") else FOR_A_DAY
    allowed = _allowed(accepted)
    for encoding, ending in _ENCODINGS:
        if encoding in allowed:
            packed = read(folder, path + ending)
            if packed is not None:
                return StaticFile(packed, media, encoding, cached)
    return StaticFile(plain, media, "", cached)


def read(folder: Path, path: str) -> bytes | None:
    """Return a file below the folder; ``None`` for anything else, links out of it too."""
    root = folder.resolve()
    try:
        place = (root / path).resolve()
        return place.read_bytes() if place.is_relative_to(root) and place.is_file() else None
    except (OSError, ValueError):
        return None


def is_asset(path: str) -> bool:
    """Whether a path names a file of the build: where it is missing there is no page to show instead."""
    return path.startswith(("assets/", "docs/"))


def _allowed(accepted: str) -> Mapping[str, str]:
    found = {}
    for part in accepted.lower().split(","):
        name, _, quality = part.strip().partition(";")
        if quality.replace(" ", "") not in {"q=0", "q=0.0"}:
            found[name.strip()] = quality
    return found
