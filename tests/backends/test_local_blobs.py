"""Internal storage in local files."""

from io import BytesIO
from pathlib import Path

import pytest

from lanner.backends.local_blobs import LocalBlobs
from lanner.ports.blobs import Blobs, UnsafePath
from lanner.testing.contracts import BlobsContract


class TestLocalBlobs(BlobsContract):
    @pytest.fixture
    def blobs(self, tmp_path: Path) -> Blobs:
        return LocalBlobs(tmp_path / "storage")


def test_files_lie_under_the_tenant(tmp_path: Path) -> None:
    LocalBlobs(tmp_path).put("main", "/a/b.txt", BytesIO(b"x"))
    assert (tmp_path / "main" / "a" / "b.txt").read_bytes() == b"x"


def test_nothing_partial_stays(tmp_path: Path) -> None:
    LocalBlobs(tmp_path).put("main", "/a", BytesIO(b"x"))
    with pytest.raises(ValueError, match="closed"):
        LocalBlobs(tmp_path).put("main", "/b", _closed())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "main" / "a"]


def test_a_link_out_of_the_storage_leads_nowhere(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    (root / "main").mkdir(parents=True)
    (root / "main" / "link").symlink_to(outside)
    (root / "main" / "file").symlink_to(outside / "secret")
    blobs = LocalBlobs(root)
    for path in ("/link/secret", "/file", "/link"):
        with pytest.raises(UnsafePath):
            blobs.open("main", path)
        with pytest.raises(UnsafePath):
            blobs.put("main", path, BytesIO(b"y"))
        with pytest.raises(UnsafePath):
            blobs.delete_folder("main", path)
    assert list(blobs.list("main", "/", recursive=True)) == []
    assert blobs.delete_folder("main", "/") >= 0
    assert (outside / "secret").read_bytes() == b"secret"


def test_a_link_to_another_tenant_leads_nowhere(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path)
    blobs.put("other", "/a", BytesIO(b"theirs"))
    (tmp_path / "main").mkdir()
    (tmp_path / "main" / "link").symlink_to(tmp_path / "other")
    with pytest.raises(UnsafePath):
        blobs.open("main", "/link/a")


def test_a_root_behind_a_link_works(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "root").symlink_to(tmp_path / "real")
    LocalBlobs(tmp_path / "root").put("main", "/a", BytesIO(b"x"))
    assert (tmp_path / "real" / "main" / "a").read_bytes() == b"x"


def _closed() -> BytesIO:
    stream = BytesIO(b"x")
    stream.close()
    return stream
