"""Tokens -> syntax tree of the expressions; the tags are in ``tags``."""

from lanner.expressions import lexer
from lanner.expressions.errors import SyntaxFault
from lanner.expressions.lexer import Token
from lanner.expressions.syntax import (
    Arguments,
    Attribute,
    Binary,
    Call,
    Expression,
    Filtered,
    Interpolated,
    ListOf,
    Literal,
    MapOf,
    Method,
    Name,
    Subscript,
    Ternary,
    Tested,
    Unary,
)

MAX_DEPTH = 80
"""Deepest nesting of expressions, and of tags, that a template may have."""

PRECEDENCE = {
    "or": 10,
    "and": 15,
    "is": 20,
    "is not": 20,
    "contains": 20,
    "==": 30,
    "equals": 30,
    "!=": 30,
    "<": 30,
    ">": 30,
    "<=": 30,
    ">=": 30,
    "+": 40,
    "-": 40,
    "*": 60,
    "/": 60,
    "%": 60,
    "|": 100,
    "~": 110,
    "..": 120,
    "??": 120,
    "???": 120,
    "isIn": 120,
    "notIn": 120,
}
UNARY = frozenset({"not", "-", "+"})
UNARY_PRECEDENCE = 500
WORDS: dict[str, bool | None] = {
    "true": True,
    "TRUE": True,
    "false": False,
    "FALSE": False,
    "null": None,
    "NULL": None,
    "none": None,
    "NONE": None,
}


class ExpressionParser:
    """Reads expressions from a list of tokens that ends with EOF; ``index`` is the next one."""

    __slots__ = ("depth", "index", "tokens")

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.index = 0
        self.depth = 0

    def expression(self, minimum: int = 0) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise SyntaxFault("the expression is nested too deeply", self.tokens[self.index].at)
        left = self.operand()
        token = self.tokens[self.index]
        while token.kind == lexer.OPERATOR:
            operator = token.value.replace("\n", " ") if token.value[:2] == "is" else token.value
            precedence = PRECEDENCE.get(operator)
            if precedence is None or precedence < minimum:
                break
            self.index += 1
            if operator == "|":
                name, arguments = self.invocation()
                left = Filtered(token.at, left, name, arguments)
            elif operator in {"is", "is not"}:
                name, arguments = self.invocation()
                left = Tested(token.at, left, name, arguments, operator == "is not")
            else:
                left = Binary(token.at, operator, left, self.expression(precedence + 1))
            token = self.tokens[self.index]
        if minimum == 0 and token.kind == lexer.PUNCTUATION and token.value == "?":
            self.index += 1
            yes = self.expression()
            self.punctuation(":")
            left = Ternary(token.at, left, yes, self.expression())
        self.depth -= 1
        return left

    def operand(self) -> Expression:
        token = self.tokens[self.index]
        kind, value, at = token
        if kind == lexer.NAME:
            return self.name(token)
        self.index += 1
        if kind == lexer.STRING:
            return self.postfix(Literal(at, value))
        if kind == lexer.NUMBER:
            return self.postfix(self.number(token))
        if kind == lexer.OPERATOR and value in UNARY:
            return Unary(at, value, self.expression(UNARY_PRECEDENCE))
        if kind == lexer.INTERPOLATION:
            return self.postfix(Interpolated(at, [self.part(part, at) for part in value]))
        if kind == lexer.PUNCTUATION:
            if value == "(":
                inner = self.expression()
                self.punctuation(")")
                return self.postfix(inner)
            if value == "[":
                return ListOf(at, self.items())
            if value == "{":
                return self.map_literal(at)
        raise SyntaxFault(f'Unexpected token "{kind}" of value "{"null" if value is None else value}"', at)

    def name(self, token: Token) -> Expression:
        self.index += 1
        following = self.tokens[self.index]
        if following.kind == lexer.PUNCTUATION and following.value == "(" and token.value not in WORDS:
            return self.postfix(Call(token.at, token.value, self.arguments()))
        if token.value in WORDS:
            return self.postfix(Literal(token.at, WORDS[token.value]))
        return self.postfix(Name(token.at, token.value))

    @staticmethod
    def number(token: Token) -> Literal:
        if "." in token.value:
            return Literal(token.at, float(token.value))
        digits = token.value.removesuffix("L")
        value = int(digits) if len(digits) < 4000 else 2**63
        if value >= 2**63:
            raise SyntaxFault(f'For input string: "{digits}" (a whole number must fit 64 bits)', token.at)
        return Literal(token.at, value)

    @staticmethod
    def part(part: str | list[Token], at: int) -> Expression:
        if isinstance(part, str):
            return Literal(at, part)
        parser = ExpressionParser(part)
        value = parser.expression()
        end = part[parser.index]
        if end.kind != lexer.INTERPOLATION_END:
            raise unexpected(end, lexer.INTERPOLATION_END)
        return value

    def postfix(self, target: Expression) -> Expression:
        while True:
            token = self.tokens[self.index]
            if token.kind != lexer.PUNCTUATION or token.value not in {".", "["}:
                return target
            self.index += 1
            if token.value == "[":
                key = self.expression()
                self.punctuation("]")
                target = Subscript(token.at, target, key)
                continue
            name = self.expect(lexer.NAME)
            following = self.tokens[self.index]
            if following.kind == lexer.PUNCTUATION and following.value == "(":
                arguments = self.arguments()
                if arguments.named:
                    raise SyntaxFault("a method takes no named arguments", following.at)
                target = Method(name.at, target, name.value, arguments.positional)
            else:
                target = Attribute(name.at, target, name.value)

    def items(self) -> list[Expression]:
        values: list[Expression] = []
        if self.accept("]"):
            return values
        while True:
            values.append(self.expression())
            if self.accept("]"):
                return values
            self.punctuation(",")

    def map_literal(self, at: int) -> Expression:
        pairs: list[tuple[Expression, Expression]] = []
        if self.accept("}"):
            return MapOf(at, pairs)
        while True:
            key = self.expression()
            self.punctuation(":")
            pairs.append((key, self.expression()))
            if self.accept("}"):
                return MapOf(at, pairs)
            self.punctuation(",")

    def invocation(self) -> tuple[str, Arguments]:
        name = self.expect(lexer.NAME)
        following = self.tokens[self.index]
        if following.kind == lexer.PUNCTUATION and following.value == "(":
            return name.value, self.arguments()
        return name.value, Arguments([], [])

    def arguments(self) -> Arguments:
        self.punctuation("(")
        result = Arguments([], [])
        if self.accept(")"):
            return result
        while True:
            token, following = self.tokens[self.index], self.tokens[self.index + 1]
            if token.kind == lexer.NAME and following.kind == lexer.PUNCTUATION and following.value == "=":
                self.index += 2
                result.named.append((token.value, self.expression()))
            elif result.named:
                raise SyntaxFault("Positional arguments must be declared before any named arguments.", token.at)
            else:
                result.positional.append(self.expression())
            if self.accept(")"):
                return result
            self.punctuation(",")

    def accept(self, value: str) -> bool:
        token = self.tokens[self.index]
        if token.kind == lexer.PUNCTUATION and token.value == value:
            self.index += 1
            return True
        return False

    def punctuation(self, value: str) -> None:
        if not self.accept(value):
            raise unexpected(self.tokens[self.index], f"{lexer.PUNCTUATION} with value {value}")

    def expect(self, kind: str) -> Token:
        token = self.tokens[self.index]
        if token.kind != kind:
            raise unexpected(token, kind)
        self.index += 1
        return token


def unexpected(token: Token, expected: str) -> SyntaxFault:
    value = "null" if token.value is None else token.value
    return SyntaxFault(
        f'Unexpected token of value "{value}" and type {token.kind}, expected token of type {expected}', token.at
    )
