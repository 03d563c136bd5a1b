"""Which operation a request means: the table of operations and the tree that looks them up.

The table holds what an OpenAPI file says of an operation, so that one can be written from it.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp

from lanner.api.http import Call, Param
from lanner.api.shapes import Shape

Handler = Callable[[Call], Awaitable[ASGIApp]]

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the API.

    ``path`` follows ``/api/v1`` (and the tenant, when ``per_tenant``); ``aliases`` are further paths of older or
    newer generations. ``takes`` and ``gives`` are the shapes of the bodies; ``also`` are other statuses that answer
    with the same shape; 204 goes without a body. ``is_open`` needs no login.
    A last segment ``{name+}`` takes the rest of the path.
    """

    method: str
    path: str
    id: str
    handler: Handler
    params: tuple[Param[Any], ...] = ()
    takes: Shape = None
    gives: Shape = None
    status: int = 200
    also: tuple[int, ...] = ()
    aliases: tuple[str, ...] = ()
    per_tenant: bool = True
    is_open: bool = False
    in_root: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """The path and its aliases."""
        return (self.path, *self.aliases)


@dataclass(frozen=True, slots=True)
class Match:
    """An operation and the values found in its path."""

    operation: Operation
    path: Mapping[str, str]
    pattern: str


@dataclass(slots=True)
class _Branch:
    fixed: dict[str, "_Branch"] = field(default_factory=dict)
    variable: "_Branch | None" = None
    rest: dict[str, "_Leaf"] = field(default_factory=dict)
    here: dict[str, "_Leaf"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Leaf:
    operation: Operation
    names: tuple[str, ...]
    pattern: str


class Routes:
    """Operations by method and path. Fixed segments win over variable ones."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.operations = tuple(operations)
        self._tenant, self._global, self._root = _Branch(), _Branch(), _Branch()
        for operation in self.operations:
            tree = self._root if operation.in_root else self._tenant if operation.per_tenant else self._global
            for path in operation.paths:
                _plant(tree, operation, path)

    def find(self, method: str, path: str, tenants: frozenset[str]) -> tuple[Match | None, str, set[str]]:
        """Return what is meant, of which tenant, and which methods the path takes when it is another one.

        ``path`` is still percent-encoded. Paths without a tenant, as Kestra took them up to 0.22, mean ``main``.
        """
        allowed: set[str] = set()
        if not path.startswith("/api/v1/"):
            return _find(self._root, method, _segments(path), allowed), "main", allowed
        segments = _segments(path[len(PREFIX) :])
        first = segments[0] if segments else ""
        if first in tenants:
            rest = segments[1:]
            found = _find(self._tenant, method, rest, allowed) or _find(self._global, method, rest, allowed)
            if found:
                return found, first, allowed
        found = _find(self._global, method, segments, allowed) or _find(self._tenant, method, segments, allowed)
        return found, "main", allowed


def _segments(path: str) -> list[str]:
    return [unquote(part) if "%" in part else part for part in path.split("/") if part]


def _plant(tree: _Branch, operation: Operation, path: str) -> None:
    names: list[str] = []
    branch = tree
    for part in [part for part in path.split("/") if part]:
        if part.endswith("+}"):
            branch.rest[operation.method] = _Leaf(operation, (*names, part[1:-2]), path)
            return
        if part.startswith("{"):
            names.append(part[1:-1])
            branch.variable = branch.variable or _Branch()
            branch = branch.variable
        else:
            branch = branch.fixed.setdefault(part, _Branch())
    if operation.method in branch.here:
        raise ValueError(
            f"{operation.method} {path} is both {operation.id} and {branch.here[operation.method].operation.id}"
        )
    branch.here[operation.method] = _Leaf(operation, tuple(names), path)


def _find(tree: _Branch, method: str, segments: list[str], allowed: set[str]) -> Match | None:
    leaf_and_values = _descend(tree, "GET" if method == "HEAD" else method, segments, (), allowed)
    if leaf_and_values is None:
        return None
    leaf, values = leaf_and_values
    return Match(leaf.operation, dict(zip(leaf.names, values, strict=True)), leaf.pattern)


def _descend(
    branch: _Branch, method: str, segments: list[str], values: tuple[str, ...], allowed: set[str]
) -> tuple[_Leaf, tuple[str, ...]] | None:
    if not segments:
        leaf = branch.here.get(method)
        if leaf is None:
            allowed.update(branch.here)
            return None
        return leaf, values
    segment, rest = segments[0], segments[1:]
    fixed = branch.fixed.get(segment)
    if fixed is not None:
        found = _descend(fixed, method, rest, values, allowed)
        if found is not None:
            return found
    if branch.variable is not None:
        found = _descend(branch.variable, method, rest, (*values, segment), allowed)
        if found is not None:
            return found
    tail = branch.rest.get(method)
    return (tail, (*values, "/".join(segments))) if tail else None
