"""io.kestra.plugin.core.kv.Set."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from lanner.model.key_value import KeyValueType
from lanner.sdk.context import RunContext
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner.sdk.text import parse_duration, to_text


class Set(RunnableTask):
    """Set a key of a namespace's key-value store.

    A value that is one expression keeps its type; everything else is text. Text that is an
    ISO-8601 duration is kept as a duration.
    """

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: remember_a_value
namespace: company.team

tasks:
  - id: remember
    type: io.kestra.plugin.core.kv.Set
    key: last_run
    value: "{{ {'at': execution.startDate, 'rows': 12} }}"
    ttl: P7D

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ kv('last_run').rows }} rows"
""",
    )

    key: Property[str]
    """Name: letters, digits, `.`, `_` and `-`, the first a letter or digit."""
    value: Any
    """What to keep."""
    namespace: Property[str] | None = None
    """Whose store; the flow's namespace when absent."""
    overwrite: Property[bool] = default(True)
    """Replace the value of a key that exists; otherwise that is a failure."""
    ttl: Property[timedelta] | None = None
    """How long the value lives; for ever when absent."""
    kv_type: Property[KeyValueType] | None = None
    """Read a text as this type."""
    kv_description: Property[str] | None = None
    """What the value is for."""

    def run(self, context: RunContext) -> None:
        type_ = context.render(self.kv_type)
        context.key_values.set(
            context.render(self.key),
            _converted(self._value(context, type_), type_),
            namespace=context.render(self.namespace),
            ttl=context.render(self.ttl),
            description=context.render(self.kv_description),
            overwrite=context.render(self.overwrite),
        )

    def _value(self, context: RunContext, type_: KeyValueType | None) -> Any:
        if isinstance(self.value, dict | list):
            return json.dumps(
                _without_nulls(context.render_value(self.value)), ensure_ascii=False, separators=(",", ":")
            )
        text = str(to_text(self.value))
        return context.render(text) if type_ is KeyValueType.STRING else context.evaluate(text)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _converted(value: Any, type_: KeyValueType | None) -> Any:
    """Return a text as the type it is to be; raises ``TaskFailed``."""
    if type_ is None or not isinstance(value, str):
        return value
    try:
        return _READERS[type_](value)
    except (ValueError, RecursionError) as error:
        raise TaskFailed(f"value: {value[:200]!r} is not a {type_}: {error}") from error


_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)")


def _number(text: str) -> Any:
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError("write it as in JSON, such as 12 or 1.5")
    return json.loads(text)


def _moment(text: str) -> datetime:
    if not _MOMENT.fullmatch(text):
        raise ValueError("write a moment with seconds and zone, such as 2024-12-31T08:00:00Z")
    return datetime.fromisoformat(text)


def _seconds(text: str) -> float:
    if not text.upper().lstrip("+-").startswith("P"):
        raise ValueError("write ISO-8601, such as PT30S or P1D")
    return parse_duration(text).total_seconds()


_READERS: dict[KeyValueType, Callable[[str], Any]] = {
    KeyValueType.STRING: str,
    KeyValueType.NUMBER: _number,
    KeyValueType.BOOLEAN: lambda text: text.lower() == "true",
    KeyValueType.DATETIME: _moment,
    # Kestra wants a moment for a DATE too, and keeps a duration as its number of seconds.
    KeyValueType.DATE: _moment,
    KeyValueType.DURATION: _seconds,
    KeyValueType.JSON: json.loads,
}
