"""io.kestra.plugin.core.storage.Write."""

from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask
from lanner_plugins.core.storage.concat import with_dot


class WriteOutput(Output):
    """What ``Write`` gives."""

    uri: str
    """The new file."""


class Write(RunnableTask):
    """Store a text as a file."""

    outputs_type: ClassVar[type[Output] | None] = WriteOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: write_a_file
namespace: company.team

tasks:
  - id: note
    type: io.kestra.plugin.core.storage.Write
    content: "written by {{ flow.id }}"
    extension: .txt

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(outputs.note.uri) }}"
""",
    )

    content: Property[str]
    """The text."""
    extension: Property[str] = default("")
    """Extension of the file."""

    def run(self, context: RunContext) -> WriteOutput:
        name = f"content{with_dot(context.render(self.extension))}"
        return WriteOutput(uri=context.files.put_bytes(context.render(self.content).encode(), name=name))
