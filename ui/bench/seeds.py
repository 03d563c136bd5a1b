"""What the pages show while they are measured: executions, task runs, log lines and tasks by the thousand."""  # noqa: INP001

import asyncio
import json
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.browser.server import NAMESPACE, PASSWORD, USER, Server

LOG = "io.kestra.plugin.core.log.Log"
FLOW = "io.kestra.plugin.core.flow"
LINES_OF_A_TASK = 100
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much there is of each; ``many`` log lines are written past the server, for the list that shows a window."""

    rows: int
    lines: int
    many: int


def loop(flow_id: str, values: int, message: str, before: str = "") -> str:
    """Return a flow that logs for each of many values, after what comes ``before``."""
    return f"""id: {flow_id}
namespace: {NAMESPACE}
tasks:
{before}  - id: each
    type: {FLOW}.ForEach
    concurrencyLimit: 0
    values: "{{{{ range(1, {values}) }}}}"
    tasks:
      - id: say
        type: {LOG}
        message: {message}
"""


def wide(flow_id: str, tasks: int) -> str:
    """Return a flow of groups of nine parallel tasks."""
    groups = "".join(
        f"  - id: group_{group}\n    type: {FLOW}.Parallel\n    tasks:\n"
        + "".join(f"      - {{id: task_{group}_{one}, type: {LOG}, message: hello}}\n" for one in range(9))
        for group in range(tasks // 10)
    )
    return f"id: {flow_id}\nnamespace: {NAMESPACE}\ntasks:\n{groups}"


def long_flow(lines: int = 2_000) -> str:
    """Return a flow of so many lines, as people write them."""
    tasks = "".join(
        f'  - id: step_{index}\n    type: {LOG}\n    message: "step {index} of {{{{ flow.id }}}}"\n    level: INFO\n'
        for index in range((lines - 3) // 4)
    )
    return f"id: long_one\nnamespace: {NAMESPACE}\ntasks:\n{tasks}"


def waiting() -> str:
    """Return a flow that waits, then writes a thousand lines at once."""
    text = "[" + ", ".join(f'"late line {one}"' for one in range(1_000)) + "]"
    return f"""id: waiting
namespace: {NAMESPACE}
tasks:
  - {{id: begin, type: {LOG}, message: begun}}
  - {{id: wait, type: {FLOW}.Pause}}
  - {{id: burst, type: {LOG}, message: {text}}}
  - {{id: again, type: {FLOW}.Pause}}
"""


def sources(sizes: Sizes) -> list[str]:
    """Return the flows that are measured."""
    said = (
        "[" + ", ".join(f'"line {one} of a task that has a good deal to say"' for one in range(LINES_OF_A_TASK)) + "]"
    )
    return [
        loop("runs", 5_000, '"value {{ taskrun.value }}"'),
        loop("watched", 1_000, '"value {{ taskrun.value }}"', f"  - {{id: wait, type: {FLOW}.Pause}}\n"),
        loop("lines", sizes.lines // LINES_OF_A_TASK, said),
        wide("wide", 1_000),
        wide("widest", 10_000),
        long_flow(),
        waiting(),
        f"id: row\nnamespace: {NAMESPACE}\nlabels: {{team: a}}\ntasks:\n  - {{id: say, type: {LOG}, message: hi}}\n",
    ]


def fill(server: Server, sizes: Sizes) -> dict[str, str]:
    """Make the flows and run them, once for a folder; returns the large executions by their flow."""
    known = server.folder / "filled.json"
    if known.exists():
        found: dict[str, str] = json.loads(known.read_text())
        return found
    for source in sources(sizes):
        server.save(source)
    asyncio.run(_start_many(server, sizes.rows))
    large = {name: _run(server, name) for name in ("runs", "lines", "wide")}
    large["many"] = server.run("row")["id"]
    server.stop()
    _write_lines(server.folder / "data" / "lanner.db", large["lines"], large["many"], sizes)
    server.start()
    known.write_text(json.dumps(large))
    return large


def _run(server: Server, name: str) -> str:
    started: str = server.run(name, wait=False)["id"]
    while (
        server.call("GET", f"/executions/search?flowId={name}&taskRuns=false")["results"][0]["state"]["current"]
        == "RUNNING"
    ):
        time.sleep(1)
    return started


def _write_lines(database: Path, pattern: str, execution_id: str, sizes: Sizes) -> None:
    """Copy the lines of one execution to another, again and again."""
    with sqlite3.connect(database) as connection:
        columns = [
            name for _, name, *_ in connection.execute("PRAGMA table_info(logs)") if name not in {"seq", "execution_id"}
        ]
        names = ", ".join(columns)
        shown = ", ".join("timestamp + ?" if name == "timestamp" else name for name in columns)
        for turn in range(sizes.many // sizes.lines):
            connection.execute(
                f"INSERT INTO logs (execution_id, {names}) SELECT ?, {shown} FROM logs WHERE execution_id = ?",  # noqa: S608
                (execution_id, turn * 60_000_000, pattern),
            )


async def _start_many(server: Server, count: int) -> None:
    """Start many short executions, some at a time."""
    left = iter(range(count))
    async with httpx.AsyncClient(base_url=server.url, auth=(USER, PASSWORD), timeout=60, trust_env=False) as client:

        async def work() -> None:
            for _ in left:
                (await client.post(f"/api/v1/main/executions/{NAMESPACE}/row")).raise_for_status()

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
