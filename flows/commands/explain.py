"""taojin explain: a document as it came, with every edit and its rule.

Cuts stand as [-cut rule-], replacements as {before -> after rule}, metadata as <value field>; on a terminal they are
coloured too. A rule is named once in a line, with its confidence where that is not whole. Line ends and indents that were only
tidied are not shown. Below stand the values of the articles, what each rule did and why it is there, flags and laws.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from flows.commands.lookup import find
from flows.terminal import OUT, literal, print_json
from schemas.ids import file_id
from tasks.decode.stretches import encode_back
from tasks.errors import UsageError
from tasks.storage.reader import open_published

STYLE = {"cut": "red strike", "replace": "green", "meta": "cyan", "newline": ""}
TIDY = ("newline", "indent", "trailing_space")


@dataclass(frozen=True, slots=True)
class Report:
    """One document and all that was done to it; rows as in the tables, edits by start. `why` has the reason of each rule."""

    doc_id: str
    text: str
    char_count: int
    edits: list[dict]
    kept: list[tuple[int, int]]
    decodings: list[dict]
    articles: list[dict]
    metadata: list[dict]
    flags: list[dict]
    why: dict[str, str]


def run(warehouse: Path, what: str, rule: str | None, plain: bool, as_json: bool) -> int:
    """Print the document of a file name, path, or id. Raises UsageError where nothing is meant by it."""
    with open_published(warehouse) as db:
        found = find(db, what)
        reports = [_report(db, doc_id) for doc_id in found.doc_ids]
    if as_json:
        print_json(as_objects(found.name, reports))
        return 0
    if rule and not any(e["rule_id"] == rule for r in reports for e in r.edits):
        known = sorted({e["rule_id"] for r in reports for e in r.edits})
        raise UsageError(
            f"No edit of {found.name} was made by rule {rule}.", f"Its rules are {', '.join(known)}." if known else "It has none."
        )
    if OUT.is_terminal and not plain:
        os.environ.setdefault("LESS", "-FIRX")
        with OUT.pager(styles=True):
            for report in reports:
                print_report(found.name, found.file_id, report, rule)
    else:
        for report in reports:
            print_report(found.name, found.file_id, report, rule)
    return 0


def as_objects(name: str, reports: list[Report]) -> list[dict]:
    """Reports as --json prints them."""
    return [
        {"doc_id": r.doc_id, "name": name, "char_count": r.char_count, "edits": r.edits, "articles": r.articles}
        | {"metadata": r.metadata, "flags": r.flags}
        for r in reports
    ]


def _report(db, doc_id: str) -> Report:
    def rows(query: str) -> list[dict]:
        return _rows(db.execute(query, [doc_id]))

    text, chars = db.execute("select text, char_count from documents where doc_id = ?", [doc_id]).fetchone()
    return Report(
        doc_id,
        text,
        chars,
        rows("select * from edits where doc_id = ? order by start, stop"),
        db.execute("select start, stop from kept where doc_id = ?", [doc_id]).fetchall(),
        rows("select * from decodings where doc_id = ? order by start, byte_start"),
        rows("select article_id, article_no, title from articles where doc_id = ? order by article_no"),
        rows("select article_id, field, value_no, value, start, stop, confidence from article_metadata where doc_id = ? "
             "order by article_id, field, value_no"),
        rows("select kind, start, stop, detail from flags where doc_id = ? order by start"),
        dict(db.execute("select rule_id, any_value(why) from rules group by 1").fetchall()),
    )  # fmt: skip


def _rows(cursor) -> list[dict]:
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def print_report(name: str, seed: str, report: Report, only: str | None = None) -> None:
    """One document for people; `only` shows the edits of one rule and leaves the others as text."""
    r = report
    cut = sum(e["stop"] - e["start"] for e in r.edits if e["action"] == "cut")
    encodings = ", ".join(dict.fromkeys(d["encoding"] for d in r.decodings)) or "no bytes"
    share = f"{100 * cut / r.char_count:.0f} % cut" if r.char_count else "empty"
    count = f"{len(r.articles)} article{'' if len(r.articles) == 1 else 's'}"
    OUT.print(Text(f"{literal(name)}   {r.doc_id}   {encodings}   {r.char_count:,} characters   {count}   {share}", style="bold"))
    legend = Text("legend: ")
    for shown, action in (("[-cut rule-]", "cut"), ("{before -> after rule}", "replace"), ("<metadata field>", "meta")):
        legend.append(shown, STYLE[action]).append("  ")
    OUT.print(legend.append("a rule is named once a line; 75% is how sure it is"))
    width = len(str(r.text.count("\n") + 1))
    for number, line in _lines(r.text, r.edits, only):
        OUT.print(Text().append(f"{number:>{width}}  ", "dim").append_text(line))
    _print_metadata(r)
    counts = Counter(e["rule_id"] for e in r.edits if e["label"] not in TIDY)
    for rule_id, n in counts.most_common():
        mine = [e for e in r.edits if e["rule_id"] == rule_id]
        least = min(e["confidence"] for e in mine)
        sure = "" if least >= 1 else f" (from {least:.0%})"
        OUT.print(Text(f"rule   {n:>5} {rule_id} v{mine[0]['rule_version']}{sure}   {literal(r.why.get(rule_id) or '')}"))
    for kind, n in Counter(f["kind"] for f in r.flags).most_common():
        first = next(f for f in r.flags if f["kind"] == kind)
        OUT.print(Text(f"flag   {n:>5} {kind}   first at {first['start']}: {literal(r.text[first['start'] : first['stop']][:40])}"))
    OUT.print(Text("laws   " + "   ".join([_law_a(r.char_count, r.kept, r.edits), _law_b(seed, r.text, r.decodings)])))


def _print_metadata(report: Report) -> None:
    """What is known of each article, how sure, and where it stands in the document; claims of its markup stand nowhere."""
    mine: dict[str, list[dict]] = defaultdict(list)
    for row in report.metadata:
        mine[row["article_id"]].append(row)
    for article in report.articles:
        for row in mine[article["article_id"]]:
            place = "claimed by the markup" if row["start"] is None else f"at {row['start']}"
            value = literal(row["value"])
            value = value if len(value) <= 60 else value[:59] + "…"
            line = Text(f"value  {article['article_no']:>5} {row['field']:<16} ").append(value, STYLE["meta"])
            OUT.print(line.append(f"   {row['confidence']:.0%} {place}", "dim"))


def _lines(text: str, edits: list[dict], only: str | None):
    """(line number, styled line) for each line that is not blank."""
    number = 1
    line, filled = Text(), False
    named: set[tuple[str, str]] = set()  # what was named on this line
    for piece, edit in _pieces(text, edits):
        tidy = edit is not None and edit["label"] in TIDY
        plain = edit is None or tidy or (only is not None and edit["rule_id"] != only)
        for k, part in enumerate(piece.split("\n")):
            if k:
                if filled:
                    yield number, line
                line, filled, number = Text(), False, number + 1
                named.clear()
            if not part or tidy:
                continue
            shown = literal(part)
            if plain:
                line.append(shown)
            else:
                _append_edit(line, shown, edit, _name(edit, named))
            filled = filled or bool(part.strip())
    if filled:
        yield number, line


def _pieces(text: str, edits: list[dict]):
    """The text cut at its edits: (piece, its edit or None)."""
    at = 0
    for e in edits:
        if e["start"] > at:
            yield text[at : e["start"]], None
        yield text[e["start"] : e["stop"]], e
        at = e["stop"]
    yield text[at:], None


def _name(edit: dict, named: set[tuple[str, str]]) -> str:
    """Rule or field of an edit with its confidence, where this line does not name it yet."""
    what = edit["label"] if edit["action"] == "meta" else edit["rule_id"]
    sure = edit.get("confidence", 1.0)
    said = what if sure is None or sure >= 1 else f"{what} {sure:.0%}"
    if (edit["action"], said) in named:
        return ""
    named.add((edit["action"], said))
    return " " + said


def _append_edit(line: Text, shown: str, edit: dict, name: str) -> None:
    if edit["action"] == "cut":
        line.append(f"[-{shown}{name}-]", STYLE["cut"])
        if edit["repaired_text"]:
            line.append(f"(= {literal(edit['repaired_text'])})", "dim")
    elif edit["action"] == "meta":
        line.append(f"<{shown}{name}>", STYLE["meta"])
    else:
        line.append(f"{{{shown} -> {literal(edit['after'])}{name}}}", STYLE["replace"])


def _law_a(chars: int, kept: list[tuple[int, int]], edits: list[dict]) -> str:
    spans = sorted([*kept, *((e["start"], e["stop"]) for e in edits)])
    at = 0
    for start, stop in spans:
        if start != at:
            return f"A BROKEN at {at}"
        at = stop
    return "A ok (every character once)" if at == chars else f"A BROKEN at {at}"


def _law_b(seed: str, text: str, decodings: list[dict]) -> str:
    return "B ok (bytes come back)" if file_id(encode_back(text, decodings)) == seed else "B not shown by this document alone"
