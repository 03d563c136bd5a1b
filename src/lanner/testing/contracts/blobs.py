"""What every internal storage must do; derive a test class and give it the fixture."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from lanner.ports.blobs import Blobs, FileNotFound, PathTaken, UnsafePath

UNSAFE = [
    pytest.param("/../secret", id="above"),
    pytest.param("/a/../../secret", id="above, from below"),
    pytest.param("/a/..", id="at the end"),
    pytest.param("..", id="alone"),
    pytest.param("/a\0b", id="NUL"),
    pytest.param("/" + "a" * 300, id="a name nobody can store"),
]


class BlobsContract:
    """Needs a fixture ``blobs``: an empty storage."""

    def test_a_file_comes_back_as_it_was_put(self, blobs: Blobs) -> None:
        content = bytes(range(256)) * 10_000
        assert blobs.put("main", "/a/b c/ü.bin", BytesIO(content)) == len(content)
        with blobs.open("main", "/a/b c/ü.bin") as file:
            assert file.read(100) == content[:100]
            assert file.read() == content[100:]

    def test_an_empty_file_is_a_file(self, blobs: Blobs) -> None:
        assert blobs.put("main", "/empty", BytesIO()) == 0
        with blobs.open("main", "/empty") as file:
            assert file.read() == b""

    def test_a_file_put_again_is_replaced(self, blobs: Blobs) -> None:
        blobs.put("main", "/a", BytesIO(b"a long one"))
        blobs.put("main", "/a", BytesIO(b"short"))
        assert _content(blobs, "/a") == b"short"

    def test_a_reader_keeps_what_it_opened(self, blobs: Blobs) -> None:
        blobs.put("main", "/a", BytesIO(b"before"))
        with blobs.open("main", "/a") as file:
            blobs.put("main", "/a", BytesIO(b"after"))
            assert file.read() == b"before"

    def test_a_broken_upload_leaves_what_was_there(self, blobs: Blobs) -> None:
        blobs.put("main", "/a", BytesIO(b"before"))
        for path in ("/a", "/new/b"):
            with pytest.raises(ConnectionError):
                blobs.put("main", path, _Broken())
        assert _content(blobs, "/a") == b"before"
        assert [one.path for one in blobs.list("main", "/", recursive=True)] == ["/a"]

    def test_what_is_not_there_is_not_found(self, blobs: Blobs) -> None:
        blobs.put("main", "/folder/a", BytesIO(b"x"))
        for path in ("/nothing", "/folder", "/folder/a/b"):
            with pytest.raises(FileNotFound):
                blobs.open("main", path)
        with pytest.raises(FileNotFound):
            blobs.stat("main", "/nothing")
        assert not blobs.exists("main", "/folder/b")

    def test_stat_says_what_a_path_is(self, blobs: Blobs) -> None:
        blobs.put("main", "/folder/a", BytesIO(b"four"))
        file, folder = blobs.stat("main", "/folder/a"), blobs.stat("main", "/folder")
        assert (file.path, file.size, file.is_folder) == ("/folder/a", 4, False)
        assert (folder.path, folder.is_folder) == ("/folder", True)
        assert abs(datetime.now(UTC) - file.modified) < timedelta(minutes=5)
        assert blobs.exists("main", "/folder/a")
        assert blobs.exists("main", "/folder")

    def test_tenants_do_not_see_each_other(self, blobs: Blobs) -> None:
        blobs.put("main", "/a", BytesIO(b"mine"))
        assert not blobs.exists("other", "/a")
        assert list(blobs.list("other", "/", recursive=True)) == []
        assert not blobs.delete("other", "/a")
        assert blobs.delete_folder("other", "/") == 0
        assert _content(blobs, "/a") == b"mine"

    def test_a_list_of_all_levels_holds_files_by_path(self, blobs: Blobs) -> None:
        paths = ["/n/a-b", "/n/a.txt", "/n/a/1", "/n/a/z/2", "/n/a0"]
        for path in [*reversed(paths), "/m/other", "/n2"]:
            blobs.put("main", path, BytesIO(path.encode()))
        assert [one.path for one in blobs.list("main", "/n", recursive=True)] == paths
        assert [one.size for one in blobs.list("main", "/n/", recursive=True)] == [len(path) for path in paths]

    def test_a_list_of_one_level_holds_files_and_folders(self, blobs: Blobs) -> None:
        for path in ("/n/b", "/n/a/1", "/n/a/z/2", "/n/c/3"):
            blobs.put("main", path, BytesIO(b"x"))
        found = [(one.path, one.is_folder) for one in blobs.list("main", "/n", recursive=False)]
        assert found == [("/n/a", True), ("/n/b", False), ("/n/c", True)]

    def test_a_list_of_nothing_is_empty(self, blobs: Blobs) -> None:
        blobs.put("main", "/file", BytesIO(b"x"))
        assert list(blobs.list("main", "/nothing", recursive=True)) == []
        assert list(blobs.list("main", "/file", recursive=False)) == []

    def test_a_moved_file_is_at_its_new_place_only(self, blobs: Blobs) -> None:
        blobs.put("main", "/a", BytesIO(b"x"))
        blobs.put("main", "/new/b", BytesIO(b"replaced"))
        blobs.move("main", "/a", "/new/b")
        assert _content(blobs, "/new/b") == b"x"
        assert not blobs.exists("main", "/a")

    def test_a_moved_folder_takes_everything_along(self, blobs: Blobs) -> None:
        for path in ("/a/1", "/a/z/2"):
            blobs.put("main", path, BytesIO(path.encode()))
        blobs.move("main", "/a", "/new/b")
        assert [one.path for one in blobs.list("main", "/", recursive=True)] == ["/new/b/1", "/new/b/z/2"]
        assert _content(blobs, "/new/b/z/2") == b"/a/z/2"

    def test_moving_nothing_is_not_found(self, blobs: Blobs) -> None:
        with pytest.raises(FileNotFound):
            blobs.move("main", "/nothing", "/a")
        assert not blobs.exists("main", "/a")

    def test_a_file_and_a_folder_cannot_share_a_path(self, blobs: Blobs) -> None:
        blobs.put("main", "/folder/a", BytesIO(b"x"))
        for path in ("/folder", "/folder/a/b"):
            with pytest.raises(PathTaken):
                blobs.put("main", path, BytesIO(b"y"))
        with pytest.raises(PathTaken):
            blobs.move("main", "/folder", "/folder/below")
        assert [one.path for one in blobs.list("main", "/", recursive=True)] == ["/folder/a"]

    def test_a_deleted_file_is_gone(self, blobs: Blobs) -> None:
        blobs.put("main", "/n/a", BytesIO(b"x"))
        blobs.put("main", "/n/b", BytesIO(b"x"))
        assert [blobs.delete("main", path) for path in ("/n/a", "/n/a", "/n")] == [True, False, False]
        assert [one.path for one in blobs.list("main", "/", recursive=True)] == ["/n/b"]

    def test_a_deleted_folder_is_gone_and_counted(self, blobs: Blobs) -> None:
        for path in ("/n/a", "/n/z/b", "/n2"):
            blobs.put("main", path, BytesIO(b"x"))
        assert [blobs.delete_folder("main", path) for path in ("/n", "/n", "/n2")] == [2, 0, 0]
        assert [one.path for one in blobs.list("main", "/", recursive=True)] == ["/n2"]

    @pytest.mark.parametrize("path", UNSAFE)
    def test_no_path_leaves_its_place(self, blobs: Blobs, path: str) -> None:
        blobs.put("main", "/a", BytesIO(b"x"))
        with pytest.raises(UnsafePath):
            blobs.open("main", path)
        with pytest.raises(UnsafePath):
            blobs.put("main", path, BytesIO(b"y"))
        with pytest.raises(UnsafePath):
            blobs.stat("main", path)
        with pytest.raises(UnsafePath):
            blobs.exists("main", path)
        with pytest.raises(UnsafePath):
            list(blobs.list("main", path, recursive=True))
        with pytest.raises(UnsafePath):
            blobs.move("main", path, "/b")
        with pytest.raises(UnsafePath):
            blobs.move("main", "/a", path)
        with pytest.raises(UnsafePath):
            blobs.delete("main", path)
        with pytest.raises(UnsafePath):
            blobs.delete_folder("main", path)

    @pytest.mark.parametrize("tenant", ["..", ".", "", "a/b", "/etc", "a\0"])
    def test_no_tenant_leaves_its_place(self, blobs: Blobs, tenant: str) -> None:
        with pytest.raises(UnsafePath):
            blobs.put(tenant, "/a", BytesIO(b"x"))
        with pytest.raises(UnsafePath):
            blobs.open(tenant, "/a")

    def test_the_root_of_a_tenant_is_no_file(self, blobs: Blobs) -> None:
        with pytest.raises(UnsafePath):
            blobs.put("main", "/", BytesIO(b"x"))

    def test_a_path_of_the_machine_is_one_of_the_tenant(self, blobs: Blobs) -> None:
        blobs.put("main", "//etc//passwd", BytesIO(b"x"))
        assert [one.path for one in blobs.list("main", "/etc", recursive=True)] == ["/etc/passwd"]
        assert _content(blobs, "/etc/passwd") == b"x"


def _content(blobs: Blobs, path: str) -> bytes:
    with blobs.open("main", path) as file:
        return file.read()


class _Broken(BytesIO):
    """A stream that ends in an error after its first piece."""

    def __init__(self) -> None:
        super().__init__(b"piece")
        self._pieces: Iterator[bytes] = iter([b"piece"])

    def read(self, _: int | None = -1, /) -> bytes:
        """Return the first piece, then fail."""
        for piece in self._pieces:
            return piece
        raise ConnectionError("the line went dead")
