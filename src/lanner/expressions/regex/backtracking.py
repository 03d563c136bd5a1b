"""A small matcher for what RE2 has not: look-around, back references, possessive quantifiers, class intersections.

It tries alternatives as Java does, but counts its steps and gives up with an error, so no pattern can hang a server.
"""

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from lanner.expressions.errors import Fault, LimitFault
from lanner.expressions.regex.linear import CATEGORIES
from lanner.expressions.regex.syntax import (
    Anchor,
    BackReference,
    Char,
    CharClass,
    Choice,
    Group,
    Look,
    Named,
    Node,
    Pattern,
    Range,
    Repeat,
    Sequence,
)

MAX_STEPS: Final = 500_000
LINE_ENDS: Final = "\n\r\x85\u2028\u2029"

Test = Callable[[str], bool]
Next = Callable[[int], int]
"""Where the rest of a pattern ends that starts at an offset, or -1."""


class Backtracker:
    """Matches one pattern against one text; ``spans`` are the groups of the last match."""

    __slots__ = ("_steps", "pattern", "spans", "text")

    def __init__(self, pattern: Pattern, text: str) -> None:
        self.pattern, self.text = pattern, text
        self.spans: list[tuple[int, int]] = []
        self._steps = 0

    def search(self, start: int) -> bool:
        """Find the first match at or behind ``start``."""
        return any(self.match_at(at, whole=False) for at in range(start, len(self.text) + 1))

    def match_at(self, at: int, *, whole: bool) -> bool:
        self.spans = [(-1, -1)] * (self.pattern.groups + 1)
        try:
            end = self._run(self.pattern.root, at, self._whole if whole else self._any)
        except RecursionError:
            raise LimitFault("the regular expression is too complex for a text of this length") from None
        if end < 0:
            return False
        self.spans[0] = (at, end)
        return True

    def _whole(self, at: int) -> int:
        return at if at == len(self.text) else -1

    @staticmethod
    def _any(at: int) -> int:
        return at

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise LimitFault("the regular expression takes too many steps")

    def _run(self, node: Node, at: int, then: Next) -> int:
        self._step()
        match node:
            case Char() | CharClass():
                return then(at + 1) if at < len(self.text) and char_test(node)(self.text[at]) else -1
            case Named(name, _):
                if name == "R":
                    return self._line_end(at, then)
                return then(at + 1) if at < len(self.text) and char_test(node)(self.text[at]) else -1
            case Sequence(items):
                return self._sequence(items, 0, at, then)
            case Choice(branches):
                return next((end for branch in branches if (end := self._run(branch, at, then)) >= 0), -1)
            case Group():
                return self._group(node, at, then)
            case Repeat():
                return self._repeat(node, at, then)
            case Anchor(kind):
                return then(at) if self._anchored(kind, at) else -1
            case Look():
                return self._look(node, at, then)
            case BackReference(number, ignore_case):
                return self._back(number, at, then, ignore_case=ignore_case)

    def _sequence(self, items: tuple[Node, ...], index: int, at: int, then: Next) -> int:
        while index < len(items) and isinstance(items[index], (Char, CharClass)):
            self._step()
            if at >= len(self.text) or not char_test(items[index])(self.text[at]):
                return -1
            at, index = at + 1, index + 1
        if index == len(items):
            return then(at)
        return self._run(items[index], at, lambda end: self._sequence(items, index + 1, end, then))

    def _line_end(self, at: int, then: Next) -> int:
        if self.text.startswith("\r\n", at):
            end = then(at + 2)
            if end >= 0:
                return end
        return then(at + 1) if at < len(self.text) and self.text[at] in LINE_ENDS + "\x0b\f" else -1

    def _group(self, node: Group, at: int, then: Next) -> int:
        if node.atomic:
            end = self._run(node.body, at, self._any)
            return -1 if end < 0 else then(end)
        if not node.number:
            return self._run(node.body, at, then)
        before = self.spans[node.number]

        def closed(end: int) -> int:
            inner = self.spans[node.number]
            self.spans[node.number] = (at, end)
            result = then(end)
            if result < 0:
                self.spans[node.number] = inner
            return result

        result = self._run(node.body, at, closed)
        if result < 0:
            self.spans[node.number] = before
        return result

    def _repeat(self, node: Repeat, at: int, then: Next) -> int:
        body = node.body
        most = len(self.text) + 1 if node.most is None else node.most
        if isinstance(body, (Char, CharClass)) or (isinstance(body, Named) and body.name != "R"):
            return self._repeat_char(node, char_test(body), at, most, then)
        if node.mode == "possessive":
            count, end = 0, at
            while count < most:
                following = self._run(body, end, self._any)
                if following < 0 or (following == end and count >= node.least):
                    break
                count, end = count + 1, following
            return then(end) if count >= node.least else -1
        return self._repeat_group(node, 0, at, -1, then)

    def _repeat_char(self, node: Repeat, test: Test, at: int, most: int, then: Next) -> int:
        text, end = self.text, at
        least = at + node.least
        if node.mode == "lazy":
            while end < least:
                if end >= len(text) or not test(text[end]):
                    return -1
                end += 1
            while True:
                self._step()
                found = then(end)
                if found >= 0 or end - at >= most or end >= len(text) or not test(text[end]):
                    return found
                end += 1
        limit = min(len(text), at + most)
        while end < limit and test(text[end]):
            end += 1
        self._steps += end - at
        if end < least:
            return -1
        if node.mode == "possessive":
            return then(end)
        while end >= least:
            self._step()
            found = then(end)
            if found >= 0:
                return found
            end -= 1
        return -1

    def _repeat_group(self, node: Repeat, count: int, at: int, before: int, then: Next) -> int:
        self._step()
        if count >= node.least and at == before:
            return then(at)
        may_go_on = node.most is None or count < node.most

        def more() -> int:
            if not may_go_on:
                return -1
            return self._run(node.body, at, lambda end: self._repeat_group(node, count + 1, end, at, then))

        if count < node.least:
            return more()
        if node.mode == "lazy":
            found = then(at)
            return found if found >= 0 else more()
        found = more()
        return found if found >= 0 else then(at)

    def _look(self, node: Look, at: int, then: Next) -> int:
        spans = list(self.spans)
        if node.ahead:
            found = self._run(node.body, at, self._any) >= 0
        else:
            found = any(
                self._run(node.body, start, lambda end: end if end == at else -1) >= 0 for start in range(at, -1, -1)
            )
        if node.negated or not found:
            self.spans = spans
        return then(at) if found != node.negated else -1

    def _back(self, number: int, at: int, then: Next, *, ignore_case: bool) -> int:
        start, end = self.spans[number]
        if start < 0:
            return -1
        wanted, found = self.text[start:end], self.text[at : at + end - start]
        same = wanted.casefold() == found.casefold() if ignore_case else wanted == found
        return then(at + len(found)) if same else -1

    def _anchored(self, kind: str, at: int) -> bool:
        text, size = self.text, len(self.text)
        match kind:
            case "^" | "A":
                return at == 0
            case "z":
                return at == size
            case "$" | "Z":
                return at == size or at == size - len(_final_line_end(text))
            case "m^":
                if at == 0:
                    return True
                after_end = text[at - 1] in LINE_ENDS and text[at - 1 : at + 1] != "\r\n"
                return after_end and at < size
            case "m$":
                return at == size or (text[at] in LINE_ENDS and text[max(0, at - 1) : at + 1] != "\r\n")
            case "b" | "B":
                before = at > 0 and _is_word(text[at - 1])
                after = at < size and _is_word(text[at])
                return (before != after) == (kind == "b")
            case _:
                raise Fault(f"regular expressions with \\{kind} are not supported")


def _final_line_end(text: str) -> str:
    return "\r\n" if text.endswith("\r\n") else text[-1:] if text[-1:] and text[-1] in LINE_ENDS else ""


def _is_word(char: str) -> bool:
    return char == "_" or (char.isascii() and char.isalnum())


@lru_cache(maxsize=1024)
def char_test(node: Node | Range) -> Test:
    """Return the test of a single character for a node that matches one."""
    match node:
        case Char(char, ignore_case):
            return (lambda c: c.casefold() == char.casefold()) if ignore_case else char.__eq__
        case Range(low, high):
            return lambda c: low <= c <= high
        case Named(name, negated):
            test = named_test(name)
            return (lambda c: not test(c)) if negated else test
        case CharClass():
            return _class_test(node)
        case _:
            raise AssertionError(node)


def _class_test(node: CharClass) -> Test:
    tests = [char_test(member) for member in node.members]
    meets = [_class_test(other) for other in node.meets]

    def plain(char: str) -> bool:
        inside = any(test(char) for test in tests) if tests else bool(meets)
        return inside and all(test(char) for test in meets)

    def matches(char: str) -> bool:
        inside = plain(char) or (node.ignore_case and (plain(char.lower()) or plain(char.upper())))
        return inside != node.negated

    return matches


def named_test(name: str) -> Test:
    found = _NAMED.get(name)
    if found is not None:
        return found
    short = name[1:].removeprefix("Is").removeprefix("general_category=").removeprefix("gc=")
    if short in CATEGORIES:
        return lambda c: unicodedata.category(c).startswith(short)
    raise Fault(f"Unknown character property name {{{name[1:]}}}")


_NAMED: Final[dict[str, Test]] = {
    "any": lambda _: True,
    ".": lambda c: c not in LINE_ENDS,
    "unix.": lambda c: c != "\n",
    "d": lambda c: "0" <= c <= "9",
    "w": _is_word,
    "s": lambda c: c in "\t\n\x0b\f\r ",
    "v": lambda c: c in LINE_ENDS + "\x0b\f",
    "h": lambda c: c in " \t\xa0\u1680\u180e\u202f\u205f\u3000" or "\u2000" <= c <= "\u200a",
    "pLower": lambda c: "a" <= c <= "z",
    "pUpper": lambda c: "A" <= c <= "Z",
    "pASCII": str.isascii,
    "pAlpha": lambda c: c.isascii() and c.isalpha(),
    "pDigit": lambda c: "0" <= c <= "9",
    "pAlnum": lambda c: c.isascii() and c.isalnum(),
    "pPunct": lambda c: "!" <= c <= "~" and not c.isalnum(),
    "pGraph": lambda c: "!" <= c <= "~",
    "pPrint": lambda c: " " <= c <= "~",
    "pBlank": lambda c: c in " \t",
    "pCntrl": lambda c: c < " " or c == "\x7f",
    "pXDigit": lambda c: c in "0123456789abcdefABCDEF",
    "pSpace": lambda c: c in "\t\n\x0b\f\r ",
    "pIsAlphabetic": str.isalpha,
    "pIsLetter": str.isalpha,
    "pIsDigit": lambda c: unicodedata.category(c) == "Nd",
    "pIsUppercase": str.isupper,
    "pIsLowercase": str.islower,
    "pIsPunctuation": lambda c: unicodedata.category(c)[0] == "P",
    "pjavaLowerCase": str.islower,
    "pjavaUpperCase": str.isupper,
    "pjavaWhitespace": str.isspace,
    "pjavaLetter": str.isalpha,
    "pjavaLetterOrDigit": str.isalnum,
    "pjavaDigit": str.isdecimal,
    "pjavaAlphabetic": str.isalpha,
}
