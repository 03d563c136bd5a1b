"""The one door to durable state: everything a unit of work writes, and what can be read back.

A backend is right when it passes ``lanner.testing.contracts``.
"""

from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from lanner.model.errors import LannerError
from lanner.model.execution import Execution, TaskRun
from lanner.model.flow import Flow, FlowKey
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.key_value import KeyName, KeyValue, StoredSecret
from lanner.model.log import LogEntry, Metric
from lanner.model.trigger import ConditionWindow, Listener, TriggerKey, TriggerState
from lanner.ports.key_values import KeyValueRows, SecretRows
from lanner.ports.search import Page, Query, StateCount
from lanner.ports.work import Job, Message, Timer


@dataclass(slots=True, kw_only=True)
class Writes:
    """What one unit of work changes: saved together or not at all.

    Rows are whole: a saved execution or task run replaces the one before. Writing the same
    job or timer twice leaves one. ``new_flows`` are refused when the revision exists
    (``RevisionTaken``), ``new_key_values`` when the key has a value that has not expired
    (``KeyTaken``); then nothing of the unit is saved.

    The latest revision of a flow is not removed, whatever ``removed_revisions`` says.

    A key-value pair that is saved over another keeps its creation date and gets the next
    revision, unless that one had expired. Removing one that was changed since does nothing.

    Within a unit what ends or goes comes before what is saved, so a timer that ends and is
    set again stays. What a new execution is (tenant, namespace, flow, start, kind, trigger,
    parent, original) never changes later; a backend may ignore other values.
    """

    new_executions: list[Execution] = field(default_factory=list)
    executions: list[Execution] = field(default_factory=list)
    task_runs: list[tuple[ExecutionId, TaskRun]] = field(default_factory=list)
    removed_task_runs: list[tuple[ExecutionId, TaskRunId]] = field(default_factory=list)
    deleted_executions: list[ExecutionId] = field(default_factory=list)
    logs: list[LogEntry] = field(default_factory=list)
    metrics: list[Metric] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    ended_jobs: list[tuple[TaskRunId, int]] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    ended_timers: list[tuple[ExecutionId, str]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    handled_messages: list[int] = field(default_factory=list)
    new_flows: list[Flow] = field(default_factory=list)
    changed_flows: list[Flow] = field(default_factory=list)
    removed_revisions: list[tuple[FlowKey, int]] = field(default_factory=list)
    key_values: list[KeyValue] = field(default_factory=list)
    new_key_values: list[KeyValue] = field(default_factory=list)
    removed_key_values: list[KeyValue] = field(default_factory=list)
    secrets: list[StoredSecret] = field(default_factory=list)
    removed_secrets: list[KeyName] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    triggers: list[TriggerState] = field(default_factory=list)
    removed_triggers: list[TriggerKey] = field(default_factory=list)
    windows: list[ConditionWindow] = field(default_factory=list)
    removed_windows: list[tuple[FlowKey, str]] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)
    removed_listeners: list[TriggerKey] = field(default_factory=list)

    def include(self, other: "Writes") -> None:
        """Take over what another unit writes: the two are saved together."""
        for name in self.__slots__:
            mine = getattr(self, name)
            if isinstance(mine, dict):
                mine.update(getattr(other, name))
            else:
                mine.extend(getattr(other, name))

    def is_empty(self) -> bool:
        """Whether there is nothing to save."""
        return not any(getattr(self, name) for name in self.__slots__)


class RevisionTaken(LannerError):
    """Somebody else saved this revision of the flow first."""

    def __init__(self, key: FlowKey, revision: int) -> None:
        self.key, self.revision = key, revision
        super().__init__(f"revision {revision} of flow {key.namespace}.{key.flow_id} was saved by somebody else")


class FlowRows(Protocol):
    """Reading flows. Latest means the greatest revision; a deleted flow has none unless asked for."""

    async def latest(self, key: FlowKey, *, deleted: bool = False) -> Flow | None: ...
    async def revision(self, key: FlowKey, revision: int) -> Flow | None: ...
    async def revisions(self, key: FlowKey) -> Sequence[Flow]:
        """Return all revisions, oldest first."""

    async def search(self, query: Query) -> Page[Flow]:
        """Find latest, not deleted flows.

        Fields: q (id and namespace), namespace, flowId, labels, scope (USER/SYSTEM).
        """

    async def all_latest(self, tenant: str | None = None) -> Sequence[Flow]:
        """Return every latest, not deleted flow."""

    async def search_source(self, query: Query, text: str) -> Page[Flow]:
        """Find latest flows whose source holds ``text``, whatever the case."""

    async def namespaces(self, tenant: str) -> Sequence[str]:
        """Return the distinct namespaces of flows that exist, sorted."""


class ExecutionRows(Protocol):
    """Reading executions and task runs."""

    async def get(self, execution_id: ExecutionId) -> Execution | None: ...
    async def task_runs(self, execution_id: ExecutionId) -> Sequence[TaskRun]:
        """Return all task runs with their outputs, by ``sequence``."""

    async def search(self, query: Query) -> Page[Execution]:
        """Find executions; those with a kind are left out unless ``kind`` is asked for.

        Fields: q (execution id, flow id, namespace), namespace, flowId, state, labels, startDate, endDate, kind,
        parentId, originalId, triggerExecutionId, triggerId, flowRevision; a timeRange is resolved by the caller.
        Sort: id, namespace, flowId, state.current, state.startDate, state.endDate, state.duration.
        """

    async def count_by_state(self, query: Query, every: timedelta) -> Sequence[StateCount]:
        """Count what ``search`` finds, by stretches of ``every`` since 1970 and by state; oldest first, no zeros."""

    async def distinct(self, query: Query, field: str, most: int) -> Sequence[str]:
        """Return the values of a field in what ``search`` finds, sorted, at most ``most``; labels as ``key:value``.

        Fields: namespace, flowId, flowRevision, state, labels, kind, parentId, originalId, triggerId,
        triggerExecutionId. Raises ``UnsupportedFilter`` for another.
        """

    async def unfinished(self) -> Sequence[ExecutionId]:
        """Return the executions that have not ended, oldest first."""

    async def children(self, execution_id: ExecutionId) -> Sequence[ExecutionId]:
        """Return executions started by a task of this one (``trigger.variables.executionId``)."""

    async def latest_of_flows(self, keys: Iterable[FlowKey], count: int = 1) -> Sequence[Execution]:
        """Return the ``count`` newest executions of each flow, newest first; those with a kind do not count."""


class LogRows(Protocol):
    """Reading and deleting logs and metrics."""

    async def search(self, query: Query) -> Page[LogEntry]:
        """Find lines; those of the same moment keep the order they were written in.

        Fields: q (message), namespace, flowId, executionId, taskId, taskRunId, attemptNumber, triggerId, level
        (GREATER_THAN_OR_EQUAL_TO is the least level), timestamp, startDate, endDate. Sort: timestamp.
        """

    def errors_of(self, execution_id: ExecutionId) -> Sequence[LogEntry]:
        """Return the ERROR lines of an execution, oldest first, the first thousand. Short and blocking."""

    async def delete(self, query: Query) -> int:
        """Delete the lines that match, all pages; returns how many."""

    async def delete_metrics(self, query: Query) -> int:
        """Delete the metrics that match, all pages; returns how many."""

    async def metrics(self, query: Query) -> Page[Metric]:
        """Find metrics.

        Fields: namespace, flowId, executionId, taskId, taskRunId, name. Sort: name, timestamp, value.
        """


class WorkRows(Protocol):
    """Reading what is still to be done; used at start-up and by the timer loop."""

    async def messages(self) -> Sequence[Message]:
        """Return messages not handled yet, by id."""

    async def jobs(self) -> Sequence[Job]: ...
    async def due_timers(self, now: datetime, limit: int) -> Sequence[Timer]:
        """Return timers due by ``now``, earliest first."""

    async def next_due(self) -> datetime | None:
        """Return when the earliest timer is due."""


class TriggerRows(Protocol):
    """Reading what is remembered of triggers. All of it fits in memory: whoever owns it reads it once."""

    async def get(self, key: TriggerKey) -> TriggerState | None: ...
    async def all(self) -> Sequence[TriggerState]:
        """Return the states of all triggers, by name."""

    async def search(self, query: Query) -> Page[TriggerState]:
        """Find states; fields: q (namespace, flow id, trigger id), scope, namespace, flowId, triggerId, workerId,
        executionId, kind, disabled (0 or 1), nextDate, date. Sort: namespace, flowId, triggerId, executionId, date,
        nextExecutionDate, updatedDate; by name otherwise.
        """

    async def windows(self) -> Sequence[ConditionWindow]:
        """Return what Flow triggers remember while they wait."""

    async def listeners(self) -> Sequence[Listener]:
        """Return the Flow triggers there are."""


class Store(Protocol):
    """A backend. ``commit`` returns once the writes are durable."""

    @property
    def flows(self) -> FlowRows: ...
    @property
    def executions(self) -> ExecutionRows: ...
    @property
    def logs(self) -> LogRows: ...
    @property
    def work(self) -> WorkRows: ...
    @property
    def triggers(self) -> TriggerRows: ...
    @property
    def key_values(self) -> KeyValueRows: ...
    @property
    def secrets(self) -> SecretRows: ...

    async def commit(self, writes: Writes) -> None:
        """Save everything in ``writes`` in one transaction, in the order of calls.

        Messages get their ids assigned in order. Several callers' writes may share one
        transaction of the database; each unit still stands or falls alone.
        """

    def submit(self, writes: Writes) -> Awaitable[None]:
        """Take ``writes`` at once and return; the result ends when they are durable, or with the error.

        ``commit`` is this and waiting for it. On return ``writes.messages`` have their ids,
        greater than all before them. The backend owns ``writes`` from then on.
        """

    async def setting(self, name: str) -> Any:
        """Return a stored setting (plain data) or ``None``."""

    async def open(self) -> None:
        """Create or migrate the schema and be ready."""

    async def close(self) -> None:
        """Finish what was submitted and let go of everything."""
