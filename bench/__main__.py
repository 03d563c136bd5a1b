"""Plays the performance table against a server of our own and prints it.

python -m bench [--only W1,W3] [--seconds 20] [--rate 600] [--url URL --user U --password P]

``foreach-100000`` and ``W8`` are played when they are asked for by name, on servers of our own.
"""

import argparse
import asyncio

from bench.client import Client
from bench.large_loop import large_loop
from bench.schedules import scheduled
from bench.server import PASSWORD, USER, Running, server
from bench.workloads import W3_FLOW, Row, loop, synchronous, ten_tasks, webhooks, wide

LOOPS = ((100, "0.12 s"), (1_000, "1.0 s"), (10_000, "10 s"))


def main() -> None:
    """Read the options, start a server unless one is named, play, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="W1,W2,W3,W5,W6,W7")
    parser.add_argument("--seconds", type=float, default=20, help="length of each W1 run")
    parser.add_argument("--rate", type=float, default=800, help="executions a second of the sustained W1 run")
    parser.add_argument("--url", help="measure this server instead of one of our own")
    parser.add_argument("--user", default=USER)
    parser.add_argument("--password", default=PASSWORD)
    options = parser.parse_args()
    only = set(options.only.split(","))
    if options.url:
        print_table(asyncio.run(play(Client(options.url, options.user, options.password), only, options)))
        return
    if "W8" in only:
        print_table([scheduled()])
    if only <= {"W8"}:
        return
    with server() as running:
        idle = running.memory_mb()
        rows = asyncio.run(play(Client(running.url, USER, PASSWORD), only, options))
        if "foreach-100000" in only:
            rows += asyncio.run(large_loop(Client(running.url, USER, PASSWORD), running))
        if "W7" in only:
            rows.append(starting(running, idle))
    print_table(rows)


async def play(client: Client, only: set[str], options: argparse.Namespace) -> list[Row]:
    """Play the chosen workloads, one after the other."""
    rows = []
    if "W1" in only:
        rows.append(await webhooks(client, 1000 / 60, options.seconds, "avg 8 / p99 25 ms"))
        rows.append(await webhooks(client, options.rate, options.seconds, "800/s, p99 < 1 s"))
    if "W2" in only:
        rows.append(await ten_tasks(client, 100))
    if "W3" in only:
        await client.put_flow(W3_FLOW)
        for values, budget in LOOPS:
            rows.append(await loop(client, values, budget))
    if "W5" in only:
        rows.append(await synchronous(client, 500))
    if "W6" in only:
        rows.append(await wide(client))
    client.close()
    return rows


def starting(running: Running, idle_mb: float) -> Row:
    """W7: from the start of the process to its first answer, and its memory when idle."""
    return Row(
        workload="W7",
        load="start, idle",
        budget="1 s / 100 MB",
        average=running.first_answer_seconds * 1000,
        remark=f"{idle_mb:.0f} MB idle, {running.memory_mb():.0f} MB afterwards",
    )


def print_table(rows: list[Row]) -> None:
    """Print the rows as a table."""
    head = ("", "load", "budget", "avg ms", "p50 ms", "p99 ms", "per s", "")
    lines: list[tuple[str, ...]] = [head]
    for row in rows:
        numbers = [_number(value) for value in (row.average, row.p50, row.p99, row.rate)]
        lines.append((row.workload, row.load, row.budget, *numbers, row.remark))
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"


if __name__ == "__main__":
    main()
