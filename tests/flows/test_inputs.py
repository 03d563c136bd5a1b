"""Inputs from what was sent. Source: Kestra 1.0.36 (reference §5, recorded cases `input-*` and `inputs-*`)."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from lanner.expressions import Renderer
from lanner.flows.inputs import InvalidInputs, Resolution, nested_values, resolve_inputs, resolve_outputs
from lanner.flows.yaml_tree import read_yaml
from lanner.sdk.input import AnyInput, FlowOutput

INPUTS: TypeAdapter[tuple[AnyInput, ...]] = TypeAdapter(tuple[AnyInput, ...])
OUTPUTS: TypeAdapter[tuple[FlowOutput, ...]] = TypeAdapter(tuple[FlowOutput, ...])
RENDERER = Renderer()
VARIABLES = {"flow": {"id": "sample"}, "vars": {"names": ["north", None, 7], "text": "x", "map": {"a": [1]}}}


def resolve(declared: str, given: Mapping[str, Any] | None = None, *, is_open: bool = False) -> Resolution:
    return resolve_inputs(
        INPUTS.validate_python(read_yaml(declared).data),
        given or {},
        RENDERER.evaluate,
        variables=VARIABLES,
        encrypt=None if is_open else lambda text: f"<{text[::-1]}>",
    )


def messages(resolution: Resolution) -> list[str]:
    return [problem.message for problem in resolution.problems]


TAKEN = [
    ("STRING", "", ""),
    ("STRING", 12, "12"),
    ("STRING", True, "true"),
    ("STRING", 1e10, "1.0E10"),
    ("STRING, validator: '[A-Z]{3}-\\d+'", "ABC-1", "ABC-1"),
    ("INT", "42", 42),
    ("INT", "-0", 0),
    ("INT", 42, 42),
    ("INT, min: 1, max: 3", "3", 3),
    ("FLOAT", "7", 7.0),
    ("FLOAT", "0.1", 0.1),
    ("FLOAT", "16777217", 16777216.0),
    ("FLOAT", "1e-4", 0.0001),
    ("FLOAT", 2, 2.0),
    ("BOOL", "TRUE", True),
    ("BOOL", "yes", False),
    ("BOOLEAN", "", False),
    ("BOOL", True, True),
    ("SELECT, values: [a, 42]", "42", "42"),
    ("SELECT, values: [a], allowCustomValue: true", "b", "b"),
    ("SELECT, values: [a], required: false", "b", "b"),
    ("SELECT, expression: '{{ vars.names }}'", "7", "7"),
    ("ENUM, values: [a]", "a", "a"),
    ("MULTISELECT, values: [a, b]", ["b", "b"], ["b", "b"]),
    ("MULTISELECT, options: [a, b]", '["b"]', ["b"]),
    ("MULTISELECT, values: [1, 2], itemType: INT", "[2]", [2]),
    ("DATETIME", "2024-01-01T08:00:00Z", "2024-01-01T08:00:00.000000Z"),
    ("DATETIME", "2024-01-01T08:00:00.5+02:00", "2024-01-01T06:00:00.500000Z"),
    ("DATETIME, after: 2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000000Z"),
    ("DATE", "2024-02-29", "2024-02-29"),
    ("TIME", "10:20", "10:20:00"),
    ("TIME", "10:20:30.25", "10:20:30.25"),
    ("DURATION", "PT1H30M", 5400.0),
    ("DURATION, max: P1D", "P1D", 86400.0),
    ("FILE", "kestra:///a/b.csv", "kestra:///a/b.csv"),
    ("FILE", "nsfile:///b.csv", "nsfile:///b.csv"),
    ("FILE, allowedFileExtensions: [.csv]", "kestra:///a/B.CSV", "kestra:///a/B.CSV"),
    ("JSON", '{"a": [1, null]}', {"a": [1, None]}),
    ("JSON", {"a": 1}, {"a": 1}),
    ("JSON", "41", 41),
    ("YAML", "a: yes\nb: [1]\n", {"a": True, "b": [1]}),
    ("URI", "https://www.example.com/path?x=1", "https://www.example.com/path?x=1"),
    ("SECRET", "abc", "<cba>"),
    ("ARRAY, itemType: INT", "[20, 22]", [20, 22]),
    ("ARRAY, itemType: JSON", ['{"a": 1}'], [{"a": 1}]),
    ("ARRAY, itemType: STRING", [], []),
    ("ARRAY, itemType: SECRET", ["ab"], ["<ba>"]),
    ("EMAIL", "ann@example.com", "ann@example.com"),
    ("EMAIL", "", ""),
]


@pytest.mark.parametrize(("declaration", "sent", "value"), TAKEN)
def test_a_value_is_taken_and_typed(declaration: str, sent: Any, value: Any) -> None:
    resolution = resolve(f"- {{id: x, type: {declaration}}}", {"x": sent})
    assert resolution.checked() == {"x": value}
    assert type(resolution.values["x"]) is type(value)
    assert not resolution.states[0].is_default


REFUSED = [
    ("STRING, validator: '[a-z]+'", "abc1", "it must match the pattern `[a-z]+`"),
    ("INT", "ten", 'For input string: "ten"'),
    ("INT", "", 'For input string: ""'),
    ("INT", "5.0", 'For input string: "5.0"'),
    ("INT", " 5", 'For input string: " 5"'),
    ("INT", "1_0", 'For input string: "1_0"'),
    ("INT", "3000000000", 'For input string: "3000000000"'),
    ("INT", True, 'For input string: "true"'),
    ("INT, min: 10", "9", "it must be more than `10`"),
    ("INT, max: 10", "11", "it must be less than `10`"),
    ("FLOAT", "", "empty String"),
    ("FLOAT", "NaN", 'For input string: "NaN"'),
    ("FLOAT", "1e39", "too large for a FLOAT"),
    ("FLOAT, max: 1.0", "1.01", "it must be less than `1.0`"),
    ("SELECT, values: [a, b]", "c", "it must match the values `[a, b]`"),
    ("SELECT, expression: '{{ vars.text }}'", "c", "Invalid expression result. Expected a list of strings, but rec"),
    ("SELECT, expression: '{{ gone }}'", "c", "Cannot render 'expression'. Cause: "),
    ("MULTISELECT, values: [a, b]", ["a", "c"], "it must match the values `[a, b]`"),
    ("MULTISELECT, values: [a]", "a", "Expected `MULTISELECT` but received `a`"),
    ("DATETIME", "2024-01-01T08:00:00", "write a moment with seconds and zone"),
    ("DATETIME", "2024-01-01T25:00:00Z", "could not be parsed"),
    ("DATETIME, before: 2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", "it must be before `2024-01-01T00:00:00Z`"),
    ("DATE", "2024-13-01", "Expected `DATE` but received `2024-13-01` with errors:"),
    ("DATE", "20240101", "write a date such as 2024-12-31"),
    ("DATE, after: 2024-02-01", "2024-01-01", "it must be after `2024-02-01`"),
    ("TIME", "25:00", "Expected `TIME` but received `25:00`"),
    ("TIME, before: 10:00:00", "10:00:01", "it must be before `10:00`"),
    ("DURATION", "60", "Expected `DURATION` but received `60`"),
    ("DURATION", "ten minutes", "Text cannot be parsed to a Duration"),
    ("DURATION, min: PT1H", "PT59M", "It must be more than `PT1H`"),
    ("FILE", "plain text", "a file is sent as an upload"),
    ("FILE, allowedFileExtensions: [.csv, .txt]", "kestra:///a.exe", "Accepted extensions: .csv, .txt"),
    ("JSON", '{"a": ', 'Expected `JSON` but received `{"a": ` with errors:'),
    ("JSON", "[" * 5000, "Expected `JSON`"),
    ("YAML", "a: [", "Expected `YAML`"),
    ("URI", "not a uri", "Expected `URI` but received `not a uri`"),
    ("ARRAY, itemType: INT", ["1", "s1"], "Unable to parse array element as `INT` on `s1`"),
    ("ARRAY, itemType: INT", "{}", "it is not a list"),
    ("EMAIL", "someone at example", "The input must be a valid email"),
]  # fmt: skip


@pytest.mark.parametrize(("declaration", "sent", "reason"), REFUSED)
def test_a_value_that_does_not_fit_is_refused_with_its_reason(declaration: str, sent: Any, reason: str) -> None:
    resolution = resolve(f"- {{id: x, type: {declaration}}}", {"x": sent})
    (message,) = messages(resolution)
    assert message.startswith("Invalid input for `x`, ")
    assert reason in message
    assert ", but received `" in message
    assert resolution.values == {"x": None}


def test_a_missing_value_is_refused_only_where_one_is_required() -> None:
    resolution = resolve("- {id: a, type: STRING}\n- {id: b, type: INT, required: false}\n- {id: c, type: DATE}")
    assert messages(resolution) == [
        "Invalid input for `a`, missing required input, but received `null`",
        "Invalid input for `c`, missing required input, but received `null`",
    ]
    with pytest.raises(InvalidInputs, match="a: Invalid input for `a`") as caught:
        resolution.checked()
    assert [problem.input_id for problem in caught.value.problems] == ["a", "c"]
    assert resolve("- {id: b, type: INT, required: false}").checked() == {"b": None}


@pytest.mark.parametrize(
    ("declaration", "value"),
    [
        ("STRING, defaults: hello", "hello"),
        ("STRING, defaults: '{{ flow.id }}-{{ 1 + 1 }}'", "sample-2"),
        ("INT, defaults: '{{ 3 + 4 }}'", 7),
        ("STRING, defaults: '{{ 3 + 4 }}'", "7"),
        ("BOOL, defaults: true", True),
        ("DATE, defaults: 2024-01-01", "2024-01-01"),
        ("JSON, defaults: {a: ['{{ flow.id }}', 1]}", {"a": ["sample", 1]}),
        ("JSON, defaults: '{{ vars.map }}'", {"a": [1]}),
        ("YAML, defaults: {retries: 2}", {"retries": 2}),
        ("ARRAY, itemType: DATE, defaults: [2024-01-01]", ["2024-01-01"]),
        ("MULTISELECT, values: [a, c], defaults: [c]", ["c"]),
        ("SELECT, values: [n, s], autoSelectFirst: true", "n"),
        ("SELECT, values: [n, s], autoSelectFirst: true, defaults: s", "s"),
        ("MULTISELECT, expression: '{{ vars.names }}', autoSelectFirst: true", ["north"]),
        ("SECRET, defaults: ab", "<ba>"),
    ],
)
def test_a_default_stands_in_for_a_missing_value(declaration: str, value: Any) -> None:
    resolution = resolve(f"- {{id: x, type: {declaration}}}")
    assert resolution.checked() == {"x": value}
    assert resolution.states[0].is_default


def test_a_default_that_breaks_its_own_rule_or_does_not_render_is_a_problem() -> None:
    found = messages(
        resolve("- {id: a, type: INT, max: 3, defaults: 4}\n- {id: b, type: STRING, defaults: '{{ no }}'}")
    )
    assert found[0] == "Invalid input for `a`, it must be less than `3`, but received `4`"
    assert "the default cannot be rendered" in found[1]


def test_an_empty_text_is_a_value_and_null_is_none() -> None:
    declared = "- {id: t, type: STRING, required: false, defaults: filled}"
    assert resolve(declared, {"t": ""}).checked() == {"t": ""}
    assert resolve(declared, {"t": None}).checked() == {"t": "filled"}


DEPENDENT = """
- {id: detail, type: STRING, defaults: plain, dependsOn: {inputs: [depth]}}
- {id: mode, type: SELECT, values: [simple, expert], defaults: simple}
- {id: depth, type: INT, dependsOn: {inputs: [mode], condition: "{{ inputs.mode equals 'expert' }}"}}
"""


def test_an_input_whose_condition_is_false_is_absent_and_so_is_what_depends_on_it() -> None:
    assert resolve(DEPENDENT, {"mode": "simple", "depth": "9"}).checked() == {"mode": "simple"}
    assert resolve(DEPENDENT, {"mode": "expert", "depth": "3"}).checked() == {
        "detail": "plain",
        "mode": "expert",
        "depth": 3,
    }
    assert messages(resolve(DEPENDENT, {"mode": "expert"})) == [
        "Invalid input for `depth`, missing required input, but received `null`"
    ]


def test_a_wrong_value_is_one_problem_and_none_for_what_depends_on_it() -> None:
    (message,) = messages(resolve(DEPENDENT, {"mode": "wrong", "depth": "x"}))
    assert message.startswith("Invalid input for `mode`")


@pytest.mark.parametrize(("condition", "is_enabled"), [("{{ true }}", True), ("{{ 'true' }}", False), ("true", False)])
def test_a_condition_must_give_the_boolean_true(condition: str, is_enabled: bool) -> None:
    resolution = resolve(f'- {{id: x, type: STRING, defaults: a, dependsOn: {{condition: "{condition}"}}}}')
    assert resolution.states[0].is_enabled is is_enabled


def test_a_condition_that_cannot_be_evaluated_is_a_problem() -> None:
    resolution = resolve('- {id: x, type: STRING, dependsOn: {condition: "{{ gone }}"}}')
    assert messages(resolution)[0].startswith("Invalid condition: ")
    assert not resolution.states[0].is_enabled
    assert resolution.checked() == {}, "and stops nobody"


def test_templates_see_the_inputs_they_depend_on_and_no_others() -> None:
    declared = """
- {id: a, type: STRING, defaults: one}
- {id: b, type: STRING, defaults: "[{{ inputs.a }}]", dependsOn: {inputs: [a]}}
- {id: c, type: STRING, defaults: "[{{ inputs.a }}]"}
"""
    assert resolve(declared).checked() == {"a": "one", "b": "[one]", "c": "[]"}


def test_options_of_an_expression_are_texts_without_nulls() -> None:
    (state,) = resolve("- {id: x, type: SELECT, expression: '{{ vars.names }}', required: false}").states
    assert state.options == ("north", "7")


def test_dotted_ids_are_nested_however_they_are_sent() -> None:
    declared = "- {id: db.host, type: STRING, defaults: localhost}\n- {id: db.port, type: INT}"
    assert resolve(declared, {"db.port": "1"}).checked() == {"db": {"host": "localhost", "port": 1}}
    assert resolve(declared, {"db": {"port": 1, "host": "h"}}).checked() == {"db": {"host": "h", "port": 1}}


def test_a_form_names_its_inputs_after_itself() -> None:
    declared = "- {id: f, type: FORM, inputs: [{id: a, type: INT}, {id: b, type: STRING, defaults: x}]}"
    assert resolve(declared, {"f.a": "1"}).checked() == {"f": {"a": 1, "b": "x"}}


def test_the_inputs_of_a_form_that_is_not_asked_for_are_absent() -> None:
    declared = """
- {id: more, type: BOOL}
- id: f
  type: FORM
  dependsOn: {inputs: [more], condition: "{{ inputs.more }}"}
  inputs:
    - {id: a, type: INT}
    - {id: b, type: STRING, defaults: "{{ inputs.f.a }}!", dependsOn: {inputs: [a]}}
"""
    assert resolve(declared, {"more": "false"}).checked() == {"more": False}
    assert resolve(declared, {"more": "true", "f.a": "1"}).checked() == {"more": True, "f": {"a": 1, "b": "1!"}}
    assert [problem.input_id for problem in resolve(declared, {"more": "true"}).problems] == ["f.a"]


def test_what_nobody_declared_is_left_out_and_named() -> None:
    resolution = resolve("- {id: a.b, type: INT}", {"a.b": 1, "c": 2})
    assert resolution.checked() == {"a": {"b": 1}}
    assert resolution.undeclared == ("c",)


def test_a_secret_is_never_shown_in_a_message() -> None:
    declared = "- {id: x, type: SECRET, validator: '[0-9]+'}"
    (message,) = messages(resolve(declared, {"x": "hunter2"}))
    assert message == "Invalid input for `x`, it must match the pattern `[0-9]+`, but received `******`"
    assert resolve(declared, {"x": "123"}).checked() == {"x": "<321>"}


def test_a_secret_without_encryption_is_a_problem() -> None:
    (message,) = messages(resolve("- {id: x, type: SECRET}", {"x": "hunter2"}, is_open=True))
    assert "Unable to use a `SECRET` input/output as encryption is not configured" in message
    assert "hunter2" not in message


def test_dependencies_in_a_circle_end() -> None:
    declared = "- {id: a, type: INT, dependsOn: {inputs: [b]}}\n- {id: b, type: INT, dependsOn: {inputs: [a, gone]}}"
    assert resolve(declared, {"a": 1, "b": 2}).checked() == {"a": 1, "b": 2}


def test_a_long_chain_of_dependencies_is_resolved() -> None:
    chain = "".join(f"- {{id: i{n}, type: INT, dependsOn: {{inputs: [i{n + 1}]}}}}\n" for n in range(3_000))
    resolution = resolve(chain + "- {id: i3000, type: INT}", {f"i{n}": n for n in range(3_001)})
    assert resolution.checked()["i0"] == 0
    assert not any(state.is_enabled for state in resolve(chain + "- {id: i3000, type: INT}").states[:-1])


def test_a_huge_value_is_shortened_in_its_message() -> None:
    (message,) = messages(resolve("- {id: x, type: INT}", {"x": "9" * 1_000_000}))
    assert len(message) < 3_000


@given(st.sampled_from([declaration for declaration, _, _ in TAKEN]), st.text() | st.lists(st.text()) | st.floats())
def test_nothing_that_is_sent_makes_resolving_raise(declaration: str, sent: Any) -> None:
    resolution = resolve(f"- {{id: x, type: {declaration}}}", {"x": sent})
    assert len(resolution.problems) <= 2


def test_an_id_that_is_a_value_and_a_start_keeps_the_map() -> None:
    assert nested_values([("a", 1), ("a.b", 2)]) == {"a": {"b": 2}}
    assert nested_values([("a.b", 2), ("a", 1)]) == {"a": {"b": 2}}


def outputs(declared: str) -> Any:
    return resolve_outputs(
        OUTPUTS.validate_python(read_yaml(declared).data),
        RENDERER.evaluate,
        variables=VARIABLES,
        encrypt=lambda text: text[::-1],
    )


def test_outputs_are_rendered_and_typed() -> None:
    found = outputs(
        """
- {id: a, type: INT, value: "{{ 1 + 1 }}"}
- {id: b, type: JSON, value: "{{ vars.map }}"}
- {id: c, type: STRING, value: "{{ vars.map }}"}
- {id: d, type: SECRET, value: abc}
- {id: e, type: ARRAY, value: "{{ vars.names }}"}
- {id: f, type: JSON, value: {k: "{{ flow.id }}"}}
"""
    )
    assert (found.error, found.warnings) == (None, ())
    assert found.values == {
        "a": 2,
        "b": {"a": [1]},
        "c": '{"a":[1]}',
        "d": {"type": "io.kestra.datatype:aes_encrypted", "value": "cba"},
        "e": ["north", None, 7],
        "f": {"k": "sample"},
    }


def test_a_required_output_that_fails_fails_them_all() -> None:
    found = outputs('- {id: a, type: STRING, value: x}\n- {id: b, type: INT, value: "{{ vars.text }}"}')
    assert found.values is None
    assert found.error == 'Invalid output for `b`, For input string: "x"'


def test_an_optional_output_that_fails_is_left_out_with_a_warning() -> None:
    found = outputs('- {id: a, type: STRING, value: x}\n- {id: b, type: INT, value: "{{ gone }}", required: false}')
    assert found.values == {"a": "x"}
    assert len(found.warnings) == 1


@pytest.mark.parametrize(("type_", "value"), [("STRING", ""), ("BOOLEAN", False)])
def test_a_template_that_gives_nothing_gives_an_empty_text(type_: str, value: Any) -> None:
    for required in ("true", "false"):
        declared = f'- {{id: a, type: {type_}, value: "{{{{ null }}}}", required: {required}}}'
        assert outputs(declared).values == {"a": value}


def test_an_optional_output_must_fit_its_type_all_the_same() -> None:
    found = outputs('- {id: a, type: STRING, value: x}\n- {id: b, type: INT, value: "{{ null }}", required: false}')
    assert (found.values, found.error) == (None, 'Invalid output for `b`, For input string: ""')


def test_outputs_without_any_value_are_none_at_all() -> None:
    assert outputs('- {id: b, type: INT, value: "{{ gone }}", required: false}').values is None
