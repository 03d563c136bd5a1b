"""The editor of a flow, as tests fill it."""

from playwright.sync_api import Page, expect

from tests.browser.server import NAMESPACE


def open_editor(page: Page, flow_id: str) -> None:
    """Open the editor of a flow of ``NAMESPACE``."""
    page.goto(f"/ui/main/flows/edit/{NAMESPACE}/{flow_id}/edit")
    expect(page.get_by_role("textbox", name="Source of the flow")).to_be_visible()


def paste(page: Page, text: str) -> None:
    """Replace the editor's text as a paste does: in one piece, without the editor's own indentation."""
    editor = page.get_by_role("textbox", name="Source of the flow")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    editor.evaluate(
        """(node, text) => {
          const data = new DataTransfer();
          data.setData('text/plain', text);
          node.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        text,
    )
