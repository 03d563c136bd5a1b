"""Filters of lists and maps."""

from functools import cmp_to_key
from typing import Any

from lanner.expressions.errors import Fault, LimitFault
from lanner.expressions.hashing import reordered
from lanner.expressions.limits import MAX_TEXT
from lanner.expressions.registry import Feature
from lanner.expressions.text import java_text, units
from lanner.expressions.values import (
    ABSENT,
    Budget,
    Entry,
    bounded,
    class_name,
    is_collection,
    is_list,
    is_map,
    is_number,
    no_cast,
    text_input,
)


def first(value: Any) -> Any:
    """Return the first item of a list or the first character of a text; null for an empty list.

    >>> {{ [7, 8] | first }} {{ 'abc' | first }}
    7 a
    """
    return _at_end(value, 0)


def last(value: Any) -> Any:
    """Return the last item of a list or the last character of a text; null for an empty list.

    >>> {{ [7, 8] | last }}
    8
    """
    return _at_end(value, -1)


def join(value: Any, separator: Any = ABSENT) -> Any:
    """Put the items of a list in one text, ``separator`` between them.

    >>> {{ ['a', 1, null] | join('-') }}
    a-1-null
    """
    if value is None:
        return None
    if not is_collection(value):
        raise Fault("The 'join' filter expects that the input is either a collection or an array.")
    between = "" if separator is ABSENT or separator is None else text_input(separator)
    texts = [item if type(item) is str else java_text(item) for item in value]
    if sum(map(len, texts)) + len(between) * len(texts) > MAX_TEXT:
        raise LimitFault(f"the text would be longer than {MAX_TEXT} characters")
    return between.join(texts)


def length(value: Any) -> int:
    """Return how many characters, items or entries there are; 0 for anything else.

    >>> {{ 'abc' | length }} {{ {'a': 1} | length }} {{ 5 | length }}
    3 1 0
    """
    if type(value) is str:
        return units(value)
    return len(value) if is_collection(value) or is_map(value) or isinstance(value, (str, bytes)) else 0


def sort(value: Any) -> Any:
    """Return the items of a list in ascending order; all must be numbers of one kind, texts or booleans.

    >>> {{ [3, 1, 2] | sort }}
    [1,2,3]
    """
    return _sorted(value, backwards=False, name="sort")


def rsort(value: Any) -> Any:
    """Return the items of a list in descending order.

    >>> {{ ['a', 'c', 'b'] | rsort }}
    ["c","b","a"]
    """
    return _sorted(value, backwards=True, name="rsort")


def reverse(value: Any) -> Any:
    """Return the items of a list from last to first.

    >>> {{ [1, 2, 3] | reverse }}
    [3,2,1]
    """
    if value is None:
        return None
    if not is_list(value):
        raise no_cast(value, "java.util.List")
    return list(reversed(value))


def merge(value: Any, items: Any = ABSENT) -> Any:
    """Put two lists one behind the other, or the entries of two maps in one, where those of ``items`` win.

    >>> {{ [1] | merge([2, 3]) }} {{ {'a': 1} | merge({'b': 2}) }}
    [1,2,3] {"a":1,"b":2}
    """
    if items is ABSENT or items is None:
        if value is None:
            raise Fault("The two arguments to be merged are null")
        return value
    if value is None:
        return items
    if is_map(value):
        if is_map(items):
            merged = {**value, **items}
        elif is_collection(items):
            merged = {**value, **{java_text(item): item for item in items}}
        else:
            raise Fault(f"Currently, only Maps and Lists can be merged with a Map. Arg2: {class_name(items)}")
        return reordered(merged, initial_capacity=len(value) + len(items) + 16)
    if is_collection(value):
        if is_map(items):
            return bounded([*value, *(Entry(key, item) for key, item in items.items())])
        if is_collection(items):
            return bounded([*value, *items])
        raise Fault(f"Currently, only Maps and Lists can be merged with a List. Arg2: {class_name(items)}")
    raise Fault("The object being filtered is not a Map/List/Array")


def flatten(value: Any) -> Any:
    """Replace the lists in a list by their items, one level deep.

    >>> {{ [[1, [2]], 3] | flatten }}
    [1,[2],3]
    """
    if value is None:
        return None
    if not is_list(value):
        raise Fault("The 'flatten' filter can only be applied to lists.")
    result: list[Any] = []
    for item in value:
        if is_list(item):
            result.extend(item)
        else:
            result.append(item)
        bounded(result)
    return result


def chunk(value: Any, size: Any = ABSENT) -> Any:
    """Cut a list into lists of ``size`` items; the last may be shorter.

    >>> {{ [1, 2, 3] | chunk(2) }}
    [[1,2],[3]]
    """
    if value is None:
        return None
    if size is ABSENT or size is None:
        raise Fault("'chunk' filter expects an argument 'size'.")
    if not is_list(value):
        raise Fault(f"'chunk' filter can only be applied to List. Actual type was: {class_name(value)}")
    if not is_number(size):
        raise Fault(f"'chunk' filter argument 'size' must be a number. Actual type was: {class_name(size)}")
    step = int(size)
    if step < 1:
        raise Fault("'chunk' filter argument 'size' must be greater than zero")
    return [list(value[start : start + step]) for start in range(0, len(value), step)]


def keys(value: Any) -> Any:
    """Return the keys of a map, or the indexes of a list.

    >>> {{ {'a': 1} | keys }} {{ ['x', 'y'] | keys }}
    ["a"] [0,1]
    """
    if value is None:
        return None
    if is_map(value):
        return list(value)
    if is_list(value):
        return list(range(len(value)))
    raise Fault(f"'keys' filter can only be applied to List, Map, Array. Actual type was: {class_name(value)}")


def values(value: Any) -> Any:
    """Return the values of a map.

    >>> {{ {'a': 1} | values }}
    [1]
    """
    if value is None:
        return None
    if not is_map(value):
        raise Fault(f"'values' filter can only be applied to Map. Actual type was: {class_name(value)}")
    return list(value.values())


def distinct(value: Any) -> Any:
    """Return the items of a list without repetitions; the first of equal ones stays.

    >>> {{ ['a', 'b', 'a'] | distinct }}
    ["a","b"]
    """
    if value is None:
        return "null"
    if not is_collection(value):
        raise Fault(f"Input must be a list, but received : {class_name(value)}")
    seen: set[Any] = set()
    result: list[Any] = []
    budget = Budget()
    for item in value:
        key = _identity(item, budget)
        if key not in seen:
            seen.add(key)
            result.append(item)
    return result


def default(value: Any, fallback: Any = ABSENT) -> Any:
    """Return ``default`` instead of a missing, null or empty value; ``0`` and ``false`` stay.

    >>> {{ inputs.none | default('x') }} {{ '' | default('y') }} {{ 0 | default(1) }}
    x y 0
    """
    if value is not ABSENT and value is not None:
        if isinstance(value, str):
            if value.strip() != "":
                return value
        elif not (is_collection(value) or is_map(value)) or len(value) or fallback is ABSENT:
            return value
    return None if fallback is ABSENT else fallback


def _at_end(value: Any, index: int) -> Any:
    if value is None:
        return None
    if isinstance(value, str):
        if not value:
            raise Fault(f"Index {index} out of bounds for length 0")
        return value[index]
    if is_list(value):
        return value[index] if value else None
    if is_collection(value):
        items = list(value)
        return items[index] if items else None
    raise no_cast(value, "java.util.Collection")


def _sorted(value: Any, *, backwards: bool, name: str) -> Any:
    if value is None:
        return None
    if not is_list(value):
        raise Fault(f"Unsupported input type for {name} filter")
    if len(value) < 2:
        return list(value)
    kinds = {_sort_kind(item) for item in value}
    if len(kinds) > 1:
        raise no_cast(value[1], class_name(value[0]))
    if kinds == {"text"}:
        if all(map(str.isascii, value)):
            return sorted(value, reverse=backwards)
        return sorted(value, key=_utf16, reverse=backwards)
    return sorted(value, key=cmp_to_key(_compared), reverse=backwards)


def _sort_kind(item: Any) -> str:
    if isinstance(item, str):
        return "text"
    if isinstance(item, bool):
        return "boolean"
    if isinstance(item, int):
        return "integer"
    if is_number(item) or hasattr(item, "isoformat"):
        return class_name(item)
    if item is None:
        raise Fault("null cannot be sorted")
    raise no_cast(item, "java.lang.Comparable")


def _compared(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)


def _utf16(text: str) -> bytes:
    """The JVM compares texts by their UTF-16 units."""
    return text.encode("utf-16-be", "surrogatepass")


def _identity(item: Any, budget: Budget) -> Any:
    """Return something hashable that is equal for equal items: 1 and 1.0 and true all differ."""
    budget.take(1)
    if isinstance(item, (str, type(None))):
        return item
    if is_map(item):
        pairs = [(_identity(key, budget), _identity(entry, budget)) for key, entry in item.items()]
        return ("map", frozenset(pairs))
    if is_collection(item):
        return ("list", tuple(_identity(entry, budget) for entry in item))
    return (type(item), item)


FILTERS = (
    Feature("first", first, ignores_extra=True),
    Feature("last", last, ignores_extra=True),
    Feature("join", join, ("separator=''",)),
    Feature("length", length, ignores_extra=True),
    Feature("sort", sort, ignores_extra=True),
    Feature("rsort", rsort, ignores_extra=True),
    Feature("reverse", reverse, ignores_extra=True),
    Feature("merge", merge, ("items",)),
    Feature("flatten", flatten),
    Feature("chunk", chunk, ("size",)),
    Feature("keys", keys, ignores_extra=True),
    Feature("values", values, ignores_extra=True),
    Feature("distinct", distinct, ignores_extra=True),
    Feature("uniq", distinct, ignores_extra=True),
    Feature("default", default, ("default",)),
)
