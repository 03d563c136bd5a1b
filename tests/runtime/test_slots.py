"""Who has a slot of a concurrency limit, who waits, and whose turn it is when one comes free."""

from dataclasses import replace

import pytest

from lanner.engine.events import Slot
from lanner.engine.view import View
from lanner.model.execution import Execution
from lanner.model.ids import ExecutionId
from lanner.model.state import State, StateHistory
from lanner.runtime.slots import Slots
from lanner.sdk.plan import Plan
from lanner.testing.simulation import BEGINNING, plan_from
from tests.engine.flows import REGISTRY

TASKS = "tasks: [{id: a, type: io.kestra.plugin.core.log.Log, message: a}]\n"


def plan(limit: int | None = 1, behavior: str = "QUEUE", flow_id: str = "one", revision: int = 1) -> Plan:
    """Return a flow with a limit."""
    concurrency = f"concurrency: {{limit: {limit}, behavior: {behavior}}}\n" if limit else ""
    found = plan_from(f"id: {flow_id}\nnamespace: tests\n{concurrency}{TASKS}", REGISTRY)
    return replace(found, revision=revision)


def view(name: str, of: Plan | None = None, state: State = State.CREATED) -> View:
    """Return an execution in a state."""
    of = of or plan()
    execution = Execution(
        id=ExecutionId(name),
        tenant=of.key.tenant,
        namespace=of.key.namespace,
        flow_id=of.key.flow_id,
        flow_revision=of.revision,
        state=StateHistory.starting(state, BEGINNING),
    )
    return View(of, execution)


def entered(found: View, state: State) -> View:
    """Put an execution into a state; the terminal ones end it."""
    history = found.execution.state.to(state, BEGINNING)
    found.execution = replace(found.execution, state=history, ended=state.is_terminal)
    return found


def crowd(slots: Slots, *names: str, of: Plan | None = None) -> list[View]:
    """Have executions ask for a slot, one after the other."""
    found = [view(name, of) for name in names]
    for one in found:
        entered(one, State.RUNNING if slots.take(one) is Slot.GRANTED else State.QUEUED)
    return found


@pytest.mark.parametrize("state", [state for state in State if state.is_terminal])
def test_every_end_gives_the_slot_to_the_oldest_that_waits(state: State) -> None:
    slots = Slots()
    first, second, third = crowd(slots, "first", "second", "third")
    assert slots.settle(entered(first, state)) == [second.execution.id]
    assert slots.settle(first) == []
    entered(second, State.RUNNING)
    assert slots.settle(second) == []
    assert slots.settle(entered(second, state)) == [third.execution.id]


def test_a_killed_execution_keeps_its_slot_until_its_worker_has_stopped() -> None:
    slots = Slots()
    first, second = crowd(slots, "first", "second")
    entered(first, State.KILLED)
    first.execution = replace(first.execution, ended=False)
    assert slots.settle(first) == []
    first.execution = replace(first.execution, ended=True)
    assert slots.settle(first) == [second.execution.id]


def test_a_deleted_execution_gives_its_slot_back() -> None:
    slots = Slots()
    first, second = crowd(slots, "first", "second")
    assert slots.release(first) == [second.execution.id]
    assert slots.release(first) == []


def test_one_that_waits_and_goes_gives_nothing_back_and_is_not_called() -> None:
    slots = Slots()
    first, second, third = crowd(slots, "first", "second", "third")
    assert slots.settle(entered(second, State.KILLED)) == []
    assert slots.settle(entered(first, State.SUCCESS)) == [third.execution.id]


def test_a_restarted_execution_waits_like_any_other() -> None:
    slots = Slots()
    first, second = crowd(slots, "first", "second")
    assert slots.settle(entered(first, State.FAILED)) == [second.execution.id]
    assert slots.take(first) is Slot.QUEUE
    entered(first, State.QUEUED)
    first.execution = replace(first.execution, ended=False)
    assert slots.settle(entered(second, State.SUCCESS)) == [first.execution.id]


def test_asking_twice_takes_one_slot() -> None:
    slots = Slots()
    first, second, third = crowd(slots, "first", "second", "third", of=plan(limit=2))
    assert slots.take(first) is Slot.GRANTED
    assert [one.execution.state.current for one in (second, third)] == [State.RUNNING, State.QUEUED]


def test_above_the_limit_an_end_calls_nobody() -> None:
    slots = Slots()
    first, second, third = crowd(slots, "first", "second", "third")
    assert slots.settle(entered(second, State.RUNNING)) == []
    assert slots.settle(entered(first, State.SUCCESS)) == []
    assert slots.settle(entered(second, State.SUCCESS)) == [third.execution.id]


@pytest.mark.parametrize(("behavior", "expected"), [("CANCEL", Slot.CANCEL), ("FAIL", Slot.FAIL)])
def test_one_that_may_not_wait_leaves_no_trace(behavior: str, expected: Slot) -> None:
    slots, of = Slots(), plan(behavior=behavior)
    (first,) = crowd(slots, "first", of=of)
    turned_away = view("second", of)
    assert slots.take(turned_away) is expected
    assert slots.settle(entered(turned_away, State.CANCELLED)) == []
    assert slots.settle(entered(first, State.SUCCESS)) == []
    assert slots.take(view("third", of)) is Slot.GRANTED


def test_flows_do_not_share_slots() -> None:
    slots = Slots()
    crowd(slots, "first")
    assert slots.take(view("other", plan(flow_id="two"))) is Slot.GRANTED


def test_a_new_process_counts_what_has_not_ended() -> None:
    slots, of = Slots(), plan(limit=2)
    states = [State.RUNNING, State.QUEUED, State.QUEUED, State.QUEUED, State.CREATED]
    found = [view(str(number), of, state) for number, state in enumerate(states)]
    for one in (*found, entered(view("ended", of), State.SUCCESS)):
        slots.restore(one)
    assert slots.free() == ["1"]
    assert slots.free() == []
    assert slots.settle(entered(found[0], State.SUCCESS)) == ["2"]


def test_a_higher_limit_lets_all_run_that_fit() -> None:
    slots = Slots()
    first, second, third, fourth, fifth = crowd(slots, "first", "second", "third", "fourth", "fifth")
    assert slots.renew(plan(limit=3, revision=2)) == [second.execution.id, third.execution.id]
    assert slots.renew(plan(limit=3, revision=2)) == []
    assert slots.renew(plan(limit=2, revision=3)) == []
    assert slots.settle(entered(first, State.SUCCESS)) == []
    assert slots.settle(entered(entered(second, State.RUNNING), State.SUCCESS)) == [fourth.execution.id]
    assert slots.take(view("another", plan(limit=9))) is Slot.QUEUE, "an older revision does not say"
    assert slots.renew(plan(limit=None, revision=4)) == [fifth.execution.id, "another"]


def test_a_limit_of_a_flow_nobody_runs_is_not_kept() -> None:
    slots = Slots()
    assert slots.renew(plan()) == []
    assert slots.waited_for() == []
