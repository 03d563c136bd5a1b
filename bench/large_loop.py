"""One ForEach over 100,000 values against loops over 1,000: cost of a task run, and memory.

A server of its own is measured. Processor time is what to compare: it leaves out what others do on the machine.
"""

import asyncio
import time
from dataclasses import dataclass

from bench.client import Client
from bench.server import Running
from bench.workloads import ENDED, LONGEST_SECONDS, Row

FLOW = """\
id: large
namespace: bench
inputs:
  - id: n
    type: INT
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: "{{ range(1, inputs.n) }}"
    concurrencyLimit: 0
    tasks:
      - id: out
        type: io.kestra.plugin.core.output.OutputValues
        values:
          v: "{{ taskrun.value }}"
"""
LARGE, SMALL, REPEATS = 100_000, 1_000, 30
BUDGET = "1.3 x of 1,000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a task run costs, in seconds."""

    wall: float
    cpu: float


async def large_loop(client: Client, running: Running) -> list[Row]:
    """Play both loops; the peak of memory holds the answer with all task runs too."""
    await client.put_flow(FLOW)
    await _played(client, running, SMALL, 1)
    small, _ = await _played(client, running, SMALL, REPEATS)
    large, execution_id = await _played(client, running, LARGE, 1)
    peak = running.peak_memory_mb()
    document = await client.json("GET", f"/executions/{execution_id}")
    runs = len(document["taskRunList"]) - 1
    remark = f"cpu x{large.cpu / small.cpu:.2f}, wall x{large.wall / small.wall:.2f}; {runs:,} listed;"
    remark += f" peak {peak:.0f} MB, {running.peak_memory_mb():.0f} MB with the document"
    return [_row(SMALL, small, ""), _row(LARGE, large, remark)]


async def _played(client: Client, running: Running, values: int, repeats: int) -> tuple[Cost, str]:
    began, cpu = time.monotonic(), running.cpu_seconds()
    for _ in range(repeats):
        execution_id = (await client.start("large", n=values))["id"]
        await _ended(client, execution_id)
    total = values * repeats
    cost = Cost(wall=(time.monotonic() - began) / total, cpu=(running.cpu_seconds() - cpu) / total)
    return cost, execution_id


async def _ended(client: Client, execution_id: str) -> None:
    """Wait without asking for task runs: that would cost more, the more there are."""
    until = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < until:
        page = await client.json("GET", f"/executions/search?q={execution_id}&size=1&taskRuns=false")
        if page["results"] and page["results"][0]["state"]["current"] in ENDED:
            return
        await asyncio.sleep(0.02)
    raise TimeoutError(f"execution {execution_id} did not end in {LONGEST_SECONDS:.0f} s")


def _row(values: int, cost: Cost, remark: str) -> Row:
    return Row(
        workload="foreach-100000",
        load=f"{values:,} values",
        budget=BUDGET if remark else "",
        rate=1 / cost.wall,
        remark=f"{cost.cpu * 1e6:.0f} µs cpu, {cost.wall * 1e6:.0f} µs wall a task run; {remark}".rstrip("; "),
    )
