"""Measure the SQLite store: units of the W1 workload per second, and searches over many executions.

    python bench/store.py [--executions 100000] [--units 20000] [--concurrency 64] [--folder PATH]

A W1 execution (two tasks) is six units: created; begun with the first job; first task begun;
first task ended with the second job; second task begun; ended.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from lanner.backends.sql.sqlite import SqliteStore
from lanner.model.execution import Attempt, Execution, TaskRun
from lanner.model.flow import FlowKey
from lanner.model.ids import ExecutionId, TaskRunId, derived_id, execution_id
from lanner.model.label import Label
from lanner.model.log import Level, LogEntry
from lanner.model.state import State, StateHistory
from lanner.ports.search import Filter, Operator, Query, Sort
from lanner.ports.store import Writes
from lanner.ports.work import Job, Message

TICK = timedelta(milliseconds=3)
NAMESPACES = [f"company.team{number}" for number in range(20)]
FLOWS = [f"flow{number}" for number in range(10)]
ENDS = [State.SUCCESS] * 17 + [State.FAILED] * 2 + [State.WARNING]


@dataclass(frozen=True, slots=True)
class Subject:
    """What the executions of a bench are made of."""

    chance: Random

    def execution(self, now: datetime) -> Execution:
        """Return a new execution."""
        id_ = execution_id(self.chance.randbytes(16))
        return Execution(
            id=id_,
            tenant="main",
            namespace=self.chance.choice(NAMESPACES),
            flow_id=self.chance.choice(FLOWS),
            flow_revision=1,
            state=StateHistory.starting(State.CREATED, now),
            inputs={"name": "world", "count": 3},
            labels=(Label("system.correlationId", id_), Label("team", self.chance.choice(("red", "green", "blue")))),
        )

    def life(self, now: datetime) -> Iterator[Writes]:
        """Yield the units of one W1 execution; the caller saves each before it asks for the next."""
        execution = self.execution(now)
        id_ = execution.id
        created = _message(id_, "Created")
        unit = Writes(new_executions=[execution], messages=[created])
        yield unit
        execution = replace(execution, state=execution.state.to(State.RUNNING, now + TICK), sequence=1)
        first = _task_run(id_, "values", 0, now + TICK)
        yield Writes(
            executions=[execution],
            task_runs=[(id_, first)],
            jobs=[Job(execution_id=id_, task_run_id=first.id, attempt=1)],
            handled_messages=[one.id for one in unit.messages],
        )
        first = _begun(first, now + TICK * 2)
        yield Writes(task_runs=[(id_, first)])
        execution = replace(execution, sequence=2)
        second = _task_run(id_, "log", 1, now + TICK * 3)
        yield Writes(
            executions=[execution],
            task_runs=[(id_, _ended(first, now + TICK * 3, {"values": {"greeting": "hello"}})), (id_, second)],
            jobs=[Job(execution_id=id_, task_run_id=second.id, attempt=1)],
            ended_jobs=[(first.id, 1)],
        )
        second = _begun(second, now + TICK * 4)
        yield Writes(task_runs=[(id_, second)], logs=[_line(execution, second, now + TICK * 4)])
        end = self.chance.choice(ENDS)
        execution = replace(execution, state=execution.state.to(end, now + TICK * 5), ended=True)
        yield Writes(
            executions=[execution],
            task_runs=[(id_, _ended(second, now + TICK * 5, {}))],
            ended_jobs=[(second.id, 1)],
        )

    def whole(self, now: datetime) -> Writes:
        """Return one ended execution as a single unit, to fill a store."""
        life = list(self.life(now))
        last = life[-1].executions[0]
        runs = {run.id: run for unit in life for _, run in unit.task_runs}
        return Writes(
            new_executions=[last],
            task_runs=[(last.id, run) for run in runs.values()],
            logs=[line for unit in life for line in unit.logs],
        )


def _message(id_: ExecutionId, kind: str) -> Message:
    return Message(execution_id=id_, kind=kind, body={})


def _task_run(id_: ExecutionId, task_id: str, sequence: int, now: datetime) -> TaskRun:
    return TaskRun(
        id=TaskRunId(derived_id(id_, None, task_id)),
        task_id=task_id,
        state=StateHistory.starting(State.CREATED, now),
        sequence=sequence,
    )


def _begun(run: TaskRun, now: datetime) -> TaskRun:
    attempt = Attempt(state=StateHistory.starting(State.RUNNING, now), worker_id="worker-1")
    return replace(run, state=run.state.to(State.RUNNING, now), attempts=(attempt,))


def _ended(run: TaskRun, now: datetime, outputs: dict[str, object]) -> TaskRun:
    attempt = replace(run.attempts[0], state=run.attempts[0].state.to(State.SUCCESS, now))
    return replace(run, state=run.state.to(State.SUCCESS, now), attempts=(attempt,), outputs=outputs)


def _line(execution: Execution, run: TaskRun, now: datetime) -> LogEntry:
    return LogEntry(
        tenant=execution.tenant,
        namespace=execution.namespace,
        flow_id=execution.flow_id,
        timestamp=now,
        level=Level.INFO,
        message="hello world, this is a line of an ordinary length",
        execution_id=execution.id,
        task_id=run.task_id,
        task_run_id=run.id,
        attempt_number=0,
    )


async def commits(store: SqliteStore, executions: int, concurrency: int) -> None:
    """Run whole lives side by side; each unit is durable before the next of the same execution."""
    subject = Subject(Random(1))
    waits: list[float] = []
    left = iter(range(executions))

    async def worker() -> None:
        for _ in left:
            for unit in subject.life(datetime.now(UTC)):
                began = time.perf_counter()
                await store.commit(unit)
                waits.append(time.perf_counter() - began)

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(worker() for _ in range(concurrency)))
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(
        f"concurrency {concurrency:5}: {executions / took:7.0f} executions/s {len(waits) / took:8.0f} units/s"
        f" {executions * 16 / took:8.0f} rows/s"
        f"  cpu {cpu / took * 100:3.0f} %, {cpu / executions * 1e6:4.0f} us per execution"
        f"  commit p50 {_part(waits, 50) * 1e3:.1f} p99 {_part(waits, 99) * 1e3:.1f} max {max(waits) * 1e3:.0f} ms"
    )


async def single(store: SqliteStore) -> None:
    """Commit one small unit after the other: what a lone request waits for."""
    waits = []
    for number in range(300):
        began = time.perf_counter()
        await store.commit(Writes(settings={"bench": number}))
        waits.append(time.perf_counter() - began)
    print(f"one unit at a time: p50 {_part(waits, 50) * 1e3:.2f} ms p99 {_part(waits, 99) * 1e3:.2f} ms")


async def fill(store: SqliteStore, executions: int) -> datetime:
    """Make a store of many ended executions, two seconds apart; returns the start of the last."""
    subject = Subject(Random(2))
    now = datetime(2025, 1, 1, tzinfo=UTC)
    began = time.perf_counter()
    waiting: list[Awaitable[None]] = []
    for _ in range(executions):
        now += timedelta(seconds=2)
        waiting.append(store.submit(subject.whole(now)))
        if len(waiting) >= 2_000:
            for one in waiting:
                await one
            waiting.clear()
    for one in waiting:
        await one
    print(f"filled with {executions} executions in {time.perf_counter() - began:.1f} s")
    return now


def searches(last: datetime) -> Iterator[tuple[str, Query]]:
    """Yield the lists people open."""

    def query(*filters: Filter, sort: tuple[Sort, ...] = (), page: int = 1) -> Query:
        return Query(tenant="main", filters=filters, sort=sort, page=page, size=25)

    newest = (Sort("state.startDate", descending=True),)
    namespace = Filter("namespace", Operator.PREFIX, "company.team3")
    day = Filter("startDate", Operator.GREATER_THAN_OR_EQUAL_TO, last - timedelta(days=1))
    failed = Filter("state", Operator.IN, (State.FAILED, State.WARNING))
    running = Filter("state", Operator.IN, (State.RUNNING, State.CREATED))
    flow = Filter("flowId", Operator.EQUALS, "flow3")
    yield "all", query(sort=newest)
    yield "all, page 1000", query(sort=newest, page=1000)
    yield "everybody's namespace", query(Filter("namespace", Operator.PREFIX, "company"), sort=newest)
    yield "namespace", query(namespace, sort=newest)
    yield "flow", query(Filter("namespace", Operator.EQUALS, "company.team3"), flow, sort=newest)
    yield "flow id alone", query(flow, sort=newest)
    yield "last day", query(day, sort=newest)
    yield "last day of a namespace", query(day, namespace, sort=newest)
    yield "last day, failed", query(day, failed, sort=newest)
    yield "failed", query(failed, sort=newest)
    yield "failed of a namespace", query(failed, namespace, sort=newest)
    yield "running", query(running, sort=newest)
    yield "label, a third of all", query(Filter("labels", Operator.EQUALS, ("team", "red")), sort=newest)
    yield "label and namespace", query(Filter("labels", Operator.EQUALS, ("team", "red")), namespace, sort=newest)
    yield "label, nothing", query(Filter("labels", Operator.EQUALS, ("team", "black")), sort=newest)
    yield "q, a flow", query(Filter("q", Operator.EQUALS, "flow3"), sort=newest)
    yield "q, nothing", query(Filter("q", Operator.EQUALS, "zzzzzzz"), sort=newest)
    yield "by end", query(sort=(Sort("state.endDate", descending=True),))
    yield "by duration", query(sort=(Sort("state.duration", descending=True),))


async def reads(store: SqliteStore, last: datetime, rounds: int) -> None:
    """Time each search and a few other reads."""

    async def show(name: str, read: Callable[[], Awaitable[object]]) -> None:
        waits = []
        result: object = None
        for _ in range(rounds):
            began = time.perf_counter()
            result = await read()
            waits.append(time.perf_counter() - began)
        total = getattr(result, "total", "")
        print(f"  {name:26} p50 {_part(waits, 50) * 1e3:8.2f} ms  p95 {_part(waits, 95) * 1e3:8.2f} ms  {total}")

    for name, query in searches(last):
        await show(name, lambda query=query: store.executions.search(query))  # type: ignore[misc]  # bound default
    page = await store.executions.search(Query(tenant="main"))
    one = page.results[0].id
    keys = [FlowKey("main", namespace, flow) for namespace in NAMESPACES for flow in FLOWS]
    await show("open one", lambda: store.executions.get(one))
    await show("its task runs", lambda: store.executions.task_runs(one))
    await show("unfinished", store.executions.unfinished)
    await show("newest of 200 flows", lambda: store.executions.latest_of_flows(keys))
    by_execution = Query(tenant="main", filters=(Filter("executionId", Operator.EQUALS, one),), size=1000)
    await show("logs of one", lambda: store.logs.search(by_execution))
    newest_lines = Query(tenant="main", sort=(Sort("timestamp", descending=True),), size=25)
    await show("logs, newest", lambda: store.logs.search(newest_lines))
    flow_lines = (Filter("namespace", Operator.EQUALS, "company.team3"), Filter("flowId", Operator.EQUALS, "flow3"))
    await show("logs of a flow", lambda: store.logs.search(replace(newest_lines, filters=flow_lines)))


def _part(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


async def main(arguments: argparse.Namespace, folder: Path) -> None:
    """Run everything."""
    store = SqliteStore(folder / "bench.db")
    await store.open()
    last = datetime.now(UTC)
    if arguments.executions:
        last = await fill(store, arguments.executions)
        print(f"the file has {(folder / 'bench.db').stat().st_size / 1e6:.0f} MB")
        await reads(store, last, arguments.rounds)
    if arguments.units:
        await single(store)
        for concurrency in arguments.concurrency:
            await commits(store, arguments.units // 6, concurrency)
    await store.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--executions", type=int, default=100_000)
    parser.add_argument("--units", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--concurrency", type=int, nargs="*", default=[1, 16, 256, 2000])
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="lanner-bench-") as scratch:
        asyncio.run(main(options, options.folder or Path(scratch)))
