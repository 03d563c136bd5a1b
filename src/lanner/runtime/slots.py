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
from lanner.sdk.definition import Concurrency, ConcurrencyBehavior
from lanner.sdk.plan import Plan


@dataclass(slots=True)
class _Flow:
    limit: Concurrency | None = None
    revision: int = 0
    running: set[ExecutionId] = field(default_factory=set)
    queued: OrderedDict[ExecutionId, None] = field(default_factory=OrderedDict)

    def next_ones(self) -> list[ExecutionId]:
        """Give the slots that are free to those that wait longest; return them."""
        freed = []
        while self.queued and (self.limit is None or len(self.running) < self.limit.limit):
            following, _ = self.queued.popitem(last=False)
            self.running.add(following)
            freed.append(following)
        return freed


class Slots:
    """The slots of all flows that have a limit; all revisions of a flow share them, the newest says how many."""

    def __init__(self) -> None:
        self._flows: dict[FlowKey, _Flow] = {}

    def take(self, view: View) -> Slot:
        """Give an execution that wants to run a slot, or say what the limit does to it."""
        if view.plan.flow.concurrency is None:
            return Slot.GRANTED
        flow = self._flow_of(view.plan)
        limit = flow.limit
        execution_id = view.execution.id
        if limit is None or execution_id in flow.running or len(flow.running) < limit.limit:
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

    def settle(self, view: View) -> list[ExecutionId]:
        """Take note of where an execution stands after an event; returns whose turn it is, if slots came free."""
        flow = self._flows.get(view.plan.key)
        if flow is None:
            return []
        execution = view.execution
        if execution.ended:
            return self.release(view)
        if execution.id in flow.queued and execution.state.current is not State.QUEUED:
            # Taken out of the queue by hand: it runs, whatever the limit.
            del flow.queued[execution.id]
            flow.running.add(execution.id)
        return []

    def release(self, view: View) -> list[ExecutionId]:
        """Forget an execution; returns those of the queue that may run now that its slot came free."""
        flow = self._flows.get(view.plan.key)
        if flow is None:
            return []
        flow.queued.pop(view.execution.id, None)
        if view.execution.id not in flow.running:
            return []
        flow.running.discard(view.execution.id)
        return flow.next_ones()

    def restore(self, view: View) -> None:
        """Count an execution as the store has it: at the beginning of the process, or when a decision was lost."""
        if view.plan.flow.concurrency is None or view.execution.ended or view.execution.state.current.is_created:
            return
        flow = self._flow_of(view.plan)
        if view.execution.state.current is State.QUEUED:
            flow.running.discard(view.execution.id)
            flow.queued[view.execution.id] = None
        else:
            flow.queued.pop(view.execution.id, None)
            flow.running.add(view.execution.id)

    def renew(self, plan: Plan) -> list[ExecutionId]:
        """Take the limit of a flow's newest revision; returns those of the queue that may run now."""
        if plan.key not in self._flows:
            return []
        return self._flow_of(plan).next_ones()

    def free(self) -> list[ExecutionId]:
        """Return the executions that may leave the queues now: slots that came free while nobody looked."""
        return [execution_id for flow in self._flows.values() for execution_id in flow.next_ones()]

    def waited_for(self) -> list[FlowKey]:
        """Return the flows whose executions wait."""
        return [key for key, flow in self._flows.items() if flow.queued]

    def _flow_of(self, plan: Plan) -> _Flow:
        flow = self._flows.setdefault(plan.key, _Flow())
        if plan.revision >= flow.revision:
            flow.limit, flow.revision = plan.flow.concurrency, plan.revision
        return flow
