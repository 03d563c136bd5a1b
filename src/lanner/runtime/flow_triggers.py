"""Starts executions of flows that listen to others.

When an execution enters a state that somebody listens to, that is written as a message in the same
commit. Messages are handled one after the other; what one leads to (an execution, a window) is one
commit with its end. So a crash neither loses nor doubles anything.

Source: Kestra 1.0.36, asked (reference ``engine.md`` §7.6).
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from lanner.engine.draft import Draft
from lanner.engine.events import Event, StateRequested
from lanner.engine.variables import variables
from lanner.engine.view import View
from lanner.model.errors import LannerError
from lanner.model.execution import Execution, ExecutionTrigger
from lanner.model.flow import FlowKey
from lanner.model.ids import ExecutionId, derived_id
from lanner.model.label import CORRELATION_ID, Label, merged, nested
from lanner.model.state import State, StateHistory
from lanner.model.trigger import ConditionWindow, TriggerKey
from lanner.ports.clock import Clock
from lanner.ports.store import Store, Writes
from lanner.ports.work import Message
from lanner.runtime.assignments import InputsOf
from lanner.runtime.service_loop import ServiceLoop
from lanner.runtime.trigger_saves import Create
from lanner.sdk.condition import ConditionContext, Gathering, Testable, When
from lanner.sdk.listening import ListeningTrigger
from lanner.sdk.plan import Plan
from lanner.services.condition_windows import ConditionWindows
from lanner.services.executions import flow_labels
from lanner.services.listeners import Listeners
from lanner.services.plans import PlanCache
from lanner.services.schedules import rendered_labels
from lanner.services.trigger_scope import RenderFlowValue, flow_scope

KIND = "FlowTrigger"
"""The kind of message this module writes and handles."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _News:
    """An execution as it entered a state, for one listener; what expressions see of it."""

    message: Message
    execution: Execution
    scope: Mapping[str, Any]


class FlowTriggers:
    """Notices state changes that somebody listens to and acts on them. Lives in the server's loop."""

    def __init__(
        self,
        *,
        store: Store,
        plans: PlanCache,
        listeners: Listeners,
        windows: ConditionWindows,
        render: RenderFlowValue,
        constants: Mapping[str, Any],
        inputs: InputsOf,
        clock: Clock,
        zone: tzinfo,
        create: Create,
    ) -> None:
        self._store, self._plans, self._listeners, self._windows = store, plans, listeners, windows
        self._render, self._constants, self._inputs = render, constants, inputs
        self._clock, self._zone, self._create = clock, zone, create
        self._seen: dict[tuple[ExecutionId, str, str], tuple[Execution, Mapping[str, Any]]] = {}
        self._queue: asyncio.Queue[Message] = asyncio.Queue()
        self._loop = ServiceLoop()

    async def start(self) -> None:
        """Take up what was left, and begin."""
        for message in await self._store.work.messages():
            if message.kind == KIND:
                self._queue.put_nowait(message)
        self._loop.start(self._run(), name="flow-triggers")

    async def stop(self) -> None:
        """Act on nothing more; messages wait in the store."""
        await self._loop.stop()

    def noticed(self, view: View, before: Execution, event: Event) -> Writes | None:
        """Return the messages to be written with a change of an execution, ``None`` when nobody listens."""
        after = view.execution
        known, entered = before.state.transitions, after.state.transitions
        if len(entered) <= len(known) or after.kind is not None or isinstance(event, StateRequested):
            return None
        writes = Writes()
        for count in range(len(known) + 1, len(entered) + 1):
            for listener in self._listeners.to(after, entered[count - 1].state):
                message = Message(
                    execution_id=after.id, kind=KIND, body={"listener": list(listener.key), "transitions": count}
                )
                writes.messages.append(message)
                self._seen[_name(message)] = (_as_of(after, count), self._scope(view))
        return None if writes.is_empty() else writes

    def saved(self, messages: Sequence[Message]) -> None:
        """Act on messages that are durable."""
        for message in messages:
            if message.kind == KIND:
                self._queue.put_nowait(message)

    def lost(self, messages: Sequence[Message]) -> None:
        """Forget messages that could not be saved."""
        for message in messages:
            if message.kind == KIND:
                self._seen.pop(_name(message), None)

    async def _run(self) -> None:
        while True:
            message = await self._queue.get()
            try:
                await self._loop.finish(self._handle(message))
            except Exception:  # noqa: BLE001  # the edge of this service: one listener's trouble stays its own
                _LOG.exception("flow trigger %s fails for execution %s", message.body, message.execution_id)

    async def _handle(self, message: Message) -> None:
        writes = Writes(handled_messages=[message.id])
        news = await self._news(message)
        execution = None
        if news is not None:
            plan, trigger = await self._plans.trigger(TriggerKey(*message.body["listener"])) or (None, None)
            if plan is not None and isinstance(trigger, ListeningTrigger):
                execution = self._execution(plan, trigger, news, writes)
        if execution is None:
            await self._store.commit(writes)
        else:
            await self._create(execution, also=writes)
        self._remember(writes)

    async def _news(self, message: Message) -> _News | None:
        """Return what a message is about: from memory, or from the store after a crash."""
        seen = self._seen.pop(_name(message), None)
        if seen is not None:
            return _News(message, *seen)
        execution = await self._store.executions.get(message.execution_id)
        if execution is None:
            return None
        key = FlowKey(execution.tenant, execution.namespace, execution.flow_id)
        try:
            plan = await self._plans.revision(key, execution.flow_revision)
        except LannerError:
            return None
        then = _as_of(execution, message.body["transitions"])
        view = View(plan, then, await self._store.executions.task_runs(execution.id))
        return _News(message, then, self._scope(view))

    def _execution(self, plan: Plan, trigger: ListeningTrigger, news: _News, writes: Writes) -> Execution | None:
        """Return the execution to be made; adds to ``writes`` what is to be remembered."""
        if news.execution.state.current not in trigger.states:
            return None
        context = ConditionContext(
            namespace=plan.key.namespace,
            flow_id=plan.key.flow_id,
            render=lambda value, scope: self._render(plan.key, value, scope),
            variables={**news.scope, **flow_scope(plan)},
            upstream=news.scope,
            execution=news.execution,
        )
        if not all(_holds(condition, context, plan, trigger) for condition in trigger.single_conditions):
            return None
        upstream = replace(context, variables=news.scope)
        if trigger.when is not None and not _holds(When(trigger.when), upstream, plan, trigger):
            return None
        outputs: dict[str, Any] = dict(news.execution.outputs or {})
        if trigger.gatherings:
            gathered = self._gathered(plan, trigger, context, writes)
            if gathered is None:
                return None
            outputs = _joined(gathered, outputs)
        return self._new(plan, trigger, news, outputs)

    def _gathered(
        self, plan: Plan, trigger: ListeningTrigger, context: ConditionContext, writes: Writes
    ) -> dict[str, Any] | None:
        """Note which conditions come true; returns the outputs remembered when all are, by this execution too."""
        execution = context.needed_execution()
        moment = execution.state.transitions[-1].date
        complete, helped, outputs = True, False, dict[str, Any]()
        for gathering in trigger.gatherings:
            met = {name for name, one in gathering.conditions.items() if _holds(one, context, plan, trigger)}
            window = self._window(plan.key, gathering, moment)
            if window is None:
                return None
            if met:
                helped = True
                given: Mapping[str, Any] = execution.outputs or {}
                if given and gathering.keeps_apart:
                    given = {execution.namespace: {execution.flow_id: given}}
                joined = _joined(window.outputs or {}, given)
                window = replace(window, met=tuple(sorted(met | set(window.met))), outputs=joined or None)
                writes.windows.append(window)
            complete = complete and gathering.is_complete(window.met)
            outputs = _joined(outputs, window.outputs or {})
        if not (complete and helped):
            return None
        reset = {gathering.id for gathering in trigger.gatherings if gathering.reset_on_success}
        writes.removed_windows.extend((plan.key, name) for name in sorted(reset))
        writes.windows = [window for window in writes.windows if window.id not in reset]
        return outputs

    def _window(self, flow: FlowKey, gathering: Gathering, moment: datetime) -> ConditionWindow | None:
        """Return the window a moment falls into, begun by it if need be; ``None`` when it falls into none."""
        window = self._windows.get(flow, gathering.id)
        if window is not None and window.start <= moment <= window.end:
            return window
        zone = ZoneInfo(gathering.timezone) if gathering.timezone else self._zone
        bounds = gathering.window.bounds(moment, zone)
        if not bounds.holds(moment):
            return None
        return ConditionWindow(flow=flow, id=gathering.id, start=bounds.start, end=bounds.end)

    def _new(self, plan: Plan, trigger: ListeningTrigger, news: _News, outputs: Mapping[str, Any]) -> Execution | None:
        upstream = news.execution
        scope = {**news.scope, **flow_scope(plan)}
        if inputs_seen := self._inputs(plan, upstream):
            # Those of the upstream execution, and the listener's defaults.
            scope["inputs"] = inputs_seen
        scope.pop("trigger", None)
        if outputs:
            scope["trigger"] = {"outputs": outputs}
        try:
            inputs = self._render(plan.key, trigger.inputs, scope) if trigger.inputs else None
        except LannerError as error:
            _LOG.warning("Failed to trigger flow %s.%s, invalid inputs: %s", plan.key[1], plan.key[2], error)
            return None
        correlation = [label for label in upstream.labels if label.key == CORRELATION_ID]
        return Execution(
            id=ExecutionId(derived_id(KIND, upstream.id, news.message.body["transitions"], *plan.key, trigger.id)),
            tenant=plan.key.tenant,
            namespace=plan.key.namespace,
            flow_id=plan.key.flow_id,
            flow_revision=plan.revision,
            state=StateHistory.starting(State.CREATED, self._clock.now()),
            inputs=inputs,
            labels=merged(
                flow_labels(plan),
                rendered_labels(trigger.labels, lambda text: self._render(plan.key, text, scope)),
                correlation or [Label(CORRELATION_ID, upstream.id)],
            ),
            trigger=ExecutionTrigger(id=trigger.id, type=trigger.type, variables=_variables(upstream, outputs)),
        )

    def _scope(self, view: View) -> Mapping[str, Any]:
        """Return what expressions see of an execution as it stands."""
        inputs = self._inputs(view.plan, view.execution)
        return variables(view.plan, Draft(view), None, self._constants, inputs)

    def _remember(self, writes: Writes) -> None:
        for flow, name in writes.removed_windows:
            self._windows.remove(flow, name)
        for window in writes.windows:
            self._windows.put(window)


def _name(message: Message) -> tuple[ExecutionId, str, str]:
    return message.execution_id, "\x1f".join(message.body["listener"]), str(message.body["transitions"])


def _as_of(execution: Execution, count: int) -> Execution:
    """Return an execution as it was when it had entered ``count`` states."""
    transitions = execution.state.transitions[:count]
    return replace(execution, state=StateHistory(transitions[-1].state, transitions))


def _holds(condition: Testable, context: ConditionContext, plan: Plan, trigger: ListeningTrigger) -> bool:
    """Test a condition; one that cannot be told is false, with a warning."""
    try:
        return condition.test(context)
    except LannerError as error:
        where = f"{plan.key.namespace}.{plan.key.flow_id}.{trigger.id}"
        _LOG.warning("a condition of trigger %s cannot be told: %s", where, error)
        return False


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return both maps as one, deeply; the other's values win."""
    found = dict(one)
    for key, value in other.items():
        below = found.get(key)
        found[key] = _joined(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return found


def _variables(upstream: Execution, outputs: Mapping[str, Any]) -> Mapping[str, Any]:
    labels = [label for label in upstream.labels if label.key != CORRELATION_ID]
    found: dict[str, Any] = {
        "executionId": upstream.id,
        "executionLabels": nested(labels),
        "namespace": upstream.namespace,
        "flowId": upstream.flow_id,
        "flowRevision": upstream.flow_revision,
        "state": upstream.state.current.value,
    }
    if outputs:
        found["outputs"] = outputs
    return found
