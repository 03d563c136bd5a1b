"""io.kestra.plugin.core.namespace.DownloadFiles."""

import shutil
from typing import Any, ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner_plugins.core.files.working_files import inside, path_matches


class DownloadFilesOutput(Output):
    """What ``DownloadFiles`` gives."""

    files: dict[str, str]
    """Path of the namespace file -> URI of the copy."""


class DownloadFiles(RunnableTask):
    """Copy namespace files to the internal storage, for the tasks that follow."""

    outputs_type: ClassVar[type[Output] | None] = DownloadFilesOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: download_namespace_files
namespace: company.team

tasks:
  - id: write
    type: io.kestra.plugin.core.storage.Write
    content: select 1

  - id: upload
    type: io.kestra.plugin.core.namespace.UploadFiles
    namespace: "{{ flow.namespace }}"
    filesMap:
      queries/one.sql: "{{ outputs.write.uri }}"

  - id: download
    type: io.kestra.plugin.core.namespace.DownloadFiles
    namespace: "{{ flow.namespace }}"
    files: "queries/**"

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(outputs.download.files['/queries/one.sql']) }}"
""",
    )

    namespace: Property[str] | None = None
    """Whose files; the flow's namespace when absent."""
    files: Any
    """A pattern or a list of them. One that begins with a letter or digit counts in any folder."""
    destination: Property[str] = default("")
    """What stands before the name of each copy, as it is: end a folder with a slash."""

    def run(self, context: RunContext) -> DownloadFilesOutput:
        namespace = context.render(self.namespace) or context.namespace
        wanted = patterns(context, self.files, "The files property must be a string or a list of strings.")
        destination = context.render(self.destination).lstrip("/")
        uris: dict[str, str] = {}
        for path in context.namespace_files.paths(namespace):
            if not path_matches(path, wanted):
                continue
            name = destination + path.lstrip("/")
            local = inside(context.working_dir, f".namespace/{name}")
            local.parent.mkdir(parents=True, exist_ok=True)
            with context.namespace_files.open(path, namespace) as source, local.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            uris[path] = context.files.put(local, name=name)
        context.counter("downloaded", len(uris))
        return DownloadFilesOutput(files=uris)


def patterns(context: RunContext, value: Any, refusal: str) -> list[str]:
    """Return a text or a list of texts, rendered, as a list; other values fail with ``refusal``."""
    rendered = context.render_value(value)
    if isinstance(rendered, str):
        return [rendered]
    if isinstance(rendered, list) and all(isinstance(item, str) for item in rendered):
        return rendered
    raise TaskFailed(refusal)
