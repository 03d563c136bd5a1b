"""jq programs on values."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from lanner.expressions.errors import Fault, LimitFault
from lanner.expressions.formats.json_text import loaded
from lanner.expressions.jq_language import functions, matching, streams
from lanner.expressions.jq_language.evaluation import Compiler
from lanner.expressions.jq_language.parser import parse
from lanner.expressions.jq_language.running import Closure, Env, Key, Leaving, Run
from lanner.expressions.jq_language.syntax import Define
from lanner.expressions.jq_language.values import JqError, Meter
from lanner.expressions.limits import MAX_ITEMS
from lanner.expressions.text import java_text, json_text
from lanner.expressions.values import class_name

MAX_PROGRAM = 20_000
NATIVES = {**streams.NATIVES, **functions.NATIVES, **matching.NATIVES}


def outputs(value: Any, program: str, now: Callable[[], float]) -> list[Any]:
    """Return all outputs of a jq program; a text is JSON, anything else is itself; ``now`` gives seconds since 1970."""
    try:
        return _run(_compiled(program), _document(value), Meter(now))
    except LimitFault:
        raise
    except RecursionError:
        raise LimitFault("the jq program calls itself too deeply") from None
    except (JqError, Leaving, Fault) as error:
        raise Fault(
            f"Unable to parse jq value '{java_text(value)}' with type '{class_name(value)}', because {error}"
        ) from None


def _document(value: Any) -> Any:
    text = value if isinstance(value, str) else json_text(value)
    return loaded(text) if text.strip() else None


def _run(program: Run, document: Any, meter: Meter) -> list[Any]:
    result: list[Any] = []
    for value, _ in program(Env(meter, {}, _prelude()), document, None):
        result.append(value)
        if len(result) > MAX_ITEMS:
            raise LimitFault(f"the list would have more than {MAX_ITEMS} items")
    return result


@lru_cache(maxsize=256)
def _compiled(program: str) -> Run:
    if len(program) > MAX_PROGRAM:
        raise Fault(f"a jq program may have at most {MAX_PROGRAM} characters")
    return Compiler(NATIVES, frozenset(_prelude())).compiled(parse(program))


@lru_cache(maxsize=1)
def _prelude() -> dict[Key, Closure]:
    """Return the functions that are written in jq; each may call all."""
    found: dict[Key, Closure] = {}
    env = Env(Meter(lambda: 0.0), {}, found)
    trees = [parse(line + " .") for line in functions.PRELUDE.strip().splitlines()]
    definitions = [tree for tree in trees if isinstance(tree, Define)]
    keys = frozenset((tree.name, len(tree.parameters)) for tree in definitions)
    for tree in definitions:
        names = frozenset(name for name in tree.parameters if name.startswith("$"))
        known = keys | {(name.removeprefix("$"), 0) for name in tree.parameters}
        body = Compiler(NATIVES, known).compiled(tree.body, names)
        found[tree.name, len(tree.parameters)] = Closure(tree.parameters, body, env)
    return found
