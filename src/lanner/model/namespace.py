"""Names of namespaces: parts joined by dots, each below the one before."""

import re

from lanner.model.errors import LannerError

_NAMESPACE = re.compile(r"[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)*", re.IGNORECASE)
MAX_LENGTH = 150


class InvalidNamespace(LannerError):
    """A text is no name of a namespace."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        shown = namespace if len(namespace) <= MAX_LENGTH else namespace[:MAX_LENGTH] + "…"
        super().__init__(
            f"namespace: {shown!r} is no name of a namespace: letters, digits, '_' and '-' in parts joined by dots, "
            f"at most {MAX_LENGTH} characters, as in company.team"
        )


def checked_namespace(namespace: str) -> str:
    """Return the name; raises ``InvalidNamespace``."""
    if len(namespace) > MAX_LENGTH or not _NAMESPACE.fullmatch(namespace):
        raise InvalidNamespace(namespace)
    return namespace


def with_parents(namespace: str) -> tuple[str, ...]:
    """Return a namespace and those above it, nearest first."""
    parts = namespace.split(".")
    return tuple(".".join(parts[:length]) for length in range(len(parts), 0, -1))


def is_within(namespace: str, parent: str) -> bool:
    """Whether a namespace is another one or lies below it."""
    return namespace == parent or namespace.startswith(f"{parent}.")
