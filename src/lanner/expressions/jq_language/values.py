"""What jq programs do with single values: order, arithmetic, paths and texts."""

from collections.abc import Callable, Iterator
from functools import cmp_to_key
from typing import Any

from lanner.expressions.errors import Fault, LimitFault
from lanner.expressions.limits import MAX_DEPTH, MAX_ITEMS, MAX_TEXT, NODE_COST
from lanner.expressions.text import double_text, quoted
from lanner.expressions.values import Budget

Path = tuple[Any, ...]
MAX_STEPS = 2_000_000
"""Steps of one run: a program cannot keep the server busy for more than a few seconds."""


COPIED = 64
"""Items that are copied in about the time of one step."""


class Meter(Budget):
    """The steps that are left of a run, and what it takes for the present: seconds since 1970."""

    __slots__ = ("now",)

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__(MAX_STEPS)
        self.now = now


class JqError(Exception):
    """What ``try`` catches; ``value`` is handed to ``catch``."""

    def __init__(self, value: Any) -> None:
        self.value = value
        super().__init__(value if isinstance(value, str) else text_of(value))


def kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def shown(value: Any) -> str:
    """Return a value with its kind, shortened, for a message."""
    text = json_of(value)
    return f"{kind(value)} ({text if len(text) <= 60 else text[:57] + '...'})"


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_true(value: Any) -> bool:
    return value is not None and value is not False


# order

_RANKS = {"null": 0, "boolean": 1, "number": 3, "string": 4, "array": 5, "object": 6}


def compare(left: Any, right: Any, budget: Budget, depth: int = 0) -> int:
    """Return -1, 0 or 1 by jq's order of all values."""
    budget.take(1)
    if depth > MAX_DEPTH:
        raise LimitFault("the value is nested too deeply")
    rank, other = _RANKS[kind(left)], _RANKS[kind(right)]
    if rank != other:
        return -1 if rank < other else 1
    if rank == 5:
        for a, b in zip(left, right, strict=False):
            result = compare(a, b, budget, depth + 1)
            if result:
                return result
        return (len(left) > len(right)) - (len(left) < len(right))
    if rank == 6:
        return _compare_objects(left, right, budget, depth)
    if left is None:
        return 0
    if rank == 3 and left != left:  # noqa: PLR0124 -- NaN is below every number
        return -1
    return (left > right) - (left < right)  # type: ignore[no-any-return]  # the ranks say that both compare


def _compare_objects(left: Any, right: Any, budget: Budget, depth: int) -> int:
    keys, others = sorted(left), sorted(right)
    if keys != others:
        return -1 if keys < others else 1
    for key in keys:
        result = compare(left[key], right[key], budget, depth + 1)
        if result:
            return result
    return 0


def sort_key(budget: Budget) -> Any:
    return cmp_to_key(lambda a, b: compare(a, b, budget))


# arithmetic


def number_of(value: float) -> int | float:
    """Return a result as a whole number if it is one."""
    if value == value and abs(value) < 2**63 and value == int(value):  # noqa: PLR0124 -- NaN
        return int(value)
    return value


def wrapped(value: int) -> int:
    return (value + 2**63) % 2**64 - 2**63


def add(left: Any, right: Any, budget: Budget) -> Any:
    if left is None:
        return right
    if right is None:
        return left
    if is_number(left) and is_number(right):
        if isinstance(left, int) and isinstance(right, int):
            return wrapped(left + right)
        return number_of(float(left) + float(right))
    if isinstance(left, str) and isinstance(right, str):
        return bounded_text(left + right, budget)
    if isinstance(left, list) and isinstance(right, list):
        budget.take((len(left) + len(right)) // COPIED + 1)
        return [*left, *right]
    if isinstance(left, dict) and isinstance(right, dict):
        budget.take((len(left) + len(right)) // COPIED + 1)
        return {**left, **right}
    raise JqError(f"{shown(left)} and {shown(right)} cannot be added")


def subtract(left: Any, right: Any, budget: Budget) -> Any:
    if is_number(left) and is_number(right):
        if isinstance(left, int) and isinstance(right, int):
            return wrapped(left - right)
        return number_of(float(left) - float(right))
    if isinstance(left, list) and isinstance(right, list):
        return [item for item in left if not any(compare(item, gone, budget) == 0 for gone in right)]
    raise JqError(f"{shown(left)} and {shown(right)} cannot be subtracted")


def multiply(left: Any, right: Any, budget: Budget) -> Any:
    if is_number(left) and is_number(right):
        if isinstance(left, int) and isinstance(right, int):
            return wrapped(left * right)
        return number_of(float(left) * float(right))
    if isinstance(right, str) and is_number(left):
        left, right = right, left
    if isinstance(left, str) and is_number(right):
        if not right > 0:
            return None
        times = max(1, int(right)) if abs(right) < MAX_TEXT else MAX_TEXT
        if len(left) * times > MAX_TEXT:
            raise LimitFault(f"the text would be longer than {MAX_TEXT} characters")
        return bounded_text(left * times, budget)
    if isinstance(left, dict) and isinstance(right, dict):
        return _merged(left, right, budget, 0)
    raise JqError(f"{shown(left)} and {shown(right)} cannot be multiplied")


def _merged(left: dict[str, Any], right: dict[str, Any], budget: Budget, depth: int) -> dict[str, Any]:
    if depth > MAX_DEPTH:
        raise LimitFault("the value is nested too deeply")
    budget.take(len(left) + len(right))
    result = dict(left)
    for key, value in right.items():
        old = result.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            result[key] = _merged(old, value, budget, depth + 1)
        else:
            result[key] = value
    return result


def divide(left: Any, right: Any, budget: Budget) -> Any:
    if is_number(left) and is_number(right):
        if right == 0:
            raise JqError(f"{shown(left)} and {shown(right)} cannot be divided because the divisor is zero")
        return number_of(float(left) / float(right))
    if isinstance(left, str) and isinstance(right, str):
        budget.take(len(left))
        return split(left, right)
    raise JqError(f"{shown(left)} and {shown(right)} cannot be divided")


def modulo(left: Any, right: Any, budget: Budget) -> Any:
    del budget
    if not (is_number(left) and is_number(right)):
        raise JqError(f"{shown(left)} and {shown(right)} cannot be divided")
    dividend, divisor = whole(left), whole(right)
    if divisor == 0:
        raise JqError(f"{shown(left)} and {shown(right)} cannot be divided because the divisor is zero")
    rest = abs(dividend) % abs(divisor)
    return rest if dividend >= 0 else -rest


def whole(value: float) -> int:
    """Return a number cut to a whole one of 64 bits."""
    if value != value:  # noqa: PLR0124 -- NaN
        return 0
    return int(max(-(2.0**63), min(2.0**63 - 1024, value)))


def split(text: str, separator: str) -> list[str]:
    if not text:
        return []
    return list(text) if not separator else text.split(separator)


def bounded_text(text: str, budget: Budget) -> str:
    if len(text) > MAX_TEXT:
        raise LimitFault(f"the text would be longer than {MAX_TEXT} characters")
    budget.take(len(text) // 64)
    return text


# texts


def number_text(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    if value != value:  # noqa: PLR0124 -- NaN
        return "null"
    if abs(value) == float("inf"):
        return "1.7976931348623157e+308" if value > 0 else "-1.7976931348623157e+308"
    if value == int(value) and abs(value) <= 1e17:
        return str(int(value))
    digits, mark, exponent = double_text(value).partition("E")
    return digits + (mark and "e" + ("" if exponent.startswith("-") else "+") + exponent)


def json_of(value: Any) -> str:
    """Return a value as compact JSON, whole numbers without a fraction."""
    return _json(value, Budget(MAX_TEXT), 0, number_text)


def plain_text(value: Any) -> str:
    """Return a text as it is, anything else as JSON with numbers as the JVM prints them: for joins."""
    return value if isinstance(value, str) else _json(value, Budget(MAX_TEXT), 0, _plain_number)


def _plain_number(value: float) -> str:
    return str(value) if isinstance(value, int) else double_text(value)


def _json(value: Any, budget: Budget, depth: int, number: Callable[[float], str]) -> str:
    if depth > MAX_DEPTH:
        raise LimitFault("the value is nested too deeply")
    if isinstance(value, str):
        budget.take(len(value) + NODE_COST)
        return quoted(value)
    budget.take(NODE_COST)
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, list):
        return "[" + ",".join([_json(item, budget, depth + 1, number) for item in value]) + "]"
    if isinstance(value, dict):
        pairs = [f"{quoted(key)}:{_json(item, budget, depth + 1, number)}" for key, item in value.items()]
        return "{" + ",".join(pairs) + "}"
    return number(value)


def text_of(value: Any) -> str:
    """Return a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json_of(value)


# paths


def got(value: Any, key: Any) -> Any:
    """Return ``value[key]``; null has every key."""
    if isinstance(key, dict):
        return sliced(value, key.get("start"), key.get("end"))
    if value is None and (isinstance(key, str) or is_number(key)):
        return None
    if isinstance(value, dict) and isinstance(key, str):
        return value.get(key)
    if isinstance(value, list) and is_number(key):
        place = place_of(value, key)
        return value[place] if place is not None and 0 <= place < len(value) else None
    if isinstance(value, list) and isinstance(key, list):
        width = len(key)
        return [at for at in range(len(value) - width + 1) if width and value[at : at + width] == key]
    name = f'"{key}"' if isinstance(key, str) else kind(key)
    raise JqError(f"Cannot index {kind(value)} with {name}")


def place_of(value: list[Any], key: float) -> int | None:
    if key != key or key != int(key):  # noqa: PLR0124 -- NaN
        return None
    return int(key) + len(value) if key < 0 else int(key)


def sliced(value: Any, start: Any, end: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, (list, str)):
        raise JqError(f"Cannot index {kind(value)} with object")
    first, last = bounds(len(value), start, end)
    return value[first:last]


def bounds(size: int, start: Any, end: Any) -> tuple[int, int]:
    if not all(bound is None or is_number(bound) for bound in (start, end)):
        raise JqError("Start and end indices of an array slice must be numbers")
    first = 0 if start is None else whole(start // 1)
    last = size if end is None else -whole(-end // 1)
    first = max(0, first + size if first < 0 else first)
    last = last + size if last < 0 else last
    return min(first, size), max(min(last, size), min(first, size))


def value_at(value: Any, path: Path) -> Any:
    for key in path:
        if value is None:
            return None
        value = got(value, key)
    return value


class Copies:
    """The containers that one assignment has copied: it may change them again without another copy."""

    __slots__ = ("_kept", "budget")

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._kept: dict[int, Any] = {}

    def handed_out(self, value: Any) -> None:
        """Forget all copies when a container leaves for an expression, which may keep it."""
        if isinstance(value, (list, dict)):
            self._kept.clear()

    def of(self, value: Any, empty: Any) -> Any:
        """Return a copy of a container, or itself if it is one already; null is an empty one."""
        if value is not None and id(value) in self._kept:
            return value
        made = empty if value is None else value.copy()
        self.budget.take(len(made) // COPIED + 1)
        self._kept[id(made)] = made
        return made


def put(value: Any, path: Path, new: Any, copies: Copies, at: int = 0) -> Any:
    """Return a copy of ``value`` in which the path leads to ``new``."""
    if at == len(path):
        return new
    key = path[at]
    copies.budget.take(1)
    if isinstance(key, dict):
        first, last = bounds(len(value or []), key.get("start"), key.get("end"))
        inner = put(sliced(value, key.get("start"), key.get("end")), path, new, copies, at + 1)
        if not isinstance(value or [], list) or not isinstance(inner, list):
            raise JqError("A slice of an array can only be assigned another array")
        copies.budget.take(len(value or []) // COPIED + 1)
        return [*(value or [])[:first], *inner, *(value or [])[last:]]
    inner = put(got(value, key), path, new, copies, at + 1)
    if isinstance(key, str):
        entries = copies.of(value, {})
        entries[key] = inner
        return entries
    place = place_of(value or [], key)
    if place is None or place < 0:
        raise JqError("Out of bounds negative array index")
    if place >= MAX_ITEMS:
        raise LimitFault(f"the list would have more than {MAX_ITEMS} items")
    items = copies.of(value, [])
    if place >= len(items):
        copies.budget.take((place - len(items)) // COPIED + 1)
        items += [None] * (place + 1 - len(items))
    items[place] = inner
    return items


def without(value: Any, paths: list[Path], budget: Budget) -> Any:
    """Return a copy of ``value`` in which nothing is left at the paths."""
    for path in sorted(paths, key=lambda path: sort_key(budget)(list(path)), reverse=True):
        value = _without(value, path, budget)
    return value


def _without(value: Any, path: Path, budget: Budget) -> Any:
    if value is None or not path:
        return None
    key = path[0]
    budget.take(len(value) if isinstance(value, (list, dict)) else 1)
    if len(path) > 1:
        inner = got(value, key)
        return value if inner is None else put(value, (key,), _without(inner, path[1:], budget), Copies(budget))
    if isinstance(value, dict) and isinstance(key, str):
        return {name: item for name, item in value.items() if name != key}
    if isinstance(value, list) and isinstance(key, dict):
        first, last = bounds(len(value), key.get("start"), key.get("end"))
        return value[:first] + value[last:]
    if isinstance(value, list) and is_number(key):
        place = place_of(value, key)
        return value if place is None else [item for at, item in enumerate(value) if at != place]
    raise JqError(f"Cannot delete field at {'object' if isinstance(key, str) else 'array'} index of {kind(value)}")


def children(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield what ``.[]`` gives, each with its key."""
    if isinstance(value, list):
        yield from enumerate(value)
    elif isinstance(value, dict):
        yield from value.items()
    else:
        raise JqError(f"Cannot iterate over {shown(value) if value is not None else 'null'}")


def flattened(value: list[Any], depth: float, budget: Budget) -> list[Any]:
    result: list[Any] = []
    for item in value:
        budget.take(1)
        if isinstance(item, list) and depth > 0:
            result += flattened(item, depth - 1, budget)
        else:
            result.append(item)
    return result


def contains(left: Any, right: Any, budget: Budget) -> bool:
    budget.take(1)
    if isinstance(left, dict) and isinstance(right, dict):
        return all(key in left and contains(left[key], item, budget) for key, item in right.items())
    if isinstance(left, list) and isinstance(right, list):
        return all(any(_holds(item, wanted, budget) for item in left) for wanted in right)
    if isinstance(left, str) and isinstance(right, str):
        return right in left
    if kind(left) == kind(right):
        return compare(left, right, budget) == 0
    raise JqError(f"{shown(left)} and {shown(right)} cannot have their containment checked")


def _holds(item: Any, wanted: Any, budget: Budget) -> bool:
    return kind(item) == kind(wanted) and contains(item, wanted, budget)


def read(text: str) -> Any:
    """Return the value of a JSON text, for ``fromjson``."""
    from lanner.expressions.formats.json_text import loaded  # noqa: PLC0415 -- only this needs it

    try:
        return loaded(text)
    except Fault as fault:
        raise JqError(str(fault)) from None
