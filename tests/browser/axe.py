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


# A dialog that still fades in shows the colours of what is behind it.
_STILL = """() => {
  const moving = document.getAnimations().some((one) => one.playState === 'running'
    && one.effect?.getComputedTiming().iterations !== Infinity);
  const faint = [...document.querySelectorAll('[role=dialog]')].some((dialog) => {
    for (let box = dialog; box; box = box.parentElement) if (getComputedStyle(box).opacity !== '1') return true;
    return false;
  });
  return !moving && !faint;
}"""


def violations(page: Page) -> list[str]:
    """Return the serious and critical violations of the page once nothing fades or slides any more."""
    page.wait_for_function(_STILL)
    # Evaluated by the debugger, as the page's own policy forbids foreign scripts.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(_RUN)
    return found


def wear(page: Page, theme: str) -> None:
    """Choose the colours for the pages that are opened from now on; what opens there does not fade in."""
    page.emulate_media(reduced_motion="reduce")
    page.add_init_script(f"localStorage.setItem('mantine-color-scheme-value', '{theme}')")
