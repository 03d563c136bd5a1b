"""The property ``namespaceFiles``: files of namespaces in a task's working directory."""

import shutil
from enum import StrEnum
from pathlib import Path
from time import perf_counter

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import PluginModel
from lanner.sdk.property import Property, default
from lanner.sdk.task import TaskFailed
from lanner_plugins.core.files.working_files import inside, path_matches


class IfExists(StrEnum):
    """What to do with a file that is there already."""

    OVERWRITE = "OVERWRITE"
    FAIL = "FAIL"
    WARN = "WARN"
    IGNORE = "IGNORE"


class NamespaceFiles(PluginModel):
    """Files of namespaces to put into the working directory."""

    enabled: Property[bool] = default(True)
    """Whether to do so."""
    include: Property[list[str]] | None = None
    """Patterns of the files to take; all when absent. A pattern that begins with a letter or digit counts in any \
folder."""
    exclude: Property[list[str]] | None = None
    """Patterns of the files to leave."""
    namespaces: Property[list[str]] | None = None
    """Namespaces to take files from; the flow's own when absent. Later ones override earlier ones."""
    if_exists: Property[IfExists] = default(IfExists.OVERWRITE)
    """What to do with a file that is there already."""
    folder_per_namespace: Property[bool] = default(False)
    """Put the files of each namespace into a folder of its own, called like it."""

    def write(self, context: RunContext) -> None:
        """Write the files; raises ``TaskFailed`` and ``LannerError``."""
        if not context.render(self.enabled):
            return
        include, exclude = context.render(self.include), context.render(self.exclude) or ()
        per_namespace = context.render(self.folder_per_namespace)
        for namespace in context.render(self.namespaces) or [context.namespace]:
            began, loaded = perf_counter(), 0
            folder = inside(context.working_dir, namespace) if per_namespace else context.working_dir
            for path in context.namespace_files.paths(namespace):
                if (not include or path_matches(path, include)) and not path_matches(path, exclude):
                    self._write(context, namespace, path, inside(folder, path.lstrip("/")))
                    loaded += 1
            spent = _clock(perf_counter() - began)
            context.log.info(f"Loaded {loaded} namespace files from '{namespace}' in {spent}")

    def _write(self, context: RunContext, namespace: str, path: str, target: Path) -> None:
        if target.exists():
            match context.render(self.if_exists):
                case IfExists.FAIL:
                    raise TaskFailed(f"namespaceFiles: the file {path} exists in the working directory already")
                case IfExists.WARN:
                    context.log.warn(f"the file {path} exists in the working directory already; it is left as it is")
                    return
                case IfExists.IGNORE:
                    return
                case _:
                    pass
        target.parent.mkdir(parents=True, exist_ok=True)
        with context.namespace_files.open(path, namespace) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)


def _clock(seconds: float) -> str:
    """Return a time spent as ``hh:mm:ss.mmm``."""
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}:{rest:06.3f}"
