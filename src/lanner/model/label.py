"""Labels: ordered pairs of key and value on flows and executions."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

SYSTEM_PREFIX = "system."
CORRELATION_ID = "system.correlationId"
READ_ONLY = "system.readOnly"
RESTARTED = "system.restarted"
REPLAY = "system.replay"
REPLAYED = "system.replayed"


class Label(NamedTuple):
    """One label; ``key`` may hold dots, which expressions read as nesting."""

    key: str
    value: str

    @property
    def is_system(self) -> bool:
        """Set by the product, not by people."""
        return self.key.startswith(SYSTEM_PREFIX)


Labels = tuple[Label, ...]


def merged(*lists: Iterable[Label]) -> Labels:
    """Return all labels with each key once: the last value wins, the first place is kept."""
    values: dict[str, str] = {}
    for labels in lists:
        values.update(labels)
    return tuple(Label(key, value) for key, value in values.items())


def nested(labels: Iterable[Label]) -> Mapping[str, Any]:
    """Return labels as expressions see them: ``a.b: x`` is reached by ``labels.a.b``.

    A key that is both a value and a prefix keeps the one that came last.
    """
    tree: dict[str, Any] = {}
    for key, value in labels:
        *parents, leaf = key.split(".")
        place = tree
        for part in parents:
            below = place.get(part)
            if not isinstance(below, dict):
                below = place[part] = {}
            place = below
        place[leaf] = value
    return tree
