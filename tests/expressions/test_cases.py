"""Every recorded template gives what was recorded: the reference's cases, the engine's answers, and our own."""

import json
from pathlib import Path
from typing import Any

import pytest

from lanner.expressions import ExpressionError, Renderer
from tests.expressions.reach import ENGINE_VARIABLES, World

# Where we differ on purpose: what we answer; the reasons are rows of docs/reference/differences.md.
DELIBERATE = {
    "arithmetic-16": "2147483649",
    "eng-collection-04": '[-1.25,2.5,10.0] 10.0 ["C","a","a","b"] baC',
    "eng-data-04": 't: true\nf: false\ns: "true"\n"y": "yes"\n"n": "null"\nd: "2024-01-01"\nnum: "1.0"\ncolon: "a: b"\n'
    "hash: \"#x\"\ndash: '- x'\nstar: '*x'\n",
}
CASES = Path(__file__).with_name("cases")
RENDERER = Renderer()


def rows(name: str) -> list[Any]:
    found = [json.loads(line) for line in (CASES / name).read_text(encoding="utf-8").splitlines()]
    return [pytest.param(row, id=row["id"]) for row in found]


def check(row: dict[str, Any], variables: dict[str, Any]) -> None:
    render = RENDERER.evaluate if row.get("typed") else RENDERER.render
    if "expect_error" not in row:
        assert render(row["expr"], variables, World()) == DELIBERATE.get(row["id"], row["expect"])
        return
    with pytest.raises(ExpressionError) as caught:
        render(row["expr"], variables, World())
    if isinstance(row["expect_error"], str):
        assert row["expect_error"] in str(caught.value)


@pytest.mark.parametrize("row", rows("expressions_cases.jsonl"))
def test_a_case_of_the_reference_agrees(row: dict[str, Any]) -> None:
    check(row, row["context"])


@pytest.mark.parametrize("row", rows("expressions_engine_cases.jsonl"))
def test_an_answer_of_the_engine_is_ours(row: dict[str, Any]) -> None:
    check(row, {**ENGINE_VARIABLES, **row["context"]})


@pytest.mark.parametrize("row", rows("own_cases.jsonl"))
def test_a_case_of_our_own_agrees(row: dict[str, Any]) -> None:
    check(row, {**ENGINE_VARIABLES, **row["context"]})
