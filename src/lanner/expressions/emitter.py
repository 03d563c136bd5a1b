"""Generated code under construction: lines, the places in the template they stem from, and the table of constants.

The code holds no text of the template: every name and value is an entry of the table.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from lanner.expressions import access, operators
from lanner.expressions.errors import Fault, LimitFault, MissingFault, SyntaxFault
from lanner.expressions.hashing import hash_ordered
from lanner.expressions.limits import MAX_ITEMS, MAX_TEXT
from lanner.expressions.registry import Scope
from lanner.expressions.rendering import Overlay
from lanner.expressions.text import printed
from lanner.expressions.values import ABSENT, Entry, Loop, is_iterable

MAX_LINES: Final = 200_000
MAX_BLOCKS: Final = 18
"""Python nests loops and handlers at most 20 deep."""


class Emitter:
    __slots__ = ("_constants", "blocks", "indent", "lines", "places", "table", "temporaries")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.places: list[int] = []
        self.indent = 1
        self.blocks = 0
        self.temporaries = 0
        self.table: dict[str, Any] = {"__builtins__": RUNTIME}
        self._constants: dict[tuple[type, Any], str] = {}

    def line(self, text: str, at: int) -> None:
        self.lines.append(" " * self.indent + text)
        self.places.append(at)
        if len(self.lines) > MAX_LINES:
            raise SyntaxFault("the template is too large", at)

    def temporary(self) -> str:
        self.temporaries += 1
        return f"t{self.temporaries}"

    def assign(self, code: str, at: int) -> str:
        name = self.temporary()
        self.line(f"{name}={code}", at)
        return name

    def constant(self, value: Any) -> str:
        """Return the name of a value in the table."""
        if value is None:
            return "None"
        if value is True or value is False:
            return str(value)
        try:
            key = (type(value), value)
            name = self._constants.get(key)
        except TypeError:
            name, key = None, (object, id(value))
        if name is None:
            name = self._constants[key] = f"k{len(self._constants)}"
            self.table[name] = value
        return name

    def entry(self, value: Callable[..., Any]) -> str:
        """Return the name of a function in the table."""
        return self.constant(value)

    @contextmanager
    def block(self, at: int, *, handler: bool = False) -> Iterator[None]:
        """Indent what follows; ``handler`` for loops and ``try``, whose nesting Python bounds."""
        self.indent += 1
        self.blocks += handler
        if self.blocks > MAX_BLOCKS or self.indent > 95:
            raise SyntaxFault("the template is nested too deeply", at)
        start = len(self.lines)
        yield
        if len(self.lines) == start:
            self.line("pass", at)
        self.indent -= 1
        self.blocks -= handler


def iterable(values: Any) -> Sequence[Any]:
    """Return what a ``for`` goes through, as something with a length."""
    if isinstance(values, (list, tuple)):
        return values
    if isinstance(values, Mapping):
        return [Entry(key, value) for key, value in values.items()]
    if not is_iterable(values):
        raise Fault(f"Not an iterable object. Value = [{printed(values)}]")
    result: list[Any] = []
    for value in values:
        result.append(value)
        if len(result) > MAX_ITEMS:
            raise LimitFault(f"the loop goes through more than {MAX_ITEMS} items")
    return result


def replaced(error: Exception, message: str) -> Exception:
    """Return what an operator raises for whatever went wrong with its operands; limits are never hidden."""
    if isinstance(error, LimitFault):
        return error
    reason = str(getattr(error, "reason", "") or error)
    return Fault(f"{message}, because {reason}" if reason else message)


def in_sight(variables: Mapping[str, Any], local: dict[str, Any]) -> Mapping[str, Any]:
    """Return the variables with the local names that have a value in front of them."""
    local = {name: value for name, value in local.items() if value is not ABSENT}
    return Overlay(local, variables) if local else variables


RUNTIME: Final[dict[str, Any]] = {
    "A": ABSENT,
    "X": access.NOT_FOUND,
    "E": Exception,
    "F": Fault,
    "MF": MissingFault,
    "P": access.path,
    "P1": access.path_1,
    "P2": access.path_2,
    "P3": access.path_3,
    "Q": access.soft_path,
    "Q1": access.soft_path_1,
    "Q2": access.soft_path_2,
    "Q3": access.soft_path_3,
    "W": access.walk,
    "WQ": access.soft_walk,
    "R0": access.root,
    "I": access.item,
    "M": access.method,
    "S": printed,
    "RE": replaced,
    "IT": iterable,
    "LP": Loop,
    "V": in_sight,
    "C": Scope,
    "HO": hash_ordered,
    "MT": MAX_TEXT,
    "j": "".join,
    "type": type,
    "str": str,
    "len": len,
    "enumerate": enumerate,
    "tr": operators.truth,
    "it": operators.if_truth,
    "at": operators.and_truth,
    "ot": operators.or_truth,
    "nt": operators.negation,
}
