"""Syntax tree -> Python code for names and members: what an expression reads, and where its local names live."""

from collections.abc import Mapping

from lanner.expressions.emitter import Emitter
from lanner.expressions.registry import Feature
from lanner.expressions.syntax import Attribute, Call, Expression, For, Literal, Name, Subscript

LOOP_FIELDS = {
    "index": "{index}",
    "length": "{size}",
    "first": "{index}==0",
    "last": "{index}=={size}-1",
    "revindex": "{size}-1-{index}",
}


class Local:
    """Names with values of their own: of the template, of a macro, or of the body of a loop."""

    __slots__ = ("index", "size", "slots")

    def __init__(self, slots: dict[str, str]) -> None:
        self.slots = slots
        self.index = self.size = ""

    @staticmethod
    def of(names: list[str], code: "AccessCode") -> "Local":
        code.slot_count += len(names)
        return Local({name: f"v{code.slot_count - index}" for index, name in enumerate(names)})


class AccessCode:
    """Emits reads; each method returns an atom, the name that holds the value."""

    __slots__ = ("caught", "definite", "emit", "kinds", "macros", "raw", "scopes", "slot_count", "tables")

    def __init__(self, tables: Mapping[str, Mapping[str, Feature]], macros: dict[str, str]) -> None:
        self.emit = Emitter()
        self.tables, self.macros = tables, macros
        self.scopes: list[Local] = []
        self.slot_count = 0
        self.definite: set[str] = set()
        self.caught = False
        self.kinds: dict[str, str] = {}
        self.raw: dict[str, str] = {}

    def expression(self, node: Expression) -> str:
        raise NotImplementedError

    def softly(self, node: Expression) -> str:
        raise NotImplementedError

    def access(self, node: Name | Attribute | Subscript, *, soft: bool) -> str:
        """Emit ``a.b['c']``; with ``soft``, what is missing becomes ABSENT instead of an error."""
        start, names = fixed_path(node)
        if isinstance(start, Name):
            if (not names and start.name == "loop") or (names and start.name == "loop"):
                found = self.loop_member(start, names, soft=soft)
                if found is not None:
                    return found
            slots = self.slots(start.name)
            if not slots:
                return self.variable(node.at, (start.name, *names), soft=soft)
            base = self.local(start, slots, soft=soft)
            if not names:
                return base
            return self.walk(base, (start.name,), names, node.at, soft=soft)
        if names:
            if soft:
                return self.softly(node)
            return self.walk(self.expression(start), owner_of(start), names, node.at, soft=False)
        assert isinstance(start, Subscript)
        if soft:
            return self.softly(node)
        target = self.expression(start.target)
        key = self.expression(start.key)
        return self.emit.assign(f"I({target},{key},{self.emit.constant(owner_of(start.target))})", start.at)

    def slots(self, name: str) -> list[str]:
        """Return the slots that may hold a name, innermost first, up to the first that surely does."""
        found: list[str] = []
        for scope in reversed(self.scopes):
            slot = scope.slots.get(name)
            if slot is not None:
                found.append(slot)
                if slot in self.definite:
                    break
        return found

    def local(self, node: Name, slots: list[str], *, soft: bool) -> str:
        if slots[0] in self.definite:
            return slots[0]
        line = self.emit.line
        value = self.emit.assign(slots[0], node.at)
        for slot in slots[1:]:
            line(f"if {value} is A: {value}={slot}", node.at)
        if slots[-1] not in self.definite:
            name = self.emit.constant(node.name)
            other = f"Q(c,({name},))" if soft else f"R0(c,{name})"
            line(f"if {value} is A: {value}={other}", node.at)
        return value

    def variable(self, at: int, names: tuple[str, ...], *, soft: bool) -> str:
        """Emit a path from the variables: plain subscripts, and the careful way when they fail.

        Out of loops a call does the same with less code to compile.
        """
        emit = self.emit
        if len(names) <= 3 and not emit.blocks:
            shown = ",".join([emit.constant(name) for name in names])
            return emit.assign(f"{'Q' if soft else 'P'}{len(names)}(c,{shown})", at)
        value = emit.temporary()
        steps = "".join(f"[{emit.constant(name)}]" for name in names)
        emit.line("try:", at)
        emit.line(f" {value}=c{steps}", at)
        emit.line("except X:", at)
        emit.line(f" {value}={'Q' if soft else 'P'}(c,{emit.constant(names)})", at)
        return value

    def walk(self, base: str, owner: tuple[str, ...], names: tuple[str, ...], at: int, *, soft: bool) -> str:
        emit = self.emit
        if base in {"None", "True", "False"}:
            base = emit.assign(base, at)
        value = emit.temporary()
        steps = "".join(f"[{emit.constant(name)}]" for name in names)
        emit.line("try:", at)
        emit.line(f" {value}={base}{steps}", at)
        emit.line("except X:", at)
        emit.line(f" {value}={'WQ' if soft else 'W'}({base},{emit.constant(owner + names)},{len(owner)})", at)
        return value

    def loop_member(self, node: Name, names: tuple[str, ...], *, soft: bool) -> str | None:
        """Emit ``loop`` or ``loop.index`` of the innermost loop, unless the template gives ``loop`` another meaning."""
        for scope in reversed(self.scopes):
            if "loop" in scope.slots:
                return None
            if scope.index:
                break
        else:
            return None
        if len(names) == 1 and names[0] in LOOP_FIELDS:
            code = LOOP_FIELDS[names[0]].format(index=scope.index, size=scope.size)
            value = self.emit.assign(code, node.at)
            if names[0] in {"first", "last"}:
                self.kinds[value] = "boolean"
            return value
        value = self.emit.assign(f"LP({scope.index},{scope.size})", node.at)
        return self.walk(value, ("loop",), names, node.at, soft=soft) if names else value

    def uses_loop(self, node: For) -> bool:
        """Whether the body of a loop may read ``loop``: by name, or through a function that sees all names."""
        return any(
            (isinstance(inner, Name) and inner.name == "loop")
            or (isinstance(inner, Call) and (inner.name == "block" or self.sees_names(inner.name)))
            for inner in nodes(node)
        )

    def sees_names(self, name: str) -> bool:
        feature = self.tables["function"].get(name)
        return feature is not None and feature.needs_scope


def fixed_path(node: Expression) -> tuple[Expression, tuple[str, ...]]:
    """Split ``a.b['c']`` into what it starts with and the names that follow."""
    names: list[str] = []
    while True:
        match node:
            case Attribute(_, target, name):
                names.append(name)
                node = target
            case Subscript(_, target, Literal(_, str() as name)):
                names.append(name)
                node = target
            case _:
                return node, tuple(reversed(names))


def owner_of(node: Expression) -> tuple[str, ...]:
    """Return how a reader would write an expression, part by part; ``""`` first when it starts with no name."""
    match node:
        case Name(_, name):
            return (name,)
        case Attribute(_, target, name):
            return (*owner_of(target), name)
        case Subscript(_, target, Literal(_, key)):
            return (*owner_of(target), str(key))
        case _:
            return ("",)


def nodes(node: object) -> "list[object]":
    """Return a node and all below it."""
    found: list[object] = []
    waiting: list[object] = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, (list, tuple)):
            waiting.extend(current)
        elif hasattr(current, "__slots__"):
            found.append(current)
            waiting.extend(getattr(current, name) for name in current.__slots__)
    return found
