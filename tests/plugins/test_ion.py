"""Rows in Ion text: what is written, and that reading gives it back."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from amazon.ion import simpleion
from hypothesis import given
from hypothesis import strategies as st

from lanner.sdk import ion
from lanner.sdk.ion import Columns, InvalidIon, read_blocks, read_lines, read_rows, rows_in, to_ion, write_rows


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(None, "null", id="null"),
        pytest.param(True, "true", id="boolean"),
        pytest.param(2**80, "1208925819614629174706176", id="large"),
        pytest.param(1.5, "1.5e0", id="float, not decimal"),
        pytest.param(1e300, "1e+300", id="float with exponent"),
        pytest.param(float("-inf"), "-inf", id="infinite"),
        pytest.param(Decimal("1.50"), "1.50", id="decimal keeps its places"),
        pytest.param(Decimal(3), "3.", id="decimal, not integer"),
        pytest.param(Decimal("1E+30"), "1d30", id="decimal with exponent"),
        pytest.param('a"\n\\é', '"a\\"\\n\\\\é"', id="text"),
        pytest.param(date(2020, 1, 2), "2020-01-02", id="date"),
        pytest.param(datetime(2020, 1, 2, 3, tzinfo=UTC), "2020-01-02T03:00:00Z", id="UTC"),
        pytest.param(datetime(2020, 1, 2, 3), "2020-01-02T03:00:00-00:00", id="no zone"),  # noqa: DTZ001  # on purpose
        pytest.param(time(1, 2), '"01:02:00"', id="time of day"),
        pytest.param(timedelta(minutes=90), '"PT1H30M"', id="duration"),
        pytest.param(b"ab", "{{YWI=}}", id="bytes"),
        pytest.param([1, [None]], "[1,[null]]", id="list"),
        pytest.param({"a_1": 1, "b c": 2, "null": 3, "it's": 4}, "{a_1:1,'b c':2,'null':3,'it\\'s':4}", id="names"),
    ],
)
def test_text(value: Any, text: str) -> None:
    assert to_ion(value) == text


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(),
    st.binary(max_size=50),
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.dates(),
    st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-3, minutes=-30))])).map(
        lambda moment: moment.replace(fold=0)
    ),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)


@given(st.lists(values, max_size=5))
def test_reading_gives_back_what_was_written(rows: list[Any]) -> None:
    file = BytesIO()
    assert write_rows(file, rows) == len(rows)
    assert file.getvalue().count(b"\n") == len(rows)
    file.seek(0)
    found = list(read_rows(file))
    assert found == rows
    assert list(map(repr, found)) == list(map(repr, rows))


def test_binary_ion_and_json_lines_are_read_as_well() -> None:
    rows = [{"a": 1, "b": [True, "x"]}]
    assert list(read_rows(BytesIO(simpleion.dumps(rows, binary=True, sequence_as_stream=True)))) == rows
    assert list(read_rows(BytesIO(b'{"a": 1, "b": [true, "x"]}\n'))) == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("{a: 1}\n{a: 2}\n", [("{a: 1}", {"a": 1}), ("{a: 2}", {"a": 2})], id="as written"),
        pytest.param("{a: 1} {a: 2}\n", [("{a:1}", {"a": 1}), ("{a:2}", {"a": 2})], id="two on a line"),
        pytest.param("{a: 1}\n{\n a: 2}\n", [("{a: 1}", {"a": 1}), ("{a:2}", {"a": 2})], id="over two lines"),
        pytest.param("1\n[2]\n", [("1", 1), ("[2]", [2])], id="no maps"),
        pytest.param(
            '{a:"\\x41"}\n{a:"\\x42"}\n', [('{a:"\\x41"}', {"a": "A"}), ('{a:"\\x42"}', {"a": "B"})], id="escapes"
        ),
        pytest.param(
            "{a:1.50}\n{a:2.5}\n",
            [("{a:1.50}", {"a": Decimal("1.50")}), ("{a:2.5}", {"a": Decimal("2.5")})],
            id="decimals",
        ),
    ],
)
def test_lines_come_with_their_rows(text: str, rows: list[tuple[str, Any]]) -> None:
    assert [(line.decode(), row) for line, row in read_lines(BytesIO(text.encode()))] == rows


def test_an_unreadable_line_is_named() -> None:
    with pytest.raises(InvalidIon, match="from line 2 on"):
        list(read_rows(BytesIO(b"{a: 1}\n{b: }\n")))


flat_rows = st.lists(st.text(min_size=1), min_size=1, max_size=4, unique=True).flatmap(
    lambda names: st.lists(st.tuples(*[scalars for _ in names]).map(lambda row: dict(zip(names, row, strict=True))))
)


@given(st.lists(flat_rows, max_size=4))
def test_rows_read_by_field_are_the_rows_that_were_written(parts: list[list[dict[str, Any]]]) -> None:
    rows = [row for part in parts for row in part]
    file = BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ion, "BLOCK", 64)
        write_rows(file, rows)
        file.seek(0)
        found = [row for block in read_blocks(file) for row in rows_in(block)]
    assert list(map(repr, found)) == list(map(repr, rows))


def test_rows_alike_are_read_by_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ion, "BLOCK", 40)
    text = "".join(f'{{a:"{number}",b:{number}.5}}\n' for number in range(10, 40))
    blocks = list(read_blocks(BytesIO(text.encode())))
    assert isinstance(blocks[1], Columns)
    assert blocks[1].names == ("a", "b")
    assert sum(map(len, blocks)) == 30
    with pytest.raises(InvalidIon, match="from line 31 on"):
        list(read_blocks(BytesIO(text.encode() + b"{a: }\n")))


def test_a_row_over_lines_is_read_after_rows_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ion, "BLOCK", 16)
    text = b"{a:1}\n" * 9 + b"{\n\na:\n2}\n" + b"{a:3}\r\n" * 9 + b"{a:4}"
    assert list(read_rows(BytesIO(text))) == [{"a": 1}] * 9 + [{"a": 2}] + [{"a": 3}] * 9 + [{"a": 4}]
