"""Measures the web UI against its budgets: ``.venv/bin/python ui/bench``.

It starts a server of its own, fills it (once, where ``--data`` names a folder to keep), opens Debian's Chromium and
prints a row for each figure: what, measured, budget, ratio. Times between frames are those of the machine as it is; the
lines below them say how much of it the page's own thread worked, which others on the machine disturb little. Exit code
1: one is over.
"""  # noqa: INP001

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import chrome  # the root was not on the path
import editing
import graphs
import lists
import loading
import seeds
import staying
from figures import Table
from playwright.sync_api import Page, sync_playwright

from tests.browser.server import Server

PARTS = ("loading", "rows", "gantt", "logs", "million", "topology", "widest", "live", "editing", "staying")


def measurements(
    page: Page, table: Table, server: Server, large: dict[str, str], sizes: seeds.Sizes
) -> dict[str, Callable[[], None]]:
    """Return what can be measured, by its name."""
    return {
        "loading": lambda: loading.measure(page, table),
        "rows": lambda: lists.measure_rows(page, table, server, sizes.rows),
        "gantt": lambda: lists.measure_gantt(page, table, large),
        "logs": lambda: lists.measure_logs(page, table, server, large, sizes.lines),
        "million": lambda: lists.measure_million(page, table, large, sizes.many),
        "topology": lambda: graphs.measure_topology(page, table, large),
        "widest": lambda: graphs.measure_widest(page, table, server),
        "live": lambda: graphs.measure_live(page, table, server),
        "editing": lambda: editing.measure(page, table),
        "staying": lambda: staying.measure(page, table, server),
    }


def run(folder: Path, wanted: list[str], sizes: seeds.Sizes) -> Table:
    """Measure the parts that are wanted on a server in a folder."""
    table, server = Table(), Server(folder)
    server.start()
    try:
        large = seeds.fill(server, sizes)
        print(f"{sizes}; others keep {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors busy", flush=True)  # noqa: T201
        with sync_playwright() as playwright:
            browser, page = chrome.start(playwright, server.url)
            every = measurements(page, table, server, large, sizes)
            for name in wanted:
                every[name]()
            browser.close()
    finally:
        server.stop()
    return table


def main() -> int:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=f"some of: {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--data", type=Path, help="a folder that keeps what was filled in for the next time")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    asked = parser.parse_args()
    if unknown := [name for name in asked.parts if name not in PARTS]:
        parser.error(f"{', '.join(unknown)}: possible are {', '.join(PARTS)}")
    sizes = seeds.Sizes(asked.rows, asked.lines, asked.many)
    wanted = asked.parts or list(PARTS)
    if asked.data:
        asked.data.mkdir(parents=True, exist_ok=True)
        table = run(asked.data, wanted, sizes)
    else:
        with tempfile.TemporaryDirectory() as folder:
            table = run(Path(folder), wanted, sizes)
    over = table.over()
    print(f"{len(table.figures)} figures, {len(over)} over their budget")  # noqa: T201
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
