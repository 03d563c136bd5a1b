"""What is remembered of triggers: when they run next, what they wait for, who listens to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from lanner.model.flow import FlowKey
from lanner.model.ids import ExecutionId
from lanner.model.label import Labels
from lanner.model.state import State


class TriggerKey(NamedTuple):
    """What names a trigger: all revisions of its flow share it."""

    tenant: str
    namespace: str
    flow_id: str
    trigger_id: str

    @property
    def flow(self) -> FlowKey:
        """The flow it belongs to."""
        return FlowKey(self.tenant, self.namespace, self.flow_id)


class TriggerKind(StrEnum):
    """How a trigger that has a state works."""

    SCHEDULE = "SCHEDULE"
    POLLING = "POLLING"
    REALTIME = "REALTIME"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """Past dates to be made up for, those after ``start`` up to ``end``.

    ``current`` is the last of them that was evaluated, ``start`` at first; ``resume_at`` the ordinary next date.
    """

    start: datetime
    end: datetime | None = None
    current: datetime | None = None
    paused: bool = False
    inputs: Mapping[str, Any] | None = None
    labels: Labels = ()
    resume_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerState:
    """Where a scheduled, polling or realtime trigger stands.

    ``date`` is the last one evaluated, ``next_date`` the one to come; both aware. While
    ``execution_id`` is set its execution runs and nothing is started. ``disabled`` is what the API
    and tasks set, independent of the flow's own ``disabled``.
    """

    key: TriggerKey
    kind: TriggerKind = TriggerKind.SCHEDULE
    date: datetime | None = None
    next_date: datetime | None = None
    execution_id: ExecutionId | None = None
    disabled: bool = False
    stop_after: tuple[State, ...] = ()
    backfill: Backfill | None = None
    updated: datetime | None = None
    evaluating_since: datetime | None = None
    worker_id: str | None = None

    @property
    def is_locked(self) -> bool:
        """Whether an execution of it runs, or it is being evaluated."""
        return self.execution_id is not None or self.evaluating_since is not None

    @property
    def is_paused(self) -> bool:
        """Whether its backfill is: until that goes on nothing is started."""
        return self.backfill is not None and self.backfill.paused


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionWindow:
    """What has come true, within a time, of the conditions that a Flow trigger gathers under an id.

    ``outputs`` are those of the executions that made them true, merged.
    """

    flow: FlowKey
    id: str
    start: datetime
    end: datetime
    met: tuple[str, ...] = ()
    outputs: Mapping[str, Any] | None = None


class ListenedTo(NamedTuple):
    """Executions that a trigger listens to; ``None`` is any. A prefix is the beginning of a namespace."""

    namespace: str | None
    flow_id: str | None
    is_prefix: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A Flow trigger of the newest revision of its flow, and the executions it listens to.

    ``executions`` is ``None`` for all of the tenant. ``states`` are those that count.
    """

    key: TriggerKey
    states: tuple[State, ...]
    executions: tuple[ListenedTo, ...] | None
