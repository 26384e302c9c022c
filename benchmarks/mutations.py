"""Breaks every promise of every contract in turn, through the validator with both engines, and counts what is caught.

    python -m benchmarks.mutations

One run has as many documents as there are promises; each document breaks one. Caught means: a critical promise of a row refuses its
document (or blocks, where the row names none), a critical promise of a table blocks a run of its own, a warning shows the row in
check_examples. Refused may be nobody else. Exit code 1 unless all are caught.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.catalog import TABLES
from schemas.contract import CRITICAL, Reference, RowCheck, Table, TableCheck
from tasks.validate.request import CheckRequest, ValidationResult
from tasks.validate.runner import validate
from tasks.validate.stage import has_owner
from tests.schemas.rows import row
from tests.schemas.test_row_checks import breaking
from tests.tasks.validate.conftest import Rows, rows_of, write

OF_DOCUMENT = ("records", "blocks", "marks", "links", "article_metadata", "flags", "sections", "terms", "keywords", "mentions", "facts",
               "phrases", "time_expressions", "private_data", "signatures")  # fmt: skip
SURFACES = {"mentions": "surface", "facts": "value_text", "phrases": "surface", "time_expressions": "surface"}
OF_FILE = ("seed_files", "contents", "arrivals", "arrival_events")
NOBODY = "f" * 32
Judge = Callable[[CheckRequest], ValidationResult]
TEXT = "河水在村口拐了一个弯，晒谷场上铺满了新收的稻子，孩子们在田埂上追着风筝跑。\n傍晚的炊烟升起来了，老人坐在门口编竹筐。"


@dataclass
class Case:
    """One broken promise and what should come of it."""

    table: Table
    check: RowCheck | TableCheck
    break_it: Callable[[Rows], None]
    doc: str = ""

    @property
    def name(self) -> str:
        return f"{self.table.name}: {self.check.id}"


def whole(n: int) -> Rows:
    """The rows of document n in every table that speaks of documents, all promises kept."""
    rows = rows_of(n)
    document, article = rows["documents"][0], rows["articles"][0]
    ids = {name: document[name] for name in ("doc_id", "file_id")} | {"article_id": article["article_id"], "uri": f"file:///{n}.txt"}
    for name in (*OF_DOCUMENT, *OF_FILE):
        rows[name] = [row(name, **{k: v for k, v in ids.items() if k in TABLES[name]})]
    rows["sections"] = [rows["sections"][0] | {"section_no": 1, "parent_no": None, "level": 1, "start": 0, "stop": 20}, *rows["sections"]]
    rows["sentences"][0]["section_no"] = 1
    rows["sentences"][1] |= {"words": ["老人", "竹筐"], "tags": ["n", "n"]}
    article |= {"term_count": 1, "published_at": row("articles")["published_at"],
                "published_precision": "minute", "language": "zh-Hans", "url": None, "page_no": 1, "page_count": 2}
    pair = row("duplicate_pairs", article_id=min(ids["article_id"], NOBODY), other_id=ids["article_id"], level="paragraph",
               paragraph_no=1, other_paragraph_no=2)
    rows["duplicate_pairs"] = [pair]
    retell(rows, TEXT)
    return rows


def retell(rows: Rows, text: str) -> None:
    """Another text of two paragraphs for an article, places and all."""
    menu, first = str(rows["edits"][0]["before"]), text.index("\n")
    at, end = len(menu), len(menu) + len(text)
    rows["documents"][0] |= {"text": menu + text, "char_count": end}
    rows["decodings"][0] |= {"stop": end, "byte_stop": len((menu + text).encode())}
    rows["articles"][0] |= {"text": text, "text_hans": text, "char_count": len(text)}
    rows["kept"][0] |= {"start": at, "stop": at + first, "article_start": 0}
    rows["kept"][1] |= {"start": at + first + 1, "stop": end, "article_start": first + 1}
    rows["edits"][1] |= {"start": at + first, "stop": at + first + 1, "article_start": first}
    for sentence, (start, stop) in zip(rows["sentences"], ((0, first), (first + 1, len(text))), strict=True):
        sentence |= {"start": start, "stop": stop, "text": text[start:stop]}
    for name, column in SURFACES.items():
        for found in rows.get(name, ()):
            found[column] = text[found["start"] : found["stop"]]


def of_the_run() -> Rows:
    """Rows that belong to no document."""
    names = [t.name for t in TABLES.values() if t.name not in {*whole(0)}]
    rules = [row("rules"), row("rules", rule_id="nav-line", rule_version=1)]
    return {name: [row(name)] for name in names} | {"rules": rules}


def row_cases() -> Iterator[Case]:
    for table in TABLES.values():
        for check in table.all_row_checks:
            changes = breaking(table, check)
            yield Case(table, check, HARMS.get(f"{table.name}.{check.id}") or (lambda rows, t=table.name, c=changes: rows[t][-1].update(c)))


def table_cases() -> Iterator[Case]:
    for table in TABLES.values():
        for check in table.all_table_checks:
            yield Case(table, check, harm(table, check))


def harm(table: Table, check: TableCheck) -> Callable[[Rows], None]:
    """What breaks a promise about a table, done to the rows of one document."""
    if known := HARMS.get(f"{table.name}.{check.id}"):
        return known
    if check.id == "key-unique":
        return lambda rows: rows[table.name].append(dict(rows[table.name][-1]))
    column, _, kind = check.id.partition("-")
    if kind == "without-gap":
        return lambda rows: rows[table.name][-1].update({column: rows[table.name][-1][column] + 5})
    if kind == "stands-there":
        return lambda rows: rows[table.name][-1].update({column: "〇" * len(rows[table.name][-1][column])})
    (reference,) = [r for r in table.references if _is(check, r)]
    column = reference.columns[-1]
    return lambda rows: rows[table.name][-1].update({column: NOBODY if isinstance(rows[table.name][-1][column], str) else 10**6})


def _is(check: TableCheck, r: Reference) -> bool:
    return check.id == f"{'-'.join(r.columns)}-in-{r.table}"


def _hide_private_use(rows: Rows) -> None:
    article = rows["articles"][0]
    article["text"] = str(article["text"])[:-1] + "\ue123"


def _long(rows: Rows) -> None:
    retell(rows, "长" * 1001 + "\n" + TEXT.replace("\n", ""))


def _long_term(rows: Rows) -> None:
    _long(rows)
    rows["terms"][0].update(term="长" * 201, positions=[0])


def _over_the_break(rows: Rows) -> None:
    text = str(rows["articles"][0]["text"])
    at = text.index("\n")
    rows["mentions"][0].update(start=at - 1, stop=at + 2, surface=text[at - 1 : at + 2])


def _undecoded(rows: Rows) -> None:
    document = rows["documents"][0]
    document["text"] = "\n\n" + "\ufffd" * (len(str(document["text"])) - 2)


# What breaks one promise and no critical other; a promise without an entry is broken by one change of one row.
HARMS: dict[str, Callable[[Rows], None]] = {
    "documents.text-decoded": _undecoded,
    "articles.text-length": lambda rows: retell(rows, "河水在村口拐弯，流过两岸的稻田。\n炊烟升起来了，老人在门口。"),
    "sentences.text-length": _long,
    "terms.term-length": _long_term,
    "mentions.surface-one-line": _over_the_break,
    "duplicate_pairs.level-paragraphs": lambda rows: rows["duplicate_pairs"][0].update(level="article"),
    "documents.law-a-cover": lambda rows: rows["edits"].pop(0),
    "documents.law-b-cover": lambda rows: rows["decodings"][0].update(stop=5),
    "articles.law-a-tiles": lambda rows: rows["kept"][1].update(article_start=3),
    "articles.law-a-newlines": lambda rows: rows["edits"][1].update(action="replace", after="\t"),
    "articles.term_count-is-terms": lambda rows: rows["articles"][0].update(term_count=7),
    "articles.characters-flagged": _hide_private_use,
    "sections.inside-parent": lambda rows: rows["sections"][1].update(level=1),
    "check_examples.check-known": lambda rows: rows["check_examples"][0].update(check_id="no-such-check"),
}


def merged(parts: list[Rows]) -> Rows:
    rows: Rows = {}
    for part in parts:
        for name, table_rows in part.items():
            rows.setdefault(name, []).extend(table_rows)
    return rows


def ask(rows: Rows, folder: Path, judge: Judge, share: float) -> ValidationResult:
    folder.mkdir(parents=True)
    return judge(CheckRequest(run_id=1, files=write(folder / "staging", rows), scratch=str(folder), max_refused_share=share))


def planted(cases: list[Case]) -> list[Rows]:
    """One document a case, broken; sets each case's doc."""
    parts = []
    for n, case in enumerate(cases):
        part = whole(n)
        case.doc = str(part["documents"][0]["doc_id"])
        case.break_it(part)
        parts.append(part)
    return parts


def missed_in_rows(cases: list[Case], result: ValidationResult) -> list[str]:
    """Cases that were not caught, and documents that were refused for nothing."""
    status = {(c["table_name"], c["check_id"]): c["status"] for c in result.checks.to_pylist()}
    held = {(q["table_name"], q["check_id"], q["doc_id"]) for q in result.quarantine.to_pylist()}
    shown = {(e["table_name"], e["check_id"]) for e in result.check_examples.to_pylist()}
    missed = []
    for case in cases:
        key = (case.table.name, case.check.id)
        if status.get(key) != "failed":
            missed.append(f"{case.name} is {status.get(key)}")
        elif case.check.severity != CRITICAL:
            missed += [f"{case.name} is not in check_examples"] * (key not in shown)
        elif (*key, case.doc) not in held or case.doc not in result.refused:
            renamed = [q[2] for q in held if q[:2] == key and q[2] != case.doc]  # the row names another document, or none
            missed += [f"{case.name} neither refuses its document nor blocks"] * (not any(d in result.refused or result.blocked
                                                                                          for d in renamed))
    innocent = set(result.refused) - {c.doc for c in cases if c.check.severity == CRITICAL}
    return missed + [f"{c.name} refuses its document, though it is a {c.check.severity}: {result.refused[c.doc]}"
                     for c in cases if c.doc in innocent]


def missed_in_table(case: Case, result: ValidationResult) -> list[str]:
    status = {(c["table_name"], c["check_id"]): c["status"] for c in result.checks.to_pylist()}.get((case.table.name, case.check.id))
    if status != "failed":
        return [f"{case.name} is {status}"]
    shown = {(e["table_name"], e["check_id"]) for e in result.check_examples.to_pylist()}
    caught = result.blocked if case.check.severity == CRITICAL else (case.table.name, case.check.id) in shown
    return [] if caught else [f"{case.name} has no consequence"]


def false_alarms(folder: Path, judge: Judge, documents: int = 3) -> tuple[list[str], int]:
    """(checks that find fault with sound rows, checks)."""
    result = ask(merged([of_the_run(), *(whole(n) for n in range(documents))]), folder, judge, 0.05)
    wrong = [f"{c['table_name']}: {c['check_id']} is {c['status']} in sound rows ({c['observed_value']})"
             for c in result.checks.to_pylist() if c["status"] not in ("passed", "learning")]
    return wrong, result.checks.num_rows


def missed_of_documents(folder: Path, judge: Judge) -> tuple[list[str], int]:
    """Every promise about rows of documents, broken by a document of its own in one run: (missed, promises)."""
    cases = [c for c in row_cases() if c.table.name in whole(0) and has_owner(c.table)]
    return missed_in_rows(cases, ask(merged([of_the_run(), *planted(cases)]), folder, judge, 1.0)), len(cases)


def missed_of_runs(folder: Path, judge: Judge) -> tuple[list[str], int]:
    """Every promise about rows that belong to no document, broken in one run."""
    cases = [c for c in row_cases() if c.table.name not in whole(0) or not has_owner(c.table)]
    rows = merged([of_the_run(), *(whole(n) for n in range(3))])
    for case in cases:
        fresh = row(case.table.name) if case.table.name not in whole(0) else dict(rows[case.table.name][0])
        part = {case.table.name: [fresh]}
        case.break_it(part)
        rows[case.table.name] += part[case.table.name]
    return missed_in_rows(cases, ask(rows, folder, judge, 0.05)), len(cases)


def missed_of_tables(folder: Path, judge: Judge, cases: list[Case]) -> list[str]:
    """Promises about tables, each broken in a run of its own."""
    missed = []
    for n, case in enumerate(cases):
        rows = merged([of_the_run(), *(whole(n) for n in range(2))])
        case.break_it(rows)
        missed += missed_in_table(case, ask(rows, folder / f"table{n}", judge, 0.05))
    return missed


def main() -> int:
    answer = importlib.import_module("tasks.validate.expectations").answer
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        wrong, checks = false_alarms(root / "sound", answer)
        missed, owned = missed_of_documents(root / "rows", answer)
        others, of_run = missed_of_runs(root / "run", answer)
        of_tables = list(table_cases())
        missed += others + missed_of_tables(root, validate, of_tables)
    total = owned + of_run + len(of_tables)
    print(*wrong, *missed, sep="\n")
    print(f"sound rows: {len(wrong)} false alarms of {checks} checks")
    caught = total - len({m.partition(" refuses ")[0] for m in missed})
    print(f"caught {caught} of {total} broken promises ({owned} of rows of documents, {of_run} of other rows, "
          f"{len(of_tables)} of tables): {caught / total:.1%}")
    return int(bool(wrong or missed))


if __name__ == "__main__":
    sys.exit(main())
