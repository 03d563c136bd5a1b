"""A template of a stranger ends soon, with a text or an ``ExpressionError``, and reaches nothing it was not given."""

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lanner.expressions import ExpressionError, Renderer, catalogue, free_names
from tests.expressions.reach import World

RENDERER = Renderer()
SECONDS = 20
"""Generous, for a busy machine: what is refused by counting takes a few seconds at most."""
VARIABLES: dict[str, Any] = {
    "a": {"b": [1, 2.5, "x", None, True, {"c": "d"}]},
    "s": "text, with: words",
    "n": 42,
    "f": -0.5,
    "l": ["b", "a"],
    "d": "2024-03-31T02:30:00+01:00[Europe/Paris]",
    "t": "{{ s }}",
    "z": None,
}


PYTHONS_OWN = ("Traceback", "TypeError", "KeyError", "AttributeError", "ValueError", "IndexError")


def answer(template: str, **more: Any) -> tuple[str | None, str]:
    """Return the text, or None and the complaint."""
    try:
        return RENDERER.render(template, {**VARIABLES, **more}, World()), ""
    except ExpressionError as error:
        return None, str(error)


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        pytest.param("{% for i in range(1, 9999999) %}x{% endfor %}", "at most 1000000 items", id="a long range"),
        pytest.param(
            "{% for i in range(1, 2000) %}{% for j in range(1, 2000) %}x{% endfor %}{% endfor %}",
            "turns",
            id="loops in loops",
        ),
        pytest.param("{{ s | indent(99999999) }}", "longer than", id="a wide margin"),
        pytest.param("{{ s.repeat(99999999) }}", "longer than", id="a repeated text"),
        pytest.param(
            "{% set x = 'xxxxxxxxxx' %}{% for i in 1..40 %}{% set x = x ~ x %}{% endfor %}",
            "longer than",
            id="doubling",
        ),
        pytest.param(
            "{% set x = [1] %}{% for i in 1..40 %}{% set x = x + x %}{% endfor %}", "more than", id="a doubled list"
        ),
        pytest.param(
            "{% set x = [1] %}{% for i in 1..60 %}{% set x = [x, x] %}{% endfor %}{{ x }}",
            "",
            id="a shared tree printed",
        ),
        pytest.param(
            "{% set x = [1] %}{% for i in 1..60 %}{% set x = [x, x] %}{% endfor %}{{ x == x }}",
            "too large",
            id="a shared tree compared",
        ),
        pytest.param("{% set x = 1 %}{% for i in 1..500 %}{% set x = [x] %}{% endfor %}{{ x }}", "deeply", id="deep"),
        pytest.param("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "deeply", id="brackets"),
        pytest.param("{{ " + "[" * 3000 + "]" * 3000 + " }}", "deeply", id="lists"),
        pytest.param("{% if true %}" * 400 + "{% endif %}" * 400, "deeply", id="nested tags"),
        pytest.param("{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}", "deeply", id="a macro that calls itself"),
        pytest.param("{{ '" + "a" * 40 + "b' | replace({'(a+)+$': 'x'}, regexp=true) }}", "", id="a greedy pattern"),
        pytest.param(
            "{{ '" + "a" * 40 + "b' | replace({'(?=(a+)+$)x': 'x'}, regexp=true) }}", "", id="the same with look-ahead"
        ),
        pytest.param("{{ [1] | jq('last(range(1e15))') }}", "too large", id="a long range in jq"),
        pytest.param("{{ [1] | jq('def f: f; f') }}", "", id="a function that calls itself in jq"),
        pytest.param("{{ [1] | jq('[recurse(. + 1)]') }}", "", id="recursion without end in jq"),
        pytest.param("{{ [1] | jq('reduce range(60) as $i (1; [., .]) | tojson') }}", "", id="a shared tree in jq"),
        pytest.param("{{ [1] | jq('\"x\" * 1e9') }}", "too large", id="a repeated text in jq"),
        pytest.param("{{ [1] | jq('.[1e9] = 1') }}", "more than", id="a far index in jq"),
        pytest.param("{{ 1 | numberFormat('0." + "0" * 5000 + "') | length }}", "", id="a wide number format"),
        pytest.param("{{ fromJson('" + "9" * 5000 + "') }}", "digits", id="a long number"),
        pytest.param("{{ fromJson('" + "[" * 5000 + "') }}", "", id="deep JSON"),
        pytest.param(
            "{{ yaml('a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n') | length }}", "", id="YAML"
        ),
    ],
)
def test_what_asks_for_too_much_ends_soon(template: str, reason: str) -> None:
    start = time.monotonic()
    text, complaint = answer(template)
    assert reason in complaint
    assert text is None or not reason
    assert time.monotonic() - start < SECONDS


@pytest.mark.parametrize(
    "template",
    [
        "{{ s.__class__ }}",
        "{{ s['__class__'] }}",
        "{{ s.__class__() }}",
        "{{ a.b.__len__() }}",
        "{{ a.__init__.__globals__ }}",
        "{{ n.real }}",
        "{{ s.format(s) }}",
        "{{ s.encode() }}",
        "{{ s.getClass() }}",
        "{{ s.class.forName('java.lang.Runtime') }}",
        "{{ a.b.append(1) }}",
        "{{ a.pop('b') }}",
        "{{ a.keys() }}",
        "{{ loop }}",
        "{{ __builtins__ }}",
        "{{ c }}",
        "{{ r }}",
        "{{ self }}",
        "{{ __import__('os') }}",
        "{{ n | jq('env') }}",
        "{{ n | jq('$ENV') }}",
        "{{ n | jq('input_filename') }}",
        "{{ n | jq('include \"x\"; .') }}",
    ],
)
def test_nothing_of_python_can_be_reached(template: str) -> None:
    with pytest.raises(ExpressionError):
        RENDERER.render(template, VARIABLES, World())


def test_a_rendering_changes_none_of_its_variables() -> None:
    before = repr(VARIABLES)
    RENDERER.render("{{ l | sort }}{{ l | reverse }}{{ l + 1 }}{{ a | merge({'b': 1}) }}{% set n = 1 %}", VARIABLES)
    assert repr(VARIABLES) == before


NAMES = [entry.name for entry in catalogue() if entry.kind in {"filter", "function", "test"}]
WORDS = [
    *[
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ".",
        ":",
        "?",
        "|",
        "~",
        "+",
        "-",
        "*",
        "/",
        "%",
        "<",
        ">",
        "=",
        "==",
        "!=",
        "..",
        "??",
        "???",
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "-}}",
        "{{-",
        "#{",
        "'",
        '"',
        "\\",
        "\n",
    ],
    *[
        "if",
        "elseif",
        "else",
        "endif",
        "for",
        "in",
        "endfor",
        "set",
        "macro",
        "endmacro",
        "filter",
        "endfilter",
        "block",
        "endblock",
        "raw",
        "endraw",
        "verbatim",
    ],
    *[
        "and",
        "or",
        "not",
        "is",
        "contains",
        "isIn",
        "true",
        "null",
        "0",
        "1",
        "-1",
        "2.5",
        "9223372036854775807",
        "'a'",
        '"b"',
        "'yyyy'",
        "'(a+)+'",
        "'.a'",
    ],
    *VARIABLES,
    "loop",
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([*WORDS, *NAMES]), max_size=25).map(" ".join))
def test_any_words_give_a_text_or_an_expression_error(words: str) -> None:
    for template in (words, "{{ " + words + " }}", "{% " + words + " %}"):
        answer(template)
        free_names(template)


VALUES = ["a", "s", "n", "f", "l", "d", "z", "a.b", "''", "0", "-1", "2.5", "[]", "{}", "'[1]'", "true", "null", "'%'"]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([entry.name for entry in catalogue() if entry.kind == "filter"]),
    st.lists(st.sampled_from(VALUES), min_size=1, max_size=4),
)
def test_any_filter_takes_any_values(name: str, values: list[str]) -> None:
    arguments = ", ".join(values[1:])
    _, complaint = answer(f"{{{{ {values[0]} | {name}({arguments}) }}}}")
    assert not any(word in complaint for word in PYTHONS_OWN)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([entry.name for entry in catalogue() if entry.kind == "function"]),
    st.lists(st.sampled_from(VALUES), max_size=4),
)
def test_any_function_takes_any_values(name: str, values: list[str]) -> None:
    _, complaint = answer(f"{{{{ {name}({', '.join(values)}) }}}}")
    assert not any(word in complaint for word in PYTHONS_OWN)


JQ_WORDS = [
    *[
        ".",
        ".a",
        ".[]",
        ".[0]",
        ".[1:]",
        "..",
        "|",
        ",",
        "+",
        "-",
        "*",
        "/",
        "%",
        "==",
        "<",
        "and",
        "or",
        "not",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ":",
        ";",
        "?",
        "//",
        "=",
        "|=",
        "+=",
        "$x",
        "as",
        "reduce",
        "foreach",
    ],
    *[
        "if",
        "then",
        "else",
        "end",
        "try",
        "catch",
        "def",
        "f:",
        "map(.)",
        "select(.)",
        "add",
        "keys",
        "length",
        "sort",
        "tostring",
        '"a"',
        "1",
        "-1",
        "2.5",
        "null",
        "@csv",
    ],
]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(JQ_WORDS), max_size=12).map(" ".join))
def test_any_jq_program_gives_a_list_or_an_expression_error(program: str) -> None:
    text, complaint = answer("{{ a | jq(p) }}", p=program)
    assert text is None or text.startswith("[")
    assert not any(word in complaint for word in PYTHONS_OWN)
