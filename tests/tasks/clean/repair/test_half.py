"""A GBK line that lost one byte says its text again, and says what it guesses."""

from __future__ import annotations

import time

import pytest

from tasks.clean.repair import repair
from tasks.text.ledger import Ledger
from tests.tasks.clean.repair.test_repair_round_trip import SENTENCES


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("lost", [8, 9, 14])
def test_what_follows_the_lost_byte_comes_back(sentence: str, lost: int) -> None:
    data = sentence.encode("gb18030")
    shown = (data[:lost] + data[lost + 1 :] + b"\n").decode("gb18030", "replace")
    ledger = Ledger(shown)
    repair(ledger)
    said = ledger.view().shown.rstrip("\n")
    assert len(said) == len(sentence)
    wrong = [i for i, (a, b) in enumerate(zip(said, sentence, strict=True)) if a != b]
    guessed = {i for m in ledger.marks if m.confidence < 0.95 for i in range(m.start, m.stop)}
    assert set(wrong) <= guessed
    assert len(wrong) <= 3


@pytest.mark.parametrize("text", ["这是真的吗?谁也不知道\ufffd", "春天来了\ufffd河边的柳树发出新芽\ufffd", "\ufffd" * 40])
def test_a_lost_character_alone_changes_nothing(text: str) -> None:
    ledger = Ledger(text)
    repair(ledger)
    assert [m for m in ledger.marks if m.rule_id == "half-characters"] == []


def test_work_is_bounded() -> None:
    text = ("钡牧鞣鲂卵浚用窃诓莸厣戏欧珞" * 90 + "\ufffd") * 300
    start = time.process_time()
    repair(Ledger(text))
    assert time.process_time() - start < 20
