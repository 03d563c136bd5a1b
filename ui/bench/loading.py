"""The first load: bytes, requests, time until the page can be used."""  # noqa: INP001

import io
import zipfile
from pathlib import Path

from chrome import Requests, appears, best, slowed, until
from figures import Table
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "src" / "lanner" / "ui_dist"
HOME, HOME_READY = "/ui/main/dashboards", ".card .figure"
NEW_FLOW, EDITOR_READY = "/ui/main/flows/new", ".cm-line"
PAGES = {"home": HOME, "flows": "/ui/main/flows", "executions": "/ui/main/executions", "logs": "/ui/main/logs"}
KILO = 1000


def packed(url: str) -> float:
    """Return the kilobytes of an asset as gzip."""
    file = DIST / url.split("/ui/", 1)[1]
    small = Path(f"{file}.gz")
    return (small if small.exists() else file).stat().st_size / KILO


def weigh(page: Page, path: str, ready: str) -> tuple[float, float, Requests]:
    """Return the kilobytes of scripts and styles a page loads, and what it asked for."""
    page.goto("about:blank")
    with Requests(page) as asked:
        page.goto(path)
        page.wait_for_selector(ready)
        page.wait_for_load_state("networkidle")
    urls = {url for url in asked.urls if "/assets/" in url}
    scripts = sum(packed(url) for url in urls if url.endswith(".js"))
    return scripts, sum(packed(url) for url in urls if url.endswith(".css")), asked


def measure(page: Page, table: Table) -> None:
    """Measure what loads, and how fast."""
    sizes = {name: weigh(page, path, "main h1") for name, path in PAGES.items()}
    heaviest = max(sizes, key=lambda name: sizes[name][0])
    table.add(f"first load, JavaScript of {heaviest}, the heaviest page", sizes[heaviest][0], "kB", 260)
    page.goto(HOME)
    entry = page.locator("head script[type=module], head link[rel=modulepreload]").evaluate_all(
        "all => all.map((one) => one.src || one.href)"
    )
    table.add("its entry, which every page shares", sum(packed(url) for url in entry[:3]), "kB", 200)
    table.add("its CSS", max(styles for _, styles, _ in sizes.values()), "kB", 25)
    editor, _, _ = weigh(page, NEW_FLOW, EDITOR_READY)
    table.add("the editor page, JavaScript beyond the first load", editor - sizes["flows"][0], "kB", 330)
    table.add("growth of the wheel", _wheel(), "MB", 3)
    asked = sizes["home"][2]
    later = sum("/triggers/" in url for url in asked.questions)
    table.add("usable home: files", len(asked.urls) - len(asked.questions), "", 8)
    table.add("usable home: questions to the API", len(asked.questions) - later, "", 4)
    table.add("questions after it, for what is planned", later, "")
    table.add("interactive home, warm server", best(lambda: until(page, HOME, HOME_READY, is_cold=True)), "ms", 800)
    table.add(
        "interactive editor, warm server", best(lambda: until(page, NEW_FLOW, EDITOR_READY, is_cold=True)), "ms", 1500
    )
    with slowed(page):
        table.add(
            "home, 10 Mbit/s and a processor 4 times slower",
            best(lambda: until(page, HOME, HOME_READY, is_cold=True), 2),
            "ms",
            1800,
        )
        table.add(
            "editor, 10 Mbit/s and a processor 4 times slower",
            best(lambda: until(page, NEW_FLOW, EDITOR_READY, is_cold=True), 2),
            "ms",
            3000,
        )
    _routes(page, table)


def _routes(page: Page, table: Table) -> None:
    def fresh() -> float:
        until(page, HOME, HOME_READY)
        return appears(page, "nav[aria-label=Pages] a[href$='/executions']", ".grid-rows .grid-row")

    def again() -> float:
        return appears(page, "nav[aria-label=Pages] a[href$='/executions']", ".grid-rows .grid-row")

    table.add("another page, nothing in the cache", best(fresh), "ms", 400)

    def back() -> float:
        appears(page, "nav[aria-label=Pages] a[href$='/dashboards']", HOME_READY)
        return again()

    table.add("another page, in the cache", best(back), "ms", 100)


def _wheel() -> float:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path in DIST.rglob("*"):
            wheel.write(path)
    return content.tell() / 1e6
