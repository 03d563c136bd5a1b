"""io.kestra.plugin.core.storage.DeduplicateItems."""

from hashlib import blake2b
from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.task import RunnableTask
from lanner.sdk.text import Text
from lanner_plugins.core.storage.items import kept_rows, rows_in, variables_of
from lanner_plugins.core.storage.source import From


class DeduplicateOutput(Output):
    """What ``DeduplicateItems`` gives."""

    uri: str
    """The new file."""
    num_keys: int
    """How many different keys there are."""
    processed_items_total: int
    """How many rows were read."""
    dropped_items_total: int
    """How many rows were left out."""


class DeduplicateItems(RunnableTask):
    """Keep the last row of each key in a file of rows."""

    outputs_type: ClassVar[type[Output] | None] = DeduplicateOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: deduplicate_rows
namespace: company.team

tasks:
  - id: rows
    type: io.kestra.plugin.core.storage.Write
    extension: .ion
    content: |
      {id: 1, name: "a"}
      {id: 2, name: "b"}
      {id: 1, name: "c"}

  - id: last
    type: io.kestra.plugin.core.storage.DeduplicateItems
    from: "{{ outputs.rows.uri }}"
    expr: "{{ id }}"
""",
    )

    from_: From
    """The file of rows, in Ion."""
    expr: Text
    """The key of a row; an expression that sees the fields of the row and nothing else."""

    def run(self, context: RunContext) -> DeduplicateOutput:
        uri = context.render(self.from_)
        last: dict[bytes, int] = {}
        with rows_in(context, uri) as rows:
            for number, row in enumerate(rows):
                key = context.render_only(self.expr, variables_of(row))
                last[blake2b(key.encode(), digest_size=16).digest()] = number
        numbers = set(last.values())
        new, read, dropped = kept_rows(context, uri, lambda number, _: number in numbers)
        return DeduplicateOutput(uri=new, num_keys=len(last), processed_items_total=read, dropped_items_total=dropped)
