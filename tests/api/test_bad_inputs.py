"""Bad values for the inputs of an execution: each is told with the input's name, nothing is stored, nothing breaks."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.house import House, house

pytestmark = pytest.mark.anyio

FLOW = """id: bad
namespace: demo
inputs:
  - {id: s, type: STRING, required: false}
  - {id: i, type: INT, required: false}
  - {id: fl, type: FLOAT, required: false}
  - {id: d, type: DATE, required: false}
  - {id: dt, type: DATETIME, required: false}
  - {id: t, type: TIME, required: false}
  - {id: du, type: DURATION, required: false}
  - {id: j, type: JSON, required: false}
  - {id: y, type: YAML, required: false}
  - {id: u, type: URI, required: false}
  - {id: e, type: EMAIL, required: false}
  - {id: f, type: FILE, required: false}
  - {id: a, type: ARRAY, itemType: INT, required: false}
  - {id: m, type: MULTISELECT, values: [p, q], required: false}
  - {id: c, type: SELECT, values: [p, q]}
  - {id: v, type: STRING, validator: "(a+)+b", required: false}
tasks:
  - id: read
    type: io.kestra.plugin.core.debug.Return
    format: "{{ read(inputs.f) }}"
"""

BOMB = "".join(
    f"{name}: &{name} [{', '.join([f'*{before}' if before else 'x'] * 9)}]\n"
    for before, name in zip(["", *"abcdefg"], "abcdefgh", strict=True)
)


@pytest.fixture
async def durable(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "house", store="sqlite") as running:
        await running.save(FLOW)
        yield running


def stored(tmp_path: Path) -> list[str]:
    """Return the names of all files that are not the database's."""
    database = tmp_path / "house" / "data"
    return [path.name for path in tmp_path.rglob("*") if path.is_file() and database not in path.parents]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        pytest.param("i", "5.0", 'For input string: "5.0"', id="a fraction as INT"),
        pytest.param("i", "9" * 100_000, "For input string", id="a huge INT"),
        pytest.param("i", "2147483648", "an INT is between", id="beyond 32 bits"),
        pytest.param("fl", "1e999", "too large for a FLOAT", id="a huge FLOAT"),
        pytest.param("fl", "", "empty String", id="no FLOAT"),
        pytest.param("d", "2024-02-30", "could not be parsed", id="no such day"),
        pytest.param("dt", "2024-01-01T00:00:00", "write a moment with seconds and zone", id="no zone"),
        pytest.param("t", "25:00", "could not be parsed", id="no such hour"),
        pytest.param("du", "60", "write ISO-8601", id="a number as DURATION"),
        pytest.param("du", "P999999999999D", "longer than a duration can be", id="a huge DURATION"),
        pytest.param("j", "{'a': 1}", "Expected `JSON`", id="no JSON"),
        pytest.param("j", "[" * 100_000, "Expected `JSON`", id="open JSON"),
        pytest.param("j", "[" * 5_000 + "]" * 5_000, "Expected `JSON`", id="deep JSON"),
        pytest.param("j", '"\\ud800"', "Expected `JSON`", id="half a character"),
        pytest.param("y", "a: [", "Expected `YAML`", id="no YAML"),
        pytest.param("y", "", "Expected `YAML`", id="nothing as YAML"),
        pytest.param("y", " # only", "Expected `YAML`", id="a comment as YAML"),
        pytest.param("a", "[1, null]", "Unable to parse array element as `INT` on `null`", id="nothing in an ARRAY"),
        pytest.param("m", "[null]", "Unable to parse array element as `STRING` on `null`", id="nothing chosen"),
        pytest.param("y", "[" * 5_000 + "]" * 5_000, "Expected `YAML`", id="deep YAML"),
        pytest.param("y", BOMB, "Expected `YAML`", id="a YAML bomb"),
        pytest.param("u", "no address", "Expected `URI`", id="no URI"),
        pytest.param("e", "nobody", "must be a valid email", id="no EMAIL"),
        pytest.param("a", '["x"]', "Unable to parse array element as `INT` on `x`", id="a text among numbers"),
        pytest.param("a", "{}", "it is not a list", id="a map as ARRAY"),
        pytest.param("m", '["z"]', "it must match the values `[p, q]`", id="no option"),
        pytest.param("c", "z", "it must match the values `[p, q]`", id="no option of a SELECT"),
        pytest.param("v", "a" * 40, "it must match the pattern", id="a text that makes slow regular expressions hang"),
        pytest.param("f", "plain text", "a file is sent as an upload", id="a text as FILE"),
        pytest.param("f", "http://host/file", "a file is sent as an upload", id="a web address as FILE"),
    ],
)
async def test_a_bad_value_is_told_with_its_input(
    durable: House, tmp_path: Path, name: str, value: str, words: str
) -> None:
    parts = {"c": (None, "p"), name: (None, value)}
    answer = await durable.client.post("/api/v1/main/executions/demo/bad", files=parts)
    assert answer.status_code == 422, answer.text
    message = answer.json()["message"]
    assert f"Invalid input for `{name}`, " in message
    assert words in message
    assert len(message) < 2_000
    assert stored(tmp_path) == []


async def test_all_mistakes_are_told_together(durable: House) -> None:
    parts = {"i": (None, "x"), "d": (None, "x")}
    answer = await durable.client.post("/api/v1/main/executions/demo/bad", files=parts)
    errors = answer.json()["_embedded"]["errors"]
    assert [error["path"] for error in errors] == ["i", "d", "c"]


def form(name: bytes, content: bytes, *, file: bytes | None = None) -> dict[str, Any]:
    """Return a form of one part, byte for byte; the needed input comes before."""
    named = b'; filename="%s"' % file if file is not None else b""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="c"\r\n\r\np\r\n'
        b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n--x--\r\n' % (name, named, content)
    )
    return {"content": body, "headers": {"content-type": "multipart/form-data; boundary=x"}}


async def test_a_text_that_is_no_utf_8_is_told_with_its_part(durable: House) -> None:
    answer = await durable.client.post("/api/v1/main/executions/demo/bad", **form(b"s", b"a\xff\xfe"))
    assert (answer.status_code, "s: the text is not utf-8" in answer.json()["message"]) == (422, True), answer.text


async def test_a_text_beyond_the_limit_is_told_with_its_part(durable: House) -> None:
    answer = await durable.client.post("/api/v1/main/executions/demo/bad", **form(b"s", b"x" * 70_000_000))
    assert answer.status_code == 422
    assert "s: the text is longer than 67108864 bytes; send it as a file" in answer.json()["message"]


async def test_a_file_name_beyond_the_limit_is_told_with_its_input(durable: House, tmp_path: Path) -> None:
    answer = await durable.client.post("/api/v1/main/executions/demo/bad", **form(b"f", b"x", file=b"n" * 300))
    assert answer.status_code == 422
    assert "Invalid input for `f`, the name of a file has at most 255 bytes" in answer.json()["message"]
    assert stored(tmp_path) == []


@pytest.mark.parametrize(
    ("file", "kept"),
    [
        pytest.param(b"../../../../evil.txt", "evil.txt", id="dots"),
        pytest.param(b"/etc/evil.txt", "evil.txt", id="a path"),
        pytest.param(b"..\\\\..\\\\evil.txt", "evil.txt", id="of Windows"),
        pytest.param(b"..", "file", id="dots alone"),
        pytest.param(b"", "f", id="nothing"),
        pytest.param(b"a\0b", "ab", id="NUL"),
        pytest.param("größe 1.txt".encode(), "größe 1.txt", id="any letters and blanks"),
    ],
)
async def test_a_file_name_steers_nothing(durable: House, tmp_path: Path, file: bytes, kept: str) -> None:
    answer = await durable.client.post(
        "/api/v1/main/executions/demo/bad?wait=true", **form(b"f", b"content", file=file)
    )
    execution = answer.json()
    assert execution["taskRunList"][0]["outputs"] == {"value": "content"}
    assert execution["inputs"]["f"].endswith(f"/demo/bad/executions/{execution['id']}/inputs/f/{kept}")
    assert stored(tmp_path) == [kept]


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        pytest.param("file:///etc/passwd", "The path /etc/passwd is not authorized", id="of the machine"),
        pytest.param("kestra:///../../etc/passwd", "'../'", id="dots"),
        pytest.param("kestra://host/x", "Invalid internal storage scheme", id="a host"),
        pytest.param("kestra:///demo/none", "File not found", id="nothing there"),
        pytest.param("nsfile:///../x", "'../'", id="dots in a namespace"),
        pytest.param("nsfile://a..b/x", "namespace: 'a..b' is no name", id="no namespace"),
        pytest.param("nsfile:///none", "File not found", id="no namespace file"),
    ],
)
async def test_a_file_that_is_not_there_fails_where_it_is_read(server: House, uri: str, words: str) -> None:
    await server.save(FLOW)
    parts = {"c": (None, "p"), "f": (None, uri)}
    answer = await server.client.post("/api/v1/main/executions/demo/bad?wait=true", files=parts)
    execution = answer.json()
    assert execution["state"]["current"] == "FAILED"
    (line,) = await server.get(f"/logs/{execution['id']}?minLevel=ERROR")
    assert words in line["message"]
    assert "root:" not in line["message"]
