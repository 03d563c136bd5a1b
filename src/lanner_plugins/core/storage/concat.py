"""io.kestra.plugin.core.storage.Concat."""

import shutil
from typing import Any, ClassVar

import orjson

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed


class ConcatOutput(Output):
    """What ``Concat`` gives."""

    uri: str
    """The new file."""


class Concat(RunnableTask):
    """Put stored files together into one."""

    outputs_type: ClassVar[type[Output] | None] = ConcatOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: concat_files
namespace: company.team

tasks:
  - id: first
    type: io.kestra.plugin.core.storage.Write
    content: alpha

  - id: second
    type: io.kestra.plugin.core.storage.Write
    content: beta

  - id: both
    type: io.kestra.plugin.core.storage.Concat
    files:
      - "{{ outputs.first.uri }}"
      - "{{ outputs.second.uri }}"
    separator: "\\n"
    extension: .txt
""",
    )

    files: Any
    """URIs of the files: a list, or JSON text of one."""
    separator: Property[str] | None = None
    """Text to write after each file, the last one too."""
    extension: Property[str] = default(".tmp")
    """Extension of the new file."""

    def run(self, context: RunContext) -> ConcatOutput:
        separator = (context.render(self.separator) or "").encode()
        path = context.working_dir / f"concat{with_dot(context.render(self.extension))}"
        with path.open("wb") as target:
            for uri in self._uris(context):
                with context.files.open(uri) as source:
                    shutil.copyfileobj(source, target)
                target.write(separator)
        return ConcatOutput(uri=context.files.put(path, name=path.name))

    def _uris(self, context: RunContext) -> list[str]:
        rendered = context.render_value(self.files)
        if isinstance(rendered, str):
            try:
                rendered = orjson.loads(rendered)
            except orjson.JSONDecodeError as error:
                raise TaskFailed(f"`files` is a text that is not a JSON list of URIs: {error}") from error
        if not isinstance(rendered, list):
            raise TaskFailed(f"Invalid `files` properties with type '{type(rendered).__name__}': it is a list of URIs")
        return [str(uri) for uri in rendered if uri is not None]


def with_dot(extension: str) -> str:
    """Return an extension with the dot it may lack; raises ``TaskFailed`` for one that would be a path."""
    if "/" in extension or "\0" in extension:
        raise TaskFailed(f"`extension` is {extension!r}: it is the end of a name, such as .csv")
    return extension if not extension or extension.startswith(".") else f".{extension}"
