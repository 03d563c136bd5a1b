"""Tokens -> syntax tree of a whole template: text, prints and tags."""

from collections.abc import Callable

from lanner.expressions import lexer
from lanner.expressions.errors import SyntaxFault
from lanner.expressions.lexer import Lexed, Token
from lanner.expressions.parser import MAX_DEPTH, WORDS, ExpressionParser, unexpected
from lanner.expressions.syntax import (
    Arguments,
    Block,
    Expression,
    FilterBlock,
    For,
    If,
    Macro,
    Print,
    Set,
    Statement,
    Template,
    Text,
)


def parse(lexed: Lexed) -> Template:
    """Read a template's tokens; raise ``SyntaxFault`` where they are no template."""
    return TagParser(lexed).template()


class TagParser(ExpressionParser):
    __slots__ = ("level", "result")

    def __init__(self, lexed: Lexed) -> None:
        super().__init__([token for token in lexed.tokens if token.kind != lexer.COMMENT])
        self.level = 0
        self.result = Template(lexed.source, [], {}, {})

    def template(self) -> Template:
        self.result.body = self.body(frozenset(), self.tokens[-1])
        return self.result

    def body(self, ends: frozenset[str], opened: Token) -> list[Statement]:
        """Read statements up to one of the tags ``ends``, whose name is the next token then; none means up to EOF."""
        self.level += 1
        if self.level > MAX_DEPTH:
            raise SyntaxFault("the tags are nested too deeply", opened.at)
        result: list[Statement] = []
        while True:
            token = self.tokens[self.index]
            self.index += 1
            if token.kind == lexer.TEXT:
                result.append(Text(token.at, token.value))
            elif token.kind == lexer.PRINT_START:
                result.append(Print(token.at, self.expression()))
                self.expect(lexer.PRINT_END)
            elif token.kind == lexer.EXECUTE_START:
                tag = self.tokens[self.index]
                if tag.kind == lexer.NAME and tag.value in ends:
                    self.level -= 1
                    return result
                result.append(self.tag(tag))
            elif not ends:
                self.level -= 1
                return result
            else:
                wanted = " or ".join(f'"{end}"' for end in sorted(ends, key=_end_first)[:1])
                raise SyntaxFault(f"Unexpected end of template. Pebble was looking for the {wanted} tag", opened.at)

    def tag(self, tag: Token) -> Statement:
        if tag.kind != lexer.NAME:
            raise unexpected(tag, lexer.NAME)
        read = _TAGS.get(tag.value)
        if read is None:
            raise SyntaxFault(f'Unexpected tag name "{tag.value}"', tag.at)
        self.index += 1
        return read(self, tag)

    def end_tag(self) -> None:
        self.expect(lexer.EXECUTE_END)

    def closed(self, name: str, opened: Token) -> list[Statement]:
        """Read a body up to its end tag ``name`` and that tag."""
        body = self.body(frozenset({name}), opened)
        self.index += 1
        return body

    def if_tag(self, tag: Token) -> Statement:
        branches: list[tuple[Expression, list[Statement]]] = []
        otherwise: list[Statement] = []
        condition = self.expression()
        self.end_tag()
        while True:
            body = self.body(_IF_ENDS, tag)
            end = self.expect(lexer.NAME).value
            branches.append((condition, body))
            if end == "elseif":
                condition = self.expression()
                self.end_tag()
                continue
            if end == "else":
                self.end_tag()
                otherwise = self.closed("endif", tag)
            self.end_tag()
            return If(tag.at, branches, otherwise)

    def for_tag(self, tag: Token) -> Statement:
        name = self.expect(lexer.NAME).value
        word = self.tokens[self.index]
        if word.kind != lexer.NAME or word.value != "in":
            raise unexpected(word, "NAME with value in")
        self.index += 1
        values = self.expression()
        self.end_tag()
        body = self.body(_FOR_ENDS, tag)
        otherwise: list[Statement] = []
        if self.expect(lexer.NAME).value == "else":
            self.end_tag()
            otherwise = self.closed("endfor", tag)
        self.end_tag()
        return For(tag.at, name, values, body, otherwise)

    def set_tag(self, tag: Token) -> Statement:
        name = self.expect(lexer.NAME)
        self.punctuation("=")
        value = self.expression()
        self.end_tag()
        if name.value in WORDS:
            raise SyntaxFault(f"Can not assign a value to {name.value}", name.at)
        return Set(tag.at, name.value, value)

    def macro_tag(self, tag: Token) -> Statement:
        name = self.expect(lexer.NAME).value
        arguments = self.arguments()
        self.end_tag()
        parameters: list[tuple[str, Expression | None]] = []
        for parameter in arguments.positional:
            label = getattr(parameter, "name", None)
            if not isinstance(label, str):
                raise SyntaxFault("a macro's parameters must be names", parameter.at)
            parameters.append((label, None))
        parameters.extend(arguments.named)
        macro = Macro(tag.at, name, parameters, self.closed("endmacro", tag))
        self.end_tag()
        if name in self.result.macros:
            raise SyntaxFault(f"More than one macro can not share the same name: {name}", tag.at)
        self.result.macros[name] = macro
        return macro

    def filter_tag(self, tag: Token) -> Statement:
        filters: list[tuple[int, str, Arguments]] = []
        while True:
            at = self.tokens[self.index].at
            name, arguments = self.invocation()
            filters.append((at, name, arguments))
            following = self.tokens[self.index]
            if following.kind != lexer.OPERATOR or following.value != "|":
                break
            self.index += 1
        self.end_tag()
        body = self.closed("endfilter", tag)
        self.end_tag()
        return FilterBlock(tag.at, filters, body)

    def block_tag(self, tag: Token) -> Statement:
        token = self.tokens[self.index]
        if token.kind not in {lexer.NAME, lexer.STRING}:
            raise unexpected(token, lexer.NAME)
        self.index += 1
        self.end_tag()
        block = Block(tag.at, token.value, [])
        self.result.blocks[token.value] = block
        block.body = self.closed("endblock", tag)
        if self.tokens[self.index].kind == lexer.NAME:
            self.index += 1
        self.end_tag()
        return block


_IF_ENDS = frozenset({"elseif", "else", "endif"})
_FOR_ENDS = frozenset({"else", "endfor"})
_TAGS: dict[str, Callable[[TagParser, Token], Statement]] = {
    "if": TagParser.if_tag,
    "for": TagParser.for_tag,
    "set": TagParser.set_tag,
    "macro": TagParser.macro_tag,
    "filter": TagParser.filter_tag,
    "block": TagParser.block_tag,
}
TAGS = (*_TAGS, "verbatim", "raw")


def _end_first(name: str) -> bool:
    return not name.startswith("end")
