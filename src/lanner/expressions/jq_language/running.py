"""The parts that a jq program is made of: closures that yield outputs, each with the path it was found at."""

from collections.abc import Callable, Iterator
from typing import Any

from lanner.expressions.jq_language import values
from lanner.expressions.jq_language.values import JqError, Meter, Path

Output = tuple[Any, Path | None]
Outputs = Iterator[Output]
Key = tuple[str, int]
ARITHMETIC: dict[str, Callable[[Any, Any, Meter], Any]] = {
    "+": values.add,
    "-": values.subtract,
    "*": values.multiply,
    "/": values.divide,
    "%": values.modulo,
}
COMPARISONS: dict[str, Callable[[int], bool]] = {
    "==": lambda order: order == 0,
    "!=": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


class Env:
    """What a part of a program sees: variables, functions, and the budget of the run."""

    __slots__ = ("budget", "functions", "variables")

    def __init__(self, budget: Meter, variables: dict[str, Any], functions: dict[Key, "Closure"]) -> None:
        self.budget, self.variables, self.functions = budget, variables, functions

    def binding(self, bound: dict[str, Any]) -> "Env":
        return Env(self.budget, {**self.variables, **bound}, self.functions)


Run = Callable[[Env, Any, Path | None], Outputs]


class Closure:
    """A function with where it was written; an argument is one without parameters."""

    __slots__ = ("body", "env", "parameters", "recursive")

    def __init__(self, parameters: tuple[str, ...], body: Run, env: Env, *, recursive: Key | None = None) -> None:
        self.parameters, self.body, self.env, self.recursive = parameters, body, env, recursive


Native = Callable[[Env, Any, Path | None, tuple[Run, ...]], Outputs]


class Leaving(Exception):
    """``break`` on its way to its label."""

    def __init__(self, mark: object) -> None:
        self.mark = mark
        super().__init__("break")


Taker = Callable[[Env, Any, Any], Iterator[dict[str, Any]]]


def take_items(items: list[Taker], env: Env, value: Any, v: Any) -> Iterator[dict[str, Any]]:
    if value is not None and not isinstance(value, list):
        raise JqError(f"Cannot index {values.kind(value)} with number")
    results: list[dict[str, Any]] = [{}]
    for at, item in enumerate(items):
        results = [{**known, **more} for known in results for more in item(env, values.got(value, at), v)]
    return iter(results)


def take_fields(fields: list[tuple[Run, Taker | None]], env: Env, value: Any, v: Any) -> Iterator[dict[str, Any]]:
    results: list[dict[str, Any]] = [{}]
    for key, inner in fields:
        assert inner is not None
        results = [
            {**known, **more}
            for known in results
            for name, _ in key(env.binding(known), v, None)
            for more in inner(env, values.got(value, name), v)
        ]
    return iter(results)


def called(closure: Closure, arguments: tuple[Run, ...], caller: Env, v: Any, p: Path | None) -> Outputs:
    env, parameters = closure.env, closure.parameters
    functions = env.functions
    if closure.recursive is not None:
        functions = {**functions, closure.recursive: closure}
    if not parameters:
        yield from closure.body(Env(caller.budget, env.variables, functions), v, p)
        return
    if functions is env.functions:
        functions = dict(functions)
    valued: list[tuple[str, Run]] = []
    for name, argument in zip(parameters, arguments, strict=True):
        functions[name.removeprefix("$"), 0] = Closure((), argument, caller)
        if name.startswith("$"):
            valued.append((name, argument))
    for bound in _products(valued, caller, v):
        seen = Env(caller.budget, {**env.variables, **bound} if bound else env.variables, functions)
        yield from closure.body(seen, v, p)


def _products(valued: list[tuple[str, Run]], env: Env, v: Any) -> Iterator[dict[str, Any]]:
    if not valued:
        yield {}
        return
    *before, (name, run) = valued
    for value, _ in run(env, v, None):
        for known in _products(before, env, v):
            yield {**known, name: value}


def identity(env: Env, v: Any, p: Path | None) -> Outputs:
    del env
    yield v, p


def nothing(env: Env, v: Any, p: Path | None) -> Outputs:
    del env, v, p
    yield None, None


def _extended(path: Path | None, key: Any) -> Path | None:
    return None if path is None else (*path, key)


def index(target: Run, key: Run) -> Run:
    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        for name, _ in key(env, v, None):
            for value, path in target(env, v, p):
                env.budget.take(1)
                yield values.got(value, name), _extended(path, name)

    return run


def slice_of(target: Run, start: Run, end: Run) -> Run:
    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        for value, path in target(env, v, p):
            for last, _ in end(env, v, None):
                for first, _ in start(env, v, None):
                    env.budget.take(1)
                    yield values.sliced(value, first, last), _extended(path, {"start": first, "end": last})

    return run


def iterate(target: Run) -> Run:
    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        take = env.budget.take
        for value, path in target(env, v, p):
            for key, item in values.children(value):
                take(1)
                yield item, None if path is None else (*path, key)

    return run


def attempt(body: Run, handler: Run | None) -> Run:
    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        try:
            yield from body(env, v, p)
        except JqError as error:
            caught = error.value
        else:
            return
        if handler is not None:
            yield from handler(env, caught, None)

    return run


def array_of(body: Run | None) -> Run:
    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        result = [] if body is None else [value for value, _ in body(env, v, None)]
        env.budget.take(len(result))
        yield result, None

    return run


def object_of(entries: list[tuple[Run, Run]]) -> Run:
    def combined(env: Env, v: Any, at: int, known: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if at == len(entries):
            yield known
            return
        key, value = entries[at]
        for name, _ in key(env, v, None):
            if not isinstance(name, str):
                raise JqError(f"Object keys must be strings, not {values.shown(name)}")
            for item, _ in value(env, v, None):
                env.budget.take(1)
                yield from combined(env, v, at + 1, {**known, name: item})

    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        for result in combined(env, v, 0, {}):
            yield result, None

    return run


def negative(operand: Run) -> Run:
    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        for value, _ in operand(env, v, None):
            if not values.is_number(value):
                raise JqError(f"{values.shown(value)} cannot be negated")
            yield values.number_of(-value) if isinstance(value, float) else -value, None

    return run


def pipe(left: Run, right: Run) -> Run:
    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        take = env.budget.take
        for value, path in left(env, v, p):
            take(1)
            yield from right(env, value, path)

    return run


def comma(left: Run, right: Run) -> Run:
    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        yield from left(env, v, p)
        yield from right(env, v, p)

    return run


def alternative(left: Run, right: Run) -> Run:
    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        found = False
        try:
            for value, path in left(env, v, p):
                if values.is_true(value):
                    found = True
                    yield value, path
        except JqError:
            pass
        if not found:
            yield from right(env, v, p)

    return run


def logic(left: Run, right: Run, *, stops: bool) -> Run:
    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        for first, _ in left(env, v, None):
            if values.is_true(first) is stops:
                yield stops, None
                continue
            for second, _ in right(env, v, None):
                yield values.is_true(second), None

    return run


def comparison(left: Run, right: Run, test: Callable[[int], bool]) -> Run:
    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        for second, _ in right(env, v, None):
            for first, _ in left(env, v, None):
                yield test(values.compare(first, second, env.budget)), None

    return run


def arithmetic(left: Run, right: Run, operation: Callable[[Any, Any, Meter], Any]) -> Run:
    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        for second, _ in right(env, v, None):
            for first, _ in left(env, v, None):
                env.budget.take(1)
                yield operation(first, second, env.budget), None

    return run


def paths_of(target: Run, env: Env, v: Any) -> Iterator[Path]:
    """Yield the paths that an expression takes through its input."""
    for _, path in target(env, v, ()):
        if path is None:
            raise JqError("Invalid path expression: it makes a new value")
        yield path


def update(target: Run, change: Run) -> Run:
    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        result, copies = v, values.Copies(env.budget)
        for path in list(paths_of(target, env, v)):
            old = values.value_at(result, path)
            copies.handed_out(old)
            new = next(change(env, old, None), None)
            if new is None:
                raise JqError("the right side of |= gives nothing")
            result = values.put(result, path, new[0], copies)
        yield result, None

    return run


def assign(target: Run, source: Run, operator: str) -> Run:
    def changed(old: Any, new: Any, budget: Meter) -> Any:
        if operator == "//":
            return old if values.is_true(old) else new
        return ARITHMETIC[operator](old, new, budget) if operator else new

    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        for new, _ in source(env, v, None):
            result, copies = v, values.Copies(env.budget)
            for path in list(paths_of(target, env, v)):
                value = changed(values.value_at(result, path), new, env.budget)
                result = values.put(result, path, value, copies)
            yield result, None

    return run


def binding(source: Run, taker: Taker, body: Run) -> Run:
    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        for value, _ in source(env, v, None):
            for bound in taker(env, value, v):
                env.budget.take(1)
                yield from body(env.binding(bound), v, p)

    return run


def choice(condition: Run, yes: Run, no: Run) -> Run:
    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        for value, _ in condition(env, v, None):
            yield from (yes if values.is_true(value) else no)(env, v, p)

    return run


def labelled(name: str, body: Run) -> Run:
    def run(env: Env, v: Any, p: Path | None) -> Outputs:
        mark = object()
        try:
            yield from body(env.binding({name: mark}), v, p)
        except Leaving as leaving:
            if leaving.mark is not mark:
                raise

    return run
