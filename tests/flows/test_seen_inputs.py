"""Inputs in expressions. Source: Kestra 1.0.36 (reference §5.3, case `inputs-depends-on-ignored-value`)."""

from typing import Any

from pydantic import TypeAdapter

from lanner.expressions import Renderer
from lanner.flows.seen_inputs import seen_inputs
from lanner.flows.yaml_tree import read_yaml
from lanner.sdk.input import AnyInput

INPUTS: TypeAdapter[tuple[AnyInput, ...]] = TypeAdapter(tuple[AnyInput, ...])


def seen(declared: str, stored: dict[str, Any] | None) -> Any:
    return seen_inputs(
        INPUTS.validate_python(read_yaml(declared).data),
        stored,
        Renderer().evaluate,
        variables={"flow": {"id": "sample"}},
        decrypt=lambda text: text[::-1],
    )


def test_what_needs_nothing_is_returned_as_it_is() -> None:
    stored = {"a": 1, "b": None}
    assert seen("- {id: a, type: INT, defaults: 3}\n- {id: b, type: INT, required: false}", stored) is stored
    assert seen("- {id: a, type: INT}", None) is None


def test_defaults_of_inputs_without_a_value_are_seen_typed_and_rendered() -> None:
    declared = """
- {id: mode, type: STRING, defaults: simple}
- {id: n, type: INT, defaults: "{{ 1 + 1 }}", dependsOn: {inputs: [mode], condition: "{{ false }}"}}
- {id: f, type: FORM, inputs: [{id: x, type: JSON, defaults: {a: ["{{ flow.id }}"]}}]}
- {id: broken, type: INT, defaults: "{{ gone }}"}
- {id: wrong, type: INT, defaults: ten}
- {id: none, type: STRING}
"""
    assert seen(declared, {"mode": "expert"}) == {"mode": "expert", "n": 2, "f": {"x": {"a": ["sample"]}}}


def test_a_null_that_was_stored_is_not_replaced() -> None:
    stored = {"a": None}
    assert seen("- {id: a, type: INT, defaults: 3}", stored) is stored


def test_secrets_are_decrypted_in_a_copy() -> None:
    stored = {"db": {"password": "cba", "host": "h"}}
    found = seen("- {id: db.password, type: SECRET}\n- {id: db.host, type: STRING}", stored)
    assert found == {"db": {"password": "abc", "host": "h"}}
    assert stored == {"db": {"password": "cba", "host": "h"}}
