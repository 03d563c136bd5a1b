"""io.kestra.plugin.core.kv.PurgeKV."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output, PluginModel
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed


class PurgeKeys(PluginModel):
    """Delete whole keys."""

    type: Literal["key", "io.kestra.plugin.core.kv.Key"]
    expired_only: bool = True
    """Only keys whose time is up."""


class PurgeRevisions(PluginModel):
    """Delete earlier revisions. A key keeps one revision only, so there is nothing to delete."""

    type: Literal["version", "io.kestra.plugin.core.kv.Version"]
    before: str | None = None
    """Revisions made before this moment."""
    keep_amount: int | None = None
    """How many revisions to keep."""
    expired_only: bool | None = None


class PurgeKVOutput(Output):
    """What ``PurgeKV`` gives."""

    size: int
    """How many keys were deleted."""


class PurgeKV(RunnableTask):
    """Delete keys from key-value stores: those whose time is up, or all that match."""

    outputs_type: ClassVar[type[Output] | None] = PurgeKVOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: purge_expired_keys
namespace: system

tasks:
  - id: purge
    type: io.kestra.plugin.core.kv.PurgeKV
    expiredOnly: true
    namespaces:
      - company
""",
    )

    namespaces: Property[list[str]] | None = None
    """Whose stores; those of all namespaces when absent."""
    namespace_pattern: Property[str] | None = None
    """Whose stores, as a pattern with `*` and `?`."""
    include_child_namespaces: Property[bool] = default(True)
    """The namespaces below them as well."""
    key_pattern: Property[str] | None = None
    """Which keys, as a pattern with `*` and `?`; all when absent."""
    expired_only: Property[bool] | None = None
    """Only keys whose time is up; true when absent."""
    behavior: Annotated[PurgeKeys | PurgeRevisions, Field(discriminator="type")] | None = None
    """What to delete, in the words of 1.1."""

    def run(self, context: RunContext) -> PurgeKVOutput:
        if isinstance(self.behavior, PurgeRevisions):
            return PurgeKVOutput(size=0)
        namespaces, pattern = context.render(self.namespaces), context.render(self.namespace_pattern)
        if namespaces is not None and pattern is not None:
            raise TaskFailed("`namespaces` and `namespacePattern` exclude each other: give one of them")
        flag = context.render(self.expired_only)
        expired_only = flag if flag is not None else self.behavior is None or self.behavior.expired_only
        size = context.key_values.purge(
            namespaces=namespaces,
            namespace_pattern=pattern,
            with_children=context.render(self.include_child_namespaces),
            key_pattern=context.render(self.key_pattern),
            expired_only=expired_only,
        )
        context.log.info(f"{size} keys deleted")
        return PurgeKVOutput(size=size)
