"""The data source ``mbox``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pyarrow
from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.types import ArrayType, BinaryType, DataType, LongType, StringType, StructField, StructType, TimestampType

from .. import MboxError, _native
from .tasks import RANGE_SIZE, Task, bytes_of, divide, part_of, ranges_of, survey, survey_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_LONG, _TEXT, _TEXTS, _TIME, _BYTES = LongType(), StringType(), ArrayType(StringType()), TimestampType(), BinaryType()

COLUMNS: dict[str, DataType] = {
    "index": _LONG,
    "mailbox": _TEXT,
    "offset": _LONG,
    "length": _LONG,
    "eml_size": _LONG,
    "sha256": _TEXT,
    "from_line": _TEXT,
    "received": _TIME,
    "received_source": _TEXT,
    "date": _TEXT,
    "from": _TEXT,
    "to": _TEXT,
    "cc": _TEXT,
    "subject": _TEXT,
    "message_id": _TEXT,
    "gmail_id": _LONG,
    "gmail_thread": _LONG,
    "labels": _TEXTS,
    "flags": _TEXT,
    "status": _TEXT,
    "reason": _TEXT,
    "vault": _TEXT,
    "warnings": _TEXTS,
    "eml": _BYTES,
}
"""The columns, as in a manifest, and ``eml``."""

_ARROW: dict[str, pyarrow.DataType] = {
    "bigint": pyarrow.int64(),
    "string": pyarrow.string(),
    "array<string>": pyarrow.list_(pyarrow.field("element", pyarrow.string())),
    "timestamp": pyarrow.timestamp("us", tz="UTC"),
    "binary": pyarrow.binary(),
}


def register(spark: SparkSession) -> None:
    """Makes ``spark.read.format("mbox")`` known to a session."""
    spark.dataSource.register(MboxDataSource)


class MboxDataSource(DataSource):
    """The messages of mailboxes, a row each::

        register(spark)
        messages = spark.read.format("mbox").load("users/")
        messages.where("received >= '2024-01-01'").groupBy("mailbox").count()

    ``load`` takes mailboxes, folders, archives, patterns such as ``users/*/*.mbox``, and URLs of all these. Columns are those of a manifest; unknown
    values are null. A mailbox that cannot be read, or not to its end, has a row with the ``index`` 0, the ``status`` ``failed``
    and the ``reason``.

    Only the columns of the schema are made: ``schema("index long, subject string")`` is faster. Without a schema there are
    all but ``eml``. Options:

    - ``eml``: ``true`` adds the column ``eml``, the bytes of each message as they were sent. Without it no mail passes the JVM.
    - ``rangeSize``, default ``256m``: a larger mailbox is read in ranges of about this size, and smaller ones together.
    - ``mode``: ``FAILFAST`` makes it an error that a mailbox cannot be read.
    - ``split``, ``unquote``, ``eol``, ``deleted``: as for :func:`pymbox2eml.convert`.
    """

    @classmethod
    def name(cls) -> str:
        return "mbox"

    def schema(self) -> StructType:
        has_eml = str(self.options.get("eml", "false")).lower() == "true"
        return StructType([StructField(name, type) for name, type in COLUMNS.items() if name != "eml" or has_eml])

    def reader(self, schema: StructType) -> DataSourceReader:
        return _Reader(dict(self.options), schema)


class _Partition(InputPartition):
    """A task, or inputs that cannot be read."""

    def __init__(self, task: Task | None, failures: list[tuple[str, str, str]]) -> None:
        self.task = task
        self.failures = failures


class _Reader(DataSourceReader):
    """What executors get is copied before :meth:`partitions` is called, so the search is made at once."""

    def __init__(self, options: dict[str, Any], schema: StructType) -> None:
        options = {name.lower(): value for name, value in options.items()}
        options.pop("eml", None)
        paths = json.loads(options.pop("paths", "[]"))
        paths += [options.pop("path")] if "path" in options else []
        if not paths:
            raise ValueError("give a path: load(path)")
        self._size = bytes_of(options.pop("rangesize", RANGE_SIZE))
        mode = options.pop("mode", "PERMISSIVE").upper()
        if mode not in ("PERMISSIVE", "FAILFAST"):
            raise ValueError(f"unknown mode {mode!r}, expected one of: PERMISSIVE, FAILFAST")
        if unknown := options.keys() - {"split", "unquote", "eol", "deleted"}:
            raise ValueError(f"unknown option: {min(unknown)}")
        self._options, self._schema, self._fails_fast = options, _arrow(schema), mode == "FAILFAST"
        found = survey(paths, None, options)
        self._survey, self._failures = found.text(), found.failures
        if self._failures and self._fails_fast:
            raise MboxError(self._failures[0][2])

    def partitions(self) -> list[InputPartition]:
        large, tasks = divide(survey_of(self._survey), self._options, self._size, by_range=True)
        split = self._options.get("split", "auto")
        with ThreadPoolExecutor() as pool:
            planned = pool.map(lambda unit: ranges_of(unit.path, self._size, split), large)
            for unit, ranges in zip(large, planned):
                tasks += [Task([unit.number], range) for range, _ in ranges] or [Task([unit.number])]
        partitions: list[InputPartition] = [_Partition(task, []) for task in tasks]
        return partitions + ([_Partition(None, self._failures)] if self._failures or not tasks else [])

    def read(self, partition: InputPartition) -> Iterator[pyarrow.RecordBatch]:
        assert isinstance(partition, _Partition)
        if partition.failures:
            rows = [
                {"index": 0, "mailbox": input, "status": "failed", "reason": reason}
                for input, _, reason in partition.failures
            ]
            yield pyarrow.RecordBatch.from_pylist(rows, schema=self._schema)
        if partition.task:
            options = {**self._options, "threads": 1}
            part = part_of(self._survey, partition.task)
            for columns, failure in _native.Rows([part], self._schema.names, options):
                if failure and self._fails_fast:
                    raise MboxError(failure)
                yield pyarrow.RecordBatch.from_pydict(columns, schema=self._schema)


def _arrow(schema: StructType) -> pyarrow.Schema:
    """The schema in Arrow's types, if all of its columns are known."""
    fields = []
    for field in schema.fields:
        type = COLUMNS.get(field.name)
        if type is None:
            raise ValueError(f"no column is called {field.name}; there are {', '.join(COLUMNS)}")
        if field.dataType != type:
            raise ValueError(f"the column {field.name} is {type.simpleString()}, not {field.dataType.simpleString()}")
        fields.append(pyarrow.field(field.name, _ARROW[type.simpleString()], field.nullable))
    return pyarrow.schema(fields)
