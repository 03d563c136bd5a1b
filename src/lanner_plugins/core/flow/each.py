"""The older loops, kept for flows written for them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from lanner.sdk.flowable import Arrangement, Decided, Flowable, Scope, Shape
from lanner.sdk.property import Property
from lanner.sdk.task import Task
from lanner_plugins.core.flow.loop_values import loop_values
from lanner_plugins.core.flow.sequential import TaskList


class EachSequential(Flowable):
    """Run a list of tasks for each value, one value after the other (deprecated: use ``ForEach``)."""

    replaced_by: ClassVar[str | None] = "io.kestra.plugin.core.flow.ForEach"
    arrangement: ClassVar[Arrangement] = Arrangement.LOOP
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: each_sequential
namespace: company.team
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.EachSequential
    value: '["a", "b"]'
    tasks:
      - id: show
        type: io.kestra.plugin.core.debug.Return
        format: "{{ taskrun.value }}"
""",
    )

    value: Any
    """A list, or an expression that gives a JSON array."""
    tasks: TaskList
    """What to run for each value, in order."""

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {"tasks": self.tasks}

    def decide(self, scope: Scope) -> Decided:
        return Decided(memo={"values": loop_values(self.value, scope)})

    def shape(self, memo: Mapping[str, Any]) -> Shape:
        return Shape(tasks=self.tasks, values=memo["values"], limit=1)


class EachParallel(EachSequential):
    """Run every task for every value at the same time (deprecated: use ``ForEach``)."""

    arrangement: ClassVar[Arrangement] = Arrangement.PARALLEL_LOOP
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: each_parallel
namespace: company.team
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.EachParallel
    value: '["a", "b"]'
    tasks:
      - id: show
        type: io.kestra.plugin.core.debug.Return
        format: "{{ taskrun.value }}"
""",
    )

    concurrent: Property[int] | None = None
    """How many task runs at once; 0 is all."""

    def decide(self, scope: Scope) -> Decided:
        limit = self.concurrent.value(scope.render) if self.concurrent else 0
        return Decided(memo={"values": loop_values(self.value, scope), "limit": limit})

    def shape(self, memo: Mapping[str, Any]) -> Shape:
        return Shape(tasks=self.tasks, values=memo["values"], parallel=True, limit=memo.get("limit", 0))
