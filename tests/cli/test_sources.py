"""Finding the flows of files and folders."""

from pathlib import Path

import pytest

from lanner.cli.ending import InputInvalid
from lanner.cli.sources import flow_files, split


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("id: a\n", [(1, "id: a\n")], id="one"),
        pytest.param("id: a\n---\nid: b\n", [(1, "id: a\n"), (3, "id: b\n")], id="two"),
        pytest.param("---\nid: a\n", [(2, "id: a\n")], id="a leading mark"),
        pytest.param("# c\n---\n\nid: a\n---\n", [(3, "\nid: a\n")], id="comments and empty ends are no flows"),
        pytest.param("id: a\ntext: |\n  ---\n", [(1, "id: a\ntext: |\n  ---\n")], id="a mark within a text"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_documents_are_parted_and_know_their_first_line(text: str, expected: list[tuple[int, str]]) -> None:
    assert [(source.first_line, source.text) for source in split(Path("f.yaml"), text)] == expected


def test_folders_give_their_yaml_files_in_order(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "note.md"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert [path.name for path in flow_files([tmp_path])] == ["a.yml", "b.yaml"]


def test_a_folder_without_flows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match=r"no \.yaml or \.yml file is in this folder"):
        flow_files([tmp_path])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id: a\n", ":4: a flow has an `id` and a `namespace`"),
        ("- a\n", ":4: a flow has an `id` and a `namespace`"),
        ("id: [\n", ":5:1: not YAML: "),
    ],
)
def test_what_is_no_flow_is_refused_with_its_line(text: str, message: str) -> None:
    (_, source) = split(Path("f.yaml"), f"id: x\nnamespace: y\n---\n{text}")
    with pytest.raises(InputInvalid) as caught:
        source.identity()
    assert message in f"{caught.value}"
