"""One of several branches."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator

from lanner.model.state import State
from lanner.sdk.flowable import Arrangement, Decided, Flowable, Scope, Shape
from lanner.sdk.task import AnyTask, Task
from lanner.sdk.text import Text, to_text


def _text_keys(value: Any) -> Any:
    return {to_text(key): tasks for key, tasks in value.items()} if isinstance(value, Mapping) else value


class Switch(Flowable):
    """Run the list of tasks that belongs to a value.

    The value is rendered once and compared as text. No match and no ``defaults`` fails the task.
    Outputs: ``value`` and ``defaults`` (whether no case matched).
    """

    arrangement: ClassVar[Arrangement] = Arrangement.CHOICE
    decides_outputs: ClassVar[bool] = True
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: switch
namespace: company.team
inputs:
  - id: size
    type: STRING
    defaults: small
tasks:
  - id: by_size
    type: io.kestra.plugin.core.flow.Switch
    value: "{{ inputs.size }}"
    cases:
      small:
        - id: little
          type: io.kestra.plugin.core.log.Log
          message: little
    defaults:
      - id: other
        type: io.kestra.plugin.core.log.Log
        message: other
""",
    )

    value: Text
    """Expression."""
    cases: Annotated[dict[str, tuple[AnyTask, ...]], BeforeValidator(_text_keys)] = Field(default_factory=dict)
    """Value -> what to run."""
    defaults: tuple[AnyTask, ...] = ()
    """What to run when no case matches."""

    @model_validator(mode="after")
    def _has_tasks(self) -> Self:
        if not self.defaults and not any(self.cases.values()):
            raise ValueError("No task defined, neither cases or default have any tasks")
        return self

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {**{f"cases.{value}": tasks for value, tasks in self.cases.items()}, "defaults": self.defaults}

    def decide(self, scope: Scope) -> Decided:
        value = scope.render(self.value)
        matched = value in self.cases
        outputs = {"value": value, "defaults": not matched}
        if not matched and not self.defaults:
            execution = scope.execution
            place = f"flow '{execution.namespace}.{execution.flow_id}', task '{self.id}', execution '{execution.id}'"
            return Decided(memo=outputs, outputs=outputs, end=State.FAILED, warning=f"No task found on {place}")
        return Decided(memo=outputs, outputs=outputs)

    def shape(self, memo: Mapping[str, Any]) -> Shape:
        return Shape(tasks=self.defaults if memo["defaults"] else self.cases[memo["value"]])
