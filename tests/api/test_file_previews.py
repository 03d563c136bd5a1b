"""Files of executions as people see them: the beginning of every kind, bounded, and downloads with their names."""

from base64 import b64encode
from typing import Any

import pytest

from lanner.services import execution_files
from tests.api.house import YAML, House

pytestmark = pytest.mark.anyio

TAKES_FILE = """id: takes
namespace: demo
inputs:
  - id: f
    type: FILE
tasks:
  - id: log
    type: io.kestra.plugin.core.log.Log
    message: "{{ inputs.f }}"
"""


async def upload(server: House, name: str, content: bytes) -> tuple[str, dict[str, str]]:
    """Return the path of an execution's files and the parameter that names the new one."""
    await server.client.post("/api/v1/main/flows", content=TAKES_FILE, headers=YAML)
    execution = await server.start("takes", wait=True, files={"f": (name, content)})
    return f"/api/v1/main/executions/{execution['id']}/file", {"path": execution["inputs"]["f"]}


async def preview(server: House, name: str, content: bytes, **params: str) -> dict[str, Any]:
    file, path = await upload(server, name, content)
    answer = await server.client.get(f"{file}/preview", params={**path, **params})
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


ROWS = b'{a:1,b:"x",c:1.50,d:2026-01-31T08:00:00Z,e:2026-01-31,f:null,g:[true,{h:2e0}],i:{{YWI=}},j:nan,k:3.}\n'


@pytest.mark.parametrize(
    ("name", "content", "params", "expected"),
    [
        pytest.param("a.txt", b"x\r\ny\n", {}, ("TEXT", "x\r\ny\n", 100, False), id="text"),
        pytest.param("a.csv", b"a,b\n1,2\n3,4\n", {"maxRows": "2"}, ("TEXT", "a,b\n1,2\n", 2, True), id="first lines"),
        pytest.param("a.jsonl", b'{"a": 1}\n', {"maxRows": "1"}, ("TEXT", '{"a": 1}\n', 1, False), id="just all"),
        pytest.param("a.md", b"# x", {}, ("MARKDOWN", "# x", 100, False), id="markdown"),
        pytest.param("noname", b"x", {}, ("TEXT", "x", 100, False), id="no extension"),
        pytest.param("a.log", b"", {}, ("TEXT", "", 100, False), id="empty"),
        pytest.param("a.txt", b"\xff\0", {}, ("TEXT", "\ufffd\0", 100, False), id="no text"),
        pytest.param(
            "a.txt",
            "é\nx\ny".encode("utf-16"),
            {"encoding": "UTF-16", "maxRows": "2"},
            ("TEXT", "é\nx\n", 2, True),
            id="UTF-16",
        ),
        pytest.param("a.txt", b"\xe9", {"encoding": "ISO-8859-1"}, ("TEXT", "é", 100, False), id="Latin 1"),
        pytest.param("a.png", b"\x89P", {}, ("IMAGE", b64encode(b"\x89P").decode(), 100, False), id="image"),
        pytest.param("a.PDF", b"%P", {}, ("PDF", b64encode(b"%P").decode(), 100, False), id="PDF"),
        pytest.param(
            "a.ion",
            ROWS,
            {},
            (
                "LIST",
                [
                    {
                        "a": 1,
                        "b": "x",
                        "c": 1.5,
                        "d": "2026-01-31T08:00:00Z",
                        "e": "2026-01-31",
                        "f": None,
                        "g": [True, {"h": 2.0}],
                        "i": "YWI=",
                        "j": None,
                        "k": 3,
                    }
                ],
                100,
                False,
            ),
            id="rows",
        ),
        pytest.param("a.ion", b"{a:1}\n" * 3, {"maxRows": "2"}, ("LIST", [{"a": 1}] * 2, 2, True), id="first rows"),
        pytest.param("a.ion", b'1\n"x"\n', {}, ("LIST", [1, "x"], 100, False), id="rows that are no maps"),
        pytest.param("a.ion", b"", {}, ("LIST", [], 100, False), id="no rows"),
        pytest.param("a.txt", b"x\n" * 9, {"maxRows": "999999"}, ("TEXT", "x\n" * 9, 5_000, False), id="most lines"),
    ],
)
async def test_the_beginning_is_shown(
    server: House, name: str, content: bytes, params: dict[str, str], expected: tuple[Any, ...]
) -> None:
    shown = await preview(server, name, content, **params)
    assert (shown["type"], shown["content"], shown["maxLine"], shown["truncated"]) == expected


async def test_very_long_lines_are_cut(server: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution_files, "MAX_TEXT_CHARACTERS", 10)
    shown = await preview(server, "a.txt", b"123\n" + b"x" * 100_000)
    assert (shown["content"], shown["truncated"]) == ("123\nxxxxxx", True)


async def test_of_a_very_long_row_nothing_is_shown(server: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution_files, "MAX_RECORD_BYTES", 50)
    shown = await preview(server, "a.ion", b'{a:1}\n{a:"' + b"x" * 100_000 + b'"}\n')
    assert (shown["content"], shown["truncated"]) == ([{"a": 1}], True)


@pytest.mark.parametrize(
    ("name", "content", "params", "words"),
    [
        pytest.param("a.txt", b"x", {"encoding": "nonsense"}, "unable to preview using encoding", id="no encoding"),
        pytest.param("a.txt", b"x", {"encoding": "zlib"}, "unable to preview using encoding", id="no encoding of text"),
        pytest.param("a.txt", b"x", {"maxRows": "-1"}, "maxRows is -1", id="no rows"),
        pytest.param("a.ion", b"{a:1}\n{a:", {}, "from line 2 on cannot be read", id="half a row"),
        pytest.param("a.png", b"x" * 101, {}, "has more than 100 bytes: download it", id="a large image"),
    ],
)
async def test_what_cannot_be_shown_is_told(
    server: House, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, params: dict[str, str], words: str
) -> None:
    monkeypatch.setattr(execution_files, "MAX_PICTURE_BYTES", 100)
    file, path = await upload(server, name, content)
    answer = await server.client.get(f"{file}/preview", params={**path, **params})
    assert (answer.status_code, words in answer.json()["message"]) == (422, True), answer.text


async def test_a_download_keeps_its_name(server: House) -> None:
    file, path = await upload(server, "größe 1.csv", b"a\n1\n")
    answer = await server.client.get(file, params=path)
    assert answer.content == b"a\n1\n"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"gr__e 1.csv\"; filename*=UTF-8''gr%C3%B6%C3%9Fe%201.csv"
    )


async def test_rows_are_downloaded_as_json(server: House) -> None:
    file, path = await upload(server, "a.ion", b"{a:1,b:1.5}\n{a:2,b:2.5}\n" * 3_000)
    answer = await server.client.get(file, params={**path, "format": "JSONL"})
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.text == '{"a":1,"b":1.5}\n{"a":2,"b":2.5}\n' * 3_000
    file, path = await upload(server, "a.ion", b"{a:")
    assert (await server.client.get(file, params={**path, "format": "JSONL"})).status_code == 422
