"""An error says what, where and what may have been meant."""

import pytest

from lanner.expressions import ExpressionError, MissingVariable, Renderer
from tests.expressions.reach import World

VARIABLES = {"outputs": {"extract": {"uri": "u", "rows": [1]}}, "inputs": {"limit": 3}}


def error_of(template: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        Renderer().render(template, VARIABLES, World())
    return caught.value


@pytest.mark.parametrize(
    ("template", "line", "column", "sentence"),
    [
        pytest.param(
            "{{ outputs.extrct }}",
            1,
            12,
            "`outputs.extrct` is missing; did you mean `outputs.extract`?",
            id="a near name of the map",
        ),
        pytest.param("{{ output }}", 1, 4, "`output` is missing; did you mean `outputs`?", id="a near variable"),
        pytest.param("a\n{{ nothing_like_it }}", 2, 4, "`nothing_like_it` is missing", id="none near, second line"),
        pytest.param("{{ 'a' | upperr }}", 1, 8, "Filter [upperr] does not exist.", id="an unknown filter"),
        pytest.param("{{ nope(1) }}", 1, 4, "Function or Macro [nope] does not exist.", id="an unknown function"),
        pytest.param("{{ 1 is nope }}", 1, 6, "Test [nope] does not exist.", id="an unknown test"),
        pytest.param("x\ny {{ 1 / 0 }}", 2, 8, "Could not perform division", id="division"),
        pytest.param("{{ inputs.limit | trim }}", 1, 17, "cannot be cast", id="a wrong type"),
        pytest.param("{% if true %}", 1, 4, 'looking for the "endif" tag', id="an open tag"),
    ],
)
def test_an_error_has_its_place_and_sentence(template: str, line: int, column: int, sentence: str) -> None:
    error = error_of(template)
    assert (error.line, error.column) == (line, column)
    assert sentence in str(error)
    assert f"line {line}, column {column}" in str(error)


def test_a_missing_name_can_be_asked_for_its_parts() -> None:
    error = error_of("{{ outputs.extrct.uri }}")
    assert isinstance(error, MissingVariable)
    assert (error.name, error.part, error.suggestions) == ("outputs.extrct", "extrct", ("outputs.extract",))


def test_an_error_inside_render_names_the_inner_template() -> None:
    assert "`{{ outputs.nope }}`" in str(error_of("{{ render('{{ outputs.nope }}') }}"))


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("{{ secret('TOKEN') | number }}", id="in a filter's complaint"),
        pytest.param("{{ fromJson(secret('TOKEN')) }}", id="in a parser's complaint"),
        pytest.param("{{ (secret('TOKEN') ~ '!') | date }}", id="as a part of a text"),
        pytest.param("{{ [secret('TOKEN')] | jq('.[0] | tonumber') }}", id="in the value given to jq"),
        pytest.param("{{ secret('DB', subkey='password') | number }}", id="a field of a secret"),
        pytest.param("{{ inputs[secret('TOKEN')] }}", id="as a missing key"),
        pytest.param("{{ render(secret('TOKEN') ~ ' {{ nope }}') }}", id="in a template it is part of"),
        pytest.param("{{ render(secret('TOKEN') ~ ' {{ 1 + }}') }}", id="in a template that is none"),
        pytest.param("{{ secret('TOKEN') | upper | number }}", id="in capitals"),
        pytest.param("{{ secret('TOKEN') | base64encode | number }}", id="in Base64"),
        pytest.param("{{ secret('DB') | toJson | number }}", id="escaped in JSON"),
        pytest.param("{{ secret('DB') | urlencode | number }}", id="encoded for a URL"),
    ],
)
def test_an_error_never_shows_a_secret(template: str) -> None:
    shown = str(error_of(template)).lower()
    assert not [part for part in ("s3cr3t", "czncm", "hunter2", "%22password") if part in shown]


def test_a_secret_and_its_field_are_handed_to_the_masks() -> None:
    world = World()
    Renderer().render("{{ secret('DB', subkey='password') }}", {}, world)
    assert world.masked == ['{"user": "root", "password": "hunter2"}', "hunter2"]


def test_a_variable_that_renders_itself_is_told_with_its_cycle() -> None:
    with pytest.raises(ExpressionError, match="calls itself") as caught:
        Renderer().render("{{ render(vars.a) }}", {"vars": {"a": "{{ render(vars.b) }}", "b": "{{ render(vars.a) }}"}})
    assert "vars.a" in str(caught.value)
    assert "vars.b" in str(caught.value)
