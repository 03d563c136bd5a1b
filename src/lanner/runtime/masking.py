"""Secrets that were handed out must not show in logs."""

import base64
from collections.abc import Iterable

MASK = "******"


class Masks:
    """The secret values one task run has been given, and their base64."""

    __slots__ = ("_values",)

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        for value in values:
            self.add(value)

    def add(self, value: str) -> None:
        """Note a value, however short; empty text hides nothing."""
        if value:
            self._values.add(value)
            self._values.add(base64.b64encode(value.encode()).decode())

    def hide(self, text: str) -> str:
        """Return the text with every noted value replaced."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, MASK)
        return text
