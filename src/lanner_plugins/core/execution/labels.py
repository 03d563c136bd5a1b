"""Labels set while the execution runs."""

from collections.abc import Mapping
from typing import Any, ClassVar

import orjson

from lanner.model import label as model
from lanner.sdk.flowable import ExecutionUpdate, Scope, Update
from lanner.sdk.text import to_text


class Labels(ExecutionUpdate):
    """Add labels to the execution, or change those it has.

    System labels are refused.
    """

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: relabel
namespace: company.team
tasks:
  - id: mark
    type: io.kestra.plugin.core.execution.Labels
    labels:
      stage: done
  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ labels.stage }}"
""",
    )

    labels: Any
    """A map, a list of ``key`` and ``value``, or an expression that gives a JSON map."""

    def update(self, scope: Scope) -> Update:
        labels = tuple(model.Label(key, value) for key, value in _pairs(scope.render(self.labels)))
        offending = [label for label in labels if label.is_system]
        if offending:
            named = ", ".join(f"{label.key}={label.value}" for label in offending)
            raise ValueError(f"System labels can only be set by Kestra itself, offending label: {named}")
        return Update(labels=labels)


def _pairs(labels: Any) -> model.Labels:
    if isinstance(labels, str):
        try:
            given = orjson.loads(labels)
        except orjson.JSONDecodeError as error:
            raise ValueError(f"the labels are not a JSON map: {labels!r} ({error})") from error
        labels = {key: to_text(value) for key, value in given.items()} if isinstance(given, Mapping) else given
    if isinstance(labels, Mapping):
        return tuple(model.Label(str(key), _text(key, value)) for key, value in labels.items() if value is not None)
    if isinstance(labels, list):
        return tuple(_pair(item) for item in labels)
    raise ValueError(f"Unknown value type: {type(labels).__name__}; labels are a map or a list of `key` and `value`")


def _pair(item: Any) -> model.Label:
    if not isinstance(item, Mapping) or not {"key", "value"} <= set(item):
        raise ValueError(f"a label in a list has `key` and `value`, not {item!r}")
    return model.Label(str(item["key"]), _text(item["key"], item["value"]))


def _text(key: Any, value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(f"the value of label `{key}` must be a text, not {value!r}; write it in quotes")
