"""Regular expressions that flows declare, by Java's rules."""

from lanner.expressions.errors import Fault, SyntaxFault
from lanner.expressions.regex import java
from lanner.model.errors import LannerError


class InvalidPattern(LannerError):
    """A regular expression cannot be read, or asks for too much work on a text."""

    def __init__(self, pattern: str, reason: str) -> None:
        self.pattern, self.reason = pattern, reason
        super().__init__(f"Invalid regex pattern `{pattern}`: {reason}")


def check_pattern(pattern: str) -> None:
    """Raise ``InvalidPattern`` when this is no regular expression."""
    try:
        java.compiled(pattern)
    except (Fault, SyntaxFault) as fault:
        raise InvalidPattern(pattern, str(fault)) from fault


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches; raises ``InvalidPattern``."""
    try:
        return java.matches(pattern, text)
    except (Fault, SyntaxFault) as fault:
        raise InvalidPattern(pattern, str(fault)) from fault
