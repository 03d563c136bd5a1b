"""In which order expressions see the maps of an execution: as Kestra 1.0.36 printed them."""

from typing import Any

import pytest

from lanner.engine import events as e
from lanner.testing.simulation import Outcome
from tests.engine.flows import flowable, job, simulate

SEVEN = {"zeta": 1, "alpha": 2, "mid": 3, "longer_name": 4, "q": 5}
VARIABLES = {"zeta": {"y": 1, "x": 3, "b": 2}, "alpha": 2, "mid": [{"zeta": 1, "alpha": 2, "mid": 3}]}


def show(template: str, outputs: dict[str, Any] | None = None, **flow: Any) -> Any:
    """Return what a template prints once a task ``a`` has ended with ``outputs``."""
    setting = {
        "id": "show",
        "type": "io.kestra.plugin.core.execution.SetVariables",
        "variables": {"shown": template},
    }
    before = flow.pop("before", [])
    played = simulate([job("a"), *before, setting], lambda *_: Outcome(outputs=outputs or {}), **flow).play()
    assert played.view.execution.variables is not None, played.logs
    return played.view.execution.variables["shown"]


@pytest.mark.parametrize(
    ("outputs", "printed"),
    [
        ({"zeta": 1, "alpha": 2, "mid": 3}, '{"zeta":1,"mid":3,"alpha":2}'),
        ({"value": "x", "defaults": False}, '{"defaults":false,"value":"x"}'),
        ({"a": {"z": 1, "a": {"y": 1, "b": 2}}}, '{"a":{"a":{"y":1,"b":2},"z":1}}'),
        ({"m": {"y": 1, "x": 3, "b": 2}}, '{"m":{"x":3,"y":1,"b":2}}'),
        ({"l": [{"zeta": 1, "alpha": 2, "mid": 3}]}, '{"l":[{"zeta":1,"alpha":2,"mid":3}]}'),
        ({"CREATED": 0, "RUNNING": 0, "SUCCESS": 3}, '{"RUNNING":0,"CREATED":0,"SUCCESS":3}'),
    ],
)
def test_outputs_are_hash_maps_at_every_level_but_in_lists(outputs: dict[str, Any], printed: str) -> None:
    assert show("{{ outputs.a }}", outputs) == printed


def test_a_loop_puts_its_values_into_a_hash_map() -> None:
    values = ["zeta", "alpha", "mid", "1", "10", "2", "z", "b", "a"]
    each = {"id": "each", "type": "io.kestra.plugin.core.flow.ForEach", "values": values, "tasks": [job("r")]}
    order = '["zeta","1","a","2","b","alpha","mid","z","10"]'
    assert show("{{ outputs.r | keys }} {{ tasks.r | keys }}", {}, before=[each]) == f"{order} {order}"


def test_the_first_level_of_variables_is_a_hash_map() -> None:
    printed = '{"zeta":{"y":1,"x":3,"b":2},"mid":[{"zeta":1,"alpha":2,"mid":3}],"alpha":2}'
    assert show("{{ vars }}", variables=VARIABLES) == printed


def test_variables_that_were_merged_are_hash_maps() -> None:
    more = {
        "id": "more",
        "type": "io.kestra.plugin.core.execution.SetVariables",
        "variables": {"zeta": {"q": 1, "a": 1, "none": None}, "none": None},
    }
    printed = '{"zeta":{"x":3,"y":1,"q":1,"a":1,"b":2},"mid":[{"zeta":1,"alpha":2,"mid":3}],"alpha":2}'
    assert show("{{ vars }}", variables=VARIABLES, before=[more]) == printed


def test_inputs_are_a_hash_map_of_sorted_inputs() -> None:
    inputs = [{"id": name, "type": "INT"} for name in SEVEN]
    printed = '{"zeta":1,"longer_name":4,"mid":3,"q":5,"alpha":2}'
    assert show("{{ inputs }}", inputs=inputs, given=SEVEN) == printed


def test_labels_are_sorted_and_what_is_below_them_hashed() -> None:
    labels = {"zeta.q": "a", "zeta.b": "b", "alpha": "c", "mid.y": "1", "mid.b": "2"}
    played = simulate(
        [
            {"id": "l", "type": "io.kestra.plugin.core.execution.Labels", "labels": labels},
            {
                "id": "s",
                "type": "io.kestra.plugin.core.execution.SetVariables",
                "variables": {"shown": "{{ labels }}"},
            },
        ]
    ).play()
    assert played.view.execution.variables == {
        "shown": '{"alpha":"c","mid":{"b":"2","y":"1"},"zeta":{"q":"a","b":"b"}}'
    }


@pytest.mark.parametrize("value", [5, True, 1.5])
def test_a_label_that_is_no_text_fails_the_task(value: Any) -> None:
    for labels in ({"a": value}, [{"key": "a", "value": value}]):
        played = simulate([{"id": "l", "type": "io.kestra.plugin.core.execution.Labels", "labels": labels}]).play()
        assert played.states() == {"l": ["FAILED"]}
        assert "the value of label `a` must be a text" in played.logs[0].message


def test_answers_to_a_pause_are_a_hash_map_of_sorted_answers() -> None:
    show = {
        "id": "s",
        "type": "io.kestra.plugin.core.execution.SetVariables",
        "variables": {"shown": "{{ outputs.p.onResume }}"},
    }
    played = simulate([flowable("Pause", "p", None), show]).play()
    played.send(e.ResumeRequested(inputs={"du": 1, "b": 2, "ar": 3, "n": 4}))
    played.play()
    assert played.view.execution.variables == {"shown": '{"ar":3,"du":1,"b":2,"n":4}'}
