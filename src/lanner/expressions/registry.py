"""Rows of the tables of filters, functions and tests, and how written arguments meet their parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lanner.expressions.errors import Fault
from lanner.expressions.values import ABSENT

if TYPE_CHECKING:
    from lanner.expressions.rendering import Rendering

Kind = Literal["filter", "function", "test"]


@dataclass(frozen=True, slots=True)
class Feature:
    """A filter, function or test.

    ``parameters`` are the names that templates may use, in order, with ``name=default`` for readers where there is a
    default; None means that any number of positional values is taken. An optional one that a template leaves out
    reaches ``call`` as ``ABSENT``. A function that ``needs_scope`` gets a ``Scope`` first. The first line of the
    docstring of ``call`` is what readers see; its ``>>>`` lines are examples, each followed by its result.
    """

    name: str
    call: Callable[..., Any]
    parameters: tuple[str, ...] | None = ()
    needs_scope: bool = False
    ignores_extra: bool = False
    result: Literal["", "text", "boolean", "integer"] = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(parameter.partition("=")[0] for parameter in self.parameters or ())

    def signature(self) -> str:
        shown = "…" if self.parameters is None else ", ".join(self.parameters)
        return f"{self.name}({shown})"


class Scope:
    """What a function that reaches outside is given: the names in sight and the rendering it is part of."""

    __slots__ = ("rendering", "variables")

    def __init__(self, variables: Mapping[str, Any], rendering: "Rendering") -> None:
        self.variables, self.rendering = variables, rendering


def bind(feature: Feature, positional: int, named: tuple[str, ...]) -> list[int | str | None]:
    """Say for each parameter which written argument it gets: a position, a name, or None when it is left out.

    Trailing parameters without an argument are left off. Raises ``Fault`` as the reference engine words it.
    """
    names = feature.names
    if feature.parameters is None:
        return list(range(positional))
    if feature.ignores_extra and not names:
        return []
    if positional > len(names):
        raise Fault(
            f"The argument at position {len(names) + 1} is not allowed. Only {len(names)} argument(s) are allowed."
        )
    slots: list[int | str | None] = [None] * len(names)
    slots[:positional] = range(positional)
    for name in named:
        if name not in names:
            raise Fault(f"The following named argument does not exist: {name}")
        slots[names.index(name)] = name
    while slots and slots[-1] is None:
        slots.pop()
    return slots


def given(value: Any) -> bool:
    """Whether an argument was written and is not null."""
    return value is not ABSENT and value is not None
