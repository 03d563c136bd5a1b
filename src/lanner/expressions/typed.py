"""Typed output: one value keeps its type, scalars become one text."""

from collections.abc import Sequence
from typing import Any

from lanner.expressions.errors import Fault
from lanner.expressions.text import printed
from lanner.expressions.values import class_name, is_number


def put_together(pieces: Sequence[Any]) -> Any:
    """Return what a template evaluates to whose output is ``pieces``."""
    if not pieces:
        return None
    result = pieces[0]
    for piece in pieces[1:]:
        if result is None:
            result = piece
        elif piece is not None:
            if not (_is_scalar(result) and _is_scalar(piece)):
                raise Fault(f"Cannot concat {class_name(result)} with {class_name(piece)}")
            result = printed(result) + printed(piece)
    return result


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (str, bool)) or is_number(value)
