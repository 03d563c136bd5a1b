"""What every store must do; derive a test class and give it the fixture."""

from collections.abc import Callable

import pytest

from lanner.model.flow import FlowKey
from lanner.model.ids import ExecutionId
from lanner.ports.store import RevisionTaken, Store, Writes
from lanner.testing.contracts.execution_rows import ExecutionContract
from lanner.testing.contracts.flow_rows import FlowContract
from lanner.testing.contracts.key_value_rows import KeyValueContract, SecretContract, pair, secret
from lanner.testing.contracts.log_rows import LogContract
from lanner.testing.contracts.samples import (
    NOON,
    execution,
    flow,
    full_task_run,
    full_trigger,
    job,
    line,
    message,
    query,
    timer,
)
from lanner.testing.contracts.trigger_rows import TriggerContract
from lanner.testing.contracts.work_rows import UnitContract, WorkContract


class RowsContract(KeyValueContract, SecretContract, TriggerContract):
    """What is neither a flow nor of an execution."""


@pytest.mark.anyio
class StoreContract(FlowContract, ExecutionContract, LogContract, WorkContract, UnitContract, RowsContract):
    """Needs a fixture ``store``: an open, empty store, closed after the test."""

    @pytest.fixture
    def anyio_backend(self) -> str:
        """Run on asyncio."""
        return "asyncio"


@pytest.mark.anyio
class DurableStoreContract:
    """Needs a fixture ``make_store``: each call returns an unopened store at the same place, at first empty."""

    @pytest.fixture
    def anyio_backend(self) -> str:
        """Run on asyncio."""
        return "asyncio"

    async def test_what_was_saved_is_there_after_opening_again(self, make_store: Callable[[], Store]) -> None:
        store = make_store()
        await store.open()
        id_ = ExecutionId("e")
        writes = Writes(
            new_flows=[flow()],
            new_executions=[execution("e")],
            task_runs=[(id_, full_task_run("t"))],
            logs=[line()],
            messages=[message()],
            jobs=[job()],
            timers=[timer()],
            key_values=[pair()],
            secrets=[secret()],
            settings={"a": 1},
            triggers=[full_trigger()],
        )
        await store.commit(writes)
        await store.close()
        again = make_store()
        await again.open()
        assert await again.flows.latest(FlowKey("main", "company.team", "hello")) == flow()
        assert await again.executions.get(id_) == execution("e")
        assert list(await again.executions.task_runs(id_)) == [full_task_run("t")]
        assert (await again.logs.search(query())).results == [line()]
        assert list(await again.work.messages()) == writes.messages
        assert list(await again.work.jobs()) == [job()]
        assert list(await again.work.due_timers(NOON, 10)) == [timer()]
        assert list(again.key_values.find("main", ["company.team"], "region")) == [pair()]
        assert list(again.secrets.find("main", ["company.team"], "TOKEN")) == [secret()]
        assert await again.setting("a") == 1
        assert await again.triggers.all() == [full_trigger()]
        with pytest.raises(RevisionTaken):
            await again.commit(Writes(new_flows=[flow()]))
        await again.close()

    async def test_new_messages_come_after_those_that_wait_since_before(self, make_store: Callable[[], Store]) -> None:
        for name in ("a", "b", "c"):
            store = make_store()
            await store.open()
            await store.commit(Writes(messages=[message(name)]))
            await store.close()
        store = make_store()
        await store.open()
        assert [one.execution_id for one in await store.work.messages()] == ["a", "b", "c"]
        await store.close()

    async def test_closing_finishes_what_was_submitted(self, make_store: Callable[[], Store]) -> None:
        store = make_store()
        await store.open()
        waiting = [store.submit(Writes(settings={f"s{number}": number})) for number in range(50)]
        await store.close()
        for one in waiting:
            await one
        again = make_store()
        await again.open()
        assert [await again.setting(f"s{number}") for number in range(50)] == list(range(50))
        await again.close()
