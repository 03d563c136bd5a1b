"""Changes to parts of stored flows: one task, old revisions; and which tasks are out of date."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from lanner.flows.task_replacement import with_task
from lanner.model.flow import Flow, FlowKey
from lanner.model.state import TERMINAL
from lanner.ports.search import Filter, Operator, Query
from lanner.ports.store import Store, Writes
from lanner.sdk.registry import Registry
from lanner.services.errors import Conflict, Flaw, InvalidArgument, InvalidEntity, NotFound
from lanner.services.flows import Flows
from lanner.services.plans import FlowNotFound, PlanCache


@dataclass(frozen=True, slots=True)
class OldTask:
    """A task whose type is deprecated or has another name now; ``replacement`` is the type to use instead."""

    task_id: str
    type: str
    replacement: str | None


@dataclass(frozen=True, slots=True)
class OutOfDate:
    """A flow with tasks that are out of date."""

    flow: Flow
    tasks: tuple[OldTask, ...]


class FlowEdits:
    """Edits flows in place."""

    def __init__(self, *, store: Store, flows: Flows, plans: PlanCache, registry: Registry) -> None:
        self._store, self._flows, self._plans, self._registry = store, flows, plans, registry

    async def replace_task(self, key: FlowKey, task_id: str, task: Mapping[str, Any]) -> Flow:
        """Save a revision with another task in the place of one; the rest of the source stays as it is written.

        Raises ``FlowNotFound``, ``NotFound`` for a task that is not there, ``InvalidEntity`` when the task has
        another id, ``InvalidFlow``.
        """
        current = await self._flows.get(key)
        if task.get("id") != task_id:
            raise InvalidEntity([Flaw("id", f"the id of the task has to be {task_id!r}, as in the path")])
        source = with_task(current.source, task_id, task)
        if source is None:
            raise NotFound(f"Unable to find task '{task_id}' in flow '{key.namespace}.{key.flow_id}'")
        return await self._flows.update(key, source, expected=current.revision)

    async def delete_revisions(self, key: FlowKey, revisions: Collection[int]) -> None:
        """Forget old revisions for good; the others keep their numbers, and those that are not there do not matter.

        Raises ``FlowNotFound``, ``InvalidArgument`` for the newest one, ``Conflict`` while an execution runs one.
        """
        latest = await self._store.flows.latest(key, deleted=True)
        if latest is None:
            raise FlowNotFound(key)
        if latest.revision in revisions:
            raise InvalidArgument(f"revision {latest.revision} is the newest one: it cannot be deleted")
        for revision in revisions:
            filters = (
                Filter("namespace", Operator.EQUALS, key.namespace),
                Filter("flowId", Operator.EQUALS, key.flow_id),
                Filter("flowRevision", Operator.EQUALS, revision),
                Filter("state", Operator.NOT_IN, sorted(TERMINAL)),
            )
            page = await self._store.executions.search(Query(tenant=key.tenant, filters=filters, size=1))
            for execution in page.results:
                raise Conflict(f"revision {revision} is in use: execution {execution.id} has not ended")
        await self._store.commit(Writes(removed_revisions=[(key, revision) for revision in revisions]))
        self._plans.forget(key)

    async def out_of_date(self, tenant: str, namespace: str | None = None) -> list[OutOfDate]:
        """Return the flows with tasks that should be replaced, of a namespace and those below it."""
        filters = (Filter("namespace", Operator.PREFIX, namespace),) if namespace else ()
        found = []
        for flow in await self._flows.found(Query(tenant=tenant, filters=filters)):
            document = self._flows.document(flow)
            sections = ("tasks", "errors", "finally", "afterExecution", "listeners")
            tasks = tuple(self._old_tasks([document.get(section) for section in sections]))
            if tasks:
                found.append(OutOfDate(flow, tasks))
        return found

    def _old_tasks(self, value: Any) -> list[OldTask]:
        found: list[OldTask] = []
        if isinstance(value, Mapping):
            type_, id_ = value.get("type"), value.get("id")
            if isinstance(type_, str) and id_ is not None and (old := self._old(str(id_), type_)):
                found.append(old)
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                if isinstance(item, Mapping | list):
                    found.extend(self._old_tasks(item))
        return found

    def _old(self, task_id: str, type_: str) -> OldTask | None:
        if type_ not in self._registry:
            return None
        replaced_by = self._registry.resolve(type_).replaced_by
        if replaced_by is None and type_ in self._registry.aliases:
            replaced_by = self._registry.canonical(type_)
        return None if replaced_by is None else OldTask(task_id, type_, replaced_by or None)
