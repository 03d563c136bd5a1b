"""Scalars where a property wants text or a duration. Source: Kestra 1.0.36 (reference §1.2, §1.4, and asked)."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from lanner.model.label import Label
from lanner.sdk.definition import FlowDefinition
from lanner.sdk.plugin import PluginModel
from lanner.sdk.text import FlowLabels, Text, parse_duration, to_text

LABELS: TypeAdapter[Any] = TypeAdapter(FlowLabels)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"), (False, "false"), (8, "8"), (1.5, "1.5"), (1000.0, "1000.0"), (1e10, "1.0E10"),
        (12345678.5, "1.23456785E7"), (-1.5e-5, "-1.5E-5"), (0.001, "0.001"), (0.0, "0.0"), ("x", "x"), (None, None),
    ],
)  # fmt: skip
def test_a_scalar_becomes_the_text_that_java_prints(value: Any, text: Any) -> None:
    assert to_text(value) == text


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("PT1H30M", 5400), ("P1D", 86400), ("P1DT1S", 86401), ("PT0.5S", 0.5), ("-PT1S", -1), ("pt1m", 60),
        (5, 5), (0.25, 0.25), ("30", 30),
    ],
)  # fmt: skip
def test_a_duration_is_iso_text_or_seconds(written: Any, seconds: float) -> None:
    assert parse_duration(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize("written", ["soon", "P", "PT", "", "P1Y", True, None, "P99999999999D", 1e300, float("nan")])
def test_what_is_no_duration_is_a_value_error(written: Any) -> None:
    with pytest.raises(ValueError):
        parse_duration(written)


def test_labels_come_as_a_map_or_a_list_and_keep_their_order() -> None:
    assert LABELS.validate_python({"b": 1, "a": "x"}) == (Label("b", "1"), Label("a", "x"))
    twice = [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]
    assert LABELS.validate_python(twice) == (Label("a", "1"), Label("a", "2"))


def test_every_wrong_label_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        LABELS.validate_python([{"key": "a", "value": 1}, {"value": "b", "more": 1}, 3])
    assert [error["loc"] for error in caught.value.errors()] == [(0, "value"), (1, "more"), (1, "key"), (2,)]


def test_a_property_without_a_value_is_absent() -> None:
    class Model(PluginModel):
        kept: dict[str, Any]
        """Free."""
        text: Text = "default"
        """With a default."""

    assert Model.model_validate({"kept": {"a": None}, "text": None}) == Model(kept={"a": None})
    with pytest.raises(ValidationError, match="Field required"):
        Model.model_validate({"kept": None})


def test_the_definition_of_a_flow_has_a_schema() -> None:
    schema = FlowDefinition.model_json_schema()
    assert {"id", "namespace", "tasks", "afterExecution", "finally"} <= set(schema["properties"])
    assert schema["properties"]["taskDefaults"]["deprecated"] is True
