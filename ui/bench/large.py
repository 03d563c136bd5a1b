"""How the pages of executions bear much: rows, log lines, task runs and tasks by the thousand.

``.venv/bin/python ui/bench/large.py`` starts a server of its own, fills it, opens Debian's Chromium
and prints one line for each budget. ``--rows N`` and ``--lines N`` make it smaller for a look.
"""  # noqa: INP001

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx
from playwright.sync_api import Page, Playwright, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.browser.server import NAMESPACE, PASSWORD, USER, Server  # the root was not on the path

LOG = "io.kestra.plugin.core.log.Log"
FLOW = "io.kestra.plugin.core.flow"
LINES_OF_A_TASK = 100
AT_ONCE = 16
SIZE = {"width": 1360, "height": 850}

FRAMES = """([selector, step, count]) => new Promise((done) => {
  const element = document.querySelector(selector);
  const times = [];
  let last = performance.now();
  const next = (now) => {
    times.push(now - last);
    last = now;
    element.scrollTop += step;
    if (times.length < count) requestAnimationFrame(next);
    else done(times.slice(2));
  };
  requestAnimationFrame(next);
})"""
PAN = """(count) => new Promise((done) => {
  const element = document.querySelector('.topo-frame');
  const box = element.getBoundingClientRect();
  const at = (type, x) => element.dispatchEvent(new PointerEvent(type,
    { bubbles: true, button: 0, pointerId: 1, clientX: box.left + x, clientY: box.top + 300 }));
  const times = [];
  element.setPointerCapture = () => {};
  at('pointerdown', 900);
  let last = performance.now();
  const next = (now) => {
    times.push(now - last);
    last = now;
    at('pointermove', 900 - times.length * 6);
    if (times.length < count) requestAnimationFrame(next);
    else { at('pointerup', 0); done(times.slice(2)); }
  };
  requestAnimationFrame(next);
})"""


def loop(flow_id: str, values: int, message: str) -> str:
    """Return a flow that logs for each of many values."""
    return f"""id: {flow_id}
namespace: {NAMESPACE}
tasks:
  - id: each
    type: {FLOW}.ForEach
    concurrencyLimit: 0
    values: "{{{{ range(1, {values}) }}}}"
    tasks:
      - id: say
        type: {LOG}
        message: {message}
"""


def wide(tasks: int) -> str:
    """Return a flow of groups of nine parallel tasks."""
    groups = "".join(
        f"  - id: group_{group}\n    type: {FLOW}.Parallel\n    tasks:\n"
        + "".join(f"      - {{id: task_{group}_{one}, type: {LOG}, message: hello}}\n" for one in range(9))
        for group in range(tasks // 10)
    )
    return f"id: wide\nnamespace: {NAMESPACE}\ntasks:\n{groups}"


def fill(server: Server, rows: int, lines: int) -> dict[str, dict[str, Any]]:
    """Make the flows and run them; returns the large executions by flow."""
    texts = (
        "[" + ", ".join(f'"line {one} of a task that has a good deal to say"' for one in range(LINES_OF_A_TASK)) + "]"
    )
    server.save(loop("runs", 5_000, '"value {{ taskrun.value }}"'))
    server.save(loop("lines", lines // LINES_OF_A_TASK, texts))
    server.save(wide(1_000))
    server.save(
        f"id: row\nnamespace: {NAMESPACE}\nlabels: {{team: a}}\ntasks:\n  - {{id: say, type: {LOG}, message: hi}}\n"
    )
    asyncio.run(start_many(server, rows))
    large = {}
    for name in ("runs", "lines", "wide"):
        started = server.run(name, wait=False)
        while (
            server.call("GET", f"/executions/search?flowId={name}&taskRuns=false")["results"][0]["state"]["current"]
            == "RUNNING"
        ):
            time.sleep(1)
        large[name] = started
    return large


async def start_many(server: Server, count: int) -> None:
    """Start many short executions, some at a time."""
    left = iter(range(count))
    async with httpx.AsyncClient(base_url=server.url, auth=(USER, PASSWORD), timeout=60, trust_env=False) as client:

        async def work() -> None:
            for _ in left:
                (await client.post(f"/api/v1/main/executions/{NAMESPACE}/row")).raise_for_status()

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))


def tell(what: str, value: float, unit: str, budget: float) -> None:
    """Print one measurement."""
    verdict = "ok  " if value <= budget else "OVER"
    print(f"{verdict} {what:<58} {value:8.1f} {unit:<3} of {budget:g}")  # noqa: T201  # a script's voice


def p95(times: list[float]) -> float:
    """Return the 95th percentile."""
    return quantiles(times, n=20)[-1]


def until(page: Page, path: str, selector: str) -> float:
    """Open a page by its address; return the milliseconds until something is to be seen."""
    page.goto("about:blank")
    begun = time.perf_counter()
    page.goto(path, wait_until="commit")
    page.wait_for_selector(selector, timeout=60_000)
    return (time.perf_counter() - begun) * 1000


def switch(page: Page, tab: str, selector: str) -> float:
    """Choose a tab of a page that is open; return the milliseconds until its content is to be seen."""
    begun = time.perf_counter()
    page.get_by_role("tab", name=tab).click()
    page.wait_for_selector(selector, timeout=60_000)
    return (time.perf_counter() - begun) * 1000


def heap(page: Page) -> float:
    """Return the megabytes of script memory in use after a collection."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    return used / 1e6


def measure_rows(page: Page, rows: int) -> None:
    """Scroll through the list of executions to its end, then measure."""
    page.goto("/ui/main/dashboards")
    page.wait_for_selector(".card")
    tell("interactive home, warm", until(page, "/ui/main/dashboards", ".card .figure"), "ms", 800)
    tell("first rows of executions", until(page, "/ui/main/executions", ".grid-rows .grid-row"), "ms", 800)
    tell("frame p95 of a page at rest, as the machine is now", p95(page.evaluate(FRAMES, ["main", 0, 60])), "ms", 25)
    before = heap(page)
    while f"{rows} " not in (page.locator(".list-foot").text_content() or ""):
        page.evaluate("document.querySelector('.grid-rows').scrollTop = 1e9")
        page.wait_for_timeout(50)
        if " of " not in (page.locator(".list-foot").text_content() or ""):
            break
    page.evaluate("document.querySelector('.grid-rows').scrollTop = 0")
    tell(f"frame p95 while {rows} rows scroll", p95(page.evaluate(FRAMES, [".grid-rows", 900, 150])), "ms", 25)
    tell("heap of the loaded rows", heap(page) - before, "MB", 40)


def measure_large(page: Page, large: dict[str, dict[str, Any]], lines: int) -> None:
    """Measure Gantt, logs and topology."""

    def at(name: str, tab: str) -> str:
        return f"/ui/main/executions/{NAMESPACE}/{name}/{large[name]['id']}/{tab}"

    page.goto(at("runs", "overview"))
    page.wait_for_selector(".story")
    tell("Gantt of 5000 task runs, page open", switch(page, "Gantt", ".gantt-line"), "ms", 1000)
    tell("Gantt of 5000 task runs, from its address", until(page, at("runs", "gantt"), ".gantt-line"), "ms", 2000)
    tell("frame p95 while the Gantt scrolls", p95(page.evaluate(FRAMES, [".gantt-rows", 600, 150])), "ms", 25)
    page.goto(at("lines", "overview"))
    page.wait_for_selector(".story")
    tell("first of the log lines", switch(page, "Logs", ".log-line"), "ms", 800)
    begun = time.perf_counter()
    page.get_by_text("The end.").wait_for(timeout=120_000)
    tell(f"all {lines} log lines", (time.perf_counter() - begun) * 1000, "ms", 8000)
    page.get_by_role("switch", name="Follow").uncheck()
    page.evaluate("document.querySelector('.log-view').scrollTop = 0")
    tell(f"frame p95 while {lines} lines scroll", p95(page.evaluate(FRAMES, [".log-view", 900, 150])), "ms", 25)
    tell("heap with all lines", heap(page), "MB", 120)
    begun = time.perf_counter()
    page.get_by_label("Search these lines").fill("line 77 of")
    page.wait_for_selector("mark")
    tell("search in all lines", (time.perf_counter() - begun) * 1000, "ms", 300)
    page.goto(at("wide", "overview"))
    page.wait_for_selector(".story")
    tell("topology of 1000 tasks", switch(page, "Topology", ".topo-box, .topo-far"), "ms", 700)
    tell("frame p95 while it is moved, near", p95(page.evaluate(PAN, 120)), "ms", 33)
    page.get_by_label("Fit", exact=True).click()
    tell("frame p95 while it is moved, whole", p95(page.evaluate(PAN, 120)), "ms", 33)


def main() -> None:
    """Fill a server and measure the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        server.start()
        try:
            large = fill(server, asked.rows, asked.lines)
            with sync_playwright() as playwright:
                measure(playwright, server, large, asked)
        finally:
            server.stop()


def measure(
    playwright: Playwright, server: Server, large: dict[str, dict[str, Any]], asked: argparse.Namespace
) -> None:
    """Log in and measure the pages."""
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    page = browser.new_context(base_url=server.url, viewport=SIZE).new_page()  # type: ignore[arg-type]  # a dict is a ViewportSize
    page.goto("/ui/login")
    page.get_by_label("E-mail").fill(USER)
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/main/**")
    measure_rows(page, asked.rows)
    measure_large(page, large, asked.lines)
    browser.close()


if __name__ == "__main__":
    main()
