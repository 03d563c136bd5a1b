"""Namespace files over HTTP. Source of the shapes: reference api.md §1.9, §2.6."""

import stat
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import httpx
import pytest

from tests.api.house import House, flow

pytestmark = pytest.mark.anyio

FILES = "/api/v1/main/namespaces/demo/files"


async def put(server: House, path: str, content: bytes = b"x", *, name: str = "blob") -> httpx.Response:
    return await server.client.post(FILES, params={"path": path}, files={"fileContent": (name, content)})


def archive(entries: Mapping[str | ZipInfo, bytes]) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return packed.getvalue()


async def paths(server: House, text: str = "") -> list[str]:
    found: list[str] = await server.get(f"/namespaces/demo/files/search?q={text}")
    return found


async def test_a_file_is_stored_described_read_moved_and_deleted(server: House) -> None:
    answer = await put(server, "/dir/größe 1.txt", b"content")
    assert (answer.status_code, answer.content) == (200, b"")
    answer = await server.client.get(FILES, params={"path": "dir/größe 1.txt"})
    assert (answer.content, answer.headers["content-type"], answer.headers["cache-control"]) == (
        b"content",
        "application/octet-stream",
        "no-cache",
    )
    (found,) = await server.get("/namespaces/demo/files/directory?path=/dir")
    assert found | {"lastModifiedTime": 0, "creationTime": 0} == {
        "type": "File",
        "fileName": "größe 1.txt",
        "size": 7,
        "lastModifiedTime": 0,
        "creationTime": 0,
    }
    assert (await server.get("/namespaces/demo/files/stats?path=dir"))["type"] == "Directory"
    assert (await server.get("/namespaces/demo/files/stats"))["type"] == "Directory"
    moved = await server.client.put(FILES, params={"from": "/dir/größe 1.txt", "to": "/b.txt"})
    assert (moved.status_code, await paths(server)) == (200, ["/b.txt"])
    assert (await server.client.delete(FILES, params={"path": "/b.txt"})).status_code == 200
    assert (await server.client.get(FILES, params={"path": "/b.txt"})).status_code == 404


async def test_folders_and_revisions(server: House) -> None:
    assert await server.get("/namespaces/demo/files/directory") == []
    assert (await server.client.get(f"{FILES}/directory", params={"path": "none"})).status_code == 404
    assert (await server.client.post(f"{FILES}/directory", params={"path": "/empty"})).status_code == 200
    assert [one["fileName"] for one in await server.get("/namespaces/demo/files/directory?path=/")] == ["empty"]
    for text in (b"one", b"two"):
        await put(server, "a.txt", text)
    found = await server.get("/namespaces/demo/files/revisions?path=a.txt")
    assert [one["revision"] for one in found] == [1, 2]
    assert (await server.client.get(f"{FILES}?path=a.txt&revision=1")).content == b"one"
    assert (await server.client.get(f"{FILES}?path=a.txt&revision=7")).status_code == 404


async def test_an_export_is_imported_elsewhere_with_its_flows(server: House) -> None:
    await put(server, "queries/one.sql", b"select 1")
    await server.save(flow("exported"))
    packed = (await server.client.get(f"{FILES}/export")).content
    with ZipFile(BytesIO(packed)) as found:
        assert sorted(found.namelist()) == ["_flows/exported.yml", "queries/one.sql"]
    await server.client.delete(FILES, params={"path": "queries"})
    await server.client.delete("/api/v1/main/flows/demo/exported")
    assert (await put(server, "/x.zip", packed, name="x.zip")).status_code == 200
    assert await paths(server) == ["/queries/one.sql"]
    assert (await server.get("/flows/demo/exported"))["id"] == "exported"


async def test_a_file_below_flows_is_a_flow(server: House) -> None:
    assert (await put(server, "_flows/one.yaml", flow("one").encode())).status_code == 200
    assert (await server.get("/flows/demo/one"))["id"] == "one"
    assert await paths(server) == []
    assert (await put(server, "_flows/two.yaml", b"id: [")).status_code == 422
    assert (await put(server, "_flows/two.yaml", b"\xff")).status_code == 422


async def test_an_archive_that_is_none_has_another_name(server: House) -> None:
    assert (await put(server, "/kept.zip", archive({"a": b""}), name="blob")).status_code == 200
    assert await paths(server) == ["/kept.zip"]


def link() -> ZipInfo:
    entry = ZipInfo("link")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def broken() -> bytes:
    packed = archive({"good": b"x", "bad": b"hello" * 1_000})
    at = packed.index(b"bad") + 8
    return packed[:at] + bytes([packed[at] ^ 0xFF]) + packed[at + 1 :]


def locked() -> bytes:
    """Return an archive whose entry says that it is encrypted."""
    content = bytearray(archive({"a": b"x"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("packed", "words"),
    [
        pytest.param(b"PK nothing", "fileContent: it is no ZIP archive", id="no archive"),
        pytest.param(archive({"a": b"x", "../../evil": b"x"}), "relative '..' path", id="dots"),
        pytest.param(archive({"a": b"x", "a/../../evil": b"x"}), "relative '..' path", id="dots within"),
        pytest.param(archive({link(): b"/etc/passwd"}), "'link' in the archive is a link", id="a link"),
        pytest.param(
            archive({"a": b"x", "bomb": bytes(100 * 1024**2)}), "would unpack to 104857601 bytes", id="a bomb"
        ),
        pytest.param(archive({f"f{number}": b"" for number in range(10_001)}), "holds 10001 files", id="many files"),
        pytest.param(archive({"_flows/x.yaml": bytes(2 * 1024**2)}), "too large for a flow", id="a huge flow"),
        pytest.param(archive({"_flows/x.yaml": b"\xff"}), "is not UTF-8", id="a flow that is no text"),
        pytest.param(archive({"n" * 300: b"x"}), "a name has at most 255 bytes", id="a long name"),
        pytest.param(locked(), "is encrypted", id="encrypted"),
        pytest.param(archive({"a": b"hello " * 50}).replace(b"hello", b"hullo"), "fileContent: ", id="damaged"),
        pytest.param(broken(), "fileContent: the archive is damaged", id="damaged after a file that is not"),
    ],
)
async def test_a_bad_archive_writes_nothing(server: House, packed: bytes, words: str) -> None:
    if words == "fileContent: ":
        packed = packed[:40] + bytes(4) + packed[44:]
    answer = await put(server, "/x.zip", packed, name="x.zip")
    assert (answer.status_code, words in answer.json()["message"]) == (422, True), answer.text
    assert await paths(server) == []


@pytest.mark.parametrize("path", ["../x", "a/../../x", "%2e%2e/x", "a\0b", "n" * 256, "", "/", "a/..", "\\..\\x"])
async def test_a_bad_path_is_refused_everywhere(server: House, path: str) -> None:
    client = server.client
    answers = [
        await put(server, path),
        await client.get(FILES, params={"path": path}),
        await client.delete(FILES, params={"path": path}),
        await client.put(FILES, params={"from": path, "to": "b"}),
        await client.put(FILES, params={"from": "b", "to": path}),
        await client.get(f"{FILES}/revisions", params={"path": path}),
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert all("path: " in answer.json()["message"] for answer in answers)
    assert await paths(server) == []


async def test_a_name_in_the_way_is_a_conflict(server: House) -> None:
    await put(server, "a/b")
    assert (await put(server, "a")).status_code == 409
    assert (await put(server, "a/b/c")).status_code == 409


async def test_a_bad_namespace_is_refused(server: House) -> None:
    for namespace in ("a%2F..%2Fb", "a..b", "%00", "%2e%2e"):
        answer = await server.client.get(f"/api/v1/main/namespaces/{namespace}/files?path=x")
        assert (answer.status_code, "namespace: " in answer.json()["message"]) == (422, True), answer.text


async def test_a_request_without_the_file_says_so(server: House) -> None:
    answer = await server.client.post(FILES, params={"path": "a"}, files={"other": ("a", b"x")})
    assert (answer.status_code, "fileContent" in answer.json()["message"]) == (422, True)
    assert (await server.client.post(FILES, files={"fileContent": ("a", b"x")})).status_code == 400
