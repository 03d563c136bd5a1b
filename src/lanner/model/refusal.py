"""Why an execution did not take an event that somebody asked for."""

from dataclasses import dataclass
from enum import StrEnum

from lanner.model.errors import LannerError


class RefusalKind(StrEnum):
    """What is wrong with the request."""

    CONFLICT = "CONFLICT"
    """The execution is not in a state that allows it."""
    INVALID = "INVALID"
    """The request itself makes no sense for this execution."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The engine's answer to a request it does not take; nothing has changed."""

    kind: RefusalKind
    message: str


class Refused(LannerError):
    """An execution did not take a request; the message says which state forbids it."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.message)
