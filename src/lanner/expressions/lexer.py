"""Template text -> tokens with offsets.

A token is a tuple ``(kind, value, at)``. ``raw`` blocks are swapped for private placeholders before anything else
looks at the text, as the reference engine does; ``Lexed.raw`` holds what they stand for.
"""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lanner.expressions.errors import SyntaxFault

TEXT = "TEXT"
PRINT_START = "PRINT_START"
PRINT_END = "PRINT_END"
EXECUTE_START = "EXECUTE_START"
EXECUTE_END = "EXECUTE_END"
NAME = "NAME"
NUMBER = "NUMBER"
STRING = "STRING"
INTERPOLATION = "STRING_INTERPOLATION_START"
INTERPOLATION_END = "STRING_INTERPOLATION_END"
OPERATOR = "OPERATOR"
PUNCTUATION = "PUNCTUATION"
COMMENT = "COMMENT"
EOF = "EOF"

SPACE = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000"  # noqa: E501 -- the line is shown to readers as it is
RAW_MARK = "\ue0f0"
RAW_END = "\ue0f1"
MAX_INTERPOLATION_DEPTH = 8

_RAW = re.compile(r"\{%-?\s*raw\s*-?%\}([^\n\r\x85\u2028\u2029]*?)\{%-?\s*endraw\s*-?%\}")
_DELIMITER = re.compile(r"\{[{%#]")
_LEFT_TRIM = re.compile(r"-\s")
_VERBATIM = re.compile(r"\s*verbatim\s*(-?)%\}")
_END_VERBATIM = re.compile(r"\{%(-?)\s*endverbatim\s*(-?)%\}")
_COMMENT_END = re.compile(r"(\s-)?#\}")
_PRINT_END = re.compile(r"[ \t\n\x0b\f\r]*(-?)\}\}")
_EXECUTE_END = re.compile(r"[ \t\n\x0b\f\r]*(-?)%\}")
_TOKEN = re.compile(
    r"""[ \t\n\x0b\f\r]*(?:
    (?P<OPERATOR>is[ \n]not(?!\w)|(?:contains|equals|isIn|notIn|and|not|is|or)(?!\w)
        |\?\?\??|[=!<>]=|\.\.|[-+*/%~|<>])
    |(?P<NAME>[^\W\d]\w*)
    |(?P<NUMBER>[0-9]+(?:\.[0-9]+|L)?)
    |(?P<PUNCTUATION>[()\[\]{}?:.,=])
    |(?P<STRING>'(?:[^'\\]|\\.)*'|"(?:[^"\\\#]|\\.|\#(?!\{))*")
    |(?P<QUOTE>")
    )""",
    re.VERBOSE | re.DOTALL,
)
_STRING_PART = re.compile(r'(?:[^"\\#]|\\.|#(?!\{))*', re.DOTALL)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Token(NamedTuple):
    kind: str
    value: Any
    at: int


@dataclass(slots=True)
class Lexed:
    """``raw`` maps placeholders to the bodies of ``{% raw %}`` blocks; ``source`` has the placeholders in it."""

    source: str
    tokens: list[Token]
    raw: dict[str, str] = field(default_factory=dict)


def lex(source: str) -> Lexed:
    """Cut a template into tokens, or raise ``SyntaxFault``; offsets count in ``Lexed.source``."""
    raw: dict[str, str] = {}
    if "endraw" in source:
        source = hide_raw(source, raw)
    return Lexed(source, _Lexer(source).run(), raw)


def lex_partly(source: str) -> tuple[list[Token], SyntaxFault | None]:
    """Cut a template into tokens up to its end or its first fault; raw blocks are not looked for."""
    lexer = _Lexer(source)
    try:
        return lexer.run(), None
    except SyntaxFault as fault:
        return lexer.out, fault


def hide_raw(source: str, raw: dict[str, str]) -> str:
    """Swap each raw block for a placeholder, which is put into ``raw`` with the block's body."""

    def placeholder(match: re.Match[str]) -> str:
        mark = f"{RAW_MARK}{len(raw)}{RAW_END}"
        raw[mark] = match[1]
        return mark

    return _RAW.sub(placeholder, source)


def raw_spans(source: str) -> list[tuple[int, int]]:
    """Return where the raw blocks of a template begin and end."""
    return [match.span() for match in _RAW.finditer(source)]


def show_raw(text: str, raw: dict[str, str]) -> str:
    for mark, body in raw.items():
        text = text.replace(mark, body)
    return text


class _Lexer:
    __slots__ = ("out", "source", "trim_next")

    def __init__(self, source: str) -> None:
        self.source = source
        self.out: list[Token] = []
        self.trim_next = False

    def run(self) -> list[Token]:
        source, cursor = self.source, 0
        for_delimiter = _DELIMITER.search
        while True:
            found = for_delimiter(source, cursor)
            if found is None:
                self.text(source[cursor:], cursor)
                self.out.append(Token(EOF, None, len(source)))
                return self.out
            start = found.start()
            opening = found[0]
            inside = start + 2
            trim_left = _LEFT_TRIM.match(source, inside) is not None
            self.text(source[cursor:start].rstrip(SPACE) if trim_left else source[cursor:start], cursor)
            if trim_left:
                inside += 1
            if opening == "{{":
                self.out.append(Token(PRINT_START, "{{", start))
                cursor = self.expression(inside, _PRINT_END, PRINT_END)
            elif opening == "{#":
                cursor = self.comment(start, inside + trim_left)
            elif (verbatim := _VERBATIM.match(source, inside)) is not None:
                cursor = self.verbatim(start, verbatim)
            else:
                self.out.append(Token(EXECUTE_START, "{%", start))
                cursor = self.expression(inside, _EXECUTE_END, EXECUTE_END)

    def text(self, text: str, at: int) -> None:
        if self.trim_next:
            text = text.lstrip(SPACE)
            self.trim_next = False
        if text:
            self.out.append(Token(TEXT, text, at))

    def comment(self, start: int, inside: int) -> int:
        end = _COMMENT_END.search(self.source, inside)
        if end is None:
            raise SyntaxFault("Unclosed comment.", start)
        self.trim_next = bool(end[1])
        self.out.append(Token(COMMENT, self.source[start : end.end()], start))
        return end.end()

    def verbatim(self, start: int, opened: re.Match[str]) -> int:
        end = _END_VERBATIM.search(self.source, opened.end())
        if end is None:
            raise SyntaxFault("Could not find the endverbatim tag.", start)
        body = self.source[opened.end() : end.start()].lstrip(SPACE)
        if end[1]:
            body = body.rstrip(SPACE)
        if body:
            self.out.append(Token(TEXT, body, opened.end()))
        self.trim_next = bool(end[2])
        return end.end()

    def expression(self, cursor: int, closing: re.Pattern[str], kind: str) -> int:
        """Cut an expression up to its end delimiter; return the offset behind it."""
        source, out = self.source, self.out
        match_token, brackets = _TOKEN.match, list[tuple[str, int]]()
        while True:
            if not brackets:
                end = closing.match(source, cursor)
                if end is not None:
                    self.trim_next = bool(end[1])
                    out.append(Token(kind, end[0].strip().removeprefix("-"), end.end() - 2))
                    return end.end()
            token = match_token(source, cursor)
            if token is None:
                return self.no_token(cursor, brackets, kind)
            cursor = token.end()
            group = token.lastgroup
            value = token[group] if group else ""
            at = cursor - len(value)
            if group == "PUNCTUATION":
                if value in "([{":
                    brackets.append((value, at))
                elif value in ")]}":
                    self.close(value, at, brackets)
            elif group == "STRING":
                quote = value[0]
                value = value[1:-1].replace("\\" + quote, quote)
            elif group == "QUOTE":
                value, cursor = self.interpolated(at, 0)
                group = INTERPOLATION
            out.append(Token(group or EOF, value, at))

    def no_token(self, cursor: int, brackets: list[tuple[str, int]], kind: str) -> int:
        rest = self.source[cursor:]
        bare = rest.lstrip()
        at = cursor + len(rest) - len(bare)
        if bare:
            raise SyntaxFault(f"Unexpected character [{bare[0]}]", at)
        if brackets:
            raise SyntaxFault(f'Unclosed "{brackets[-1][0]}"', brackets[-1][1])
        raise SyntaxFault(f'Unexpected token of value "null" and type EOF, expected token of type {kind}', at)

    @staticmethod
    def close(value: str, at: int, brackets: list[tuple[str, int]]) -> None:
        if not brackets:
            raise SyntaxFault(f'Unexpected "{value}"', at)
        opened, _ = brackets.pop()
        if _CLOSING[opened] != value:
            raise SyntaxFault(f'Unclosed "{_CLOSING[opened]}"', at)

    def interpolated(self, start: int, depth: int) -> tuple[list[str | list[Token]], int]:
        """Cut a double-quoted text with ``#{…}`` into texts and token lists; return them and the offset behind it."""
        if depth > MAX_INTERPOLATION_DEPTH:
            raise SyntaxFault("texts with #{…} are nested too deeply", start)
        source, cursor = self.source, start + 1
        parts: list[str | list[Token]] = []
        while True:
            plain = _STRING_PART.match(source, cursor)
            assert plain is not None
            if plain[0]:
                parts.append(plain[0].replace('\\"', '"'))
            cursor = plain.end()
            if source.startswith('"', cursor):
                return parts, cursor + 1
            if not source.startswith("#{", cursor):
                raise SyntaxFault('Unexpected character ["]', start)
            tokens, cursor = self.inner(cursor + 2, depth)
            parts.append(tokens)

    def inner(self, cursor: int, depth: int) -> tuple[list[Token], int]:
        tokens: list[Token] = []
        brackets: list[tuple[str, int]] = []
        while True:
            token = _TOKEN.match(self.source, cursor)
            if token is None:
                raise SyntaxFault("Unexpected end of a text with #{…}", cursor)
            cursor = token.end()
            group = token.lastgroup or EOF
            value = token[group]
            at = cursor - len(value)
            if group == "PUNCTUATION":
                if value == "}" and not brackets:
                    tokens.append(Token(INTERPOLATION_END, None, at))
                    return tokens, cursor
                if value in "([{":
                    brackets.append((value, at))
                elif value in ")]}":
                    self.close(value, at, brackets)
            elif group == "STRING":
                value = value[1:-1].replace("\\" + value[0], value[0])
            elif group == "QUOTE":
                parts, cursor = self.interpolated(at, depth + 1)
                tokens.append(Token(INTERPOLATION, parts, at))
                continue
            tokens.append(Token(group, value, at))
