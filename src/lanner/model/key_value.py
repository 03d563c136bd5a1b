"""Key-value pairs of a namespace, and secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple


class KeyValueType(StrEnum):
    """What kind of value a key holds."""

    STRING = "STRING"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    DATETIME = "DATETIME"
    DATE = "DATE"
    DURATION = "DURATION"
    JSON = "JSON"


class KeyName(NamedTuple):
    """Names one pair, or one secret."""

    tenant: str
    namespace: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyValue:
    """A value under a key of a namespace.

    ``value`` is plain data: moments, dates and durations are ISO text. ``revision`` counts from 1 how often the
    key was set; a key that had expired begins anew.
    """

    tenant: str
    namespace: str
    key: str
    type: KeyValueType
    value: Any
    created: datetime
    updated: datetime
    description: str | None = None
    expires: datetime | None = None
    revision: int = 1

    @property
    def name(self) -> KeyName:
        """Its name."""
        return KeyName(self.tenant, self.namespace, self.key)

    def is_expired(self, now: datetime) -> bool:
        """Whether its time is up."""
        return self.expires is not None and self.expires <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSecret:
    """A secret of a namespace; ``encrypted`` is the value as it may be kept."""

    tenant: str
    namespace: str
    key: str
    encrypted: str = field(repr=False)
    updated: datetime
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> KeyName:
        """Its name."""
        return KeyName(self.tenant, self.namespace, self.key)
