"""Tasks that wait for each other."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from lanner.sdk.flowable import Arrangement, Decided, Flowable, Scope, Shape
from lanner.sdk.plugin import PluginModel
from lanner.sdk.property import Property
from lanner.sdk.task import AnyTask, Task


class DagTask(PluginModel):
    """A task and what it waits for."""

    task: AnyTask
    """The task."""
    depends_on: tuple[str, ...] = ()
    """Ids of tasks of the same Dag that must have ended."""


class Dag(Flowable):
    """Run tasks as soon as those they depend on have ended.

    A disabled task counts as done.
    """

    arrangement: ClassVar[Arrangement] = Arrangement.GRAPH
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: dag
namespace: company.team
tasks:
  - id: graph
    type: io.kestra.plugin.core.flow.Dag
    tasks:
      - task:
          id: load
          type: io.kestra.plugin.core.debug.Return
          format: loaded
      - task:
          id: report
          type: io.kestra.plugin.core.log.Log
          message: "{{ outputs.load.value }}"
        dependsOn: [load]
""",
    )

    tasks: Annotated[tuple[DagTask, ...], Field(min_length=1)]
    """The tasks and what they wait for."""
    concurrent: Property[int] | None = None
    """How many at once; 0 is all."""

    @model_validator(mode="after")
    def _is_acyclic(self) -> Self:
        waits = {entry.task.id: entry.depends_on for entry in self.tasks}
        missing = sorted({name for names in waits.values() for name in names if name not in waits})
        if missing:
            raise ValueError(f"Not existing task id in dependency: {', '.join(missing)}")
        done: set[str] = set()
        while ready := [name for name, names in waits.items() if name not in done and done.issuperset(names)]:
            done.update(ready)
        stuck = [name for name in waits if name not in done]
        if stuck:
            raise ValueError(f"Cyclic dependency detected: {', '.join(stuck)}")
        return self

    @cached_property
    def _inner(self) -> tuple[Task, ...]:
        return tuple(entry.task for entry in self.tasks)

    @cached_property
    def _waits(self) -> Mapping[str, tuple[str, ...]]:
        return {entry.task.id: entry.depends_on for entry in self.tasks}

    @property
    def waits_for(self) -> Mapping[str, tuple[str, ...]]:
        return self._waits

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {"tasks": self._inner}

    def decide(self, scope: Scope) -> Decided:
        return Decided(memo={"limit": self.concurrent.value(scope.render) if self.concurrent else 0})

    def shape(self, memo: Mapping[str, Any]) -> Shape:
        return Shape(tasks=self._inner, parallel=True, limit=memo.get("limit", 0), depends_on=self._waits)
