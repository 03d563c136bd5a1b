"""Small plugins under the names of Kestra's, so that flows can be read without any plugin installed."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from lanner.sdk.condition import Condition
from lanner.sdk.context import RunContext
from lanner.sdk.flowable import Flowable, Shape
from lanner.sdk.input import AnyInput
from lanner.sdk.plugin import Output, PluginModel
from lanner.sdk.property import Property
from lanner.sdk.registry import PluginGroup, Registry
from lanner.sdk.task import AnyTask, RunnableTask, Task
from lanner.sdk.text import Duration, Text
from lanner.sdk.trigger import Trigger

Tasks = Annotated[tuple[AnyTask, ...], Field(min_length=1)]


class Log(RunnableTask):
    """Write a line to the log.

    More about it.
    """

    message: Property[str | list[str]]
    """What to write."""
    level: Property[str] | None = None
    """How important it is."""

    def run(self, context: RunContext) -> None:
        """Nothing to do."""


class ReturnOutput(Output):
    value: str | None = None
    """What was rendered."""


class Return(RunnableTask):
    """Return a text."""

    outputs_type = ReturnOutput
    examples = ("id: shown\nnamespace: company.team\ntasks:\n  - {id: r, type: io.kestra.plugin.core.debug.Return}\n",)

    format: Property[str] | None = None
    """The text."""
    old: Annotated[str | None, Field(json_schema_extra={"deprecated": True})] = None
    """Not used any more."""

    def run(self, context: RunContext) -> None:
        """Nothing to do."""


class OutputValues(RunnableTask):
    """Return values."""

    values: Property[dict[str, Any]]
    """The values."""

    def run(self, context: RunContext) -> None:
        """Nothing to do."""


class Sequential(Flowable):
    """Run tasks one after the other."""

    tasks: Tasks
    """The tasks."""

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {"tasks": self.tasks}

    def shape(self, memo: Mapping[str, Any]) -> Shape:
        return Shape(tasks=self.tasks)


class Switch(Flowable):
    """Run the tasks of one case."""

    value: Property[str]
    """What to look at."""
    cases: dict[str, Tasks] = Field(default_factory=dict)
    """Value -> tasks."""
    defaults: tuple[AnyTask, ...] = ()
    """Tasks when no case fits."""

    @model_validator(mode="after")
    def _has_tasks(self) -> Self:
        if not self.cases and not self.defaults:
            raise ValueError("No task defined, neither cases or default have any tasks")
        return self

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {"defaults": self.defaults, **self.cases}


class DagTask(PluginModel):
    """A task and what it waits for."""

    task: AnyTask
    """The task."""
    depends_on: tuple[str, ...] = ()
    """Ids of other tasks."""


class Dag(Flowable):
    """Run tasks in the order of their dependencies."""

    tasks: Annotated[tuple[DagTask, ...], Field(min_length=1)]
    """The tasks."""

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {"tasks": tuple(entry.task for entry in self.tasks)}


class Pause(Flowable):
    """Wait for somebody."""

    on_resume: tuple[AnyInput, ...] = ()
    """What to ask for."""
    pause_duration: Property[Duration] | None = None
    """How long to wait."""


class Subflow(Task):
    """Run another flow."""

    namespace: Text
    """Its namespace."""
    flow_id: Text
    """Its id."""
    inputs: dict[str, Any] = Field(default_factory=dict)
    """Its inputs."""


class ExecutionStatus(Condition):
    """Looks at the state of an execution."""

    in_: Annotated[tuple[str, ...], Field(alias="in")] = ()
    """States."""


class FlowTrigger(Trigger):
    """Starts when another flow ends."""

    inputs: dict[str, Any] = Field(default_factory=dict)
    """Inputs."""


class Schedule(Trigger):
    """Starts at times."""

    cron: Text
    """When."""


_HERE = "tests.flows.sample_plugins"

SAMPLES = PluginGroup(
    name="samples",
    title="Samples",
    types={
        "io.kestra.plugin.core.log.Log": f"{_HERE}:Log",
        "io.kestra.plugin.core.debug.Return": f"{_HERE}:Return",
        "io.kestra.plugin.core.output.OutputValues": f"{_HERE}:OutputValues",
        "io.kestra.plugin.core.flow.Sequential": f"{_HERE}:Sequential",
        "io.kestra.plugin.core.flow.Switch": f"{_HERE}:Switch",
        "io.kestra.plugin.core.flow.Dag": f"{_HERE}:Dag",
        "io.kestra.plugin.core.flow.Pause": f"{_HERE}:Pause",
        "io.kestra.plugin.core.flow.Subflow": f"{_HERE}:Subflow",
        "io.kestra.plugin.core.condition.ExecutionStatus": f"{_HERE}:ExecutionStatus",
        "io.kestra.plugin.core.trigger.Flow": f"{_HERE}:FlowTrigger",
        "io.kestra.plugin.core.trigger.Schedule": f"{_HERE}:Schedule",
        "io.kestra.plugin.broken.Missing": "lanner_plugin_that_is_not_there:Missing",
    },
    aliases={
        "io.kestra.core.tasks.log.Log": "io.kestra.plugin.core.log.Log",
        "io.kestra.core.tasks.debugs.Return": "io.kestra.plugin.core.debug.Return",
    },
)

REGISTRY = Registry([SAMPLES])
