"""io.kestra.plugin.serdes.parquet.*."""

from collections.abc import Iterator
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from lanner.sdk.context import RunContext
from lanner.sdk.ion import Columns, rows_in, write_columns
from lanner.sdk.property import Property, default
from lanner.sdk.task import TaskFailed
from lanner_plugins.serdes.avro_tasks import ROWS, SHOW
from lanner_plugins.serdes.conversion import Conversion, ConvertedFile, local_copy, stored
from lanner_plugins.serdes.schema_writing import Fitting, SchemaWriting

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_AT_ONCE = 2_000
MOST_GROUP_BYTES = 16 * 1024 * 1024
"""Bytes in memory after which a row group is written, however large `rowGroupSize` is."""


class CompressionCodec(StrEnum):
    """How columns are compressed."""

    UNCOMPRESSED = "UNCOMPRESSED"
    SNAPPY = "SNAPPY"
    GZIP = "GZIP"
    ZSTD = "ZSTD"


class ParquetVersion(StrEnum):
    """Version of the format."""

    V1 = "V1"
    V2 = "V2"


class ParquetToIon(Conversion):
    """Convert Parquet to rows in Ion."""

    examples: ClassVar[tuple[str, ...]] = (
        f"""\
id: parquet_to_ion
namespace: company.team

{ROWS}
  - id: parquet
    type: io.kestra.plugin.serdes.parquet.IonToParquet
    from: "{{{{ outputs.rows.uri }}}}"

  - id: back
    type: io.kestra.plugin.serdes.parquet.ParquetToIon
    from: "{{{{ outputs.parquet.uri }}}}"
{SHOW % "back.size"}""",
    )

    def run(self, context: RunContext) -> ConvertedFile:
        from pyarrow import ArrowException  # noqa: PLC0415  # slow to import
        from pyarrow.parquet import ParquetFile  # noqa: PLC0415  # as above

        path = context.working_dir / "converted.ion"
        with local_copy(context, context.render(self.from_)) as source, path.open("wb") as target:
            size = 0
            try:
                with ParquetFile(source, pre_buffer=False) as file:
                    for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, use_threads=False):
                        write_columns(target, _columns(batch))
                        size += batch.num_rows
            except (ArrowException, OSError) as error:
                raise TaskFailed(f"the file is no Parquet: {error}") from error
        return stored(context, path, size)


class IonToParquet(SchemaWriting):
    """Convert rows in Ion to Parquet."""

    examples: ClassVar[tuple[str, ...]] = (
        f"""\
id: ion_to_parquet
namespace: company.team

{ROWS}
  - id: parquet
    type: io.kestra.plugin.serdes.parquet.IonToParquet
    from: "{{{{ outputs.rows.uri }}}}"
    compressionCodec: ZSTD
{SHOW % "parquet.uri"}""",
    )

    compression_codec: Property[CompressionCodec] = default(CompressionCodec.GZIP)
    """UNCOMPRESSED, SNAPPY, GZIP or ZSTD."""
    parquet_version: Property[ParquetVersion] = default(ParquetVersion.V2)
    """Version of the pages: V1 or V2."""
    row_group_size: Property[int] = default(128 * 1024 * 1024)
    """Bytes of a row group; no more than 16 MB are held in memory, whatever is written here."""
    page_size: Property[int] = default(1024 * 1024)
    """Bytes of a page."""
    dictionary_page_size: Property[int] = Field(default=default(1024 * 1024))
    """Bytes of a page of a dictionary."""

    def run(self, context: RunContext) -> ConvertedFile:
        return self.converted(context, "parquet", lambda source, target: self._convert(context, source, target))

    def _convert(self, context: RunContext, source: IO[bytes], target: IO[bytes]) -> int:
        from pyarrow import default_memory_pool  # noqa: PLC0415  # slow to import

        from lanner_plugins.serdes.arrow_schemas import arrow_schema  # noqa: PLC0415  # as above

        fitting = self.fitting(context, source)
        try:
            schema = arrow_schema(fitting.schema)
        except (ValueError, KeyError, IndexError) as error:
            raise TaskFailed(f"`schema` is none that Parquet can hold: {error}") from error
        most = min(context.render(self.row_group_size), MOST_GROUP_BYTES)
        count, size, held = 0, 0, list["pa.RecordBatch"]()
        with self._writer(context, target, schema) as writer:
            for batch in _batches(fitting, schema):
                held.append(batch)
                count, size = count + batch.num_rows, size + batch.nbytes
                if size >= most:
                    _flush(writer, held)
                    size = 0
            _flush(writer, held)
        default_memory_pool().release_unused()
        return count

    def _writer(self, context: RunContext, target: IO[bytes], schema: "pa.Schema") -> Any:
        from pyarrow.parquet import ParquetWriter  # noqa: PLC0415  # slow to import

        codec = context.render(self.compression_codec)
        return ParquetWriter(
            target,
            schema,
            compression="NONE" if codec is CompressionCodec.UNCOMPRESSED else codec.value,
            data_page_version="2.0" if context.render(self.parquet_version) is ParquetVersion.V2 else "1.0",
            data_page_size=context.render(self.page_size),
            dictionary_pagesize_limit=context.render(self.dictionary_page_size),
        )


def _columns(batch: "pa.RecordBatch") -> Columns:
    return Columns(
        tuple(batch.schema.names), tuple(column.to_pylist(maps_as_pydicts="lossy") for column in batch.columns)
    )


def _batches(fitting: Fitting, schema: "pa.Schema") -> Iterator["pa.RecordBatch"]:
    from pyarrow import ArrowException, RecordBatch  # noqa: PLC0415  # slow to import

    from lanner_plugins.serdes.arrow_columns import record_batch  # noqa: PLC0415  # as above

    read = 0
    for block in fitting.blocks:
        batch = record_batch(block, fitting.schema, schema, fitting.reading) if isinstance(block, Columns) else None
        if batch is None:
            rows = list(fitting.rows_of(rows_in(block), read + 1))
            try:
                batch = RecordBatch.from_pylist(rows, schema=schema)
            except ArrowException as error:
                raise TaskFailed(f"rows {read + 1} to {read + len(block)}: {error}") from error
        read += len(block)
        yield batch


def _flush(writer: Any, held: list["pa.RecordBatch"]) -> None:
    """Write what is held as one row group."""
    from pyarrow import Table  # noqa: PLC0415  # slow to import

    if held:
        writer.write_table(Table.from_batches(held))
        held.clear()
