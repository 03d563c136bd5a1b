"""The documentation a server brings along: read, followed and looked at without leaving the machine."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import THEMES, violations, wear
from tests.browser.server import Server

ECHO = "reference/tasks/core/core.debug.Echo.md"


@pytest.mark.parametrize("theme", THEMES)
def test_the_documentation_is_read_from_the_menu_to_a_task(page: Page, theme: str) -> None:
    wear(page, theme)
    page.goto("/ui/main/flows")
    page.get_by_role("link", name="Documentation").click()
    page.wait_for_url("**/ui/main/docs/README.md")
    article, contents = page.get_by_role("article"), page.get_by_role("navigation", name="Documentation")
    expect(article.get_by_role("heading", level=1)).to_have_text("Documentation")
    expect(article.get_by_role("link", name="ARCHITECTURE.md")).to_have_count(0)
    assert violations(page) == []

    contents.get_by_role("link", name="Tasks and triggers").click()
    article.get_by_role("link", name="io.kestra.plugin.core.debug.Echo").click()
    page.wait_for_url(f"**/ui/main/docs/{ECHO}")
    expect(article.get_by_role("heading", level=1)).to_have_text("Echo")
    expect(contents.locator("[aria-current=page]")).to_have_text("debug.Echo")
    expect(page).to_have_title("debug.Echo · Documentation · Lanner")
    assert violations(page) == []

    contents.locator("a[href$='how-to/web-ui.md']").click()
    pictures = article.get_by_role("img")
    expect(pictures.first).to_be_visible()
    for picture in pictures.all():
        expect(picture).to_have_js_property("complete", value=True)
    assert pictures.evaluate_all("all => all.every((one) => one.naturalWidth > 0)")
    assert violations(page) == []


def test_a_link_with_an_anchor_ends_at_its_heading(page: Page) -> None:
    page.goto("/ui/main/docs/reference/cli.md")
    page.get_by_role("article").get_by_role("link", name="what the shell gets").click()
    page.wait_for_url("**/docs/how-to/run-without-a-server.md#what-the-shell-gets")
    expect(page.locator("#what-the-shell-gets")).to_be_focused()
    expect(page.locator("#what-the-shell-gets")).to_be_in_viewport()


def test_a_page_that_is_not_there_says_so_and_leads_on(page: Page) -> None:
    page.goto("/ui/main/docs/how-to/nothing.md")
    expect(page.get_by_role("heading", name="The documentation has no such page")).to_be_visible()
    page.get_by_role("link", name="To its first page").click()
    expect(page.get_by_role("article").get_by_role("heading", level=1)).to_have_text("Documentation")


def test_the_palette_opens_the_documentation(page: Page) -> None:
    page.goto("/ui/main/flows")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_label("Go to", exact=True).fill("docum")
    page.get_by_role("button", name="Documentation").last.click()
    page.wait_for_url("**/ui/main/docs/README.md")


def test_pages_travel_packed_and_what_is_missing_is_not_found(server: Server) -> None:
    with httpx.Client(base_url=f"{server.url}/ui/docs/", trust_env=False) as client:
        answer = client.get(ECHO, headers={"accept-encoding": "gzip"})
        assert (answer.headers["content-type"], answer.headers["content-encoding"]) == (
            "text/markdown; charset=utf-8",
            "gzip",
        )
        assert "max-age" in answer.headers["cache-control"]
        assert answer.text.startswith("# Echo")
        assert client.get("how-to/nothing.md").status_code == 404
        assert client.get("decisions/README.md").status_code == 404
