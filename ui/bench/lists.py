"""Long lists: executions, the Gantt chart, log lines."""  # noqa: INP001

import time
from typing import Any

import httpx
from chrome import Requests, best, heap, scroll, tell_frames, traced, until, work_between
from figures import Table, p95
from playwright.sync_api import Page

from tests.browser.server import NAMESPACE, PASSWORD, USER, Server

ROW, BAR, LINE = ".grid-rows .grid-row", ".gantt-rows .gantt-line", ".log-place .log-text"
DRAGGED, WHEELED = 900, 150
"""Pixels a frame: a whole screen each time, as when the bar is dragged, and what a fast wheel does."""


def place(name: str, execution_id: str, tab: str) -> str:
    """Return where an execution is shown."""
    return f"/ui/main/executions/{NAMESPACE}/{name}/{execution_id}/{tab}"


def tell_rest(page: Page, table: Table) -> None:
    """Add what a page costs in which nothing moves: what is above 17 ms is the machine's."""
    table.add("a page at rest, as the machine is now: frame p95", p95(scroll(page, "main", 0, 60)().intervals), "ms")


def tell_scrolling(page: Page, table: Table, what: str, selector: str) -> None:
    """Add how it scrolls by the wheel and by its bar."""
    tell_frames(table, f"{what}, scrolled by {WHEELED} px a frame", scroll(page, selector, WHEELED), 25)
    tell_frames(table, f"{what}, scrolled by {DRAGGED} px a frame", scroll(page, selector, DRAGGED), 25)


def measure_rows(page: Page, table: Table, server: Server, rows: int) -> None:
    """Measure the list of executions."""
    table.add(
        f"executions, {rows} there: first rows",
        best(lambda: until(page, "/ui/main/executions", ROW, is_cold=True)),
        "ms",
        600,
    )
    before = heap(page)
    begun = time.perf_counter()
    with Requests(page) as asked:
        while " of " in (page.locator(".list-foot").text_content() or ""):
            page.evaluate("document.querySelector('.grid-rows').scrollTop = 1e9")
            page.wait_for_timeout(20)
    loaded = page.locator(".list-foot").text_content()
    table.add(f"{loaded} are loaded by scrolling, in {len(asked.questions)} requests", time.perf_counter() - begun, "s")
    tell_rest(page, table)
    tell_scrolling(page, table, f"{rows} rows", ".grid-rows")
    table.add("memory of the loaded rows", heap(page) - before, "MB", 40)
    times, size = _answers(server, "/executions/search?page=1&size=100&sort=state.startDate:desc&taskRuns=false")
    table.add("a page of 100 executions: JSON", size / 1000, "kB", 50)
    table.add(f"a page of 100 executions of {rows}: p95", p95(times), "ms", 150)


def measure_gantt(page: Page, table: Table, large: dict[str, str]) -> None:
    """Measure the chart of 5,000 task runs."""

    def opened() -> float:
        page.goto(place("runs", large["runs"], "overview"))
        page.wait_for_selector(".story")
        begun = time.perf_counter()
        page.get_by_role("tab", name="Gantt").click()
        page.wait_for_selector(BAR)
        return (time.perf_counter() - begun) * 1000

    table.add(
        "Gantt of 5000 task runs, from its address",
        best(lambda: until(page, place("runs", large["runs"], "gantt"), BAR)),
        "ms",
        1000,
    )
    table.add("Gantt of 5000 task runs, page open", best(opened), "ms", 1000)
    tell_scrolling(page, table, "Gantt of 5000 task runs", ".gantt-rows")


def measure_logs(page: Page, table: Table, server: Server, large: dict[str, str], lines: int) -> None:
    """Measure the lines of an execution."""
    before = heap(page)
    table.add(
        f"{lines} log lines: ready, from the address",
        best(lambda: until(page, place("lines", large["lines"], "logs"), LINE)),
        "ms",
        800,
    )
    table.add("the same, page open", best(lambda: _tab(page, "lines", large["lines"])), "ms", 800)
    page.get_by_role("switch", name="Follow").uncheck()
    tell_rest(page, table)
    tell_scrolling(page, table, f"{lines} log lines", ".log-view")
    table.add(f"memory with {lines} log lines", heap(page) - before, "MB", 80)
    begun = time.perf_counter()
    page.get_by_label("Search these lines").fill("line 77 of")
    page.wait_for_selector("mark")
    table.add(
        "search in them, first hits, with 120 ms that typing may go on", (time.perf_counter() - begun) * 1000, "ms", 300
    )
    page.wait_for_function("() => document.querySelector('.log-foot').textContent.includes(' of ')")
    hits = (page.locator(".log-foot").text_content() or "").split(" ")[0]
    table.add("hits it tells, of as many as there are", float(hits), "", lines / 100)
    _burst(page, table, server)


def measure_million(page: Page, table: Table, large: dict[str, str], many: int) -> None:
    """Measure more lines than a page can hold."""
    address = place("row", large["many"], "logs")
    table.add(f"{many} log lines: ready", best(lambda: until(page, address, LINE), 2), "ms", 800)
    page.get_by_role("switch", name="Follow").uncheck()
    tell_frames(table, f"{many} log lines", scroll(page, ".log-view", WHEELED), 25)
    tall: float = page.evaluate("document.querySelector('.log-view').scrollHeight")
    table.add("height of the list", tall / 1e6, "Mpx", 17.9)
    begun = time.perf_counter()
    page.evaluate("(to) => { document.querySelector('.log-view').scrollTop = to; }", tall / 2)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.log-place')].every((one) => one.querySelector('.log-text'))"
    )
    table.add("a jump to its middle: lines are there", (time.perf_counter() - begun) * 1000, "ms")
    table.add("memory", heap(page), "MB", 80)


def _tab(page: Page, name: str, execution_id: str) -> float:
    page.goto(place(name, execution_id, "overview"))
    page.wait_for_selector(".story")
    begun = time.perf_counter()
    page.get_by_role("tab", name="Logs").click()
    page.wait_for_selector(LINE)
    return (time.perf_counter() - begun) * 1000


def _burst(page: Page, table: Table, server: Server) -> None:
    """A thousand lines come to an execution that is followed."""
    going = server.run("waiting", wait=False)["id"]
    page.goto(place("waiting", going, "logs"))
    page.get_by_text("begun").wait_for()
    page.wait_for_timeout(1500)

    def resumed() -> None:
        server.call("POST", f"/executions/{going}/resume")
        page.wait_for_function("() => document.querySelector('.log-foot').textContent.includes('1001')")

    _, events = traced(page, resumed)
    arrival = [one["ts"] for one in events]
    table.add(
        "1000 lines more: all of the page's own work until they show", sum(work_between(events, [min(arrival)])), "ms"
    )
    table.add("1000 lines more: the longest task", max(_durations(events)), "ms", 20)
    server.call("DELETE", f"/executions/{going}/kill")


def _durations(events: list[dict[str, Any]]) -> list[float]:
    return [one.get("tdur", one["dur"]) / 1000 for one in events if one["name"].endswith("::RunTask") and "dur" in one]


def _answers(server: Server, path: str, times: int = 40) -> tuple[list[float], int]:
    """Return how long answers took in milliseconds, and the bytes of the last."""
    taken, size = [], 0
    with httpx.Client(base_url=f"{server.url}/api/v1/main", auth=(USER, PASSWORD), trust_env=False) as client:
        for _ in range(times):
            begun = time.perf_counter()
            size = len(client.get(path).raise_for_status().content)
            taken.append((time.perf_counter() - begun) * 1000)
    return taken, size
