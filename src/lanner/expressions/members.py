"""The members that expressions may use on values, as the JVM's classes have them: an allow-list, nothing else.

Python's attributes are never looked at, so a template cannot leave the values it was given.
"""

from collections.abc import Callable, Mapping, Set  # noqa: PYI025 -- nothing else here is called a set
from datetime import date, datetime
from typing import Any, Final

from lanner.expressions.dates.moment import MONTHS
from lanner.expressions.errors import Fault, LimitFault
from lanner.expressions.limits import MAX_TEXT
from lanner.expressions.text import java_text
from lanner.expressions.values import Entry, Loop, is_list, is_number

NO_MEMBER: Final = object()
FORBIDDEN = frozenset({"class", "getClass", "notify", "notifyAll", "wait", "clone", "finalize"})

Method = Callable[..., Any]


def member(value: Any, name: str, *, plain: bool) -> Any:
    """Return the member ``name`` written without parentheses, or ``NO_MEMBER``.

    On maps a plain name is a key first; what is left are members with a getter's name.
    """
    if name in FORBIDDEN:
        raise Fault(f"For security reasons access to {name} method is denied.")
    if isinstance(value, Loop):
        return value.fields().get(name, NO_MEMBER)
    table = _table(value)
    if table is None:
        return NO_MEMBER
    if plain and isinstance(value, Mapping):
        return table[name](value) if name in {"entrySet", "keySet"} else NO_MEMBER
    found = table.get(name)
    if found is None:
        capital = name[:1].upper() + name[1:]
        found = table.get("get" + capital) or table.get("is" + capital) or table.get("has" + capital)
    return NO_MEMBER if found is None else _call(found, value, ())


def called(value: Any, name: str, arguments: tuple[Any, ...]) -> Any:
    """Return ``value.name(arguments)``, or ``NO_MEMBER`` when there is no such method."""
    if name in FORBIDDEN:
        raise Fault(f"For security reasons access to {name} method is denied.")
    table = _table(value)
    found = table.get(name) if table is not None else None
    if found is None:
        return member(value, name, plain=False) if not arguments else NO_MEMBER
    return _call(found, value, arguments)


def _call(function: Method, value: Any, arguments: tuple[Any, ...]) -> Any:
    code = getattr(function, "__code__", None)
    if code is not None:
        most = code.co_argcount
        least = most - len(function.__defaults__ or ())
        if not least <= len(arguments) + 1 <= most:
            return NO_MEMBER
    try:
        return function(value, *arguments)
    except (TypeError, AttributeError, OverflowError, ValueError):
        return NO_MEMBER


def _table(value: Any) -> dict[str, Method] | None:
    if isinstance(value, str):
        return _TEXT
    if isinstance(value, Mapping):
        return _MAP
    if is_list(value):
        return _LIST
    if isinstance(value, (Set, frozenset)):
        return _SET
    if isinstance(value, Entry):
        return _ENTRY
    if isinstance(value, bool):
        return _OBJECT
    if is_number(value):
        return _NUMBER
    if isinstance(value, datetime):
        return _DATETIME
    return _DATE if isinstance(value, date) else None


def _index(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TypeError


def _substring(text: str, start: Any, end: Any = None) -> str:
    first, last = _index(start), len(text) if end is None else _index(end)
    if not 0 <= first <= last <= len(text):
        raise Fault(f"begin {first}, end {last}, length {len(text)}")
    return text[first:last]


def _char_at(text: str, index: Any) -> str:
    if not 0 <= _index(index) < len(text):
        raise Fault(f"Index {index} out of bounds for length {len(text)}")
    return text[index]


def _repeat(text: str, count: Any) -> str:
    times = _index(count)
    if times < 0:
        raise Fault(f"count is negative: {times}")
    if len(text) * times > MAX_TEXT:
        raise LimitFault(f"the text would be longer than {MAX_TEXT} characters")
    return text * times


def _replace(text: str, old: str, new: str) -> str:
    count = text.count(old)
    if len(text) + count * len(new) > MAX_TEXT:
        raise LimitFault(f"the text would be longer than {MAX_TEXT} characters")
    return text.replace(old, new)


def _replace_all(text: str, regex: str, replacement: str) -> str:
    from lanner.expressions.regex.java import replace_all  # noqa: PLC0415 -- the regex engine loads when it is used

    return replace_all(regex, text, replacement)


def _replace_first(text: str, regex: str, replacement: str) -> str:
    from lanner.expressions.regex.java import replace_all  # noqa: PLC0415 -- as above

    return replace_all(regex, text, replacement, most=1)


def _split(text: str, regex: str, limit: int = 0) -> list[str]:
    from lanner.expressions.regex.java import split  # noqa: PLC0415 -- as above

    return split(regex, text, limit)


def _matches(text: str, regex: str) -> bool:
    from lanner.expressions.regex.java import matches  # noqa: PLC0415 -- as above

    return matches(regex, text)


def _compare(text: str, other: str) -> int:
    for ours, theirs in zip(text, other, strict=False):
        if ours != theirs:
            return ord(ours) - ord(theirs)
    return len(text) - len(other)


def text_hash(text: str) -> int:
    """Return the JVM's hash of a text, a signed 32-bit number."""
    result = 0
    raw = text.encode("utf-16-be", "surrogatepass")
    for high, low in zip(raw[::2], raw[1::2], strict=True):
        result = (31 * result + (high << 8 | low)) & 0xFFFFFFFF
    return result - 2**32 if result >= 2**31 else result


def _item(values: Any, index: Any) -> Any:
    if not 0 <= _index(index) < len(values):
        raise Fault(f"Index {index} out of bounds for length {len(values)}")
    return values[index]


def _sub_list(values: Any, start: Any, end: Any) -> list[Any]:
    if not 0 <= _index(start) <= _index(end) <= len(values):
        raise Fault(f"fromIndex {start}, toIndex {end}, size {len(values)}")
    return list(values[start:end])


def _first(values: Any) -> Any:
    if not values:
        raise Fault("the list is empty")
    return values[0]


def _last(values: Any) -> Any:
    if not values:
        raise Fault("the list is empty")
    return values[-1]


def _position(values: Any, wanted: Any) -> int:
    from lanner.expressions.operators import equal  # noqa: PLC0415 -- operators need this module's neighbours

    return next((index for index, value in enumerate(values) if equal(value, wanted)), -1)


def _last_position(values: Any, wanted: Any) -> int:
    from_end = _position(list(reversed(values)), wanted)
    return -1 if from_end < 0 else len(values) - 1 - from_end


def _text_or_missing(text: str, other: Any) -> str:
    if not isinstance(other, str):
        raise TypeError
    return text + other


_OBJECT: dict[str, Method] = {"toString": java_text, "booleanValue": lambda value: value}
_ENTRY: dict[str, Method] = {
    "getKey": lambda entry: entry.key,
    "getValue": lambda entry: entry.value,
    "toString": java_text,
}
_TEXT: dict[str, Method] = {
    "length": lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    "isEmpty": lambda text: text == "",
    "isBlank": lambda text: text.strip() == "",
    "toUpperCase": lambda text: text.upper(),
    "toLowerCase": lambda text: text.lower(),
    "trim": lambda text: text.strip("".join(map(chr, range(33)))),
    "strip": lambda text: text.strip(),
    "stripLeading": lambda text: text.lstrip(),
    "stripTrailing": lambda text: text.rstrip(),
    "startsWith": lambda text, start: text.startswith(start),
    "endsWith": lambda text, end: text.endswith(end),
    "indexOf": lambda text, part: text.find(part),
    "lastIndexOf": lambda text, part: text.rfind(part),
    "substring": _substring,
    "charAt": _char_at,
    "repeat": _repeat,
    "replace": _replace,
    "replaceAll": _replace_all,
    "replaceFirst": _replace_first,
    "split": _split,
    "matches": _matches,
    "concat": _text_or_missing,
    "compareTo": _compare,
    "equalsIgnoreCase": lambda text, other: isinstance(other, str) and text.casefold() == other.casefold(),
    "compareToIgnoreCase": lambda text, other: _compare(text.lower(), other.lower()),
    "contentEquals": lambda text, other: text + "" == other,
    "hashCode": text_hash,
    "toString": lambda text: text,
    "getBytes": lambda text: text.encode(),
}
_LIST: dict[str, Method] = {
    "size": len,
    "isEmpty": lambda values: not values,
    "get": _item,
    "indexOf": _position,
    "lastIndexOf": _last_position,
    "subList": _sub_list,
    "getFirst": _first,
    "getLast": _last,
    "reversed": lambda values: list(reversed(values)),
    "toString": java_text,
}
_SET: dict[str, Method] = {
    "size": len,
    "isEmpty": lambda values: not values,
    "toString": java_text,
}
_MAP: dict[str, Method] = {
    "size": len,
    "isEmpty": lambda values: not values,
    "get": lambda values, key: values.get(key),
    "getOrDefault": lambda values, key, default: values.get(key, default),
    "containsKey": lambda values, key: key in values,
    "containsValue": lambda values, wanted: _position(list(values.values()), wanted) >= 0,
    "keySet": lambda values: list(values.keys()),
    "values": lambda values: list(values.values()),
    "entrySet": lambda values: [Entry(key, value) for key, value in values.items()],
    "toString": java_text,
}
_NUMBER: dict[str, Method] = {
    "intValue": int,
    "longValue": int,
    "doubleValue": float,
    "floatValue": float,
    "toString": java_text,
}
_DAYS = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
_DATE: dict[str, Method] = {
    "getYear": lambda day: day.year,
    "getMonth": lambda day: MONTHS[day.month - 1],
    "getMonthValue": lambda day: day.month,
    "getDayOfMonth": lambda day: day.day,
    "getDayOfWeek": lambda day: _DAYS[day.weekday()],
    "getDayOfYear": lambda day: day.timetuple().tm_yday,
    "toString": java_text,
}
_DATETIME: dict[str, Method] = {
    **_DATE,
    "getHour": lambda moment: moment.hour,
    "getMinute": lambda moment: moment.minute,
    "getSecond": lambda moment: moment.second,
    "getNano": lambda moment: moment.microsecond * 1000,
    "toEpochSecond": lambda moment: int(moment.timestamp()),
    "getEpochSecond": lambda moment: int(moment.timestamp()),
    "toEpochMilli": lambda moment: int(moment.timestamp() * 1000),
}


def day_name(day: date) -> str:
    """Return ``MONDAY`` …"""
    return _DAYS[day.weekday()]
