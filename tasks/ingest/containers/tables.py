"""JSONL and Parquet: rows whose fields are mapped (fields.py). Rows that cannot be read are told once, with the first of them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.ingest.containers.fields import Fields
from tasks.ingest.containers.kinds import BOM
from tasks.ingest.containers.model import FREE, RATIO, Entry, Numbers, Refused, TooMuch, Unread
from tasks.ingest.containers.streams import LineTooLong, Stream

ROWS = 64  # of a Parquet file that are unpacked at once
_LINE = 4  # times the limit of a record that a line may have: escapes, and other fields beside the text


class _Bad:
    """Rows of one kind that cannot be taken, told in one sentence."""

    def __init__(self, kind: str, what: str, advice: str) -> None:
        self.kind, self.what, self.advice, self.count, self.number, self.place = kind, what, advice, 0, 0, ""

    def add(self, number: int, place: str) -> None:
        if not self.count:
            self.number, self.place = number, place
        self.count += 1

    def told(self, of: int, unit: str) -> Iterator[Refused]:
        if self.count:
            reason = f"{self.count:,} of {of:,} {unit} {self.what} (the first: {self.place}); all others were read. {self.advice}"
            yield Refused(self.number, self.kind, reason)


def jsonl_rows(stream: Stream, fields: Fields, limit: int, number: Numbers, path: str) -> Iterator[Entry]:
    """One record a line; blank lines are none."""
    broken = _Bad("damaged", "are no JSON objects", "Mend them at the source; a changed file is read anew.")
    empty = _Bad("unsupported", "have no text in a field that is known for it", "Name the field in taojin.toml: [fields] text.")
    long = _Bad("too_large", f"hold more than {limit:,} bytes", "Split the record, or raise record_limit_bytes.")
    count = line_no = 0
    if stream.peek(len(BOM)) == BOM:
        stream.read(len(BOM))
    while True:
        line_no += 1
        place = f"{path}#{line_no}"
        try:
            line = stream.line(_LINE * limit)
        except LineTooLong:
            count += 1
            long.add(number(), place)
            continue
        if not line:
            break
        if not line.strip() or (stream.fault and not line.endswith(b"\n")):
            continue  # the rest of a line that a fault cut off is told with that fault
        count, no = count + 1, number()
        if number.passes(no):
            yield Unread(no)
            continue
        try:
            row = json.loads(line.decode("utf-8", "surrogateescape"), object_pairs_hook=_object)
        except (ValueError, RecursionError):
            broken.add(no, place)
            continue
        found = fields.record(row, no, place) if isinstance(row, dict) else None
        if not isinstance(row, dict):
            broken.add(no, place)
        elif found is None:
            empty.add(no, place)
        elif len(found.data) > limit:
            long.add(no, place)
        else:
            yield found
    for bad in (broken, empty, long):
        yield from bad.told(count, "lines")
    stream.expect_whole()


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose doubled names keep all their values: nothing vanishes."""
    found: dict[str, object] = dict(reversed(pairs)) if len({k for k, _ in pairs}) == len(pairs) else {}
    if found or not pairs:
        return dict(pairs)
    for key, value in pairs:
        no, name = 1, key
        while name in found:
            no += 1
            name = f"{key}#{no}"
        found[name] = value
    return found


def parquet_rows(data: bytes, fields: Fields, limit: int, number: Numbers, path: str) -> Iterator[Entry]:
    """One record a row, row group by row group; a group whose page is damaged, or kills its reader, is left behind from there on."""
    broken = _Bad("damaged", "lie in damaged pages", "Write the file anew at its source; a changed file is read anew.")
    behind = _Bad("damaged", "lie in a row group behind a row that ends its reader", "Write the file anew with smaller row groups.")
    empty = _Bad("unsupported", "have no text in a column that is known for it", "Name the column in taojin.toml: [fields] text.")
    long = _Bad("too_large", f"hold more than {limit:,} bytes", "Split the record, or raise record_limit_bytes.")
    try:
        file = _opened(data)
        groups = [file.metadata.row_group(g) for g in range(file.num_row_groups)]
    except _FAULTS as error:
        reason = f"the Parquet file has no readable end ({_short(error)}), and without it nothing in it can be found. Fetch it again."
        yield Refused(number(), "damaged", reason)
        return
    row_no = 0
    for at, group in enumerate(groups):
        sizes = [(c.total_uncompressed_size, c.total_compressed_size) for c in map(group.column, range(group.num_columns))]
        if any(big > max(FREE, RATIO * max(1, min(small, len(data)))) for big, small in sizes):
            raise TooMuch(f"row group {at + 1} of the Parquet file unpacks to more than {RATIO} times its bytes")
        done, most = 0, min(group.num_rows, len(data) * RATIO)
        try:
            batches = file.iter_batches(ROWS, row_groups=[at], use_threads=False)
            while not (done < most and number.passes_all(most - done)) and (rows := next(batches, None)) is not None:
                names = _names(rows.schema)
                for in_batch in range(rows.num_rows):
                    done, no = done + 1, number()
                    if number.passes(no):
                        yield Unread(no)
                        continue
                    place, row = f"{path}#{row_no + done}", _row(rows, names, in_batch)
                    found = fields.record(row, no, place)
                    if found is None:
                        empty.add(no, place)
                    elif len(found.data) > limit:
                        long.add(no, place)
                    else:
                        yield found
        except _FAULTS:
            pass  # what it did not give is told below
        if done < most and number.passes_all(most - done):
            yield Unread(number())
            for n in range(done + 1, most):
                behind.add(number(), f"{path}#{row_no + n + 1}")
            done = most
        lost = max(0, most - done)
        for n in range(done, done + lost):
            broken.add(number(), f"{path}#{row_no + n + 1}")
        row_no += done + lost
    if row_no != file.metadata.num_rows:
        reason = f"the Parquet file should have {file.metadata.num_rows:,} rows and shows {row_no:,}: its end is damaged. Fetch it again."
        yield Refused(number(), "damaged", reason)
    for bad in (broken, behind, empty, long):
        yield from bad.told(row_no, "rows")


_FAULTS = (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError, KeyError)


def _opened(data: bytes) -> pq.ParquetFile:
    plain = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
    texts = [f.name for f in plain.schema_arrow if _is_bytes(f.type)]  # as dictionaries, so that a value said often is held once
    return pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True, read_dictionary=texts)


def _is_bytes(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)


def _names(schema: pa.Schema) -> list[str]:
    """Names of columns; a doubled one is told apart."""
    names: list[str] = []
    for name in schema.names:
        names.append(name if name not in names else f"{name}#{names.count(name) + len(names)}")
    return names


def _row(batch: pa.RecordBatch, names: list[str], at: int) -> dict[str, object]:
    """A row; a string that is no UTF-8 comes as its bytes."""
    return dict(zip(names, (_value(column[at]) for column in batch.columns), strict=True))


def _value(cell: pa.Scalar) -> object:
    try:
        return cell.as_py()
    except UnicodeDecodeError:
        inner = cell.value if isinstance(cell, pa.DictionaryScalar) else cell
        return inner.as_buffer().to_pybytes() if hasattr(inner, "as_buffer") else None


def _short(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
