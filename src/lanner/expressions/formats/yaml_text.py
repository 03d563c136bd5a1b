"""Values as YAML and YAML as values, as Kestra's ``yaml`` filter and function have them."""

import re
from collections.abc import Mapping
from typing import Any

from lanner.expressions.errors import Fault, LimitFault
from lanner.expressions.limits import MAX_DEPTH, MAX_TEXT, NODE_COST
from lanner.expressions.text import java_text
from lanner.expressions.values import Budget, is_collection, is_map, is_number

# What a reader of YAML 1.1 or 1.2 would not take for a text.
_OTHER_TYPE = re.compile(
    r"(?i:true|false|yes|no|on|off|y|n|null|~)"
    r"|[-+]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][-+]?\d+)?|[-+]?0[xX][0-9a-fA-F_]+|[-+]?0o?[0-7_]+|0b[01_]+"
    r"|[-+]?\.(?i:inf)|\.(?i:nan)|\d{4}-\d\d?-\d\d?(?:[Tt ].*)?|[-+]?\d+(?::[0-5]?\d)+(?:\.\d*)?|=|<<",
    re.ASCII,
)
_DOUBLE_QUOTED = re.compile(r"^[~#]|: | #|:$|[,\[\]{}\t]")
_SINGLE_QUOTED = re.compile(r"^[-?](?:\s|$)|^[!&*|>%@`'\"]|^\s|\s$|^---|^\.\.\.")
_LEADING_ZERO = re.compile(r"0[0-9_]+", re.ASCII)
_SPECIAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufeff]|\r|\x85|\u2028|\u2029|[\ud800-\udfff]")
_YES, _NO = frozenset({"yes", "on", "true"}), frozenset({"no", "off", "false"})
_INT = re.compile(r"[-+]?(?:0b[01_]+|0[0-7_]*|[1-9][\d_]*|0x[0-9a-fA-F_]+)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\d[\d_]*\.[\d_]*|\.\d[\d_]*|\d[\d_]*(?=[eE]))(?:[eE][-+]?\d+)?", re.ASCII)


def dumped(value: Any) -> str:
    """Return a value as YAML text with a line break at its end; null is ``null`` without one."""
    if value is None:
        return "null"
    if value == "" and isinstance(value, str):
        return '--- ""\n'
    writer = _Writer()
    if is_map(value) and len(value):
        writer.entries(value, 0, 0)
    elif is_collection(value) and len(value):
        writer.items(value, 1, 0)
    else:
        writer.lines.append(writer.scalar(value, 0))
    return "\n".join(writer.lines) + "\n"


class _Writer:
    __slots__ = ("budget", "lines")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.budget = Budget(MAX_TEXT)

    def entries(self, value: Mapping[Any, Any], indent: int, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise LimitFault("the value is nested too deeply")
        for key, item in value.items():
            self.budget.take(indent + NODE_COST)
            label = self.scalar("null" if key is None else java_text(key), indent)
            start = " " * indent + label + ":"
            if is_map(item) and len(item):
                self.lines.append(start)
                self.entries(item, indent + 2, depth + 1)
            elif is_collection(item) and len(item):
                self.lines.append(start)
                self.items(item, indent + 1, depth + 1)
            else:
                self.lines.append(f"{start} {self.scalar(item, indent + 2)}")

    def items(self, value: Any, indent: int, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise LimitFault("the value is nested too deeply")
        for item in value:
            self.budget.take(indent + NODE_COST)
            if is_map(item) and len(item):
                self.lines.append(" " * indent + "-")
                self.entries(item, indent + 1, depth + 1)
            elif is_collection(item) and len(item):
                self.lines.append(" " * indent + "-")
                self.items(item, indent + 2, depth + 1)
            else:
                self.lines.append(" " * indent + f"- {self.scalar(item, indent + 1)}")

    def scalar(self, value: Any, indent: int) -> str:
        if value is None:
            return "null"
        if is_map(value):
            return "{}"
        if is_collection(value):
            return "[]"
        text = java_text(value)
        self.budget.take(len(text) + NODE_COST)
        if isinstance(value, bool) or is_number(value):
            return text
        if _SPECIAL.search(text) or " \n" in text or ("\n" in text and text.endswith(" ")):
            return _escaped(text)
        if "\n" in text:
            return _block(text, indent)
        if (
            text == ""
            or (_OTHER_TYPE.fullmatch(text) and not _LEADING_ZERO.fullmatch(text))
            or _DOUBLE_QUOTED.search(text)
        ):
            return _escaped(text)
        if _SINGLE_QUOTED.search(text) or _LEADING_ZERO.fullmatch(text):
            return "'" + text.replace("'", "''") + "'"
        return text


def _block(text: str, indent: int) -> str:
    """Return a text of several lines as a ``|`` block, one level further in."""
    margin = " " * max(2, indent)
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    mark = "|-" if ends == 0 else "|" if ends == 1 and body else "|+"
    if text[:1] in {" ", "\n"}:
        mark = f"|2{mark[1:]}"
    lines = (body if ends <= 1 else text[:-1]).split("\n")
    return mark + "".join("\n" + (margin + line if line else "") for line in lines)


def _escaped(text: str) -> str:
    out = []
    for char in text:
        code = ord(char)
        if char in '"\\':
            out.append("\\" + char)
        elif char in _NAMED_ESCAPES:
            out.append(_NAMED_ESCAPES[char])
        elif _SPECIAL.match(char):
            out.append(f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


_NAMED_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", "\x07": "\\a", "\x1b": "\\e"}


def loaded(text: str) -> Any:
    """Return the value of the first document; dates stay texts, anchors stand for what they name."""
    import yaml  # noqa: PLC0415 -- a library that most templates never need

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        node = loader.get_node() if loader.check_node() else None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Fault(f"Invalid yaml: {error}") from None
    finally:
        loader.dispose()
    if node is None:
        raise Fault("Invalid yaml: No content to map due to end-of-input")
    return _value(node, yaml, Budget(), 0)


def _value(node: Any, yaml: Any, budget: Budget, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise LimitFault("the YAML is nested too deeply")
    budget.take(1)
    if isinstance(node, yaml.MappingNode):
        below = depth + 1
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise Fault("Invalid yaml: a key must be a scalar")
            found = _value(item, yaml, budget, below)
            if key.value == "<<" and isinstance(found, dict):
                merged.update(found)
            else:
                result[key.value] = found
        return {**merged, **result} if merged else result
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, yaml, budget, depth + 1) for item in node.value]
    tag = str(node.tag)
    if node.style in {'"', "'", "|", ">"} and not tag.endswith((":int", ":float", ":bool")):
        return node.value
    return node.value if tag == "tag:yaml.org,2002:str" and _tagged(node) else plain_value(node.value)


def _tagged(node: Any) -> bool:
    """Whether ``!!str`` is written in front of a plain scalar: it begins before its text does."""
    return bool(node.end_mark.index - node.start_mark.index > len(node.value))


def plain_value(text: str) -> Any:
    """Return what an unquoted scalar means by YAML 1.1, dates and sexagesimal numbers left as texts."""
    if text in {"", "~", "null", "Null", "NULL"}:
        return None
    lower = text.lower()
    if lower in _YES and text in {lower, lower.title(), lower.upper()}:
        return True
    if lower in _NO and text in {lower, lower.title(), lower.upper()}:
        return False
    if _INT.fullmatch(text) and len(text) < 2000:
        return _whole(text.replace("_", ""))
    if _FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    if lower.lstrip("+-") == ".inf" or lower == ".nan":
        raise Fault(f"Invalid yaml: Malformed numeric value '{text}'")
    return text


def _whole(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    bare = text.lstrip("+-")
    if bare.startswith(("0x", "0b")):
        return sign * int(bare, 0)
    return sign * (int(bare, 8) if len(bare) > 1 and bare.startswith("0") else int(bare))
