"""Law 8: a module stays under 500 lines, a function under 60."""

import ast
from pathlib import Path

import pytest

from tests.house.tree import ROOT, modules

MODULE_LINES = 500
FUNCTION_LINES = 60

# "path" or "path:function" -> why it may be longer. Only what is generated or reads like a table.
EXCEPTIONS: dict[str, str] = {}


def too_large(root: Path) -> dict[str, int]:
    """Return the modules and functions over their limit, with their number of lines."""
    found: dict[str, int] = {}
    for module in modules(root):
        text = module.read_text(encoding="utf-8")
        name = module.relative_to(root).as_posix()
        if (lines := len(text.splitlines())) > MODULE_LINES:
            found[name] = lines
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    found[f"{name}:{node.name}"] = lines
    return found


def test_no_module_and_no_function_is_over_its_limit() -> None:
    over = {name: lines for name, lines in too_large(ROOT).items() if name not in EXCEPTIONS}
    assert over == {}


def test_each_exception_still_needs_to_be_one() -> None:
    assert set(EXCEPTIONS) <= set(too_large(ROOT))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("x = 1\n" * 500, {}, id="a module at the limit"),
        pytest.param("x = 1\n" * 501, {"src/lanner/planted.py": 501}, id="a module over it"),
        pytest.param("def f():\n" + "    x = 1\n" * 59, {}, id="a function at the limit"),
        pytest.param("def f():\n" + "    x = 1\n" * 60, {"src/lanner/planted.py:f": 61}, id="a function over it"),
        pytest.param(
            "class A:\n    async def g(self):\n" + "        x = 1\n" * 60,
            {"src/lanner/planted.py:g": 61},
            id="an async method over it",
        ),
    ],
)
def test_a_planted_giant_is_found(tmp_path: Path, text: str, expected: dict[str, int]) -> None:
    module = tmp_path / "src" / "lanner" / "planted.py"
    module.parent.mkdir(parents=True)
    module.write_text(text, encoding="utf-8")
    assert too_large(tmp_path) == expected


def test_a_planted_giant_in_a_plugin_is_found(tmp_path: Path) -> None:
    module = tmp_path / "plugins" / "x" / "src" / "lanner_plugins" / "x" / "planted.py"
    module.parent.mkdir(parents=True)
    module.write_text("x = 1\n" * 501, encoding="utf-8")
    assert too_large(tmp_path) == {"plugins/x/src/lanner_plugins/x/planted.py": 501}
