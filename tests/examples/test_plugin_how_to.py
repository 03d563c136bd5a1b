"""The plugin of the how-to works as it stands there."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.examples.conftest import Shell, clean_environment
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "how-to" / "write-a-plugin.md"


@pytest.fixture
def plugin(tmp_path: Path) -> Shell:
    """Lay the files of the page out as an installer would; returns a shell that sees them."""
    text = PAGE.read_text(encoding="utf-8")
    blocks = dict(re.findall(r"^`(\S+)`:\n\n```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    (flow,) = re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    installed = tmp_path / "installed"
    project = tomllib.loads(blocks.pop("pyproject.toml"))["project"]
    for name, block in blocks.items():
        path = installed / Path(name).relative_to("src")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block, encoding="utf-8")
    about = installed / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    about.mkdir()
    about.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 1.0\n", encoding="utf-8"
    )
    points = project["entry-points"]["lanner.plugins"]
    lines = "".join(f"{name} = {place}\n" for name, place in points.items())
    about.joinpath("entry_points.txt").write_text(f"[lanner.plugins]\n{lines}", encoding="utf-8")
    (tmp_path / "walk.yaml").write_text(flow, encoding="utf-8")
    return Shell(clean_environment(PYTHONPATH=f"{installed}:{ROOT / 'src'}"), tmp_path)


def test_its_type_is_listed(plugin: Shell) -> None:
    ended = plugin("plugins", "list", "--types")
    assert re.search(r"^io\.acme\.Weather +acme$", ended.stdout, re.MULTILINE), ended.stdout + ended.stderr


def test_its_flow_runs(plugin: Shell) -> None:
    ended = plugin("run", "walk.yaml", "--json")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["outputs"] == {"advice": "a coat"}
    assert "17.0 degrees: take a coat" in ended.stderr


def test_a_mistake_in_a_property_is_told_with_its_line(plugin: Shell) -> None:
    path = plugin.folder / "walk.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("celsius:", "celcius:"), encoding="utf-8")
    ended = plugin("run", "walk.yaml")
    assert ended.returncode == 2
    assert "error: walk.yaml:7:5: tasks[0].celcius: unknown property `celcius` of io.acme.Weather" in ended.stderr
