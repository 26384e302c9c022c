"""taojin rules: what cleaning knows, what each rule did, what it would do to a file, and what a site's pages repeat."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import duckdb
import pyarrow as pa
from rich.text import Text

from flows.commands.explain import STYLE, Report, as_objects, print_report
from flows.terminal import OUT, literal, print_json, print_table, say
from schemas.catalog import TABLES
from schemas.ids import file_id
from tasks.clean.mined import KNOWN
from tasks.clean.rules import RULES as CLEANING
from tasks.clean.stage import clean
from tasks.decode.stage import decode
from tasks.errors import UnreadableInput, UsageError
from tasks.relate.boilerplate import mine
from tasks.relate.pages import Page, page_of
from tasks.relate.proposals import to_toml
from tasks.split.rules import RULES as SPLITTING
from tasks.split.stage import split
from tasks.storage.reader import open_published
from tasks.text.edges import host_of
from tasks.text.rule import Rule

_COUNTS = """
    select coalesce(r.rule_id, e.rule_id), coalesce(r.rule_version, e.rule_version), r.label, r.stage, r.why,
           coalesce(e.edits, 0), coalesce(e.documents, 0), coalesce(e.characters, 0)
    from rules r full join (
        select rule_id, rule_version, count(*) as edits, count(distinct doc_id) as documents, sum(stop - start) as characters
        from edits group by all
    ) e using (rule_id, rule_version)
"""
# Each document once, with what cleaning cut (mined rules apart: they are to be found again in the text) and what is kept.
_PAGES = """
    select d.doc_id, coalesce(s.name, d.file_id), d.site, d.url, coalesce(a.site, ''), coalesce(a.title, ''), d.text,
           coalesce(e.spans, []), coalesce(k.spans, [])
    from documents d
    left join seed_files s using (file_id)
    left join (select doc_id, arg_min(site, article_no) as site, arg_min(title, article_no) as title from articles group by 1) a
        using (doc_id)
    left join (
        select doc_id, list([start::varchar, stop::varchar, after] order by start) as spans
        from edits semi join (select distinct rule_id from rules where stage = 'clean' and rule_id not like 'mined.%') using (rule_id)
        group by 1
    ) e using (doc_id)
    left join (select doc_id, list([start, stop] order by start) as spans from kept group by 1) k using (doc_id)
    order by d.doc_id
"""
_NAMES = ("rule_id", "rule_version", "label", "stage", "edits", "documents", "characters")


def run_list(warehouse: Path, as_json: bool) -> int:
    """Every rule of this code, and older versions that the current generation still names, with what they did there."""
    found = _rows(warehouse)
    if as_json:
        print_json(found)
        return 0
    print_table(_NAMES, [[r[n] for n in _NAMES] for r in found], right=[n in _NAMES[4:] or n == "rule_version" for n in _NAMES])
    if any(r["edits"] is None for r in found):
        say("Nothing is published yet, so no edits are counted.")
    return 0


def run_show(warehouse: Path, rule_id: str, as_json: bool) -> int:
    """One rule: why it is there, what it cuts, what it leaves alone. Raises UsageError for a rule that is not there."""
    rules = {r.id: r for r in (*CLEANING, *SPLITTING)}
    rows = [r for r in _rows(warehouse) if r["rule_id"] == rule_id]
    if not rows:
        near = difflib.get_close_matches(rule_id, rules, 1, 0.4)
        raise UsageError(f"There is no rule {rule_id}.", f"Did you mean {near[0]}?" if near else "See taojin rules list.")
    rule = rules.get(rule_id)
    cuts, keeps = (list(rule.cuts), list(rule.keeps)) if rule else ([], [])
    if as_json:
        print_json({"rule": rows, "cuts": cuts, "keeps": keeps})
        return 0
    for row in rows:
        done = "" if row["edits"] is None else f"   {row['edits']:,} edits in {row['documents']:,} documents"
        OUT.print(Text(f"{row['rule_id']} v{row['rule_version']}   {row['label']}   stage {row['stage']}{done}", style="bold"))
        say(f"why    {row['why']}")
    for specimen in cuts:
        say()
        say("cuts what ⟦ ⟧ encloses:")
        OUT.print(_marked(specimen))
    for specimen in keeps:
        say()
        say("leaves alone:")
        say("  " + specimen.replace("\n", "\n  "))
    return 0


def run_test(file: Path, rule: str | None, as_json: bool) -> int:
    """One file through decode, clean and split in this process; nothing is stored. Raises UnreadableInput."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UnreadableInput(f"{file} cannot be read: {error.strerror}.", "Name a file.") from error
    seed = file_id(data)
    contents = pa.table({"file_id": [seed], "data": pa.array([data], pa.large_binary())}, TABLES["contents"].stage_arrow)
    decoded = decode(contents)
    documents = decoded["documents"]
    cleaned = clean(documents, decoded["blocks"])
    done = split(documents, cleaned["marks"], cleaned["flags"])
    why = {r.id: r.why for r in (*CLEANING, *SPLITTING)}
    edits = sorted(done["edits"].to_pylist(), key=lambda e: (e["start"], e["stop"]))
    reports = []
    for document in documents.to_pylist():
        mine = document["doc_id"]

        def of(rows: list[dict], mine: str = mine) -> list[dict]:
            return [r for r in rows if r["doc_id"] == mine]

        kept = [(k["start"], k["stop"]) for k in of(done["kept"].to_pylist())]
        flags = sorted(of(done["flags"].to_pylist()), key=lambda f: f["start"])
        articles = of(done["articles"].to_pylist())
        metadata = of(done["article_metadata"].to_pylist())
        decodings = of(decoded["decodings"].to_pylist())
        reports.append(
            Report(mine, document["text"], document["char_count"], of(edits), kept, decodings, articles, metadata, flags, why)
        )
    if rule and rule not in why:
        raise UsageError(f"There is no rule {rule}.", "See taojin rules list.")
    if as_json:
        print_json(as_objects(file.name, reports))
        return 0
    for report in reports:
        print_report(file.name, seed, report, rule)
    return 0


def run_mine(warehouse: Path, site: str | None, least: int, output: Path | None, as_json: bool) -> int:
    """
    Propose rules for what a site's pages repeat. Nothing acts until a person commits it among tasks/clean/mined.

    Raises UsageError for a site without enough pages, for fewer than two documents and for an output that exists.
    """
    if least < 2:
        raise UsageError("One document repeats nothing.", "Give --min-documents 2 or more; 5 is the default.")
    if output is not None and output.exists():
        raise UsageError(f"{output} exists already and is not overwritten.", "Name another file.")
    with open_published(warehouse) as db:
        pages = list(_pages(db))
    known = {rule.id for rule in KNOWN}
    found = [p for p in mine(pages, least, site) if p.id not in known]
    if site is not None and not any(site in (p.site, p.told) for p in pages):
        names = sorted({p.site or p.told for p in pages} - {""})
        near = difflib.get_close_matches(site, names, 1)
        hint = f"Did you mean {near[0]}?" if near else "See taojin rules mine without --site."
        raise UsageError(f"No document is of the site {site}.", hint)
    if output is not None:
        output.write_text(to_toml(found), "utf-8")
    if as_json:
        print_json([asdict(p) | {"why": p.why} for p in found])
        return 0
    if not found:
        say(f"Nothing is repeated by {least} different articles of one site, of {len(pages):,} documents.")
        return 0
    rows = [[p.id, p.site or p.group, p.place, p.documents, p.of, " / ".join(p.lines)] for p in found]
    print_table(["rule_id", "site", "place", "articles", "of pages", "lines"], rows, right=[False] * 3 + [True] * 2 + [False])
    say()
    if output is None:
        say("Nothing was written. With -o FILE the proposals become a file to review.")
    else:
        say(f"{len(found)} proposals in {output}. Accept what no author wrote, and commit the file to tasks/clean/mined/.")
    return 0


def _pages(db: duckdb.DuckDBPyConnection) -> Iterator[Page]:
    cursor = db.execute(_PAGES)
    while rows := cursor.fetchmany(500):
        for doc_id, name, site, url, told, title, text, edits, kept in rows:
            spans = [(int(a), int(b), after) for a, b, after in edits]
            yield page_of(doc_id, name, site or host_of(url) or "", title, text, spans, [(a, b) for a, b in kept], told)


def _rows(warehouse: Path) -> list[dict]:
    """Rules by stage and id; counts are None where nothing is published yet."""
    published: dict[tuple[str, int], tuple] | None = None
    try:
        with open_published(warehouse) as db:
            published = {(row[0], row[1]): row for row in db.execute(_COUNTS).fetchall()}
    except UsageError:
        pass
    found = [_row(r, published) for r in (*CLEANING, *SPLITTING)]
    known = {(r["rule_id"], r["rule_version"]) for r in found}
    for key, row in (published or {}).items():
        if key not in known and row[5]:
            found.append(dict(zip((*_NAMES[:4], "why", *_NAMES[4:]), row, strict=True)))
    return sorted(found, key=lambda r: (r["stage"] or "", r["rule_id"], r["rule_version"]))


def _row(rule: Rule, published: dict[tuple[str, int], tuple] | None) -> dict:
    counts = (published.get((rule.id, rule.version)) or (0,) * 8)[5:] if published is not None else (None,) * 3
    row = {"rule_id": rule.id, "rule_version": rule.version, "label": rule.label, "stage": rule.stage, "why": rule.why}
    return row | dict(zip(_NAMES[4:], counts, strict=True))


def _marked(specimen: str) -> Text:
    """A specimen with what is cut in colour; the brackets stay, for those who see no colour."""
    text = Text("  ")
    for k, piece in enumerate(specimen.replace("⟧", "⟦").split("⟦")):
        shown = literal(piece, lines=True).replace("\n", "\n  ")
        text.append(f"⟦{shown}⟧" if k % 2 else shown, STYLE["cut"] if k % 2 else "")
    return text
