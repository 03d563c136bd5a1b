"""How much a page loads: compressed JavaScript and CSS, in requests that the browser really made."""

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Server
from tests.house.tree import ROOT

DIST = ROOT / "src" / "lanner" / "ui_dist"
KILO = 1000
FIRST_LOAD = 260 * KILO
EDITOR = FIRST_LOAD + 330 * KILO
STYLES = 25 * KILO
WHEEL = 3_000 * KILO
ENTRY = 200 * KILO
FILES, QUESTIONS = 8, 4


def packed(path: str) -> int:
    """Return the size of an asset as gzip."""
    file = DIST / path.split("/ui/", 1)[1]
    small = Path(f"{file}.gz")
    return (small if small.exists() else file).stat().st_size


@pytest.mark.parametrize(
    ("path", "ready", "limit"),
    [
        pytest.param("/ui/main/dashboards", "main h1", FIRST_LOAD, id="home"),
        pytest.param("/ui/main/flows", "main h1", FIRST_LOAD, id="flows"),
        pytest.param("/ui/main/executions", "main h1", FIRST_LOAD, id="executions"),
        pytest.param("/ui/main/logs", "main h1", FIRST_LOAD, id="logs"),
        pytest.param("/ui/main/flows/new", ".topo-box", EDITOR, id="editor"),
    ],
)
def test_a_page_stays_within_its_budget(page: Page, server: Server, path: str, ready: str, limit: int) -> None:
    loaded: set[str] = set()
    page.on("request", lambda request: loaded.add(request.url))
    page.goto(path)
    expect(page.locator(ready).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    scripts = sum(packed(url) for url in loaded if url.endswith(".js") and "/assets/" in url)
    styles = sum(packed(url) for url in loaded if url.endswith(".css"))
    print(f"{path}: {scripts / KILO:.0f} kB JavaScript, {styles / KILO:.0f} kB CSS in {len(loaded)} requests")
    assert scripts <= limit
    assert styles <= STYLES + (10 * KILO if limit == EDITOR else 0)


def test_the_home_is_usable_after_few_requests(page: Page, server: Server) -> None:
    server.save(
        "id: counted\nnamespace: company.team\ntasks:\n  - {id: a, type: io.kestra.plugin.core.log.Log, message: hi}\n"
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/ui/main/dashboards")
    expect(page.get_by_text("Next scheduled")).to_be_visible()
    page.wait_for_load_state("networkidle")
    entry = page.locator("script[type=module], link[rel=modulepreload]").evaluate_all(
        "all => all.map((one) => one.src || one.href)"
    )
    questions = [url for url in asked if "/api/" in url]
    assert [url for url in questions if "/triggers/" in url] == questions[-1:], "what is planned is asked for last"
    assert len(asked) - len(questions) <= FILES, asked
    assert len(questions) - 1 <= QUESTIONS, asked
    assert sum(packed(url) for url in entry[:3]) <= ENTRY


def test_the_ui_makes_a_wheel_at_most_three_megabytes_larger(built_ui: None) -> None:
    packed_ui = io.BytesIO()
    with zipfile.ZipFile(packed_ui, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path in DIST.rglob("*"):
            wheel.write(path)
    assert packed_ui.tell() <= WHEEL
