"""io.kestra.plugin.serdes.avro.*."""

from itertools import islice
from typing import IO, Annotated, Any, ClassVar

import orjson
from pydantic import Field

from lanner.sdk.context import RunContext
from lanner.sdk.ion import read_rows, write_rows
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner_plugins.serdes.conversion import Conversion, ConvertedFile, OnBadLines
from lanner_plugins.serdes.schema_writing import SchemaWriting
from lanner_plugins.serdes.schemas import inferred

ROWS = """\
tasks:
  - id: rows
    type: io.kestra.plugin.core.storage.Write
    extension: .ion
    content: |
      {id: 1, name: "Ann", at: 2026-01-31T08:00:00Z}
      {id: 2, name: "Bob", at: 2026-02-28T08:00:00Z}
"""
SHOW = """
  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.%s }}"
"""


class AvroToIon(Conversion):
    """Convert Avro to rows in Ion."""

    examples: ClassVar[tuple[str, ...]] = (
        f"""\
id: avro_to_ion
namespace: company.team

{ROWS}
  - id: avro
    type: io.kestra.plugin.serdes.avro.IonToAvro
    from: "{{{{ outputs.rows.uri }}}}"

  - id: back
    type: io.kestra.plugin.serdes.avro.AvroToIon
    from: "{{{{ outputs.avro.uri }}}}"
{SHOW % "back.size"}""",
    )

    on_bad_lines: Property[OnBadLines] = default(OnBadLines.ERROR)
    """Accepted for its name: a damaged file of Avro has no next row to go on with."""

    def run(self, context: RunContext) -> ConvertedFile:
        import fastavro  # noqa: PLC0415  # slow to import

        def convert(source: IO[bytes], target: IO[bytes]) -> int:
            try:
                return write_rows(target, fastavro.reader(source))
            except (ValueError, EOFError, KeyError, IndexError, OverflowError, MemoryError) as error:
                reason = str(error) or "a length in it is larger than the memory"
                raise TaskFailed(f"the file is no Avro: {reason}") from error

        return self.converted(context, "ion", convert)


class IonToAvro(SchemaWriting):
    """Convert rows in Ion to Avro."""

    examples: ClassVar[tuple[str, ...]] = (
        f"""\
id: ion_to_avro
namespace: company.team

{ROWS}
  - id: avro
    type: io.kestra.plugin.serdes.avro.IonToAvro
    from: "{{{{ outputs.rows.uri }}}}"
    schema: |
      {{
        "type": "record",
        "name": "Person",
        "fields": [
          {{"name": "id", "type": "int"}},
          {{"name": "name", "type": ["null", "string"]}},
          {{"name": "at", "type": {{"type": "long", "logicalType": "timestamp-millis"}}}}
        ]
      }}
{SHOW % "avro.uri"}""",
    )

    def run(self, context: RunContext) -> ConvertedFile:
        import fastavro  # noqa: PLC0415  # slow to import
        from fastavro.schema import SchemaParseException  # noqa: PLC0415  # as above

        def convert(source: IO[bytes], target: IO[bytes]) -> int:
            fitting = self.fitting(context, source)
            count = 0

            def counted() -> Any:
                nonlocal count
                for row in fitting.rows():
                    count += 1
                    yield row

            try:
                fastavro.writer(target, fastavro.parse_schema(fitting.schema), counted())
            except SchemaParseException as error:
                raise TaskFailed(f"`schema` is no schema of Avro: {error}") from error
            return count

        return self.converted(context, "avro", convert)


class SchemaFile(Output):
    """What ``InferAvroSchemaFromIon`` gives."""

    uri: str
    """The schema."""


class InferAvroSchemaFromIon(RunnableTask):
    """Find out the Avro schema of rows in Ion."""

    outputs_type: ClassVar[type[Output] | None] = SchemaFile
    examples: ClassVar[tuple[str, ...]] = (
        f"""\
id: infer_avro_schema
namespace: company.team

{ROWS}
  - id: schema
    type: io.kestra.plugin.serdes.avro.InferAvroSchemaFromIon
    from: "{{{{ outputs.rows.uri }}}}"

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{{{ read(outputs.schema.uri) }}}}"
""",
    )

    from_: Annotated[Property[str], Field(alias="from")]
    """URI of the file of rows."""
    number_of_rows_to_scan: Property[int] = default(100)
    """How many rows to look at."""

    def run(self, context: RunContext) -> SchemaFile:
        with context.files.open(context.render(self.from_)) as file:
            try:
                schema = inferred([list(islice(read_rows(file), context.render(self.number_of_rows_to_scan)))])
            except ValueError as error:
                raise TaskFailed(f"no schema fits the rows: {error}") from error
        return SchemaFile(uri=context.files.put_bytes(orjson.dumps(schema), name="schema.avsc"))
