"""jq's functions of regular expressions, on the same bounded matcher as the rest of the language."""

from collections.abc import Iterator
from typing import Any

from lanner.expressions.errors import Fault
from lanner.expressions.jq_language.running import Env, Key, Native, Outputs, Run
from lanner.expressions.jq_language.values import JqError, Path, bounded_text, is_true, shown
from lanner.expressions.regex.java import Regex, compiled

_INLINE = {"i": "i", "x": "x", "s": "s", "l": "", "p": "s"}


def _matches(env: Env, v: Any, pattern: Any, flags: Any) -> Iterator[dict[str, Any]]:
    if isinstance(pattern, list):
        pattern, flags = [*pattern, None, None][:2]
    if not isinstance(v, str) or not isinstance(pattern, str):
        raise JqError(f"{shown(v if not isinstance(v, str) else pattern)} cannot be matched, as it is not a string")
    regex, every, skips_empty = _regex(pattern, flags)
    names = {number: name for name, number in regex.pattern.names.items()}
    for spans in regex.matches(v):
        env.budget.take(len(spans))
        if skips_empty and spans[0][0] == spans[0][1]:
            continue
        captures = [{**_span(v, start, end), "name": names.get(number)} for number, (start, end) in enumerate(spans)]
        whole = captures[0]
        del whole["name"]
        yield {**whole, "captures": captures[1:]}
        if not every:
            return


def _span(text: str, start: int, end: int) -> dict[str, Any]:
    if start < 0:
        return {"offset": -1, "length": 0, "string": None}
    return {"offset": start, "length": end - start, "string": text[start:end]}


def _regex(pattern: str, flags: Any) -> tuple[Regex, bool, bool]:
    if flags is not None and not isinstance(flags, str):
        raise JqError(f"{shown(flags)} is not a string")
    letters = flags or ""
    for letter in letters:
        if letter not in "gnixslp":
            raise JqError(f"{letters} is not a valid modifier string")
    inline = "".join(_INLINE.get(letter, "") for letter in dict.fromkeys(letters))
    try:
        return compiled(f"(?{inline}){pattern}" if inline else pattern), "g" in letters, "n" in letters
    except Fault as fault:
        raise JqError(f"{pattern} (at offset 0) is not a valid regex: {fault}") from None


def _pairs(env: Env, v: Any, arguments: tuple[Run, ...]) -> Iterator[tuple[Any, Any]]:
    for pattern, _ in arguments[0](env, v, None):
        if len(arguments) == 1:
            yield pattern, None
        else:
            for flags, _ in arguments[1](env, v, None):
                yield pattern, flags


def _match(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    for pattern, flags in _pairs(env, v, arguments):
        for match in _matches(env, v, pattern, flags):
            yield match, None


def _test(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    for pattern, flags in _pairs(env, v, arguments):
        yield next(_matches(env, v, pattern, flags), None) is not None, None


def _capture(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    for pattern, flags in _pairs(env, v, arguments):
        for match in _matches(env, v, pattern, flags):
            yield _named(match), None


def _named(match: dict[str, Any]) -> dict[str, Any]:
    return {capture["name"]: capture["string"] for capture in match["captures"] if is_true(capture["name"])}


def _split(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    for pattern, flags in _pairs(env, v, arguments):
        parts, end = [], 0
        for match in _matches(env, v, pattern, (flags or "") + "g"):
            parts.append(v[end : match["offset"]])
            end = match["offset"] + match["length"]
        yield [*parts, v[end:]], None


def _sub(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    pattern, replacement, flags = arguments
    for regex, chosen in _pairs(env, v, (pattern, flags)):
        parts, end = [], 0
        for match in _matches(env, v, regex, chosen):
            new = next(replacement(env, _named(match), None), None)
            if new is None:
                return
            if not isinstance(new[0], str):
                raise JqError(f"{shown(new[0])} cannot be added to a string")
            parts += [v[end : match["offset"]], new[0]]
            end = match["offset"] + match["length"]
        yield bounded_text("".join(parts) + v[end:], env.budget), None


NATIVES: dict[Key, Native] = {
    ("match", 1): _match,
    ("match", 2): _match,
    ("test", 1): _test,
    ("test", 2): _test,
    ("capture", 2): _capture,
    ("split", 2): _split,
    ("sub", 3): _sub,
}
