"""Strings of loose ASCII signs that forum software hides between the words of a post, so that a copy of it is spoilt.

They are one or two signs, a blank, one or two signs, and so on (w) h# ?9 {* e+), at the ends of lines and in their middle.
A formula or a table of figures is written with few kinds of signs; these draw from all of them, and a post has several.
"""

from __future__ import annotations

import re

from tasks.text.ledger import CUT, Ledger, Mark
from tasks.text.rule import Rule

_RUN = re.compile(r"(?<![!-~])[!-~]{1,2}(?: +[!-~]{1,2}(?![!-~])){4,}(?: +[!-~]{1,2}(?=[0-9A-Z.]{3}))?")
_ODD = re.compile(r"""[#$%&@|\\^_~`{}\[\]?!;:'"<>]""")
LEAST_RUNS = 3  # in a document
LEAST_ODD = 3  # kinds of odd signs in a run that proves them; then the others need none
LEAST_MIXED = 3  # pieces of two signs of which one is odd or a sign of sums


def repair_jammers(ledger: Ledger) -> None:
    """Cut the strings where a document has several."""
    view = ledger.view()
    runs = list(_RUN.finditer(view.shown))
    if sum(_is_jammer(m[0], LEAST_ODD) for m in runs) < LEAST_RUNS:
        return
    for start, stop in (m.span() for m in runs if _is_jammer(m[0], 0)):
        ledger.fill(Mark(*view.raw_span(start, stop), CUT, JAMMER.label, JAMMER.id))


def _is_jammer(run: str, least_odd: int) -> bool:
    pieces = run.split()
    mixed = sum(len(p) == 2 and not p.isalnum() for p in pieces)
    return mixed >= LEAST_MIXED and len(set(_ODD.findall(run))) >= least_odd and sum(p.isdigit() for p in pieces) <= len(pieces) // 3


JAMMER = Rule(
    id="jammer",
    label="watermark",
    why="Forum software hides strings of loose signs in a post, which only a copy shows.",
    cuts=(
        "湖边的长椅空着。⟦3 k) v% m# ?4 e+ j⟧\n清晨有人跑步，⟦$ c7 u! w& z_ q{⟧ 也有人打拳。⟦7 {* b# \\. }5 ?# ?8 r⟧\n"
        "太阳慢慢升了起来。⟦5 x7 M. N) I/ C0 h w7 p d⟧",
    ),
    keeps=(
        "a + b = c * d ; e - f\nx ^ 2 + y ^ 2 = 1\np % q = r & s | t",
        "A : B = 3 : 4\n[ 1 , 2 ) , ( 3 , 4 ]\n{ a , b } , { c , d }",
        "1 2 3 4 5 6\n7 8 9 10 11 12\n3% 4% 5% 6% 7% 8%",
        "他只写了一行: 3 k) v% m# ?4 e+ j",
        "^_^ :) ;) :D :P :( 大家好\n:) :) :) :) :) :)\n^_^ ^_^ ^_^",
    ),
)
