"""Tests: what stands behind ``is``."""

from typing import Any

from lanner.expressions.errors import Fault
from lanner.expressions.formats.json_text import loaded
from lanner.expressions.registry import Feature
from lanner.expressions.values import ABSENT, is_collection, is_iterable, is_map, no_cast


def defined(value: Any) -> bool:
    """True when the value exists and is not null; the only test that a missing name may be given to.

    >>> {{ outputs.none.such is defined }}
    false
    >>> {{ inputs.name is defined }}
    true
    """
    return value is not ABSENT and value is not None


def empty(value: Any) -> bool:
    """True for null, texts of nothing but white space, and lists and maps without entries.

    >>> {{ '  ' is empty }} {{ [1] is empty }} {{ 0 is empty }}
    true false false
    """
    if value is None:
        return True
    if isinstance(value, str):
        return value.strip() == ""
    return (is_collection(value) or is_map(value)) and len(value) == 0


def null(value: Any) -> bool:
    """True for null.

    >>> {{ null is null }}
    true
    """
    return value is None


def even(value: Any) -> bool:
    """True for whole numbers that two divides.

    >>> {{ 4 is even }} {{ 3 is even }}
    true false
    """
    return _whole(value, "even") % 2 == 0


def odd(value: Any) -> bool:
    """True for whole numbers that two does not divide.

    >>> {{ 3 is odd }}
    true
    """
    return _whole(value, "odd") % 2 != 0


def iterable(value: Any) -> bool:
    """True for lists and sets; maps and texts are none.

    >>> {{ [1, 2] is iterable }} {{ 'ab' is iterable }}
    true false
    """
    return is_iterable(value)


def a_map(value: Any) -> bool:
    """True for maps.

    >>> {{ {'a': 1} is map }} {{ [1] is map }}
    true false
    """
    return is_map(value)


def is_json(value: Any) -> bool:
    """True for texts that are JSON; the empty text counts.

    >>> {{ '{"a": 1}' is json }} {{ 'a: 1' is json }}
    true false
    """
    if value is None:
        raise Fault('argument "content" is null')
    if not isinstance(value, str):
        raise no_cast(value, "java.lang.String")
    if value.strip() == "":
        return True
    try:
        loaded(value)
    except Fault:
        return False
    return True


def _whole(value: Any, test: str) -> int:
    if value is None:
        raise Fault(f'Can not pass null value to "{test}" test.')
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise no_cast(value, "java.lang.Long")


TESTS = (
    Feature("defined", defined, ignores_extra=True, result="boolean"),
    Feature("empty", empty, ignores_extra=True, result="boolean"),
    Feature("null", null, ignores_extra=True, result="boolean"),
    Feature("even", even, ignores_extra=True, result="boolean"),
    Feature("odd", odd, ignores_extra=True, result="boolean"),
    Feature("iterable", iterable, ignores_extra=True, result="boolean"),
    Feature("map", a_map, ignores_extra=True, result="boolean"),
    Feature("json", is_json, ignores_extra=True, result="boolean"),
)
