"""io.kestra.plugin.core.kv.Get."""

from typing import Any, ClassVar

from lanner.model.key_value import KeyValue, KeyValueType
from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner.sdk.text import parse_duration


class GetOutput(Output):
    """What ``Get`` gives."""

    value: Any = None
    """The value; a duration is its number of seconds."""


class Get(RunnableTask):
    """Read a key of a namespace's key-value store.

    The flow's own namespace is searched together with those above it.
    """

    outputs_type: ClassVar[type[Output] | None] = GetOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: read_a_value
namespace: company.team

tasks:
  - id: remember
    type: io.kestra.plugin.core.kv.Set
    key: region
    value: eu-west-1

  - id: read
    type: io.kestra.plugin.core.kv.Get
    key: region

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.read.value }}"
""",
    )

    key: Property[str]
    """Which key."""
    namespace: Property[str] | None = None
    """Whose store; the flow's namespace and those above it when absent."""
    error_on_missing: Property[bool] = default(False)
    """Fail when there is no such key; otherwise the value is null."""

    def run(self, context: RunContext) -> GetOutput:
        key, namespace = context.render(self.key), context.render(self.namespace)
        pair = context.key_values.get(key, namespace)
        if pair is None and context.render(self.error_on_missing):
            raise TaskFailed(missing(key, namespace or context.namespace))
        return GetOutput(value=None if pair is None else _given(pair))


def missing(key: str, namespace: str) -> str:
    """Return what to tell of a key that is not there."""
    return f"No value found for key '{key}' in namespace '{namespace}' and `errorOnMissing` is set to true"


def _given(pair: KeyValue) -> Any:
    return parse_duration(pair.value).total_seconds() if pair.type is KeyValueType.DURATION else pair.value
