"""Names, members and items: what ``a.b``, ``a['b']`` and ``l[0]`` find, and what is missing when they do not."""

from collections.abc import Mapping, Sequence
from typing import Any

from lanner.expressions.errors import Fault, MissingFault
from lanner.expressions.members import NO_MEMBER, called, member
from lanner.expressions.text import java_text
from lanner.expressions.values import ABSENT, class_name, is_list

NOT_FOUND = (LookupError, TypeError, AttributeError, ValueError)
"""What Python raises when ``a['b']['c']`` is tried on values that are no maps."""


def path(variables: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """Return what ``a.b.c`` names; this is the slow way, taken when plain subscripts failed."""
    return walk(root(variables, names[0]), names, 1)


def walk(value: Any, names: tuple[str, ...], start: int) -> Any:
    """Go on from ``value``, which is what the first ``start`` names say; a first name of ``""`` stands for no name."""
    for index in range(start, len(names)):
        value = attribute(value, names[index], names[:index])
    return value


def soft_walk(value: Any, names: tuple[str, ...], start: int) -> Any:
    try:
        return walk(value, names, start)
    except MissingFault:
        return ABSENT


def soft_path(variables: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """Like ``path``, but ``ABSENT`` for what is missing."""
    try:
        return path(variables, names)
    except MissingFault:
        return ABSENT


def path_1(variables: Mapping[str, Any], name: str) -> Any:
    try:
        return variables[name]
    except KeyError:
        return root(variables, name)


def path_2(variables: Mapping[str, Any], first: str, second: str) -> Any:
    try:
        return variables[first][second]
    except NOT_FOUND:
        return path(variables, (first, second))


def path_3(variables: Mapping[str, Any], first: str, second: str, third: str) -> Any:
    try:
        return variables[first][second][third]
    except NOT_FOUND:
        return path(variables, (first, second, third))


def soft_path_1(variables: Mapping[str, Any], name: str) -> Any:
    try:
        return variables[name]
    except KeyError:
        return ABSENT


def soft_path_2(variables: Mapping[str, Any], first: str, second: str) -> Any:
    try:
        return variables[first][second]
    except NOT_FOUND:
        return soft_path(variables, (first, second))


def soft_path_3(variables: Mapping[str, Any], first: str, second: str, third: str) -> Any:
    try:
        return variables[first][second][third]
    except NOT_FOUND:
        return soft_path(variables, (first, second, third))


def root(variables: Mapping[str, Any], name: str) -> Any:
    try:
        return variables[name]
    except KeyError:
        raise MissingFault(name, name, list(variables)) from None


def attribute(value: Any, name: str, owner: tuple[str, ...]) -> Any:
    """Return ``value.name``; ``owner`` is how ``value`` is written, for the message."""
    if isinstance(value, Mapping):
        try:
            return value[name]
        except KeyError:
            found = member(value, name, plain=True)
            if found is NO_MEMBER:
                raise _missing(name, owner, [key for key in value if isinstance(key, str)]) from None
            return found
    if value is None and len(owner) == 1 and owner[0]:
        raise MissingFault(owner[0], owner[0])
    if is_list(value) and name.isdecimal():
        return _item_of_list(value, int(name), name, owner)
    found = member(value, name, plain=True)
    if found is NO_MEMBER:
        raise _missing(name, owner)
    return found


def item(value: Any, key: Any, owner: tuple[str, ...]) -> Any:
    """Return ``value[key]``."""
    if type(value) is list and type(key) is int:
        return _item_of_list(value, key, str(key), owner)
    if isinstance(key, str):
        return attribute(value, key, owner)
    if isinstance(value, Mapping):
        return _item_of_map(value, key, owner)
    if value is None and len(owner) == 1 and owner[0]:
        raise MissingFault(owner[0], owner[0])
    if is_list(value) and isinstance(key, int) and not isinstance(key, bool):
        return _item_of_list(value, key, str(key), owner)
    raise _missing(java_text(key), owner)


def method(value: Any, name: str, arguments: tuple[Any, ...], owner: tuple[str, ...]) -> Any:
    """Return ``value.name(arguments)`` for the methods that strings, lists, maps, numbers and dates have."""
    if value is None and len(owner) == 1 and owner[0]:
        raise MissingFault(owner[0], owner[0])
    found = called(value, name, arguments)
    if found is NO_MEMBER:
        raise _missing(name, owner)
    return found


def _item_of_map(value: Mapping[Any, Any], key: Any, owner: tuple[str, ...]) -> Any:
    if key is None:
        raise Fault("a map has no entry for null")
    if not isinstance(key, (bool, int, float)):
        raise _missing(java_text(key), owner)
    try:
        return value[key]
    except KeyError:
        pass
    first = next(iter(value), None)
    if isinstance(key, bool) or first is None or not isinstance(first, str):
        raise _missing(java_text(key), owner)
    raise Fault(f"type class {class_name(first)} not supported for key {java_text(key)}")


def _item_of_list(value: Sequence[Any], index: int, shown: str, owner: tuple[str, ...]) -> Any:
    if 0 <= index < len(value):
        return value[index]
    raise _missing(shown, owner)


def _missing(part: str, owner: tuple[str, ...], known: Sequence[str] = ()) -> MissingFault:
    return MissingFault(part, ".".join((*owner, part)).removeprefix("."), known)
