"""What a repair says about its own doubt, and where it is wrong without a word."""

from __future__ import annotations

from difflib import SequenceMatcher

from tasks.text.ledger import Ledger

DOUBTFUL = ("guessed", "unreadable")


def shown_with_doubt(ledger: Ledger) -> tuple[str, list[bool]]:
    """The text after repair, and for each of its characters whether it is marked: a guess, or flagged as unreadable."""
    flagged = {i for f in ledger.flags if f.kind in DOUBTFUL for i in range(f.start, f.stop)}
    shown, doubt, at = "", [], 0
    for mark in ledger.marks:
        shown += ledger.text[at : mark.start] + mark.after
        doubt += [i in flagged for i in range(at, mark.start)] + [mark.confidence < 1.0] * len(mark.after)
        at = mark.stop
    return shown + ledger.text[at:], doubt + [i in flagged for i in range(at, len(ledger.text))]


def silently_wrong(truth: str, shown: str, doubt: list[bool]) -> int:
    """
    Characters that are wrong and not marked. A wrong character must itself be marked; where characters are missing, one of the
    two that stand beside the gap.
    """
    silent = 0
    for tag, i, i_stop, j, j_stop in SequenceMatcher(None, truth, shown, autojunk=False).get_opcodes():
        if tag == "delete":
            silent += 0 if any(doubt[max(0, j - 1) : j + 1]) else i_stop - i
        elif tag != "equal":
            silent += sum(not marked for marked in doubt[j:j_stop])
    return silent
