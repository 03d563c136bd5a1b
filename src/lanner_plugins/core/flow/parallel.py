"""Tasks at the same time."""

from collections.abc import Mapping
from typing import Any, ClassVar

from lanner.sdk.flowable import Arrangement, Decided, Flowable, Scope, Shape
from lanner.sdk.property import Property
from lanner.sdk.task import Task
from lanner_plugins.core.flow.sequential import TaskList


class Parallel(Flowable):
    """Run tasks at the same time, all of them or a limited number.

    When one fails and there is neither ``errors`` nor ``finally``, the others end with it.
    """

    arrangement: ClassVar[Arrangement] = Arrangement.PARALLEL
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: parallel
namespace: company.team
tasks:
  - id: both
    type: io.kestra.plugin.core.flow.Parallel
    concurrent: 2
    tasks:
      - id: left
        type: io.kestra.plugin.core.debug.Return
        format: left
      - id: right
        type: io.kestra.plugin.core.debug.Return
        format: right
""",
    )

    tasks: TaskList
    """What to run."""
    concurrent: Property[int] | None = None
    """How many at once; 0 is all."""

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {"tasks": self.tasks}

    def decide(self, scope: Scope) -> Decided:
        return Decided(memo={"limit": self.concurrent.value(scope.render) if self.concurrent else 0})

    def shape(self, memo: Mapping[str, Any]) -> Shape:
        return Shape(tasks=self.tasks, parallel=True, limit=memo.get("limit", 0))
