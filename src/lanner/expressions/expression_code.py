"""Syntax tree -> Python code for expressions.

Each method emits statements and returns an *atom*: the name of a temporary, a slot or a constant that holds the value.
Operators that replace whatever goes wrong in their operands need one handler around the outermost of them only;
``caught`` says that there is one.
"""

from collections.abc import Callable
from typing import Any, assert_never

from lanner.expressions import operators
from lanner.expressions.access_code import AccessCode, owner_of
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


class ExpressionCode(AccessCode):
    __slots__ = ()

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

    def literal(self, value: str | int | float | bool | None) -> str:  # noqa: FBT001 -- the value of a literal is no flag
        atom = self.emit.constant(value)
        if isinstance(value, str):
            self.kinds[atom] = "text"
        elif isinstance(value, int) and not isinstance(value, bool):
            self.kinds[atom] = "long"
        return atom

    def method(self, node: Method) -> str:
        target = self.expression(node.target)
        arguments = "".join(f"{self.expression(argument)}," for argument in node.arguments)
        owner = self.emit.constant(owner_of(node.target))
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
            atom = self.expression(part)
            shown = atom if self.kinds.get(atom) == "text" else f"S({atom})"
            value = self.emit.assign(f"{self.emit.entry(operators.joined)}({value},{shown})", node.at)
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
