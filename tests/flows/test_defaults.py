"""Plugin defaults. Source: Kestra 1.0.36 (reference §9.5 and the recorded cases `plugin-defaults-*`)."""

from typing import Any

import pytest

from lanner.flows.defaults import declared_defaults, merged, with_defaults
from lanner.sdk.definition import PluginDefault
from tests.flows.sample_plugins import REGISTRY

RETURN = "io.kestra.plugin.core.debug.Return"
OLD_RETURN = "io.kestra.core.tasks.debugs.Return"


def default(type_: str, *, forced: bool = False, **values: Any) -> PluginDefault:
    return PluginDefault(type=type_, forced=forced, values=values)


@pytest.mark.parametrize(
    ("defaults", "task", "expected"),
    [
        pytest.param([default(RETURN, a=1)], {}, {"a": 1}, id="fills a gap"),
        pytest.param([default(RETURN, a=1)], {"a": 2}, {"a": 2}, id="the task wins"),
        pytest.param([default(RETURN, a=1)], {"a": None}, {"a": None}, id="a written null wins"),
        pytest.param([default(RETURN, forced=True, a=1)], {"a": 2}, {"a": 1}, id="forced wins over the task"),
        pytest.param(
            [default(RETURN, a=1), default(RETURN, forced=True, a=3)], {"a": 2}, {"a": 3}, id="forced over weak"
        ),
        pytest.param([default(RETURN, a=1), default(RETURN, a=2, b=2)], {}, {"a": 1, "b": 2}, id="first is strongest"),
        pytest.param(
            [default(RETURN, forced=True, a=1), default(RETURN, forced=True, a=2)], {}, {"a": 1}, id="also when forced"
        ),
        pytest.param([default("io.kestra.plugin", a=1), default(RETURN, a=2)], {}, {"a": 2}, id="exact over prefix"),
        pytest.param(
            [default("io", a=1, b=1), default("io.kestra.plugin.core.de", a=2)],
            {},
            {"a": 2, "b": 1},
            id="longer prefix",
        ),
        pytest.param([default("io.kestra.plugin.core.log", a=1)], {}, {}, id="another type"),
        pytest.param(
            [default(RETURN, m={"x": 1, "y": 1})], {"m": {"y": 2, "z": 2}}, {"m": {"x": 1, "y": 2, "z": 2}}, id="deep"
        ),
        pytest.param([default(RETURN, li=[1])], {"li": [2]}, {"li": [1, 2]}, id="lists: default first"),
        pytest.param([default(RETURN, forced=True, li=[1])], {"li": [2]}, {"li": [2, 1]}, id="lists: task first"),
        pytest.param([default(OLD_RETURN, a=1)], {}, {"a": 1}, id="an alias's default reaches the new name"),
        pytest.param([default(OLD_RETURN, a=1), default(RETURN, a=2)], {}, {"a": 2}, id="and is the weakest there"),
    ],
)
def test_defaults_of_a_task(defaults: list[PluginDefault], task: dict[str, Any], expected: dict[str, Any]) -> None:
    document = {"tasks": [{"type": RETURN, **task}]}
    assert with_defaults(document, defaults, REGISTRY)["tasks"] == [{"type": RETURN, **expected}]
    assert document == {"tasks": [{"type": RETURN, **task}]}


def test_a_task_under_an_old_name_gets_no_defaults_of_the_new_one() -> None:
    document = {"tasks": [{"type": OLD_RETURN}]}
    assert with_defaults(document, [default(RETURN, a=1)], REGISTRY) == document


def test_defaults_reach_every_depth_but_not_their_own_block() -> None:
    block = [{"type": RETURN, "values": {"a": 1}}]
    document = {
        "tasks": [{"type": "x.Y", "cases": {"k": [{"type": RETURN}]}, "runner": {"type": RETURN}}],
        "triggers": [{"type": "z", "conditions": [{"type": RETURN}]}],
        "pluginDefaults": block,
    }
    result = with_defaults(document, declared_defaults(document), REGISTRY)
    full = {"type": RETURN, "a": 1}
    assert result == {
        "tasks": [{"type": "x.Y", "cases": {"k": [full]}, "runner": full}],
        "triggers": [{"type": "z", "conditions": [full]}],
        "pluginDefaults": block,
    }


def test_broken_entries_and_the_old_block_are_not_used() -> None:
    document = {
        "pluginDefaults": [3, {"type": RETURN}, {"values": {}}, {"type": RETURN, "forced": True, "values": {"a": 1}}],
        "taskDefaults": [{"type": RETURN, "values": {"b": 1}}],
    }
    assert declared_defaults(document) == (default(RETURN, forced=True, a=1),)
    assert declared_defaults({"pluginDefaults": "text"}) == ()


def test_merging_changes_neither_side() -> None:
    under, over = {"m": {"a": 1}, "x": [1]}, {"m": {"b": 2}, "x": 3}
    assert merged(under, over) == {"m": {"a": 1, "b": 2}, "x": 3}
    assert (under, over) == ({"m": {"a": 1}, "x": [1]}, {"m": {"b": 2}, "x": 3})
