"""Debian's Chromium as an instrument: how long until something is seen, what a frame costs, what a page holds."""  # noqa: INP001

import json
import shutil
import time
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any, Self

from figures import Table, p95
from playwright.sync_api import Browser, Page, Playwright, Request

from tests.browser.server import PASSWORD, USER

SIZE = {"width": 1360, "height": 850}
TRACED = ["devtools.timeline", "toplevel"]
WORK = "ThreadControllerImpl::RunTask"
TEN_MEGABIT = 10_000_000 / 8
SETTLING = 3
"""The first frames of a measurement are those of its own beginning."""

SCROLL = """([selector, step, count]) => new Promise((done) => {
  const element = document.querySelector(selector);
  element.scrollTop = 0;
  const times = [];
  let last = performance.now();
  const next = (now) => {
    times.push(now - last);
    last = now;
    element.scrollTop += step;
    if (times.length < count) requestAnimationFrame(next);
    else done(times);
  };
  setTimeout(() => requestAnimationFrame(next), 500);
})"""
APPEARS = """([click, selector]) => new Promise((done) => {
  const begun = performance.now();
  document.querySelector(click).click();
  const look = () => (document.querySelector(selector) ? done(performance.now() - begun) : requestAnimationFrame(look));
  requestAnimationFrame(look);
})"""


@dataclass(frozen=True, slots=True)
class Frames:
    """Milliseconds between frames, and what the page's own thread worked for each, without its waiting."""

    intervals: list[float]
    work: list[float]


def start(playwright: Playwright, url: str) -> tuple[Browser, Page]:
    """Return a browser with a page that is logged in."""
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    page = browser.new_context(base_url=url, viewport=SIZE).new_page()  # type: ignore[arg-type]  # a dict is a ViewportSize
    page.goto("/ui/login")
    page.get_by_label("E-mail").fill(USER)
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/main/**")
    return browser, page


def until(page: Page, path: str, selector: str, *, is_cold: bool = False) -> float:
    """Open a page by its address; return the milliseconds until something is to be seen."""
    page.goto("about:blank")
    if is_cold:
        page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    begun = time.perf_counter()
    page.goto(path, wait_until="commit")
    page.wait_for_selector(selector, timeout=60_000)
    return (time.perf_counter() - begun) * 1000


def best(measure: Callable[[], float], times: int = 3) -> float:
    """Return the smallest of several measurements: the one that others on the machine disturbed least."""
    return min(measure() for _ in range(times))


def appears(page: Page, click: str, selector: str) -> float:
    """Click an element; return the milliseconds until another is in the page."""
    found: float = page.evaluate(APPEARS, [click, selector])
    return found


@contextmanager
def slowed(page: Page) -> Iterator[None]:
    """Make line and processor those of a poor laptop while the block lasts."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    limits = {"offline": False, "latency": 0, "downloadThroughput": TEN_MEGABIT, "uploadThroughput": TEN_MEGABIT}
    session.send("Network.emulateNetworkConditions", limits)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    try:
        yield
    finally:
        # Another session could not lift what this one has set.
        session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        session.send("Network.emulateNetworkConditions", limits | {"downloadThroughput": -1, "uploadThroughput": -1})
        session.detach()


def heap(page: Page) -> float:
    """Return the megabytes of script memory in use after a collection."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    return used / 1e6


def traced(page: Page, during: Callable[[], Any]) -> tuple[Any, list[dict[str, Any]]]:
    """Return what ``during`` returned and the events of the page's main thread meanwhile."""
    browser = page.context.browser
    assert browser
    browser.start_tracing(page=page, categories=TRACED)
    try:
        result = during()
    finally:
        events: list[dict[str, Any]] = json.loads(browser.stop_tracing())["traceEvents"]
    threads = Counter(
        (one["pid"], one["tid"]) for one in events if one["name"] in {"FireAnimationFrame", "EventDispatch"}
    )
    main = threads.most_common(1)[0][0]
    return result, [one for one in events if (one["pid"], one["tid"]) == main]


def work_between(events: list[dict[str, Any]], starts: list[float]) -> list[float]:
    """Return how many milliseconds the thread worked from each moment to the next."""
    spent = [0.0] * len(starts)
    for one in events:
        if one["name"] != WORK or "dur" not in one:
            continue
        holds = bisect_left(starts, one["ts"])
        # The task in which the moment itself is belongs to it.
        index = (
            holds
            if holds < len(starts) and starts[holds] <= one["ts"] + one["dur"]
            else bisect_right(starts, one["ts"]) - 1
        )
        if index >= 0:
            spent[index] += one.get("tdur", one["dur"]) / 1000
    return spent


def tasks(events: list[dict[str, Any]]) -> list[float]:
    """Return the thread's own time of each of its tasks, in milliseconds."""
    return [one.get("tdur", one["dur"]) / 1000 for one in events if one["name"] == WORK and "dur" in one]


def frames(page: Page, script: str, arguments: object) -> Frames:
    """Run a script that does something on each frame and returns the times between them."""
    intervals, events = traced(page, lambda: page.evaluate(script, arguments))
    starts = sorted(one["ts"] for one in events if one["name"] == "FireAnimationFrame")
    return Frames(intervals[SETTLING:], work_between(events, starts)[SETTLING:])


def tell_frames(table: Table, what: str, measure: Callable[[], Frames], budget: float) -> None:
    """Add the time between frames of the best of two runs, and the page's own share of it."""
    found = min((measure() for _ in range(2)), key=lambda one: p95(one.intervals))
    table.add(f"{what}: frame p95", p95(found.intervals), "ms", budget)
    table.add("the page's own work for a frame, p95", p95(found.work), "ms")
    table.add("the page's own work for a frame, median", median(found.work), "ms")


def scroll(page: Page, selector: str, step: int, count: int = 150) -> Callable[[], Frames]:
    """Return a measurement of scrolling by so many pixels a frame, from the top."""
    return lambda: frames(page, SCROLL, [selector, step, count])


class Requests:
    """What a page asks for while the block lasts."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.urls: list[str] = []

    def _note(self, request: Request) -> None:
        if not request.url.startswith("data:"):
            self.urls.append(request.url)

    def __enter__(self) -> Self:
        self._page.on("request", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        self._page.remove_listener("request", self._note)

    @property
    def questions(self) -> list[str]:
        """Those to the API."""
        return [url for url in self.urls if "/api/" in url]
