"""What the writers of formats with a schema share."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import IO, Any

import orjson
from pydantic import Field

from lanner.sdk.context import RunContext
from lanner.sdk.ion import Block, read_blocks, rows_in
from lanner.sdk.property import Property, default
from lanner.sdk.task import TaskFailed
from lanner.sdk.text import Text
from lanner_plugins.serdes.conversion import Conversion, OnBadLines, good_rows
from lanner_plugins.serdes.quick_rows import fitter
from lanner_plugins.serdes.schemas import Reading, Schema, inferred
from lanner_plugins.serdes.text_format import zone_in

TRUE = ["t", "true", "enabled", "1", "on", "yes"]
FALSE = ["f", "false", "disabled", "0", "off", "no", ""]
NULL = [
    "",
    "#N/A",
    "#N/A N/A",
    "#NA",
    "-1.#IND",
    "-1.#QNAN",
    "-NaN",
    "1.#IND",
    "1.#QNAN",
    "NA",
    "n/a",
    "nan",
    "null",
]


class SchemaWriting(Conversion):
    """Writes rows by an Avro schema."""

    schema_: Property[str] | None = Field(default=None, alias="schema")
    """The Avro schema as JSON; found out from the rows when absent."""
    number_of_rows_to_scan: Property[int] = default(100)
    """How many rows to look at for the schema."""
    infer_all_fields: Property[bool] = default(False)
    """Look at all rows for the schema."""
    true_values: Property[list[Text]] = default(TRUE)
    """Texts that mean true in a boolean field."""
    false_values: Property[list[Text]] = default(FALSE)
    """Texts that mean false in a boolean field."""
    null_values: Property[list[Text]] = default(NULL)
    """Texts that mean nothing in a field that may be null and is no text."""
    date_format: Property[str] = default("yyyy-MM-dd[XXX]")
    """Java pattern of texts that are dates."""
    time_format: Property[str] = default("HH:mm[:ss][.SSSSSS][XXX]")
    """Java pattern of texts that are times of day; they are read as ISO text."""
    datetime_format: Property[str] = default("yyyy-MM-dd'T'HH:mm[:ss][.SSSSSS][XXX]")
    """Java pattern of texts that are moments."""
    decimal_separator: Property[str] = default(".")
    """Character before the fraction of numbers that are texts."""
    strict_schema: Property[bool] = default(False)
    """Refuse rows with fields that the schema does not have."""
    time_zone_id: Property[str] | None = None
    """The zone of moments without one; UTC when absent."""
    on_bad_lines: Property[OnBadLines] = default(OnBadLines.ERROR)
    """What to do with a row that does not fit the schema: ERROR, WARN or SKIP."""

    def fitting(self, context: RunContext, source: IO[bytes]) -> "Fitting":
        """Return the schema and the rows to come, with what turns one of them into what the schema wants."""
        blocks: Iterator[Block] = read_blocks(source)
        given = context.render(self.schema_)
        if given is not None:
            schema = read_schema(given)
        elif context.render(self.infer_all_fields):
            schema = _schema_of(blocks)
            source.seek(0)
            blocks = read_blocks(source)
        else:
            first, blocks = _first_rows(blocks, max(1, context.render(self.number_of_rows_to_scan)))
            schema = _schema_of(iter([first]))
        return Fitting(schema, blocks, self._reading(context), context, context.render(self.on_bad_lines))

    def _reading(self, context: RunContext) -> Reading:
        zone = context.render(self.time_zone_id) or "UTC"
        true, false, null = (context.render(one) for one in (self.true_values, self.false_values, self.null_values))
        return Reading(
            true=frozenset(text.lower() for text in true),
            false=frozenset(text.lower() for text in false),
            null=frozenset(null),
            date_format=context.render(self.date_format),
            time_format=context.render(self.time_format),
            datetime_format=context.render(self.datetime_format),
            decimal_separator=context.render(self.decimal_separator),
            zone=zone,
            zone_info=zone_in(zone),
            strict=context.render(self.strict_schema),
        )


class Fitting:
    """The rows of a file on their way into a schema."""

    def __init__(
        self, schema: Schema, blocks: Iterator[Block], reading: Reading, context: RunContext, behavior: OnBadLines
    ) -> None:
        self.schema, self.blocks, self.reading = schema, blocks, reading
        self._context, self._behavior, self._fit = context, behavior, fitter(schema, reading)

    def rows(self) -> Iterator[Any]:
        """Yield all rows, one by one."""
        return self.rows_of(chain.from_iterable(map(rows_in, self.blocks)), 1)

    def rows_of(self, rows: Iterable[Any], first: int) -> Iterator[Any]:
        """Yield these rows, which begin with number ``first``; what does not fit is dealt with as the task wishes."""
        return good_rows(self._context, rows, self._fit, self._behavior, first)


def _first_rows(blocks: Iterator[Block], count: int) -> tuple[list[Any], Iterator[Block]]:
    """Return some rows, and all blocks."""
    first, read = list[Any](), list[Block]()
    for block in blocks:
        read.append(block)
        first += islice(rows_in(block), count - len(first))
        if len(first) >= count:
            break
    return first, chain(read, blocks)


def read_schema(text: str) -> Schema:
    """Return the schema a text describes; raises ``TaskFailed``."""
    try:
        schema = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise TaskFailed(f"`schema` is no JSON: {error}") from error
    if not isinstance(schema, dict) or schema.get("type") != "record" or not isinstance(schema.get("fields"), list):
        raise TaskFailed("`schema` must be an Avro record with `fields`")
    return schema


def _schema_of(blocks: Iterator[Block]) -> Schema:
    try:
        return inferred(blocks)
    except ValueError as error:
        raise TaskFailed(f"no schema fits the rows: {error}") from error
