"""Where secrets come from, other than the store: the environment, a file, a vault."""

from collections.abc import Sequence
from typing import Protocol

from lanner.model.errors import LannerError


class SecretSourceBroken(LannerError):
    """A source of secrets cannot be read; the message never holds a value."""


class SecretSource(Protocol):
    """Secrets that people cannot change here. Blocking; raises ``SecretSourceBroken``."""

    def find(self, tenant: str, namespaces: Sequence[str], key: str) -> str | None:
        """Return the secret of this name for the first of the namespaces that has it."""

    def keys(self, tenant: str, namespace: str) -> Sequence[str]:
        """Return the names of a namespace's secrets, sorted."""
