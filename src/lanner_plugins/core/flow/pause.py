"""Waiting for a person, or for a while."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import AliasChoices, Field

from lanner.model.state import State
from lanner.sdk.flowable import Decided, Flowable, Hold, Scope, Shape
from lanner.sdk.input import AnyInput
from lanner.sdk.property import Property
from lanner.sdk.task import AnyTask, Task


class PauseBehavior(StrEnum):
    """How a pause ends when its time is up."""

    RESUME = "RESUME"
    WARN = "WARN"
    FAIL = "FAIL"
    CANCEL = "CANCEL"


_ENDS = {
    PauseBehavior.RESUME: State.SUCCESS,
    PauseBehavior.WARN: State.WARNING,
    PauseBehavior.FAIL: State.FAILED,
    PauseBehavior.CANCEL: State.CANCELLED,
}


class Pause(Flowable):
    """Pause the execution until it is resumed, or for some time.

    Without ``pauseDuration`` and ``timeout`` it waits for ever. Outputs: ``onResume`` (the answers) and
    ``resumed`` (``on``, ``to`` and, when known, ``by``).
    """

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: wait_a_moment
namespace: company.team
tasks:
  - id: wait
    type: io.kestra.plugin.core.flow.Pause
    pauseDuration: PT0.1S
  - id: after
    type: io.kestra.plugin.core.log.Log
    message: waited until {{ outputs.wait.resumed.on }}
""",
    )

    pause_duration: Property[timedelta] | None = Field(
        default=None, validation_alias=AliasChoices("pauseDuration", "delay")
    )
    """How long to wait; then the pause ends by itself as ``behavior`` says."""
    behavior: Property[PauseBehavior] | None = None
    """How the pause ends when the duration is over: RESUME, WARN, FAIL or CANCEL."""
    on_pause: AnyTask | None = None
    """A task to run when the pause begins, such as a notification."""
    on_resume: tuple[AnyInput, ...] = ()
    """Inputs asked of whoever resumes."""
    tasks: tuple[AnyTask, ...] = ()
    """Tasks to run after the pause (deprecated: put them after it)."""

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {"tasks": self.tasks, "onPause": (self.on_pause,) if self.on_pause else ()}

    def decide(self, scope: Scope) -> Decided:
        expires, end = None, State.SUCCESS
        if self.pause_duration is not None:
            expires = self.pause_duration.value(scope.render)
            end = _ENDS[self.behavior.value(scope.render)] if self.behavior else State.SUCCESS
        elif self.timeout is not None:
            expires, end = self.timeout.value(scope.render), State.FAILED
        return Decided(hold=Hold(expires_in=expires, state_on_expiry=end, on_pause=self.on_pause))

    def shape(self, memo: Mapping[str, Any]) -> Shape:  # noqa: ARG002  # nothing was decided
        return Shape(tasks=self.tasks)
