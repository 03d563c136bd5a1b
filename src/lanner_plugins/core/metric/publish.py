"""io.kestra.plugin.core.metric.Publish."""

from datetime import timedelta
from typing import Any, ClassVar

from pydantic import TypeAdapter, ValidationError

from lanner.model.log import MetricType
from lanner.sdk.context import RunContext
from lanner.sdk.plugin import PluginModel
from lanner.sdk.property import Property, Wanted
from lanner.sdk.task import RunnableTask, TaskFailed
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


_METRICS: TypeAdapter[tuple[PublishedMetric, ...]] = TypeAdapter(tuple[PublishedMetric, ...])


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

    metrics: tuple[PublishedMetric, ...] | Text = ()
    """The metrics: a list, or an expression that gives one as JSON."""

    def run(self, context: RunContext) -> None:
        for metric in self._listed(context):
            name, tags = context.render(metric.name), context.render(metric.tags) or {}
            value = context.render_value(metric.value.raw)
            match metric.type:
                case MetricType.COUNTER:
                    context.counter(name, _NUMBER.read(value, from_text=True), **tags)
                case MetricType.TIMER:
                    context.timer(name, _DURATION.read(value, from_text=True) / timedelta(milliseconds=1), **tags)

    def _listed(self, context: RunContext) -> tuple[PublishedMetric, ...]:
        if not isinstance(self.metrics, str):
            return self.metrics
        text = context.render(self.metrics)
        try:
            return _METRICS.validate_json(text)
        except ValidationError as error:
            shown = text if len(text) <= 200 else text[:200] + "…"
            raise TaskFailed(f"`metrics` is {shown!r}, which is no JSON list of metrics: {error}") from error
