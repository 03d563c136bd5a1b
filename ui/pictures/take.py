"""Pictures of every page with much on it, for the documentation and to look at.

``.venv/bin/python ui/pictures/take.py FOLDER`` starts a server of its own, fills it with the flows beside this file
and photographs each page in both themes. ``--only WORD…`` takes those whose names begin so, ``--width N`` makes
the window narrower, ``--docs`` writes the set of the documentation into ``docs/images``, ``--url`` uses a server
that runs.
"""  # noqa: INP001  # a script, no package

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.browser.conftest import CHROMIUMS, log_in  # the root was not on the path
from tests.browser.server import Server

FLOWS = Path(__file__).parent / "flows"
IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
FLOW = "/ui/main/flows/edit"


@dataclass(frozen=True, slots=True)
class Picture:
    """One state of one page; ``act`` brings the page there after ``path`` is open."""

    name: str
    path: str
    act: Callable[[Page], object] | None = None


def start(server: Server, namespace: str, flow_id: str, *, wait: bool = True, **inputs: str) -> Any:
    """Start an execution; ``wait`` for its end."""
    files = {name: (None, value) for name, value in inputs.items()} or {"": (None, "")}
    return server.call("POST", f"/executions/{namespace}/{flow_id}?wait={str(wait).lower()}", files=files)


def stock(server: Server) -> dict[str, str]:
    """Fill a new server; returns where executions of some kinds are shown."""
    for source in sorted(FLOWS.glob("*.yaml")):
        server.save(source.read_text(encoding="utf-8"))
    made = {}
    for number in range(4):
        for name in ("orders", "archive"):
            made[name] = start(server, "company.sales", name)
        start(server, "company.platform.ingest", "ingest_events", batch=str(number * 3))
        start(server, "company.platform", "new_dataset")
    made["failed"] = [start(server, "company.finance", "invoices") for _ in range(2)][-1]
    made["warning"] = start(server, "company.platform", "quality")
    made["long"] = start(server, "company.research", "backfill_history")
    made["running"] = start(server, "company.research", "train_model", wait=False)
    made["paused"] = start(server, "company.finance", "payout", wait=False)
    start(server, "company.research", "one_at_a_time", wait=False)
    made["queued"] = start(server, "company.research", "one_at_a_time", wait=False)
    killed = start(server, "company.research", "train_model", wait=False)
    server.call("DELETE", f"/executions/{killed['id']}/kill")
    made["killed"] = killed
    return {name: f"/ui/main/executions/{one['namespace']}/{one['flowId']}/{one['id']}" for name, one in made.items()}


def places(server: Server) -> dict[str, str]:
    """Return what ``stock`` returned, of a server that was filled before."""
    wanted = {
        "orders": ("orders", "SUCCESS"), "archive": ("archive", "SUCCESS"), "failed": ("invoices", "FAILED"),
        "warning": ("quality", "WARNING"), "long": ("backfill_history", "SUCCESS"),
        "running": ("train_model", "RUNNING"),
        "paused": ("payout", "PAUSED"), "queued": ("one_at_a_time", "QUEUED"), "killed": ("train_model", "KILLED"),
    }  # fmt: skip
    found = {}
    for name, (flow_id, state) in wanted.items():
        results = server.call("GET", f"/executions/search?flowId={flow_id}&state={state}&size=1")["results"]
        if not results:
            raise SystemExit(f"{server.url} has no execution of {flow_id} that is {state}")
        one = results[0]
        found[name] = f"/ui/main/executions/{one['namespace']}/{one['flowId']}/{one['id']}"
    return found


def opened(label: str, *, exact: bool = True) -> Callable[[Page], None]:
    """Return what clicks a button."""
    return lambda page: page.get_by_role("button", name=label, exact=exact).first.click()


def dialog(button: str) -> Callable[[Page], None]:
    """Return what opens a dialog with a button."""

    def act(page: Page) -> None:
        page.get_by_role("button", name=button, exact=True).first.click()
        expect(page.get_by_role("dialog").get_by_role("button").nth(1)).to_be_visible()

    return act


def palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.get_by_placeholder("A page, a flow").fill("ord")


def completing(page: Page) -> None:
    page.get_by_role("textbox", name="Source of the flow").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("tas")
    expect(page.locator(".cm-tooltip-autocomplete")).to_be_visible()


def to_line(page: Page, text: str) -> None:
    """Put the cursor into a line; the editor renders only those around the ones on the screen."""
    page.locator(".cm-scroller").evaluate("(element) => { element.scrollTop = 700; }")
    page.locator(".cm-line", has_text=text).first.click()
    page.locator(".cm-scroller").evaluate("(element) => { element.scrollLeft = 0; }")


def in_task(page: Page) -> None:
    to_line(page, "id: per_shop")
    expect(page.get_by_role("region", name="Documentation")).to_contain_text("ForEach")


def faulty(page: Page) -> None:
    to_line(page, "id: archive")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("tpye: x")
    page.keyboard.press("Escape")
    expect(page.locator(".verdict[data-kind=bad]")).to_be_visible()


def lost(page: Page) -> None:
    page.context.set_offline(True)
    page.keyboard.press("r")
    expect(page.locator(".lost")).to_be_visible()


def pictures(at: dict[str, str]) -> Iterator[Picture]:
    """Every page and state worth a look."""
    yield Picture("home", "/ui/main/dashboards")
    yield Picture("flows", "/ui/main/flows")
    yield Picture("flows-chosen", "/ui/main/flows", lambda page: page.get_by_label("Choose all of this page").check())
    yield Picture("flows-filtered-empty", "/ui/main/flows?filters[q][EQUALS]=nothing")
    yield Picture("executions", "/ui/main/executions")
    yield Picture(
        "executions-filtered",
        "/ui/main/executions?filters[state][IN]=FAILED,RUNNING&filters[namespace][PREFIX]=company",
    )
    yield Picture("executions-empty", "/ui/main/executions?filters[q][EQUALS]=nothing")
    yield Picture("logs", "/ui/main/logs")
    yield Picture("palette", "/ui/main/flows", palette)
    yield Picture("keys", "/ui/main/flows", lambda page: page.keyboard.press("?"))
    yield Picture("missing", "/ui/main/nowhere")
    yield Picture("missing-execution", "/ui/main/executions/a/b/c/overview")
    yield Picture("missing-flow", f"{FLOW}/company.sales/nobody/edit")
    yield Picture("lost", "/ui/main/executions", lost)
    yield Picture("welcome", "/ui/main/welcome")
    yield Picture("new", "/ui/main/flows/new")
    for tab in ("edit", "executions", "revisions"):
        yield Picture(f"flow-{tab}", f"{FLOW}/company.sales/orders/{tab}")
    yield Picture("editor", f"{FLOW}/company.sales/orders/edit", in_task)
    yield Picture("editor-faulty", f"{FLOW}/company.sales/orders/edit", faulty)
    yield Picture("editor-completing", f"{FLOW}/company.sales/orders/edit", completing)
    yield Picture("execute", f"{FLOW}/company.sales/orders/executions", dialog("Execute"))
    yield Picture("execute-all", f"{FLOW}/company.platform/new_dataset/executions", dialog("Execute"))
    tabs = ("overview", "gantt", "logs", "topology", "outputs", "inputs", "metrics")
    for tab in tabs:
        yield Picture(f"run-{tab}", f"{at['orders']}/{tab}")
    for kind in ("failed", "running", "paused", "queued", "warning", "killed"):
        for tab in ("overview", "gantt", "topology", "logs"):
            yield Picture(f"{kind}-{tab}", f"{at[kind]}/{tab}")
    yield Picture("failed-outputs", f"{at['failed']}/outputs")
    yield Picture("failed-metrics", f"{at['failed']}/metrics")
    yield Picture("failed-inputs", f"{at['failed']}/inputs")
    yield Picture("long-gantt", f"{at['long']}/gantt")
    yield Picture("long-logs", f"{at['long']}/logs")
    yield Picture("long-topology", f"{at['long']}/topology")
    yield Picture("restart", f"{at['failed']}/overview", dialog("Restart"))
    yield Picture("resume", f"{at['paused']}/overview", dialog("Resume"))
    yield Picture("kill", f"{at['running']}/overview", dialog("Kill"))
    yield Picture("replay", f"{at['orders']}/overview", dialog("Replay"))
    yield Picture("task-run", f"{at['failed']}/gantt", opened("connect, FAILED", exact=False))


# Picture -> its name and the themes in which the documentation shows it.
DOCS = {
    "home": ("home", ("dark",)),
    "flows": ("flows", ("light",)),
    "editor": ("editor", ("light", "dark")),
    "execute": ("execute", ("light",)),
    "executions": ("executions", ("dark",)),
    "run-gantt": ("gantt", ("light",)),
    "run-topology": ("topology", ("dark",)),
    "failed-overview": ("failed", ("light",)),
    "run-outputs": ("outputs", ("dark",)),
}
THEMES = ("light", "dark")
Wanted = list[tuple[Picture, str, tuple[str, ...]]]


def take(page: Page, picture: Picture, target: Path) -> None:
    """Open the page, wait until it has settled and photograph it."""
    page.goto(picture.path)
    page.wait_for_load_state("load")
    # A stream stays open on pages of executions, so the network is never idle there.
    page.wait_for_timeout(700)
    if picture.act:
        picture.act(page)
        page.wait_for_timeout(500)
    page.screenshot(path=target, animations="disabled")


@contextmanager
def filled(url: str) -> Iterator[tuple[Server, dict[str, str]]]:
    """Yield a server with much on it: the one at ``url``, or one that lives as long as this."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), port=int(url.rsplit(":", 1)[1]) if url else 0)
        if url:
            yield server, places(server)
            return
        server.start()
        try:
            yield server, stock(server)
        finally:
            server.stop()


def photograph(browser: Browser, server: Server, wanted: Wanted, folder: Path, size: tuple[int, int]) -> None:
    """Photograph in both themes."""
    for theme in THEMES:
        with browser.new_context(
            base_url=server.url, viewport={"width": size[0], "height": size[1]}, color_scheme=theme
        ) as context:  # type: ignore[arg-type]  # one of the two words
            page = context.new_page()
            page.add_init_script(f"localStorage.setItem('mantine-color-scheme-value', '{theme}')")
            page.goto("/ui/login")
            log_in(page)
            page.wait_for_url("**/main/**")
            for picture, name, themes in wanted:
                if theme not in themes:
                    continue
                fresh = context.new_page()
                fresh.add_init_script(f"localStorage.setItem('mantine-color-scheme-value', '{theme}')")
                try:
                    take(fresh, picture, folder / f"{name}-{theme}.png")
                except Exception as error:  # noqa: BLE001  # the others are still wanted
                    print(f"{picture.name}: {error}", file=sys.stderr)  # noqa: T201  # a script's voice
                context.set_offline(False)
                fresh.close(run_before_unload=False)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("folder", type=Path, nargs="?", default=IMAGES)
    words.add_argument("--only", nargs="*", default=[])
    words.add_argument("--docs", action="store_true")
    words.add_argument("--width", type=int, default=1280)
    words.add_argument("--height", type=int, default=800)
    words.add_argument("--url", default="")
    asked = words.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with filled(asked.url) as (server, at), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=f"/usr/bin/{CHROMIUMS[0]}", args=["--no-sandbox"])
        every = list(pictures(at))
        if asked.docs:
            wanted = [(one, *DOCS[one.name]) for one in every if one.name in DOCS]
        else:
            wanted = [
                (one, one.name, THEMES) for one in every if not asked.only or one.name.startswith(tuple(asked.only))
            ]
        photograph(browser, server, wanted, asked.folder, (asked.width, asked.height))
        browser.close()


if __name__ == "__main__":
    main()
