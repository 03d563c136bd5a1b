"""io.kestra.plugin.core.namespace.DeleteFiles."""

from typing import Any, ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask
from lanner_plugins.core.files.working_files import path_matches
from lanner_plugins.core.namespace.download_files import patterns


class DeleteFilesOutput(Output):
    """What ``DeleteFiles`` gives."""

    files: dict[str, str] | None = None
    """Nothing, as in Kestra."""


class DeleteFiles(RunnableTask):
    """Delete namespace files."""

    outputs_type: ClassVar[type[Output] | None] = DeleteFilesOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: delete_namespace_files
namespace: company.team

tasks:
  - id: clean
    type: io.kestra.plugin.core.namespace.DeleteFiles
    namespace: "{{ flow.namespace }}"
    files:
      - "**.tmp"
      - old/**
""",
    )

    namespace: Property[str] | None = None
    """Whose files; the flow's namespace when absent."""
    files: Any
    """A pattern or a list of them. One that begins with a letter or digit counts in any folder."""
    delete_parent_folder: Property[bool] = default(False)
    """Delete the folders too that hold no file any more."""

    def run(self, context: RunContext) -> DeleteFilesOutput:
        namespace = context.render(self.namespace) or context.namespace
        wanted = patterns(context, self.files, "Files must be a String or a list of String")
        gone = [path for path in context.namespace_files.paths(namespace) if path_matches(path, wanted)]
        for path in gone:
            context.namespace_files.delete(path, namespace)
        if context.render(self.delete_parent_folder):
            left = context.namespace_files.paths(namespace)
            for folder in sorted({path.rpartition("/")[0] for path in gone} - {""}, reverse=True):
                if not any(path.startswith(f"{folder}/") for path in left):
                    context.namespace_files.delete(folder, namespace)
        context.counter("deleted", len(gone))
        return DeleteFilesOutput()
