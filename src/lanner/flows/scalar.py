"""What an unquoted YAML scalar stands for.

Source: Kestra 1.0.36 (reference ``engine.md`` §1.2): YAML 1.1, but dates and times stay text.
"""

import re
from typing import Any

_INTEGER = re.compile(
    r"[-+]?(?:0[bB](?P<two>[01_]+)|0[xX](?P<sixteen>[0-9a-fA-F_]+)|0(?P<eight>[0-7_]+)|(?P<ten>0|[1-9][0-9_]*))"
)
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*|[0-9][0-9_]*(?=[eE]))(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_MAX_DIGITS = 4000
_WORDS: dict[str, bool | None] = {"": None, "~": None}
for _text, _value in (
    ("null", None),
    ("yes", True),
    ("on", True),
    ("true", True),
    ("no", False),
    ("off", False),
    ("false", False),
):
    _WORDS.update(dict.fromkeys((_text, _text.capitalize(), _text.upper()), _value))
_NUMBER_STARTS = frozenset("0123456789+-.")


def plain_scalar(text: str) -> Any:
    """Return what an unquoted scalar stands for; raises ``ValueError`` for numbers that are none."""
    if not text or text[0] not in _NUMBER_STARTS:
        return _WORDS.get(text, text)
    if (whole := _INTEGER.fullmatch(text)) and len(text) < _MAX_DIGITS:
        name = whole.lastgroup
        digits = whole[name or 0].replace("_", "")
        if not digits:
            return text
        number = int(digits, {"two": 2, "eight": 8, "sixteen": 16}.get(str(name), 10))
        return -number if text[0] == "-" else number
    if _FLOAT.fullmatch(text):
        value = float(text.replace("_", ""))
        if value in (float("inf"), float("-inf")):
            raise ValueError(text)
        return value
    if _NO_NUMBER.fullmatch(text):
        raise ValueError(text)
    return text
