"""jq programs on large documents are within the bounds, and assignments leave what they do not name."""

from typing import Any

import pytest

from lanner.expressions import Renderer
from tests.expressions.reach import World

ROWS = [{"id": number, "name": f"row {number}", "value": number * 1.5} for number in range(10_000)]


@pytest.mark.parametrize(
    ("program", "result"),
    [
        pytest.param("map(select(.value > 100)) | length", [9933], id="filter"),
        pytest.param("map({(.name): .id}) | add | length", [10_000], id="one object of many"),
        pytest.param("reduce .[] as $x ({}; .[$x.name] = $x.id) | length", [10_000], id="an object that grows"),
        pytest.param("reduce .[] as $x ([]; . + [$x.id]) | length", [10_000], id="a list that grows"),
        pytest.param(".[].value |= . + 1 | .[2].value", [4], id="an update of all"),
        pytest.param("group_by(.id % 2) | map(length)", [[5000, 5000]], id="groups"),
    ],
)
def test_a_program_on_ten_thousand_rows_is_within_the_bounds(program: str, result: list[Any]) -> None:
    assert Renderer().evaluate("{{ rows | jq(p) }}", {"rows": ROWS, "p": program}, World()) == result


@pytest.mark.parametrize(
    ("program", "result"),
    [
        pytest.param(". as $x | (.a[0] |= 5) | ., $x", [{"a": [5]}, {"a": [1]}], id="the variable keeps its value"),
        pytest.param("(.a, .b) = [0] | .a[0] = 7", [{"a": [7], "b": [0]}], id="one list put in two places"),
        pytest.param('(.a, .a[0]) |= (if type == "array" then . else 9 end)', [{"a": [9]}], id="parent, then child"),
        pytest.param(". as $x | .a |= [., .] | .a[0][0] = 3", [{"a": [[3], [1]]}], id="a value doubled by the update"),
    ],
)
def test_an_assignment_changes_what_it_names_and_nothing_else(program: str, result: list[Any]) -> None:
    document = {"a": [1]}
    assert Renderer().evaluate("{{ d | jq(p) }}", {"d": document, "p": program}, World()) == result
    assert document == {"a": [1]}


def test_now_is_that_of_the_world() -> None:
    assert Renderer().render("{{ 1 | jq('now | floor') | first }}", {}, World()) == "1.795253402E9"
