"""Whether a guess is right as often as it says: statutes, misread as Windows reads UTF-8 as GBK, with losses of three sorts."""

from __future__ import annotations

from collections import defaultdict
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path

from tasks.clean.repair import repair
from tasks.text.ledger import Ledger
from tests.tasks.clean.repair.doubt import shown_with_doubt, silently_wrong
from tests.tasks.clean.repair.test_repair_false_positives import laws
from tests.tasks.clean.repair.test_repair_round_trip import read_as_gbk

LINES = 160
ENOUGH = 30  # guesses of one bin that say something about it
OVERCONFIDENT = 0.12  # by which the share that is right may stay behind what was said
LEAST_TOLD = 0.92  # of the lines: all that is wrong in them is marked
LOSSES = {"U+FFFD": {}, "dropped": {"lost": "", "user": ""}, "'?'": {"lost": "?", "user": "?"}}


def test_guesses_are_right_as_often_as_they_say(corpus: Path) -> None:
    lines = [line for _, text in laws(corpus, 2_000_000) for line in islice((x for x in text.split("\n") if 10 < len(x) < 200), 2, 5)]
    bins: defaultdict[int, list[bool]] = defaultdict(list)
    told = total = 0
    for n, line in enumerate(lines[:LINES]):
        damage = list(LOSSES.values())[n % len(LOSSES)]
        ledger = Ledger(read_as_gbk(line.encode(), **damage))
        repair(ledger)
        shown, doubt = shown_with_doubt(ledger)
        total += 1
        told += silently_wrong(line, shown, doubt) == 0
        blocks = SequenceMatcher(None, line, shown, autojunk=False).get_matching_blocks()
        right = {i for block in blocks for i in range(block.b, block.b + block.size)}
        at = place = 0
        for mark in ledger.marks:
            place += mark.start - at
            if mark.confidence < 1.0:
                bins[int(mark.confidence * 5)] += [place + k in right for k in range(len(mark.after))]
            place, at = place + len(mark.after), mark.stop
    for low, results in sorted(bins.items()):
        print(f"said {low / 5:.1f}-{(low + 1) / 5:.1f}: right {sum(results) / len(results):.3f} of {len(results)}")
    print(f"lines in which all that is wrong is marked: {told} of {total}")
    assert told >= LEAST_TOLD * total
    checked = [low for low, results in bins.items() if len(results) >= ENOUGH]
    assert checked
    for low in checked:
        assert sum(bins[low]) / len(bins[low]) >= low / 5 - OVERCONFIDENT, low
