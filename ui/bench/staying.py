"""A page that stays open: hidden, and for an hour."""  # noqa: INP001

from chrome import Requests, heap
from figures import Table
from lists import place
from loading import HOME, HOME_READY
from playwright.sync_api import Page

from tests.browser.server import Server

HIDE = """() => {
  Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  Object.defineProperty(document, 'hidden', { value: true, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
HOUR_SECONDS = 3600
STEP_SECONDS = 5


def measure(page: Page, table: Table, server: Server) -> None:
    """Measure what an idle tab asks for and what an hour leaves in memory."""
    going = server.run("waiting", wait=False)["id"]
    for tab in ("overview", "logs"):
        with Requests(page) as asked:
            page.goto(place("waiting", going, tab))
            page.wait_for_selector("header .state")
            page.wait_for_timeout(1000)
        table.add(f"streams of a running execution, {tab}", sum("/follow" in url for url in asked.urls), "", 1)
    server.call("DELETE", f"/executions/{going}/kill")
    fresh = page.context.new_page()
    fresh.clock.install()
    fresh.goto(HOME)
    fresh.wait_for_selector(HOME_READY)
    _pass(fresh, 60)
    before = heap(fresh)
    with Requests(fresh) as asked:
        _pass(fresh, HOUR_SECONDS)
    table.add(
        f"home, live for an hour ({len(asked.questions)} questions): growth of memory", heap(fresh) - before, "MB", 20
    )
    fresh.evaluate(HIDE)
    _pass(fresh, 10)
    with Requests(fresh) as asked:
        _pass(fresh, 300)
    table.add("questions of a hidden home in five minutes", len(asked.questions), "", 0)
    fresh.close()


def _pass(page: Page, seconds: int) -> None:
    """Have time pass for the page; its requests are real and take what they take."""
    for _ in range(seconds // STEP_SECONDS):
        page.clock.run_for(STEP_SECONDS * 1000)
        page.wait_for_timeout(5)
