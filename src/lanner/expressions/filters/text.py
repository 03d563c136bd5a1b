"""Filters of texts. A null stays null unless the filter says otherwise."""

from collections.abc import Callable
from typing import Any

from lanner.expressions.errors import Fault, LimitFault
from lanner.expressions.hashing import reordered
from lanner.expressions.limits import MAX_TEXT
from lanner.expressions.registry import Feature, given
from lanner.expressions.text import cut, java_text, units
from lanner.expressions.values import ABSENT, class_name, is_collection, is_list, is_map, is_number, no_cast, text_input


def upper(value: Any) -> Any:
    """Return the text in upper case.

    >>> {{ 'Ada' | upper }} {{ true | upper }}
    ADA TRUE
    """
    return value.upper() if type(value) is str else None if value is None else java_text(value).upper()


def lower(value: Any) -> Any:
    """Return the text in lower case.

    >>> {{ 'Ada' | lower }}
    ada
    """
    return value.lower() if type(value) is str else None if value is None else java_text(value).lower()


def capitalize(value: Any) -> Any:
    """Return the text with its first letter in upper case, the rest as it is.

    >>> {{ 'hello big WORLD' | capitalize }}
    Hello big WORLD
    """
    if value is None:
        return None
    text = text_input(value)
    start = len(text) - len(text.lstrip())
    letter = text[start : start + 1]
    upper_letter = letter.title()
    return text[:start] + (upper_letter if len(upper_letter) == 1 else letter) + text[start + 1 :]


def title(value: Any) -> Any:
    """Return the text with the first letter of each word in upper case, the rest as it is.

    >>> {{ 'my tASK' | title }}
    My TASK
    """
    if value is None:
        return None
    after_space, out = True, []
    for char in text_input(value):
        upper_char = char.title() if after_space else char
        out.append(upper_char if len(upper_char) == 1 else char)
        after_space = char.isspace()
    return "".join(out)


def trim(value: Any) -> Any:
    """Return the text without white space at its ends.

    >>> [{{ '  x ' | trim }}]
    [x]
    """
    return None if value is None else text_input(value).strip(_BLANKS)


def abbreviate(value: Any, length: Any = ABSENT) -> Any:
    """Cut a longer text to ``length`` characters with ``...`` as the last three of them.

    >>> {{ 'Orchestra' | abbreviate(6) }}
    Orc...
    """
    if value is None:
        return None
    text = text_input(value)
    if not isinstance(length, int) or isinstance(length, bool):
        raise Fault("The 'abbreviate' filter expects an integer as argument 'length'.")
    if length < 0:
        raise Fault("Invalid argument to abbreviate filter; must be greater than zero")
    size = units(text)
    if size < length or size <= 3:
        return text
    return cut(text, 0, length) if length <= 3 else cut(text, 0, length - 3) + "..."


def replace(value: Any, replace_pairs: Any = ABSENT, regexp: Any = ABSENT) -> Any:
    """Replace each key of the map by its value, one pair after the other; keys are regular expressions if ``regexp``.

    Lists and maps are gone through; map keys stay.

    >>> {{ 'a1b2' | replace({'[0-9]': '#'}, regexp=true) }} {{ 'x.y' | replace({'.': '-'}) }}
    a#b# x-y
    """
    if replace_pairs is ABSENT or replace_pairs is None:
        raise Fault("The argument 'replace_pairs' is required.")
    regular = regexp is not ABSENT and regexp
    if not isinstance(regular, bool):
        raise no_cast(regexp, "java.lang.Boolean")
    if value is None:
        return None
    if not is_map(replace_pairs):
        raise no_cast(replace_pairs, "java.util.Map")
    pairs: list[tuple[str, str]] = []
    for search, replacement in replace_pairs.items():
        if replacement is None:
            raise Fault(f"the replacement for {search!r} is null")
        pairs.append((java_text(search), java_text(replacement)))
    return changed(value, pairs, _replace_regular if regular else replace_plain)


def split(value: Any, delimiter: Any = ABSENT, limit: Any = ABSENT) -> Any:
    """Cut a text at a delimiter, which is a regular expression; empty parts at the end are dropped without a negative limit.

    >>> {{ 'a,b,,' | split(',') }} {{ '1.2.3' | split('\\.', 2) }}
    ["a","b"] ["1","2.3"]
    """  # noqa: D301, E501 -- the example is shown with its backslash
    if value is None:
        return None
    text = text_input(value)
    if not given(delimiter):
        raise Fault("missing delimiter parameter in split filter")
    if not given(limit):
        limit = 0
    if not is_number(limit):
        raise no_cast(limit, "java.lang.Number")
    delimiter = text_input(delimiter)
    if delimiter.isalnum() and limit == 0 and text:
        return _without_empty_end(text.split(delimiter))
    from lanner.expressions.regex.java import split as split_regular  # noqa: PLC0415 -- loads the regex engine

    return split_regular(delimiter, text, int(limit))


def slice_of(value: Any, from_index: Any = ABSENT, to_index: Any = ABSENT) -> Any:
    """Return a part of a text or list: from ``fromIndex`` up to and without ``toIndex``.

    >>> {{ 'Kestra' | slice(1, 3) }} {{ [1, 2, 3] | slice(1) }}
    es [2,3]
    """
    if value is None:
        return None
    if not (isinstance(value, (str, bytes)) or is_list(value)):
        raise Fault(
            f"Slice filter can only be applied to String, List and array inputs. Actual type was: {class_name(value)}"
        )
    size = units(value) if isinstance(value, str) else len(value)
    start = _index(from_index, "fromIndex", 0)
    end = _index(to_index, "toIndex", size)
    if start < 0:
        raise Fault("fromIndex must be greater than 0")
    if end > size:
        raise Fault(f"toIndex must be smaller than input size: {size}")
    if start > end or (start == end and given(to_index)):
        raise Fault("toIndex must be greater than fromIndex")
    return cut(value, start, end) if isinstance(value, str) else value[start:end]


def substring_before(value: Any, separator: Any = ABSENT) -> Any:
    """Return what stands before the first separator; the whole text without one.

    >>> {{ 'a.b.c' | substringBefore('.') }}
    a
    """
    return _part(value, separator, "substringBefore", lambda text, mark: text.partition(mark)[0])


def substring_before_last(value: Any, separator: Any = ABSENT) -> Any:
    """Return what stands before the last separator; the whole text without one.

    >>> {{ 'a.b.c' | substringBeforeLast('.') }}
    a.b
    """

    def part(text: str, mark: str) -> str:
        before, found, _ = text.rpartition(mark)
        return before if found else text

    return _part(value, separator, "substringBeforeLast", part)


def substring_after(value: Any, separator: Any = ABSENT) -> Any:
    """Return what stands behind the first separator; the empty text without one.

    >>> {{ 'a.b.c' | substringAfter('.') }}
    b.c
    """
    return _part(value, separator, "substringAfter", lambda text, mark: text.partition(mark)[2])


def substring_after_last(value: Any, separator: Any = ABSENT) -> Any:
    """Return what stands behind the last separator; the empty text without one.

    >>> {{ 'a.b.c' | substringAfterLast('.') }}
    c
    """

    def part(text: str, mark: str) -> str:
        _, found, after = text.rpartition(mark)
        return after if found else ""

    return _part(value, separator, "substringAfterLast", part)


def starts_with(value: Any, start: Any = ABSENT) -> bool:
    """Whether the text starts with ``value``.

    >>> {{ 'prod-eu' | startsWith('prod') }}
    true
    """
    return _both_texts(value, start)[0].startswith(_both_texts(value, start)[1])


def ends_with(value: Any, end: Any = ABSENT) -> bool:
    """Whether the text ends with ``value``.

    >>> {{ 'a.csv' | endsWith('.csv') }}
    true
    """
    return _both_texts(value, end)[0].endswith(_both_texts(value, end)[1])


def indent(value: Any, amount: Any = ABSENT, prefix: Any = ABSENT) -> Any:
    """Put ``amount`` times ``prefix`` in front of every line but the first.

    >>> {{ vars.lines | indent(2) }}
    a
      b
    """
    if value is None:
        return None
    return _indented(java_text(value), _margin("indent", amount, prefix))


def nindent(value: Any, amount: Any = ABSENT, prefix: Any = ABSENT) -> Any:
    """Start a new line and put ``amount`` times ``prefix`` in front of every line.

    >>> list:{{ vars.lines | nindent(2) }}
    list:
      a
      b
    """
    if value is None:
        return None
    text, margin = java_text(value), _margin("nindent", amount, prefix)
    return "\n" + margin + _indented(text, margin) if text else ""


def string(value: Any) -> Any:
    """Return any value as a text.

    >>> {{ (5 | string) + 1 }}
    51
    """
    return None if value is None else java_text(value)


def regex_match(value: Any, regex: Any = ABSENT) -> bool:
    """Whether a regular expression is found anywhere in the text; false for null.

    >>> {{ 'abc42' | regexMatch('[0-9]+') }}
    true
    """
    from lanner.expressions.regex.java import found  # noqa: PLC0415 -- loads the regex engine

    regex = _required(regex, "regex")
    return value is not None and found(regex, java_text(value))


def regex_replace(value: Any, regex: Any = ABSENT, replacement: Any = ABSENT) -> Any:
    """Replace all that a regular expression matches; ``$1`` stands for its first group.

    >>> {{ 'order-42' | regexReplace('([a-z]+)-', '$1 ') }}
    order 42
    """
    from lanner.expressions.regex.java import replace_all  # noqa: PLC0415 -- as above

    regex, replacement = _required(regex, "regex"), _required(replacement, "replacement")
    return None if value is None else replace_all(regex, java_text(value), replacement)


def regex_extract(value: Any, regex: Any = ABSENT, group: Any = ABSENT) -> Any:
    """Return what a regular expression, or one of its groups, matches first; null without a match.

    >>> {{ 'id-42' | regexExtract('([0-9]+)', 1) }}
    42
    """
    from lanner.expressions.regex.java import extract  # noqa: PLC0415 -- as above

    regex = _required(regex, "regex")
    number = _index(group, "group", 0)
    return None if value is None else extract(regex, java_text(value), number)


def condense(value: Any) -> Any:
    """Return a text without its line breaks.

    >>> {{ vars.lines | condense }}
    ab
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise Fault("condense can only be applied on strings")
    return value.replace("\r", "").replace("\n", "")


_BLANKS = "".join(map(chr, range(33)))


def _required(value: Any, name: str) -> str:
    if not given(value):
        raise Fault(f"The argument '{name}' is required.")
    return java_text(value)


def replace_plain(text: str, search: str, replacement: str) -> str:
    if len(replacement) > len(search) and len(text) + (text.count(search)) * len(replacement) > MAX_TEXT:
        raise LimitFault(f"the text would be longer than {MAX_TEXT} characters")
    return text.replace(search, replacement)


def _replace_regular(text: str, search: str, replacement: str) -> str:
    from lanner.expressions.regex.java import replace_all  # noqa: PLC0415 -- loads the regex engine

    return replace_all(search, text, replacement)


def changed(value: Any, pairs: list[tuple[str, str]], change: Callable[[str, str, str], str], depth: int = 0) -> Any:
    """Change a text, or the texts of a list or map, pair by pair; other values become texts."""
    if depth > 100:
        raise LimitFault("the value is nested too deeply")
    if is_map(value):
        return reordered({key: changed(item, pairs, change, depth + 1) for key, item in value.items()})
    if is_collection(value):
        return [changed(item, pairs, change, depth + 1) for item in value]
    if value is None:
        raise Fault("a null item cannot be changed")
    text = java_text(value)
    for search, replacement in pairs:
        text = change(text, search, replacement)
    return text


def _without_empty_end(parts: list[str]) -> list[str]:
    if len(parts) == 1:
        return parts
    while parts and not parts[-1]:
        parts.pop()
    return parts


def _index(value: Any, name: str, absent: int) -> int:
    if not given(value):
        return absent
    if not is_number(value):
        raise Fault(f"Argument {name} must be a number. Actual type: {class_name(value)}")
    return int(value)


def _part(value: Any, separator: Any, name: str, part: Callable[[str, str], str]) -> Any:
    if value is None:
        return None
    if separator is ABSENT:
        raise Fault(f"The '{name}' filter expects an argument 'separator'.")
    text = java_text(value)
    if separator is None:
        return text if "Before" in name else ""
    mark = text_input(separator)
    if mark == "":
        return text if name in {"substringAfter", "substringBeforeLast"} else ""
    return part(text, mark)


def _both_texts(value: Any, other: Any) -> tuple[str, str]:
    if value is None or not given(other):
        raise Fault("a text and an argument 'value' are needed, one of them is null")
    return java_text(value), java_text(other)


def _margin(name: str, amount: Any, prefix: Any) -> str:
    if not given(amount):
        raise Fault(f"The '{name}' filter expects an integer as argument 'amount'.")
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise no_cast(amount, "java.lang.Long")
    if amount < 0:
        raise Fault(f"The '{name}' filter expects a positive integer >=0 as argument 'amount'.")
    one = " " if prefix is ABSENT else text_input(prefix)
    if len(one) * amount > MAX_TEXT:
        raise LimitFault(f"the text would be longer than {MAX_TEXT} characters")
    return one * amount


def _indented(text: str, margin: str) -> str:
    return replace_plain(text, "\n", "\n" + margin)


FILTERS = (
    Feature("upper", upper, ignores_extra=True),
    Feature("lower", lower, ignores_extra=True),
    Feature("capitalize", capitalize, ignores_extra=True),
    Feature("title", title, ignores_extra=True),
    Feature("trim", trim, ignores_extra=True),
    Feature("abbreviate", abbreviate, ("length",)),
    Feature("replace", replace, ("replace_pairs", "regexp=false")),
    Feature("split", split, ("delimiter", "limit=0")),
    Feature("slice", slice_of, ("fromIndex=0", "toIndex")),
    Feature("substringBefore", substring_before, ("separator",)),
    Feature("substringBeforeLast", substring_before_last, ("separator",)),
    Feature("substringAfter", substring_after, ("separator",)),
    Feature("substringAfterLast", substring_after_last, ("separator",)),
    Feature("startsWith", starts_with, ("value",), result="boolean"),
    Feature("endsWith", ends_with, ("value",), result="boolean"),
    Feature("indent", indent, ("amount", "prefix=' '")),
    Feature("nindent", nindent, ("amount", "prefix=' '")),
    Feature("string", string, ignores_extra=True),
    Feature("regexMatch", regex_match, ("regex",), result="boolean"),
    Feature("regexReplace", regex_replace, ("regex", "replacement")),
    Feature("regexExtract", regex_extract, ("regex", "group=0")),
    Feature("condense", condense, ignores_extra=True),
)
