"""io.kestra.plugin.core.debug.Return."""

from time import perf_counter
from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property
from lanner.sdk.task import RunnableTask


class ReturnOutput(Output):
    """What ``Return`` gives."""

    value: str | None = None
    """The rendered text."""


class Return(RunnableTask):
    """Render a text and hand it on as an output."""

    instant: ClassVar[bool] = True
    outputs_type: ClassVar[type[Output] | None] = ReturnOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: return_a_value
namespace: company.team

tasks:
  - id: hello
    type: io.kestra.plugin.core.debug.Return
    format: "Hello from {{ flow.namespace }}"

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.hello.value }}"
""",
    )

    format: Property[str] | None = None
    """The text; nothing gives no value."""

    def run(self, context: RunContext) -> ReturnOutput:
        start = perf_counter()
        text = context.render(self.format)
        if text is None:
            return ReturnOutput()
        context.log.debug(text)
        tags = {"format": str(self.format.raw)} if self.format else {}
        context.counter("length", len(text), **tags)
        context.timer("duration", (perf_counter() - start) * 1000, **tags)
        return ReturnOutput(value=text)
