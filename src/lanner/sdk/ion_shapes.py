"""A quick way to read rows of Ion text: one flat struct a line, line after line with the same fields.

What is not of this kind is left to the Ion library.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

MOST_SHAPES = 4
"""How many kinds of rows of one file are remembered."""

# The quantifiers with a plus at their end never give back what they took: a line that does not match is left at once.
_JSON = rb'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|null|true|false|-?(?:0|[1-9]\d{0,17})|-?(?:0|[1-9]\d*)(?:\.\d+)?[eE][+-]?\d+'
_DECIMAL = rb"null|-?(?:0|[1-9]\d*)\.\d+"
_MOMENT = rb"null|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)"
_DATE = rb"null|\d{4}-\d\d-\d\d"


class Shape:
    """The fields of a row, in order, with what each holds."""

    __slots__ = ("_line", "_lines", "_special", "names")

    def __init__(self, names: tuple[str, ...], pattern: bytes, special: dict[int, Callable[[str], Any]]) -> None:
        self.names, self._special = names, special
        self._line, self._lines = re.compile(pattern), re.compile(rb"^" + pattern + rb"\r?\n", re.MULTILINE)

    @classmethod
    def of(cls, row: Any, written: Callable[[str], str]) -> "Shape | None":
        """Return the shape of a row, ``None`` when it is not flat; ``written`` gives a name as Ion writes it."""
        if not isinstance(row, Mapping) or not row:
            return None
        parts: list[bytes] = []
        special: dict[int, Callable[[str], Any]] = {}
        for index, (name, value) in enumerate(row.items()):
            kind = _JSON
            match value:
                case Decimal():
                    kind = _DECIMAL
                    special[index] = Decimal
                case datetime():
                    kind = _MOMENT
                    special[index] = _moment
                case date():
                    kind = _DATE
                    special[index] = date.fromisoformat
                case None | bool() | int() | float() | str():
                    pass
                case _:
                    return None
            names = {re.escape(written(name).encode()), re.escape(orjson.dumps(name))}
            parts.append(rb"(?:" + b"|".join(sorted(names)) + rb"):[ ]?(" + kind + rb")")
        return cls(tuple(row), rb"\{" + rb",[ ]?".join(parts) + rb"\}", special)

    def read(self, line: bytes) -> dict[str, Any] | None:
        """Return the row on a line, ``None`` when it is of another shape."""
        match = self._line.fullmatch(line)
        if match is None:
            return None
        atoms: list[bytes] = list(match.groups())
        for index in self._special:
            if atoms[index] != b"null":
                atoms[index] = b'"' + atoms[index] + b'"'
        try:
            values = orjson.loads(b"[" + b",".join(atoms) + b"]")
        except orjson.JSONDecodeError:
            # An escape that only Ion knows, for example.
            return None
        for index, convert in self._special.items():
            if values[index] is not None:
                values[index] = convert(values[index])
        return dict(zip(self.names, values, strict=True))

    def read_many(self, lines: bytes) -> tuple[list[Any], ...] | None:
        """Return the values of each field, ``None`` unless every line is a row of this shape."""
        text = lines if lines.endswith(b"\n") else lines + b"\n"
        found = self._lines.findall(text)
        if len(found) != text.count(b"\n"):
            return None
        columns = zip(*found, strict=True) if len(self.names) > 1 else [found]
        try:
            return tuple(self._values(index, atoms) for index, atoms in enumerate(columns))
        except (orjson.JSONDecodeError, ValueError):
            # An escape that only Ion knows, for example, or a day that does not exist.
            return None

    def _values(self, index: int, atoms: Sequence[bytes]) -> list[Any]:
        convert = self._special.get(index)
        if convert is None:
            found: list[Any] = orjson.loads(b"[" + b",".join(atoms) + b"]")
            return found
        return [None if atom == b"null" else convert(atom.decode()) for atom in atoms]


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=None) if text.endswith("-00:00") else found
