"""``__init__.py`` holds names for export or nothing; ``lanner_plugins`` is a namespace without one."""

import ast
from pathlib import Path

import pytest

from tests.house.tree import ROOT, source_folders

NAMESPACE = "lanner_plugins"


def package_problems(root: Path) -> set[str]:
    """Return what is wrong with the packages below the ``src`` folders of a tree, one sentence each."""
    found: set[str] = set()
    for folder in source_folders(root):
        for package in {path.parent for path in folder.rglob("*.py")}:
            name = package.relative_to(root).as_posix()
            init = package / "__init__.py"
            if package == folder / NAMESPACE:
                found.add(f"{name} is a namespace package and must hold no module")
            elif package != folder and not init.is_file():
                found.add(f"{name} has no __init__.py")
            elif init.is_file() and not _only_exports(init):
                found.add(f"{name}/__init__.py holds more than exports")
        for group in [*(folder / NAMESPACE).glob("*/__init__.py"), *folder.glob("lanner/__init__.py")]:
            if not (group.parent / "py.typed").is_file():
                found.add(f"{group.parent.relative_to(root).as_posix()} has no py.typed")
    return found


def _only_exports(init: Path) -> bool:
    return all(_is_export(node) for node in ast.parse(init.read_text(encoding="utf-8")).body)


def _is_export(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
        case ast.ImportFrom(level=0):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__" | "__version__")]):
            return True
        case _:
            return False


def test_packages_export_names_or_nothing() -> None:
    assert package_problems(ROOT) == set()


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"lanner/__init__.py": '"""Doc."""\n', "lanner/py.typed": ""}, set(), id="a docstring"),
        pytest.param(
            {"lanner/__init__.py": 'from lanner.flow import Flow\n\n__all__ = ["Flow"]\n', "lanner/py.typed": ""},
            set(),
            id="exports",
        ),
        pytest.param(
            {"lanner/__init__.py": "def load() -> None: ...\n", "lanner/py.typed": ""},
            {"src/lanner/__init__.py holds more than exports"},
            id="code",
        ),
        pytest.param(
            {"lanner/__init__.py": "from . import flow\n", "lanner/py.typed": ""},
            {"src/lanner/__init__.py holds more than exports"},
            id="a relative import",
        ),
        pytest.param({"lanner/__init__.py": ""}, {"src/lanner has no py.typed"}, id="no marker of types"),
        pytest.param(
            {"lanner/__init__.py": "", "lanner/py.typed": "", "lanner/api/flow.py": ""},
            {"src/lanner/api has no __init__.py"},
            id="a folder that is no package",
        ),
        pytest.param(
            {"lanner_plugins/__init__.py": ""},
            {"src/lanner_plugins is a namespace package and must hold no module"},
            id="the namespace closed",
        ),
    ],
)
def test_a_planted_package_is_judged(tmp_path: Path, files: dict[str, str], expected: set[str]) -> None:
    for name, text in files.items():
        path = tmp_path / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert package_problems(tmp_path) == expected
