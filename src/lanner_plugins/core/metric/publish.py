"""io.kestra.plugin.core.metric.Publish."""

from datetime import timedelta
from typing import Any, ClassVar

from pydantic import Field

from lanner.model.log import MetricType
from lanner.sdk.context import RunContext
from lanner.sdk.plugin import PluginModel
from lanner.sdk.property import Property, Wanted
from lanner.sdk.task import RunnableTask
from lanner.sdk.text import Text

_NUMBER: Wanted[float] = Wanted(float)
_DURATION: Wanted[timedelta] = Wanted(timedelta)


class PublishedMetric(PluginModel):
    """A metric to publish."""

    type: MetricType
    """`counter` for a number, `timer` for a duration."""
    name: Property[str]
    """Name of the metric."""
    description: Property[str] | None = None
    """What it measures."""
    value: Property[Any]
    """A number for a counter, a duration such as `PT2.5S` for a timer."""
    tags: Property[dict[str, Text]] | None = None
    """Tags that tell apart metrics of one name."""


class Publish(RunnableTask):
    """Publish metrics of the execution."""

    instant: ClassVar[bool] = True
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: publish_metrics
namespace: company.team

tasks:
  - id: rows
    type: io.kestra.plugin.core.metric.Publish
    metrics:
      - type: counter
        name: rows
        value: 42
        tags:
          source: "{{ flow.id }}"
      - type: timer
        name: loading
        value: PT2.5S
""",
    )

    metrics: tuple[PublishedMetric, ...] = Field(min_length=1)
    """The metrics."""

    def run(self, context: RunContext) -> None:
        for metric in self.metrics:
            name, tags = context.render(metric.name), context.render(metric.tags) or {}
            value = context.render_value(metric.value.raw)
            match metric.type:
                case MetricType.COUNTER:
                    context.counter(name, _NUMBER.read(value, from_text=True), **tags)
                case MetricType.TIMER:
                    context.timer(name, _DURATION.read(value, from_text=True) / timedelta(milliseconds=1), **tags)
