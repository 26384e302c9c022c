"""Which generation answers a request, and what is computed once for each.

    generations = Generations(root)
    with generations.hold() as g:          # the current one, or hold(12) for a kept one
        g.rows("select title from articles where article_id = ?", [id])
        g.once("by label", lambda: g.rows("select label, count(*) from edits group by 1"))

The current generation is asked for at each request (one readlink). A new one is opened and warmed beside the old, which goes on
answering until then; the old one is closed when its last request has ended. A file is known by path, inode and time, so one that
`forget` removed or replaced is never read from an open handle.

Lists are not read from the published file but from `shelf`, a database in memory with one narrow row per article (no text), in
order of date: facets and pages of a list over 100,000 articles take milliseconds. It is made at opening.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from dashboard.masks import Mask, veiled
from tasks.errors import TaojinError, UsageError
from tasks.storage.layout import Layout
from tasks.storage.reader import current_path, kept_generations, open_file

LIMITS = {"threads": "2", "memory_limit": "640MB", "temp_directory": ""}  # of the process that shows pages
ANSWERS = 300  # computed answers kept for each generation
CLOSE_SECONDS = 20
PINNED = 2  # generations beside the current one that stay open

# One narrow row per article. The encoding is that of the document's longest stretch.
_SHELF = """
    select a.article_id, a.doc_id, a.title, a.site, a.source, a.author, a.genre, a.script, a.published_at, a.published_precision,
           year(a.published_at) as year, a.char_count, a.quality_score, a.residual_dirt, a.truncated, e.encoding,
           coalesce(f.flags, 0)::integer as flags, d.cluster_id, coalesce(d.canonical_id <> a.article_id, false) as repeats,
           s.name as file, o.file_id, r.row_id, case when a.title is null then replace(substr(a.text, 1, 40), chr(10), ' ') end as opening
    from articles_current as a
    join (select rowid as row_id, article_id from articles) as r on r.article_id = a.article_id
    join documents as o on o.doc_id = a.doc_id
    left join seed_files as s on s.file_id = o.file_id
    left join (select doc_id, arg_max(encoding, stop - start) as encoding from decodings group by doc_id) as e on e.doc_id = a.doc_id
    left join (select article_id, count(*) as flags from flags group by article_id) as f on f.article_id = a.article_id
    left join duplicates as d on d.article_id = a.article_id
"""


# Where the rows of one article or document stand in the large tables, which have no index: a run of row numbers. Read by number, they
# cost a third of a search by id (measured over 3.3 million edits).
_PLACED = {
    "article_id": ("articles", "article_metadata", "facts", "mentions", "sections", "keywords"),
    "doc_id": ("documents", "edits", "kept", "decodings"),
}
_OWNER = {table: column for column, tables in _PLACED.items() for table in tables}
WIDEST = 10_000  # rows of a run; where one id's rows are further apart, they are searched by id


class Gone(TaojinError):
    """A generation that is no longer kept."""


class Generation:
    """One published generation, open for reading by many threads at once."""

    def __init__(self, path: Path, masks: bool = False) -> None:
        self.path = path
        self.identity = _identity(path)
        self.number = int(path.stem.removeprefix("warehouse-"))
        self.users = 0
        self.retired = False
        self._con = open_file(path, LIMITS)
        self._answers: OrderedDict[Any, Any] = OrderedDict()
        self._making: dict[Any, threading.Lock] = {}
        self._lock = threading.Lock()
        self._shelf = duckdb.connect(":memory:", config={"threads": "2", "memory_limit": "1GB", "enable_external_access": "false"})
        self.mask = Mask(lambda sql, params=(): _rows(self._con.cursor(), sql, params)) if masks else None
        table = self._hidden(self._con.cursor().sql(_SHELF).to_arrow_table())
        self._shelf.register("narrow", table)
        self._shelf.execute("create table articles as select * from narrow order by published_at desc nulls last, article_id")
        self._shelf.unregister("narrow")
        for column, tables in _PLACED.items():
            self._place(column, tables)
        signed = self.rows("select published_at, schema_version from _publication")
        self.published_at = signed[0]["published_at"] if signed else None

    def rows(self, sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> list[dict[str, Any]]:
        """All rows of a query over the published file."""
        found = _rows(self._con.cursor(), sql, params)
        return self.mask.rows(found) if self.mask else found

    def shelf(self, sql: str, params: Sequence[Any] | dict[str, Any] = ()) -> list[dict[str, Any]]:
        """All rows of a query over `articles`, the narrow rows in memory."""
        return _rows(self._shelf.cursor(), sql, params)

    def of(self, table: str, identity: str, columns: str = "*") -> list[dict[str, Any]]:
        """The rows of a large table that belong to one article or document, in no order."""
        if self.mask and table == "documents" and "text" in columns.replace("exclude (text", ""):
            return self._document(identity)
        found = self._rows_of(table, identity, columns)
        if self.mask and table == "edits":
            return self.mask.edits(found, self.hidden_spans(identity))
        return found

    def hidden_spans(self, doc_id: str) -> list[tuple[int, int, str]]:
        """Where a document's characters are private data, if those are hidden."""

        def make() -> list[tuple[int, int, str]]:
            text = _rows(self._con.cursor(), "select text from documents where doc_id = ?", [doc_id])
            return self.mask.document(doc_id, text[0]["text"]) if self.mask and text else []

        return self.once(("hidden", doc_id), make)

    def _document(self, doc_id: str) -> list[dict[str, Any]]:
        found = _rows(self._con.cursor(), "select text from documents where doc_id = ?", [doc_id])
        return [{"text": veiled(r["text"], self.hidden_spans(doc_id))} for r in found]

    def _hidden(self, table: Any) -> Any:
        if not self.mask:
            return table
        return pa.Table.from_pylist(self.mask.rows(table.to_pylist()), schema=table.schema)

    def _rows_of(self, table: str, identity: str, columns: str) -> list[dict[str, Any]]:
        column = _OWNER[table]
        runs = self.once(("places", identity), lambda: self.shelf(f"select * from places_{column} where id = ?", [identity]))
        first, last = (runs[0][f"{table}_first"], runs[0][f"{table}_last"]) if runs else (None, None)
        if first is None:
            return []
        if last - first > WIDEST:
            return self.rows(f"select {columns} from {table} where {column} = ?", [identity])
        found = _rows(self._con.cursor(), f"select {columns}, {column} as _owner from {table} where rowid between ? and ?", [first, last])
        found = [r for r in found if r.pop("_owner") == identity]
        return self.mask.rows([r | {column: identity} for r in found]) if self.mask else found

    def _place(self, column: str, tables: tuple[str, ...]) -> None:
        joined = " full join ".join(
            f"(select {column} as id, min(rowid) as {t}_first, max(rowid) as {t}_last from {t} group by 1) as {t}" + " using (id)" * bool(i)
            for i, t in enumerate(tables)
        )
        self._shelf.register("found", self._con.cursor().sql(f"select * from {joined}").to_arrow_table())
        ends = ", ".join(f"{t}_first bigint, {t}_last bigint" for t in tables)
        self._shelf.execute(f"create table places_{column} (id varchar primary key, {ends})")
        self._shelf.execute(f"insert into places_{column} select * from found")
        self._shelf.unregister("found")

    def rows_as_pairs(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, Any]]:
        """Rows of two columns."""
        found = self._con.cursor().execute(sql, list(params)).fetchall()
        return [tuple(map(self.mask.value, pair)) for pair in found] if self.mask else found

    def value(self, sql: str, params: Sequence[Any] = ()) -> Any:
        """The first value of the first row; None where there is none."""
        found = self._con.cursor().execute(sql, list(params)).fetchone()
        value = found[0] if found else None
        return self.mask.value(value) if self.mask else value

    def table(self, sql: str, params: Sequence[Any] = (), *, shelf: bool = False) -> Any:
        """The answer as an Arrow table, for downloads."""
        return self._hidden((self._shelf if shelf else self._con).cursor().execute(sql, list(params)).to_arrow_table())

    def batches(self, sql: str, params: Sequence[Any] = (), *, shelf: bool = False) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """The answer piece by piece, for long downloads: nothing but a piece is in memory."""
        reader = (self._shelf if shelf else self._con).cursor().execute(sql, list(params)).to_arrow_reader(2_000)
        return reader.schema, (b for found in reader for b in self._hidden(pa.Table.from_batches([found], reader.schema)).to_batches())

    @property
    def arrived(self) -> str:
        """The column of dirt_daily for a course over time: the run that brought the file. A generation of older code has but run_id."""
        known = "select count(*) from duckdb_columns() where table_name = 'dirt_daily' and column_name = 'arrived_run_id'"
        return self.once("arrived", lambda: "arrived_run_id" if self.value(known) else "run_id")

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` returned when it was first asked for this key: a generation never changes."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
            making = self._making.setdefault(key, threading.Lock())
        with making:  # two clients that ask at once wait for one answer
            with self._lock:
                if key in self._answers:
                    return self._answers[key]
            made = make()
            with self._lock:
                self._answers[key] = made
                self._making.pop(key, None)
                while len(self._answers) > ANSWERS:
                    self._answers.popitem(last=False)
            return made

    def close(self) -> None:
        self._con.close()
        self._shelf.close()


class Generations:
    """The generations of one warehouse that are open."""

    def __init__(self, root: str | Path, warm: Callable[[Generation], None] = lambda g: None, masks: bool = False) -> None:
        self.root = Layout.of(root).root
        self._prepare = warm
        self.masks = masks
        self._current: Generation | None = None
        self._pinned: OrderedDict[int, Generation] = OrderedDict()
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._warming = False
        self._threads: list[threading.Thread] = []

    @contextmanager
    def hold(self, number: int | None = None) -> Iterator[Generation | None]:
        """
        A generation for the length of a request; None where nothing is published yet.

        Raises Gone for a number that is not kept, BrokenWarehouse for a file that cannot be opened.
        """
        found = self._follow() if number is None else self._pin(number)
        if found is None:
            yield None
            return
        try:
            yield found
        finally:
            self._release(found)

    def kept(self) -> list[int]:
        """Numbers that can be asked for."""
        return kept_generations(self.root)

    def close(self) -> None:
        """Close all; for the end of the process, which no thread may outlive in the middle of a query."""
        for thread in self._threads:
            thread.join(CLOSE_SECONDS)
        for g in filter(None, [self._current, *self._pinned.values()]):
            self._retire(g)
        self._current = None
        self._pinned.clear()

    def _follow(self) -> Generation | None:
        try:
            path = current_path(self.root)
        except UsageError:  # nothing published
            return None
        wanted = _identity(path)
        with self._lock:
            now = self._current
            if now is not None and now.identity == wanted:
                now.users += 1
                return now
            if now is not None and now.path.exists() and _identity(now.path) == now.identity:
                if not self._warming:  # the old one answers until the new one is warm
                    self._warming = True
                    self._aside(self._warm, path)
                now.users += 1
                return now
        self._switch(path)
        return self._follow()

    def start(self) -> None:
        """Open the current generation aside and compute what its first pages ask for."""
        self._aside(self._first)

    def _aside(self, work: Callable[..., None], *given: Any) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)
        self._threads = [t for t in self._threads if t.is_alive()] + [thread]
        thread.start()

    def _first(self) -> None:
        with suppress(TaojinError, duckdb.Error, OSError), self.hold() as g:
            if g is not None:
                self._prepare(g)

    def _warm(self, path: Path) -> None:
        try:
            with suppress(TaojinError, duckdb.Error, OSError):  # the next request tries again
                self._switch(path, warm=True)
        finally:
            self._warming = False

    def _switch(self, path: Path, warm: bool = False) -> None:
        with self._opening:
            now = self._current
            if now is not None and now.identity == _identity(path):
                return
            fresh = _open(path, self.masks)
            if warm:
                self._prepare(fresh)
            with self._lock:
                self._current, old = fresh, self._current
            if old is not None:
                self._retire(old)

    def _pin(self, number: int) -> Generation | None:
        current = self._follow()
        if current is None or current.number == number:
            return current
        self._release(current)
        path = Layout.of(self.root).generation(number)
        with self._opening:
            with self._lock:
                known = self._pinned.get(number)
                if known is not None and _identity(path) == known.identity:
                    self._pinned.move_to_end(number)
                    known.users += 1
                    return known
            if known is not None:
                self._retire(self._pinned.pop(number))
            if not path.exists():
                kept = ", ".join(map(str, self.kept()))
                raise Gone(f"Generation {number} is not kept; kept are {kept}.", "Open the page on the current one.")
            fresh = _open(path, self.masks)
            with self._lock:
                fresh.users += 1
                self._pinned[number] = fresh
                spare = [self._pinned.popitem(last=False)[1]] if len(self._pinned) > PINNED else []
        for g in spare:
            self._retire(g)
        return fresh

    def _release(self, g: Generation) -> None:
        with self._lock:
            g.users -= 1
            last = g.retired and g.users == 0
        if last:
            g.close()

    def _retire(self, g: Generation) -> None:
        with self._lock:
            g.retired = True
            idle = g.users == 0
        if idle:
            g.close()


def _open(path: Path, masks: bool) -> Generation:
    try:
        return Generation(path, masks)
    except duckdb.Error as error:
        raise TaojinError(f"{path.name} cannot be opened: {str(error).splitlines()[0]}", "Publish it anew: taojin rebuild") from error


def _identity(path: Path) -> tuple[str, int, int] | None:
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return str(path), stat.st_ino, stat.st_mtime_ns


def _rows(cursor: duckdb.DuckDBPyConnection, sql: str, params: Sequence[Any] | dict[str, Any]) -> list[dict[str, Any]]:
    cursor.execute(sql, params if isinstance(params, dict) else list(params))
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
