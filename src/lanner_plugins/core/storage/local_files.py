"""io.kestra.plugin.core.storage.LocalFiles."""

from typing import Any, ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property
from lanner.sdk.task import RunnableTask
from lanner_plugins.core.files.working_files import store_output_files, write_input_files


class LocalFilesOutput(Output):
    """What ``LocalFiles`` gives."""

    uris: dict[str, str]
    """The stored files: path in the working directory -> URI."""


class LocalFiles(RunnableTask):
    """Write files to the working directory and store files from it (deprecated: use `inputFiles` and `outputFiles`)."""

    replaced_by: ClassVar[str | None] = ""
    outputs_type: ClassVar[type[Output] | None] = LocalFilesOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: local_files
namespace: company.team

tasks:
  - id: files
    type: io.kestra.plugin.core.storage.LocalFiles
    inputs:
      notes/one.txt: "written by {{ flow.id }}"
    outputs:
      - "**.txt"
""",
    )

    inputs: Any = None
    """Files to write: a map of name to content or storage URI, or JSON text of one."""
    outputs: Property[list[str]] | None = None
    """Patterns of the files to store."""

    def run(self, context: RunContext) -> LocalFilesOutput:
        if self.inputs is not None:
            write_input_files(context, self.inputs, {})
        patterns = context.render(self.outputs) or []
        return LocalFilesOutput(uris=store_output_files(context, patterns, context.working_dir))
