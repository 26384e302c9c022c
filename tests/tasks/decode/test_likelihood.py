"""The table of characters: that its data file is what its script makes, and that it is cheap."""

from __future__ import annotations

import sys

from tasks.decode.counted import TARGET, counted
from tasks.decode.likelihood import RARE, nats_of, table


def test_the_data_file_is_what_the_script_makes():
    assert TARGET.read_text("utf-8") == counted(), "run python -m tasks.decode.counted"


def test_a_frequent_character_is_likelier_than_a_rare_one():
    nats = table()
    assert nats[ord("的")] > nats[ord("镇")] > nats[ord("糍")] > RARE
    assert nats[ord("國")] > nats[ord("鎮")] > RARE
    assert nats[0x4E02] == RARE


def test_all_planes_but_the_first_are_rare():
    assert nats_of(table().nonzero()[0][-1:] + 0x20000) == RARE
    assert sys.getsizeof(table()) < 1 << 20
