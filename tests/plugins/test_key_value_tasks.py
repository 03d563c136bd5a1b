"""Tasks kv.* and state.*. Source: asked of the real engine 1.0.36, and the 1.0 release notes (PurgeKV)."""

from hashlib import md5
from pathlib import Path
from typing import Any

import pytest

from lanner.model.log import Level
from lanner.model.state import State
from lanner.testing.task_harness import TaskHarness, TaskRunResult
from lanner_plugins.core.plugin import PLUGIN

CORE = "io.kestra.plugin.core"


@pytest.fixture
def harness(tmp_path: Path) -> TaskHarness:
    return TaskHarness(tmp_path, groups=[PLUGIN])


def run(harness: TaskHarness, type_: str, variables: dict[str, Any] | None = None, **values: Any) -> TaskRunResult:
    return harness.run({"type": f"{CORE}.{type_}", **values}, variables)


def expression(harness: TaskHarness, template: str) -> Any:
    return run(harness, "debug.Return", format=template).outputs["value"]


@pytest.mark.parametrize(
    ("values", "got", "printed"),
    [
        pytest.param({"value": 12}, "12", "12", id="a number as written is text"),
        pytest.param({"value": True}, "true", "true", id="a boolean as written is text"),
        pytest.param({"value": "{{ 1.5 }}"}, 1.5, "1.5", id="an expression keeps its type"),
        pytest.param({"value": "{{ {'k': [1, null]} }}"}, {"k": [1, None]}, '{"k":[1,null]}', id="a map"),
        pytest.param({"value": "n: {{ [1, 2] }}"}, "n: [1,2]", "n: [1,2]", id="a list within text is text"),
        pytest.param(
            {"value": {"x": 1, "y": "{{ 1 + 1 }}", "z": None}},
            '{"x":1,"y":"2"}',
            '{"x":1,"y":"2"}',
            id="YAML is JSON text",
        ),
        pytest.param({"value": "{{ null }}"}, None, "", id="null"),
        pytest.param({"value": "P1D", "kvType": "STRING"}, 86400.0, "PT24H", id="text that is a duration"),
        pytest.param({"value": "PT"}, "PT", "PT", id="text that is nearly one"),
        pytest.param({"value": "PT15M", "kvType": "DURATION"}, 900.0, "900.0", id="DURATION is seconds"),
        pytest.param({"value": "1e3", "kvType": "NUMBER"}, 1000.0, "1000.0", id="NUMBER"),
        pytest.param({"value": "5", "kvType": "NUMBER"}, 5, "5", id="a whole NUMBER"),
        pytest.param({"value": "yes", "kvType": "BOOLEAN"}, False, "false", id="BOOLEAN knows only true"),
        pytest.param({"value": "TRUE", "kvType": "BOOLEAN"}, True, "true", id="in any case"),
        pytest.param({"value": '{"a": [1]}', "kvType": "JSON"}, {"a": [1]}, '{"a":[1]}', id="JSON"),
        pytest.param({"value": {"a": 1}, "kvType": "JSON"}, {"a": 1}, '{"a":1}', id="JSON from YAML"),
        pytest.param(
            {"value": "2024-01-01T10:00:00+02:00", "kvType": "DATETIME"},
            "2024-01-01T08:00:00Z",
            "2024-01-01T08:00:00Z",
            id="DATETIME",
        ),
        pytest.param({"value": "2024-01-01"}, "2024-01-01", "2024-01-01", id="a date is text"),
        pytest.param({"value": "{{ 5 }}", "kvType": "STRING"}, "5", "5", id="STRING of a number"),
        pytest.param({"value": ""}, "", "", id="empty text"),
    ],
)
def test_a_value_that_was_set_is_read_with_its_type(
    harness: TaskHarness, values: dict[str, Any], got: Any, printed: str
) -> None:
    assert run(harness, "kv.Set", key="k", **values).state is State.SUCCESS
    outputs = run(harness, "kv.Get", key="k").outputs
    assert (outputs.get("value"), type(outputs.get("value"))) == (got, type(got))
    assert expression(harness, "{{ kv('k') }}") == printed


@pytest.mark.parametrize(
    ("values", "words"),
    [
        pytest.param({"key": "b ad", "value": 1}, "Key must start with an alphanumeric", id="blank in key"),
        pytest.param({"key": "../x", "value": 1}, "Key must start with an alphanumeric", id="dots and slashes"),
        pytest.param({"key": "a/../../b", "value": 1}, "Key must start with an alphanumeric", id="slashes within"),
        pytest.param({"key": "a\0b", "value": 1}, "Key must start with an alphanumeric", id="NUL"),
        pytest.param({"key": "", "value": 1}, "Key cannot be null or empty", id="no key"),
        pytest.param({"key": "k" * 257, "value": 1}, "key: it has 257 characters", id="a huge key"),
        pytest.param({"key": "k", "value": "twelve", "kvType": "NUMBER"}, "'twelve' is not a NUMBER", id="no number"),
        pytest.param({"key": "k", "value": "[1", "kvType": "NUMBER"}, "is not a NUMBER", id="half a list"),
        pytest.param({"key": "k", "value": "2024", "kvType": "DATETIME"}, "'2024' is not a DATETIME", id="no moment"),
        pytest.param({"key": "k", "value": "2024-01-01", "kvType": "DATE"}, "is not a DATE", id="DATE wants a moment"),
        pytest.param({"key": "k", "value": "x", "kvType": "DURATION"}, "'x' is not a DURATION", id="no duration"),
        pytest.param({"key": "k", "value": "{bad", "kvType": "JSON"}, "is not a JSON", id="no JSON"),
        pytest.param({"key": "k", "value": "[" * 100_000, "kvType": "JSON"}, "is not a JSON", id="deep JSON"),
        pytest.param({"key": "k", "value": "x", "kvType": "SHORT"}, "is not a valid KeyValueType", id="no type"),
        pytest.param({"key": "k", "value": "x", "ttl": "-PT1S"}, "ttl cannot be negative", id="negative ttl"),
        pytest.param({"key": "k", "value": "x", "ttl": "P999999999D"}, "ttl: ", id="ttl beyond time"),
        pytest.param({"key": "k", "value": "x", "ttl": "soon"}, "'soon' is not a duration", id="no ttl"),
        pytest.param(
            {"key": "k", "value": "x", "namespace": "a/../b"}, "'a/../b' is no name of a", id="namespace path"
        ),
        pytest.param(
            {"key": "k", "value": "x", "namespace": "other"}, "'other' does not exist", id="no such namespace"
        ),
    ],
)
def test_what_cannot_be_set_is_refused(harness: TaskHarness, values: dict[str, Any], words: str) -> None:
    result = run(harness, "kv.Set", **values)
    assert result.state is State.FAILED
    assert words in result.messages(Level.ERROR)[0]


def test_a_value_of_half_characters_is_refused(harness: TaskHarness) -> None:
    result = run(harness, "kv.Set", {"half": "\ud800"}, key="k", value="{{ half }}")
    assert "half a character" in result.messages(Level.ERROR)[0]
    result = run(harness, "kv.Set", {"half": {"a": ["\ud800"]}}, key="k", value="{{ half }}")
    assert "half a character" in result.messages(Level.ERROR)[0]


def test_a_key_is_set_once_without_overwrite(harness: TaskHarness) -> None:
    run(harness, "kv.Set", key="k", value="one", overwrite=False)
    result = run(harness, "kv.Set", key="k", value="two", overwrite=False)
    assert result.messages(Level.ERROR) == [
        "Cannot set value for key 'k'. Key already exists and `overwrite` is set to `false`."
    ]
    assert expression(harness, "{{ kv('k') }}") == "one"


def test_a_missing_key_is_null_or_a_failure(harness: TaskHarness) -> None:
    assert run(harness, "kv.Get", key="none").outputs == {}
    assert run(harness, "kv.Delete", key="none").outputs == {"deleted": False}
    for task in ("kv.Get", "kv.Delete"):
        assert run(harness, task, key="none", errorOnMissing=True).messages(Level.ERROR) == [
            "No value found for key 'none' in namespace 'company.team' and `errorOnMissing` is set to true"
        ]
    assert expression(harness, "{{ kv('none', errorOnMissing=false) ?? 'else' }}") == "else"
    assert "The key 'none' does not exist in the namespace 'company.team'." in str(
        run(harness, "debug.Return", format="{{ kv('none') }}").error
    )


def test_parents_are_searched_from_the_own_namespace_only(harness: TaskHarness) -> None:
    run(harness, "kv.Set", key="shared", value="above", namespace="company")
    assert run(harness, "kv.Get", key="shared").outputs == {"value": "above"}
    assert run(harness, "kv.Get", key="shared", namespace="company.team").outputs == {"value": "above"}
    assert run(harness, "kv.Get", key="shared", namespace="company").outputs == {"value": "above"}
    assert expression(harness, "{{ kv('shared') }}") == "above"
    run(harness, "kv.Set", key="shared", value="own")
    assert expression(harness, "{{ kv('shared') }}{{ kv('shared', 'company') }}") == "ownabove"


def test_keys_and_deletion_are_of_one_namespace(harness: TaskHarness) -> None:
    run(harness, "kv.Set", key="shared", value="above", namespace="company")
    for key in ("b", "a.2", "a.1"):
        run(harness, "kv.Set", key=key, value="x")
    assert run(harness, "kv.GetKeys").outputs == {"keys": ["a.1", "a.2", "b"]}
    assert run(harness, "kv.GetKeys", prefix="a.").outputs == {"keys": ["a.1", "a.2"]}
    assert run(harness, "kv.Delete", key="shared").outputs == {"deleted": False}
    assert run(harness, "kv.Delete", key="b").outputs == {"deleted": True}
    assert run(harness, "kv.GetKeys").outputs == {"keys": ["a.1", "a.2"]}


@pytest.mark.parametrize(
    ("values", "left"),
    [
        pytest.param({"expiredOnly": True}, {"a": "", "b": ""}, id="the expired, as in the release notes"),
        pytest.param({}, {"a": "", "b": ""}, id="the expired when nothing is said"),
        pytest.param({"behavior": {"type": "key"}}, {"a": "", "b": ""}, id="the expired, in words of 1.1"),
        pytest.param({"behavior": {"type": "version", "keepAmount": 1}}, {"a": "", "b": ""}, id="revisions: none"),
        pytest.param({"expiredOnly": False, "keyPattern": "a*"}, {"b": ""}, id="by key"),
        pytest.param({"behavior": {"type": "key", "expiredOnly": False}, "keyPattern": "?"}, {}, id="by pattern"),
        pytest.param({"expiredOnly": False, "namespaces": ["company"]}, {}, id="below a namespace"),
        pytest.param(
            {"expiredOnly": False, "namespaces": ["company"], "includeChildNamespaces": False},
            {"a": "", "b": ""},
            id="not below it",
        ),
        pytest.param({"expiredOnly": False, "namespacePattern": "*.team"}, {}, id="by pattern of namespaces"),
        pytest.param({"expiredOnly": False, "namespacePattern": "x*"}, {"a": "", "b": ""}, id="by another"),
    ],
)
def test_purge(harness: TaskHarness, values: dict[str, Any], left: dict[str, str]) -> None:
    run(harness, "kv.Set", key="gone", value="x", ttl="PT0S")
    for key in ("a", "b"):
        run(harness, "kv.Set", key=key, value="x")
    result = run(harness, "kv.PurgeKV", **values)
    assert result.state is State.SUCCESS
    assert run(harness, "kv.GetKeys").outputs == {"keys": sorted(left)}
    is_default = not values or values.get("expiredOnly") is True or values.get("behavior") == {"type": "key"}
    if is_default:
        assert result.outputs == {"size": 1}
        assert run(harness, "kv.PurgeKV").outputs == {"size": 0}


def test_purge_takes_one_way_to_name_namespaces(harness: TaskHarness) -> None:
    result = run(harness, "kv.PurgeKV", namespaces=["a"], namespacePattern="b")
    assert "exclude each other" in result.messages(Level.ERROR)[0]


def test_a_state_is_merged_read_and_deleted(harness: TaskHarness) -> None:
    run(harness, "state.Set", name="ledger", data={"a": 1, "deep": {"x": 1}, "list": [1]})
    result = run(harness, "state.Set", name="ledger", data={"b": "{{ 1 + 1 }}", "deep": {"y": 2}, "list": [2]})
    assert result.outputs == {"count": 4, "key": "harness_states_tasks-states_ledger"}
    assert run(harness, "state.Get", name="ledger").outputs == {
        "count": 4,
        "data": {"a": 1, "deep": {"x": 1, "y": 2}, "list": [1, 2], "b": "2"},
    }
    assert run(harness, "state.Delete", name="ledger").outputs == {"deleted": True}
    assert run(harness, "state.Delete", name="ledger").outputs == {"deleted": False}
    assert run(harness, "state.Get", name="ledger").outputs == {"count": 0, "data": {}}


def test_a_null_changes_nothing_in_a_state(harness: TaskHarness) -> None:
    run(harness, "state.Set", data={"a": 1, "b": {"x": 1}})
    run(harness, "state.Set", data={"a": None, "b": {"x": None, "z": 3}, "n": {"p": None}})
    run(harness, "state.Set")
    assert run(harness, "state.Get").outputs == {"count": 3, "data": {"a": 1, "b": {"x": 1, "z": 3}, "n": {}}}


def test_a_missing_state_may_be_a_failure(harness: TaskHarness) -> None:
    result = run(harness, "state.Get", name="nope", errorOnMissing=True)
    assert result.messages(Level.ERROR) == ["State harness_states_tasks-states_nope not found"]
    result = run(harness, "state.Delete", name="nope", errorOnMissing=True)
    assert result.messages(Level.ERROR) == ["Unable to find the state file 'nope'"]


@pytest.mark.parametrize(
    ("values", "key"),
    [
        pytest.param({}, f"harness_states_tasks-states_default_{md5(b'v1').hexdigest()}", id="of the flow and value"),
        pytest.param({"taskrunValue": False}, "harness_states_tasks-states_default", id="of the flow"),
        pytest.param({"namespace": True, "taskrunValue": False}, "states_tasks-states_default", id="of the namespace"),
    ],
)
def test_the_key_of_a_state(harness: TaskHarness, values: dict[str, Any], key: str) -> None:
    result = run(harness, "state.Set", {"taskrun": {"value": "v1"}}, data={"a": 1}, **values)
    assert result.outputs == {"count": 1, "key": key}
