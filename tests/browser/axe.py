"""The accessibility rules of axe-core, run inside a page."""

from playwright.sync_api import Page

from tests.house.tree import ROOT

AXE = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"
THEMES = ("light", "dark")

_RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ['violations'] });
  return found.violations
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.target + ' ' + node.any[0]?.message).join(' | ')}`);
}"""


def violations(page: Page) -> list[str]:
    """Return the serious and critical violations of the page as it is now."""
    # Evaluated by the debugger, as the page's own policy forbids foreign scripts.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(_RUN)
    return found


def wear(page: Page, theme: str) -> None:
    """Choose the colours for the pages that are opened from now on."""
    page.add_init_script(f"localStorage.setItem('mantine-color-scheme-value', '{theme}')")
