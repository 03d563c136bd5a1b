"""What an editor asks: a template's tokens, the catalogue of names, and what an expression reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from lanner.expressions import lexer, parser
from lanner.expressions.errors import SyntaxFault
from lanner.expressions.lexer import Token, hide_raw, lex, lex_partly, raw_spans
from lanner.expressions.registry import Feature
from lanner.expressions.syntax import (
    Arguments,
    Attribute,
    Binary,
    Block,
    Call,
    Expression,
    FilterBlock,
    Filtered,
    For,
    If,
    Interpolated,
    ListOf,
    Macro,
    MapOf,
    Method,
    Name,
    Print,
    Set,
    Statement,
    Subscript,
    Ternary,
    Tested,
    Unary,
    position,
)
from lanner.expressions.syntax import Literal as LiteralNode
from lanner.expressions.tables import TABLES
from lanner.expressions.tags import TAGS, parse

TokenKind = Literal["text", "delimiter", "name", "number", "string", "operator", "punctuation", "comment", "error"]
EntryKind = Literal["filter", "function", "test", "tag", "operator"]

_KINDS: dict[str, TokenKind] = {
    lexer.TEXT: "text",
    lexer.PRINT_START: "delimiter",
    lexer.PRINT_END: "delimiter",
    lexer.EXECUTE_START: "delimiter",
    lexer.EXECUTE_END: "delimiter",
    lexer.NAME: "name",
    lexer.NUMBER: "number",
    lexer.STRING: "string",
    lexer.INTERPOLATION: "string",
    lexer.OPERATOR: "operator",
    lexer.PUNCTUATION: "punctuation",
    lexer.COMMENT: "comment",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A token for an editor: ``start`` and ``end`` are offsets, ``line`` and ``column`` count from 1."""

    kind: TokenKind
    text: str
    start: int
    end: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A filter, function, test, tag or operator with how it is written and one sentence about it."""

    kind: EntryKind
    name: str
    signature: str
    doc: str


@dataclass(frozen=True, slots=True)
class FreeName:
    """A variable that an expression reads, as far as its path is fixed; ``guarded`` if it may be missing."""

    path: tuple[str, ...]
    line: int
    column: int
    guarded: bool


def tokens(template: str) -> list[Shown]:
    """Return a template's tokens; from the first error on, one token of kind ``error``. Never raises."""
    raw: dict[str, str] = {}
    if "endraw" in template and hide_raw(template, raw) != template:
        return _with_raw(template)
    listed, fault = lex_partly(template)
    end = len(template) if fault is None else min(fault.at, len(template))
    spans = _spans([token for token in listed if token.at < end], template, end)
    if fault is not None:
        spans.append(("error", end, len(template)))
    return _shown(template, spans)


def catalogue() -> list[CatalogueEntry]:
    """Return everything that a template may name, by kind and name."""
    found = [
        CatalogueEntry(kind, row.name, row.signature() if kind != "test" else f"is {row.name}", summary(row))
        for kind in ("filter", "function", "test")
        for row in TABLES[kind].values()
    ]
    found += [CatalogueEntry("tag", name, signature, doc) for name, (signature, doc) in TAG_DOCS.items()]
    found += [CatalogueEntry("operator", name, signature, doc) for name, (signature, doc) in OPERATOR_DOCS.items()]
    return sorted(found, key=lambda entry: (entry.kind, entry.name))


def free_names(template: str) -> list[FreeName]:
    """Return the variables that a template reads, in order; none for a template that is no template."""
    if "{" not in template:
        return []
    try:
        lexed = lex(template)
        tree = parse(lexed)
    except (SyntaxFault, RecursionError):
        return []
    reader = _Reader(lexed.source)
    reader.statements(tree.body, frozenset())
    return reader.found


def summary(feature: Feature) -> str:
    """Return the first line of a feature's documentation."""
    return (feature.call.__doc__ or "").strip().partition("\n")[0]


def _with_raw(template: str) -> list[Shown]:
    """Return the tokens of a template in which raw blocks are texts."""
    result: list[Shown] = []
    at = 0
    for start, end in raw_spans(template):
        result += _moved(tokens(template[at:start]), template, at)
        result += _shown(template, [("text", start, end)])
        at = end
    return result + _moved(tokens(template[at:]), template, at)


def _moved(shown: list[Shown], template: str, by: int) -> list[Shown]:
    return _shown(template, [(token.kind, token.start + by, token.end + by) for token in shown])


def _spans(listed: list[Token], template: str, end: int) -> list[tuple[TokenKind, int, int]]:
    spans: list[tuple[TokenKind, int, int]] = []
    for index, token in enumerate(listed):
        following = listed[index + 1].at if index + 1 < len(listed) else end
        text = template[token.at : following]
        if token.kind in _KINDS:
            stop = following if token.kind == lexer.TEXT else token.at + len(text.rstrip())
            spans.append((_KINDS[token.kind], token.at, stop))
    return spans


def _shown(template: str, spans: list[tuple[TokenKind, int, int]]) -> list[Shown]:
    result: list[Shown] = []
    for kind, start, end in spans:
        if end > start:
            line, column = position(template, start)
            result.append(Shown(kind, template[start:end], start, end, line, column))
    return result


class _Reader:
    """Walks a tree and notes the names that no ``set``, ``for`` or macro has given a meaning."""

    __slots__ = ("found", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.found: list[FreeName] = []

    def statements(self, body: list[Statement], bound: frozenset[str]) -> frozenset[str]:
        """Walk statements and return the names bound behind them."""
        for statement in body:
            match statement:
                case Print(_, value):
                    self.expression(value, bound, guarded=False)
                case Set(_, name, value):
                    self.expression(value, bound, guarded=False)
                    bound |= {name}
                case If(_, branches, otherwise):
                    for condition, branch in branches:
                        self.expression(condition, bound, guarded=False)
                        self.statements(branch, bound)
                    self.statements(otherwise, bound)
                case For(_, name, values, inner, otherwise):
                    self.expression(values, bound, guarded=False)
                    self.statements(inner, bound | {name, "loop"})
                    self.statements(otherwise, bound)
                case FilterBlock(_, filters, inner):
                    for _, _, arguments in filters:
                        self.arguments(arguments, bound)
                    bound = self.statements(inner, bound)
                case Block(_, _, inner):
                    bound = self.statements(inner, bound)
                case Macro(_, _, parameters, inner):
                    for _, default in parameters:
                        if default is not None:
                            self.expression(default, bound, guarded=False)
                case _:
                    pass
        return bound

    def arguments(self, arguments: Arguments, bound: frozenset[str]) -> None:
        for value in (*arguments.positional, *(value for _, value in arguments.named)):
            self.expression(value, bound, guarded=False)

    def expression(self, node: Expression, bound: frozenset[str], *, guarded: bool) -> None:
        path = _fixed_path(node)
        if path is not None:
            name, rest = path
            if name.name not in bound:
                line, column = position(self.source, name.at)
                self.found.append(FreeName((name.name, *rest), line, column, guarded))
            return
        match node:
            case Binary(_, operator, left, right):
                self.expression(left, bound, guarded=guarded or operator in {"??", "???"})
                self.expression(right, bound, guarded=guarded)
            case Filtered(_, target, feature, arguments):
                self.expression(target, bound, guarded=guarded or feature == "default")
                self.arguments(arguments, bound)
            case Tested(_, target, feature, arguments, _):
                self.expression(target, bound, guarded=guarded or feature == "defined")
                self.arguments(arguments, bound)
            case Call(_, _, arguments):
                self.arguments(arguments, bound)
            case _:
                for inner in _children(node):
                    self.expression(inner, bound, guarded=guarded)


def _fixed_path(node: Expression) -> tuple[Name, tuple[str, ...]] | None:
    names: list[str] = []
    while True:
        match node:
            case Name():
                return node, tuple(reversed(names))
            case Attribute(_, target, name) | Subscript(_, target, LiteralNode(_, str() as name)):
                names.append(name)
                node = target
            case _:
                return None


def _children(node: Any) -> Iterator[Expression]:
    match node:
        case Attribute(_, target, _):
            yield target
        case Subscript(_, target, key):
            yield from (target, key)
        case Method(_, target, _, values):
            yield from (target, *values)
        case Unary(_, _, operand):
            yield operand
        case Ternary(_, condition, yes, no):
            yield from (condition, yes, no)
        case Interpolated(_, parts):
            yield from parts
        case ListOf(_, items):
            yield from items
        case MapOf(_, pairs):
            for key, value in pairs:
                yield from (key, value)
        case _:
            pass


TAG_DOCS = {
    "if": ("{% if a %}…{% elseif b %}…{% else %}…{% endif %}", "Choose by conditions; null, lists and maps are none."),
    "for": ("{% for x in values %}…{% else %}…{% endfor %}", "Repeat for each item; `loop` tells where it stands."),
    "set": ("{% set name = value %}", "Give a name a value, here and in what follows."),
    "macro": ("{% macro name(a, b='x') %}…{% endmacro %}", "Define a function of this template."),
    "filter": ("{% filter upper | trim %}…{% endfilter %}", "Apply filters to what stands between the tags."),
    "block": ("{% block name %}…{% endblock %}", "Name a part; `block('name')` prints it again."),
    "verbatim": ("{% verbatim %}…{% endverbatim %}", "Print what stands between the tags as it is."),
    "raw": ("{% raw %}…{% endraw %}", "Print one line's part as it is, also when it is rendered again."),
}
OPERATOR_DOCS = {
    "or": ("a or b", "Whether one of them is true."),
    "and": ("a and b", "Whether both are true."),
    "is": ("a is test", "Apply a test."),
    "is not": ("a is not test", "Apply a test and turn its answer round."),
    "contains": ("a contains b", "Whether a list has an item, a map a key or a text a part."),
    "==": ("a == b", "Whether both are equal; numbers of all kinds compare."),
    "equals": ("a equals b", "The same as `==`."),
    "!=": ("a != b", "Whether they differ."),
    "<": ("a < b", "Compare numbers."),
    ">": ("a > b", "Compare numbers."),
    "<=": ("a <= b", "Compare numbers."),
    ">=": ("a >= b", "Compare numbers."),
    "+": ("a + b", "Add numbers, join texts, or append to a list."),
    "-": ("a - b", "Subtract numbers, or take items out of a list."),
    "*": ("a * b", "Multiply numbers."),
    "/": ("a / b", "Divide numbers; whole numbers give a whole number."),
    "%": ("a % b", "The remainder of a division, with the sign of a."),
    "|": ("a | filter", "Apply a filter."),
    "~": ("a ~ b", "Join as texts; null is the empty text."),
    "..": ("a..b", "The list from a to b with both."),
    "??": ("a ?? b", "b when a is missing or null."),
    "???": ("a ??? b", "b when a is missing."),
    "isIn": ("a isIn b", "Whether a list has an item, or a map a key or value, of the same text."),
    "notIn": ("a notIn b", "The opposite of `isIn`."),
    "not": ("not a", "Whether a is false."),
    "? :": ("a ? b : c", "b if a is true, else c."),
}
assert set(parser.PRECEDENCE) <= set(OPERATOR_DOCS)
assert set(TAGS) == set(TAG_DOCS)
