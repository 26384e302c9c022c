"""Masking hides every datum and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tasks.enrich.private import private_in
from tasks.text.masking import HIDDEN, masked

TEXT = "咨询请拨13912345678，或写信到 wang.li@example.org。"


def _spans(text: str) -> list[tuple[int, int, str]]:
    return [(d.start, d.stop, d.masked) for d in private_in(text)]


def test_every_datum_is_hidden_and_the_rest_stands():
    assert masked(TEXT, _spans(TEXT)) == "咨询请拨139****5678，或写信到 w***@example.org。"


def test_a_text_without_private_data_is_the_same_text():
    assert masked("河水涨了。", []) == "河水涨了。"


def test_a_piece_is_masked_by_the_places_of_its_article():
    at = TEXT.index("，")
    assert masked(TEXT[at:], _spans(TEXT), at) == "，或写信到 w***@example.org。"


def test_a_datum_cut_by_the_edge_of_a_piece_shows_nothing_of_itself():
    at = TEXT.index("12345678")
    assert masked(TEXT[at:], _spans(TEXT), at).startswith(HIDDEN + "，")
    assert masked(TEXT[:at], _spans(TEXT)) == "咨询请拨" + HIDDEN


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(1, 6)), max_size=5))
def test_no_character_of_a_span_is_left(places: list[tuple[int, int]]):
    letters = "".join(chr(0x4E00 + n) for n in range(12))
    spans = [(start, start + length, "*") for start, length in places]
    hidden = {letters[k] for start, stop, _ in spans for k in range(start, min(stop, 12))}
    shown = set(masked(letters, spans))
    assert not hidden & shown and set(letters) - hidden <= shown
