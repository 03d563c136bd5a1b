"""Task runners: where the commands of a script run."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from lanner.sdk.plugin import Plugin
from lanner.sdk.task import resolved

if TYPE_CHECKING:
    from lanner.sdk.context import RunContext

OnLine = Callable[[str, bool], None]
"""Takes a line of output as soon as it is complete, and whether it came from stderr; called from any thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What to run in the task's working directory.

    ``arguments`` is a program and its arguments, ``env`` what is added to the environment,
    ``image`` the container image for runners that use one.
    """

    arguments: Sequence[str]
    env: Mapping[str, str]
    image: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended. ``details`` is what the runner has to tell, such as a container's id."""

    exit_code: int
    details: Mapping[str, Any] | None = None


class TaskRunner(Plugin):
    """Runs the commands of scripts."""

    uses_image: ClassVar[bool] = False
    """Whether commands run in a container image."""

    @abstractmethod
    def run(self, context: "RunContext", command: Command, on_line: OnLine) -> Ended:
        """Run the command to its end and return its exit code.

        Blocking; every line has been given to ``on_line`` before it returns. A runner registers
        with ``context.on_kill``, and once killed leaves nothing of the command running.
        """


AnyTaskRunner = Annotated[TaskRunner, resolved]
"""A task runner of any type."""
