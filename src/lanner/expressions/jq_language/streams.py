"""jq's functions of paths and of many outputs."""

from collections.abc import Iterator
from typing import Any

from lanner.expressions.errors import LimitFault
from lanner.expressions.jq_language import values
from lanner.expressions.jq_language.running import Env, Key, Native, Output, Outputs, Run, paths_of
from lanner.expressions.jq_language.values import JqError, Path, is_number, shown
from lanner.expressions.limits import MAX_DEPTH


def _empty(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    return iter(())


def _error(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    value = v if not arguments else next(arguments[0](env, v, None), (None, None))[0]
    if value is not None:
        raise JqError(value)
    yield from ()


def _path(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    for path in paths_of(arguments[0], env, v):
        yield list(path), None


def _getpath(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    for path, _ in arguments[0](env, v, None):
        if not isinstance(path, list):
            raise JqError("Path must be specified as an array")
        yield values.value_at(v, tuple(path)), None if p is None else (*p, *path)


def _recurse(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    waiting: list[Iterator[Output]] = [iter(((v, p),))]
    while waiting:
        found = next(waiting[-1], None)
        if found is None:
            waiting.pop()
            continue
        env.budget.take(1)
        yield found
        if arguments:
            waiting.append(arguments[0](env, *found))
        elif isinstance(found[0], (list, dict)):
            waiting.append(_below(*found))


def _below(v: Any, p: Path | None) -> Outputs:
    for key, item in values.children(v):
        yield item, None if p is None else (*p, key)


def _first(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    for found in arguments[0](env, v, p):
        yield found
        return


def _last(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    last: Output | None = None
    for last in arguments[0](env, v, p):  # noqa: B007 -- the last one counts
        pass
    if last is not None:
        yield last


def _limit(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    for most, _ in arguments[0](env, v, None):
        if not is_number(most):
            raise JqError(f"{shown(most)} is no number of outputs")
        if most == 0:
            continue
        for count, found in enumerate(arguments[1](env, v, p), 1):
            yield found
            if count == most:
                break


def _until(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    condition, update = arguments
    while True:
        env.budget.take(1)
        if values.is_true(next(condition(env, v, None), (None, None))[0]):
            yield v, p
            return
        found = next(update(env, v, p), None)
        if found is None:
            return
        v, p = found


def _while(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    condition, update = arguments
    waiting: list[Iterator[Output]] = [iter(((v, p),))]
    while waiting:
        found = next(waiting[-1], None)
        if found is None:
            waiting.pop()
            continue
        env.budget.take(1)
        if values.is_true(next(condition(env, found[0], None), (None, None))[0]):
            yield found
            waiting.append(update(env, *found))


def _range(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    for chosen in argument_values(env, v, arguments):
        if not all(map(is_number, chosen)):
            raise JqError("Range bounds must be numeric")
        start, end = (0, chosen[0]) if len(chosen) == 1 else chosen[:2]
        step = chosen[2] if len(chosen) == 3 else 1
        at = start
        while at < end if step > 0 else at > end if step < 0 else start < end:
            env.budget.take(1)
            yield values.number_of(at) if isinstance(at, float) else at, None
            at += step


def _quantified(*, wanted: bool) -> Native:
    def native(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
        source, condition = arguments
        for value, _ in source(env, v, None):
            env.budget.take(1)
            if any(values.is_true(answer) is wanted for answer, _ in condition(env, value, None)):
                yield wanted, None
                return
        yield not wanted, None

    return native


def _walk(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
    for value in _walked(env, v, arguments[0], 0):
        yield value, None


def _walked(env: Env, v: Any, run: Run, depth: int) -> Iterator[Any]:
    env.budget.take(1)
    if depth > MAX_DEPTH:
        raise LimitFault("the value is nested too deeply")
    if isinstance(v, list):
        v = [new for item in v for new in _walked(env, item, run, depth + 1)]
    elif isinstance(v, dict):
        changed: dict[str, Any] = {}
        for key in keys(v):
            for new in _walked(env, v[key], run, depth + 1):
                changed[key] = new
        v = changed
    for value, _ in run(env, v, None):
        yield value


def keys(v: Any) -> list[Any]:
    if isinstance(v, dict):
        return sorted(v, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return keys_unsorted(v)


def keys_unsorted(v: Any) -> list[Any]:
    if isinstance(v, dict):
        return list(v)
    if isinstance(v, list):
        return list(range(len(v)))
    raise JqError(f"{shown(v)} has no keys")


def argument_values(env: Env, v: Any, arguments: tuple[Run, ...]) -> Iterator[list[Any]]:
    if not arguments:
        yield []
        return
    for value, _ in arguments[-1](env, v, None):
        for before in argument_values(env, v, arguments[:-1]):
            yield [*before, value]


NATIVES: dict[Key, Native] = {
    ("empty", 0): _empty,
    ("error", 0): _error,
    ("error", 1): _error,
    ("path", 1): _path,
    ("getpath", 1): _getpath,
    ("recurse", 0): _recurse,
    ("recurse", 1): _recurse,
    ("first", 1): _first,
    ("last", 1): _last,
    ("limit", 2): _limit,
    ("until", 2): _until,
    ("while", 2): _while,
    ("range", 1): _range,
    ("range", 2): _range,
    ("range", 3): _range,
    ("any", 2): _quantified(wanted=True),
    ("all", 2): _quantified(wanted=False),
    ("walk", 1): _walk,
}
