"""Find what a person means by a file name, a path or the beginning of an id."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tasks.errors import UsageError
from tasks.ingest.names import is_url, uri_of
from tasks.ingest.remote.address import canonical

_ID = re.compile(r"[0-9a-f]{6,32}")
_SHORT = re.compile(r"[0-9a-f]{1,5}")


@dataclass(frozen=True, slots=True)
class Found:
    """One seed file and the documents in it that were meant, in order of record_no."""

    file_id: str
    name: str
    doc_ids: tuple[str, ...]
    is_record: bool = False  # one document was named, not its file


def find(db: duckdb.DuckDBPyConnection, what: str) -> Found:
    """
    A seed file by base name, path, file_id, doc_id or article_id (six digits of an id are enough).

    Raises UsageError where nothing, or more than one thing, is meant.
    """
    hits: list[tuple[str, str | None]] = []
    if _ID.fullmatch(what):
        hits = db.execute(
            "select file_id, null from seed_files where starts_with(file_id, $1) "
            "union select file_id, doc_id from documents where starts_with(doc_id, $1) "
            "union select d.file_id, d.doc_id from articles a join documents d using (doc_id) where starts_with(a.article_id, $1)",
            [what],
        ).fetchall()
    if not hits:
        hits = (
            db.execute(
                "select distinct file_id, null from arrivals where state = 'current' and (name = $1 or uri = $1 or uri = $2)",
                [what, _uri(what)],
            ).fetchall()
            or db.execute("select distinct file_id, null from arrivals where name = $1 or uri = $1", [what]).fetchall()
        )
    files = sorted({f for f, _ in hits})
    if not files:
        names = [r[0] for r in db.execute("select distinct name from arrivals").fetchall()]
        near = difflib.get_close_matches(Path(what).name, names, 1)
        raise UsageError(
            f"No file, document or article {what} is in the current generation.",
            "Give six digits of an id at least." if _SHORT.fullmatch(what)
            else f"Did you mean {near[0]}?" if near
            else 'See the names with: taojin sql "select name, file_id from seed_files"',
        )
    if len(files) > 1:
        raise UsageError(f"{what} can mean {len(files)} files.", f"Give one of these ids: {', '.join(files[:5])}.")
    docs = [d for _, d in hits if d] or [
        r[0] for r in db.execute("select doc_id from documents where file_id = ? order by record_no", [files[0]]).fetchall()
    ]
    (name,) = db.execute("select coalesce(any_value(name), '') from seed_files where file_id = ?", [files[0]]).fetchone() or ("",)
    return Found(files[0], name, tuple(docs), len({d for _, d in hits if d}) == 1 and all(d for _, d in hits))


def _uri(what: str) -> str:
    try:
        return canonical(what) if is_url(what) else uri_of(str(Path(what).resolve()))
    except (OSError, ValueError):
        return what
