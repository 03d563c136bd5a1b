"""The syntax tree of a template. ``at`` is an offset in the source; positions are worked out when asked for."""

from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = object


@dataclass(slots=True)
class Literal:
    at: int
    value: str | int | float | bool | None


@dataclass(slots=True)
class Interpolated:
    """A double-quoted text with ``#{…}`` parts."""

    at: int
    parts: list["Expression"]


@dataclass(slots=True)
class Name:
    at: int
    name: str


@dataclass(slots=True)
class Attribute:
    at: int
    target: "Expression"
    name: str


@dataclass(slots=True)
class Subscript:
    at: int
    target: "Expression"
    key: "Expression"


@dataclass(slots=True)
class Method:
    at: int
    target: "Expression"
    name: str
    arguments: list["Expression"]


@dataclass(slots=True)
class Arguments:
    positional: list["Expression"]
    named: list[tuple[str, "Expression"]]


@dataclass(slots=True)
class Call:
    at: int
    name: str
    arguments: Arguments


@dataclass(slots=True)
class Unary:
    at: int
    operator: str
    operand: "Expression"


@dataclass(slots=True)
class Binary:
    at: int
    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(slots=True)
class Ternary:
    at: int
    condition: "Expression"
    yes: "Expression"
    no: "Expression"


@dataclass(slots=True)
class Filtered:
    at: int
    target: "Expression"
    name: str
    arguments: Arguments


@dataclass(slots=True)
class Tested:
    at: int
    target: "Expression"
    name: str
    arguments: Arguments
    negated: bool


@dataclass(slots=True)
class ListOf:
    at: int
    items: list["Expression"]


@dataclass(slots=True)
class MapOf:
    at: int
    pairs: list[tuple["Expression", "Expression"]]


Expression: TypeAlias = (
    Literal
    | Interpolated
    | Name
    | Attribute
    | Subscript
    | Method
    | Call
    | Unary
    | Binary
    | Ternary
    | Filtered
    | Tested
    | ListOf
    | MapOf
)


@dataclass(slots=True)
class Text:
    at: int
    text: str


@dataclass(slots=True)
class Print:
    at: int
    value: Expression


@dataclass(slots=True)
class If:
    at: int
    branches: list[tuple[Expression, list["Statement"]]]
    otherwise: list["Statement"]


@dataclass(slots=True)
class For:
    at: int
    name: str
    values: Expression
    body: list["Statement"]
    otherwise: list["Statement"]


@dataclass(slots=True)
class Set:
    at: int
    name: str
    value: Expression


@dataclass(slots=True)
class Macro:
    at: int
    name: str
    parameters: list[tuple[str, Expression | None]]
    body: list["Statement"]


@dataclass(slots=True)
class FilterBlock:
    at: int
    filters: list[tuple[int, str, Arguments]]
    body: list["Statement"]


@dataclass(slots=True)
class Block:
    at: int
    name: str
    body: list["Statement"]


Statement: TypeAlias = Text | Print | If | For | Set | Macro | FilterBlock | Block


@dataclass(slots=True)
class Template:
    """A parsed template; ``macros`` and ``blocks`` are also in ``body`` where they stand."""

    source: str
    body: list[Statement]
    macros: dict[str, Macro]
    blocks: dict[str, Block]


def position(source: str, at: int) -> tuple[int, int]:
    """Return line and column of an offset, both from 1."""
    line = source.count("\n", 0, at) + 1
    return line, at - (source.rfind("\n", 0, at) + 1) + 1
