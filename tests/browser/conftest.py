"""Pages in Debian's Chromium, as a person sees them.

Without Chromium these tests are skipped with one reason; under ``CI=true`` a missing one fails.
The browser lives as long as a module's tests: while it does, its event loop occupies the thread.
"""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.server import PASSWORD, USER, Server
from tests.house.tree import ROOT

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
SIZE = {"width": 1360, "height": 850}

expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def chromium() -> str:
    for name in CHROMIUMS:
        if found := shutil.which(name):
            return found
    reason = "there is no Chromium on the PATH (Debian: apt-get install chromium)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def built_ui() -> None:
    """Bring the built UI up to date; skip where it cannot be built, except in CI."""
    spec = importlib.util.spec_from_file_location("lanner_ui_build", ROOT / "ui" / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    try:
        module.build(quiet=True)
    except module.BuildFailed as failed:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"the web UI cannot be built here: {failed.reason}")


@pytest.fixture(scope="module")
def browser(chromium: str, built_ui: None) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(built_ui: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that knows its user; the tests of a module share it."""
    server = Server(tmp_path_factory.mktemp("server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def session_state(browser: Browser, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cookies of a login, for every context of the module."""
    path = tmp_path_factory.mktemp("session") / "state.json"
    with browser.new_context(base_url=server.url, viewport=SIZE) as context:  # type: ignore[arg-type]  # a dict is a ViewportSize
        page = context.new_page()
        page.goto("/ui/login")
        log_in(page)
        page.wait_for_url("**/main/**")
        context.storage_state(path=path)
    return path


def log_in(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(USER)
    page.get_by_label("Password", exact=False).first.fill(password)
    page.get_by_role("button", name="Log in").click()


NewContext = Callable[..., BrowserContext]


@pytest.fixture
def new_context(browser: Browser, server: Server, session_state: Path) -> Iterator[NewContext]:
    """Open a logged-in context; keywords go to Playwright."""
    opened: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        wanted = {"base_url": server.url, "viewport": SIZE, "storage_state": session_state, **options}
        context = browser.new_context(**wanted)  # type: ignore[arg-type]  # the options of Playwright
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def page(new_context: NewContext, server: Server) -> Iterator[Page]:
    """A logged-in page; whatever it asked of another host or threw fails the test."""
    page = new_context().new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(f"thrown: {error}"))
    page.on("request", lambda request: _note_foreign(request.url, server.url, problems))
    page.on("console", lambda line: _note_refused(line.text, problems))
    yield page
    assert problems == []


def _note_foreign(url: str, home: str, problems: list[str]) -> None:
    if not url.startswith((home, "data:", "blob:")):
        problems.append(f"asked another host: {url}")


def _note_refused(text: str, problems: list[str]) -> None:
    if "Content Security Policy" in text:
        problems.append(text)
