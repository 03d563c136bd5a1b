"""The state of one rendering: limits, what the caller lets it reach, and the secrets it was handed."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lanner.expressions.disguises import disguises, hidden
from lanner.expressions.errors import LimitFault
from lanner.expressions.limits import Limits
from lanner.expressions.reach import Reach

if TYPE_CHECKING:
    from lanner.expressions.renderer import Renderer


class Rendering:
    """One call of the renderer with all that ``render()`` inside it starts; never shared between threads."""

    __slots__ = ("chain", "limits", "reach", "renderer", "secrets", "steps")

    def __init__(self, renderer: "Renderer", reach: Reach, limits: Limits) -> None:
        self.renderer, self.reach, self.limits = renderer, reach, limits
        self.steps = limits.loop_steps
        self.chain: list[str] = []
        self.secrets: list[str] = []

    def spend(self, steps: int) -> None:
        """Count the turns of a loop before it runs."""
        self.steps -= steps
        if self.steps < 0:
            raise LimitFault(f"the loops of one rendering take more than {self.limits.loop_steps} turns")

    def join(self, parts: list[str]) -> str:
        """Put the parts of an output together, if they are not too long."""
        if sum(map(len, parts)) > self.limits.text_size:
            raise LimitFault(f"the rendered text is longer than {self.limits.text_size} characters")
        return "".join(parts)

    def handed_out(self, secret: str) -> None:
        """Remember a secret's value, so that errors do not show it and the caller can mask it elsewhere."""
        if secret:
            self.secrets.append(secret)
            self.reach.mask(secret)

    def masked(self, text: str) -> str:
        """Return the text without the secrets of this rendering, in whatever form."""
        if not self.secrets:
            return text
        return hidden(text, {form for secret in self.secrets for form in disguises(secret)})


class Overlay(Mapping[str, Any]):
    """Local names in front of the variables."""

    __slots__ = ("_base", "_local")

    def __init__(self, local: dict[str, Any], base: Mapping[str, Any]) -> None:
        self._local, self._base = local, base

    def __getitem__(self, name: str) -> Any:
        try:
            return self._local[name]
        except KeyError:
            return self._base[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._base
        yield from (name for name in self._local if name not in self._base)

    def __len__(self) -> int:
        return sum(1 for _ in self)
