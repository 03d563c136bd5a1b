"""Flows: save, validate, read, find, delete."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml

from lanner.flows.problem import InvalidFlow, Problem
from lanner.flows.reading import ReadFlow, read_flow
from lanner.model.flow import Flow, FlowKey
from lanner.ports.clock import Clock
from lanner.ports.search import Filter, Operator, Page, Query, Sort
from lanner.ports.store import RevisionTaken, Store, Writes
from lanner.sdk.definition import FlowDefinition, PluginDefault
from lanner.sdk.plan import Plan
from lanner.sdk.registry import Registry
from lanner.services.errors import Flaw, FlowExists, InvalidArgument, InvalidEntity, NotFound, StaleRevision
from lanner.services.flow_differences import differences
from lanner.services.plans import FlowNotFound, PlanCache
from lanner.services.trigger_registration import TriggerRegistration

__all__ = ["Flows", "InvalidFlow", "Problem", "RevisionTaken", "Validated", "split_documents"]

_REVISION_LINE = re.compile(r"(?m)^revision: \d+[ \t]*\n?")
_DISABLED_LINE = re.compile(r"(?m)^disabled:[ \t]*(?:true|false)\b")
_SEPARATOR = re.compile(r"(?m)^---[ \t]*$\n?")

_SECTIONS = ("tasks", "errors", "finally", "afterExecution", "listeners")


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """What validating one source found. ``outdated``: it was written for another revision than the next one."""

    index: int
    namespace: str | None
    flow_id: str | None
    read: ReadFlow
    outdated: bool = False


class Flows:
    """The flows of all tenants. ``defaults`` are the server's plugin defaults.

    ``on_saved`` is told of each new revision once it is durable.
    """

    def __init__(
        self,
        *,
        store: Store,
        plans: PlanCache,
        registry: Registry,
        clock: Clock,
        triggers: TriggerRegistration,
        defaults: Sequence[PluginDefault] = (),
        on_saved: Callable[[Plan], None] = lambda _plan: None,
    ) -> None:
        self._on_saved = on_saved
        self._store, self._plans, self._registry, self._clock = store, plans, registry, clock
        self._triggers = triggers
        self._defaults = tuple(defaults)

    async def create(self, tenant: str, source: str) -> Flow:
        """Save a new flow; raises ``InvalidFlow``, ``FlowExists``."""
        definition = self.read(source).checked()
        key = FlowKey(tenant, definition.namespace, definition.id)
        if await self._store.flows.latest(key) is not None:
            raise FlowExists
        try:
            return await self._save(key, source, definition)
        except RevisionTaken:
            raise FlowExists from None

    async def update(self, key: FlowKey, source: str, *, expected: int | None = None) -> Flow:
        """Save a new revision; the same source again changes nothing.

        Raises ``FlowNotFound``, ``InvalidFlow``, ``InvalidEntity`` when the source names another flow, and
        ``StaleRevision`` when a revision is expected and another is there.
        """
        current = await self._store.flows.latest(key)
        if current is None:
            raise FlowNotFound(key)
        definition = self.read(source).checked()
        flaws = []
        if definition.id != key.flow_id:
            flaws.append(Flaw("flow.id", "Illegal flow id update"))
        if definition.namespace != key.namespace:
            flaws.append(Flaw("flow.namespace", "Illegal namespace update"))
        if flaws:
            raise InvalidEntity(flaws)
        if expected is None or is_same(current.source, source):
            return await self._save(key, source, definition, current=current)
        try:
            if current.revision == expected:
                return await self._save(key, source, definition, current=current, revision=expected + 1)
        except RevisionTaken:
            current = await self.get(key)
        raise await self._stale(current, expected)

    async def put(self, tenant: str, source: str) -> Flow:
        """Save a flow whether it is there or not; raises ``InvalidFlow``."""
        definition = self.read(source).checked()
        key = FlowKey(tenant, definition.namespace, definition.id)
        return await self._save(key, source, definition, current=await self._store.flows.latest(key))

    def read(self, source: str) -> ReadFlow:
        """Return what reading a source gives."""
        return read_flow(source, self._registry, global_defaults=self._defaults)

    async def validate(self, tenant: str, sources: Sequence[str]) -> list[Validated]:
        """Return what is wrong with each source; never raises for what they say."""
        results = []
        for index, source in enumerate(sources):
            read = self.read(source)
            namespace, flow_id = read.document.get("namespace"), read.document.get("id")
            outdated = False
            if isinstance(namespace, str) and isinstance(flow_id, str):
                sent = read.document.get("revision")
                last = await self._store.flows.latest(FlowKey(tenant, namespace, flow_id), deleted=True)
                outdated = sent is not None and sent != (last.revision if last else 0) + 1
            results.append(
                Validated(
                    index=index,
                    namespace=None if namespace is None else str(namespace),
                    flow_id=None if flow_id is None else str(flow_id),
                    read=read,
                    outdated=outdated,
                )
            )
        return results

    def read_part(self, text: str) -> Mapping[str, Any]:
        """Return a task or trigger written in YAML as plain data; raises ``InvalidArgument`` when it is no map."""
        document = read_flow(text, self._registry, lenient=True).document
        if not document:
            raise InvalidArgument("the body has to be a map: a task or a trigger")
        return document

    def validate_part(self, part: Mapping[str, Any], section: str) -> tuple[Problem, ...]:
        """Return what is wrong with one task or trigger; ``section`` is ``tasks`` or ``triggers``."""
        valid_task = {"id": "placeholder", "type": "io.kestra.plugin.core.log.Log", "message": "-"}
        flow: dict[str, Any] = {"id": "validated", "namespace": "system", "tasks": [valid_task]}
        flow[section] = [dict(part)]
        prefix = f"{section}[0]"
        return tuple(
            replace(problem, path=problem.path.removeprefix(prefix).removeprefix("."), line=None, column=None)
            for problem in self.read(_as_yaml(flow)).problems
            if problem.path.startswith(prefix)
        )

    async def get(self, key: FlowKey, *, revision: int | None = None, allow_deleted: bool = False) -> Flow:
        """Return a revision, the newest by default; raises ``FlowNotFound``."""
        if revision is None:
            found = await self._store.flows.latest(key, deleted=allow_deleted)
        else:
            found = await self._store.flows.revision(key, revision)
            if found is not None and not allow_deleted and await self._store.flows.latest(key) is None:
                found = None
        if found is None or (found.deleted and not allow_deleted):
            raise FlowNotFound(key, revision)
        return found

    async def plan(self, key: FlowKey, revision: int | None = None) -> Plan:
        """Return a flow ready to run; raises ``FlowNotFound``, ``InvalidFlow``."""
        return await (self._plans.latest(key) if revision is None else self._plans.revision(key, revision))

    async def plans_of(self, tenant: str, namespace: str) -> list[Plan]:
        """Return the flows of exactly this namespace that can be run."""
        found = []
        for flow in await self.of_namespace(tenant, namespace):
            try:
                found.append(await self._plans.latest(flow.key))
            except (InvalidFlow, FlowNotFound):
                continue
        return found

    async def task(self, key: FlowKey, task_id: str, *, revision: int | None = None) -> Mapping[str, Any]:
        """Return a task as the source has it, wherever it is nested; raises ``NotFound``."""
        flow = await self.get(key, revision=revision)
        document = self.document(flow)
        found = _task_of([document.get(section) for section in _SECTIONS], task_id)
        if found is None:
            raise NotFound(f"Unable to find task '{task_id}' in flow '{key.namespace}.{key.flow_id}'")
        return found

    def document(self, flow: Flow) -> Mapping[str, Any]:
        """Return the source of a stored flow as plain data, empty when it is no map."""
        return read_flow(flow.source, self._registry, lenient=True).document

    def problems(self, flow: Flow) -> tuple[Problem, ...]:
        """Return why a stored flow cannot be run any more; none when it can."""
        return read_flow(flow.source, self._registry, global_defaults=self._defaults, lenient=True).problems

    async def search(self, query: Query) -> Page[Flow]:
        """Return one page of flows."""
        return await self._store.flows.search(query)

    async def search_source(self, query: Query, text: str) -> Page[Flow]:
        """Return one page of flows whose source holds a text, whatever the case."""
        return await self._store.flows.search_source(query, text)

    async def found(self, query: Query) -> list[Flow]:
        """Return all flows that match, all pages."""
        flows: list[Flow] = []
        page = 1
        while True:
            rows = (await self._store.flows.search(replace(query, page=page, size=1_000))).results
            flows.extend(rows)
            if len(rows) < 1_000:
                return flows
            page += 1

    async def of_namespace(self, tenant: str, namespace: str, *, children: bool = False) -> list[Flow]:
        """Return the flows of a namespace by id, with those of the namespaces below it when ``children``."""
        operator = Operator.PREFIX if children else Operator.EQUALS
        query = Query(tenant=tenant, filters=(Filter("namespace", operator, namespace),), sort=(Sort("id"),))
        return await self.found(query)

    async def namespaces(self, tenant: str, text: str | None = None) -> list[str]:
        """Return the namespaces that have flows, sorted; with a text, those that hold it."""
        names = await self._store.flows.namespaces(tenant)
        return [name for name in names if not text or text.lower() in name.lower()]

    async def revisions(self, key: FlowKey, *, allow_deleted: bool = False) -> list[Flow]:
        """Return all revisions, oldest first; raises ``FlowNotFound``."""
        if await self._store.flows.latest(key, deleted=allow_deleted) is None:
            raise FlowNotFound(key)
        rows = await self._store.flows.revisions(key)
        return [row for row in rows if allow_deleted or not row.deleted]

    async def delete(self, key: FlowKey) -> Flow:
        """Mark a flow as deleted, in a new revision; raises ``FlowNotFound``."""
        current = await self._store.flows.latest(key)
        if current is None:
            raise FlowNotFound(key)
        gone = replace(current, revision=current.revision + 1, deleted=True, updated=self._clock.now())
        return await self._commit(gone)

    async def set_disabled(self, key: FlowKey, *, disabled: bool) -> bool:
        """Write ``disabled`` into the source; return whether that changed anything; raises ``FlowNotFound``."""
        current = await self._store.flows.latest(key)
        if current is None:
            raise FlowNotFound(key)
        if current.disabled == disabled:
            return False
        source = with_disabled(current.source, disabled=disabled)
        last = current.revision
        await self._commit(
            replace(current, revision=last + 1, source=source, disabled=disabled, updated=self._clock.now())
        )
        return True

    async def _save(
        self,
        key: FlowKey,
        source: str,
        definition: FlowDefinition,
        *,
        current: Flow | None = None,
        revision: int | None = None,
    ) -> Flow:
        if current is not None and is_same(current.source, source) and current.disabled == definition.disabled:
            return current
        if revision is None:
            last = await self._store.flows.latest(key, deleted=True)
            revision = (last.revision if last else 0) + 1
        return await self._commit(
            Flow(
                tenant=key.tenant,
                namespace=key.namespace,
                id=key.flow_id,
                revision=revision,
                source=source,
                labels=definition.labels,
                description=definition.description,
                disabled=definition.disabled,
                updated=self._clock.now(),
            ),
            definition,
        )

    async def _stale(self, current: Flow, expected: int) -> StaleRevision:
        before = await self._store.flows.revision(current.key, expected)
        told = differences(self.document(before), self.document(current)) if before else ["it was never there"]
        return StaleRevision(current.key, expected=expected, found=current.revision, differences=told)

    async def _commit(self, flow: Flow, definition: FlowDefinition | None = None) -> Flow:
        before = await self._triggers.before(flow.key)
        writes = Writes(new_flows=[flow])
        plan: Plan | None = None
        if flow.deleted:
            writes.include(self._triggers.deleted(flow.key))
        else:
            definition = definition or self.read(flow.source).definition
            if definition is not None:
                plan = Plan.of(flow.key, flow.revision, definition)
                writes.include(self._triggers.saved(plan, before))
        try:
            await self._store.commit(writes)
        except Exception:
            await self._triggers.undo(flow.key)
            raise
        self._plans.forget(flow.key)
        self._triggers.durable(flow.key)
        if plan is not None:
            self._on_saved(plan)
        return flow


def is_same(stored: str, sent: str) -> bool:
    """Whether two sources make one revision: a line that says which revision it is does not count.

    Source: Kestra 1.0.36 (reference ``engine.md`` §1.5); the line stays in what is stored.
    """
    return _REVISION_LINE.sub("", stored, count=1) == _REVISION_LINE.sub("", sent, count=1)


def split_documents(text: str) -> list[str]:
    """Return the YAML documents of a text, without empty ones.

    A lone one stays as it is, so that lines count from the top of the text.
    """
    parts = [part for part in _SEPARATOR.split(text) if part.strip()]
    return [text] if len(parts) == 1 else [part.strip("\n") + "\n" for part in parts]


def with_disabled(source: str, *, disabled: bool) -> str:
    """Return the source with ``disabled`` set: an existing line at the margin is replaced, else one is added."""
    line = f"disabled: {'true' if disabled else 'false'}"
    if _DISABLED_LINE.search(source):
        return _DISABLED_LINE.sub(line, source, count=1)
    return f"{source.rstrip()}\n{line}\n"


def source_of(document: Mapping[str, Any]) -> str:
    """Return the YAML source of a flow that was sent as JSON; raises ``InvalidArgument``."""
    if not document:
        raise InvalidArgument("the flow is empty")
    return _as_yaml({key: value for key, value in document.items() if key not in {"revision", "tenantId", "source"}})


def _as_yaml(document: Mapping[str, Any]) -> str:
    text: str = yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True)
    return text


def _task_of(value: Any, task_id: str) -> Mapping[str, Any] | None:
    if isinstance(value, Mapping):
        if value.get("id") == task_id and "type" in value:
            return value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            if isinstance(item, Mapping | list) and (found := _task_of(item, task_id)):
                return found
    return None
