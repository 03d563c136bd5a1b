"""The page of the HTTP API promises only what is there."""

import re

import pytest

from lanner.api.routes.table import OPERATIONS
from tests.api.house import House
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


@pytest.mark.anyio
async def test_what_the_page_says_is_not_there_is_not(server: House) -> None:
    said = PAGE.partition("## Not there")[2]
    paths = [path for path in re.findall(r"`([…/][^` ]*)`", said) if path.startswith(("…/", "/plugins"))]
    assert len(paths) > 12
    for path in paths:
        rest = re.sub(r"\{\w+\}", "x", path.removeprefix("…").replace("…", "/x"))
        prefix = "/api/v1" if path.startswith("/plugins") else "/api/v1/main"
        answer = await server.client.get(f"{prefix}{rest}")
        assert (answer.status_code, answer.headers["x-kestra-route-matched"]) == (404, "false"), path
