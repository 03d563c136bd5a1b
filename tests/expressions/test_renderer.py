"""Typed values, lists and maps, the old recursive mode, the cache, and what an editor may ask."""

from typing import Any

import pytest

from lanner.expressions import ExpressionError, FreeName, HttpCall, Limits, Renderer, catalogue, free_names, tokens
from lanner.expressions.limits import MAX_TEXT
from tests.expressions.reach import World

VARIABLES: dict[str, Any] = {"a": {"b": [1, 2]}, "n": 3, "t": "{{ u }}", "u": "{{ n }}", "z": None}


@pytest.mark.parametrize(
    ("template", "value"),
    [
        pytest.param("{{ a.b }}", [1, 2], id="a list stays one"),
        pytest.param("{{ n }}", 3, id="a number stays one"),
        pytest.param("{{ z }}", None, id="null stays null"),
        pytest.param("{{ n }}!", "3!", id="scalars and text make a text"),
        pytest.param("{# nothing #}", None, id="no output is null"),
        pytest.param("{% if n > 2 %}{{ a.b }}{% endif %}", [1, 2], id="tags around one value"),
        pytest.param("plain", "plain", id="no expression"),
    ],
)
def test_a_lone_print_keeps_its_type(template: str, value: Any) -> None:
    assert Renderer().evaluate(template, VARIABLES) == value


def test_a_list_beside_text_is_refused() -> None:
    with pytest.raises(ExpressionError, match="Cannot concat"):
        Renderer().evaluate("{{ a.b }}!", VARIABLES)


def test_texts_in_lists_and_maps_are_rendered_keys_too() -> None:
    source = {"k{{ n }}": ["{{ n }}", 5, {"x": "{{ a.b }}"}], "z": None}
    assert Renderer().render_value(source, VARIABLES) == {"k3": ["3", 5, {"x": "[1,2]"}], "z": None}


def test_the_recursive_mode_renders_results_again_and_has_no_render() -> None:
    recursive = Renderer(recursive=True)
    assert (Renderer().render("{{ t }}", VARIABLES), recursive.render("{{ t }}", VARIABLES)) == ("{{ u }}", "3")
    with pytest.raises(ExpressionError, match=r"\[render\] does not exist"):
        recursive.render("{{ render(t) }}", VARIABLES)


def test_the_cache_holds_no_more_templates_than_it_may() -> None:
    renderer = Renderer(cache_size=10)
    for number in range(100):
        renderer.render(f"{{{{ n }}}}{number}", VARIABLES)
    assert len(renderer._young) + len(renderer._old) <= 10


def test_a_template_may_not_be_longer_than_the_limit() -> None:
    with pytest.raises(ExpressionError, match="longer than 10"):
        Renderer(limits=Limits(template_size=10)).render("{{ n }}" * 3, VARIABLES)


def test_the_text_may_not_be_longer_than_the_limit() -> None:
    half = "x" * (MAX_TEXT // 2 + 1)
    with pytest.raises(ExpressionError, match="longer than"):
        Renderer().render("{{ h }}{{ h }}", {"h": half})


def test_tokens_cover_the_template_with_kinds_and_places() -> None:
    shown = tokens("a {{ n | upper }}\n{% if 'x' %}")
    assert [(token.kind, token.text) for token in shown if token.text.strip()][:6] == [
        ("text", "a "),
        ("delimiter", "{{"),
        ("name", "n"),
        ("operator", "|"),
        ("name", "upper"),
        ("delimiter", "}}"),
    ]
    assert [(token.line, token.column) for token in shown if token.text == "if"] == [(2, 4)]


def test_tokens_end_in_an_error_where_the_template_is_none() -> None:
    assert [token.kind for token in tokens("{{ a ; b }}")][-1] == "error"


def test_the_catalogue_says_how_everything_is_written() -> None:
    by_name = {(entry.kind, entry.name): entry for entry in catalogue()}
    assert by_name["filter", "slice"].signature == "slice(fromIndex=0, toIndex)"
    assert by_name["function", "kv"].signature == "kv(key, namespace, errorOnMissing=true)"
    assert by_name["tag", "for"].signature.startswith("{% for")
    assert all(entry.doc and entry.doc.endswith((".", "…", "``")) for entry in by_name.values())


def test_free_names_are_the_variables_a_template_reads() -> None:
    template = "{% set x = outputs.a.value %}{{ x }}{{ inputs['n'] ?? vars.d }}{% for i in l %}{{ i.k }}{% endfor %}"
    assert free_names(template) == [
        FreeName(("outputs", "a", "value"), 1, 12, guarded=False),
        FreeName(("inputs", "n"), 1, 40, guarded=True),
        FreeName(("vars", "d"), 1, 55, guarded=False),
        FreeName(("l",), 1, 76, guarded=False),
    ]


def test_http_sends_what_is_written_and_reads_the_answer_by_its_type() -> None:
    world = World()
    template = "{{ http('https://h/x', method='POST', query={'q': 'a'}, body={'k': 1}, headers={'H': 'v'}).name }}"
    assert Renderer().render(template, {}, world) == "Ada"
    assert Renderer().render("{{ http('https://h/a.yml').a[1] }} {{ http('https://h/a.txt') }}", {}, world) == "2 plain"
    assert world.calls[0] == HttpCall(
        uri="https://h/x", method="POST", query={"q": "a"}, body={"k": 1}, headers={"H": "v"}
    )
    with pytest.raises(ExpressionError, match="503"):
        Renderer().render("{{ http('https://h/broken') }}", {}, world)


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        pytest.param("{{ read() }}", "expects an argument 'path'", id="read without a path"),
        pytest.param("{{ read('../x') }}", "must not contain '../'", id="a path upwards"),
        pytest.param("{{ kv() }}", "expects an argument 'key'", id="kv without a key"),
        pytest.param("{{ kv('none') }}", "The key 'none' does not exist in the namespace", id="a missing key"),
        pytest.param("{{ secret('NONE') }}", "Cannot find secret for key 'NONE'", id="a missing secret"),
        pytest.param("{{ secret('TOKEN', subkey='x') }}", "Failed to read secret sub-key 'x'", id="no JSON"),
        pytest.param("{{ secret('DB', subkey='x') }}", "Cannot find secret sub-key 'x'", id="no such field"),
        pytest.param("{{ http() }}", "expects an argument 'uri'", id="http without a URI"),
        pytest.param("{{ encrypt('a') }}", "expects two arguments", id="encrypt without a text"),
        pytest.param("{{ currentEachOutput(1) }}", "with type map", id="outputs that are no map"),
        pytest.param("{{ tasksWithState() }}", "expects an argument 'state'", id="no state"),
    ],
)
def test_a_function_of_the_outside_says_what_it_lacks(template: str, complaint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        Renderer().render(template, {"flow": {"namespace": "company"}}, World())
    assert complaint in str(caught.value)


def test_without_a_reach_nothing_outside_can_be_used() -> None:
    for template in ("{{ now() }}", "{{ secret('A') }}", "{{ uuid() }}", "{{ read('a') }}", "{{ 1 | jq('now') }}"):
        with pytest.raises(ExpressionError, match="cannot be used here"):
            Renderer().render(template, {})
