"""What can go wrong in an expression, for people (positions, near names) and for the language itself."""

from collections.abc import Callable, Sequence

from lanner.model.errors import LannerError

MAX_TEMPLATE_IN_MESSAGE = 4000


class ExpressionError(LannerError):
    """An expression could not be parsed or evaluated.

    ``line`` and ``column`` are 1-based positions in ``template``; ``reason`` is the sentence
    without them, ``message`` the whole text.
    """

    def __init__(self, reason: str, *, template: str = "", line: int = 0, column: int = 0) -> None:
        self.reason, self.template, self.line, self.column = reason, template, line, column
        super().__init__(self.message)

    def hide(self, masked: Callable[[str], str]) -> None:
        """Take secrets out of all that this error tells."""
        self.reason, self.template = masked(self.reason), masked(self.template)
        self.args = (self.message,)

    @property
    def message(self) -> str:
        if not self.line:
            return self.reason
        return f"{self.reason} ({shortened(self.template)}:{self.line}), at line {self.line}, column {self.column}"


class MissingVariable(ExpressionError):
    """An expression reads a name that does not exist.

    ``name`` is the dotted path up to and including the missing part, ``part`` that part alone,
    ``suggestions`` near paths that exist, best first.
    """

    def __init__(
        self,
        name: str,
        suggestions: Sequence[str] = (),
        *,
        part: str = "",
        template: str = "",
        line: int = 0,
        column: int = 0,
    ) -> None:
        self.name, self.suggestions, self.part = name, tuple(suggestions), part or name
        super().__init__(f"`{name}` is missing", template=template, line=line, column=column)

    def hide(self, masked: Callable[[str], str]) -> None:
        """Take secrets out of all that this error tells: a secret may have been used as a key."""
        self.name, self.part = masked(self.name), masked(self.part)
        self.suggestions = tuple(map(masked, self.suggestions))
        super().hide(masked)

    @property
    def message(self) -> str:
        hint = ""
        if self.suggestions:
            hint = "; did you mean " + " or ".join(f"`{near}`" for near in self.suggestions) + "?"
        if not self.line:
            return f"`{self.name}` is missing{hint}"
        return (
            f"Unable to find `{self.part}` used in the expression `{shortened(self.template)}` at line {self.line},"
            f" column {self.column}: `{self.name}` is missing{hint}"
        )


class SyntaxFault(Exception):
    """The template's text is no template; ``at`` is the offset in it."""

    def __init__(self, message: str, at: int) -> None:
        self.at = at
        super().__init__(message)


class Fault(Exception):
    """A value or an argument does not suit; the renderer adds the position."""


class LimitFault(Fault):
    """A rendering asks for more than the limits allow; no operator hides or replaces it."""


class MissingFault(Fault):
    """A name or a member does not exist: what ``??``, ``default`` and ``is defined`` forgive.

    ``path`` is how a reader would write it, ``near`` computes names that exist.
    """

    def __init__(self, part: str, path: str, known: Sequence[str] = ()) -> None:
        self.part, self.path, self.known = part, path, known
        super().__init__(f"`{path}` is missing")


def shortened(template: str) -> str:
    if len(template) <= MAX_TEMPLATE_IN_MESSAGE:
        return template
    return template[:MAX_TEMPLATE_IN_MESSAGE] + "…"
