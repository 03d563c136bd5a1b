"""Tasks again and again until a condition holds."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from lanner.model.state import State
from lanner.sdk.flowable import Decided, Finish, Flowable, Repeat, Scope, Shape
from lanner.sdk.plugin import PluginModel
from lanner.sdk.property import Property
from lanner.sdk.task import Task
from lanner.sdk.text import Text
from lanner_plugins.core.flow.sequential import TaskList

_A_MINUTE = timedelta(minutes=1)


class CheckFrequency(PluginModel):
    """How often and how long to try."""

    interval: Property[timedelta] | None = None
    """Wait between two rounds; a minute when absent."""
    max_iterations: Property[int] | None = None
    """Greatest number of rounds; unlimited when absent."""
    max_duration: Property[timedelta] | None = None
    """Longest time in all; unlimited when absent."""


class LoopUntil(Flowable):
    """Run tasks, look at a condition, wait, and run them again until it is true.

    The execution is PAUSED while it waits. Output: ``iterationCount``. Only the last round's task runs remain.
    """

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: until
namespace: company.team
tasks:
  - id: loop
    type: io.kestra.plugin.core.flow.LoopUntil
    condition: "{{ outputs.look.value == 'ready' }}"
    checkFrequency:
      interval: PT0.1S
    tasks:
      - id: look
        type: io.kestra.plugin.core.debug.Return
        format: ready
""",
    )

    condition: Text
    """Expression that ends the loop; may use the outputs of its tasks."""
    tasks: TaskList
    """What to run in each round."""
    fail_on_max_reached: Property[bool] | None = None
    """Fail when a maximum is reached first."""
    check_frequency: CheckFrequency = CheckFrequency()
    """How often and how long to try."""

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {"tasks": self.tasks}

    def decide(self, scope: Scope) -> Decided:  # noqa: ARG002  # nothing to render yet
        return Decided(memo={"round": 1}, outputs={"iterationCount": 1})

    def shape(self, memo: Mapping[str, Any]) -> Shape:
        return Shape(tasks=self.tasks, iteration=memo["round"])

    def after_tasks(self, scope: Scope) -> Repeat | Finish:
        """End when the condition holds, with this round's count or with the next one's.

        Source: Kestra 1.0.36 looks at the condition twice (reference ``engine.md`` §4.9).
        """
        if scope.is_true(self.condition):
            return Finish()
        count = (scope.task_run.outputs or {}).get("iterationCount", 1) + 1
        outputs = {"iterationCount": count}
        limits = self.check_frequency
        if limits.max_iterations is not None and count > limits.max_iterations.value(scope.render):
            return self._at_maximum(scope, "Max iterations reached", outputs)
        spent = scope.now - scope.task_run.state.start_date
        if limits.max_duration is not None and spent > limits.max_duration.value(scope.render):
            return self._at_maximum(scope, "Max duration reached", {})
        if scope.with_outputs(outputs).is_true(self.condition):
            return Finish(outputs=outputs)
        interval = limits.interval.value(scope.render) if limits.interval else _A_MINUTE
        return Repeat(after=interval, outputs=outputs, memo={"round": count, "iteration": count})

    def _at_maximum(self, scope: Scope, warning: str, outputs: Mapping[str, Any]) -> Finish:
        fails = self.fail_on_max_reached is not None and self.fail_on_max_reached.value(scope.render)
        return Finish(state=State.FAILED if fails else None, outputs=outputs, warning=warning)
