"""io.kestra.plugin.serdes.*: every format there and back, typed columns, bad rows, hostile files."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import vega_datasets

from lanner.model.state import State
from lanner.sdk import ion as ion_text
from lanner.sdk.ion import read_rows, to_ion
from lanner.sdk.registry import Registry
from lanner.testing.task_harness import TaskHarness, TaskRunResult
from lanner_plugins.core.plugin import PLUGIN as CORE
from lanner_plugins.serdes.plugin import PLUGIN

PREFIX = "io.kestra.plugin.serdes"
DATA = Path(vega_datasets.__file__).parent / "_data"
NOON = datetime(2026, 1, 31, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture
def harness(tmp_path: Path) -> TaskHarness:
    return TaskHarness(tmp_path, groups=[CORE, PLUGIN])


def ion(rows: list[Any]) -> bytes:
    return "".join(to_ion(row) + "\n" for row in rows).encode()


def convert(harness: TaskHarness, type_: str, content: bytes | str, **values: Any) -> TaskRunResult:
    return harness.run({"type": f"{PREFIX}.{type_}", "from": harness.put("source.x", content), **values})


def converted(harness: TaskHarness, type_: str, content: bytes | str, **values: Any) -> bytes:
    result = convert(harness, type_, content, **values)
    assert result.state is State.SUCCESS, result.messages()
    return harness.read(result.outputs["uri"])


def rows_of(harness: TaskHarness, type_: str, content: bytes | str, **values: Any) -> list[Any]:
    return list(read_rows(io.BytesIO(converted(harness, type_, content, **values))))


@pytest.mark.parametrize("type_", PLUGIN.types)
def test_examples_run(harness: TaskHarness, type_: str) -> None:
    plugin = Registry([PLUGIN]).resolve(type_)
    assert plugin.__doc__
    assert plugin.examples
    assert [
        name for name, field in plugin.model_fields.items() if not field.description and name not in ("id", "type")
    ] == []
    for example in plugin.examples:
        for name, result in harness.run_flow(example).items():
            assert result.state is State.SUCCESS, (name, result.messages())


def test_old_names_are_known() -> None:
    registry = Registry([PLUGIN])
    for old, new in PLUGIN.aliases.items():
        assert registry.resolve(old) is registry.resolve(new)
    assert f"{PREFIX}.csv.CsvReader" in PLUGIN.aliases


@pytest.mark.parametrize(
    ("content", "values", "expected"),
    [
        pytest.param("a,b\n1,x\n", {}, [{"a": "1", "b": "x"}], id="texts by name"),
        pytest.param("1,x\n", {"header": False}, [{"0": "1", "1": "x"}], id="by index"),
        pytest.param('a\n"x, ""y""\nz"\n', {}, [{"a": 'x, "y"\nz'}], id="quoted"),
        pytest.param(
            "a;b\n'1;2';x\n", {"fieldSeparator": ";", "textDelimiter": "'"}, [{"a": "1;2", "b": "x"}], id="marks"
        ),
        pytest.param("a\n\n1\n", {}, [{"a": ""}, {"a": "1"}], id="empty line"),
        pytest.param("a\n\n1\n", {"skipEmptyRows": True}, [{"a": "1"}], id="empty line left out"),
        pytest.param("note\nmore\na\n1\n", {"skipRows": 2}, [{"a": "1"}], id="lines above"),
        pytest.param("\ufeffa\n1\n", {}, [{"a": "1"}], id="byte order mark"),
        pytest.param("a,b\n1\n1,2,3\n", {}, [{"a": "1"}, {"a": "1", "b": "2"}], id="uneven rows are kept"),
        pytest.param("a,b\n1\n1,2\n", {"onBadLines": "SKIP"}, [{"a": "1", "b": "2"}], id="uneven rows skipped"),
        pytest.param("a,,c\n1,2,3\n", {}, [{"a": "1", "c": "3"}], id="column without a name"),
        pytest.param("a,\n1,2\n", {"onEmptyHeader": "RENAME"}, [{"a": "1", "column_2": "2"}], id="named by number"),
        pytest.param("a b,null\r\n1,\x0b\r\n", {}, [{"a b": "1", "null": "\x0b"}], id="odd names and characters"),
        pytest.param("", {}, [], id="nothing"),
        pytest.param("a,b\n", {}, [], id="a header alone"),
    ],
)
def test_csv_to_ion(harness: TaskHarness, content: str, values: dict[str, Any], expected: list[Any]) -> None:
    assert rows_of(harness, "csv.CsvToIon", content, **values) == expected


def test_csv_in_another_charset(harness: TaskHarness) -> None:
    assert rows_of(harness, "csv.CsvToIon", "a\né\n".encode("latin-1"), charset="ISO-8859-1") == [{"a": "é"}]


@pytest.mark.parametrize(
    ("type_", "content", "values", "message"),
    [
        pytest.param(
            "csv.CsvToIon", "a,b\n1,2\n3\n", {"errorOnDifferentFieldCount": True}, "line 3: 1 fields", id="uneven"
        ),
        pytest.param("csv.CsvToIon", 'a\n"x"y\n', {}, "line 2", id="after the quote"),
        pytest.param(
            "csv.CsvToIon", "a\nlong\n", {"maxFieldSize": 3}, "line 2: a field has more than 3", id="long field"
        ),
        pytest.param("csv.CsvToIon", b"a\n\xff\n", {}, "not text in UTF-8", id="bytes"),
        pytest.param("csv.CsvToIon", "a\n", {"charset": "klingon"}, "'klingon'", id="charset"),
        pytest.param("csv.CsvToIon", "a\n", {"fieldSeparator": ";;"}, "';;' is not one character", id="separator"),
        pytest.param("json.JsonToIon", '{"a": 1}\n{"a": \n', {}, "line 2: this is no JSON", id="json line"),
        pytest.param(
            "json.JsonToIon", '[{"a": 1}, {"b"]', {"newLine": False}, "item 2: this is no JSON", id="json item"
        ),
        pytest.param("json.JsonToIon", "[1 2]", {"newLine": False}, "item 2: a comma is missing", id="json comma"),
        pytest.param("json.JsonToIon", "[1,", {"newLine": False}, "item 2", id="json cut"),
        pytest.param("json.JsonToIon", "[" * 100_000, {"newLine": False}, "item 1: this is no JSON", id="json deep"),
        pytest.param("json.IonToJson", "{a: 1}\n{b: }\n", {}, "line 2", id="ion line"),
        pytest.param("xml.XmlToIon", "<a>\n<b></a>", {}, "line 2: this is no XML", id="xml"),
        pytest.param(
            "xml.XmlToIon", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', {}, "document type", id="xml entities"
        ),
        pytest.param("xml.XmlToIon", "<a>" * 300, {}, "200 levels", id="xml deep"),
        pytest.param("xml.XmlToIon", "<a/>", {"query": "//b[1]"}, "`query` is '//b[1]'", id="xml path"),
        pytest.param("yaml.YamlToIon", "a: [", {}, "no YAML", id="yaml"),
        pytest.param("yaml.YamlToIon", "a: !!python/object:os.system x", {}, "no YAML", id="yaml objects"),
        pytest.param("excel.ExcelToIon", "no zip", {}, "no Excel file", id="excel"),
        pytest.param("avro.AvroToIon", "no avro", {}, "no Avro", id="avro"),
        pytest.param("parquet.ParquetToIon", "no parquet", {}, "no Parquet", id="parquet"),
        pytest.param("avro.IonToAvro", "{a: 1}", {"schema": "{"}, "`schema` is no JSON", id="schema no json"),
        pytest.param("avro.IonToAvro", "{a: 1}", {"schema": '"int"'}, "must be an Avro record", id="schema no record"),
        pytest.param("avro.IonToAvro", "1", {}, "row 1 is 1", id="rows without fields"),
        pytest.param("excel.IonToExcel", "{a: 1}", {"sheetsTitle": "a/b"}, "no title of a sheet", id="title"),
        pytest.param("csv.IonToCsv", "{a: 2026-01-31T12:00:00Z}", {"timeZoneId": "Mars/X"}, "'Mars/X'", id="zone"),
    ],
)
def test_bad_files_and_wishes_are_named(
    harness: TaskHarness, type_: str, content: bytes | str, values: dict[str, Any], message: str
) -> None:
    result = convert(harness, type_, content, **values)
    assert result.state is State.FAILED
    assert message in " ".join(result.messages())


def test_an_excel_file_that_unpacks_to_very_much_is_refused(harness: TaskHarness) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/x.xml", "w") as file:
        for _ in range(60):
            file.write(bytes(1024 * 1024))
    assert "is refused" in " ".join(convert(harness, "excel.ExcelToIon", packed.getvalue()).messages())


@pytest.mark.parametrize(
    ("rows", "values", "expected"),
    [
        pytest.param([{"a": "x", "b": 1}], {}, "a,b\nx,1\n", id="header and fields"),
        pytest.param([{"a": 'q"', "b": None}], {"header": False}, '"q""",\n', id="quotes and nothing"),
        pytest.param([{"a": 1}, {"b": 2, "a": 3}], {}, "a\n1\n3\n", id="fields of the first row"),
        pytest.param([{"a": True, "b": Decimal("1.50"), "c": 0.5}], {"header": False}, "true,1.50,0.5\n", id="values"),
        pytest.param([{"a": NOON}], {"header": False}, "2026-01-31T12:00:00.250Z\n", id="moment"),
        pytest.param(
            [{"a": NOON}],
            {"header": False, "timeZoneId": "Europe/Paris"},
            "2026-01-31T13:00:00.250+01:00\n",
            id="in a zone",
        ),
        pytest.param([{"a": date(2026, 1, 31)}], {"header": False, "dateFormat": "dd/MM/yy"}, "31/01/26\n", id="date"),
        pytest.param([{"a": {"b": [1]}}], {"header": False}, '"{""b"":[1]}"\n', id="nested"),
        pytest.param([["x", 1]], {"alwaysDelimitText": True}, '"x","1"\n', id="all delimited"),
        pytest.param([["x", 1]], {"quoteMode": "NON_NUMERIC"}, '"x",1\n', id="texts delimited"),
        pytest.param([["x"]], {"lineDelimiter": "\r\n"}, "x\r\n", id="line ends"),
    ],
)
def test_ion_to_csv(harness: TaskHarness, rows: list[Any], values: dict[str, Any], expected: str) -> None:
    assert converted(harness, "csv.IonToCsv", ion(rows), **values).decode() == expected


@pytest.mark.parametrize(
    ("content", "values", "expected"),
    [
        pytest.param('{"a": 1}\n\n[2]\n', {}, [{"a": 1}, [2]], id="lines"),
        pytest.param('[{"a": 1}, {"a": "é"}]', {"newLine": False}, [{"a": 1}, {"a": "é"}], id="array"),
        pytest.param('{"a": 1}', {"newLine": False}, [{"a": 1}], id="one value"),
        pytest.param("[]", {"newLine": False}, [], id="empty array"),
        pytest.param(
            '{"n": 123456789012345678901234567890}', {}, [{"n": 123456789012345678901234567890}], id="big number"
        ),
    ],
)
def test_json_to_ion(harness: TaskHarness, content: str, values: dict[str, Any], expected: list[Any]) -> None:
    assert rows_of(harness, "json.JsonToIon", content, **values) == expected


def test_a_json_array_larger_than_what_is_read_at_once(harness: TaskHarness) -> None:
    items = [{"number": number, "text": "x" * 1000} for number in range(3_000)]
    assert rows_of(harness, "json.JsonToIon", json.dumps(items), newLine=False) == items
    lines = converted(harness, "json.JsonToJsonl", json.dumps(items))
    assert [json.loads(line) for line in lines.splitlines()] == items


def test_ion_to_json(harness: TaskHarness) -> None:
    rows = ion([{"a": NOON, "d": date(2026, 1, 31), "n": Decimal("1.5")}, {"a": None}])
    first = '{"a":"2026-01-31T13:00:00.250+01:00","d":"2026-01-31","n":1.5}'
    zone = {"timeZoneId": "Europe/Paris"}
    assert converted(harness, "json.IonToJson", rows, **zone).decode() == first + '\n{"a":null}\n'
    assert converted(harness, "json.IonToJson", rows, newLine=False, **zone).decode() == f'[{first},{{"a":null}}]'


@pytest.mark.parametrize(
    ("content", "values", "expected"),
    [
        pytest.param("<r><b>1</b><b>x</b></r>", {}, [{"r": {"b": [1, "x"]}}], id="the whole file"),
        pytest.param("<r><b i='1'>t</b><c/></r>", {"query": "/r/b"}, [{"i": 1, "content": "t"}], id="attributes"),
        pytest.param("<r><b><c>true</c></b><b/></r>", {"query": "/r/b"}, [{"c": True}, ""], id="a row each"),
        pytest.param(
            "<r><b>1</b></r>", {"parserConfiguration": {"forceList": ["b"]}}, [{"r": {"b": [1]}}], id="always a list"
        ),
        pytest.param("<r><b>007</b><c>1.5</c></r>", {"query": "/r"}, [{"b": "007", "c": 1.5}], id="numbers"),
    ],
)
def test_xml_to_ion(harness: TaskHarness, content: str, values: dict[str, Any], expected: list[Any]) -> None:
    assert rows_of(harness, "xml.XmlToIon", content, **values) == expected


def test_ion_to_xml(harness: TaskHarness) -> None:
    text = converted(harness, "xml.IonToXml", ion([{"a b": "<&>", "l": [1, 2]}]), rootName="rows").decode()
    assert text == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rows>\n'
        "<item><a_b>&lt;&amp;&gt;</a_b><l>1</l><l>2</l></item>\n</rows>\n"
    )


TYPED = [
    {
        "id": 1,
        "name": "Ann",
        "ok": True,
        "price": 1.5,
        "born": date(1990, 4, 1),
        "at": NOON,
        "tags": ["a"],
        "in": {"x": 1},
    },
    {"id": 2, "name": None, "ok": None, "price": 2.0, "born": None, "at": None, "tags": [], "in": None},
]


@pytest.mark.parametrize("name", ["avro.{}Avro", "parquet.{}Parquet"])
def test_typed_rows_come_back_from_formats_with_a_schema(harness: TaskHarness, name: str) -> None:
    there = converted(harness, name.format("IonTo"), ion(TYPED))
    back = name.partition("{")[0] + name.partition("}")[2] + "ToIon"
    assert rows_of(harness, back, there) == TYPED


SCHEMA: Mapping[str, Any] = {
    "type": "record",
    "name": "Row",
    "fields": [
        {"name": "id", "type": "int"},
        {"name": "ok", "type": ["null", "boolean"]},
        {"name": "price", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}]},
        {"name": "born", "type": ["null", {"type": "int", "logicalType": "date"}]},
        {"name": "at", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}]},
        {"name": "name", "type": "string"},
    ],
}
TEXTS = {
    "id": "7",
    "ok": "yes",
    "price": "12,50",
    "born": "1990-04-01",
    "at": "2026-01-31T13:00:00.250000+01:00",
    "name": "",
}
READ = {"id": 7, "ok": True, "price": Decimal("12.50"), "born": date(1990, 4, 1), "at": NOON, "name": ""}


@pytest.mark.parametrize("name", ["avro.{}Avro", "parquet.{}Parquet"])
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, READ, id="texts become what the schema says"),
        pytest.param(
            {"ok": "n/a", "born": "null", "price": ""}, READ | {"ok": None, "born": None, "price": None}, id="nulls"
        ),
        pytest.param({"extra": "1"}, READ, id="other fields are left out"),
    ],
)
def test_columns_are_typed_by_a_schema(
    harness: TaskHarness, name: str, changes: dict[str, str], expected: dict[str, Any]
) -> None:
    there = converted(
        harness, name.format("IonTo"), ion([TEXTS | changes]), schema=json.dumps(SCHEMA), decimalSeparator=","
    )
    back = name.partition("{")[0] + name.partition("}")[2] + "ToIon"
    assert rows_of(harness, back, there) == [expected]


@pytest.mark.parametrize(
    ("changes", "values", "message"),
    [
        pytest.param({"id": "x"}, {}, "row 2: field 'id' is 'x', not int", id="no number"),
        pytest.param({"id": "3000000000"}, {}, "row 2: field 'id'", id="too large"),
        pytest.param({"born": "soon"}, {}, "row 2: field 'born' is 'soon', not date", id="no date"),
        pytest.param({"extra": 1}, {"strictSchema": True}, "row 2: field 'extra' is not in the schema", id="strict"),
    ],
)
def test_a_row_that_does_not_fit_is_named(
    harness: TaskHarness, changes: dict[str, Any], values: dict[str, Any], message: str
) -> None:
    wishes = {"schema": json.dumps(SCHEMA), "decimalSeparator": ",", **values}
    content = ion([TEXTS, TEXTS | changes, TEXTS])
    failed = convert(harness, "parquet.IonToParquet", content, **wishes)
    assert failed.state is State.FAILED
    assert message in " ".join(failed.messages())
    warned = convert(harness, "parquet.IonToParquet", content, onBadLines="WARN", **wishes)
    assert (warned.outputs["size"], message in " ".join(warned.messages())) == (2, True)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        pytest.param("long", "12", 12, id="integer as text"),
        pytest.param("long", Decimal(12), 12, id="whole decimal"),
        pytest.param("long", 1.5, None, id="no whole number"),
        pytest.param("int", 2**31, None, id="too large"),
        pytest.param("double", " 1.5", 1.5, id="number as text"),
        pytest.param("double", True, None, id="boolean is no number"),
        pytest.param("boolean", "TRUE", True, id="boolean in capitals"),
        pytest.param("boolean", "", False, id="nothing is false"),
        pytest.param("boolean", "maybe", None, id="no boolean"),
        pytest.param(["null", "boolean"], "", None, id="nothing is null"),
        pytest.param("string", 1.5, "1.5", id="number becomes text"),
        pytest.param(["null", "string"], "", "", id="empty text stays"),
    ],
)
def test_values_by_type(harness: TaskHarness, kind: Any, value: Any, expected: Any) -> None:
    schema = json.dumps({"type": "record", "name": "r", "fields": [{"name": "v", "type": kind}]})
    result = convert(harness, "avro.IonToAvro", ion([{"v": value}]), schema=schema)
    if expected is None and "null" not in kind:
        assert result.state is State.FAILED
        return
    assert rows_of(harness, "avro.AvroToIon", harness.read(result.outputs["uri"])) == [{"v": expected}]


def test_all_rows_are_looked_at_when_asked(harness: TaskHarness) -> None:
    rows = ion([{"a": 1}, {"a": 1.5, "b": "x"}])
    few = rows_of(
        harness, "avro.AvroToIon", converted(harness, "avro.IonToAvro", rows, inferAllFields=True, numberOfRowsToScan=1)
    )
    assert few == [{"a": 1.0, "b": None}, {"a": 1.5, "b": "x"}]


def test_excel_there_and_back(harness: TaskHarness) -> None:
    rows = [{"id": 1, "name": "=1+1", "at": datetime(2026, 1, 31, 12)}, {"id": 2.5, "name": None, "at": None}]  # noqa: DTZ001  # a cell has no zone
    there = convert(harness, "excel.IonToExcel", ion(rows), sheetsTitle="Rows")
    assert there.outputs["size"] == 2, there.messages()
    values = {"type": f"{PREFIX}.excel.ExcelToIon", "from": there.outputs["uri"]}
    back = harness.run(values)
    assert back.state is State.SUCCESS, back.messages()
    assert list(read_rows(io.BytesIO(harness.read(back.outputs["uris"]["Rows"])))) == rows
    wrong = harness.run({**values, "sheetsTitle": ["None"]})
    assert "there is no sheet 'None'; the file has Rows" in " ".join(wrong.messages())


def test_yaml_there_and_back(harness: TaskHarness) -> None:
    rows = [{"id": 1, "tags": ["a", "b"]}, {"id": 2}]
    text = converted(harness, "yaml.IonToYaml", ion(rows))
    assert rows_of(harness, "yaml.YamlToIon", text) == rows
    assert json.loads(converted(harness, "yaml.YamlToJson", text)) == rows
    assert converted(harness, "yaml.JsonToYaml", json.dumps(rows)) == text
    assert rows_of(harness, "yaml.YamlToIon", "a: 1\n---\nb: 2\n") == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(
            "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)),
            "longer than 16,000,000 characters",
            id="lists of lists",
        ),
        pytest.param(f"a: &a {'x' * 200_000}\nb: [{'*a, ' * 100}]\n", "longer than", id="a long text"),
        pytest.param("a: &a [*a]\n", "within what it is an alias of", id="itself"),
    ],
)
def test_yaml_aliases_do_not_multiply(harness: TaskHarness, text: str, reason: str) -> None:
    assert reason in " ".join(convert(harness, "yaml.YamlToIon", text).messages())


def test_yaml_is_read_item_by_item(harness: TaskHarness) -> None:
    text = "- &a {x: 1}\n- [*a, *a]\n--- 2\n---\n- {<<: {y: 3}, z: 2026-01-31}\n---\n"
    expected = [{"x": 1}, [{"x": 1}, {"x": 1}], 2, {"y": 3, "z": date(2026, 1, 31)}]
    assert rows_of(harness, "yaml.YamlToIon", text) == expected
    result = convert(harness, "yaml.YamlToIon", "- 1\n- {a: \n")
    assert "line 3" in " ".join(result.messages())


def test_real_data_survives_parquet(harness: TaskHarness) -> None:
    rows = rows_of(harness, "csv.CsvToIon", (DATA / "seattle-weather.csv").read_bytes())
    result = convert(harness, "parquet.IonToParquet", ion(rows))
    (metric,) = result.metrics
    assert (metric.name, metric.value, result.outputs["size"]) == ("records", 1461, 1461)
    assert rows_of(harness, "parquet.ParquetToIon", harness.read(result.outputs["uri"])) == rows


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        pytest.param("string", ["a", "", "null"], ["a", "", "null"], id="text"),
        pytest.param(["null", "string"], ["a", "", None], ["a", "", None], id="optional text"),
        pytest.param("int", ["1", "-2", "007"], [1, -2, 7], id="integers from texts"),
        pytest.param("long", [1, 2**40, -3], [1, 2**40, -3], id="integers"),
        pytest.param("double", ["1.5", "-2", "1e3"], [1.5, -2.0, 1000.0], id="numbers from texts"),
        pytest.param("double", [1.5, 2.0, 3.0], [1.5, 2.0, 3.0], id="numbers"),
        pytest.param(["null", "double"], ["1.5", "NA", ""], [1.5, None, None], id="numbers and texts for nothing"),
        pytest.param("boolean", ["yes", "off", "1"], [True, False, True], id="booleans from texts"),
        pytest.param("boolean", ["YES", "Off", "1"], [True, False, True], id="booleans in capitals"),
        pytest.param(["null", "boolean"], ["t", "NA", ""], [True, None, None], id="optional booleans"),
        pytest.param(
            {"type": "int", "logicalType": "date"}, [date(2026, 1, 2)] * 3, [date(2026, 1, 2)] * 3, id="dates"
        ),
        pytest.param(
            {"type": "long", "logicalType": "timestamp-micros"}, [NOON, NOON, NOON], [NOON, NOON, NOON], id="moments"
        ),
        pytest.param(
            {"type": "long", "logicalType": "timestamp-micros"},
            [NOON.replace(tzinfo=None)] * 3,
            [NOON] * 3,
            id="moments without a zone",
        ),
    ],
)
def test_columns_come_out_as_single_rows_do(
    harness: TaskHarness, monkeypatch: pytest.MonkeyPatch, kind: Any, given: list[Any], expected: list[Any]
) -> None:
    schema = json.dumps({"type": "record", "name": "R", "fields": [{"name": "v", "type": kind}]})
    monkeypatch.setattr(ion_text, "BLOCK", 16)
    for count in (1, 40):
        source = ion([{"v": value} for value in given * count])
        result = convert(harness, "parquet.IonToParquet", source, schema=schema)
        assert result.state is State.SUCCESS, result.messages()
        back = rows_of(harness, "parquet.ParquetToIon", harness.read(result.outputs["uri"]))
        assert back == [{"v": value} for value in expected * count]


@pytest.mark.parametrize("bad", ["0x1F", "1.5", "x", "99999999999"])
def test_a_value_that_does_not_fit_a_column_is_named(
    harness: TaskHarness, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    schema = json.dumps({"type": "record", "name": "R", "fields": [{"name": "v", "type": "int"}]})
    monkeypatch.setattr(ion_text, "BLOCK", 32)
    source = ion([{"v": "1"}] * 30 + [{"v": bad}] + [{"v": "1"}] * 30)
    result = convert(harness, "parquet.IonToParquet", source, schema=schema)
    assert f"row 31: field 'v' is {bad!r}" in " ".join(result.messages())
    assert convert(harness, "parquet.IonToParquet", source, schema=schema, onBadLines="SKIP").outputs["size"] == 60


def test_rows_of_many_kinds_still_find_a_schema(harness: TaskHarness) -> None:
    source = ion([{"a": 1, "b": 2}, {"a": 1.5, "b": [1]}, {"a": 3, "b": None}])
    result = convert(harness, "parquet.IonToParquet", source, inferAllFields=True, onBadLines="SKIP")
    assert result.outputs["size"] == 2


def test_csv_lines_are_counted_over_many_parts(harness: TaskHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lanner_plugins.serdes.csv_reading.BLOCK", 32)
    good = '"x\ny",1\n\nz,2\n' * 20
    result = convert(harness, "csv.CsvToIon", f"a,b\n{good}only\n{good}", skipEmptyRows=True, onBadLines="ERROR")
    assert "line 82: 1 fields instead of 2" in " ".join(result.messages())
    rows = rows_of(harness, "csv.CsvToIon", f"a,b\n{good}only\n{good}", skipEmptyRows=True, onBadLines="SKIP")
    assert rows == [{"a": "x\ny", "b": "1"}, {"a": "z", "b": "2"}] * 40
    result = convert(harness, "csv.CsvToIon", f'a,b\n{good}"x"y,1\n')
    assert "line 82: " in " ".join(result.messages())


def test_csv_columns_of_one_name_keep_the_last(harness: TaskHarness) -> None:
    assert converted(harness, "csv.CsvToIon", "a,b%,a\n1,2,3\n") == b'{a:"3",\'b%\':"2"}\n'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param("a\n" + "x" * 5_000, "line 2: it has more than", id="a long line"),
        pytest.param("a\n" + "x" * 1_500 + "\nb\n", "line 2: a field has more than 1000 characters", id="a long field"),
        pytest.param('a\n"' + "x\n" * 700 + '"\n', "line 702: a field has more than 1000 characters", id="over lines"),
    ],
)
def test_csv_fields_have_a_limit(
    harness: TaskHarness, monkeypatch: pytest.MonkeyPatch, content: str, reason: str
) -> None:
    monkeypatch.setattr("lanner_plugins.serdes.csv_reading.BLOCK", 500)
    result = convert(harness, "csv.CsvToIon", content, maxFieldSize=1_000)
    assert reason in " ".join(result.messages())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("block", [1, 2, 3, 5, 1_000])
def test_csv_lines_may_end_where_a_part_does(
    harness: TaskHarness, monkeypatch: pytest.MonkeyPatch, end: str, block: int
) -> None:
    monkeypatch.setattr("lanner_plugins.serdes.csv_reading.BLOCK", block)
    text = end.join(["a,b", "1,2", '"x,y",é', "", "3,4"])
    rows = rows_of(harness, "csv.CsvToIon", text, skipEmptyRows=True)
    assert rows == [{"a": "1", "b": "2"}, {"a": "x,y", "b": "é"}, {"a": "3", "b": "4"}]


def test_a_length_that_no_file_has_is_told(harness: TaskHarness) -> None:
    content = b"Obj\x01\x02\x16avro.schema" + b"\xfe" + b"\xff" * 8 + b"\x7f" + b"x" * 100
    assert "the file is no Avro: " in " ".join(
        harness.run({"type": f"{PREFIX}.avro.AvroToIon", "from": harness.put("x.avro", content)}).messages()
    )
