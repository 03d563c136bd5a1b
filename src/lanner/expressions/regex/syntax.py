"""Java's regular expressions as a syntax tree."""

from dataclasses import dataclass
from typing import TypeAlias

from lanner.expressions.errors import Fault

MAX_REPEAT = 1000
MAX_NESTING = 60
DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Flags:
    ignore_case: bool = False
    multiline: bool = False
    dot_all: bool = False
    comments: bool = False
    unicode: bool = False
    unix_lines: bool = False

    def changed(self, letters: str, *, to: bool) -> "Flags":
        names = {letter: name for letter, name in _FLAG_NAMES.items() if letter in letters}
        return Flags(**{name: to if name in names.values() else getattr(self, name) for name in _FLAG_NAMES.values()})


_FLAG_NAMES = {
    "i": "ignore_case",
    "m": "multiline",
    "s": "dot_all",
    "x": "comments",
    "u": "unicode",
    "d": "unix_lines",
}


@dataclass(frozen=True, slots=True)
class Char:
    char: str
    ignore_case: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A predefined class of characters: ``name`` is a letter such as ``d``, ``.`` or what stands in ``\\p{…}``."""  # noqa: D301 -- the example is shown with its backslash

    name: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class CharClass:
    """``[…]``: any of ``members``, and in each of ``meets`` too, or none of them when ``negated``."""

    members: tuple["Char | Range | Named | CharClass", ...]
    meets: tuple["CharClass", ...]
    negated: bool
    ignore_case: bool


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place: ``^ $ A z Z b B G``; ``^`` and ``$`` are ``m^`` and ``m$`` when every line counts."""

    kind: str


@dataclass(frozen=True, slots=True)
class Group:
    """``number`` is 0 for groups that capture nothing."""

    body: "Node"
    number: int = 0
    name: str = ""
    atomic: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    body: "Node"
    ahead: bool
    negated: bool


@dataclass(frozen=True, slots=True)
class BackReference:
    number: int
    ignore_case: bool


@dataclass(frozen=True, slots=True)
class Repeat:
    """``most`` is None without a bound; ``mode`` is ``greedy``, ``lazy`` or ``possessive``."""

    body: "Node"
    least: int
    most: int | None
    mode: str


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    branches: tuple["Node", ...]


Node: TypeAlias = Char | Named | CharClass | Anchor | Group | Look | BackReference | Repeat | Sequence | Choice

_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\x07", "e": "\x1b"}


@dataclass(frozen=True, slots=True)
class Pattern:
    root: Node
    groups: int
    names: dict[str, int]


def parse(pattern: str) -> Pattern:
    """Read a Java regular expression; raise ``Fault`` with Java's sentence where it is none."""
    parser = _Parser(pattern)
    root = parser.choice(Flags())
    if parser.at < len(pattern):
        raise parser.fault("Unmatched closing ')'")
    return Pattern(root, parser.groups, parser.names)


class _Parser:
    __slots__ = ("at", "groups", "level", "names", "text")

    def __init__(self, text: str) -> None:
        self.text, self.at, self.groups, self.level = text, 0, 0, 0
        self.names: dict[str, int] = {}

    def fault(self, message: str) -> Fault:
        return Fault(f"{message} near index {self.at}\n{self.text}")

    def peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self, start: str) -> bool:
        if self.text.startswith(start, self.at):
            self.at += len(start)
            return True
        return False

    def choice(self, flags: Flags) -> Node:
        self.level += 1
        if self.level > MAX_NESTING:
            raise self.fault("the regular expression is nested too deeply")
        branches: list[Node] = []
        while True:
            branch, flags = self.sequence(flags)
            branches.append(branch)
            if not self.take("|"):
                self.level -= 1
                return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def sequence(self, flags: Flags) -> tuple[Node, Flags]:
        items: list[Node] = []
        while self.at < len(self.text) and self.peek() not in "|)":
            if flags.comments and self.skip_comment():
                continue
            if self.take("\\Q"):
                end = self.text.find("\\E", self.at)
                quoted = self.text[self.at : end if end >= 0 else None]
                self.at = end + 2 if end >= 0 else len(self.text)
                items.extend(Char(char, flags.ignore_case) for char in quoted)
                if quoted:
                    items[-1] = self.repeated(items[-1])
                continue
            changed = self.inline_flags(flags)
            if changed is not None:
                flags = changed
                continue
            items.append(self.repeated(self.atom(flags)))
        return (items[0] if len(items) == 1 else Sequence(tuple(items))), flags

    def skip_comment(self) -> bool:
        if self.peek().isspace():
            self.at += 1
            return True
        if self.peek() == "#":
            end = self.text.find("\n", self.at)
            self.at = end + 1 if end >= 0 else len(self.text)
            return True
        return False

    def inline_flags(self, flags: Flags) -> Flags | None:
        """Read ``(?i)``: flags that hold to the end of the group."""
        if not self.text.startswith("(?", self.at):
            return None
        end = self.at + 2
        while end < len(self.text) and self.text[end] in "imsxudU-":
            end += 1
        if end == self.at + 2 or self.text[end : end + 1] != ")":
            return None
        letters, self.at = self.text[self.at + 2 : end], end + 1
        return self.with_letters(flags, letters)

    @staticmethod
    def with_letters(flags: Flags, letters: str) -> Flags:
        on, _, off = letters.partition("-")
        return flags.changed(on, to=True).changed(off, to=False)

    def repeated(self, node: Node) -> Node:
        char = self.peek()
        if not char or char not in "*+?{":
            return node
        self.at += 1
        if char == "{":
            least, most = self.bounds()
        else:
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
        mode = "lazy" if self.take("?") else "possessive" if self.take("+") else "greedy"
        if isinstance(node, Anchor) and least == 0:
            return Sequence(())
        return self.repeated(Repeat(node, least, most, mode))

    def bounds(self) -> tuple[int, int | None]:
        least = self.digits()
        most: int | None = least
        if self.take(","):
            most = None if self.peek() == "}" else self.digits()
        if not self.take("}"):
            raise self.fault("Unclosed counted closure")
        if (most is not None and most < least) or max(least, most or 0) > MAX_REPEAT:
            raise self.fault("Illegal repetition range")
        return least, most

    def digits(self) -> int:
        start = self.at
        while self.peek() and self.peek() in DIGITS:
            self.at += 1
        if start == self.at or self.at - start > 9:
            raise self.fault("Illegal repetition")
        return int(self.text[start : self.at])

    def atom(self, flags: Flags) -> Node:
        char = self.peek()
        if char == "(":
            return self.group(flags)
        if char == "[":
            self.at += 1
            return self.char_class(flags)
        if char in "*+?":
            raise self.fault(f"Dangling meta character '{char}'")
        if char == "{":
            raise self.fault("Illegal repetition")
        self.at += 1
        if char == "\\":
            return self.escape(flags)
        if char == ".":
            return Named("any" if flags.dot_all else "unix." if flags.unix_lines else ".")
        if char in "^$":
            return Anchor(f"m{char}" if flags.multiline else char)
        return Char(char, flags.ignore_case)

    def group(self, flags: Flags) -> Node:
        self.at += 1
        number, name, atomic = 0, "", False
        look: tuple[bool, bool] | None = None
        if not self.take("?"):
            self.groups += 1
            number = self.groups
        elif self.take(":"):
            pass
        elif self.take(">"):
            atomic = True
        elif self.take("="):
            look = (True, False)
        elif self.take("!"):
            look = (True, True)
        elif self.take("<="):
            look = (False, False)
        elif self.take("<!"):
            look = (False, True)
        elif self.take("<"):
            end = self.text.find(">", self.at)
            name = self.text[self.at : max(end, self.at)]
            if not (name.isascii() and name.isalnum() and name[0].isalpha()):
                raise self.fault("named capturing group is missing trailing '>'")
            if name in self.names:
                raise self.fault(f"Named capturing group <{name}> is already defined")
            self.at = end + 1
            self.groups += 1
            number = self.names[name] = self.groups
        else:
            end = self.at
            while end < len(self.text) and self.text[end] in "imsxudU-":
                end += 1
            if self.text[end : end + 1] != ":":
                raise self.fault("Unknown inline modifier")
            flags, self.at = self.with_letters(flags, self.text[self.at : end]), end + 1
        body = self.choice(flags)
        if not self.take(")"):
            raise self.fault("Unclosed group")
        if look is not None:
            return Look(body, ahead=look[0], negated=look[1])
        return Group(body, number, name, atomic)

    def escape(self, flags: Flags) -> Node:
        char = self.peek()
        if not char:
            raise self.fault("Unexpected internal error")
        if char in "123456789":
            return self.back_reference(flags)
        if char in "bBAGzZ":
            self.at += 1
            return Anchor(char)
        if self.take("k<"):
            end = self.text.find(">", self.at)
            name = self.text[self.at : max(end, self.at)]
            if name not in self.names:
                raise self.fault(f"named capturing group <{name}> does not exist")
            self.at = end + 1
            return BackReference(self.names[name], flags.ignore_case)
        if char in "RX":
            self.at += 1
            return Named(char)
        return self.class_escape(flags)

    def back_reference(self, flags: Flags) -> Node:
        number = int(self.peek())
        self.at += 1
        if number > self.groups:
            raise self.fault(f"the group {number} does not exist yet")
        while self.peek() and self.peek() in DIGITS and number * 10 + int(self.peek()) <= self.groups:
            number = number * 10 + int(self.peek())
            self.at += 1
        return BackReference(number, flags.ignore_case)

    def class_escape(self, flags: Flags) -> Char | Named:
        """Read what follows a backslash, in or outside brackets."""
        char = self.peek()
        self.at += 1
        if char in "dDsSwWhHvV":
            return Named(char.lower(), negated=char.isupper())
        if char in "pP":
            return self.property(negated=char == "P")
        if char in _ESCAPED:
            return Char(_ESCAPED[char], ignore_case=False)
        if char == "x":
            return Char(self.hexadecimal(2), flags.ignore_case)
        if char == "u":
            return Char(self.hexadecimal(4), flags.ignore_case)
        if char == "0":
            start = self.at
            while self.at - start < 3 and self.peek() and self.peek() in "01234567":
                self.at += 1
            if start == self.at:
                raise self.fault("Illegal octal escape sequence")
            return Char(chr(int(self.text[start : self.at], 8) & 0xFF), flags.ignore_case)
        if char == "c" and self.peek():
            self.at += 1
            return Char(chr(ord(self.text[self.at - 1]) ^ 64), ignore_case=False)
        if (char.isascii() and char.isalpha()) or not char:
            raise self.fault("Illegal/unsupported escape sequence")
        return Char(char, flags.ignore_case)

    def hexadecimal(self, count: int) -> str:
        if count == 2 and self.take("{"):
            end = self.text.find("}", self.at)
            digits = self.text[self.at : max(end, self.at)]
            self.at = end + 1
        else:
            digits = self.text[self.at : self.at + count]
            self.at += count
            if len(digits) != count:
                raise self.fault("Illegal hexadecimal escape sequence")
        try:
            return chr(int(digits, 16))
        except (ValueError, OverflowError):
            raise self.fault("Illegal hexadecimal escape sequence") from None

    def property(self, *, negated: bool) -> Named:
        if not self.take("{"):
            self.at += 1
            return Named(f"p{self.text[self.at - 1 : self.at]}", negated)
        end = self.text.find("}", self.at)
        if end < 0:
            raise self.fault("Unclosed character family")
        name = self.text[self.at : end]
        self.at = end + 1
        return Named(f"p{name}", negated)

    def char_class(self, flags: Flags) -> CharClass:
        self.level += 1
        if self.level > MAX_NESTING:
            raise self.fault("the regular expression is nested too deeply")
        negated = self.take("^")
        members: list[Char | Range | Named | CharClass] = []
        meets: list[CharClass] = []
        first = True
        while first or self.peek() != "]":
            if not self.peek():
                raise self.fault("Unclosed character class")
            first = False
            if self.take("&&"):
                start = self.at
                right = self.intersected(flags)
                if self.at == start:
                    raise self.fault("Bad class syntax")
                meets.append(right)
                continue
            if flags.comments and self.skip_comment():
                continue
            members.append(self.class_member(flags))
        self.at += 1
        self.level -= 1
        return CharClass(tuple(members), tuple(meets), negated, flags.ignore_case)

    def intersected(self, flags: Flags) -> CharClass:
        members: list[Char | Range | Named | CharClass] = []
        while self.peek() and self.peek() != "]" and not self.text.startswith("&&", self.at):
            members.append(self.class_member(flags))
        return CharClass(tuple(members), (), negated=False, ignore_case=flags.ignore_case)

    def class_member(self, flags: Flags) -> Char | Range | Named | CharClass:
        if self.take("["):
            return self.char_class(flags)
        low = self.class_char(flags)
        if not isinstance(low, Char) or self.peek() != "-" or self.text[self.at + 1 : self.at + 2] in {"]", "[", ""}:
            return low
        self.at += 1
        high = self.class_char(flags)
        if not isinstance(high, Char) or high.char < low.char:
            raise self.fault("Illegal character range")
        return Range(low.char, high.char)

    def class_char(self, flags: Flags) -> Char | Named:
        if self.take("\\"):
            return self.class_escape(flags)
        char = self.peek()
        self.at += 1
        return Char(char, flags.ignore_case)
