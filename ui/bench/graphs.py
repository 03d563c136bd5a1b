"""Graphs of many tasks, and runs that are watched while they go."""  # noqa: INP001

import threading
import time

import httpx
from chrome import Frames, best, frames, tasks, tell_frames, traced, until
from figures import Table
from lists import place
from playwright.sync_api import Page

from tests.browser.server import PASSWORD, USER, Server

SEEN = ".topo-box, .topo-far"
MOVE = """(count) => new Promise((done) => {
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
    else { at('pointerup', 0); done(times); }
  };
  requestAnimationFrame(next);
})"""


def measure_topology(page: Page, table: Table, large: dict[str, str]) -> None:
    """Measure the graphs of 1,000 and of 10,000 tasks."""

    def opened() -> float:
        page.goto(place("wide", large["wide"], "overview"))
        page.wait_for_selector(".story")
        begun = time.perf_counter()
        page.get_by_role("tab", name="Topology").click()
        page.wait_for_selector(SEEN)
        return (time.perf_counter() - begun) * 1000

    def moved() -> Frames:
        return frames(page, MOVE, 120)

    table.add("topology of 1000 tasks: first paint, page open", best(opened), "ms", 700)
    tell_frames(table, "moved, near", moved, 33)
    page.get_by_label("Fit", exact=True).click()
    tell_frames(table, "moved, whole", moved, 33)


def measure_widest(page: Page, table: Table, server: Server) -> None:
    """Measure the graph of an execution of 10,000 tasks; it is killed as soon as it runs."""
    going = server.run("widest", wait=False)["id"]
    server.call("DELETE", f"/executions/{going}/kill")
    table.add("topology of 10000 tasks, from its address", until(page, place("widest", going, "topology"), SEEN), "ms")
    page.goto(place("widest", going, "overview"))
    page.wait_for_selector(".story")
    begun = time.perf_counter()
    page.get_by_role("tab", name="Topology").click()
    page.wait_for_selector(SEEN)
    table.add("topology of 10000 tasks: first paint, page open", (time.perf_counter() - begun) * 1000, "ms", 300)
    page.get_by_label("Fit", exact=True).click()
    tell_frames(table, "moved, whole", lambda: frames(page, MOVE, 120), 17)


def measure_live(page: Page, table: Table, server: Server) -> None:
    """Measure a page that shows a run of 1,000 task runs while it goes."""
    going = server.run("watched", wait=False)["id"]
    page.goto(place("watched", going, "gantt"))
    page.wait_for_function("() => /PAUSED/.test(document.querySelector('header .state')?.textContent ?? '')")
    counted: dict[str, int] = {}
    reader = threading.Thread(target=_count, args=(server.url, going, counted))
    reader.start()

    def watched() -> float:
        begun = time.perf_counter()
        server.call("POST", f"/executions/{going}/resume")
        page.wait_for_function(
            "() => /SUCCESS/.test(document.querySelector('header .state').textContent)", timeout=120_000, polling=100
        )
        return time.perf_counter() - begun

    lasted, events = traced(page, watched)
    reader.join()
    table.add(
        "live run of 1000 task runs: bytes for a change", counted["bytes"] / max(1, counted["changes"]), "B", 2000
    )
    paints = sum(one["name"] == "FireAnimationFrame" for one in events)
    table.add("drawn a second", paints / max(lasted, 0.5), "", 10)
    table.add("the page's longest task", max(tasks(events)), "ms", 50)


def _count(url: str, execution_id: str, found: dict[str, int]) -> None:
    """Count the bytes of a stream and the changes of task runs in it."""
    path = f"/api/v1/main/executions/{execution_id}/follow?changes=true"
    found |= {"bytes": 0, "changes": 0}
    with (
        httpx.Client(base_url=url, auth=(USER, PASSWORD), trust_env=False, timeout=120) as client,
        client.stream("GET", path) as answer,
    ):
        for line in answer.iter_lines():
            found["bytes"] += len(line)
            found["changes"] += line.count('"parentTaskRunId"')
