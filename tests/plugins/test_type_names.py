"""Every type of Kestra's core plugin is known here under all its names, or left out for a reason.

Source: the classes and old names of Kestra 1.0.36.
"""

from pathlib import Path

import pytest

from lanner.flows.reading import read_flow
from lanner.sdk.registry import Registry
from lanner_plugins.core.plugin import PLUGIN

CORE = "io.kestra.plugin.core"
REGISTRY = Registry.whole([PLUGIN])

# Lines of a name below io.kestra.plugin.core, then its old names.
TYPES = (Path(__file__).parent / "core_types.txt").read_text(encoding="utf-8")

# Name below io.kestra.plugin.core, or a group of them -> why it is not there.
LEFT_OUT = {
    "dashboard": "charts and their data belong to dashboards, which do not exist yet",
}


def _rows() -> list[tuple[str, list[str]]]:
    return [(name, olds) for name, *olds in (line.split() for line in TYPES.strip().splitlines())]


def _is_left_out(name: str) -> bool:
    return name in LEFT_OUT or name.partition(".")[0] in LEFT_OUT


@pytest.mark.parametrize(("name", "olds"), [row for row in _rows() if not _is_left_out(row[0])])
def test_type_resolves_under_all_its_names(name: str, olds: list[str]) -> None:
    plugin = REGISTRY.resolve(f"{CORE}.{name}")
    assert [REGISTRY.resolve(old) for old in olds] == [plugin] * len(olds)


def test_what_is_left_out_is_not_there_and_would_be_a_type() -> None:
    names = {name for name, _ in _rows()}
    for left_out in LEFT_OUT:
        found = {name for name in names if _is_left_out(name) and name.startswith(left_out)}
        assert found
        assert not any(f"{CORE}.{name}" in REGISTRY for name in found)


@pytest.mark.parametrize("type_", [f"{CORE}.flow.Template", "io.kestra.core.tasks.flows.Template"])
def test_a_flow_with_a_template_is_told_what_to_use_instead(type_: str) -> None:
    flow = f"id: old\nnamespace: tests\ntasks:\n  - id: first\n    type: {type_}\n    templateId: mine\n"
    [problem] = read_flow(flow, Registry([PLUGIN])).problems
    assert (problem.path, problem.line) == ("tasks[0].type", 5)
    assert "templates are off" in problem.message
    assert "Subflow" in problem.message
