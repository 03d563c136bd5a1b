"""The reference page is what the code says, and every example in it is true."""

from pathlib import Path

import pytest

from lanner.expressions import Renderer
from lanner.expressions.reference import Example, all_examples, examples, markdown
from lanner.expressions.tables import TABLES
from tests.expressions.reach import EXAMPLE_VARIABLES, World

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "expressions.md"
WITHOUT_EXAMPLE = {"parent", "i18n"}


def test_the_page_is_made_from_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), "run: python -m lanner.expressions.reference > " + str(PAGE)


@pytest.mark.parametrize(
    ("name", "example"),
    [pytest.param(name, example, id=f"{name}: {example.template}") for name, example in all_examples()],
)
def test_an_example_gives_what_the_page_says(name: str, example: Example) -> None:
    del name
    assert Renderer().render(example.template, EXAMPLE_VARIABLES, World()) == example.result


def test_everything_that_works_has_an_example() -> None:
    bare = {row.name for rows in TABLES.values() for row in rows.values() if not list(examples(row))}
    assert bare == WITHOUT_EXAMPLE
