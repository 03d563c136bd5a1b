"""What the operators do; each raises ``Fault`` for operands it does not know."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException, localcontext
from math import fmod
from typing import Any

from lanner.expressions.errors import Fault, LimitFault
from lanner.expressions.limits import MAX_DEPTH, MAX_INTEGER_BITS, MAX_TEXT
from lanner.expressions.text import concatenated, java_text
from lanner.expressions.values import (
    Budget,
    Float32,
    bounded,
    class_name,
    is_collection,
    is_list,
    is_map,
    is_number,
    items_of,
    no_cast,
)

DECIMAL_128 = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144)
PLAIN_NUMBERS = frozenset({int, float})
LOW, HIGH = -(2**63), 2**63 - 1


def add(left: Any, right: Any) -> Any:
    if type(left) is int and type(right) is int:
        result = left + right
        return result if LOW <= result <= HIGH else _fitted(left, right, result)
    if isinstance(left, str) or isinstance(right, str):
        return joined(java_text(left), java_text(right))
    if is_list(left):
        return bounded([*left, *right] if is_collection(right) else [*left, right])
    return _arithmetic(left, right, lambda a, b: a + b)


def subtract(left: Any, right: Any) -> Any:
    if type(left) is int and type(right) is int:
        result = left - right
        return result if LOW <= result <= HIGH else _fitted(left, right, result)
    if is_list(left):
        if is_collection(right):
            gone = items_of(right)
            return [item for item in left if not any(equal(item, other) for other in gone)]
        first = next((index for index, item in enumerate(left) if equal(item, right)), len(left))
        return [*left[:first], *left[first + 1 :]]
    return _arithmetic(left, right, lambda a, b: a - b)


def multiply(left: Any, right: Any) -> Any:
    if type(left) is int and type(right) is int:
        result = left * right
        return result if LOW <= result <= HIGH else _fitted(left, right, result)
    return _arithmetic(left, right, lambda a, b: a * b)


def divide(left: Any, right: Any) -> Any:
    return _arithmetic(left, right, _divided)


def modulus(left: Any, right: Any) -> Any:
    return _arithmetic(left, right, _remainder)


def joined(left: str, right: str) -> str:
    if len(left) + len(right) > MAX_TEXT:
        raise LimitFault(f"the text would be longer than {MAX_TEXT} characters")
    return left + right


def concatenate(left: Any, right: Any) -> str:
    if type(left) is str and type(right) is str and len(left) + len(right) <= MAX_TEXT:
        return left + right
    return joined(concatenated(left), concatenated(right))


def equal(left: Any, right: Any) -> bool:
    if type(left) is str and type(right) is str:
        return left == right
    if type(left) in PLAIN_NUMBERS and type(right) in PLAIN_NUMBERS:
        return bool(left == right)
    if is_number(left) and is_number(right):
        return bool(left == right)
    return _same(left, right, Budget(), 0)


def unequal(left: Any, right: Any) -> bool:
    return not equal(left, right)


def greater(left: Any, right: Any) -> bool:
    if type(left) in PLAIN_NUMBERS and type(right) in PLAIN_NUMBERS:
        return bool(left > right)
    return _comparable(left, right) and bool(left > right)


def greater_or_equal(left: Any, right: Any) -> bool:
    if type(left) in PLAIN_NUMBERS and type(right) in PLAIN_NUMBERS:
        return bool(left >= right)
    return _comparable(left, right) and bool(left >= right)


def less(left: Any, right: Any) -> bool:
    if type(left) in PLAIN_NUMBERS and type(right) in PLAIN_NUMBERS:
        return bool(left < right)
    return _comparable(left, right) and bool(left < right)


def less_or_equal(left: Any, right: Any) -> bool:
    if type(left) in PLAIN_NUMBERS and type(right) in PLAIN_NUMBERS:
        return bool(left <= right)
    return _comparable(left, right) and bool(left <= right)


def contains(left: Any, right: Any) -> bool:
    if left is None:
        return False
    if isinstance(left, str):
        return java_text(right) in left
    if is_map(left):
        try:
            return right in left
        except TypeError:
            return False
    if is_collection(left):
        held = items_of(left)
        if is_collection(right):
            return all(any(equal(item, wanted) for item in held) for wanted in right)
        return any(equal(item, right) for item in held)
    raise Fault(
        f"Contains operator can only be used on Collections, Maps and arrays. Actual type was: {class_name(left)}"
    )


def is_in(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return False
    wanted = java_text(left)
    if is_map(right):
        return any(java_text(key) == wanted or _shown(item) == wanted for key, item in right.items())
    if is_collection(right):
        return wanted in [_shown(item) for item in right]
    return False


def _shown(item: Any) -> str:
    if item is None:
        raise Fault("isIn cannot look at a null entry")
    return java_text(item)


def not_in(left: Any, right: Any) -> bool:
    return not is_in(left, right)


def negative(value: Any) -> Any:
    if not is_number(value):
        raise Fault("invalid operands for mathematical operation [SUBTRACT]")
    return Float32.of(-value) if isinstance(value, Float32) else -value


def positive(value: Any) -> Any:
    if not is_number(value):
        raise Fault("invalid operands for mathematical operation [ADD]")
    return value


def truth(value: Any) -> bool:
    """The truth of a ternary's condition: null is false."""
    return value is not None and operand_truth(value)


def operand_truth(value: Any) -> bool:
    if value is True or value is False:
        return bool(value)
    if isinstance(value, str):
        return value != ""
    if is_number(value):
        return bool(value != 0)
    raise no_cast(value, "java.lang.Boolean")


def and_truth(value: Any) -> bool:
    if value is None:
        raise Fault("null value used in and operator and strict variables is set to true")
    return operand_truth(value)


def or_truth(value: Any) -> bool:
    if value is None:
        raise Fault("null value used in or operator and strict variables is set to true")
    return operand_truth(value)


def negation(value: Any) -> bool:
    if value is None:
        raise Fault("null value given to not() and strict variables is set to true")
    if isinstance(value, (bool, str)) or is_number(value):
        return not operand_truth(value)
    name = class_name(value).rsplit(".", 1)[-1]
    raise Fault(f'Unsupported value type {name}. Expected Boolean, String, Number in "if" statement')


def if_truth(value: Any) -> bool:
    """The truth of an ``if``: null, lists and maps are refused; the caller words the complaint."""
    if value is None:
        raise Fault("the condition is null")
    return operand_truth(value)


def _fitted(left: int, right: int, result: int) -> int:
    """Wrap a result beyond 64 bits as the JVM does; whole numbers from JSON may be longer and stay exact."""
    if LOW <= left <= HIGH and LOW <= right <= HIGH:
        return (result + 2**63) % 2**64 - 2**63
    if result.bit_length() > MAX_INTEGER_BITS:
        raise LimitFault("the whole number is too large")
    return result


def _arithmetic(left: Any, right: Any, operation: Callable[[Any, Any], Any]) -> Any:
    if not (is_number(left) and is_number(right)):
        raise Fault(
            f"{class_name(left)} and {class_name(right)} are no numbers" if left is not None else "null is no number"
        )
    if isinstance(left, int) and isinstance(right, int):
        result = operation(int(left), int(right))
        return result if LOW <= result <= HIGH else _fitted(left, right, result)
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        try:
            with localcontext(DECIMAL_128):
                return operation(_decimal(left), _decimal(right))
        except (DecimalException, ArithmeticError) as error:
            raise Fault("the decimal numbers cannot be combined") from error
    try:
        if _is_double(left) or _is_double(right):
            return operation(float(left), float(right))
        return Float32.of(operation(float(Float32.of(left)), float(Float32.of(right))))
    except OverflowError as error:
        raise Fault("the number is too large") from error


def _is_double(value: Any) -> bool:
    return isinstance(value, float) and not isinstance(value, Float32)


def _decimal(value: Any) -> Decimal:
    return Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)


def _divided(left: Any, right: Any) -> Any:
    if isinstance(left, int):
        if right == 0:
            raise Fault("/ by zero")
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) == (right < 0) else -quotient
    if right == 0 and isinstance(left, float):
        if left == 0 or left != left:  # noqa: PLR0124 -- NaN
            return float("nan")
        negative_result = (left < 0) != (str(right)[0] == "-")
        return float("-inf") if negative_result else float("inf")
    return left / right


def _remainder(left: Any, right: Any) -> Any:
    if isinstance(left, int):
        if right == 0:
            raise Fault("/ by zero")
        rest = abs(left) % abs(right)
        return rest if left >= 0 else -rest
    if isinstance(left, float):
        if right == 0 or left in (float("inf"), float("-inf")):
            return float("nan")
        return fmod(left, right)
    return left % right


def _comparable(left: Any, right: Any) -> bool:
    """Whether there is anything to compare: null is neither above nor below anything."""
    if left is None or right is None:
        return False
    if is_number(left) and is_number(right):
        return True
    raise Fault(f"{class_name(left)} and {class_name(right)} cannot be compared: only numbers can")


def _same(left: Any, right: Any, budget: Budget, depth: int) -> bool:
    if depth > MAX_DEPTH:
        raise LimitFault("the values are nested too deeply to be compared")
    budget.take(1)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Mapping):
        if not isinstance(right, Mapping) or len(left) != len(right):
            return False
        below = depth + 1
        return all(key in right and _same(item, right[key], budget, below) for key, item in left.items())
    if is_list(left):
        if not is_list(right) or len(left) != len(right):
            return False
        below = depth + 1
        return all(_same(a, b, budget, below) for a, b in zip(left, right, strict=True))
    if depth and is_number(left) and is_number(right):
        return isinstance(left, int) == isinstance(right, int) and bool(left == right)
    return bool(left == right)
