"""io.kestra.plugin.core.log.Log."""

from typing import Annotated, Any, ClassVar

from pydantic import WithJsonSchema

from lanner.model.log import Level
from lanner.sdk.context import RunContext
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed

Message = Annotated[
    Any, WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
]


class Log(RunnableTask):
    """Write one or several lines to the log of the execution."""

    instant: ClassVar[bool] = True
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: log_levels
namespace: company.team

tasks:
  - id: greet
    type: io.kestra.plugin.core.log.Log
    message: "Running {{ flow.id }}"

  - id: warn
    type: io.kestra.plugin.core.log.Log
    level: WARN
    message:
      - The first line
      - "The second line of {{ execution.id }}"
""",
    )

    message: Message
    """A text, or a list of texts that become a line each."""
    level: Property[Level] = default(Level.INFO)
    """Level of the lines: TRACE, DEBUG, INFO, WARN or ERROR."""

    def run(self, context: RunContext) -> None:
        level = context.render(self.level)
        match context.render_value(self.message):
            case str() as line:
                context.log.log(level, line)
            case list() as lines if all(isinstance(line, str) for line in lines):
                for line in lines:
                    context.log.log(level, line)
            case other:
                raise TaskFailed(
                    f"Invalid message type '{type(other).__name__}': `message` is a text or a list of texts"
                )
