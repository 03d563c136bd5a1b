"""Tasks namespace.*, the property namespaceFiles and files by URI. Source: asked of the engine 1.0.36; 0.24 notes."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from lanner.model.log import Level
from lanner.model.state import State
from lanner.testing.task_harness import TaskHarness, TaskRunResult
from lanner_plugins.core.files.working_files import path_matches
from lanner_plugins.core.plugin import PLUGIN

CORE = "io.kestra.plugin.core"


@pytest.fixture
def harness(tmp_path: Path) -> TaskHarness:
    """A harness whose namespace holds three files, and whose disk has one that flows may read and one that not."""
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "hello.py").write_text("print('hello')")
    (tmp_path / "closed.txt").write_text("closed")
    (tmp_path / "open" / "link").symlink_to(tmp_path / "closed.txt")
    made = TaskHarness(tmp_path / "harness", groups=[PLUGIN], allowed_paths=[tmp_path / "open"])
    for path in ("a.txt", "dir/b.txt", "dir/sub/c.sql"):
        made.namespace_files.put(path, BytesIO(path.encode()))
    made.namespace_files.put("other.txt", BytesIO(b"elsewhere"), "company")
    return made


def run(harness: TaskHarness, type_: str, **values: Any) -> TaskRunResult:
    return harness.run({"type": f"{CORE}.{type_}", **values})


def content(harness: TaskHarness, path: str) -> bytes:
    with harness.namespace_files.open(path) as file:
        return file.read()


def error(result: TaskRunResult) -> str:
    assert result.state is State.FAILED
    return result.messages(Level.ERROR)[0]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        pytest.param("**.txt", "a.txt dir/b.txt", id="any depth"),
        pytest.param("*.txt", "", id="a whole path begins with a slash"),
        pytest.param("/*.txt", "a.txt", id="of the root"),
        pytest.param("a.txt", "a.txt", id="a name"),
        pytest.param("/a.txt", "a.txt", id="a whole path"),
        pytest.param("sub/c.sql", "dir/sub/c.sql", id="the end of a path"),
        pytest.param("dir/**", "dir/b.txt dir/sub/c.sql", id="below a folder"),
        pytest.param("**/b.txt", "dir/b.txt", id="in any folder"),
        pytest.param("glob:**/*.sql", "dir/sub/c.sql", id="glob"),
        pytest.param("regex:.*sql", "dir/sub/c.sql", id="regular expression"),
        pytest.param("dir", "", id="a folder is no file"),
        pytest.param("**.{sql,txt}", "a.txt dir/b.txt dir/sub/c.sql", id="a choice"),
    ],
)
def test_patterns_choose_among_the_files(harness: TaskHarness, pattern: str, found: str) -> None:
    result = run(harness, "namespace.DownloadFiles", files=pattern)
    assert list(result.outputs["files"]) == [f"/{name}" for name in found.split()]
    assert [harness.read(uri).decode() for uri in result.outputs["files"].values()] == found.split()
    assert [metric.value for metric in result.metrics] == [len(found.split())]


def test_a_destination_stands_before_the_name_as_it_is(harness: TaskHarness) -> None:
    (uri,) = run(harness, "namespace.DownloadFiles", files=["a.txt"], destination="dest").outputs["files"].values()
    assert uri.endswith("/desta.txt")
    uri = harness.put("x", "new")
    run(harness, "namespace.UploadFiles", filesMap={"y.txt": uri}, destination="up")
    run(harness, "namespace.UploadFiles", filesMap=f'{{"y.txt": "{uri}"}}', destination="/up/")
    assert [path for path in harness.namespace_files.paths() if path.startswith("/up")] == ["/up/y.txt", "/upy.txt"]


@pytest.mark.parametrize(
    ("type_", "values", "words"),
    [
        pytest.param("UploadFiles", {}, "files or filesMap is required", id="nothing"),
        pytest.param("UploadFiles", {"filesMap": "nomap"}, "filesMap: it is a text that is no JSON map", id="no JSON"),
        pytest.param("UploadFiles", {"filesMap": ["x"]}, "filesMap must be a Map<String, String>", id="a list"),
        pytest.param("UploadFiles", {"filesMap": {"a": 1}}, "filesMap must be a Map<String, String>", id="a number"),
        pytest.param("UploadFiles", {"filesMap": {"x": "inline text"}}, "scheme not supported", id="inline text"),
        pytest.param("UploadFiles", {"filesMap": {"x": "http://h/f"}}, "scheme not supported", id="a web address"),
        pytest.param("UploadFiles", {"filesMap": {"../x": "nsfile:///a.txt"}}, "relative '..' path", id="dots in name"),
        pytest.param(
            "UploadFiles", {"filesMap": {"x": "nsfile:///a.txt"}, "destination": "../"}, "'..' path", id="destination"
        ),
        pytest.param(
            "UploadFiles", {"filesMap": {"a\0b": "nsfile:///a.txt"}}, "path: '/a\\x00b' cannot be", id="NUL in name"
        ),
        pytest.param(
            "UploadFiles",
            {"filesMap": {"n" * 300: "nsfile:///a.txt"}},
            "a name has at most 255 bytes",
            id="a long name",
        ),
        pytest.param(
            "UploadFiles", {"filesMap": {"x": "nsfile:///a.txt"}, "namespace": "a/../b"}, "namespace: ", id="namespace"
        ),
        pytest.param(
            "UploadFiles",
            {"filesMap": {"a.txt": "nsfile:///a.txt"}, "conflict": "ERROR"},
            "File '/a.txt' already exists in namespace 'company.team' and conflict is set to ERROR",
            id="a conflict",
        ),
        pytest.param("DownloadFiles", {"files": {"a": "b"}}, "must be a string or a list of strings", id="a map"),
        pytest.param("DownloadFiles", {"files": "a.txt", "destination": "../../x/"}, "not a file name", id="out"),
        pytest.param("DownloadFiles", {"files": "regex:("}, "'regex:(' is no pattern", id="no expression"),
        pytest.param("DownloadFiles", {"files": "{a"}, "is no pattern", id="no glob"),
        pytest.param(
            "DeleteFiles", {"files": 12}, "Files must be a String or a list of String", id="a number to delete"
        ),
    ],
)
def test_what_tasks_refuse(harness: TaskHarness, type_: str, values: dict[str, Any], words: str) -> None:
    before = harness.namespace_files.paths()
    assert words in error(run(harness, f"namespace.{type_}", **values))
    assert harness.namespace_files.paths() == before


def test_an_upload_may_skip_what_is_there_and_leaves_out_what_is_not(harness: TaskHarness) -> None:
    uri = harness.put("x", "new")
    run(harness, "namespace.UploadFiles", filesMap={"a.txt": uri, "n.txt": uri}, conflict="SKIP")
    assert content(harness, "a.txt") == b"a.txt"
    assert content(harness, "n.txt") == b"new"
    result = run(harness, "namespace.UploadFiles", filesMap={"m.txt": "kestra:///none"})
    assert (result.state, "it is left out" in result.messages(Level.WARN)[0]) == (State.SUCCESS, True)
    assert not harness.namespace_files.exists("m.txt")


def test_files_are_deleted_by_pattern_with_their_empty_folders(harness: TaskHarness) -> None:
    result = run(harness, "namespace.DeleteFiles", files=["sub/**"], deleteParentFolder=True)
    assert [metric.value for metric in result.metrics] == [1]
    assert harness.namespace_files.paths() == ["/a.txt", "/dir/b.txt"]
    assert not harness.namespace_files.exists("dir/sub")


def test_earlier_revisions_are_purged(harness: TaskHarness) -> None:
    for text in (b"two", b"three", b"four"):
        harness.namespace_files.put("a.txt", BytesIO(text))
    behavior: dict[str, Any] = {"type": "version", "before": "2020-01-01T00:00:00Z"}
    assert run(harness, "namespace.PurgeFiles", behavior=behavior).outputs == {"size": 0}
    behavior = {"type": "version", "keepAmount": 3}
    assert run(harness, "namespace.PurgeFiles", behavior=behavior, filePattern="**.sql").outputs == {"size": 0}
    assert run(harness, "namespace.PurgeFiles", behavior=behavior, namespacePattern="x*").outputs == {"size": 0}
    assert run(harness, "namespace.PurgeFiles", behavior=behavior, namespaces=["company"]).outputs == {"size": 1}
    behavior = {"type": "version", "before": datetime.now(UTC).isoformat()}
    assert run(harness, "namespace.PurgeFiles", behavior=behavior).outputs == {"size": 2}
    assert run(harness, "namespace.PurgeFiles").outputs == {"size": 0}
    assert content(harness, "a.txt") == b"four"


def local_files(harness: TaskHarness, **values: Any) -> TaskRunResult:
    return run(harness, "storage.LocalFiles", outputs=["**"], **values)


def test_input_files_are_inline_or_named_by_any_protocol(harness: TaskHarness, tmp_path: Path) -> None:
    result = local_files(
        harness,
        inputs={
            "inline.txt": "inline",
            "own.txt": "nsfile:///dir/b.txt",
            "other.txt": "nsfile://company/other.txt",
            "stored.txt": harness.put("s.txt", "stored"),
            "local.py": f"file://{tmp_path}/open/hello.py",
        },
    )
    assert {name: harness.read(uri).decode() for name, uri in result.outputs["uris"].items()} == {
        "inline.txt": "inline",
        "own.txt": "dir/b.txt",
        "other.txt": "elsewhere",
        "stored.txt": "stored",
        "local.py": "print('hello')",
    }


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        pytest.param("nsfile:///none.txt", "none.txt (File not found)", id="no such namespace file"),
        pytest.param("nsfile:///other.txt", "other.txt (File not found)", id="parents are not searched"),
        pytest.param("nsfile://none/a.txt", "a.txt (File not found)", id="no such namespace"),
        pytest.param("nsfile:///../x", "relative '..' path", id="dots"),
        pytest.param("nsfile:///%2e%2e/x", "relative '..' path", id="dots in disguise"),
        pytest.param("nsfile:///", "it names no file", id="no name"),
        pytest.param("nsfile://a..b/x", "namespace: 'a..b' is no name", id="no namespace"),
        pytest.param("kestra:///none", "File not found", id="no such stored file"),
        pytest.param("file://{tmp}/closed.txt", "/closed.txt is not authorized. Only files inside", id="not allowed"),
        pytest.param("file:///etc/hostname", "The path /etc/hostname is not authorized.", id="of the machine"),
        pytest.param("file://{tmp}/open/../closed.txt", "is not authorized", id="dots out of the allowed folder"),
        pytest.param("file://{tmp}/open/link", "is not authorized", id="a link out of the allowed folder"),
        pytest.param("file://{tmp}/open/%2e%2e/closed.txt", "is not authorized", id="dots in disguise out of it"),
        pytest.param("file://{tmp}/open/none.py", "No such file", id="allowed but not there"),
        pytest.param("file://{tmp}/open", "Is a directory", id="a folder"),
        pytest.param("file://host/x", "names no file", id="of another host"),
        pytest.param("file:///x%00y", "names no file", id="NUL"),
    ],
)
def test_files_that_cannot_be_read_say_why(harness: TaskHarness, tmp_path: Path, uri: str, words: str) -> None:
    named = uri.replace("{tmp}", str(tmp_path))
    assert words in error(local_files(harness, inputs={"x": named}))
    told = error(run(harness, "debug.Return", format=f"{{{{ read('{named}') }}}}"))
    assert words in told or (".." in named and "Path must not contain '../'" in told)


def test_read_refuses_other_schemes(harness: TaskHarness) -> None:
    result = run(harness, "debug.Return", format="{{ read('http://x/y') }}")
    assert "Cannot process the URI http://x/y: scheme not supported." in error(result)


def test_a_pattern_of_letters_counts_in_any_folder() -> None:
    assert path_matches("/a/b.txt", ["b.txt"])
    assert not path_matches("/a/b.txt", ["/b.txt", "glob:b.txt", "?.txt"])
