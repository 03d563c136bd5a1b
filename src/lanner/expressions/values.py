"""The kinds of values that expressions know besides Python's own, and how to tell values apart."""

from collections.abc import Iterable, Mapping, Sequence, Set  # noqa: PYI025 -- nothing else here is called a set
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from struct import error as struct_error
from struct import pack, unpack
from typing import Any, Final

from lanner.expressions.errors import Fault, LimitFault
from lanner.expressions.limits import MAX_ITEMS, MAX_NODES


class Absent:
    """The one value that says an argument was not given, or a name has no value yet."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


class Long(int):
    """A whole number that the reference engine holds as 64 bits although 32 would do; only ``className`` tells."""

    __slots__ = ()


class Float32(float):
    """A decimal number of 32 bits, as ``number`` makes of short texts."""

    __slots__ = ()

    @staticmethod
    def of(value: float) -> "Float32":
        try:
            return Float32(unpack("f", pack("f", value))[0])
        except (OverflowError, struct_error):
            return Float32("inf" if value > 0 else "-inf")


class Entry:
    """One entry of a map: what ``for`` hands out."""

    __slots__ = ("key", "value")

    def __init__(self, key: Any, value: Any) -> None:
        self.key, self.value = key, value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Entry) and (self.key, self.value) == (other.key, other.value)

    def __hash__(self) -> int:
        return hash(self.key)


class Loop:
    """What ``loop`` names in the body of a ``for``."""

    __slots__ = ("index", "length")

    def __init__(self, index: int, length: int) -> None:
        self.index, self.length = index, length

    def fields(self) -> dict[str, Any]:
        last = self.length - 1
        return {
            "first": self.index == 0,
            "last": self.index == last,
            "length": self.length,
            "index": self.index,
            "revindex": last - self.index,
        }


class Budget:
    """Counts down the values that one conversion looks at, so that shared values cannot multiply without end."""

    __slots__ = ("left",)

    def __init__(self, left: int = MAX_NODES) -> None:
        self.left = left

    def take(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise LimitFault("the value is too large to be converted")


def is_number(value: object) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def is_map(value: object) -> bool:
    return isinstance(value, (dict, Mapping))


def is_list(value: object) -> bool:
    """Whether the value is an ordered list: texts and bytes are none."""
    return isinstance(value, (list, tuple)) or (isinstance(value, Sequence) and not isinstance(value, (str, bytes)))


def is_collection(value: object) -> bool:
    return is_list(value) or isinstance(value, (Set, frozenset))


def is_iterable(value: object) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping, Entry))


def items_of(value: Any) -> list[Any]:
    """Return the items of a list, set or other iterable as a list of bounded length."""
    if type(value) is list:
        return value
    result: list[Any] = []
    for item in value:
        result.append(item)
        if len(result) > MAX_ITEMS:
            raise LimitFault(f"the list has more than {MAX_ITEMS} items")
    return result


def bounded(items: list[Any]) -> list[Any]:
    if len(items) > MAX_ITEMS:
        raise LimitFault(f"the list would have more than {MAX_ITEMS} items")
    return items


_CLASS_NAMES: Final[tuple[tuple[type, str], ...]] = (
    (bool, "java.lang.Boolean"),
    (Long, "java.lang.Long"),
    (Float32, "java.lang.Float"),
    (float, "java.lang.Double"),
    (Decimal, "java.math.BigDecimal"),
    (str, "java.lang.String"),
    (dict, "java.util.LinkedHashMap"),
    (list, "java.util.ArrayList"),
    (tuple, "java.util.ArrayList"),
    (datetime, "java.time.ZonedDateTime"),
    (date, "java.time.LocalDate"),
    (time, "java.time.LocalTime"),
    (timedelta, "java.time.Duration"),
    (bytes, "byte[]"),
    (Mapping, "java.util.LinkedHashMap"),
    (Set, "java.util.LinkedHashSet"),
    (Sequence, "java.util.ArrayList"),
)


def class_name(value: Any) -> str:
    """Return the class name that the reference engine gives such a value in its messages."""
    if isinstance(value, int) and not isinstance(value, (bool, Long)):
        if -(2**31) <= value < 2**31:
            return "java.lang.Integer"
        return "java.lang.Long" if -(2**63) <= value < 2**63 else "java.math.BigInteger"
    for kind, name in _CLASS_NAMES:
        if isinstance(value, kind):
            return name
    return "java.lang.Object"


def no_cast(value: Any, wanted: str) -> Fault:
    """The reference engine's complaint about a value of the wrong type."""
    return Fault(f"class {class_name(value)} cannot be cast to class {wanted}")


def text_input(value: Any) -> str:
    """Return the value if it is a text, else complain."""
    if isinstance(value, str):
        return value
    raise no_cast(value, "java.lang.String")
