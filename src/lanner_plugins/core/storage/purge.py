"""io.kestra.plugin.core.storage.PurgeCurrentExecutionFiles."""

from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.task import RunnableTask


class PurgeOutput(Output):
    """What ``PurgeCurrentExecutionFiles`` gives."""

    uris: list[str]
    """The deleted files."""


class PurgeCurrentExecutionFiles(RunnableTask):
    """Delete all files of the execution."""

    outputs_type: ClassVar[type[Output] | None] = PurgeOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: purge_own_files
namespace: company.team

tasks:
  - id: note
    type: io.kestra.plugin.core.storage.Write
    content: not for long

  - id: purge
    type: io.kestra.plugin.core.storage.PurgeCurrentExecutionFiles
""",
    )

    def run(self, context: RunContext) -> PurgeOutput:
        return PurgeOutput(uris=context.files.delete_execution())
