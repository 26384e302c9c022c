"""Repair against the reviewed seeds: every gloss, the shifted bytes, and what the misread footer said."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from tasks.clean.repair import repair
from tasks.text.ledger import Ledger
from tests.tasks.clean.repair.doubt import shown_with_doubt, silently_wrong


def gold(corpus: Path, number: str) -> tuple[Path, Ledger]:
    folder = next((corpus / "gold").glob(f"{number}_*"), None)
    if folder is None:
        pytest.skip(f"no gold {number} in {corpus}")
    ledger = Ledger((corpus / "seeds" / f"{folder.name}.txt").read_text("utf-8"))
    repair(ledger)
    return folder, ledger


def segments(folder: Path, label: str) -> list[dict]:
    rows = [json.loads(line) for line in (folder / "segments.jsonl").read_text("utf-8").splitlines()]
    return [row for row in rows if row["label"] == label]


def share_right(true: str, said: str) -> float:
    matches = SequenceMatcher(None, true, said, autojunk=False).get_matching_blocks()
    return sum(block.size for block in matches) / len(true)


def test_all_glosses_of_the_annotated_page_are_cut_and_nothing_else(corpus: Path) -> None:
    folder, ledger = gold(corpus, "001")
    expected = [(row["start"], row["end"]) for row in segments(folder, "pinyin_annotation")]
    assert len(expected) == 531
    assert [(m.start, m.stop) for m in ledger.marks if m.rule_id == "pinyin-gloss"] == expected


def test_the_shifted_bytes_say_what_was_proved_by_hand(corpus: Path) -> None:
    folder, ledger = gold(corpus, "001")
    expected = [(r["start"], r["end"], r["repaired"]) for r in json.loads((folder / "repairs.json").read_text("utf-8"))]
    assert [(m.start, m.stop, m.after) for m in ledger.marks if m.rule_id == "byte-shift"] == expected


def test_the_misread_footer_is_read(corpus: Path) -> None:
    folder, ledger = gold(corpus, "004")
    marks = [m for m in ledger.marks if m.label == "mojibake"]
    lines = json.loads((folder / "mojibake.json").read_text("utf-8"))["lines"]
    true = "\n".join(line["true_text"] for line in lines)
    said = "\n".join(ledger.shown(line["start_char"], line["end_char"]) for line in lines)
    right = share_right(true, said)
    print(f"footer of 004: {right:.4f} of {len(true)} characters")
    assert right >= 0.985
    assert all(any(row["start"] <= m.start and m.stop <= row["end"] for row in segments(folder, "mojibake")) for m in marks)
    wrong = [i for i, line in enumerate(lines) if ledger.shown(line["start_char"], line["end_char"]) != line["true_text"]]
    guesses = [f for f in ledger.flags if f.kind in ("guessed", "unreadable")]
    for i in wrong:  # what is wrong was marked as a guess
        assert any(lines[i]["start_char"] <= f.start < lines[i]["end_char"] for f in guesses)
    assert len(guesses) == 13


@pytest.mark.parametrize("number", ["000", "002", "003"])
def test_pages_without_damage_get_no_mark(corpus: Path, number: str) -> None:
    assert gold(corpus, number)[1].marks == []


def test_masks_and_holes_are_flagged_and_never_filled(corpus: Path) -> None:
    _, ledger = gold(corpus, "002")
    masked = [ledger.text[f.start : f.stop] for f in ledger.flags if f.kind == "mask"]
    assert masked.count("20xx") == 10 and masked.count("xx") == 2 and masked.count("20xx0") == 1
    _, ledger = gold(corpus, "003")
    kinds = sorted(f.kind for f in ledger.flags)
    assert kinds == ["elision", "hole", "hole", "mask", "mask", "unbalanced"]


LEAST_EXACT = 54  # of 64; raised when it rises
LEAST_HONEST = 0.95  # of the pairs: exact, or exact up to marked characters


def test_real_misreadings_are_undone(corpus: Path) -> None:
    pairs = [json.loads(line) for line in (corpus / "data" / "mojibake_pairs.jsonl").read_text("utf-8").splitlines()]
    exact = honest = 0
    for pair in pairs:
        ledger = Ledger(pair["mojibake"])
        repair(ledger)
        shown, doubt = shown_with_doubt(ledger)
        assert shown == ledger.view().shown
        exact += shown == pair["truth"]
        honest += silently_wrong(pair["truth"], shown, doubt) == 0
    print(f"mojibake pairs: {exact} of {len(pairs)} exact, {honest} exact up to marked characters ({honest / len(pairs):.1%})")
    assert exact >= LEAST_EXACT
    assert honest >= LEAST_HONEST * len(pairs)
