"""Java's date patterns: text in, a list of fields out; printing and reading are next door."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from lanner.expressions.errors import Fault

MAX_PATTERN: Final = 1000


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A pattern letter and how often it stands there; ``pad`` is the width asked for with ``p``."""

    letter: str
    count: int
    pad: int = 0


@dataclass(frozen=True, slots=True)
class Optional:
    """A part within brackets: left out where it does not apply."""

    items: tuple["Item", ...]


Item: TypeAlias = Text | Field | Optional

_MOST = {
    **dict.fromkeys("GMLEe", 5),
    **dict.fromkeys("Qq", 5),
    **dict.fromkeys("dhHkKmsw", 2),
    **dict.fromkeys("yuYAnNg", 19),
    "D": 3,
    "W": 1,
    "F": 1,
    "a": 1,
    "c": 5,
    "S": 9,
    "z": 4,
    "X": 5,
    "x": 5,
    "Z": 5,
}
_ONLY = {"V": (2,), "O": (1, 4), "v": (1, 4), "B": (1, 4, 5)}


@lru_cache(maxsize=512)
def parsed(pattern: str) -> tuple[Item, ...]:
    """Read a pattern, or raise ``Fault`` with Java's sentence."""
    if len(pattern) > MAX_PATTERN:
        raise Fault(f"a date pattern may have at most {MAX_PATTERN} characters")
    stack: list[list[Item]] = [[]]
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char.isascii() and char.isalpha():
            field, at = _field(pattern, at)
            stack[-1].append(field)
            continue
        at += 1
        if char == "'":
            text, at = _quoted(pattern, at)
            stack[-1].append(Text(text))
        elif char == "[":
            stack.append([])
        elif char == "]":
            if len(stack) == 1:
                raise Fault("Pattern invalid as it contains ] without previous [")
            part = Optional(tuple(stack.pop()))
            stack[-1].append(part)
        elif char in "{}#":
            raise Fault(f"Pattern includes reserved character: '{char}'")
        else:
            stack[-1].append(Text(char))
    while len(stack) > 1:
        part = Optional(tuple(stack.pop()))
        stack[-1].append(part)
    return tuple(stack[0])


def _field(pattern: str, at: int) -> tuple[Field, int]:
    letter, count, pad = pattern[at], _run(pattern, at), 0
    if letter == "p":
        pad, at = count, at + count
        letter = pattern[at : at + 1]
        if not (letter.isascii() and letter.isalpha()):
            raise Fault(f"Pad letter 'p' must be followed by valid pad pattern: {pattern}")
        count = _run(pattern, at)
    if letter in _ONLY:
        if count not in _ONLY[letter]:
            if letter == "V":
                raise Fault(f"Pattern letter count must be 2: {letter}")
            if letter == "O":
                raise Fault(f"Pattern letter count must be 1 or 4: {letter}")
            raise Fault(f"Wrong number of pattern letters: {letter}")
    elif letter not in _MOST:
        raise Fault(f"Unknown pattern letter: {letter}")
    elif letter == "S" and count > 9:
        raise Fault(f"Minimum width must be from 0 to 9 inclusive but was {count}")
    elif letter == "c" and count == 2:
        raise Fault('Invalid pattern "cc"')
    elif count > _MOST[letter]:
        raise Fault(f"Too many pattern letters: {letter}")
    return Field(letter, count, pad), at + count


def _run(pattern: str, at: int) -> int:
    end = at
    while end < len(pattern) and pattern[end] == pattern[at]:
        end += 1
    return end - at


def _quoted(pattern: str, at: int) -> tuple[str, int]:
    """Read ``'text'``, where two quotes are one; the opening quote is read already."""
    start = at
    text = ""
    while True:
        end = pattern.find("'", at)
        if end < 0:
            raise Fault(f"Pattern ends with an incomplete string literal: {pattern}")
        text += pattern[at:end]
        if pattern[end + 1 : end + 2] != "'":
            return text or "'" if end == start else text, end + 1
        text += "'"
        at = end + 2
