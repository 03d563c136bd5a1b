"""io.kestra.plugin.core.namespace.PurgeFiles."""

import fnmatch
from datetime import UTC, datetime
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from lanner.model.namespace import is_within
from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output, PluginModel
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner_plugins.core.files.working_files import path_matches


class PurgeVersions(PluginModel):
    """Which revisions go."""

    type: Literal["version", "io.kestra.plugin.core.namespace.Version"] = "version"
    keep_amount: int | None = None
    """How many of the newest revisions of a file stay, the present one counted."""
    before: Property[datetime] | None = None
    """Revisions made before this moment go."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.keep_amount is not None and self.before is not None:
            raise ValueError("`keepAmount` and `before` exclude each other: give one of them")
        return self


class PurgeFilesOutput(Output):
    """What ``PurgeFiles`` gives."""

    size: int
    """How many revisions were deleted."""


class PurgeFiles(RunnableTask):
    """Delete earlier revisions of namespace files."""

    outputs_type: ClassVar[type[Output] | None] = PurgeFilesOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: purge_old_revisions
namespace: system

tasks:
  - id: purge
    type: io.kestra.plugin.core.namespace.PurgeFiles
    namespaces:
      - company
    behavior:
      type: version
      keepAmount: 3
""",
    )

    namespaces: Property[list[str]] | None = None
    """Whose files; those of all namespaces with flows when absent."""
    namespace_pattern: Property[str] | None = None
    """Whose files, as a pattern with `*` and `?`."""
    include_child_namespaces: Property[bool] = default(True)
    """The namespaces below them as well."""
    file_pattern: Property[str] | None = None
    """Which files, as a pattern; all when absent."""
    behavior: PurgeVersions | None = None
    """Which revisions go; all but the present one when absent."""

    def run(self, context: RunContext) -> PurgeFilesOutput:
        behavior = self.behavior or PurgeVersions(keepAmount=1)
        before = context.render(behavior.before)
        if before is not None and before.tzinfo is None:
            before = before.replace(tzinfo=UTC)
        pattern = context.render(self.file_pattern)
        keep = behavior.keep_amount if before is not None or behavior.keep_amount is not None else 1
        size = sum(
            context.namespace_files.purge_revisions(path, namespace, keep=keep, before=before)
            for namespace in self._wanted(context)
            for path in context.namespace_files.paths(namespace)
            if pattern is None or path_matches(path, [pattern])
        )
        return PurgeFilesOutput(size=size)

    def _wanted(self, context: RunContext) -> list[str]:
        named, pattern = context.render(self.namespaces), context.render(self.namespace_pattern)
        if named is not None and pattern is not None:
            raise TaskFailed("`namespaces` and `namespacePattern` exclude each other: give one of them")
        known = context.namespace_files.namespaces()
        if pattern is not None:
            named = [namespace for namespace in known if fnmatch.fnmatchcase(namespace, pattern)]
        if named is None:
            return known
        if not context.render(self.include_child_namespaces):
            return named
        below = [one for one in known if any(is_within(one, parent) for parent in named)]
        return sorted({*named, *below})
