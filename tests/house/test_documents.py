"""The pages keep their word: links lead somewhere, and code they name is where they say."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house.tree import ROOT

LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
FENCE = re.compile(r"^( *)(```|~~~).*?^\1\2\s*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([A-Za-z_][\w.]*)`")


def pages() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split()]


def links(text: str) -> Iterator[tuple[str, str]]:
    """Yield text and target of each link to a file or a heading of this tree."""
    for found in LINK.finditer(FENCE.sub("", text)):
        if not re.match(r"[a-z]+:", found[2]):
            yield found[1], found[2]


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)


def broken(page: Path) -> list[str]:
    """Return the links of a page that lead nowhere."""
    found = []
    for _, target in links(page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            found.append(target)
    return found


@cache
def defined(module: Path) -> frozenset[str]:
    """Return the names a module defines, those of a class as ``Class.name`` too."""
    names = set()
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            functions = [part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
            names |= {node.name, *(f"{node.name}.{part.name}" for part in functions)}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return frozenset(names)


def misplaced(page: Path) -> list[str]:
    """Return the linked names of code that the linked module does not define."""
    return [
        f"{name[1]} in {target}"
        for text, target in links(page.read_text(encoding="utf-8"))
        if target.endswith(".py") and (name := CODE.fullmatch(text))
        if (page.parent / target).is_file() and name[1] not in defined((page.parent / target).resolve())
    ]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_code_stands_where_a_page_says(page: Path) -> None:
    assert misplaced(page) == []


def test_the_tour_names_code_of_every_room_an_execution_passes() -> None:
    tour = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = {target.split("/")[2] for _, target in links(tour) if target.startswith("src/lanner/")}
    assert rooms >= {"api", "services", "flows", "ports", "runtime", "engine", "backends", "sdk", "model"}


def test_a_planted_mistake_is_found(tmp_path: Path) -> None:
    (tmp_path / "here.py").write_text("class A:\n    def b(self): ...\n\nLIMIT: int = 1\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(
        "# Two words\n[`A.b`](here.py) [`LIMIT`](here.py) [`A.c`](here.py) [x](gone.md) [y](#two-words) [z](#three)\n"
        "```\n[inside](a-fence.md)\n```\n[far](https://example.com/x)\n",
        encoding="utf-8",
    )
    assert broken(page) == ["gone.md", "#three"]
    assert misplaced(page) == ["A.c in here.py"]
