"""jq program text -> syntax tree, by the grammar of jq 1.6."""

import re

from lanner.expressions.errors import Fault
from lanner.expressions.jq_language.syntax import (
    ArrayOf,
    Binary,
    Bind,
    Break,
    Call,
    Define,
    Foreach,
    Format,
    Identity,
    If,
    Index,
    Iterate,
    Label,
    Literal,
    Negative,
    Node,
    ObjectOf,
    Pattern,
    Reduce,
    Slice,
    Text,
    Try,
    Variable,
)

_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<field>\.[A-Za-z_]\w*)"
    r"|(?P<variable>\$(?:__loc__|[A-Za-z_]\w*))"
    r"|(?P<format>@[A-Za-z0-9]+)"
    r"|(?P<word>[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*)"
    r"|(?P<operator>\?//|//=|\|=|\+=|-=|\*=|/=|%=|==|!=|<=|>=|//|\.\.|[-+*/%|,<>=.?()\[\]{}:;$])"
    r'|(?P<quote>")',
    re.ASCII,
)
_PLAIN = re.compile(r'[^"\\]+')
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_KEYWORDS = frozenset(
    ["def", "if", "then", "elif", "else", "end", "as", "reduce", "foreach", "try", "catch", "label", "and", "or"]
)
_ASSIGNMENTS = frozenset(["=", "|=", "+=", "-=", "*=", "/=", "%=", "//="])
_COMPARISONS = frozenset(["==", "!=", "<", "<=", ">", ">="])
_LEVELS: dict[str, tuple[int, str]] = {
    "//": (2, "right"),
    **dict.fromkeys(_ASSIGNMENTS, (3, "none")),
    "or": (4, "left"),
    "and": (5, "left"),
    **dict.fromkeys(_COMPARISONS, (6, "none")),
    "+": (7, "left"),
    "-": (7, "left"),
    "*": (8, "left"),
    "/": (8, "left"),
    "%": (8, "left"),
}
MAX_DEPTH = 150


def parse(program: str) -> Node:
    """Return the tree of a program; raises ``Fault`` that says where it goes wrong."""
    parser = _Parser(program)
    tree = parser.pipe()
    if parser.kind != "end":
        parser.fail()
    return tree


class _Parser:
    __slots__ = ("at", "depth", "kind", "start", "text", "token")

    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 0, 0
        self.start = 0
        self.kind = self.token = ""
        self.advance()

    # tokens

    def advance(self) -> None:
        space = _SPACE.match(self.text, self.at)
        assert space is not None
        self.start = self.at = space.end()
        if self.at == len(self.text):
            self.kind, self.token = "end", ""
            return
        match = _TOKEN.match(self.text, self.at)
        if match is None or match.lastgroup is None:
            raise Fault(f"jq: unexpected character {self.text[self.at]!r} at column {self.at + 1}")
        self.kind, self.token, self.at = match.lastgroup, match[0], match.end()

    def fail(self) -> None:
        shown = repr(self.token) if self.token else "the end"
        raise Fault(f"jq: unexpected {shown} at column {self.start + 1}")

    def sees(self, token: str) -> bool:
        return self.token == token and self.kind in {"operator", "word"}

    def takes(self, token: str) -> bool:
        if self.sees(token):
            self.advance()
            return True
        return False

    def expect(self, token: str) -> None:
        if not self.takes(token):
            shown = repr(self.token) if self.token else "the end"
            raise Fault(f"jq: expected {token!r} instead of {shown} at column {self.start + 1}")

    def named(self, kind: str) -> str:
        if self.kind != kind:
            self.fail()
        token = self.token
        self.advance()
        return token

    # expressions

    def pipe(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Fault("jq: the program is nested too deeply")
        parts: list[Node] = []
        while True:
            if self.sees("def"):
                parts.append(self.define())
                break
            left = self.comma()
            parts.append(left)
            if not self.takes("|"):
                break
        self.depth -= 1
        result = parts.pop()
        while parts:
            result = Binary("|", parts.pop(), result)
        return result

    def define(self) -> Node:
        self.expect("def")
        name = self.named("word")
        parameters: list[str] = []
        if self.takes("("):
            while True:
                parameters.append(self.named("variable") if self.kind == "variable" else self.named("word"))
                if not self.takes(";"):
                    break
            self.expect(")")
        self.expect(":")
        body = self.pipe()
        self.expect(";")
        return Define(name, tuple(parameters), body, self.pipe())

    def comma(self) -> Node:
        left = self.binary(2)
        while self.takes(","):
            left = Binary(",", left, self.binary(2))
        return left

    def binary(self, least: int) -> Node:
        left = self.unary()
        while self.kind in {"operator", "word"} and self.token in _LEVELS:
            level, side = _LEVELS[self.token]
            if level < least:
                break
            operator = self.token
            self.advance()
            right = self.binary(level if side == "right" else level + 1)
            left = Binary(operator, left, right)
            if side == "none" and self.token in _LEVELS and _LEVELS[self.token][0] == level:
                self.fail()
        return left

    def unary(self) -> Node:
        if self.takes("-"):
            return Negative(self.unary())
        if self.sees("def"):
            return self.define()
        if self.takes("reduce"):
            return self.reduce()
        if self.takes("foreach"):
            return self.foreach()
        if self.takes("label"):
            name = self.named("variable")
            self.expect("|")
            return Label(name, self.pipe())
        term = self.postfix()
        if self.takes("as"):
            pattern = self.pattern()
            self.expect("|")
            return Bind(term, pattern, self.pipe())
        return term

    def reduce(self) -> Node:
        source = self.postfix()
        self.expect("as")
        pattern = self.pattern()
        self.expect("(")
        start = self.pipe()
        self.expect(";")
        update = self.pipe()
        self.expect(")")
        return Reduce(source, pattern, start, update)

    def foreach(self) -> Node:
        source = self.postfix()
        self.expect("as")
        pattern = self.pattern()
        self.expect("(")
        start = self.pipe()
        self.expect(";")
        update = self.pipe()
        extract: Node = self.pipe() if self.takes(";") else Identity()
        self.expect(")")
        return Foreach(source, pattern, start, update, extract)

    def pattern(self) -> Pattern:
        if self.kind == "variable":
            return Pattern(name=self.named("variable"))
        if self.takes("["):
            items = [self.pattern()]
            while self.takes(","):
                items.append(self.pattern())
            self.expect("]")
            return Pattern(items=tuple(items))
        self.expect("{")
        fields = [self.pattern_field()]
        while self.takes(","):
            fields.append(self.pattern_field())
        self.expect("}")
        return Pattern(fields=tuple(fields))

    def pattern_field(self) -> tuple[Node, Pattern | None]:
        if self.kind == "variable":
            name = self.named("variable")
            key: Node = Literal(name[1:])
            return (key, self.pattern()) if self.takes(":") else (key, Pattern(name=name))
        if self.takes("("):
            key = self.pipe()
            self.expect(")")
        elif self.kind == "quote":
            key = self.string("text")
        else:
            key = Literal(self.named("word"))
        self.expect(":")
        return key, self.pattern()

    def postfix(self) -> Node:
        term = self.term()
        while True:
            if self.kind == "field":
                term = Index(term, Literal(self.named("field")[1:]))
            elif self.takes("?"):
                term = _optional(term)
            elif self.sees(".") and self.text[self.at : self.at + 1] == '"':
                self.advance()
                term = Index(term, self.string("text"))
            elif self.sees(".") and self.text[self.at : self.at + 1] == "[":
                self.advance()
            elif self.takes("["):
                term = self.bracket(term)
            else:
                return term

    def bracket(self, term: Node) -> Node:
        if self.takes("]"):
            return Iterate(term)
        if self.takes(":"):
            end = self.pipe()
            self.expect("]")
            return Slice(term, None, end)
        key = self.pipe()
        if self.takes(":"):
            to = None if self.sees("]") else self.pipe()
            self.expect("]")
            return Slice(term, key, to)
        self.expect("]")
        return Index(term, key)

    def term(self) -> Node:
        kind, token = self.kind, self.token
        if kind == "number":
            self.advance()
            return Literal(_number(token))
        if kind == "field":
            self.advance()
            return Index(Identity(), Literal(token[1:]))
        if kind == "variable":
            self.advance()
            return Variable(token)
        if kind == "quote":
            return self.string("text")
        if kind == "format":
            self.advance()
            return self.string(token[1:]) if self.kind == "quote" else Format(token[1:])
        if kind == "word" and token not in _KEYWORDS - {"if", "try"}:
            return self.word(token)
        if self.takes(".."):
            return Call("recurse", ())
        if self.takes("."):
            if self.kind == "quote":
                return Index(Identity(), self.string("text"))
            return Identity()
        if self.takes("("):
            inner = self.pipe()
            self.expect(")")
            return inner
        if self.takes("["):
            body = None if self.sees("]") else self.pipe()
            self.expect("]")
            return ArrayOf(body)
        if self.takes("{"):
            return self.object_of()
        self.fail()
        raise AssertionError

    def word(self, token: str) -> Node:
        self.advance()
        if token == "if":
            return self.condition()
        if token == "try":
            body = self.postfix()
            return Try(body, self.postfix() if self.takes("catch") else Call("empty", ()))
        if token == "break":
            return Break(self.named("variable"))
        arguments: list[Node] = []
        if self.takes("("):
            arguments.append(self.pipe())
            while self.takes(";"):
                arguments.append(self.pipe())
            self.expect(")")
        return Call(token, tuple(arguments))

    def condition(self) -> Node:
        test = self.pipe()
        self.expect("then")
        yes = self.pipe()
        if self.takes("elif"):
            return If(test, yes, self.condition())
        self.expect("else")
        no = self.pipe()
        self.expect("end")
        return If(test, yes, no)

    def object_of(self) -> Node:
        entries: list[tuple[Node, Node]] = []
        if not self.sees("}"):
            entries.append(self.entry())
            while self.takes(","):
                entries.append(self.entry())
        self.expect("}")
        return ObjectOf(tuple(entries))

    def entry(self) -> tuple[Node, Node]:
        if self.kind == "variable":
            name = self.named("variable")
            return Literal(name[1:]), Variable(name)
        plain: Node | None = None
        if self.takes("("):
            key = self.pipe()
            self.expect(")")
        else:
            if self.kind == "quote":
                key = self.string("text")
            elif self.kind == "format":
                name = self.named("format")
                key = self.string(name[1:]) if self.kind == "quote" else Format(name[1:])
            elif self.kind == "number":
                key = Literal(self.named("number"))
            else:
                key = Literal(self.named("word"))
            plain = Index(Identity(), key)
        if self.takes(":"):
            return key, self.entry_value()
        if plain is None:
            self.expect(":")
        assert plain is not None
        return key, plain

    def entry_value(self) -> Node:
        if self.takes("-"):
            left: Node = Negative(self.postfix())
        else:
            left = self.postfix()
        while self.takes("|"):
            right = self.postfix()
            left = Binary("|", left, right)
        return left

    def string(self, form: str) -> Node:
        """Read a string; the current token is its opening quote."""
        parts: list[str | Node] = []
        plain: list[str] = []
        at = self.at
        while True:
            if at >= len(self.text):
                raise Fault("jq: a string is not closed")
            char = self.text[at]
            if char == '"':
                break
            if char != "\\":
                match = _PLAIN.match(self.text, at)
                assert match is not None
                plain.append(match[0])
                at = match.end()
                continue
            following = self.text[at + 1 : at + 2]
            if following == "(":
                if plain:
                    parts.append("".join(plain))
                    plain = []
                self.at = at + 2
                self.advance()
                parts.append(self.pipe())
                if not self.sees(")"):
                    self.fail()
                at = self.at
                continue
            char, at = self.escape(at)
            plain.append(char)
        if plain:
            parts.append("".join(plain))
        self.at = at + 1
        self.advance()
        if all(isinstance(part, str) for part in parts):
            return Literal("".join(part for part in parts if isinstance(part, str)))
        return Text(form, tuple(parts))

    def escape(self, at: int) -> tuple[str, int]:
        following = self.text[at + 1 : at + 2]
        if following in _ESCAPES and following:
            return _ESCAPES[following], at + 2
        digits = self.text[at + 2 : at + 6]
        if following == "u" and re.fullmatch("[0-9a-fA-F]{4}", digits):
            code, end = int(digits, 16), at + 6
            low = self.text[end + 2 : end + 6]
            if 0xD800 <= code < 0xDC00 and self.text[end : end + 2] == "\\u" and re.fullmatch("[dD][c-fC-F].{2}", low):
                try:
                    return chr(0x10000 + ((code - 0xD800) << 10) + int(low, 16) - 0xDC00), end + 6
                except ValueError:
                    pass
            return chr(0xFFFD) if 0xD800 <= code < 0xE000 else chr(code), end
        raise Fault(f"jq: invalid escape at column {at + 1}")


def _optional(term: Node) -> Node:
    """``a.b?`` forgives what ``.b`` does not find, not what goes wrong in ``a``."""
    match term:
        case Index(target, Literal() as key):
            return Binary("|", target, Try(Index(Identity(), key), None))
        case Iterate(target):
            return Binary("|", target, Try(Iterate(Identity()), None))
        case _:
            return Try(term, None)


def _number(token: str) -> int | float:
    if token.isdecimal():
        value = int(token[:40])
        if len(token) > 40 or value >= 2**63:
            raise Fault(f"jq: the number {token[:40]} is too large")
        return value
    return float(token)
