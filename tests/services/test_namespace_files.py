"""Namespace files: revisions, folders, moves."""

from io import BytesIO
from pathlib import Path

import pytest

from lanner.backends.local_blobs import LocalBlobs
from lanner.services.namespace_files import FileNotFound, InvalidPath, NamespaceFiles, PathTaken

WHERE = ("main", "company.team")


@pytest.fixture
def files(tmp_path: Path) -> NamespaceFiles:
    return NamespaceFiles(LocalBlobs(tmp_path))


def put(files: NamespaceFiles, path: str, *texts: str) -> None:
    for text in texts or (path,):
        files.put(*WHERE, path, BytesIO(text.encode()))


def read(files: NamespaceFiles, path: str, revision: int | None = None) -> str:
    with files.open(*WHERE, path, revision=revision) as content:
        return content.read().decode()


def test_each_put_makes_a_revision(files: NamespaceFiles) -> None:
    put(files, "/a.txt", "one", "two", "three")
    assert [one.number for one in files.revisions(*WHERE, "a.txt")] == [1, 2, 3]
    assert [read(files, "a.txt", number) for number in (1, 2, 3, None)] == ["one", "two", "three", "three"]
    with pytest.raises(FileNotFound):
        read(files, "a.txt", 4)
    assert files.purge_revisions(*WHERE, "a.txt", keep=2) == 1
    put(files, "a.txt", "four")
    assert [one.number for one in files.revisions(*WHERE, "a.txt")] == [2, 3, 4]


def test_revisions_move_and_go_with_their_file(files: NamespaceFiles) -> None:
    put(files, "dir/a.txt", "one", "two")
    put(files, "target/a.txt", "gone", "gone too")
    files.delete(*WHERE, "target")
    files.move(*WHERE, "dir", "/target")
    assert [read(files, "target/a.txt", number) for number in (1, 2)] == ["one", "two"]
    put(files, "dir/a.txt", "new")
    assert [one.number for one in files.revisions(*WHERE, "dir/a.txt")] == [1]
    files.delete(*WHERE, "target/a.txt")
    put(files, "target/a.txt", "again")
    assert [one.number for one in files.revisions(*WHERE, "target/a.txt")] == [1]


def test_a_file_that_replaces_another_by_a_move_brings_its_own_revisions(files: NamespaceFiles) -> None:
    put(files, "a", "a1", "a2", "a3")
    put(files, "b", "b1")
    files.move(*WHERE, "b", "a")
    assert ([one.number for one in files.revisions(*WHERE, "a")], read(files, "a")) == ([1], "b1")


def test_an_empty_folder_stays_and_its_mark_is_not_shown(files: NamespaceFiles) -> None:
    files.make_folder(*WHERE, "dir/empty")
    assert [(one.path, one.is_folder) for one in files.listed(*WHERE, "dir")] == [("/dir/empty", True)]
    assert files.listed(*WHERE, "dir/empty") == []
    assert files.paths(*WHERE) == []
    assert files.delete(*WHERE, "dir")
    assert not files.delete(*WHERE, "dir")


def test_a_listing_is_of_one_level_and_a_search_of_all(files: NamespaceFiles) -> None:
    for path in ("b.txt", "a/x.TXT", "a/b/y.sql"):
        put(files, path)
    assert [one.path for one in files.listed(*WHERE, "")] == ["/a", "/b.txt"]
    assert [one.path for one in files.listed(*WHERE, "a/")] == ["/a/b", "/a/x.TXT"]
    assert files.paths(*WHERE, text="txt") == ["/a/x.TXT", "/b.txt"]
    assert files.paths("main", "company") == []
    with pytest.raises(FileNotFound):
        files.listed(*WHERE, "none")
    with pytest.raises(FileNotFound):
        files.listed(*WHERE, "b.txt")


def test_what_is_in_the_way_is_told(files: NamespaceFiles) -> None:
    put(files, "a/b")
    with pytest.raises(PathTaken):
        put(files, "a", "file over folder")
    with pytest.raises(PathTaken):
        put(files, "a/b/c", "file below file")
    with pytest.raises(InvalidPath):
        files.move(*WHERE, "a", "a/b/c")
    with pytest.raises(FileNotFound):
        files.move(*WHERE, "none", "x")


@pytest.mark.parametrize(
    "path",
    [
        "..", "../x", "a/../../x", "a/..", ".", "a/./b", "%2e%2e/x", "a/%2E%2E/x", "..\\x", "a\0b", "a\nb", "",
        "/", "\ud800", "n" * 256, "/".join(["d" * 100] * 60),
    ],
)  # fmt: skip
def test_a_path_stays_where_it_belongs(files: NamespaceFiles, tmp_path: Path, path: str) -> None:
    for work in (
        lambda: put(files, path, "x"),
        lambda: files.open(*WHERE, path),
        lambda: files.delete(*WHERE, path),
        lambda: files.make_folder(*WHERE, path),
        lambda: files.move(*WHERE, path, "x"),
        lambda: files.move(*WHERE, "x", path),
    ):
        with pytest.raises(InvalidPath, match=r"^path: "):
            work()
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


def test_a_link_on_the_disk_leads_nowhere(files: NamespaceFiles, tmp_path: Path) -> None:
    put(files, "a.txt")
    folder = tmp_path / "main" / "company" / "team" / "_files"
    (tmp_path / "outside").mkdir()
    (folder / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(Exception, match=r"'\.\.' path"):
        put(files, "link/x", "x")
    assert list((tmp_path / "outside").iterdir()) == []
    assert files.paths(*WHERE) == ["/a.txt"]
