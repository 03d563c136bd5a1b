"""The page of the HTTP API promises only what is there."""

import re

from lanner.api.routes.table import OPERATIONS
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")


def test_each_operation_of_the_page_exists() -> None:
    there = {(operation.method, path) for operation in OPERATIONS for path in operation.paths}
    rows = re.findall(r"^\| `([A-Z ]+) (/\S*)` \| (.*) \|$", PAGE, re.MULTILINE)
    promised = {
        (method, path)
        for methods, first, rest in rows
        for method in methods.split()
        for path in (first, *re.findall(r"`(/\S+)`", rest))
    }
    assert len(promised) > 100
    assert promised - there == set()
