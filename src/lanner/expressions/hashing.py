"""The order in which the JVM's hash maps hold their keys: what maps in expressions print in.

Source: Kestra 1.0.36, asked with maps of one to nine keys. The outputs of tasks are copied into hash
maps at every level, lists in them are not; of ``inputs`` and ``vars`` only the first level is one.
"""

from collections.abc import Hashable, ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
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
    return reordered(dict(listed), initial_capacity=capacity_for(len(listed)))


class HashMap(dict[Any, Any]):
    """A map that is gone through in the order of a hash map made for its size; worked out when somebody does."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._ordered())

    def keys(self) -> KeysView[Any]:  # type: ignore[override]  # a dict's own view goes through in another order
        return self._ordered().keys()

    def values(self) -> ValuesView[Any]:  # type: ignore[override]  # as keys
        return self._ordered().values()

    def items(self) -> ItemsView[Any, Any]:  # type: ignore[override]  # as keys
        return self._ordered().items()

    def _ordered(self) -> dict[Any, Any]:
        return reordered(dict(super().items()), initial_capacity=capacity_for(len(self)))


def capacity_for(size: int) -> int:
    """Return the capacity a hash map is made with when it is known how many entries it will have."""
    return -(-4 * size // 3)


def hash_copied(value: Any) -> Any:
    """Return a value with each map in it, lists left alone, in the order of a hash map of its size."""
    if type(value) is not dict:
        return hash_copied(dict(value)) if isinstance(value, Mapping) else value
    copied = {key: hash_copied(item) for key, item in value.items()}
    if len(copied) < 2 and all(copied[key] is value[key] for key in copied):
        return value
    return reordered(copied, initial_capacity=capacity_for(len(copied)))


def reordered(values: dict[Any, Any], *, initial_capacity: int = 16) -> dict[Any, Any]:
    """Return a map in the order of a hash map, unless it has keys whose hash says nothing about an order."""
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
