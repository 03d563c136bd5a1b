"""A flow as it is stored: its identity, its source and what lists need to show it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from lanner.model.label import Labels

MAIN_TENANT = "main"


class FlowKey(NamedTuple):
    """What names a flow: all its revisions share it."""

    tenant: str
    namespace: str
    flow_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One revision of a flow.

    ``source`` is the text as people wrote it; ``lanner.flows`` turns it into tasks. A deleted
    flow keeps its revisions and continues their numbering when it is made again.
    """

    tenant: str
    namespace: str
    id: str
    revision: int
    source: str
    labels: Labels = ()
    description: str | None = None
    disabled: bool = False
    deleted: bool = False
    updated: datetime | None = None

    @property
    def key(self) -> FlowKey:
        """The name shared by all revisions."""
        return FlowKey(self.tenant, self.namespace, self.id)
