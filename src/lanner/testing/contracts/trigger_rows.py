"""What ``Store.triggers`` must do."""

from typing import Any

import pytest

from lanner.model.flow import FlowKey
from lanner.model.ids import ExecutionId
from lanner.model.state import State
from lanner.model.trigger import ConditionWindow, ListenedTo, Listener, TriggerKey
from lanner.ports.search import Operator, Sort, UnsupportedFilter
from lanner.ports.store import Store, Writes
from lanner.testing.contracts.samples import NOON, SECOND, full_trigger, query, trigger

FLOW = FlowKey("main", "company.team", "listener")
WINDOW = ConditionWindow(flow=FLOW, id="both", start=NOON, end=NOON + SECOND, met=("a",), outputs={"x": {"n": 1}})
LISTENER = Listener(
    key=TriggerKey(*FLOW, "up"),
    states=(State.SUCCESS, State.PAUSED),
    executions=(ListenedTo("company.team", "load", False), ListenedTo("comp", None, True)),  # a row
)


class TriggerContract:
    """States, windows and listeners."""

    async def test_a_trigger_comes_back_as_it_was_saved(self, store: Store) -> None:
        await store.commit(Writes(triggers=[full_trigger(), trigger("plain", next_date=None)]))
        assert await store.triggers.get(full_trigger().key) == full_trigger()
        assert await store.triggers.get(trigger("plain").key) == trigger("plain", next_date=None)
        assert await store.triggers.get(trigger("nobody").key) is None

    async def test_a_trigger_saved_again_is_one(self, store: Store) -> None:
        await store.commit(Writes(triggers=[trigger(), trigger(disabled=True)]))
        await store.commit(Writes(triggers=[trigger("b")]))
        await store.commit(Writes(triggers=[trigger("b", execution_id=ExecutionId("e"))]))
        assert await store.triggers.all() == [trigger("b", execution_id=ExecutionId("e")), trigger(disabled=True)]

    async def test_a_removed_trigger_is_gone(self, store: Store) -> None:
        await store.commit(Writes(triggers=[trigger("a"), trigger("b"), trigger("c")]))
        steps = [Writes(removed_triggers=[trigger("a").key]), Writes(triggers=[trigger("a", disabled=True)])]
        steps.append(Writes(removed_triggers=[trigger("b").key], triggers=[trigger("b", disabled=True)]))
        steps.append(Writes(removed_triggers=[trigger("c").key, trigger("nobody").key]))
        for one in [store.submit(step) for step in steps]:
            await one
        assert await store.triggers.all() == [trigger("a", disabled=True), trigger("b", disabled=True)]

    async def test_triggers_are_found(self, store: Store) -> None:
        rows = [
            trigger("a", flow_id="one", execution_id=ExecutionId("e")),
            trigger("b", flow_id="one", next_date=NOON + SECOND, disabled=True),
            trigger("c", flow_id="two", namespace="company.team.below", next_date=None, date=NOON),
            trigger("d", flow_id="three", namespace="system"),
        ]
        await store.commit(Writes(triggers=rows))

        async def found(*filters: tuple[str, Operator, object], **rest: Any) -> list[str]:
            page = await store.triggers.search(query(*filters, **rest))
            assert page.total == len(page.results)
            return [state.key.trigger_id for state in page.results]

        assert await found() == ["a", "b", "c", "d"]
        assert await found(("namespace", Operator.PREFIX, "company.team")) == ["a", "b", "c"]
        assert await found(("flowId", Operator.EQUALS, "one"), ("q", Operator.EQUALS, "B")) == ["b"]
        assert await found(("triggerId", Operator.IN, ("a", "d"))) == ["a", "d"]
        assert await found(("scope", Operator.EQUALS, "SYSTEM")) == ["d"]
        assert await found(("executionId", Operator.NOT_EQUALS, "e")) == ["b", "c", "d"]
        assert await found(("disabled", Operator.EQUALS, 1)) == ["b"]
        assert await found(("kind", Operator.EQUALS, "POLLING")) == []
        assert await found(("nextDate", Operator.GREATER_THAN, NOON)) == ["b"]
        assert await found(("date", Operator.LESS_THAN_OR_EQUAL_TO, NOON)) == ["c"]
        assert await found(sort=(Sort("nextExecutionDate", descending=True),)) == ["b", "a", "d", "c"]
        assert await found(sort=(Sort("triggerId", descending=True),)) == ["d", "c", "b", "a"]
        assert await found(tenant="other") == []

    async def test_triggers_come_in_pages(self, store: Store) -> None:
        await store.commit(Writes(triggers=[trigger(name) for name in "abc"]))
        page = await store.triggers.search(query(page=2, size=2))
        assert ([state.key.trigger_id for state in page.results], page.total) == (["c"], 3)

    async def test_triggers_are_not_found_by_unknown_fields(self, store: Store) -> None:
        with pytest.raises(UnsupportedFilter):
            await store.triggers.search(query(("color", Operator.EQUALS, "red")))

    async def test_windows_are_kept_until_they_are_removed(self, store: Store) -> None:
        empty = ConditionWindow(flow=FLOW, id="none", start=NOON, end=NOON)
        await store.commit(Writes(windows=[WINDOW, empty]))
        assert await store.triggers.windows() == [WINDOW, empty]
        await store.commit(Writes(removed_windows=[(FLOW, "none"), (FLOW, "nobody")]))
        assert await store.triggers.windows() == [WINDOW]

    async def test_listeners_are_kept_until_they_are_removed(self, store: Store) -> None:
        everything = Listener(key=TriggerKey(*FLOW, "all"), states=(State.FAILED,), executions=None)
        await store.commit(Writes(listeners=[LISTENER, everything]))
        assert await store.triggers.listeners() == [everything, LISTENER]
        await store.commit(Writes(removed_listeners=[everything.key]))
        assert await store.triggers.listeners() == [LISTENER]
