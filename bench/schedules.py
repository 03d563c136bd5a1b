"""W8: the start of a server whose store has 100,000 flows with a Schedule each."""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.server import free_port, start, stop
from bench.workloads import Row
from lanner.backends.sql.sqlite import SqliteStore
from lanner.model.flow import MAIN_TENANT, Flow
from lanner.model.trigger import TriggerKey, TriggerState
from lanner.ports.store import Writes
from lanner.services.trigger_registration import REGISTERED
from lanner.wiring.house import DATABASE

FLOWS, AT_ONCE = 100_000, 5_000
BUDGET = "3 s"
SOURCE = """\
id: {id}
namespace: company.team{team}
tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: hello
triggers:
  - id: nightly
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "{minute} {hour} * * *"
"""


def scheduled(folder: Path | None = None) -> Row:
    """Fill a store and start a server on it."""
    with tempfile.TemporaryDirectory(prefix="lanner-bench-", dir=folder) as data:
        asyncio.run(fill(Path(data) / DATABASE))
        running = start(Path(data), free_port())
        try:
            seconds, cpu, memory = running.first_answer_seconds, running.cpu_seconds(), running.memory_mb()
        finally:
            stop(running)
    remark = f"to the first answer; {cpu * 1000:,.0f} ms cpu, {memory:.0f} MB"
    return Row(workload="W8", load=f"{FLOWS:,} schedules", budget=BUDGET, average=seconds * 1000, remark=remark)


async def fill(path: Path) -> None:
    """Save the flows as a server would have; none is due within the hour."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    store = SqliteStore(path)
    await store.open()
    for first in range(0, FLOWS, AT_ONCE):
        writes = Writes(settings={REGISTERED: True})
        for number in range(first, first + AT_ONCE):
            due = now + timedelta(minutes=60 + number % 1_380)
            flow = Flow(
                tenant=MAIN_TENANT,
                namespace=f"company.team{number % 100}",
                id=f"flow{number}",
                revision=1,
                source=SOURCE.format(id=f"flow{number}", team=number % 100, minute=due.minute, hour=due.hour),
            )
            key = TriggerKey(*flow.key, "nightly")
            writes.new_flows.append(flow)
            writes.triggers.append(TriggerState(key=key, date=now, next_date=due, updated=now))
        await store.commit(writes)
    await store.close()
