"""One of two branches."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from lanner.model.state import State
from lanner.sdk.flowable import Arrangement, Decided, Flowable, Scope, Shape
from lanner.sdk.task import AnyTask, Task
from lanner.sdk.text import Text
from lanner_plugins.core.flow.sequential import TaskList


class If(Flowable):
    """Run one list of tasks or another, depending on a condition.

    The condition is false when it renders to ``false``, ``0``, ``-0`` or nothing. It is rendered
    once, when the task begins. Output: ``evaluationResult``.
    """

    arrangement: ClassVar[Arrangement] = Arrangement.CHOICE
    decides_outputs: ClassVar[bool] = True
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: branch
namespace: company.team
inputs:
  - id: big
    type: BOOL
    defaults: true
tasks:
  - id: choose
    type: io.kestra.plugin.core.flow.If
    condition: "{{ inputs.big }}"
    then:
      - id: yes_branch
        type: io.kestra.plugin.core.log.Log
        message: big
    else:
      - id: no_branch
        type: io.kestra.plugin.core.log.Log
        message: small
""",
    )

    condition: Text
    """Expression."""
    then: TaskList
    """What to run when it is true."""
    else_: tuple[AnyTask, ...] = Field(default=(), alias="else")
    """What to run when it is false."""

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {"then": self.then, "else": self.else_}

    def decide(self, scope: Scope) -> Decided:
        result = scope.is_true(self.condition)
        branch = self.then if result else self.else_
        outputs = {"evaluationResult": result}
        if not branch:
            return Decided(memo=outputs, outputs=outputs, end=State.SUCCESS)
        return Decided(memo=outputs, outputs=outputs)

    def shape(self, memo: Mapping[str, Any]) -> Shape:
        return Shape(tasks=self.then if memo["evaluationResult"] else self.else_)
