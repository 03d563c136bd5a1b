"""Loops whose iterations do not see each other.

A loop of this kind (Kestra 2.0's ``Loop``) has one lane per value, and in each lane one ``Iteration``:
a task run that holds the tasks, and is a scope of its own.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import SkipValidation

from lanner.model.state import State
from lanner.sdk.flowable import Attended, Shape
from lanner.sdk.input import FlowOutput
from lanner.sdk.task import Task

if TYPE_CHECKING:
    from lanner.sdk.context import RunContext


class Iteration(Attended):
    """One round of an ``IterationLoop``.

    Its tasks find in ``outputs`` what its own tasks gave, with no loop value between. The variables and
    labels they set are the iteration's; an ``Exit`` ends the iteration, not the execution.
    """

    tasks: SkipValidation[tuple[Task, ...]]
    """What to run."""
    outputs: SkipValidation[tuple[FlowOutput, ...]] = ()
    """What it hands on."""

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {"tasks": self.tasks}

    def shape(self, memo: Mapping[str, Any]) -> Shape:  # noqa: ARG002  # nothing was decided
        return Shape(tasks=self.tasks)

    def collect(self, context: "RunContext", outputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Store the outputs and return what stands for them."""
        raise NotImplementedError


class IterationLoop(Attended):
    """A loop made of ``Iteration`` task runs; ``shape`` gives one task and a lane for each value."""

    @property
    def error_tasks(self) -> tuple[Task, ...]:
        return ()

    @property
    def final_tasks(self) -> tuple[Task, ...]:
        return ()

    @property
    def iteration(self) -> Iteration:
        """The task of every lane."""
        raise NotImplementedError

    def item(self, memo: Mapping[str, Any], index: int) -> Mapping[str, Any]:
        """Return what expressions see of an iteration under ``item``."""
        raise NotImplementedError

    def stores_outputs(self, memo: Mapping[str, Any]) -> bool:
        """Whether a worker stores what each iteration hands on."""
        raise NotImplementedError

    def outputs_for(
        self,
        memo: Mapping[str, Any],
        ended: Mapping[State, int],
        running: int,
        handed_on: Sequence[tuple[int, Mapping[str, Any]]] = (),
    ) -> Mapping[str, Any]:
        """Return the outputs of the loop: how many iterations run, ended in which state, hand on what."""
        raise NotImplementedError
