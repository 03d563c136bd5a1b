"""Secrets that were handed out must not show in logs."""

from collections.abc import Iterable

from lanner.expressions.disguises import disguises, hidden


class Masks:
    """The secret values one task run has been given, in every form that texts made of them may have."""

    __slots__ = ("_values",)

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        for value in values:
            self.add(value)

    def add(self, value: str) -> None:
        """Note a value, however short; empty text hides nothing."""
        self._values |= disguises(value)

    def hide(self, text: str) -> str:
        """Return the text with every noted value replaced."""
        return hidden(text, self._values) if self._values else text
