"""io.kestra.plugin.core.storage.Size."""

from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property
from lanner.sdk.task import RunnableTask


class SizeOutput(Output):
    """What ``Size`` gives."""

    size: int
    """Number of bytes."""


class Size(RunnableTask):
    """Tell the size of a stored file."""

    outputs_type: ClassVar[type[Output] | None] = SizeOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: size_of_a_file
namespace: company.team

tasks:
  - id: note
    type: io.kestra.plugin.core.storage.Write
    content: twelve bytes

  - id: size
    type: io.kestra.plugin.core.storage.Size
    uri: "{{ outputs.note.uri }}"
""",
    )

    uri: Property[str]
    """The file."""

    def run(self, context: RunContext) -> SizeOutput:
        return SizeOutput(size=context.files.size(context.render(self.uri)))
