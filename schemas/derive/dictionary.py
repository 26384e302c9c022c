"""The data dictionary: warehouse/DICTIONARY.md, derived from the contracts and from the comments that open each view and macro.

`python -m schemas.derive.dictionary` writes it; a test fails when it is stale.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from schemas.catalog import PUBLISHED, SCHEMA_VERSION
from schemas.contract import CRITICAL, Column, Matches, NotNull, Table
from schemas.derive.ddl import sql_type

WAREHOUSE = Path(__file__).resolve().parents[2] / "warehouse"

_INTRODUCTION = """\
Derived from `schemas/` and from the comments in `views/` and `macros/`: change those, then run `python -m schemas.derive.dictionary`.

Identifiers are lower-case hex of content hashes, the same on every machine. Offsets are Unicode code points, from 0, half-open: `stop`
is one past the last character. In tables keyed by `doc_id` they point into `documents.text`, in tables keyed by `article_id` into
`articles.text` and equally `articles.text_hans`; `kept` maps one to the other. `_at` columns are UTC, except `published_at`, which is
what the page prints. NULL means unknown and is never filled by a guess; it is possible only where the table says `NULL`. Columns
marked *volatile* may differ between two runs over the same bytes; all others may not.

A **critical** check refuses the document of a failing row, or, for a check of the table, blocks publication; a warning is reported. Results
are in `checks`."""


def dictionary(tables: Iterable[Table] | None = None, assets: Path = WAREHOUSE) -> str:
    """The whole dictionary in Markdown."""
    tables = list(PUBLISHED.values() if tables is None else tables)
    parts = [
        f"# The warehouse: data dictionary\n\nSchema version {SCHEMA_VERSION}. {_INTRODUCTION}",
        "## Tables\n\n" + "\n".join(f"- [`{t.name}`](#{t.name}): one row is {t.grain}" for t in tables),
        *map(table_page, tables),
        "## Views\n\n" + "\n\n".join(f"### {name}\n\n{text}" for name, text in descriptions(assets / "views")),
        "## Macros\n\n" + "\n\n".join(f"### {name}\n\n{text}" for name, text in descriptions(assets / "macros")),
    ]
    return "\n\n".join(parts) + "\n"


def table_page(table: Table) -> str:
    """One table in Markdown: what a row is, the columns, what is checked."""
    lines = [f"### {table.name}", "", f"One row is {table.grain}. Key: {', '.join(f'`{k}`' for k in table.key)}. Stage: {table.stage}."]
    if table.note:
        lines += ["", table.note]
    lines += ["", "| column | type | meaning |", "|---|---|---|", *map(_column, table.columns)]
    checks = [(c.id, c.severity, c.description) for c in (*table.row_checks, *table.all_table_checks)]
    checks += [(h.id, f"{h.severity}, over runs", h.description) for h in table.history_checks]
    lines += ["", "Checked: " + " ".join(f"{text} (`{name}`{'' if how == CRITICAL else ', ' + how})" for name, how, text in checks)]
    return "\n".join(lines)


def descriptions(folder: Path) -> list[tuple[str, str]]:
    """Name and leading comment of each SQL file of a folder, by name. Raises ValueError where a file explains nothing."""
    return [(path.stem, description(path.read_text("utf-8"), path.name)) for path in sorted(folder.glob("*.sql"))]


def description(sql: str, name: str = "") -> str:
    """The comment that opens an SQL statement, as one paragraph."""
    lines = []
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line[2:].strip())
    if not lines:
        raise ValueError(f"{name} opens without a comment that says what it is for")
    return " ".join(lines)


def _column(c: Column) -> str:
    notes = [c.description]
    notes += [f"Unit: {c.unit}."] if c.unit else []
    notes += ["*Volatile.*"] if c.volatile else []
    said = [f"`{p.pattern}`" if isinstance(p, Matches) else str(p) for p in c.promises if not isinstance(p, NotNull)]
    notes += [f"({'; '.join(said)})"] if said else []
    text = " ".join(notes).replace("|", "\\|").replace("\n", "\\n")
    return f"| `{c.name}` | {sql_type(c)}{', NULL' if c.nullable else ''} | {text} |"


if __name__ == "__main__":
    target = WAREHOUSE / "DICTIONARY.md"
    target.write_text(dictionary(), "utf-8", newline="\n")
    print(f"{target.name}: {len(PUBLISHED)} tables")
