"""Names: no attics, no two-letter modules, no classes that say nothing."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.tree import ROOT, modules, source_folders

ATTICS = frozenset(
    {"utils", "util", "common", "helpers", "helper", "core", "base", "manager", "misc", "shared", "tools"}
)
EMPTY_CLASS_NAME = re.compile(r"^_?Base[A-Z]\w*$|(Manager|Helper|Helpers|Utils|Util)$")

# module path -> why the name is right here
EXCEPTIONS: dict[str, str] = {
    "lanner_plugins.core": "the group of io.kestra.plugin.core: Kestra's own word",
}
BUILT = "ui_dist"  # holds the pages of the documentation, no modules
SHORT_WORDS = frozenset({"kv", "ai", "if"})  # Kestra's and the architecture's own words


def bad_names(root: Path) -> set[str]:
    """Return the dotted names of packages, modules and classes that a newcomer could not place."""
    found: set[str] = set()
    for folder in source_folders(root):
        for path in [*folder.rglob("*.py"), *(entry for entry in folder.rglob("*") if entry.is_dir())]:
            if BUILT in path.parts:
                continue
            name = ".".join(path.relative_to(folder).with_suffix("").parts)
            last = path.stem.strip("_")
            if last in ATTICS or (len(last) <= 2 and last not in SHORT_WORDS):
                found.add(name)
    for module in modules(root):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and EMPTY_CLASS_NAME.search(node.name):
                found.add(f"{module.stem}:{node.name}")
    return found - set(EXCEPTIONS)


def test_every_name_says_what_it_holds() -> None:
    assert bad_names(ROOT) == set()


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param("lanner/api/utils.py", "", {"lanner.api.utils"}, id="an attic module"),
        pytest.param("lanner/common/text.py", "", {"lanner.common"}, id="an attic package"),
        pytest.param("lanner/api/_helpers.py", "", {"lanner.api._helpers"}, id="a private attic"),
        pytest.param("lanner/api/io.py", "", {"lanner.api.io"}, id="two letters"),
        pytest.param("lanner/api/flow.py", "class FlowManager: ...", {"flow:FlowManager"}, id="a manager"),
        pytest.param("lanner/api/flow.py", "class BaseFlow: ...", {"flow:BaseFlow"}, id="a base"),
        pytest.param("lanner/api/flow.py", "class Baseline: ...", set(), id="a word that begins like base"),
        pytest.param("lanner_plugins/core/kv/get.py", "class Get: ...", set(), id="Kestra's own words"),
    ],
)
def test_a_planted_name_is_found(tmp_path: Path, path: str, text: str, expected: set[str]) -> None:
    module = tmp_path / "src" / path
    module.parent.mkdir(parents=True)
    module.write_text(text, encoding="utf-8")
    assert bad_names(tmp_path) == expected
