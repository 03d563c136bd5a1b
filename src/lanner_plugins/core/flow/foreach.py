"""A list of tasks for each of several values."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from lanner.sdk.flowable import Arrangement, Decided, Flowable, Scope, Shape
from lanner.sdk.task import Task
from lanner_plugins.core.flow.loop_values import loop_values
from lanner_plugins.core.flow.sequential import TaskList


class ForEach(Flowable):
    """Run a list of tasks for each value of a list.

    Inside, ``taskrun.value`` is the value as text and ``taskrun.iteration`` its place; outputs are
    ``outputs.<task>[<value>]``. The values are rendered once. A failure stops the loop.
    """

    arrangement: ClassVar[Arrangement] = Arrangement.LOOP
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: for_each
namespace: company.team
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: ["a", "b", "c"]
    concurrencyLimit: 2
    tasks:
      - id: show
        type: io.kestra.plugin.core.log.Log
        message: "{{ taskrun.iteration }}: {{ taskrun.value }}"
""",
    )

    values: Any
    """A list, or an expression that gives a JSON array."""
    concurrency_limit: Annotated[int, Field(ge=0)] = 1
    """How many values at once; 0 is all."""
    tasks: TaskList
    """What to run for each value, in order."""

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {"tasks": self.tasks}

    def decide(self, scope: Scope) -> Decided:
        return Decided(memo={"values": loop_values(self.values, scope)})

    def shape(self, memo: Mapping[str, Any]) -> Shape:
        return Shape(tasks=self.tasks, values=memo["values"], limit=self.concurrency_limit)
