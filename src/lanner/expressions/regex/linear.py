"""Java's regular expressions in RE2's syntax, for those that RE2 can run: it takes linear time."""

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
    Range,
    Repeat,
    Sequence,
)

# What a class name stands for, as the inside of RE2's brackets.
CLASSES = {
    "d": "0-9",
    "w": "0-9A-Za-z_",
    "s": r"\t\n\x0b\f\r ",
    "v": r"\n\x0b\f\r\x{85}\x{2028}\x{2029}",
    "h": r" \t\x{a0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}",
    "pLower": "a-z",
    "pUpper": "A-Z",
    "pASCII": r"\x00-\x7f",
    "pAlpha": "A-Za-z",
    "pDigit": "0-9",
    "pAlnum": "0-9A-Za-z",
    "pPunct": r"!-/:-@\[-`{-~",
    "pGraph": "!-~",
    "pPrint": " -~",
    "pBlank": r" \t",
    "pCntrl": r"\x00-\x1f\x7f",
    "pXDigit": "0-9A-Fa-f",
    "pSpace": r"\t\n\x0b\f\r ",
    "pIsAlphabetic": r"\pL\p{Nl}",
    "pIsLetter": r"\pL",
    "pIsDigit": r"\p{Nd}",
    "pIsUppercase": r"\p{Lu}",
    "pIsLowercase": r"\p{Ll}",
    "pIsPunctuation": r"\pP",
    "pjavaLowerCase": r"\p{Ll}",
    "pjavaUpperCase": r"\p{Lu}",
    "pjavaWhitespace": r"\t\n\x0b\f\r\x1c-\x1f \x{1680}\x{2000}-\x{2006}\x{2008}-\x{200a}\x{2028}\x{2029}\x{205f}\x{3000}",  # noqa: E501 -- the line is shown to readers as it is
    "pjavaLetter": r"\pL",
    "pjavaLetterOrDigit": r"\pL\p{Nd}",
    "pjavaDigit": r"\p{Nd}",
    "pjavaAlphabetic": r"\pL\p{Nl}",
}
CATEGORIES = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "S",
        "Sm",
        "Sc",
        "Sk",
        "So",
        "Z",
        "Zs",
        "Zl",
        "Zp",
        "C",
        "Cc",
        "Cf",
        "Co",
    ]
)
SCRIPTS = frozenset(
    [
        "Latin",
        "Greek",
        "Cyrillic",
        "Armenian",
        "Hebrew",
        "Arabic",
        "Devanagari",
        "Thai",
        "Hangul",
        "Han",
        "Hiragana",
        "Katakana",
        "Georgian",
    ]
)
NO_LINE_END = r"[^\n\r\x{85}\x{2028}\x{2029}]"


class NotLinear(Exception):
    """RE2 has no such form."""


def translated(node: Node) -> str:
    """Return the pattern for RE2; raise ``NotLinear`` for what it does not have."""
    match node:
        case Char(char, ignore_case):
            return f"(?i:{literal(char)})" if ignore_case and char.isalpha() else literal(char)
        case Named():
            return _named(node)
        case CharClass():
            inside = _inside(node)
            return f"(?i:{inside})" if node.ignore_case else inside
        case Anchor(kind):
            return _anchor(kind)
        case Group(body, number, _, atomic):
            if atomic:
                raise NotLinear
            return f"({translated(body)})" if number else f"(?:{translated(body)})"
        case Repeat(body, least, most, mode):
            if mode == "possessive":
                raise NotLinear
            count = _count(least, most)
            return f"(?:{translated(body)}){count}{'?' if mode == 'lazy' else ''}"
        case Sequence(items):
            return "".join(map(translated, items))
        case Choice(branches):
            return "(?:" + "|".join(map(translated, branches)) + ")"
        case Look() | BackReference():
            raise NotLinear


def literal(char: str) -> str:
    return char if char.isalnum() and char.isascii() else rf"\x{{{ord(char):x}}}"


def _count(least: int, most: int | None) -> str:
    if (least, most) == (0, None):
        return "*"
    if (least, most) == (1, None):
        return "+"
    if (least, most) == (0, 1):
        return "?"
    return f"{{{least}}}" if most == least else f"{{{least},{'' if most is None else most}}}"


def _named(node: Named) -> str:
    if node.name == "any":
        return r"(?s:.)"
    if node.name == ".":
        return NO_LINE_END
    if node.name == "unix.":
        return r"[^\n]"
    if node.name == "R":
        return r"(?:\r\n|[\n\x0b\f\r\x{85}\x{2028}\x{2029}])"
    return f"[{'^' if node.negated else ''}{class_inside(node.name)}]"


def class_inside(name: str) -> str:
    if name in CLASSES:
        return CLASSES[name]
    short = name[1:].removeprefix("Is").removeprefix("general_category=").removeprefix("gc=")
    if short in CATEGORIES or short in SCRIPTS:
        return rf"\p{{{short}}}"
    short = name[1:].removeprefix("script=").removeprefix("sc=")
    if short in SCRIPTS:
        return rf"\p{{{short}}}"
    raise NotLinear


def _inside(node: CharClass) -> str:
    if node.meets:
        raise NotLinear
    parts: list[str] = []
    for member in node.members:
        match member:
            case Char(char, _):
                parts.append(literal(char))
            case Range(low, high):
                parts.append(f"{literal(low)}-{literal(high)}")
            case Named(name, negated):
                parts.append(_class_member(name, negated=negated))
            case CharClass():
                inner = _inside(member)
                if member.negated:
                    raise NotLinear
                parts.append(inner[1:-1])
    return f"[{'^' if node.negated else ''}{''.join(parts)}]"


def _class_member(name: str, *, negated: bool) -> str:
    if not negated:
        return class_inside(name)
    opposites = {"d": r"\D", "w": r"\W"}
    if name in opposites:
        return opposites[name]
    inside = class_inside(name)
    if inside.startswith(r"\p{") and inside.endswith("}") and inside.count("\\") == 1:
        return r"\P" + inside[2:]
    raise NotLinear


def _anchor(kind: str) -> str:
    match kind:
        case "^" | "A":
            return r"\A"
        case "$" | "Z" | "z":
            return r"\z"
        case "m^":
            return "(?m:^)"
        case "m$":
            return "(?m:$)"
        case "b":
            return r"\b"
        case "B":
            return r"\B"
        case _:
            raise NotLinear
