"""Syntax tree -> Python code for statements; expressions are in ``expression_code``.

The result of ``compile_template`` is a function of the variables and the rendering. Text mode appends texts,
typed mode appends the values themselves.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lanner.expressions.access_code import Local
from lanner.expressions.errors import Fault, SyntaxFault
from lanner.expressions.expression_code import ExpressionCode
from lanner.expressions.lexer import RAW_MARK, show_raw
from lanner.expressions.registry import Feature, bind
from lanner.expressions.rendering import Rendering
from lanner.expressions.syntax import (
    Arguments,
    Block,
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
from lanner.expressions.typed import put_together

FILE_NAME = "<expression>"

Code = Callable[[Mapping[str, Any], Rendering], Any]


def compile_template(
    template: Template, raw: Mapping[str, str], tables: Mapping[str, Mapping[str, Feature]], *, typed: bool
) -> tuple[Code, list[int]]:
    """Return the function and, for each of its lines, the offset in the template that it stems from."""
    compiler = TemplateCode(template, dict(raw), tables, typed=typed)
    compiler.main()
    source = "\n".join(compiler.emit.lines)
    table = compiler.emit.table
    try:
        exec(compile(source, FILE_NAME, "exec", dont_inherit=True), table)  # noqa: S102 -- the code holds no text of the template
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise SyntaxFault("the template is nested too deeply or too large", 0) from error
    return table["main"], compiler.emit.places


class TemplateCode(ExpressionCode):
    __slots__ = ("block_stack", "buffer", "flushed", "pending", "template", "typed")

    def __init__(
        self,
        template: Template,
        raw: dict[str, str],
        tables: Mapping[str, Mapping[str, Feature]],
        *,
        typed: bool,
    ) -> None:
        super().__init__(tables, {name: f"m{index}" for index, name in enumerate(template.macros)})
        self.template, self.typed = template, typed
        self.raw = raw
        self.pending: list[tuple[str, int]] = []
        self.buffer = "o"
        self.flushed = False
        self.block_stack: list[str] = []

    def main(self) -> None:
        emit = self.emit
        self.scopes.append(Local.of(sorted(_assigned(self.template.body, loops=True)), self))
        for name, macro in self.template.macros.items():
            self.macro(name, macro)
        head = len(emit.lines)
        self.reset_slots(0)
        self.statements(self.template.body)
        if self.flushed:
            self.flush()
            emit.line(f"return {'TY(o)' if self.typed else 'r.join(o)'}", 0)
        else:
            self.return_pending()
        emit.table["TY"] = put_together
        opening = ["def main(c,r):"] + [" o=[];w=o.append"] * self.flushed
        emit.lines[:0] = [opening[0]]
        emit.places[:0] = [0]
        if self.flushed:
            emit.lines.insert(head + 1, opening[1])
            emit.places.insert(head + 1, 0)

    def return_pending(self) -> None:
        atoms = [atom for atom, _ in self.pending]
        at = self.pending[0][1] if self.pending else 0
        if self.typed:
            shown = "None" if not atoms else atoms[0] if len(atoms) == 1 else f"TY(({','.join(atoms)},))"
            self.emit.line(f"return {shown}", at)
        elif len(atoms) == 1:
            self.emit.line(f"return {atoms[0]}", at)
        else:
            self.emit.line(f"t=j(({''.join(atom + ',' for atom in atoms)}))", at)
            self.emit.line("return t if len(t)<=MT else r.join((t,))", at)

    def reset_slots(self, at: int) -> None:
        slots = [slot for slot in self.scopes[-1].slots.values() if slot not in self.definite]
        if slots:
            self.emit.line("=".join(slots) + "=A", at)

    def flush(self) -> None:
        if not self.pending:
            return
        self.flushed = True
        atoms, at = [atom for atom, _ in self.pending], self.pending[0][1]
        self.pending = []
        if len(atoms) == 1:
            write = "w" if self.buffer == "o" else f"{self.buffer}.append"
            self.emit.line(f"{write}({atoms[0]})", at)
        else:
            self.emit.line(f"{self.buffer}+=({','.join(atoms)})", at)

    def write(self, atom: str, at: int) -> None:
        self.pending.append((atom, at))

    def write_value(self, atom: str, at: int) -> None:
        kind = self.kinds.get(atom)
        if self.typed or kind == "text":
            self.write(atom, at)
        elif kind == "boolean":
            self.write(f"('true' if {atom} else 'false')", at)
        else:
            self.write(f"({atom} if type({atom})is str else S({atom}))", at)

    def statements(self, body: list[Statement]) -> None:
        for statement in body:
            match statement:
                case Text(at, text):
                    self.write(self.emit.constant(show_raw(text, self.raw) if RAW_MARK in text else text), at)
                case Print(at, value):
                    self.write_value(self.expression(value), at)
                case If():
                    self.if_statement(statement)
                case For():
                    self.for_statement(statement)
                case Set():
                    self.set_statement(statement)
                case FilterBlock():
                    self.filter_statement(statement)
                case Block():
                    self.block_body(statement.name, statement.at)
                case Macro():
                    pass

    def nested(self, body: list[Statement]) -> None:
        """Emit a body that may not run: what it assigns is not certain behind it."""
        known = set(self.definite)
        self.statements(body)
        self.flush()
        self.definite = known

    def if_statement(self, node: If) -> None:
        self.flush()
        opened = 0
        for condition, body in node.branches:
            test = self.region(
                condition.at, "Wrong operand(s) type in conditional expression", self.condition(condition)
            )
            self.emit.line(f"if {test}:", node.at)
            with self.emit.block(node.at):
                self.nested(body)
            if condition is not node.branches[-1][0] or node.otherwise:
                self.emit.line("else:", node.at)
                self.emit.indent += 1
                opened += 1
        if node.otherwise:
            before = len(self.emit.lines)
            self.nested(node.otherwise)
            if len(self.emit.lines) == before:
                self.emit.line("pass", node.at)
        self.emit.indent -= opened

    def for_statement(self, node: For) -> None:
        self.flush()
        emit, at = self.emit, node.at
        values = self.expression(node.values)
        emit.line(f"if {values} is not None:", at)
        with emit.block(at):
            items = emit.assign(f"IT({values})", at)
            size = emit.assign(f"len({items})", at)
            if node.otherwise:
                emit.line(f"if {size}:", at)
                with emit.block(at):
                    self.loop(node, items, size)
                emit.line("else:", at)
                with emit.block(at):
                    self.nested(node.otherwise)
            else:
                self.loop(node, items, size)

    def loop(self, node: For, items: str, size: str) -> None:
        emit, at = self.emit, node.at
        emit.line(f"r.spend({size})", at)
        scope = Local.of([node.name, *sorted(_assigned(node.body, loops=False) - {node.name})], self)
        variable = scope.slots[node.name]
        known = set(self.definite)
        counted = self.uses_loop(node)
        self.scopes.append(scope)
        self.definite.add(variable)
        self.reset_slots(at)
        if counted:
            scope.index, scope.size = emit.temporary(), size
            emit.line(f"for {scope.index},{variable} in enumerate({items}):", at)
        else:
            emit.line(f"for {variable} in {items}:", at)
        with emit.block(at, handler=True):
            self.statements(node.body)
            self.flush()
        self.scopes.pop()
        self.definite = known

    def set_statement(self, node: Set) -> None:
        self.flush()
        value = self.expression(node.value)
        declared = [scope.slots[node.name] for scope in reversed(self.scopes) if node.name in scope.slots]
        own = self.scopes[-1].slots.get(node.name, declared[-1])
        self.flush()
        line, at = self.emit.line, node.at
        if own in self.definite or len(declared) == 1:
            line(f"{own}={value}", at)
            self.definite.add(own)
            return
        word = "if"
        for slot in declared:
            if slot in self.definite:
                line(f"else: {slot}={value}" if word == "elif" else f"{slot}={value}", at)
                return
            test = f"{slot} is not A"
            if slot == declared[-1]:
                test += f" or {self.emit.constant(node.name)} in c"
            line(f"{word} {test}: {slot}={value}", at)
            word = "elif"
        line(f"else: {own}={value}", at)

    def filter_statement(self, node: FilterBlock) -> None:
        text = self.captured(node.body, node.at)
        for at, name, arguments in node.filters:
            text = self.filter_call(at, text, name, arguments)
        self.write_value(text, node.at)

    def captured(self, body: list[Statement], at: int) -> str:
        """Emit a body whose output goes into a text of its own; return that text."""
        self.flush()
        outer = self.buffer, self.typed, self.flushed
        self.buffer, self.typed = self.emit.temporary(), False
        self.emit.line(f"{self.buffer}=[]", at)
        self.statements(body)
        self.flush()
        text = self.emit.assign(f"r.join({self.buffer})", at)
        self.kinds[text] = "text"
        self.buffer, self.typed, self.flushed = outer
        return text

    def block_body(self, name: str, at: int) -> None:
        if name in self.block_stack:
            self.fail(Fault(f"the block {name!r} is part of itself"), at)
            return
        self.block_stack.append(name)
        self.statements(self.template.blocks[name].body)
        self.block_stack.pop()

    def block_call(self, arguments: Arguments, at: int) -> str:
        """``block('name')``: print a block's body again."""
        name = getattr(arguments.positional[0], "value", None) if arguments.positional else None
        block = self.template.blocks.get(name) if isinstance(name, str) else None
        if block is None or block.name in self.block_stack:
            return self.emit.constant("")
        self.block_stack.append(block.name)
        text = self.captured(block.body, at)
        self.block_stack.pop()
        return text

    def macro(self, name: str, macro: Macro) -> None:
        """Emit a macro: a function that sees its parameters and nothing else."""
        emit, at = self.emit, macro.at
        outer = (self.scopes, self.definite, self.buffer, self.typed, self.pending, self.flushed)
        names = [parameter for parameter, _ in macro.parameters]
        assigned = _assigned(macro.body, loops=True) - set(names)
        self.scopes = [Local.of([*dict.fromkeys(names), *sorted(assigned)], self)]
        slots = self.scopes[0].slots
        self.definite, self.typed, self.pending = {slots[parameter] for parameter in names}, False, []
        emit.line(f"def {self.macros[name]}({','.join(['c', *(f'{slots[p]}=A' for p in dict.fromkeys(names))])}):", at)
        with emit.block(at):
            for parameter, default in macro.parameters:
                emit.line(f"if {slots[parameter]} is A:", at)
                with emit.block(at):
                    value = "None" if default is None else self.expression(default)
                    emit.line(f"{slots[parameter]}={value}", at)
            self.reset_slots(at)
            text = self.captured(macro.body, at)
            emit.line(f"return {text}", at)
        self.scopes, self.definite, self.buffer, self.typed, self.pending, self.flushed = outer

    def macro_call(self, name: str, arguments: Arguments, at: int) -> str:
        parameters = tuple(parameter for parameter, _ in self.template.macros[name].parameters)
        feature = Feature(name, str, tuple(dict.fromkeys(parameters)))
        named = dict(arguments.named)
        try:
            slots = bind(feature, len(arguments.positional), tuple(named))
        except Fault as fault:
            return self.fail(fault, at)
        atoms = self.arguments(arguments)
        passed = "".join("," + ("A" if slot is None else atoms[slot]) for slot in slots)
        result = self.emit.assign(f"{self.macros[name]}({self.emit.constant(EMPTY)}{passed})", at)
        self.kinds[result] = "text"
        return result


class _Empty(dict[str, Any]):
    """The variables of a macro: none."""

    __slots__ = ()
    __hash__ = object.__hash__  # type: ignore[assignment]  # it never changes: a constant of generated code


EMPTY = _Empty()


def _assigned(body: list[Statement], *, loops: bool) -> set[str]:
    """Return the names that ``set`` gives a value in a body, with or without those in its loops."""
    return set(_assignments(body, loops=loops))


def _assignments(body: list[Statement], *, loops: bool) -> Iterator[str]:
    for statement in body:
        match statement:
            case Set(name=name):
                yield name
            case If(branches=branches, otherwise=otherwise):
                for _, branch in branches:
                    yield from _assignments(branch, loops=loops)
                yield from _assignments(otherwise, loops=loops)
            case For(body=inner, otherwise=otherwise):
                if loops:
                    yield from _assignments(inner, loops=True)
                yield from _assignments(otherwise, loops=loops)
            case FilterBlock(body=inner) | Block(body=inner):
                yield from _assignments(inner, loops=loops)
            case _:
                pass
