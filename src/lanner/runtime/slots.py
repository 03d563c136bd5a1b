"""Concurrency limits: who runs, who waits for a slot.

Counts what the store already knows (which executions have not ended, which are QUEUED), so no
slot can leak: it is worked out anew at each start.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import assert_never

from lanner.engine.events import Slot
from lanner.engine.view import View
from lanner.model.flow import FlowKey
from lanner.model.ids import ExecutionId
from lanner.model.state import State
from lanner.sdk.definition import ConcurrencyBehavior


@dataclass(slots=True)
class _Flow:
    running: set[ExecutionId] = field(default_factory=set)
    queued: OrderedDict[ExecutionId, None] = field(default_factory=OrderedDict)


class Slots:
    """The slots of all flows that have a limit; all revisions of a flow share them."""

    def __init__(self) -> None:
        self._flows: dict[FlowKey, _Flow] = {}

    def take(self, view: View) -> Slot:
        """Give an execution that wants to run a slot, or say what the limit does to it."""
        limit = view.plan.flow.concurrency
        if limit is None:
            return Slot.GRANTED
        flow = self._flows.setdefault(view.plan.key, _Flow())
        execution_id = view.execution.id
        if execution_id in flow.running or len(flow.running) < limit.limit:
            flow.running.add(execution_id)
            return Slot.GRANTED
        match limit.behavior:
            case ConcurrencyBehavior.QUEUE:
                flow.queued[execution_id] = None
                return Slot.QUEUE
            case ConcurrencyBehavior.CANCEL:
                return Slot.CANCEL
            case ConcurrencyBehavior.FAIL:
                return Slot.FAIL
            case _:
                assert_never(limit.behavior)

    def settle(self, view: View) -> ExecutionId | None:
        """Take note of where an execution stands after an event; returns whose turn it is, if a slot came free."""
        flow = self._flows.get(view.plan.key)
        if flow is None:
            return None
        execution = view.execution
        if execution.ended:
            return self.release(view)
        if execution.id in flow.queued and execution.state.current is not State.QUEUED:
            # Taken out of the queue by hand: it runs, whatever the limit.
            del flow.queued[execution.id]
            flow.running.add(execution.id)
        return None

    def release(self, view: View) -> ExecutionId | None:
        """Forget an execution; returns the oldest one in the queue when its slot came free."""
        flow = self._flows.get(view.plan.key)
        if flow is None:
            return None
        flow.queued.pop(view.execution.id, None)
        if view.execution.id not in flow.running:
            return None
        flow.running.discard(view.execution.id)
        limit = view.plan.flow.concurrency
        if not flow.queued or (limit is not None and len(flow.running) >= limit.limit):
            return None
        following, _ = flow.queued.popitem(last=False)
        flow.running.add(following)
        return following

    def restore(self, view: View) -> None:
        """Count an execution as the store has it: at the beginning of the process, or when a decision was lost."""
        if view.plan.flow.concurrency is None or view.execution.ended or view.execution.state.current.is_created:
            return
        flow = self._flows.setdefault(view.plan.key, _Flow())
        if view.execution.state.current is State.QUEUED:
            flow.running.discard(view.execution.id)
            flow.queued[view.execution.id] = None
        else:
            flow.queued.pop(view.execution.id, None)
            flow.running.add(view.execution.id)

    def free(self, limits: dict[FlowKey, int]) -> list[ExecutionId]:
        """Return the executions that may leave the queues now: slots that came free while nobody looked."""
        freed = []
        for key, flow in self._flows.items():
            while flow.queued and len(flow.running) < limits.get(key, 0):
                following, _ = flow.queued.popitem(last=False)
                flow.running.add(following)
                freed.append(following)
        return freed
