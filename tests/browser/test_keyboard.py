"""The way of the page "Fundamentals", and then some, walked without a pointer."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.server import NAMESPACE, Server

FAILING = f"""id: by_hand
namespace: {NAMESPACE}
tasks:
  - id: greet
    type: io.kestra.plugin.core.debug.Return
    format: good day
  - id: stumble
    type: io.kestra.plugin.core.execution.Fail
"""
MENDED = FAILING.replace("core.execution.Fail", "core.flow.Sleep\n    duration: PT10M")

_FOCUSED = """() => {
  const at = document.activeElement;
  return at ? (at.getAttribute('aria-label') || at.labels?.[0]?.textContent || at.textContent || '').trim() : '';
}"""


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Press Tab until something of this name has the focus."""
    for _ in range(80):
        page.keyboard.press(key)
        if re.match(name, page.evaluate(_FOCUSED)):
            return
    raise AssertionError(f"{name!r} is not reached by {key}")


def write(page: Page, text: str) -> None:
    """Paste into the editor that has the focus, by keys."""
    expect(page.get_by_role("textbox", name="Source of the flow")).to_be_focused()
    page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+v")
    expect(page.get_by_role("textbox", name="Source of the flow")).to_contain_text("by_hand")


def test_from_the_first_flow_to_a_killed_run_without_a_pointer(new_context: NewContext, server: Server) -> None:
    page = new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    state = page.locator("header .state")
    page.goto("/ui/main/flows")
    expect(page.get_by_role("heading", name="Flows", exact=True)).to_be_visible()

    # Create, save, execute: the run opens at its Gantt chart.
    page.keyboard.press("c")
    write(page, FAILING)
    page.keyboard.press("Control+s")
    page.wait_for_url(f"**/main/flows/edit/{NAMESPACE}/by_hand/edit")
    page.keyboard.press("Control+e")
    expect(page.get_by_role("dialog").get_by_role("button", name="Execute")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/main/executions/{NAMESPACE}/by_hand/*/gantt")
    run = page.url.split("/")[-2]
    expect(state).to_have_text("FAILED", timeout=20_000)

    # A task run from the chart.
    tab_to(page, "Task runs;")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="stumble")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()

    # Outputs, and an expression on them.
    page.keyboard.press("5")
    expect(page.get_by_role("region", name="Outputs of greet")).to_contain_text("good day")
    tab_to(page, "value$")
    page.keyboard.press("Enter")
    tab_to(page, "Expression$")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Result")).to_have_text("good day")

    # Mend and restart.
    tab_to(page, "Outputs$", "Shift+Tab")
    page.keyboard.press("1")
    tab_to(page, "Edit the flow")
    page.keyboard.press("Enter")
    write(page, MENDED)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Revision 2", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.keyboard.press("g")
    page.keyboard.press("e")
    expect(page.get_by_role("grid", name="Executions")).to_contain_text(run)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=run)).to_be_visible()
    tab_to(page, "Restart$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Restart")).to_be_focused()
    page.keyboard.press("Enter")
    expect(state).to_have_text("RUNNING")
    expect(page.get_by_role("dialog")).to_be_hidden()

    # Kill.
    tab_to(page, "Kill$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Kill", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(state).to_have_text("KILLED")
    expect(page.get_by_role("dialog")).to_be_hidden()

    # A list, filtered.
    page.keyboard.press("g")
    page.keyboard.press("e")
    expect(page.get_by_role("grid", name="Executions")).to_contain_text("KILLED")
    page.keyboard.press("/")
    tab_to(page, "Filter$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_visible()
    page.keyboard.type("State")
    page.keyboard.press("Enter")
    tab_to(page, "KILLED$")
    page.keyboard.press("Space")
    tab_to(page, "Apply$")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"filters\[state\]\[IN\]=KILLED"))
    expect(page.get_by_role("grid", name="Executions")).not_to_contain_text("FAILED")
