"""taojin diff: what changed between two generations, rule by rule."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from flows.terminal import literal, print_json, print_table, say
from tasks.storage.compare import compare


def run(warehouse: Path, old: int | None, new: int | None, as_json: bool) -> int:
    """Rows, characters and documents that differ, and examples of what each rule began (+) or ceased (-) to do."""
    c = compare(warehouse, old, new)
    if as_json:
        print_json(asdict(c))
        return 0
    say(f"generation {c.old} -> {c.new}")
    if c.is_same:
        say("The data are equal; only volatile columns may differ.")
        return 0
    say(
        f"  {c.documents:,} documents were edited otherwise, {c.articles:,} articles read otherwise, "
        f"{c.characters_new - c.characters_old:+,} characters of text"
    )
    say()
    print_table(
        ["table", "rows before", "rows now", "left", "came"],
        [[t.table, t.rows_old, t.rows_new, t.left, t.came] for t in c.tables],
        right=[False, True, True, True, True],
    )
    if c.rules:
        say()
        print_table(
            ["rule", "label", "edits before", "now", "characters before", "now", "documents"],
            [[r.rule_id, r.label, r.edits_old, r.edits_new, r.characters_old, r.characters_new, r.documents] for r in c.rules],
            right=[False, False, True, True, True, True, True],
        )
    if c.examples:
        say()
        for e in c.examples:
            change = literal(e.before) + (f" -> {literal(e.after)}" if e.after else "")
            say(f"  {e.sign} {e.rule_id:<20} {literal(e.name or e.doc_id)} at {e.start}: {change}")
    return 0
