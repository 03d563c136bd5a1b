"""What can be wrong with a request, whichever way it came in."""

from collections.abc import Sequence
from dataclasses import dataclass

from lanner.model.errors import LannerError
from lanner.model.flow import FlowKey


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong: where, and what. ``line`` counts from 1 where there is a source."""

    path: str
    message: str
    line: int | None = None
    column: int | None = None


class NotFound(LannerError):
    """What a request names does not exist."""


class InvalidArgument(LannerError):
    """A value of a request is not allowed."""


class InvalidEntity(LannerError):
    """What a request wants to save or start breaks rules; ``flaws`` holds all of them."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__(
            ", ".join(f"{flaw.path}: {flaw.message}" if flaw.path else flaw.message for flaw in self.flaws)
        )


class FlowExists(InvalidEntity):
    """There is a flow of this name already."""

    def __init__(self) -> None:
        super().__init__([Flaw("flow.id", "Flow id already exists")])


class StaleRevision(LannerError):
    """A flow was saved by somebody else since the revision that a change was made to."""

    def __init__(self, key: FlowKey, *, expected: int, found: int, differences: Sequence[str]) -> None:
        self.expected, self.found, self.differences = expected, found, tuple(differences)
        told = ", ".join(differences) or "only comments or spaces changed"
        super().__init__(
            f"flow {key.namespace}.{key.flow_id} has revision {found} by now, not {expected}; since then: {told}"
        )


class Conflict(LannerError):
    """What a request names is not in a state that allows it."""


class NoBackfill(LannerError):
    """A trigger has no backfill that could be paused or given up."""


class NotTerminated(LannerError):
    """An execution has not ended and would have to."""


class InvalidFilePath(LannerError):
    """A file does not belong to the execution that is asked for it."""


class ElsewhereFile(LannerError):
    """A file belongs to another execution; ask that one."""

    def __init__(self, execution_id: str, path: str) -> None:
        self.execution_id, self.path = execution_id, path
        super().__init__(f"{path!r} belongs to execution {execution_id!r}")


@dataclass(frozen=True, slots=True)
class BulkFlaw:
    """Why one of many ids is refused."""

    invalid_value: str
    message: str


class InvalidBulk(LannerError):
    """Some of the ids of a bulk request are refused, so nothing was done."""

    def __init__(self, operation: str, invalids: Sequence[BulkFlaw]) -> None:
        self.operation, self.invalids = operation, tuple(invalids)
        super().__init__(f"invalid bulk {operation}")


class CredentialsRefused(LannerError):
    """New credentials break the rules for user names and passwords; ``rules`` holds all that are broken."""

    def __init__(self, rules: Sequence[str]) -> None:
        self.rules = tuple(rules)
        super().__init__(", ".join(rules))


class Unauthenticated(LannerError):
    """A request needs a login and carries none that is right."""


class Forbidden(LannerError):
    """A request is not allowed to do this."""
