"""YAML as the flow language reads it. Source: Kestra 1.0.36 (reference §1.2)."""

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lanner.flows.scalar import plain_scalar
from lanner.flows.yaml_tree import MAX_CHARACTERS, MAX_DEPTH, MAX_VALUES, Position, read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True), ("Yes", True), ("on", True), ("TRUE", True), ("no", False), ("Off", False), ("false", False),
        ("y", "y"), ("tRue", "tRue"), ("~", None), ("null", None), ("", None), ("Null", None),
        ("0", 0), ("12", 12), ("-7", -7), ("+7", 7), ("010", 8), ("-010", -8), ("0x1F", 31), ("0b101", 5),
        ("1_000", 1000), ("0o10", "0o10"), ("08", "08"), ("0x", "0x"), ("9" * 5000, "9" * 5000),
        ("1.5", 1.5), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0), ("1.5E-2", 0.015), ("-1_0.5", -10.5), ("e3", "e3"),
        ("2024-01-01", "2024-01-01"), ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"), ("12:30:00", "12:30:00"),
        ("1.2.3", "1.2.3"), ("-", "-"), (".", "."), ("hello", "hello"),
    ],
)  # fmt: skip
def test_a_plain_scalar_is_read_as_yaml_1_1(text: str, value: Any) -> None:
    read = plain_scalar(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("text", [".inf", "-.INF", ".nan", "1e999"])
def test_a_number_that_is_none_is_a_problem_at_its_place(text: str) -> None:
    (problem,) = read_yaml(f"a:\n  - b: {text}").problems
    assert problem.message.startswith(f"Malformed numeric value '{text}'")
    assert (problem.position, problem.path) == (Position(2, 8), ("a", 0, "b"))


def test_quoted_and_block_scalars_are_text() -> None:
    assert read_yaml("[\"1\", 'yes', !!str 5]").data == ["1", "yes", "5"]
    assert read_yaml("a: |\n  1\nb: >-\n  2\n").data == {"a": "1\n", "b": "2"}


def test_keys_are_text_as_written() -> None:
    assert read_yaml("{yes: 1, 010: 2, ~: 3, '<<': 4}").data == {"yes": 1, "010": 2, "~": 3, "<<": 4}


def test_positions_are_those_of_keys_items_and_values() -> None:
    tree = read_yaml("id: a\ntasks:\n  - id: b\n    list: [x,  {y: 1}]\n")
    assert tree.position(("tasks",)) == Position(2, 1)
    assert tree.position(("tasks", 0)) == Position(3, 5)
    assert tree.position(("tasks", 0, "list", 1, "y")) == Position(4, 17)
    assert tree.position(("tasks", 0, "list"), of_value=True) == Position(4, 11)


def test_a_path_that_leads_nowhere_has_the_position_of_its_owner() -> None:
    tree = read_yaml("id: a\ntasks:\n  - id: b\n")
    assert tree.position(("tasks", 0, "message")) == Position(3, 5)
    assert tree.position(("tasks", 0, "id", "deeper", 3)) == Position(3, 5)
    assert tree.position(("nothing",)) == Position(1, 1)


def test_every_duplicate_key_is_a_problem() -> None:
    tree = read_yaml("a: 1\nb: {c: 1, c: 2}\na: 3\n")
    assert [(p.message, p.position) for p in tree.problems] == [
        ("Duplicate field 'c'; it stands at line 2 already", Position(2, 11)),
        ("Duplicate field 'a'; it stands at line 1 already", Position(3, 1)),
    ]


def test_aliases_are_copies_and_keep_the_position_of_the_anchor() -> None:
    tree = read_yaml("a: &x {b: 1}\nc: *x\nd: &t text\ne: *t\n")
    assert tree.data == {"a": {"b": 1}, "c": {"b": 1}, "d": "text", "e": "text"}
    assert tree.data["a"] is not tree.data["c"]
    assert tree.position(("c",)) == Position(2, 1)
    assert tree.position(("c", "b")) == Position(1, 8)


def test_merge_keys_fill_gaps_and_the_first_map_wins() -> None:
    text = "x: &x {a: 1, b: 1, n: {k: 1}}\ny: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  a: 0\n"
    tree = read_yaml(text)
    assert tree.data["z"] == {"a": 0, "b": 1, "n": {"k": 1}, "c": 2}
    assert tree.position(("z", "n", "k")) == Position(1, 24)
    assert tree.problems == ()


def test_merging_what_is_no_map_is_a_problem() -> None:
    (problem,) = read_yaml("a: {<<: text}").problems
    assert "`<<` merges a map" in problem.message


@pytest.mark.parametrize(
    ("text", "says", "position"),
    [
        pytest.param("a: 1\n\tb: 2", "indent with spaces, not with tabs", Position(2, 1), id="tab"),
        pytest.param("a:\n  - b: 1\n   c: 2", "did not find expected", Position(3, 4), id="indentation"),
        pytest.param("a: b: c", "needs quotes", Position(1, 5), id="colon in text"),
        pytest.param("a: {{ x }}", "an expression at the start of a value needs quotes", Position(1, 5), id="braces"),
        pytest.param("a: 'b", "a quote or bracket is not closed", Position(1, 6), id="open quote"),
        pytest.param("a: @x", "needs quotes", Position(1, 4), id="at sign"),
        pytest.param("a: 1\n---\nb: 2", "a second document starts here", Position(2, 1), id="two documents"),
        pytest.param("a: *b", "alias '*b' has no anchor", Position(1, 4), id="no anchor"),
        pytest.param("a: &b [*b]", "inside its own anchor", Position(1, 8), id="endless alias"),
        pytest.param("a: ok\nb: \x00", "the character 0x00", Position(2, 4), id="control character"),
        pytest.param("a: \ud800", "not valid Unicode", Position(1, 4), id="lone surrogate"),
        pytest.param("- " * 2000 + "a", f"more than {MAX_DEPTH} levels", Position(1, 601), id="deep blocks"),
        pytest.param("[" * 900, f"more than {MAX_DEPTH} levels", Position(1, 301), id="deep brackets"),
    ],
)  # fmt: skip
def test_text_that_is_no_yaml_is_one_problem_with_its_place(text: str, says: str, position: Position) -> None:
    tree = read_yaml(text)
    assert tree.data is None
    (problem,) = tree.problems
    assert says in problem.message
    assert problem.position == position


def test_aliases_of_aliases_stop_at_a_limit() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    (problem,) = read_yaml("\n".join(lines)).problems
    assert f"more than {MAX_VALUES} values" in problem.message


def test_an_alias_cannot_nest_deeper_than_the_limit() -> None:
    lines = ["a0: &a0 " + "[" * 60 + "]" * 60]
    lines += [f"a{n}: &a{n} {'[' * 60}*a{n - 1}{']' * 60}" for n in range(1, 6)]
    (problem,) = read_yaml("\n".join(lines)).problems
    assert "levels deep" in problem.message


def test_a_source_above_the_size_limit_is_not_parsed() -> None:
    (problem,) = read_yaml("a" * (MAX_CHARACTERS + 1)).problems
    assert str(MAX_CHARACTERS) in problem.message


def test_json_is_read_with_tabs_slashes_and_surrogate_pairs() -> None:
    assert read_yaml('{\n\t"a": "\\ud83d\\ude00 \\/",\n\t"b": [1.5, null, true]\n}').data == {
        "a": "😀 /",
        "b": [1.5, None, True],
    }


def test_the_parser_without_c_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: &x [yes, 010, 'no', 1.5]\nb: {<<: {c: 1}, d: *x}\ne: |\n  f\n"
    fast = read_yaml(text)
    monkeypatch.delattr(yaml, "CLoader")
    slow = read_yaml(text)
    assert slow.data == fast.data
    assert slow.position(("b", "d", 2)) == fast.position(("b", "d", 2)) == Position(1, 18)
    (problem,) = read_yaml("a: 1\n\tb: 2").problems
    assert problem.position is not None


@given(st.text())
def test_no_text_makes_reading_raise(text: str) -> None:
    for problem in read_yaml(text).problems:
        assert problem.message
        assert problem.position is None or (problem.position.line >= 1 and problem.position.column >= 1)


BARE_EXPONENT = re.compile(r"[-+]?[\d_]+[eE][-+]?[\d_]+")
_PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    # Without a dot `1e5` is a text to YAML 1.1, so PyYAML writes it bare; to Kestra and to us it is a number.
    | st.text(st.characters(exclude_categories=["Cs", "Cc"])).filter(lambda text: not BARE_EXPONENT.fullmatch(text)),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text("xyz", min_size=1, max_size=3), _PLAIN, max_size=4))
def test_what_a_yaml_writer_wrote_is_read_back(document: dict[str, Any]) -> None:
    assert read_yaml(yaml.safe_dump(document, allow_unicode=True)).data == document
