"""Virtual environments with the dependencies of scripts, kept by their content."""

import os
import shutil
import sys
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

from lanner.sdk.context import RunContext
from lanner.sdk.runner import Command, TaskRunner
from lanner.sdk.task import TaskFailed

PROCESS = "io.kestra.plugin.core.runner.Process"
OPTION = "scripts.cache-dir"


def plain_python() -> str:
    """Return the name of the interpreter on the path, or the worker's own when there is none."""
    return next((name for name in ("python", "python3") if shutil.which(name)), sys.executable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An environment as a task asks for it. Two that ask for the same share one folder."""

    dependencies: tuple[str, ...]
    version: str | None
    is_kept: bool
    with_pip: bool

    @property
    def key(self) -> str:
        """The same for equal dependencies, in any order, and the same Python."""
        python = self.version or os.path.realpath(shutil.which(plain_python()) or sys.executable)
        installer = "pip" if self.with_pip else "uv"
        parts = [installer, python, *sorted({dependency.strip() for dependency in self.dependencies})]
        return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()

    def ready(self, context: RunContext) -> Path:
        """Return the folder of the environment, made if need be.

        It is made beside its place and moved there when complete, so that no task sees half
        of one, and a worker that dies leaves nothing that would be taken for an environment.
        """
        if not self.is_kept:
            folder = context.working_dir / ".venv"
            self._make(context, folder)
            return folder
        place = cache_folder(context) / self.key
        if place.is_dir():
            context.log.debug(f"using the kept environment {place.name}")
            return place
        place.parent.mkdir(parents=True, exist_ok=True)
        new = place.with_name(f".{place.name}.{token_hex(4)}")
        try:
            self._make(context, new)
            new.rename(place)
        except OSError:
            if not place.is_dir():
                raise
        finally:
            shutil.rmtree(new, ignore_errors=True)
        return place

    def variables(self, folder: Path) -> dict[str, str]:
        """Return the environment variables that make commands use the environment."""
        return {"VIRTUAL_ENV": str(folder), "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}

    def _make(self, context: RunContext, folder: Path) -> None:
        from uv import find_uv_bin  # noqa: PLC0415  # needed by scripts with dependencies only

        uv = find_uv_bin()
        python = self.version or shutil.which(plain_python()) or sys.executable
        seed = ["--seed"] if self.with_pip else []
        _call(context, [uv, "venv", "--quiet", "--relocatable", "--python", python, *seed, str(folder)])
        if not self.dependencies:
            return
        target = str(folder / "bin" / "python")
        if self.with_pip:
            _call(context, [target, "-m", "pip", "install", "--quiet", *self.dependencies])
        else:
            _call(context, [uv, "pip", "install", "--quiet", "--python", target, *self.dependencies])


def cache_folder(context: RunContext) -> Path:
    """Return where environments are kept: below the option's folder, or the user's cache."""
    option = context.option(OPTION)
    root = Path(option) if option else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lanner"
    return root / "python-environments"


def _call(context: RunContext, arguments: list[str]) -> None:
    runner = context.resolve_type(PROCESS)
    assert issubclass(runner, TaskRunner)
    lines: list[str] = []
    ended = runner(type=PROCESS).run(context, Command(arguments=arguments, env={}), lambda line, _: lines.append(line))
    told = "\n".join(lines)
    if ended.exit_code != 0:
        raise TaskFailed(f"the dependencies cannot be installed (exit code {ended.exit_code}):\n{told}")
    if told:
        context.log.debug(told)
