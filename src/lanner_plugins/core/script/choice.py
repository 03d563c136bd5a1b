"""Which task runner a script gets."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, ValidationInfo, WrapValidator

from lanner.sdk.context import RunContext
from lanner.sdk.registry import Registry
from lanner.sdk.runner import AnyTaskRunner, Command, Ended, OnLine, TaskRunner
from lanner.sdk.task import TaskFailed

PROCESS = "io.kestra.plugin.core.runner.Process"
OPTION = "scripts.default-runner"

_CONTAINER_RUNNERS = (
    "io.kestra.plugin.scripts.runner.docker.",
    "io.kestra.plugin.ee.",
    "io.kestra.plugin.kubernetes.",
    "io.kestra.plugin.aws.",
    "io.kestra.plugin.gcp.",
    "io.kestra.plugin.azure.",
)
_INSTEAD = f"set `taskRunner: {{type: {PROCESS}}}` to run the script as a process on the worker"


class MissingRunner(TaskRunner):
    """A runner of Kestra that is not installed here: its flows are accepted, its scripts fail."""

    model_config = ConfigDict(extra="allow")

    def run(self, context: RunContext, command: Command, on_line: OnLine) -> Ended:  # noqa: ARG002  # never runs
        raise TaskFailed(f"the task runner {self.type} is not installed on this server; {_INSTEAD}")


def _known_or_missing(value: Any, handler: Any, info: ValidationInfo) -> TaskRunner:
    type_ = value.get("type") if isinstance(value, Mapping) else None
    registry = (info.context or {}).get("registry")
    is_installed = not isinstance(registry, Registry) or type_ in registry
    if isinstance(type_, str) and type_.startswith(_CONTAINER_RUNNERS) and not is_installed:
        return MissingRunner.model_validate(value)
    found: TaskRunner = handler(value)
    return found


ScriptRunner = Annotated[AnyTaskRunner, WrapValidator(_known_or_missing, json_schema_input_type=dict[str, Any])]
"""A task runner; those of Kestra that are not installed are refused when the script runs, not before."""


def default_runner(context: RunContext, *, old_name: str | None, image: str | None) -> TaskRunner:
    """Return the runner of a script that names none.

    ``old_name`` is the deprecated property ``runner``, ``image`` the container image when the
    flow names one. The server's option decides: ``auto`` takes containers once there is a
    runner for them, ``process`` the worker, ``docker`` never anything but containers.
    """
    if old_name == "DOCKER":
        raise TaskFailed(f"`runner: DOCKER` needs a container runner, and there is none on this server; {_INSTEAD}")
    choice = context.option(OPTION) or "auto"
    if old_name is None and choice not in ("auto", "process"):
        reason = (
            "there is no container runner on this server" if choice == "docker" else "it is auto, docker or process"
        )
        raise TaskFailed(f"the option {OPTION} is {choice!r}, but {reason}; set it to 'process', or {_INSTEAD}")
    if old_name is None and choice == "auto" and image is not None:
        context.log.warn(f"the container image {image!r} is ignored: the script runs as a process on the worker")
    process = context.resolve_type(PROCESS)
    assert issubclass(process, TaskRunner)
    return process(type=PROCESS)
