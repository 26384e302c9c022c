"""The card of an export: README.md with what is in it, its schema from the dictionary, its counts, its licence and how it was made.

It holds the dictionary's words and figures, and nothing that was crawled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

READING = {
    "parquet": ('duckdb -c "SELECT count(*) FROM read_parquet(\'articles/**/*.parquet\', hive_partitioning = true)"',
                "polars.scan_parquet('articles/**/*.parquet', hive_partitioning=True)",
                "pandas.read_parquet('articles')"),
    "delta": ("deltalake.DeltaTable('articles').to_pyarrow_table()", "polars.scan_delta('articles')",
              "duckdb: SELECT * FROM delta_scan('articles')   (after INSTALL delta)"),
    "jsonl": ('duckdb -c "SELECT title FROM read_json(\'data/*.jsonl\')"', "pandas.read_json('data/articles-00000.jsonl', lines=True)",
              "jq -r .title data/*.jsonl"),
    "hf": ("datasets.load_dataset('.', split='train')", "polars.read_parquet('data/*.parquet')"),
}  # fmt: skip
LICENCE = (
    "The texts were collected from web pages and belong to their authors and publishers; this export gives no right to them. "
    "`source`, `site`, `url` and `author` say where each comes from, as far as its page tells. Check the terms of each source before "
    "you publish or train on it. What taojin adds (identifiers, offsets, annotations) is free to use."
)
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10_000_000, "1M<n<10M"))


_TIMES_OF_DELTA = (
    "A Delta table knows no time without a zone: its readers give every timestamp as UTC. `published_at` is what the page prints, as a "
    "rule Chinese local time, and is no UTC: drop the zone and do not convert (pandas: `.dt.tz_localize(None)`)."
)


@dataclass(frozen=True, slots=True)
class Part:
    """One table as it was written."""

    name: str
    description: str
    columns: Sequence[tuple[str, str, str]]  # name, type, meaning
    rows: int
    files: int
    bytes: int
    partitioned: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """Where an export comes from."""

    fmt: str
    generation: int
    run_id: int
    version: str
    at: str  # UTC
    masked: bool
    left_out: Mapping[str, str] = field(default_factory=dict)  # table -> why


_CURRENT = ("Each page stands here as it was last seen: articles of a file whose name holds other bytes by now are left out (--parquet and "
            "--delta have them too; the view `articles_current` of the warehouse tells which are current).")


def card(parts: Sequence[Part], made: Made) -> str:
    """The whole page."""
    rows = sum(p.rows for p in parts if p.name == "articles") or sum(p.rows for p in parts)
    lines = [*_front_matter(rows)] if made.fmt == "hf" else []
    lines += [
        "# Chinese articles, cleaned by taojin", "",
        f"Generation {made.generation} (run {made.run_id}) of a taojin warehouse, exported {made.at} UTC by taojin {made.version}.", "",
        "| part | rows | files | MB | what a row is |", "|---|--:|--:|--:|---|",
        *(f"| {p.name} | {p.rows:,} | {p.files} | {p.bytes / 1e6:,.1f} | {_line(p.description)} |" for p in parts), "",
        "## How it was made", "",
        "Scraped files were decoded, cleaned, split into articles, enriched and checked. Cleaning cuts what a page added around or inside "
        "the author's words and repairs damage that can be proved; nothing else is rewritten. Rows that failed a critical check are held "
        "back and are not here. The same bytes give the same rows and identifiers on every machine.", "",
        *([_CURRENT, ""] if made.fmt in ("jsonl", "hf") else []),
        *([_masking(made), ""] if made.masked else
          ["Private data (phone, identity and card numbers, addresses) stands in the texts as it was published.", ""]),
        "## Reading it", "", "```", *READING[made.fmt], "```", "",
        *([_TIMES_OF_DELTA, ""] if made.fmt == "delta" else []),
        "## Licence", "", LICENCE, "",
        "## Columns", "",
    ]  # fmt: skip
    unknown = "NULL" if made.fmt == "delta" else "0"
    for part in parts:
        lines += [f"### {part.name}", "", _line(part.description), ""]
        if part.partitioned:
            by = ", ".join(f"`{c}`" for c in part.partitioned)
            lines += [f"Partitioned by {by}: the year of `published_at`, {unknown} where it is unknown.", ""]
        lines += ["| column | type | meaning |", "|---|---|---|", *(f"| `{n}` | {t} | {_line(m)} |" for n, t, m in part.columns), ""]
    lines += ["`export.json` lists every file with its rows, bytes and SHA-256.", ""]
    return "\n".join(lines)


def _front_matter(rows: int) -> list[str]:
    size = next((name for limit, name in SIZES if rows < limit), "10M<n<100M")
    return [
        "---", "language:", "- zh", "license: other", "license_name: see-licence-section",
        "pretty_name: Chinese articles, cleaned by taojin",
        "size_categories:", f"- {size}", "task_categories:", "- text-generation", "tags:", "- news", "- taojin", "configs:",
        "- config_name: default", "  data_files:", "  - split: train", "    path: data/train-*.parquet", "---", "",
    ]  # fmt: skip


def _masking(made: Made) -> str:
    out = ", ".join(f"`{t}`" for t in sorted(made.left_out))
    said = ("Private data (phone, identity and card numbers, addresses) that was found is masked; "
            "masked texts have other offsets.")  # fmt: skip
    return f"{said} Left out, because they hold text or offsets of the unmasked text: {out}." if out else said


def _line(text: str) -> str:
    """One cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
