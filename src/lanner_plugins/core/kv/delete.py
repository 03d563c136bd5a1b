"""io.kestra.plugin.core.kv.Delete."""

from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner_plugins.core.kv.get import missing


class DeleteOutput(Output):
    """What ``Delete`` gives."""

    deleted: bool
    """Whether there was such a key."""


class Delete(RunnableTask):
    """Delete a key of a namespace's key-value store."""

    outputs_type: ClassVar[type[Output] | None] = DeleteOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: forget_a_value
namespace: company.team

tasks:
  - id: remember
    type: io.kestra.plugin.core.kv.Set
    key: token
    value: not for long

  - id: forget
    type: io.kestra.plugin.core.kv.Delete
    key: token
""",
    )

    key: Property[str]
    """Which key."""
    namespace: Property[str] | None = None
    """Whose store; the flow's namespace when absent."""
    error_on_missing: Property[bool] = default(False)
    """Fail when there is no such key."""

    def run(self, context: RunContext) -> DeleteOutput:
        key, namespace = context.render(self.key), context.render(self.namespace)
        deleted = context.key_values.delete(key, namespace)
        if not deleted and context.render(self.error_on_missing):
            raise TaskFailed(missing(key, namespace or context.namespace))
        return DeleteOutput(deleted=deleted)
