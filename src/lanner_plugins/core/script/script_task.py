"""What all script tasks share, whatever their language."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field

from lanner.model.state import State
from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.runner import Command
from lanner.sdk.task import RunnableTask, TaskEnd, TaskFailed, TaskResult
from lanner.sdk.text import Text
from lanner_plugins.core.files.namespace_files import NamespaceFiles
from lanner_plugins.core.files.working_files import store_output_files, with_local_files, write_input_files
from lanner_plugins.core.script.choice import ScriptRunner, default_runner
from lanner_plugins.core.script.lines import PrintedLines


class OldRunner(StrEnum):
    """Values of the deprecated property `runner`."""

    PROCESS = "PROCESS"
    DOCKER = "DOCKER"


class TargetOs(StrEnum):
    """The operating system that a script is written for."""

    AUTO = "AUTO"
    LINUX = "LINUX"
    WINDOWS = "WINDOWS"


class ScriptOutput(Output):
    """What a script gives."""

    vars: dict[str, Any]
    """What it printed as outputs: lines `::{"outputs": {"name": "value"}}::`."""
    exit_code: int
    """Exit code of the commands."""
    std_out_line_count: int
    """How many lines it printed to the standard output."""
    std_err_line_count: int
    """How many lines it printed to the standard error."""
    output_files: dict[str, str]
    """The stored files: path in the working directory -> URI."""
    task_runner: dict[str, Any] | None = None
    """What the task runner has to tell."""


class ScriptTask(RunnableTask):
    """What all script tasks share."""

    outputs_type: ClassVar[type[Output] | None] = ScriptOutput

    task_runner: ScriptRunner | None = None
    """Where the commands run; the server's default when absent."""
    container_image: Property[str] | None = None
    """Container image, for runners that use one."""
    runner: OldRunner | None = None
    """Deprecated: use `taskRunner`."""
    docker: dict[str, Any] | None = None
    """Deprecated: use `taskRunner` and `containerImage`."""
    before_commands: Property[list[Text]] | None = None
    """Commands to run before, in the same shell."""
    interpreter: Property[list[str]] = default(["/bin/sh", "-c"])
    """The program, with arguments, that gets all commands as one text."""
    fail_fast: Property[bool] = default(True)
    """Stop at the first command that fails."""
    env: Property[dict[str, Text]] | None = None
    """Environment variables."""
    input_files: Any = None
    """Files to write to the working directory: a map of name to content or storage URI, or JSON text of one."""
    output_files: Property[list[str]] | None = None
    """Patterns of the files in the working directory to store afterwards."""
    namespace_files: NamespaceFiles | None = None
    """Files of the namespace to put into the working directory."""
    output_directory: Property[bool] = default(False)
    """Deprecated: store every file of the folder `{{ outputDir }}`."""
    warning_on_std_err: Property[bool] = default(False)
    """End in WARNING when something was printed to the standard error."""
    target_os: Annotated[Property[TargetOs], Field(alias="targetOS")] = default(TargetOs.AUTO)
    """The operating system that the commands are written for."""

    def run_commands(
        self, context: RunContext, commands: Sequence[str], *, env: Mapping[str, str], extra: Mapping[str, Any]
    ) -> TaskResult:
        """Run rendered commands in the interpreter; ``extra`` is what ``prepare`` returned.

        Fails on an exit code other than 0 and keeps the outputs that there are then.
        """
        runner = self.task_runner or default_runner(context, old_name=self.runner, image=self._explicit_image(context))
        printed = PrintedLines(context)
        lines = ["set -e"] if context.render(self.fail_fast) else []
        lines += [with_local_files(context, line) for line in context.render(self.before_commands, **extra) or ()]
        arguments = [*context.render(self.interpreter, **extra), "\n".join([*lines, *commands])]
        image = context.render(self.container_image)
        ended = runner.run(
            context, Command(arguments=arguments, env=self._env(context, env, extra), image=image), printed.take
        )
        output = ScriptOutput(
            vars=printed.vars,
            exit_code=ended.exit_code,
            std_out_line_count=printed.out_count,
            std_err_line_count=printed.error_count,
            output_files=self._stored(context, extra),
            task_runner=None if ended.details is None else dict(ended.details),
        )
        if ended.exit_code != 0:
            raise TaskFailed(f"Command failed with exit code {ended.exit_code}", outputs=output)
        if printed.error_count and context.render(self.warning_on_std_err):
            return TaskEnd(state=State.WARNING, outputs=output.as_outputs())
        return output

    def prepare(self, context: RunContext) -> dict[str, Any]:
        """Write the input files and return the variables that the script's own texts see besides the others."""
        if self.namespace_files is not None:
            self.namespace_files.write(context)
        extra: dict[str, Any] = {"workingDir": str(context.working_dir)}
        if context.render(self.output_directory) or self.runner is not None:
            folder = context.working_dir / "outputs"
            folder.mkdir(exist_ok=True)
            extra["outputDir"] = str(folder)
        if self.input_files is not None:
            extra["inputFiles"] = write_input_files(context, self.input_files, extra)
        return extra

    def _explicit_image(self, context: RunContext) -> str | None:
        if "container_image" in self.model_fields_set:
            return context.render(self.container_image)
        return str(self.docker["image"]) if self.docker and "image" in self.docker else None

    def _env(self, context: RunContext, env: Mapping[str, str], extra: Mapping[str, Any]) -> dict[str, str]:
        own = {
            name: with_local_files(context, value) for name, value in (context.render(self.env, **extra) or {}).items()
        }
        places = {"WORKING_DIR": str(context.working_dir)}
        if "outputDir" in extra:
            places["OUTPUT_DIR"] = extra["outputDir"]
        return {**places, **env, **own}

    def _stored(self, context: RunContext, extra: Mapping[str, Any]) -> dict[str, str]:
        stored: dict[str, str] = {}
        if "outputDir" in extra:
            folder = Path(extra["outputDir"])
            names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]
            stored.update({name: context.files.put(folder / name, name=name.replace("/", "-")) for name in names})
        patterns = context.render(self.output_files, **extra)
        return {**stored, **store_output_files(context, patterns or (), context.working_dir)}
