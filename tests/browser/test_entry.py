"""The first minutes: setting a new server up, logging in, the frame around every page."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import THEMES, violations, wear
from tests.browser.conftest import SIZE, log_in
from tests.browser.server import PASSWORD, USER, Server


@pytest.fixture
def new_server(built_ui: None, tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path, user="")
    server.start()
    yield server
    server.stop()


def test_a_new_server_asks_for_its_account_and_lets_one_in(browser: Browser, new_server: Server) -> None:
    with browser.new_context(base_url=new_server.url, viewport=SIZE) as context:  # type: ignore[arg-type]  # a dict is a ViewportSize
        page = context.new_page()
        page.goto("/")
        expect(page).to_have_url(f"{new_server.url}/ui/setup")
        page.get_by_label("E-mail").fill(USER)
        page.get_by_label("Password", exact=False).first.fill("short")
        page.get_by_label("Password again").fill("short")
        page.get_by_role("button", name="Create the account").click()
        expect(page.get_by_role("alert")).to_contain_text("does not keep the rules")
        page.get_by_label("Password", exact=False).first.fill(PASSWORD)
        page.get_by_label("Password again").fill(PASSWORD)
        page.get_by_role("button", name="Create the account").click()
        page.wait_for_url("**/main/welcome")
        cookies = {cookie["name"]: cookie for cookie in context.cookies()}
        assert cookies["BASIC_AUTH"]["httpOnly"]
        assert cookies["BASIC_AUTH"]["sameSite"] == "Strict"


def test_a_stranger_logs_in_and_comes_back_to_where_they_wanted(browser: Browser, server: Server) -> None:
    with browser.new_context(base_url=server.url, viewport=SIZE) as context:  # type: ignore[arg-type]  # a dict is a ViewportSize
        page = context.new_page()
        page.goto("/ui/main/flows?q=nightly")
        log_in(page, "Wrong1234")
        expect(page.get_by_role("alert")).to_contain_text("e-mail or the password is wrong")
        log_in(page)
        expect(page).to_have_url(f"{server.url}/ui/main/flows?q=nightly")


def test_a_session_that_ended_is_renewed_without_losing_the_page(page: Page) -> None:
    page.goto("/ui/main/executions")
    expect(page.get_by_role("heading", name="No executions yet")).to_be_visible()
    page.context.clear_cookies(name="BASIC_AUTH")
    page.keyboard.press("r")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Your session has ended")
    log_in(page)
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("heading", name="Executions", exact=True)).to_be_visible()


def test_keys_and_the_palette_lead_everywhere(page: Page) -> None:
    page.goto("/ui/main/flows")
    expect(page.get_by_role("heading", name="Flows", exact=True)).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("e")
    page.wait_for_url("**/main/executions")
    page.keyboard.press("Control+k")
    page.get_by_placeholder("A page, a flow").fill("home")
    page.keyboard.press("Enter")
    page.wait_for_url("**/main/dashboards")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Go to executions")


@pytest.mark.parametrize("path", ["/ui/main/flows", "/ui/flows", "/ui/main/flows/?a=b"])
def test_addresses_with_and_without_a_tenant_lead_to_the_flows(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.get_by_role("heading", name="Flows", exact=True)).to_be_visible()


def test_pages_run_under_a_strict_policy_and_assets_are_compressed(server: Server) -> None:
    page = httpx.get(f"{server.url}/ui/", trust_env=False)
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-eval" not in policy
    script = page.text.split('<script type="module" crossorigin src="')[1].split('"')[0]
    asset = httpx.get(f"{server.url}{script}", headers={"accept-encoding": "br"}, trust_env=False)
    assert asset.headers["content-encoding"] == "br"
    assert "immutable" in asset.headers["cache-control"]


@pytest.mark.parametrize("theme", THEMES)
def test_login_and_setup_have_no_grave_barrier(
    browser: Browser, server: Server, new_server: Server, theme: str
) -> None:
    with browser.new_context(viewport=SIZE) as context:  # type: ignore[arg-type]  # a dict is a ViewportSize
        page = context.new_page()
        wear(page, theme)
        for url in (f"{server.url}/ui/login", f"{new_server.url}/ui/setup"):
            page.goto(url)
            expect(page.get_by_label("E-mail")).to_be_visible()
            assert violations(page) == []
