"""The pure parts of the services: texts in, values out."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lanner.api.filters import EXECUTION_FIELDS, FLOW_FIELDS, InvalidFilters, read_filters
from lanner.model.execution import Breakpoint
from lanner.model.storage import InvalidStorageUri, slug, storage_path
from lanner.services.errors import InvalidArgument
from lanner.services.executions import read_breakpoints
from lanner.services.flows import split_documents, with_disabled
from lanner.services.queries import Filter, Operator
from lanner.services.webhooks import read_body

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("\n\nid: a\n", ["\n\nid: a\n"], id="one keeps its lines"),
        pytest.param("id: a\n---\nid: b", ["id: a\n", "id: b\n"], id="two"),
        pytest.param("---\nid: a\n--- \n\n---\nid: b\n", ["id: a\n", "id: b\n"], id="empty ones go"),
        pytest.param("a: |\n  ---\n  x\n", ["a: |\n  ---\n  x\n"], id="an indented line is text"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_documents_are_told_apart(text: str, parts: list[str]) -> None:
    assert split_documents(text) == parts


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("id: a\n", "id: a\ndisabled: true\n", id="added"),
        pytest.param("id: a\ndisabled: false\nx: y\n", "id: a\ndisabled: true\nx: y\n", id="replaced"),
        pytest.param("tasks:\n  - disabled: false\n", "tasks:\n  - disabled: false\ndisabled: true\n", id="a task's"),
    ],
)
def test_a_source_is_disabled(source: str, expected: str) -> None:
    assert with_disabled(source, disabled=True) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a.b_c D", "ab-c-d"), ("é__x", "e-x"), ("-a-", "a"), ("A--b", "a-b")],
)
def test_an_id_in_a_path(text: str, expected: str) -> None:
    assert slug(text) == expected


@pytest.mark.parametrize("uri", ["", "file:///x", "kestra://x/y", "/x", "KESTRA:///x"])
def test_only_uris_of_the_storage_are_paths(uri: str) -> None:
    with pytest.raises(InvalidStorageUri):
        storage_path(uri)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        (None, ()),
        ("a, b.x.y,,", (Breakpoint(task_id="a"), Breakpoint(task_id="b", value="x.y"))),
    ],
)
def test_breakpoints(text: str | None, points: tuple[Breakpoint, ...]) -> None:
    assert read_breakpoints(text) == points


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": {"b": null, "c": [null, {"d": null}]}}', {"a": {"c": [None, {}]}}),
        (b"[1]", [1]),
        (b"true", "true"),
        (b"a=1&b=2", "a=1&b=2"),
    ],
)
def test_the_body_of_a_webhook(body: bytes, value: Any) -> None:
    assert read_body(body) == value


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        pytest.param({}, (), id="none"),
        pytest.param({"filters": ["x"]}, (), id="bare"),
        pytest.param({"namespace": ["a"]}, (Filter("namespace", Operator.PREFIX, "a"),), id="flat"),
        pytest.param(
            {"namespace": ["a"], "filters[flowId][EQUALS]": ["b"]},
            (Filter("flowId", Operator.EQUALS, "b"),),
            id="brackets win",
        ),
        pytest.param(
            {"filters[flow_id][in]": ["[a, b]", "c"]}, (Filter("flowId", Operator.IN, ("a", "b", "c")),), id="lists"
        ),
        pytest.param(
            {"filters[labels][EQUALS][a.b]": ["c:d"]}, (Filter("labels", Operator.EQUALS, ("a.b", "c:d")),), id="map"
        ),
        pytest.param({"filters[QUERY][EQUALS]": ["a"]}, (Filter("q", Operator.EQUALS, "a"),), id="old name"),
        pytest.param(
            {"filters[timeRange][EQUALS]": ["PT24H"]},
            (Filter("startDate", Operator.GREATER_THAN_OR_EQUAL_TO, datetime(2026, 1, 1, tzinfo=UTC)),),
            id="time range",
        ),
    ],
)
def test_filters_are_read(query: dict[str, list[str]], filters: tuple[Filter, ...]) -> None:
    fields = EXECUTION_FIELDS if "timeRange" in str(query) else FLOW_FIELDS
    assert read_filters(query, fields, now=NOW) == filters


@pytest.mark.parametrize(
    "query",
    [
        {"filters[state][EQUALS]": ["NOPE"]},
        {"filters[startDate]": ["x"]},
        {"filters[a][b][c][d]": ["x"]},
        {"filters[labels][EQUALS]": ["nocolon"]},
        {"filters[timeRange][EQUALS]": ["soon"]},
        {"filters[childFilter][EQUALS]": ["NOPE"]},
        {"filters[flowRevision][EQUALS]": ["x"]},
        {"filters[level][EQUALS]": ["INFO"]},
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(query: dict[str, list[str]]) -> None:
    with pytest.raises(InvalidFilters):
        read_filters(query, EXECUTION_FIELDS, now=NOW)


def test_a_time_range_and_a_start_exclude_each_other() -> None:
    with pytest.raises(InvalidArgument):
        read_filters({"timeRange": ["PT1H"], "startDate": ["2026-01-01T00:00:00Z"]}, EXECUTION_FIELDS, now=NOW)
