"""Tasks on stored files. Expected values are those of Kestra 1.0.36 unless the test says otherwise."""

from pathlib import Path
from typing import Any

import pytest

from lanner.model.log import Level
from lanner.model.state import State
from lanner.sdk.task import TaskFailed
from lanner.testing.task_harness import TaskHarness, TaskRunResult
from lanner_plugins.core.files.working_files import inside, matching, path_matches
from lanner_plugins.core.plugin import PLUGIN

ROWS = '{id:1,n:"x"}\n{id:2,n:"y"}\n{id:1,n:"z",f:1.5e0}\n'


@pytest.fixture
def harness(tmp_path: Path) -> TaskHarness:
    return TaskHarness(tmp_path, groups=[PLUGIN])


def storage(harness: TaskHarness, name: str, **values: Any) -> TaskRunResult:
    return harness.run({"type": f"io.kestra.plugin.core.storage.{name}", **values})


def outputs(harness: TaskHarness, name: str, **values: Any) -> dict[str, Any]:
    result = storage(harness, name, **values)
    assert result.state is State.SUCCESS, result.messages()
    return dict(result.outputs)


def only_error(result: TaskRunResult) -> str:
    assert result.state is State.FAILED
    (message,) = result.messages(Level.ERROR)
    return message


def parents(uri: str) -> list[str]:
    """Return the folders of a URI up to that of the execution."""
    folder, found = uri, []
    while not (folder := folder.rpartition("/")[0]).endswith("/executions"):
        found.append(folder)
    return found


@pytest.mark.parametrize("extension", [".txt", "txt"])
def test_write_then_size(harness: TaskHarness, extension: str) -> None:
    uri = outputs(harness, "Write", content="héllo {{ 1 + 1 }}", extension=extension)["uri"]
    assert (uri.endswith(".txt"), harness.read(uri).decode()) == (True, "héllo 2")
    assert outputs(harness, "Size", uri=uri) == {"size": 8}


def test_size_of_nothing_fails(harness: TaskHarness) -> None:
    assert "none.txt" in only_error(storage(harness, "Size", uri="kestra:///company/team/none.txt"))


def test_concat_writes_the_separator_after_each_file(harness: TaskHarness) -> None:
    one, two = harness.put("one", "alpha"), harness.put("two", "beta")
    assert harness.read(outputs(harness, "Concat", files=[one, two])["uri"]) == b"alphabeta"
    new = outputs(harness, "Concat", files=[one, two, one], separator="\n--\n", extension=".md")["uri"]
    assert (harness.read(new), new.endswith(".md")) == (b"alpha\n--\nbeta\n--\nalpha\n--\n", True)
    assert harness.read(outputs(harness, "Concat", files=f'["{two}", "{one}"]', separator=",")["uri"]) == b"beta,alpha,"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param({"a": 1}, "Invalid `files` properties with type 'dict'", id="a map"),
        pytest.param("kestra:///x", "not a JSON list of URIs", id="a plain URI"),
    ],
)
def test_concat_refuses(harness: TaskHarness, files: Any, message: str) -> None:
    assert message in only_error(storage(harness, "Concat", files=files))


def test_delete(harness: TaskHarness) -> None:
    uri = harness.put("x", "x")
    assert outputs(harness, "Delete", uri=uri) == {"uri": uri, "deleted": True}
    assert outputs(harness, "Delete", uri=uri) == {"uri": uri, "deleted": False}
    assert only_error(storage(harness, "Delete", uri=uri, errorOnMissing=True)) == f"Unable to find file '{uri}'"


def test_purge_deletes_the_files_of_the_execution(harness: TaskHarness) -> None:
    uris = [outputs(harness, "Write", content=str(number))["uri"] for number in range(2)]
    purged = outputs(harness, "PurgeCurrentExecutionFiles")["uris"]
    assert [uri for uri in purged if uri in uris] == sorted(uris, reverse=True)
    # Folders are listed as well, up to that of the execution, which comes last.
    assert len(purged) == len({part for uri in uris for part in parents(uri)}) + len(uris)
    assert purged[-1].endswith("/executions/harnessexecution000000")
    assert not any(map(harness.files.exists, uris))


@pytest.mark.parametrize(
    ("content", "values", "expected"),
    [
        pytest.param("r1\nr2\nr3\nr4\nr5\n", {"rows": 2}, ["r1\nr2\n", "r3\nr4\n", "r5\n"], id="rows"),
        pytest.param(
            "a\nbcb\r\nd", {"rows": 1, "separator": "c"}, ["ac", "bcbc", "dc"], id="separator is only written"
        ),
        pytest.param("a\nbcb\r\nd", {"bytes": "4"}, ["a\nbcb\n", "d\n"], id="bytes: closed once reached"),
        pytest.param("a\nb\nc\nd\ne\n", {"partitions": 3}, ["a\nd\n", "b\ne\n", "c\n"], id="partitions in turn"),
        pytest.param("a\nb\n", {"partitions": 8}, ["a\n", "b\n"], id="no empty partitions"),
        pytest.param("a\nb\n", {"bytes": "1KB", "partitions": 2, "rows": 1}, ["a\nb\n"], id="bytes come first"),
        pytest.param("a\nb\n", {"partitions": 1, "rows": 1}, ["a\nb\n"], id="then partitions"),
        pytest.param("", {"rows": 1}, [], id="nothing"),
    ],
)
def test_split(harness: TaskHarness, content: str, values: dict[str, Any], expected: list[str]) -> None:
    uris = outputs(harness, "Split", **{"from": harness.put("x.csv", content)}, **values)["uris"]
    assert [harness.read(uri).decode() for uri in uris] == expected
    assert all(uri.endswith(".csv") for uri in uris)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param({}, "Invalid configuration with no size, count, nor rows", id="no rule"),
        pytest.param({"bytes": "4B"}, "Invalid size with value '4B'", id="bad size"),
        pytest.param({"rows": 0}, "`rows` is 0; it must be at least 1", id="no rows"),
        pytest.param({"partitions": 20_000}, "`partitions` is 20000", id="too many files"),
    ],
)
def test_split_refuses(harness: TaskHarness, values: dict[str, Any], message: str) -> None:
    assert message in only_error(storage(harness, "Split", **{"from": harness.put("x", "a\n")}, **values))


@pytest.mark.parametrize(
    ("values", "expected"),
    [pytest.param({}, "d\nbcb\na\n", id="lines"), pytest.param({"separator": "c"}, "dcbcbcac", id="separator")],
)
def test_reverse(harness: TaskHarness, values: dict[str, Any], expected: str) -> None:
    uri = outputs(harness, "Reverse", **{"from": harness.put("x.csv", "a\nbcb\r\nd")}, **values)["uri"]
    assert (harness.read(uri).decode(), uri.endswith(".csv")) == (expected, True)


def test_reverse_keeps_the_encoding(harness: TaskHarness) -> None:
    uri = harness.put("x", "é\nü".encode("latin-1"))
    assert harness.read(outputs(harness, "Reverse", **{"from": uri}, charset="latin-1")["uri"]) == b"\xfc\n\xe9\n"
    assert "is not text in 'UTF-8'" in only_error(storage(harness, "Reverse", **{"from": uri}))


def test_deduplicate_keeps_the_last_of_each_key_in_its_place(harness: TaskHarness) -> None:
    found = outputs(harness, "DeduplicateItems", **{"from": harness.put("x.ion", ROWS)}, expr="{{ id }}")
    assert harness.read(found.pop("uri")).decode() == '{id:2,n:"y"}\n{id:1,n:"z",f:1.5e0}\n'
    assert found == {"numKeys": 2, "processedItemsTotal": 3, "droppedItemsTotal": 1}


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        pytest.param({"filterCondition": "{{ id == 1 }}"}, "xz", id="include"),
        pytest.param({"filterCondition": "{{ id == 1 }}", "filterType": "EXCLUDE"}, "y", id="exclude"),
        pytest.param(
            {"filterCondition": "{{ f > 1 }}", "errorOrNullBehavior": "INCLUDE", "filterType": "EXCLUDE"},
            "xy",
            id="errors included",
        ),
        pytest.param({"filterCondition": "{{ f > 1 }}", "errorOrNullBehavior": "EXCLUDE"}, "z", id="errors excluded"),
        pytest.param({"filterCondition": "{{ null }}"}, "", id="nothing is false"),
    ],
)
def test_filter(harness: TaskHarness, values: dict[str, Any], kept: str) -> None:
    found = outputs(harness, "FilterItems", **{"from": harness.put("x.ion", ROWS)}, **values)
    lines = harness.read(found["uri"]).decode().splitlines()
    assert "".join(line.split('"')[1] for line in lines) == kept
    assert (found["processedItemsTotal"], found["droppedItemsTotal"]) == (3, 3 - len(kept))


@pytest.mark.parametrize("condition", ["{{ f > 1 }}", "{{ flow.id == 'harness' }}"])
def test_filter_sees_nothing_but_the_row(harness: TaskHarness, condition: str) -> None:
    result = storage(harness, "FilterItems", **{"from": harness.put("x.ion", ROWS)}, filterCondition=condition)
    assert result.state is State.FAILED


def test_reverse_leaves_out_empty_lines(harness: TaskHarness) -> None:
    uri = outputs(harness, "Reverse", **{"from": harness.put("x.csv", "a\n\nb\n")})["uri"]
    assert harness.read(uri) == b"b\na\n"


def test_filter_keeps_rows_as_they_are_written(harness: TaskHarness) -> None:
    dates = "d:2020-01-02,e:2020-01-02T03:04:05+02:00"
    row = f"{{a:true,b:null,c:1.50,{dates},f:{{{{YWI=}}}},g:[1,{{h:\"\\u00e9\"}}],'i j':-0.5e0}}\n"
    found = outputs(harness, "FilterItems", **{"from": harness.put("x.ion", row)}, filterCondition="{{ a }}")
    assert harness.read(found["uri"]).decode() == row


def test_local_files_writes_and_stores(harness: TaskHarness) -> None:
    stored = harness.put("source", "copied")
    inputs = {"a.txt": "by {{ flow.id }}", "b/c.txt": stored, "no.bin": "x"}
    uris = outputs(harness, "LocalFiles", inputs=inputs, outputs=["**.txt"])["uris"]
    assert {name: harness.read(uri).decode() for name, uri in uris.items()} == {
        "a.txt": "by harness",
        "b/c.txt": "copied",
    }


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.txt", "a.txt"),
        ("**.txt", "a.txt d/b.txt d/e/c.txt"),
        ("**/*.txt", "a.txt d/b.txt d/e/c.txt"),
        ("d/*.txt", "d/b.txt"),
        ("d/**", "d/b.txt d/e/c.txt d/e/f.csv"),
        ("**/*.{csv,x}", "d/e/f.csv"),
        ("?.txt", "a.txt"),
        ("**/[bc].txt", "d/b.txt d/e/c.txt"),
        ("**/[!b].txt", "a.txt d/e/c.txt"),
        ("./a.txt", "a.txt"),
        ("a+txt", ""),
        ("d", ""),
    ],
)
def test_patterns(tmp_path: Path, pattern: str, names: str) -> None:
    for name in ("a.txt", "d/b.txt", "d/e/c.txt", "d/e/f.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    assert " ".join(path.relative_to(tmp_path).as_posix() for path in matching(tmp_path, pattern)) == names


@pytest.mark.parametrize(
    ("link", "target", "name", "leads_out"),
    [
        pytest.param("x", "../out/secret", "x", True, id="of a file"),
        pytest.param("d", "../out", "d/new", True, id="of a folder"),
        pytest.param("x", "x", "x", True, id="in a circle"),
        pytest.param("x", "y", "x", False, id="that stays inside"),
    ],
)
def test_links_lead_nowhere_else(tmp_path: Path, link: str, target: str, name: str, leads_out: bool) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "secret").write_text("root")
    (folder / link).symlink_to(target)
    if leads_out:
        with pytest.raises(TaskFailed, match="a link leads out of it"):
            inside(folder, name)
    else:
        assert inside(folder, name) == folder / name


@pytest.mark.parametrize("name", ["", ".", "./", "/x", "~/x", "../x", "a/../../x", "a\0b"])
def test_names_below_a_folder_only(tmp_path: Path, name: str) -> None:
    with pytest.raises(TaskFailed, match="is not a file name below the working directory"):
        inside(tmp_path, name)


def test_a_name_that_no_disk_takes_is_told(harness: TaskHarness) -> None:
    result = harness.run({"type": "io.kestra.plugin.core.storage.LocalFiles", "inputs": {"n" * 300: "x"}})
    assert "cannot be written: File name too long" in " ".join(result.messages())


def test_patterns_of_paths_end_in_time() -> None:
    assert not path_matches("/" + "a" * 60 + "!", ["regex:/(a+)+"])
    with pytest.raises(TaskFailed, match="is no pattern"):
        path_matches("/a", ["regex:("])


@pytest.mark.parametrize(
    "task",
    [
        {"type": "io.kestra.plugin.core.storage.Concat", "files": [], "extension": "/../evil"},
        {"type": "io.kestra.plugin.core.storage.Write", "content": "x", "extension": "../../evil"},
    ],
)
def test_an_extension_is_no_path(harness: TaskHarness, task: dict[str, Any]) -> None:
    (message,) = harness.run(task).messages()
    assert message.startswith("`extension` is")
