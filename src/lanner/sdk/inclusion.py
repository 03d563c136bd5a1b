"""Flowables whose tasks are stored apart from the flow, under a name of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from pydantic import PrivateAttr

from lanner.model.errors import LannerError
from lanner.sdk.flowable import Decided, Flowable, Scope, Shape
from lanner.sdk.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Included:
    """What is stored under the name."""

    tasks: tuple[Task, ...]
    errors: tuple[Task, ...] = ()
    finally_: tuple[Task, ...] = ()


class Inclusion(Flowable):
    """A flowable that runs tasks stored elsewhere; they are put in when the flow is made ready to run.

    As it stands in a source it holds none. A run of one that could not be filled fails with the reason.
    """

    _included: Included = PrivateAttr(default_factory=lambda: Included(tasks=()))
    _missing: str | None = PrivateAttr(default="its tasks were never looked up")

    @property
    def source(self) -> tuple[str, str]:
        """Namespace and id of what is included."""
        raise NotImplementedError

    def filled(self, included: Included) -> Self:
        """Return the task with what is stored; its own ``errors`` and ``finally`` come first."""
        own = Included(
            tasks=included.tasks,
            errors=(*self.errors, *included.errors),
            finally_=(*self.finally_, *included.finally_),
        )
        return self._copy(own, None)

    def unfilled(self, reason: str) -> Self:
        """Return the task as one whose run fails for a reason."""
        return self._copy(Included(tasks=()), reason)

    def _copy(self, included: Included, missing: str | None) -> Self:
        copy = self.model_copy()
        copy._included, copy._missing = included, missing  # noqa: SLF001  # a copy of its own
        return copy

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {"tasks": self._included.tasks}

    @property
    def error_tasks(self) -> tuple[Task, ...]:
        return self._included.errors

    @property
    def final_tasks(self) -> tuple[Task, ...]:
        return self._included.finally_

    def decide(self, scope: Scope) -> Decided:
        if self._missing is not None:
            raise LannerError(self._missing)
        return Decided(outputs=self.outputs_before(scope))

    def outputs_before(self, scope: Scope) -> Mapping[str, Any]:  # noqa: ARG002  # most have nothing to tell
        """Return the outputs that the included tasks find at their parent."""
        return {}

    def shape(self, memo: Mapping[str, Any]) -> Shape:  # noqa: ARG002  # nothing was decided
        return Shape(tasks=self._included.tasks)
