"""The workloads of the performance table, played from outside over HTTP. Bounded in count and time."""

import asyncio
import statistics
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bench.client import Client, Failed

ENDED = {"SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELLED"}
LONGEST_SECONDS = 300.0

W1_FLOW = """\
id: {id}
namespace: bench
tasks:
  - id: values
    type: io.kestra.plugin.core.output.OutputValues
    values:
      v: "{{{{ execution.id }}}}"
  - id: log
    type: io.kestra.plugin.core.log.Log
    message: "{{{{ outputs.values.values.v }}}}"
triggers:
  - id: hook
    type: io.kestra.plugin.core.trigger.Webhook
    key: bench
"""
W2_FLOW = "id: w2\nnamespace: bench\ntasks:\n" + "".join(
    f"  - id: t{n}\n    type: io.kestra.plugin.core.log.Log\n    message: step {n}\n" for n in range(10)
)
W3_FLOW = """\
id: w3
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
      - id: log
        type: io.kestra.plugin.core.log.Log
        message: "{{ taskrun.value }}"
"""
W6_FLOW = (
    "id: w6\nnamespace: bench\ntasks:\n  - id: all\n    type: io.kestra.plugin.core.flow.Parallel\n    tasks:\n"
    + "".join(
        f"      - id: t{n}\n        type: io.kestra.plugin.core.log.Log\n        message: step {n}\n"
        for n in range(1000)
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table; times in milliseconds."""

    workload: str
    load: str
    budget: str
    average: float | None = None
    p50: float | None = None
    p99: float | None = None
    rate: float | None = None
    remark: str = ""


def row(
    workload: str, load: str, budget: str, seconds: list[float], *, rate: float | None = None, remark: str = ""
) -> Row:
    """Return the line for measured durations."""
    ordered = sorted(seconds)
    return Row(
        workload=workload,
        load=load,
        budget=budget,
        average=statistics.fmean(ordered) * 1000,
        p50=ordered[len(ordered) // 2] * 1000,
        p99=ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1000,
        rate=rate,
        remark=remark,
    )


async def webhooks(client: Client, per_second: float, seconds: float, budget: str) -> Row:
    """W1: calls of a webhook at a fixed rate; latency is the execution's own history, first state to last."""
    flow_id = f"w1_{time.time_ns()}"
    await client.put_flow(W1_FLOW.format(id=flow_id))
    total = int(per_second * seconds)
    began = time.time()
    gate = asyncio.Semaphore(256)

    async def fire(number: int) -> None:
        await asyncio.sleep(max(0.0, began + number / per_second - time.time()))
        async with gate:
            await client.json("POST", f"/executions/webhook/bench/{flow_id}/bench", b"{}")

    await asyncio.gather(*(fire(number) for number in range(total)))
    sent = time.time() - began
    await _all_ended(client, flow_id, total)
    documents = await _all_of(client, flow_id)
    spans = [_span(document) for document in documents if document["state"]["current"] == "SUCCESS"]
    last = max(_moment(document["state"]["histories"][-1]["date"]) for document in documents)
    remark = f"{len(spans)}/{total} SUCCESS, sent in {sent:.1f} s"
    return row("W1", f"{per_second * 60:,.0f}/min", budget, spans, rate=len(spans) / (last - began), remark=remark)


async def ten_tasks(client: Client, count: int) -> Row:
    """W2: executions of ten sequential tasks, one after the other."""
    await client.put_flow(W2_FLOW)
    began = time.monotonic()
    spans = [_span(await client.start("w2", wait=True)) for _ in range(count)]
    return row("W2", f"{count} one by one", "30 ms", spans, rate=count / (time.monotonic() - began))


async def loop(client: Client, values: int, budget: str) -> Row:
    """W3: one ForEach over so many values, one Log each."""
    # Asking for the document again and again would cost more, the more task runs it has.
    document = await client.start("w3", n=values, wait=True)
    seconds = _span(document)
    remark = f"{document['state']['current']}, {seconds / values * 1e6:.0f} µs a task run"
    return row("W3", f"{values:,} values", budget, [seconds], rate=values / seconds, remark=remark)


async def synchronous(client: Client, count: int) -> Row:
    """W5: start with ``wait=true``, one after the other; latency as the client sees it."""
    await client.put_flow(W1_FLOW.format(id="w5"))
    for _ in range(50):
        await client.start("w5", wait=True)
    spans = []
    began = time.monotonic()
    for _ in range(count):
        before = time.monotonic()
        await client.start("w5", wait=True)
        spans.append(time.monotonic() - before)
    return row("W5", f"{count} one by one", "p50 3 / p99 10 ms", spans, rate=count / (time.monotonic() - began))


async def wide(client: Client) -> Row:
    """W6: a Parallel of 1,000 Logs."""
    await client.put_flow(W6_FLOW)
    document = await client.start("w6")
    document = await _ended(client, document["id"])
    return row("W6", "1,000 tasks", "800 ms", [_span(document)], remark=document["state"]["current"])


async def _ended(client: Client, execution_id: str) -> Any:
    began = time.monotonic()
    while (waited := time.monotonic() - began) < LONGEST_SECONDS:
        page = await client.json("GET", f"/executions/search?q={execution_id}&size=1")
        if page["results"] and page["results"][0]["state"]["current"] in ENDED:
            return page["results"][0]
        await asyncio.sleep(max(0.05, waited / 20))
    raise Failed(f"execution {execution_id} did not end in {LONGEST_SECONDS:.0f} s")


async def _all_ended(client: Client, flow_id: str, total: int) -> None:
    began = time.monotonic()
    while time.monotonic() - began < LONGEST_SECONDS:
        page = await client.json("GET", f"/executions/search?namespace=bench&flowId={flow_id}&state=SUCCESS&size=1")
        if page["total"] >= total:
            return
        await asyncio.sleep(0.25)


async def _all_of(client: Client, flow_id: str) -> list[Any]:
    found: list[Any] = []
    number = 1
    while True:
        query = f"namespace=bench&flowId={flow_id}&size=500&page={number}"
        page = await client.json("GET", f"/executions/search?{query}")
        found += page["results"]
        if not page["results"] or len(found) >= page["total"]:
            return found
        number += 1


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _span(document: Any) -> float:
    histories = document["state"]["histories"]
    return _moment(histories[-1]["date"]) - _moment(histories[0]["date"])
