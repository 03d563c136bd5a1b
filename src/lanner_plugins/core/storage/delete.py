"""io.kestra.plugin.core.storage.Delete."""

from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed


class DeleteOutput(Output):
    """What ``Delete`` gives."""

    uri: str
    """The file."""
    deleted: bool
    """Whether there was one."""


class Delete(RunnableTask):
    """Delete a stored file."""

    outputs_type: ClassVar[type[Output] | None] = DeleteOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: delete_a_file
namespace: company.team

tasks:
  - id: note
    type: io.kestra.plugin.core.storage.Write
    content: not for long

  - id: delete
    type: io.kestra.plugin.core.storage.Delete
    uri: "{{ outputs.note.uri }}"
""",
    )

    uri: Property[str]
    """The file."""
    error_on_missing: Property[bool] = default(False)
    """Fail when there is none."""

    def run(self, context: RunContext) -> DeleteOutput:
        uri = context.render(self.uri)
        deleted = context.files.delete(uri)
        if not deleted and context.render(self.error_on_missing):
            raise TaskFailed(f"Unable to find file '{uri}'")
        return DeleteOutput(uri=uri, deleted=deleted)
