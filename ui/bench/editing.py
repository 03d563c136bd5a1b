"""Typing into a flow of 2,000 lines."""  # noqa: INP001

from statistics import median

from chrome import tasks, traced, work_between
from figures import Table, p95
from playwright.sync_api import Page

from tests.browser.server import NAMESPACE

TYPED = "description of what comes next "
COMPLETES = """() => {
  window.measured = new Promise((done) => {
    let begun = 0;
    window.addEventListener('keydown', () => { begun = performance.now(); }, { capture: true });
    new MutationObserver((_, observer) => {
      if (!document.querySelector('.cm-tooltip-autocomplete li')) return;
      observer.disconnect();
      done(performance.now() - begun);
    }).observe(document.body, { childList: true, subtree: true });
  });
}"""


def measure(page: Page, table: Table) -> None:
    """Measure keys, completion and what happens when typing rests."""
    page.goto(f"/ui/main/flows/edit/{NAMESPACE}/long_one/edit")
    page.wait_for_selector(".cm-line")
    page.wait_for_load_state("networkidle")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Home")
    for _ in range(40):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("# ")
    page.wait_for_timeout(1500)

    def typed() -> None:
        page.keyboard.type(TYPED * 2, delay=60)

    _, events = traced(page, typed)
    keys = sorted(
        one["ts"] for one in events if one["name"] == "EventDispatch" and one["args"]["data"]["type"] == "keydown"
    )
    work = work_between(events, keys)
    table.add(f"flow of 2000 lines, {len(keys)} keys: the page's own work for one, p95", p95(work), "ms", 16)
    table.add("median", median(work), "ms")

    def rested() -> None:
        page.keyboard.type("x")
        page.wait_for_timeout(1500)

    _, events = traced(page, rested)
    table.add("its longest task when typing rests: the next key waits for it", max(tasks(events)), "ms", 50)
    _completion(page, table)


def _completion(page: Page, table: Table) -> None:
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.type("  - id: added")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_timeout(800)
    found = []
    for _ in range(3):
        page.evaluate(COMPLETES)
        page.keyboard.press("Control+Space")
        found.append(float(page.evaluate("window.measured")))
        page.keyboard.press("Escape")
        page.wait_for_timeout(300)
    table.add("completion on Ctrl-Space", min(found), "ms", 50)
