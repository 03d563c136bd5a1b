"""io.kestra.plugin.core.storage.FilterItems."""

from enum import StrEnum
from typing import Any, ClassVar

from lanner.expressions import ExpressionError, is_truthy
from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask
from lanner.sdk.text import Text
from lanner_plugins.core.storage.items import kept_rows, variables_of
from lanner_plugins.core.storage.source import From


class FilterType(StrEnum):
    """What to do with the rows that the condition is true for."""

    INCLUDE = "INCLUDE"
    EXCLUDE = "EXCLUDE"


class ErrorBehavior(StrEnum):
    """What to do with a row that the condition cannot be evaluated for."""

    FAIL = "FAIL"
    INCLUDE = "INCLUDE"
    EXCLUDE = "EXCLUDE"


class FilterOutput(Output):
    """What ``FilterItems`` gives."""

    uri: str
    """The new file."""
    processed_items_total: int
    """How many rows were read."""
    dropped_items_total: int
    """How many rows were left out."""


class FilterItems(RunnableTask):
    """Keep the rows of a file that a condition is true for, or leave them out."""

    outputs_type: ClassVar[type[Output] | None] = FilterOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: filter_rows
namespace: company.team

tasks:
  - id: rows
    type: io.kestra.plugin.core.storage.Write
    extension: .ion
    content: |
      {id: 1, price: 10}
      {id: 2, price: 30}

  - id: expensive
    type: io.kestra.plugin.core.storage.FilterItems
    from: "{{ outputs.rows.uri }}"
    filterCondition: "{{ price > 20 }}"
""",
    )

    from_: From
    """The file of rows, in Ion."""
    filter_condition: Text
    """An expression that sees the fields of the row and nothing else."""
    filter_type: Property[FilterType] = default(FilterType.INCLUDE)
    """Whether to keep or to leave out the rows that the condition is true for."""
    error_or_null_behavior: Property[ErrorBehavior] = default(ErrorBehavior.FAIL)
    """What to do with a row that the condition cannot be evaluated for: FAIL, INCLUDE or EXCLUDE."""

    def run(self, context: RunContext) -> FilterOutput:
        kind, on_error = context.render(self.filter_type), context.render(self.error_or_null_behavior)

        def is_kept(_: int, row: Any) -> bool:
            try:
                found = is_truthy(context.render_only(self.filter_condition, variables_of(row)))
            except ExpressionError:
                if on_error is ErrorBehavior.FAIL:
                    raise
                return on_error is ErrorBehavior.INCLUDE
            return found is (kind is FilterType.INCLUDE)

        uri, read, dropped = kept_rows(context, context.render(self.from_), is_kept)
        return FilterOutput(uri=uri, processed_items_total=read, dropped_items_total=dropped)
