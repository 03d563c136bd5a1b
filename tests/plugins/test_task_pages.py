"""Every task has a page, and it is the one its class gives."""

from datetime import timedelta
from typing import Any

import pytest

from lanner.sdk.property import Property
from lanner.sdk.registry import Registry
from lanner.services.plugin_pages import pages, type_text
from lanner.testing.task_harness import installed_groups
from lanner_plugins.core.http.options import ProxyType
from tests.house.tree import ROOT

FOLDER = ROOT / "docs" / "reference" / "tasks"
GROUPS = [group for group in installed_groups() if group.name != "sample"]
PAGES = dict(pages(GROUPS, Registry.whole(GROUPS)))


@pytest.mark.parametrize("path", PAGES)
def test_the_page_is_as_the_class_says(path: str) -> None:
    """Write all again with ``./dev lanner plugins docs docs/reference/tasks``."""
    assert (FOLDER / path).read_text(encoding="utf-8") == PAGES[path]


def test_no_page_is_of_a_task_that_is_gone() -> None:
    assert {page.relative_to(FOLDER).as_posix() for page in FOLDER.rglob("*.md")} == set(PAGES)


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        pytest.param(Property[str], "text *expression*", id="expression"),
        pytest.param(timedelta | None, "duration", id="optional"),
        pytest.param(dict[str, list[int]], "map of list of integer", id="nested"),
        pytest.param(int | str, "integer or text", id="choice"),
        pytest.param(ProxyType, "`DIRECT`, `HTTP`, `SOCKS`", id="listed"),
        pytest.param(Any, "any", id="any"),
    ],
)
def test_types_in_words(annotation: Any, text: str) -> None:
    assert type_text(annotation) == text
