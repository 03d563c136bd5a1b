"""Tasks that share a working directory."""

import shutil
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from lanner.model.errors import LannerError
from lanner.sdk.context import RunContext
from lanner.sdk.flowable import Shape, SharedFolder
from lanner.sdk.plugin import PluginModel
from lanner.sdk.property import Property
from lanner.sdk.task import AnyTask, RunnableTask, Task, TaskFailed
from lanner.sdk.text import Duration
from lanner_plugins.core.files.namespace_files import NamespaceFiles
from lanner_plugins.core.files.working_files import inside, leads_out, matching, store_output_files, write_input_files

ARCHIVE = ".lanner-cache.zip"


class Cache(PluginModel):
    """Files that the next run of the task finds again."""

    patterns: tuple[str, ...] = Field(min_length=1)
    """Which files to keep, such as `node_modules/**`."""
    ttl: Duration | None = None
    """How long they count; for ever when absent."""


class WorkingDirectory(SharedFolder):
    """Run tasks one after the other in one folder: each finds the files of those before it.

    Outputs: ``outputFiles``, name -> URI. ``errors`` and ``finally`` run outside the folder. A restart
    begins with an empty folder and all tasks.
    """

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: working_directory
namespace: company.team
tasks:
  - id: folder
    type: io.kestra.plugin.core.flow.WorkingDirectory
    inputFiles:
      greeting.txt: "Hello from {{ flow.id }}"
    outputFiles: ["*.txt"]
    tasks:
      - id: keep
        type: io.kestra.plugin.core.storage.LocalFiles
        outputs: [greeting.txt]
  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(outputs.folder.outputFiles['greeting.txt']) }}"
""",
    )

    tasks: tuple[AnyTask, ...] = Field(min_length=1)
    """What to run, in order; only tasks that a worker runs."""
    namespace_files: NamespaceFiles | None = None
    """Files of the namespace to put into the folder first."""
    input_files: Any = None
    """Files to write first: name -> text or URI."""
    output_files: Property[list[str]] | None = None
    """Which files to store at the end, as patterns."""
    cache: Cache | None = None
    """Which files the next run begins with."""

    @model_validator(mode="after")
    def _holds_runnable_tasks(self) -> Self:
        if any(not isinstance(task, RunnableTask) for task in self.tasks):
            raise ValueError("Only runnable tasks are allowed as children of a WorkingDirectory task")
        if any(task.worker_group is not None for task in self.tasks):
            raise ValueError(
                "Cannot set a Worker Group in any WorkingDirectory sub-tasks, "
                "it is only supported at the WorkingDirectory level"
            )
        return self

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {"tasks": self.tasks}

    def shape(self, memo: Mapping[str, Any]) -> Shape:  # noqa: ARG002  # nothing was decided
        return Shape(tasks=self.tasks)

    def prepares(self, memo: Mapping[str, Any]) -> bool:  # noqa: ARG002  # the definition says it
        return self.input_files is not None or self.namespace_files is not None or self.cache is not None

    @property
    def collects(self) -> bool:
        return self.output_files is not None or self.cache is not None

    def prepare(self, context: RunContext) -> None:
        try:
            if self.cache is not None:
                self._restore(context, self.cache)
            if self.namespace_files is not None:
                self.namespace_files.write(context)
            if self.input_files is not None:
                write_input_files(context, self.input_files, {})
        except (OSError, ValueError, LannerError) as error:
            raise TaskFailed(f"Failed preExecuteTasks on WorkingDirectory: {error}") from error

    def collect(self, context: RunContext, outputs: Mapping[str, Any]) -> Mapping[str, Any]:
        outputs = dict(outputs)
        try:
            if self.output_files is not None:
                patterns = context.render(self.output_files) or ()
                outputs["outputFiles"] = store_output_files(context, patterns, context.working_dir)
            if self.cache is not None:
                self._keep(context, self.cache)
        except (OSError, ValueError, TaskFailed) as error:
            raise TaskFailed(f"Failed postExecuteTasks on WorkingDirectory: {error}") from error
        return outputs

    def _restore(self, context: RunContext, cache: Cache) -> None:
        """Unpack what an earlier run kept; a cache that cannot be read is told and left alone."""
        kept = context.files.kept()
        if kept is None:
            context.log.debug("No cache exists, files will be cached after the task execution")
            return
        if cache.ttl is not None and datetime.now(UTC) - kept.modified > cache.ttl:
            context.log.debug("Cache is expired, files will be cached again after the task execution")
            return
        folder = context.working_dir
        try:
            with kept.open() as content, zipfile.ZipFile(content) as archive:
                for name in archive.namelist():
                    target = inside(folder, name)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with archive.open(name) as source, target.open("wb") as file:
                        shutil.copyfileobj(source, file)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            context.log.warn(f"the cache cannot be read: {error}")
        # What is newer than this file has changed since.
        (folder / ARCHIVE).touch()

    def _keep(self, context: RunContext, cache: Cache) -> None:
        """Pack the files to keep, when one of them has changed."""
        folder = context.working_dir
        found = _matching(folder, cache.patterns)
        mark = folder / ARCHIVE
        if not found or (mark.exists() and all(path.stat().st_mtime <= mark.stat().st_mtime for path in found)):
            return
        with zipfile.ZipFile(mark, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in found:
                archive.write(path, path.relative_to(folder).as_posix())
        context.files.keep(mark)


def _matching(folder: Path, patterns: Iterable[str]) -> list[Path]:
    found = {path for pattern in patterns for path in matching(folder, pattern)}
    return sorted(path for path in found - {folder / ARCHIVE} if not leads_out(folder, path))
