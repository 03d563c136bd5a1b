"""Tasks one after the other."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from lanner.sdk.flowable import Flowable, Shape
from lanner.sdk.task import AnyTask, Task

TaskList = Annotated[tuple[AnyTask, ...], Field(min_length=1)]
"""At least one task."""


class Sequential(Flowable):
    """Run tasks one after the other.

    The first one that fails ends the list. Useful to give several tasks one ``retry``, ``errors`` or ``runIf``.
    """

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: sequential
namespace: company.team
tasks:
  - id: steps
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - id: first
        type: io.kestra.plugin.core.log.Log
        message: one
      - id: second
        type: io.kestra.plugin.core.log.Log
        message: two
""",
    )

    tasks: TaskList
    """What to run, in order."""

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {"tasks": self.tasks}

    def shape(self, memo: Mapping[str, Any]) -> Shape:  # noqa: ARG002  # nothing was decided
        return Shape(tasks=self.tasks)
