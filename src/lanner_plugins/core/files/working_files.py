"""Files of a task: given ones are written to the working directory, matching ones are stored afterwards."""

import re
import shutil
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from lanner.expressions.errors import Fault, SyntaxFault
from lanner.expressions.regex import java
from lanner.sdk.context import RunContext
from lanner.sdk.task import TaskFailed

SCHEME = "kestra://"
SCHEMES = (SCHEME, "nsfile://", "file://")

_URI = re.compile(r"kestra:///[^\s'\"`<>|;,(){}\[\]\\]+")
_GLOB = re.compile(r"\*\*/|\*\*|\[[!^]?[^\]]+\]|.", re.DOTALL)
MOST_SHOWN = 100
"""Characters of a name that an error shows."""
_WILDCARDS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def write_input_files(context: RunContext, files: Any, extra: Mapping[str, Any]) -> dict[str, str]:
    """Write ``inputFiles`` (a map of name to content or storage URI, or JSON of one); return name -> path."""
    if isinstance(files, str):
        rendered = _parsed(context.render(files, **extra))
    elif isinstance(files, Mapping):
        rendered = context.render_value(dict(files), **extra)
    else:
        raise TaskFailed(f"the files are a map of names to contents, not {type(files).__name__}")
    written: dict[str, str] = {}
    for name, content in rendered.items():
        if content is None:
            continue
        path = inside(context.working_dir, name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, str) and content.startswith(SCHEMES):
                fetch(context, content, path)
            else:
                text = content if isinstance(content, str) else orjson.dumps(content).decode()
                path.write_text(text, encoding="utf-8")
        except OSError as error:
            shown = name if len(name) <= MOST_SHOWN else f"{name[:MOST_SHOWN]}…"
            raise TaskFailed(f"the file {shown!r} cannot be written: {error.strerror}") from error
        written[name] = str(path)
    return written


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise TaskFailed(f"the files are given as a text that is no JSON map: {error}") from error
    if not isinstance(found, dict):
        raise TaskFailed(f"the files are a map of names to contents, not {type(found).__name__}")
    return found


def inside(folder: Path, name: str) -> Path:
    """Return the path of a file in a folder; refuses names that lead out of it, by themselves or by a link."""
    if name.startswith(("/", "~")) or ".." in Path(name).parts or not Path(name).parts or "\0" in name:
        raise TaskFailed(f"{name!r} is not a file name below the working directory")
    path = folder / name
    if leads_out(folder, path):
        raise TaskFailed(f"{name!r} is not a file name below the working directory: a link leads out of it")
    return path


def leads_out(folder: Path, path: Path) -> bool:
    """Whether a path below a folder is, or goes through, a link to somewhere else."""
    try:
        return not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        # Too long a name, which nothing has; or links in a circle.
        return path.is_symlink()


def fetch(context: RunContext, uri: str, path: Path) -> None:
    """Copy a file named by a URI to a local path."""
    with context.open_uri(uri) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)


def with_local_files(context: RunContext, text: str) -> str:
    """Return a text with each storage URI in it replaced by the path of a local copy."""
    if SCHEME not in text:
        return text
    return _URI.sub(lambda found: _local(context, found[0]), text)


def _local(context: RunContext, uri: str) -> str:
    if not context.files.exists(uri):
        context.log.warn(f"{uri} is not in the internal storage; it is left as it is")
        return uri
    path = context.working_dir / ".stored" / _short(uri) / uri.rpartition("/")[2]
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fetch(context, uri, path)
    return str(path)


def store_output_files(context: RunContext, patterns: Iterable[str], folder: Path) -> dict[str, str]:
    """Store each file below ``folder`` that a pattern matches; return relative path -> URI."""
    stored: dict[str, str] = {}
    for pattern in patterns:
        inside(folder, pattern)
        paths = matching(folder, pattern)
        if not paths:
            context.log.warn(f"no file matches {pattern!r}")
        for path in paths:
            name = path.relative_to(folder).as_posix()
            if leads_out(folder, path):
                context.log.warn(f"{name!r} is left out: it is a link that leads out of the working directory")
            elif name not in stored:
                stored[name] = context.files.put(
                    path, name=path.name if "/" not in name else f"{_short(name)}-{path.name}"
                )
    return stored


def matching(folder: Path, pattern: str) -> list[Path]:
    """Return the files below a folder that a glob matches, sorted.

    ``*`` and ``?`` stay within a folder, ``**`` goes through folders (``**/`` through none as
    well), ``[…]`` and ``{a,b}`` are choices.
    """
    is_match = _regex(pattern.removeprefix("./")).fullmatch
    paths = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in paths if is_match(path.relative_to(folder).as_posix()))


def path_matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path that begins with a slash meets one of some patterns.

    A pattern is a glob, or a regular expression after ``regex:``. One that begins with a letter or digit counts in
    any folder, as after ``**/``; others mean the whole path. Source: Kestra 1.0.36.
    """
    return any(_meets(pattern, path) for pattern in patterns)


def _meets(pattern: str, path: str) -> bool:
    if pattern.startswith("regex:"):
        try:
            return java.matches(pattern.removeprefix("regex:"), path)
        except (Fault, SyntaxFault) as error:
            raise TaskFailed(f"{pattern!r} is no pattern: {error}") from error
    return _path_regex(pattern).fullmatch(path) is not None


def _path_regex(pattern: str) -> re.Pattern[str]:
    glob = pattern.removeprefix("glob:")
    return _regex(f"**/{glob}" if glob == pattern and re.match(r"\w", pattern) else glob)


def _regex(pattern: str) -> re.Pattern[str]:
    depth, parts = 0, []
    for token in _GLOB.findall(pattern):
        match token:
            case "{":
                depth += 1
                parts.append("(?:")
            case "}" if depth:
                depth -= 1
                parts.append(")")
            case "," if depth:
                parts.append("|")
            case _:
                parts.append(
                    _class(token) if len(token) > 2 and token[0] == "[" else _WILDCARDS.get(token, re.escape(token))
                )
    if depth:
        raise TaskFailed(f"{pattern!r} is no pattern: a '{{' is not closed")
    return re.compile("".join(parts), re.DOTALL)


def _class(token: str) -> str:
    negated, members = token[1] in "!^", token[2:-1] if token[1] in "!^" else token[1:-1]
    escaped = members.replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^")
    return f"(?!/)[{'^' if negated else ''}{escaped}]"


def _short(text: str) -> str:
    return blake2b(text.encode(), digest_size=6).hexdigest()
