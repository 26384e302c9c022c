"""repair: undo damage that machines did to the characters.

    decoded text  ->  marks (replace, cut) and flags over it

In order: wrong decoders and escapes, because all else reads what they say; injected glosses; the shift that injection left
between bytes; invisible characters; scripts between the lines; and flags for what people took out, which nobody may fill.
"""

from __future__ import annotations

from tasks.clean.repair.byte_shift import BYTE_SHIFT, repair_byte_shift
from tasks.clean.repair.code import CODE, repair_code
from tasks.clean.repair.escapes import CONTROL_ESCAPE, ENTITY, PERCENT_ESCAPE, UNICODE_ESCAPE, repair_escapes
from tasks.clean.repair.glosses import PINYIN_GLOSS, repair_glosses, repair_uncovered_glosses
from tasks.clean.repair.half import HALF, repair_half
from tasks.clean.repair.invisible import INVISIBLE, repair_invisible
from tasks.clean.repair.jammers import JAMMER, repair_jammers
from tasks.clean.repair.mojibake import MISREAD, repair_mojibake
from tasks.clean.repair.oddities import flag_oddities
from tasks.clean.repair.radicals import RADICAL, repair_radicals
from tasks.clean.repair.salad import SALAD, repair_salad
from tasks.clean.repair.suspects import BIG5, ESCAPE, GBK, HOPELESS, LATIN, LOST, MASK, TWICE, has_astral, suspects
from tasks.clean.repair.suspects import INVISIBLE as INVISIBLE_SORT
from tasks.clean.repair.suspects import RADICAL as RADICAL_SORT
from tasks.text.ledger import Ledger
from tasks.text.rule import Rule

RULES: tuple[Rule, ...] = (
    MISREAD,
    HALF,
    UNICODE_ESCAPE,
    PERCENT_ESCAPE,
    CONTROL_ESCAPE,
    ENTITY,
    PINYIN_GLOSS,
    BYTE_SHIFT,
    INVISIBLE,
    RADICAL,
    CODE,
    JAMMER,
    SALAD,
)


def repair(ledger: Ledger) -> None:
    """Mark and flag machine damage. Law: text without damage gets no mark."""
    sorts = suspects(ledger.text)
    if sorts & {BIG5, GBK, LATIN, HOPELESS, LOST, TWICE}:
        repair_mojibake(ledger, sorts)
    if LOST in sorts:
        repair_half(ledger)
    if ESCAPE in sorts:
        repair_escapes(ledger)
    annotated = repair_glosses(ledger)
    if repair_byte_shift(ledger, annotated):
        repair_uncovered_glosses(ledger, annotated)
    if sorts & {INVISIBLE_SORT, LOST} or has_astral(ledger.text):
        repair_invisible(ledger)
    if RADICAL_SORT in sorts:
        repair_radicals(ledger)
    repair_code(ledger)
    if ESCAPE in sorts:
        repair_jammers(ledger)
    repair_salad(ledger)
    flag_oddities(ledger, MASK in sorts)
