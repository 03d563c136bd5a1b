"""What templates do with regular expressions, by Java's rules."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lanner.expressions.errors import Fault, LimitFault
from lanner.expressions.limits import MAX_ITEMS, MAX_TEXT
from lanner.expressions.regex.backtracking import LINE_ENDS, Backtracker
from lanner.expressions.regex.linear import NotLinear, translated
from lanner.expressions.regex.syntax import DIGITS, Anchor, Node, Pattern, parse

MAX_PATTERN = 10_000
Spans = list[tuple[int, int]]


class Regex:
    """A compiled regular expression: RE2 where it can, else the matcher that counts its steps."""

    __slots__ = ("_fast", "_line_bound", "_lines", "pattern")

    def __init__(self, source: str) -> None:
        if len(source) > MAX_PATTERN:
            raise LimitFault(f"a regular expression may have at most {MAX_PATTERN} characters")
        self.pattern: Pattern = parse(source)
        anchors = {node.kind for node in _anchors(self.pattern.root)}
        self._line_bound = bool(anchors & {"$", "Z"})
        self._lines = bool(anchors & {"m^", "m$"})
        self._fast = self._compiled()

    def _compiled(self) -> Any:
        import re2  # noqa: PLC0415 -- a library that most templates never need

        try:
            source = translated(self.pattern.root)
            options = re2.Options()
            options.log_errors = False
            options.max_mem = 16 << 20
            return re2.compile(source, options)
        except (NotLinear, re2.error, UnicodeEncodeError):
            return None

    def _linear_for(self, text: str) -> bool:
        """Whether RE2 sees this text as Java does: their ideas of a line's end differ."""
        if self._fast is None:
            return False
        if self._line_bound and text[-1:] and text[-1] in LINE_ENDS:
            return False
        return not (self._lines and (text.endswith("\n") or any(end in text for end in LINE_ENDS[1:])))

    def matches(self, text: str) -> Iterator[Spans]:
        """Yield the spans of all matches with their groups, from left to right."""
        if self._linear_for(text):
            last = (-1, -1)
            try:
                for match in self._fast.finditer(text):
                    if match.span() != last or match.start() != match.end():
                        yield [match.span(group) for group in range(self.pattern.groups + 1)]
                    last = match.span()
            except UnicodeEncodeError:
                raise Fault("the text has half a character in it") from None
            return
        matcher, start = Backtracker(self.pattern, text), 0
        while start <= len(text) and matcher.search(start):
            yield matcher.spans
            begin, end = matcher.spans[0]
            start = end + 1 if begin == end else end

    def first(self, text: str) -> Spans | None:
        return next(self.matches(text), None)

    def whole(self, text: str) -> bool:
        if self._linear_for(text):
            return self._fast.fullmatch(text) is not None
        return Backtracker(self.pattern, text).match_at(0, whole=True)


@lru_cache(maxsize=256)
def compiled(source: str) -> Regex:
    return Regex(source)


def matches(regex: str, text: str) -> bool:
    """Whether the whole text matches."""
    return compiled(regex).whole(text)


def replace_all(regex: str, text: str, replacement: str, most: int = 0) -> str:
    """Replace every match, or the first ``most``; ``$1``, ``${name}`` and ``\\x`` mean in the replacement what Java says."""  # noqa: D301, E501 -- the example is shown with its backslash
    pattern = compiled(regex)
    parts: list[str] = []
    end = size = count = 0
    for spans in pattern.matches(text):
        start = spans[0][0]
        made = _expanded(replacement, text, spans, pattern.pattern.names)
        parts += [text[end:start], made]
        size += start - end + len(made)
        if size > MAX_TEXT:
            raise LimitFault(f"the text would be longer than {MAX_TEXT} characters")
        end = spans[0][1]
        count += 1  # noqa: SIM113 -- it counts what the loop below may stop
        if count == most:
            break
    return "".join(parts) + text[end:]


def split(regex: str, text: str, limit: int = 0) -> list[str]:
    """Cut a text at the matches as Java does: empty parts at the end go unless ``limit`` is negative."""
    if not text:
        return [""]
    parts: list[str] = []
    end = 0
    for spans in compiled(regex).matches(text):
        if limit > 0 and len(parts) == limit - 1:
            break
        start, stop = spans[0]
        if stop == 0:
            continue
        if start == stop == len(text):
            continue
        parts.append(text[end:start])
        end = stop
        if len(parts) > MAX_ITEMS:
            raise LimitFault(f"the list would have more than {MAX_ITEMS} items")
    parts.append(text[end:])
    if len(parts) == 1:
        return [text]
    while limit == 0 and parts and not parts[-1]:
        parts.pop()
    return parts


def extract(regex: str, text: str, group: int) -> str | None:
    """Return a group of the first match, or None."""
    pattern = compiled(regex)
    spans = pattern.first(text)
    if spans is None:
        return None
    if not 0 <= group < len(spans):
        raise Fault(f"No group {group}")
    start, end = spans[group]
    return None if start < 0 else text[start:end]


def found(regex: str, text: str) -> bool:
    """Whether the regular expression matches anywhere."""
    return compiled(regex).first(text) is not None


def _expanded(replacement: str, text: str, spans: Spans, names: dict[str, int]) -> str:
    if "$" not in replacement and "\\" not in replacement:
        return replacement
    parts: list[str] = []
    at = 0
    while at < len(replacement):
        char = replacement[at]
        at += 1
        if char == "\\":
            if at == len(replacement):
                raise Fault("character to be escaped is missing")
            parts.append(replacement[at])
            at += 1
        elif char == "$":
            group, at = _group_number(replacement, at, len(spans), names)
            start, end = spans[group]
            parts.append(text[start:end] if start >= 0 else "")
        else:
            parts.append(char)
    return "".join(parts)


def _group_number(replacement: str, at: int, groups: int, names: dict[str, int]) -> tuple[int, int]:
    if replacement.startswith("{", at):
        end = replacement.find("}", at)
        name = replacement[at + 1 : max(end, at)]
        if name not in names:
            raise Fault(f"No group with name {{{name}}}")
        return names[name], end + 1
    if at == len(replacement) or replacement[at] not in DIGITS:
        raise Fault("Illegal group reference")
    number = int(replacement[at])
    if number >= groups:
        raise Fault(f"No group {number}")
    at += 1
    while at < len(replacement) and replacement[at] in DIGITS and number * 10 + int(replacement[at]) < groups:
        number = number * 10 + int(replacement[at])
        at += 1
    return number, at


def _anchors(node: Node) -> Iterator[Anchor]:
    if isinstance(node, Anchor):
        yield node
    body = getattr(node, "body", None)
    inner = [body] if body is not None else [*getattr(node, "items", ()), *getattr(node, "branches", ())]
    for child in inner:
        yield from _anchors(child)
