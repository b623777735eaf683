"""The dataset of a sweep: one tidy table, a row a draw of a level; units, inputs and the experiment in its metadata.

Columns, in order: ``row``; ``level`` and ``draw``, both counted from 0; ``status`` and ``reason``; what each level
sets, by its path, as written; ``input.NAME``, the standard normal number of each input of the draw; then what was
asked, NaN where there is no plan.  A checksum of each row group tells whether its cells are those that were written.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from energy_routes.errors import DataError, Fault
from energy_routes.studies.sweeps.experiment import Experiment

if TYPE_CHECKING:
    import pyarrow as pa

INPUT = "input."
META = b"energy_routes"  # the key of the experiment in the metadata of the schema
SUMS = b"energy_routes.sums"  # that of the checksum of each row group, in hexadecimal digits
FIRST = ("row", "level", "draw", "status", "reason")


def schema_of(experiment: Experiment) -> pa.Schema:
    """The columns of the dataset, each with its unit."""
    import pyarrow as pa

    whole, text, number = pa.int64(), pa.string(), pa.float64()
    fields = [pa.field(name, kind, nullable=False)
              for name, kind in zip(FIRST, (whole, whole, whole, text, text), strict=True)]
    fields += [pa.field(path, text) for path in experiment.paths]
    drawn = experiment.sampler.inputs if experiment.draws else ()
    fields += [pa.field(INPUT + name, number, metadata={"unit": "standard normal"}) for name in drawn]
    fields += [pa.field(name, number, metadata={"unit": experiment.measures.unit(name)}) for name in experiment.answers]
    return pa.schema(fields, metadata={META: json.dumps(experiment.record, ensure_ascii=False)})


def table_of(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    """Rows as a table with its checksum."""
    import pyarrow as pa

    columns = zip(*rows, strict=True)
    arrays = [pa.array(cells, field.type) for cells, field in zip(columns, schema, strict=True)]
    return _signed(pa.Table.from_arrays(arrays, schema=schema))


def write(tables: Sequence[pa.Table], stream: BinaryIO) -> None:
    """Tables with their checksums as one Parquet file, a row group each: the same bytes for the same tables."""
    import pyarrow.parquet as pq

    sums = [table.schema.metadata[SUMS].decode() for table in tables]
    with pq.ParquetWriter(stream, _summed(tables[0].schema, sums)) as writer:
        for table in tables:
            writer.write_table(table)


def groups_of(file: Path, schema: pa.Schema) -> list[pa.Table]:
    """The row groups of a file of this schema; none where there is no such file, or one is not what was written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as stored:
            groups = [_signed(stored.read_row_group(at)) for at in range(stored.num_row_groups)]
            written = _summed(schema, [group.schema.metadata[SUMS].decode() for group in groups])
            return groups if stored.schema_arrow.equals(written, check_metadata=True) else []
    except (OSError, ValueError, pa.ArrowException):
        return []


def checksum(table: pa.Table) -> str:
    """What is the same for the same cells, whichever version of Parquet they stand in."""
    from pyarrow.types import is_floating, is_integer

    sums = blake2b(digest_size=16)
    for column in table.columns:
        number = not column.null_count and (is_floating(column.type) or is_integer(column.type))
        sums.update(column.to_numpy().tobytes() if number else json.dumps(column.to_pylist()).encode())
    return sums.hexdigest()


def _signed(table: pa.Table) -> pa.Table:
    """A table with its checksum in its metadata."""
    return table.replace_schema_metadata(_summed(table.schema, [checksum(table)]).metadata)


def _summed(schema: pa.Schema, sums: Sequence[str]) -> pa.Schema:
    """The schema with the checksums of the row groups."""
    return schema.with_metadata({**schema.metadata, SUMS: " ".join(sums).encode()})


def read(file: Path) -> pa.Table:
    """A dataset, or a chunk of one.  Raises DataError where it is missing or damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(file).read()
    except (OSError, pa.ArrowException) as error:
        fault = Fault(file.name, found=str(error).splitlines()[0], expected="a table of a sweep as it was written",
                      repair="Run the sweep again with --resume.")  # fmt: skip
        raise DataError(str(file.parent), [fault]) from None
