"""The syntax tree of jq programs."""

from dataclasses import dataclass
from typing import Any


class Node:
    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Identity(Node):
    """``.``"""


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: Any


@dataclass(frozen=True, slots=True)
class Variable(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Index(Node):
    """``target[key]``; the key is evaluated on the input of the whole."""

    target: Node
    key: Node


@dataclass(frozen=True, slots=True)
class Slice(Node):
    target: Node
    start: Node | None
    end: Node | None


@dataclass(frozen=True, slots=True)
class Iterate(Node):
    """``target[]``"""

    target: Node


@dataclass(frozen=True, slots=True)
class Try(Node):
    body: Node
    handler: Node | None


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A string with interpolations; each is written by the format."""

    format: str
    parts: tuple["str | Node", ...]


@dataclass(frozen=True, slots=True)
class Format(Node):
    name: str


@dataclass(frozen=True, slots=True)
class ArrayOf(Node):
    body: Node | None


@dataclass(frozen=True, slots=True)
class ObjectOf(Node):
    entries: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class Negative(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """``|``, ``,``, ``//``, ``and``, ``or``, comparisons, arithmetic and assignments."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Pattern:
    """What ``as`` takes apart: a variable, an array of patterns, or fields with patterns."""

    name: str = ""
    items: tuple["Pattern", ...] | None = None
    fields: tuple[tuple[Node, "Pattern | None"], ...] | None = None


@dataclass(frozen=True, slots=True)
class Bind(Node):
    source: Node
    pattern: Pattern
    body: Node


@dataclass(frozen=True, slots=True)
class Reduce(Node):
    source: Node
    pattern: Pattern
    start: Node
    update: Node


@dataclass(frozen=True, slots=True)
class Foreach(Node):
    source: Node
    pattern: Pattern
    start: Node
    update: Node
    extract: Node


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Define(Node):
    name: str
    parameters: tuple[str, ...]
    body: Node
    rest: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Label(Node):
    name: str
    body: Node


@dataclass(frozen=True, slots=True)
class Break(Node):
    name: str
