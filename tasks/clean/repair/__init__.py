"""repair: undo damage that machines did to the characters.

    decoded text  ->  marks (replace, cut) and flags over it

In order: wrong decoders and escapes, because all else reads what they say; injected glosses; the shift that injection left
between bytes; invisible characters; and flags for what people took out, which nobody may fill.
"""

from __future__ import annotations

from tasks.clean.repair.byte_shift import BYTE_SHIFT, repair_byte_shift
from tasks.clean.repair.escapes import ENTITY, PERCENT_ESCAPE, UNICODE_ESCAPE, repair_escapes
from tasks.clean.repair.glosses import PINYIN_GLOSS, repair_glosses
from tasks.clean.repair.invisible import INVISIBLE, repair_invisible
from tasks.clean.repair.mojibake import MISREAD, repair_mojibake
from tasks.clean.repair.oddities import flag_oddities
from tasks.text.ledger import Ledger
from tasks.text.rule import Rule

RULES: tuple[Rule, ...] = (MISREAD, UNICODE_ESCAPE, PERCENT_ESCAPE, ENTITY, PINYIN_GLOSS, BYTE_SHIFT, INVISIBLE)


def repair(ledger: Ledger) -> None:
    """Mark and flag machine damage. Law: text without damage gets no mark."""
    repair_mojibake(ledger)
    repair_escapes(ledger)
    repair_byte_shift(ledger, repair_glosses(ledger))
    repair_invisible(ledger)
    flag_oddities(ledger)
