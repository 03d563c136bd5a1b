"""io.kestra.plugin.core.storage.Reverse."""

from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner_plugins.core.storage.lines import extension_of, text_lines
from lanner_plugins.core.storage.source import From


class ReverseOutput(Output):
    """What ``Reverse`` gives."""

    uri: str
    """The new file."""


class Reverse(RunnableTask):
    """Write the lines of a stored file in reverse order, the last one first; empty lines are left out."""

    outputs_type: ClassVar[type[Output] | None] = ReverseOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: reverse_lines
namespace: company.team

tasks:
  - id: lines
    type: io.kestra.plugin.core.storage.Write
    content: |
      first
      second

  - id: reverse
    type: io.kestra.plugin.core.storage.Reverse
    from: "{{ outputs.lines.uri }}"
""",
    )

    from_: From
    """The file."""
    separator: Property[str] = default("\n")
    """Text to write after each line."""
    charset: Property[str] = default("UTF-8")
    """Encoding of the file."""

    def run(self, context: RunContext) -> ReverseOutput:
        uri, charset = context.render(self.from_), context.render(self.charset)
        separator = context.render(self.separator)
        path = context.working_dir / f"reverse{extension_of(uri)}"
        try:
            with context.files.open(uri) as file:
                lines = [line for line in text_lines(file, charset) if line]
            path.write_bytes("".join(f"{line}{separator}" for line in reversed(lines)).encode(charset))
        except (LookupError, UnicodeError) as error:
            raise TaskFailed(f"{uri} is not text in {charset!r}: {error}") from error
        return ReverseOutput(uri=context.files.put(path, name=path.name))
