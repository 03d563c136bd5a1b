"""Tasks that are made while a flow runs."""

import pytest

from lanner.flows.problem import InvalidFlow
from lanner.flows.task_text import read_task
from tests.flows.sample_plugins import REGISTRY, Log


def test_a_task_is_read_from_its_text() -> None:
    task = read_task("id: a\ntype: io.kestra.plugin.core.log.Log\nmessage: hello\n", REGISTRY)
    assert isinstance(task, Log)
    assert task.id == "a"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("id: a\nid: b\n", "id (line 2, column 1): Duplicate field 'id'; it stands at line 1 already"),
        ("just text", "flow: must be a map with a `type`"),
        (
            "id: a\ntype: io.kestra.plugin.core.log.Log\nmesage: hello\n",
            "mesage (line 3, column 1): unknown property `mesage` of io.kestra.plugin.core.log.Log; did you mean `mess",
        ),
        ("id: a\ntype: io.kestra.plugin.Lost\n", "type (line 2, column 1): Invalid type: io.kestra.plugin.Lost"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_task_is_said_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(InvalidFlow) as caught:
        read_task(text, REGISTRY)
    assert sentence in str(caught.value)
