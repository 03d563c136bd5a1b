"""Syntax tree -> the closures that run a jq program."""

from collections.abc import Iterator
from typing import Any

from lanner.expressions.errors import Fault
from lanner.expressions.jq_language import values
from lanner.expressions.jq_language.formats import written
from lanner.expressions.jq_language.running import (
    ARITHMETIC,
    COMPARISONS,
    Closure,
    Env,
    Key,
    Leaving,
    Native,
    Output,
    Outputs,
    Run,
    Taker,
    alternative,
    arithmetic,
    array_of,
    assign,
    attempt,
    binding,
    called,
    choice,
    comma,
    comparison,
    identity,
    index,
    iterate,
    labelled,
    logic,
    negative,
    nothing,
    object_of,
    pipe,
    slice_of,
    take_fields,
    take_items,
    update,
)
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
from lanner.expressions.jq_language.values import Path


class Compiler:
    """Turns nodes into closures; names are checked against what is defined where they stand."""

    __slots__ = ("known", "natives")

    def __init__(self, natives: dict[Key, Native], known: frozenset[Key]) -> None:
        self.natives, self.known = natives, known

    def compiled(self, node: Node, names: frozenset[str] = frozenset()) -> Run:
        match node:
            case Identity():
                return identity
            case Literal(value):
                return lambda env, v, p: iter(((value, None),))
            case Variable(name):
                return self.variable(name, names)
            case Index(target, key):
                return index(self.compiled(target, names), self.compiled(key, names))
            case Slice(target, start, end):
                parts = [self.compiled(part, names) if part else nothing for part in (start, end)]
                return slice_of(self.compiled(target, names), *parts)
            case Iterate(target):
                return iterate(self.compiled(target, names))
            case Try(body, handler):
                return attempt(self.compiled(body, names), self.compiled(handler, names) if handler else None)
            case Text(form, parts):
                return self.text(form, parts, names)
            case Format(name):
                return lambda env, v, p: iter(((written(name, v), None),))
            case ArrayOf(body):
                return array_of(self.compiled(body, names) if body else None)
            case ObjectOf(entries):
                return object_of([(self.compiled(key, names), self.compiled(value, names)) for key, value in entries])
            case Negative(operand):
                return negative(self.compiled(operand, names))
            case Binary():
                return self.binary(node, names)
            case Bind(source, pattern, body):
                inner = self.compiled(body, names | variables_of(pattern))
                return binding(self.compiled(source, names), self.destructured(pattern, names), inner)
            case Reduce():
                return self.reduce(node, names)
            case Foreach():
                return self.foreach(node, names)
            case If(condition, yes, no):
                return choice(*(self.compiled(part, names) for part in (condition, yes, no)))
            case Define():
                return self.define(node, names)
            case Call(name, arguments):
                return self.call(name, tuple(self.compiled(argument, names) for argument in arguments))
            case Label(name, body):
                return labelled("*" + name, self.compiled(body, names | {"*" + name}))
            case Break(name):
                return self.leave("*" + name, names)
            case _:
                raise AssertionError(node)

    def variable(self, name: str, names: frozenset[str]) -> Run:
        if name not in names:
            raise Fault(f"jq: {name} is not defined")
        return lambda env, v, p: iter(((env.variables[name], None),))

    def leave(self, name: str, names: frozenset[str]) -> Run:
        if name not in names:
            raise Fault(f"jq: ${name[1:].removeprefix('$')} is no label")

        def run(env: Env, v: Any, p: Path | None) -> Outputs:
            raise Leaving(env.variables[name])

        return run

    def text(self, form: str, parts: tuple["str | Node", ...], names: frozenset[str]) -> Run:
        runs = [part if isinstance(part, str) else self.compiled(part, names) for part in parts]

        def combined(env: Env, v: Any, at: int) -> Iterator[str]:
            if at < 0:
                yield ""
                return
            part = runs[at]
            if isinstance(part, str):
                for before in combined(env, v, at - 1):
                    yield before + part
                return
            for value, _ in part(env, v, None):
                shown = values.plain_text(value) if form == "text" else written(form, value)
                for before in combined(env, v, at - 1):
                    yield values.bounded_text(before + shown, env.budget)

        def run(env: Env, v: Any, p: Path | None) -> Outputs:
            for text in combined(env, v, len(runs) - 1):
                yield text, None

        return run

    def binary(self, node: Binary, names: frozenset[str]) -> Run:
        left, right, operator = self.compiled(node.left, names), self.compiled(node.right, names), node.operator
        if operator == "|":
            return pipe(left, right)
        if operator == ",":
            return comma(left, right)
        if operator == "//":
            return alternative(left, right)
        if operator in {"and", "or"}:
            return logic(left, right, stops=operator == "or")
        if operator in COMPARISONS:
            return comparison(left, right, COMPARISONS[operator])
        if operator in ARITHMETIC:
            return arithmetic(left, right, ARITHMETIC[operator])
        if operator == "|=":
            return update(left, right)
        return assign(left, right, operator[:-1])

    def destructured(self, pattern: Pattern, names: frozenset[str]) -> "Taker":
        if pattern.items is not None:
            items = [self.destructured(item, names) for item in pattern.items]
            return lambda env, value, v: take_items(items, env, value, v)
        if pattern.fields is not None:
            fields = [
                (self.compiled(key, names), self.destructured(inner, names) if inner else None)
                for key, inner in pattern.fields
            ]
            return lambda env, value, v: take_fields(fields, env, value, v)
        name = pattern.name
        return lambda env, value, v: iter(({name: value},))

    def reduce(self, node: Reduce, names: frozenset[str]) -> Run:
        source, start = self.compiled(node.source, names), self.compiled(node.start, names)
        taker = self.destructured(node.pattern, names)
        update = self.compiled(node.update, names | variables_of(node.pattern))

        def run(env: Env, v: Any, p: Path | None) -> Outputs:
            for state in start(env, v, p):
                current: Output = state
                for value, _ in source(env, v, None):
                    for bound in taker(env, value, v):
                        env.budget.take(1)
                        last: Output = (None, None)
                        for last in update(env.binding(bound), current[0], current[1]):  # noqa: B007 -- the last counts
                            pass
                        current = last
                yield current

        return run

    def foreach(self, node: Foreach, names: frozenset[str]) -> Run:
        source, start = self.compiled(node.source, names), self.compiled(node.start, names)
        taker = self.destructured(node.pattern, names)
        inner = names | variables_of(node.pattern)
        update, extract = self.compiled(node.update, inner), self.compiled(node.extract, inner)

        def run(env: Env, v: Any, p: Path | None) -> Outputs:
            for state in start(env, v, p):
                current: Output = state
                for value, _ in source(env, v, None):
                    for bound in taker(env, value, v):
                        env.budget.take(1)
                        seen = env.binding(bound)
                        for current in update(seen, current[0], current[1]):  # noqa: B020 -- each state follows from the last
                            yield from extract(seen, current[0], current[1])

        return run

    def define(self, node: Define, names: frozenset[str]) -> Run:
        key = (node.name, len(node.parameters))
        inner = Compiler(
            self.natives,
            self.known | {key} | {(name.removeprefix("$"), 0) for name in node.parameters},
        )
        valued = frozenset(name for name in node.parameters if name.startswith("$"))
        body = inner.compiled(node.body, names | valued)
        rest = Compiler(self.natives, self.known | {key}).compiled(node.rest, names)
        parameters = node.parameters

        def run(env: Env, v: Any, p: Path | None) -> Outputs:
            closure = Closure(parameters, body, env, recursive=key)
            return rest(Env(env.budget, env.variables, {**env.functions, key: closure}), v, p)

        return run

    def call(self, name: str, arguments: tuple[Run, ...]) -> Run:
        key = (name, len(arguments))
        native = self.natives.get(key)

        if key in self.known:

            def run(env: Env, v: Any, p: Path | None) -> Outputs:
                env.budget.take(1)
                return called(env.functions[key], arguments, env, v, p)

            return run
        if native is None:
            raise Fault(f"jq: {name}/{len(arguments)} is not defined")
        return lambda env, v, p: native(env, v, p, arguments)


def variables_of(pattern: Pattern) -> frozenset[str]:
    found = {pattern.name} if pattern.name else set()
    for item in pattern.items or ():
        found |= variables_of(item)
    for _, inner in pattern.fields or ():
        if inner is not None:
            found |= variables_of(inner)
    return frozenset(found)
