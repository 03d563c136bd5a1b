"""A whole house whose time passes at once, for tests of what starts executions by itself."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch

from lanner.backends.sql.writer import Writer
from lanner.model.execution import Execution
from lanner.model.flow import MAIN_TENANT, FlowKey
from lanner.model.trigger import TriggerKey, TriggerState
from lanner.ports.search import Query, Sort
from lanner.services.executions import Start
from lanner.settings.sections import Settings
from lanner.testing.skipping import SkippingClock, SkippingLoop, play
from lanner.wiring.house import House, open_local

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
RETURN = 'tasks:\n  - id: show\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ %s }}"\n'


class Lab:
    """A house and its clock."""

    def __init__(self, house: House, clock: SkippingClock) -> None:
        self.house, self.clock = house, clock

    async def save(self, source: str) -> None:
        """Save a flow."""
        await self.house.flows.put(MAIN_TENANT, source)

    async def run(self, flow_id: str, namespace: str = "tests", **inputs: Any) -> Execution:
        """Run an execution to its end."""
        key = FlowKey(MAIN_TENANT, namespace, flow_id)
        shown = await self.house.executions.start(Start(key=key, inputs=inputs))
        return (await self.house.executions.wait(shown)).execution

    async def wait(self, **time: float) -> None:
        """Let time pass."""
        await asyncio.sleep(timedelta(**time).total_seconds())

    async def settle(self) -> None:
        """Let everything happen that is due now."""
        await asyncio.sleep(0.5)

    async def executions(self, flow_id: str) -> list[Execution]:
        """Return the executions of a flow, oldest first."""
        query = Query(tenant=MAIN_TENANT, size=10_000, sort=(Sort("state.startDate"),))
        found = (await self.house.store.executions.search(query)).results
        return [execution for execution in found if execution.flow_id == flow_id]

    async def dates(self, flow_id: str) -> list[str]:
        """Return ``trigger.date`` of a flow's executions, oldest first."""
        return [str(one.trigger.variables["date"]) for one in await self.executions(flow_id) if one.trigger]

    async def state(self, flow_id: str, trigger_id: str = "tick") -> TriggerState:
        """Return the stored state of a trigger."""
        found = await self.house.store.triggers.get(TriggerKey(MAIN_TENANT, "tests", flow_id, trigger_id))
        assert found is not None
        return found


def _submit(writer: Writer, writes: Any) -> "asyncio.Future[None]":
    """Take a unit of work; the loop's time stands still until it is written."""
    done = _SUBMIT(writer, writes)
    loop = asyncio.get_running_loop()
    return loop.wait_for(done) if isinstance(loop, SkippingLoop) else done


_SUBMIT = Writer.submit


@asynccontextmanager
async def opened(
    clock: SkippingClock, folder: Path, store: Literal["memory", "sqlite"] = "memory", **options: Any
) -> AsyncIterator[Lab]:
    """Open a house."""
    settings = Settings.model_validate({"data_dir": folder, **options})
    with patch.object(Writer, "submit", _submit):
        async with open_local(settings, store=store, clock=clock, grace_seconds=0) as house:
            yield Lab(house, clock)


def in_house(
    folder: Path, test: Callable[[Lab], Coroutine[Any, Any, None]], *, beginning: datetime = NEW_YEAR, **options: Any
) -> None:
    """Run a test in a house without a file."""

    async def run(clock: SkippingClock) -> None:
        async with opened(clock, folder, **options) as lab:
            await test(lab)

    play(run, beginning=beginning)
