"""taojin explain: a document as it came, with every edit and its rule.

Cuts stand as [-cut rule-], replacements as {before -> after rule}, metadata as <value field>; on a terminal they are
coloured too. Line ends and indents that were only tidied are not shown.
"""

from __future__ import annotations

import os
from collections import Counter
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


def run(warehouse: Path, what: str, rule: str | None, plain: bool, as_json: bool) -> int:
    """Print the document of a file name, path, or id. Raises UsageError where nothing is meant by it."""
    with open_published(warehouse) as db:
        found = find(db, what)
        reports = []
        for doc_id in found.doc_ids:
            cursor = db.execute("select doc_id, text, char_count from documents where doc_id = ?", [doc_id])
            _, text, chars = cursor.fetchone()
            edits = _rows(db.execute("select * from edits where doc_id = ? order by start, stop", [doc_id]))
            kept = db.execute("select start, stop from kept where doc_id = ?", [doc_id]).fetchall()
            decodings = _rows(db.execute("select * from decodings where doc_id = ? order by start, byte_start", [doc_id]))
            articles = _rows(
                db.execute("select article_id, article_no, title from articles where doc_id = ? order by article_no", [doc_id])
            )
            flags = _rows(db.execute("select kind, start, stop, detail from flags where doc_id = ? order by start", [doc_id]))
            why = dict(db.execute("select rule_id, any_value(why) from rules group by 1").fetchall())
            reports.append((doc_id, text, chars, edits, kept, decodings, articles, flags, why))
    if as_json:
        print_json(
            [
                {"doc_id": d, "name": found.name, "char_count": c, "edits": e, "articles": a, "flags": f}
                for d, _, c, e, _, _, a, f, _ in reports
            ]
        )
        return 0
    if rule and not any(e["rule_id"] == rule for r in reports for e in r[3]):
        known = sorted({e["rule_id"] for r in reports for e in r[3]})
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


def _rows(cursor) -> list[dict]:
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def print_report(name: str, seed: str, report: tuple, only: str | None = None) -> None:
    """One document: (doc_id, text, length, edits, kept spans, decodings, articles, flags, why by rule), edits by start."""
    doc_id, text, chars, edits, kept, decodings, articles, flags, why = report
    cut = sum(e["stop"] - e["start"] for e in edits if e["action"] == "cut")
    encodings = ", ".join(dict.fromkeys(d["encoding"] for d in decodings)) or "no bytes"
    share = f"{100 * cut / chars:.0f} % cut" if chars else "empty"
    count = f"{len(articles)} article{'' if len(articles) == 1 else 's'}"
    OUT.print(Text(f"{literal(name)}   {doc_id}   {encodings}   {chars:,} characters   {count}   {share}", style="bold"))
    OUT.print(Text("legend: [-cut rule-]  {before -> after rule}  <metadata field>"))
    width = len(str(text.count("\n") + 1))
    for number, line in _lines(text, edits, only):
        OUT.print(Text(f"{number:>{width}}  ", style="dim") + line)
    counts = Counter(e["rule_id"] for e in edits if e["label"] not in TIDY)
    for rule_id, n in counts.most_common():
        version = next(e["rule_version"] for e in edits if e["rule_id"] == rule_id)
        OUT.print(Text(f"rule   {n:>5} {rule_id} v{version}   {literal(why.get(rule_id) or '')}"))
    for kind, n in Counter(f["kind"] for f in flags).most_common():
        first = next(f for f in flags if f["kind"] == kind)
        OUT.print(Text(f"flag   {n:>5} {kind}   first at {first['start']}: {literal(text[first['start'] : first['stop']][:40])}"))
    OUT.print(Text("laws   " + "   ".join([_law_a(chars, kept, edits), _law_b(seed, text, decodings)])))


def _lines(text: str, edits: list[dict], only: str | None):
    """(line number, styled line) for each line that is not blank."""
    at, number = 0, 1
    line, filled = Text(), False
    named = _named(edits)
    pieces: list[tuple[str, dict | None]] = []
    for e in edits:
        if e["start"] > at:
            pieces.append((text[at : e["start"]], None))
        pieces.append((text[e["start"] : e["stop"]], e))
        at = e["stop"]
    pieces.append((text[at:], None))
    for piece, edit in pieces:
        tidy = edit is not None and (edit["label"] in TIDY or (only and edit["rule_id"] != only))
        for k, part in enumerate(piece.split("\n")):
            if k:
                if filled:
                    yield number, line
                line, filled, number = Text(), False, number + 1
            if not part or (tidy and edit["label"] in TIDY):
                continue
            shown = literal(part)
            if edit is None or tidy:
                line.append(shown)
            elif edit["action"] == "cut":
                line.append(f"[-{shown}{' ' + edit['rule_id'] if id(edit) in named else ''}-]", STYLE["cut"])
                if edit["repaired_text"]:
                    line.append(f"(= {literal(edit['repaired_text'])})", "dim")
            elif edit["action"] == "meta":
                line.append(f"<{shown}{' ' + edit['label'] if id(edit) in named else ''}>", STYLE["meta"])
            else:
                line.append(f"{{{shown} -> {literal(edit['after'])} {edit['rule_id']}}}", STYLE["replace"])
            filled = filled or bool(part.strip())
    if filled:
        yield number, line


def _named(edits: list[dict]) -> set[int]:
    """Edits that say their name: of pieces that other marks cut out of one span, only the last does."""
    named: set[int] = set()
    last: dict[tuple[str, str], dict] = {}
    at = 0
    for e in [*edits, None]:
        if e is None or e["start"] != at or e["label"] == "newline":
            named.update(id(x) for x in last.values())
            last = {}
        if e is None:
            break
        last[e["rule_id"], e["label"]] = e
        at = e["stop"]
    return named


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
