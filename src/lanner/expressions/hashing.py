"""The order in which the JVM's hash maps hold their keys: what a map written in an expression prints in."""

from collections.abc import Hashable, Iterable
from typing import Any

from lanner.expressions.members import text_hash
from lanner.expressions.values import is_number


def java_hash(key: Any) -> int | None:
    """Return the JVM's hash of a key, or None for keys whose hash says nothing about an order."""
    if isinstance(key, str):
        return text_hash(key)
    if isinstance(key, bool):
        return 1231 if key else 1237
    if isinstance(key, int):
        bits = key & 0xFFFFFFFFFFFFFFFF
        return (bits ^ bits >> 32) & 0xFFFFFFFF
    return 0 if key is None else None


def hash_ordered(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """Make a map of the pairs; a later pair wins, and the order is that of a hash map made for as many."""
    listed = list(pairs)
    for key, _ in listed:
        _checked(key)
    return reordered(dict(listed), initial_capacity=-(-4 * len(listed) // 3))


def reordered(values: dict[Any, Any], *, initial_capacity: int = 16) -> dict[Any, Any]:
    if len(values) < 2:
        return values
    capacity = 1
    while capacity < initial_capacity or len(values) > capacity * 3 // 4:
        capacity *= 2
    places: list[tuple[int, Any]] = []
    for key in values:
        code = java_hash(key)
        if code is None:
            return values
        code &= 0xFFFFFFFF
        places.append(((code ^ code >> 16) & (capacity - 1), key))
    places.sort(key=lambda place: place[0])
    return {key: values[key] for _, key in places}


def _checked(key: Any) -> None:
    if not isinstance(key, Hashable) or not (key is None or isinstance(key, (str, bool)) or is_number(key)):
        from lanner.expressions.errors import Fault  # noqa: PLC0415 -- only for the message

        raise Fault("a map's keys must be texts, numbers or booleans")
