"""io.kestra.plugin.core.namespace.UploadFiles."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, ClassVar

import orjson

from lanner.model.errors import LannerError
from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner_plugins.core.files.working_files import SCHEMES, path_matches


class Conflict(StrEnum):
    """What to do with a file that is there already."""

    OVERWRITE = "OVERWRITE"
    ERROR = "ERROR"
    SKIP = "SKIP"


class UploadFilesOutput(Output):
    """What ``UploadFiles`` gives."""

    files: dict[str, str] | None = None
    """Nothing, as in Kestra."""


class UploadFiles(RunnableTask):
    """Store files as namespace files."""

    outputs_type: ClassVar[type[Output] | None] = UploadFilesOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: upload_namespace_files
namespace: company.team

tasks:
  - id: write
    type: io.kestra.plugin.core.storage.Write
    content: select 1

  - id: upload
    type: io.kestra.plugin.core.namespace.UploadFiles
    namespace: "{{ flow.namespace }}"
    filesMap:
      one.sql: "{{ outputs.write.uri }}"
    destination: /queries/

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ read('queries/one.sql') }}"
""",
    )

    namespace: Property[str] | None = None
    """Whose files; the flow's namespace when absent."""
    files: Property[list[str]] | None = None
    """Patterns of files in the working directory."""
    files_map: Any = None
    """Name -> URI of a file, or JSON text of that. A URI where there is no file is left out."""
    destination: Property[str] = default("/")
    """What stands before each name, as it is: end a folder with a slash."""
    conflict: Property[Conflict] = default(Conflict.OVERWRITE)
    """What to do with a file that is there already."""

    def run(self, context: RunContext) -> UploadFilesOutput:
        if self.files is None and self.files_map is None:
            raise TaskFailed("files or filesMap is required")
        namespace = context.render(self.namespace) or context.namespace
        destination, conflict = context.render(self.destination), context.render(self.conflict)
        if not destination.startswith("/"):
            destination = f"/{destination}"
        for name, uri in self._uris(context).items():
            try:
                content = context.open_uri(uri)
            except LannerError as error:
                if not uri.startswith(SCHEMES):
                    raise
                context.log.warn(f"{name}: {error}; it is left out")
                continue
            with content:
                _put(context, namespace, destination + name.lstrip("/"), content, conflict)
        for name, path in self._local(context):
            with path.open("rb") as content:
                _put(context, namespace, destination + name, content, conflict)
        return UploadFilesOutput()

    def _uris(self, context: RunContext) -> dict[str, str]:
        found = context.render_value(self.files_map)
        if isinstance(found, str):
            try:
                found = orjson.loads(found)
            except orjson.JSONDecodeError as error:
                raise TaskFailed(f"filesMap: it is a text that is no JSON map: {error}") from error
        if found is None:
            return {}
        if not isinstance(found, dict) or not all(isinstance(uri, str) for uri in found.values()):
            raise TaskFailed("filesMap must be a Map<String, String>")
        return found

    def _local(self, context: RunContext) -> Iterator[tuple[str, Path]]:
        patterns = context.render(self.files)
        if not patterns:
            return
        folder = context.working_dir
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and not path.is_symlink() and path_matches(f"/{name}", patterns):
                yield name, path


def _put(context: RunContext, namespace: str, path: str, content: IO[bytes], conflict: Conflict) -> None:
    if conflict is not Conflict.OVERWRITE and context.namespace_files.exists(path, namespace):
        if conflict is Conflict.ERROR:
            raise TaskFailed(f"File '{path}' already exists in namespace '{namespace}' and conflict is set to ERROR")
        context.log.info(f"{path} exists; it is left as it is")
        return
    context.namespace_files.put(path, content, namespace)
