"""Syntax tree -> Python code for expressions.

Each method emits statements and returns an *atom*: the name of a temporary, a slot or a constant that holds the value.
Operators that replace whatever goes wrong in their operands need one handler around the outermost of them only;
``caught`` says that there is one.
"""

from collections.abc import Callable, Mapping
from typing import Any, assert_never

from lanner.expressions import operators
from lanner.expressions.emitter import Emitter
from lanner.expressions.errors import Fault
from lanner.expressions.hashing import hash_ordered
from lanner.expressions.registry import Feature, bind
from lanner.expressions.syntax import (
    Arguments,
    Attribute,
    Binary,
    Call,
    Expression,
    Filtered,
    For,
    Interpolated,
    ListOf,
    Literal,
    MapOf,
    Method,
    Name,
    Subscript,
    Ternary,
    Tested,
    Unary,
)
from lanner.expressions.values import Long

REPLACING: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "+": (operators.add, "Could not perform addition"),
    "-": (operators.subtract, "Could not perform subtraction"),
    "*": (operators.multiply, "Could not perform multiplication"),
    "/": (operators.divide, "Could not perform division"),
    "%": (operators.modulus, "Could not perform greater modulus"),
    "==": (operators.equal, "Could not perform equals comparison"),
    "equals": (operators.equal, "Could not perform equals comparison"),
    "!=": (operators.unequal, "Could not perform not equals comparison"),
    ">": (operators.greater, "Could not perform greater than comparison"),
    ">=": (operators.greater_or_equal, "Could not perform greater than or equals comparison"),
    "<": (operators.less, "Could not perform greater modulus"),
    "<=": (operators.less_or_equal, "Could not perform less than or equals comparison"),
}
"""The operators that word every failure of their operands in their own way; ``<`` and ``%`` as oddly as Kestra does."""

PLAIN: dict[str, Callable[[Any, Any], Any]] = {
    "~": operators.concatenate,
    "contains": operators.contains,
    "isIn": operators.is_in,
    "notIn": operators.not_in,
}
BOOLEAN = frozenset({"==", "equals", "!=", ">", ">=", "<", "<=", "contains", "isIn", "notIn"})
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
    def of(names: list[str], code: "ExpressionCode") -> "Local":
        code.slot_count += len(names)
        return Local({name: f"v{code.slot_count - index}" for index, name in enumerate(names)})


class ExpressionCode:
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
        match node:
            case Literal(_, value):
                return self.literal(value)
            case Name() | Attribute() | Subscript():
                return self.access(node, soft=False)
            case Filtered():
                return self.filtered(node)
            case Binary():
                return self.binary(node)
            case Call():
                return self.call(node)
            case Tested():
                return self.tested(node)
            case Ternary():
                return self.ternary(node)
            case Unary():
                return self.unary(node)
            case Interpolated():
                return self.interpolated(node)
            case ListOf(at, items):
                return self.emit.assign(f"[{','.join([self.expression(item) for item in items])}]", at)
            case MapOf():
                return self.map_literal(node)
            case Method():
                return self.method(node)
            case _:
                assert_never(node)

    def literal(self, value: str | int | float | bool | None) -> str:  # noqa: FBT001
        atom = self.emit.constant(value)
        if isinstance(value, str):
            self.kinds[atom] = "text"
        elif isinstance(value, int) and not isinstance(value, bool):
            self.kinds[atom] = "long"
        return atom

    # names and members

    def access(self, node: Name | Attribute | Subscript, *, soft: bool) -> str:
        """Emit ``a.b['c']``; with ``soft``, what is missing becomes ABSENT instead of an error."""
        start, names = _path(node)
        if isinstance(start, Name):
            if (not names and start.name == "loop") or (names and start.name == "loop"):
                found = self.loop_member(start, names)
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
            return self.walk(self.expression(start), _owner(start), names, node.at, soft=False)
        assert isinstance(start, Subscript)
        if soft:
            return self.softly(node)
        target = self.expression(start.target)
        key = self.expression(start.key)
        return self.emit.assign(f"I({target},{key},{self.emit.constant(_owner(start.target))})", start.at)

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

    def loop_member(self, node: Name, names: tuple[str, ...]) -> str | None:
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
        return self.walk(value, ("loop",), names, node.at, soft=False) if names else value

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

    def method(self, node: Method) -> str:
        target = self.expression(node.target)
        arguments = "".join(f"{self.expression(argument)}," for argument in node.arguments)
        owner = self.emit.constant(_owner(node.target))
        return self.emit.assign(f"M({target},{self.emit.constant(node.name)},({arguments}),{owner})", node.at)

    # operators

    def region(self, at: int, message: str, emit_inside: Callable[[], str]) -> str:
        """Emit code whose failures are all replaced by ``message``."""
        if self.caught:
            return emit_inside()
        emit = self.emit
        emit.line("try:", at)
        self.caught = True
        with emit.block(at, handler=True):
            value = emit_inside()
            if not value.startswith("t"):
                value = emit.assign(value, at)
        self.caught = False
        emit.line("except E as e:", at)
        emit.line(f" raise RE(e,{emit.constant(message)})from e", at)
        return value

    def condition(self, node: Expression) -> Callable[[], str]:
        def emit_inside() -> str:
            value = self.expression(node)
            if self.kinds.get(value) == "boolean":
                return value
            return self.emit.assign(f"it({value})", node.at)

        return emit_inside

    def binary(self, node: Binary) -> str:
        operator, at = node.operator, node.at
        if operator in REPLACING:
            function, message = REPLACING[operator]
            value = self.region(at, message, lambda: self.applied(function, node))
        elif operator in PLAIN:
            value = self.applied(PLAIN[operator], node)
        elif operator in {"and", "or"}:
            return self.logic(node)
        elif operator in {"??", "???"}:
            return self.coalesce(node, soft=False)
        else:
            assert operator == ".."
            left, right = self.expression(node.left), self.expression(node.right)
            call = self.tables["function"]["range"].call
            return self.emit.assign(f"{self.emit.entry(call)}({left},{right})", at)
        if operator in BOOLEAN:
            self.kinds[value] = "boolean"
        elif operator == "~":
            self.kinds[value] = "text"
        return value

    def applied(self, function: Callable[[Any, Any], Any], node: Binary) -> str:
        left = self.expression(node.left)
        right = self.expression(node.right)
        value = self.emit.assign(f"{self.emit.entry(function)}({left},{right})", node.at)
        if "long" in {self.kinds.get(left), self.kinds.get(right)}:
            self.kinds[value] = "long"
        return value

    def logic(self, node: Binary) -> str:
        emit, check = self.emit, "at" if node.operator == "and" else "ot"
        value = emit.assign(self.as_truth(node.left, check), node.at)
        emit.line(f"if {value}:" if node.operator == "and" else f"if not {value}:", node.at)
        with emit.block(node.at):
            emit.line(f"{value}={self.as_truth(node.right, check)}", node.at)
        self.kinds[value] = "boolean"
        return value

    def as_truth(self, node: Expression, check: str) -> str:
        value = self.expression(node)
        return value if self.kinds.get(value) == "boolean" else f"{check}({value})"

    def coalesce(self, node: Binary, *, soft: bool) -> str:
        """Emit ``a ?? b`` or ``a ??? b``; b may be missing too when ``soft``."""
        emit = self.emit
        value = emit.assign(self.soft(node.left), node.at)
        emit.line(f"if {value} is A:" if node.operator == "???" else f"if {value} is A or {value} is None:", node.at)
        with emit.block(node.at):
            other = self.soft(node.right) if soft else self.expression(node.right)
            emit.line(f"{value}={other}", node.at)
        return value

    def soft(self, node: Expression) -> str:
        """Emit an expression whose missing names make it ABSENT."""
        match node:
            case Literal():
                return self.expression(node)
            case Name() | Attribute() | Subscript():
                return self.access(node, soft=True)
            case Binary(operator="??" | "???"):
                return self.coalesce(node, soft=True)
            case _:
                return self.softly(node)

    def softly(self, node: Expression) -> str:
        emit = self.emit
        outer, self.caught = self.caught, False
        result = emit.temporary()
        emit.line("try:", node.at)
        with emit.block(node.at, handler=True):
            emit.line(f"{result}={self.expression(node)}", node.at)
        emit.line(f"except MF: {result}=A", node.at)
        self.caught = outer
        return result

    def ternary(self, node: Ternary) -> str:
        emit = self.emit
        test = self.as_truth(node.condition, "tr")
        result = emit.temporary()
        emit.line(f"if {test}:", node.at)
        with emit.block(node.at):
            emit.line(f"{result}={self.expression(node.yes)}", node.at)
        emit.line("else:", node.at)
        with emit.block(node.at):
            emit.line(f"{result}={self.expression(node.no)}", node.at)
        return result

    def unary(self, node: Unary) -> str:
        value = self.expression(node.operand)
        if node.operator == "not":
            code = f"not {value}" if self.kinds.get(value) == "boolean" else f"nt({value})"
            result = self.emit.assign(code, node.at)
            self.kinds[result] = "boolean"
            return result
        function = operators.negative if node.operator == "-" else operators.positive
        result = self.emit.assign(f"{self.emit.entry(function)}({value})", node.at)
        if self.kinds.get(value) == "long":
            self.kinds[result] = "long"
        return result

    def interpolated(self, node: Interpolated) -> str:
        value = self.emit.constant("")
        for part in node.parts:
            code = f"{self.emit.entry(operators.concatenate)}({value},{self.expression(part)})"
            value = self.emit.assign(code, node.at)
        self.kinds[value] = "text"
        return value

    def map_literal(self, node: MapOf) -> str:
        emit = self.emit
        keys = [key.value if isinstance(key, Literal) and isinstance(key.value, str) else None for key, _ in node.pairs]
        pairs = [(self.expression(key), self.expression(value)) for key, value in node.pairs]
        if None in keys or len(set(keys)) != len(keys):
            return emit.assign(f"HO(({''.join(f'({key},{value}),' for key, value in pairs)}))", node.at)
        ordered = hash_ordered(zip(keys, pairs, strict=True)).values()
        return emit.assign("{" + ",".join(f"{key}:{value}" for key, value in ordered) + "}", node.at)

    # calls

    def filtered(self, node: Filtered) -> str:
        if node.name == "default":
            target = self.soft(node.target)
        else:
            target = self.expression(node.target)
            if node.name == "className" and self.kinds.get(target) == "long":
                target = self.emit.assign(f"{self.emit.entry(Long)}({target})", node.at)
        return self.filter_call(node.at, target, node.name, node.arguments)

    def filter_call(self, at: int, target: str, name: str, arguments: Arguments) -> str:
        feature = self.tables["filter"].get(name)
        if feature is None:
            return self.fail(Fault(f"Filter [{name}] does not exist."), at)
        if feature.needs_scope:
            target = f"{self.emit.assign('C(c,r)', at)},{target}"
        return self.feature_call(feature, target, arguments, at)

    def tested(self, node: Tested) -> str:
        feature = self.tables["test"].get(node.name)
        if feature is None:
            return self.fail(Fault(f"Test [{node.name}] does not exist."), node.at)
        target = self.soft(node.target) if node.name == "defined" else self.expression(node.target)
        value = self.feature_call(feature, target, node.arguments, node.at)
        if node.negated:
            value = self.emit.assign(f"not {value}", node.at)
        self.kinds[value] = "boolean"
        return value

    def call(self, node: Call) -> str:
        if node.name == "block":
            return self.block_call(node.arguments, node.at)
        feature = self.tables["function"].get(node.name)
        if feature is None:
            if node.name in self.macros:
                return self.macro_call(node.name, node.arguments, node.at)
            return self.fail(Fault(f"Function or Macro [{node.name}] does not exist."), node.at)
        first = self.scope(node.at) if feature.needs_scope else ""
        return self.feature_call(feature, first, node.arguments, node.at)

    def block_call(self, arguments: Arguments, at: int) -> str:
        raise NotImplementedError

    def macro_call(self, name: str, arguments: Arguments, at: int) -> str:
        raise NotImplementedError

    def scope(self, at: int) -> str:
        """Emit the names in sight, for functions that see all of them."""
        local: dict[str, str] = {}
        for scope in self.scopes:
            if scope.index:
                local["loop"] = f"LP({scope.index},{scope.size})"
            local.update(scope.slots)
        if not local:
            return self.emit.assign("C(c,r)", at)
        shown = ",".join(f"{self.emit.constant(name)}:{slot}" for name, slot in local.items())
        return self.emit.assign(f"C(V(c,{{{shown}}}),r)", at)

    def feature_call(self, feature: Feature, first: str, arguments: Arguments, at: int) -> str:
        try:
            slots = bind(feature, len(arguments.positional), tuple(name for name, _ in arguments.named))
        except Fault as fault:
            return self.fail(fault, at)
        atoms = self.arguments(arguments)
        passed = [first] * bool(first) + ["A" if slot is None else atoms[slot] for slot in slots]
        return self.emit.assign(f"{self.emit.entry(feature.call)}({','.join(passed)})", at)

    def arguments(self, arguments: Arguments) -> dict[int | str, str]:
        atoms: dict[int | str, str] = {}
        for index, value in enumerate(arguments.positional):
            atoms[index] = self.expression(value)
        for name, value in arguments.named:
            atoms[name] = self.expression(value)
        return atoms

    def fail(self, fault: Fault, at: int) -> str:
        """Emit an error that shows when the place is reached."""
        self.emit.line(f"raise F({self.emit.constant(str(fault))})", at)
        return "None"


def _path(node: Expression) -> tuple[Expression, tuple[str, ...]]:
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


def _owner(node: Expression) -> tuple[str, ...]:
    """Return how a reader would write an expression, part by part; ``""`` first when it starts with no name."""
    match node:
        case Name(_, name):
            return (name,)
        case Attribute(_, target, name):
            return (*_owner(target), name)
        case Subscript(_, target, Literal(_, key)):
            return (*_owner(target), str(key))
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
