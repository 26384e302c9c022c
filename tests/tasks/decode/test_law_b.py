"""Law B: text and decodings give the bytes back, whatever the bytes are."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.decode.ladder import decode_bytes
from tasks.decode.pieces import most_pieces
from tasks.decode.stretches import Stretch, encode_back

SENTENCES = (
    *("村里的老桥修好了。", "孩子們在河邊放風箏,", "茶农说今年雨水足;", "𠮷野家", ""),
    *("plain ASCII words", "café", "にわとり", "닭이 울다", "привет", "a\tb"),
)
ENCODINGS = (
    *("utf-8", "gb18030", "big5hkscs", "hz", "utf-16-le", "utf-16-be", "utf-32-le"),
    *("euc_kr", "shift_jis", "cp1251", "latin-1", "utf-8-sig", "utf-16"),
)
LINE_ENDS = ("\n", "\r\n", "\r", "\r\r\n", "\n\r", "")

lines = st.tuples(st.sampled_from(SENTENCES), st.sampled_from(LINE_ENDS), st.sampled_from(ENCODINGS), st.integers(1, 4))
anything = st.binary(max_size=300)
LEADS_AND_TRAILS = (0x80, 0x81, 0xA1, 0xA2, 0xCC, 0xD6, 0xE4, 0xFE, 0xFF, 0x30, 0x41, 0x7E, 0x7B, 0x0A, 0x0D, 0x00)
SHIFTS = (b"~{", b"~}", b"~~", b"~\n", b"VPND", b"\n", b"\r\n", b"a", b"~{VP~}", b"\x1b$B", b"\x1b(B", b"\xff")
high = st.lists(st.sampled_from(LEADS_AND_TRAILS), max_size=80).map(bytes)


def written(parts: Sequence[tuple[str, str, str, int]]) -> bytes:
    return b"".join(((sentence * times) + end).encode(encoding, "ignore") for sentence, end, encoding, times in parts)


def assert_law(data: bytes) -> None:
    text, stretches, _ = decode_bytes(data)
    assert encode_back(text, stretches) == data
    assert "\r" not in text
    text.encode("utf-8")  # no lone surrogates
    assert_cover(text, stretches, data)


def assert_cover(text: str, stretches: Sequence[Stretch], data: bytes) -> None:
    """Stretches lie end to end in both text and bytes, and no two begin at the same character."""
    at = byte_at = 0
    for s in stretches:
        assert (s.start, s.byte_start) == (at, byte_at)
        assert s.stop > s.start or len(stretches) == 1
        at, byte_at = s.stop, s.byte_stop
        if s.raw is not None:
            assert s.raw == data[s.byte_start : s.byte_stop]
    assert (at, byte_at) == (len(text), len(data))
    assert len(stretches) <= most_pieces(len(data))


@settings(max_examples=600, deadline=None)
@given(anything | high)
def test_any_bytes_come_back(data: bytes):
    assert_law(data)


@settings(max_examples=400, deadline=None)
@given(st.lists(lines, max_size=12))
def test_mixed_encodings_and_line_ends_come_back(parts):
    assert_law(written(parts))


@settings(max_examples=300, deadline=None)
@given(st.lists(lines, min_size=1, max_size=8), st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=5))
def test_damaged_bytes_come_back(parts, damage):
    data = bytearray(written(parts))
    for place, value in damage:
        if data:
            data[place % len(data)] = value
    assert_law(bytes(data))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\x84\x31\x95\x33"]), anything | high)
def test_any_bytes_after_a_mark_come_back(mark: bytes, data: bytes):
    assert_law(mark + data)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(SHIFTS), max_size=30))
def test_shift_sequences_come_back(parts: list[bytes]):
    assert_law(b"".join([b"~{VP~}", *parts]))
    assert_law(b"".join(parts))


def test_every_pair_of_bytes_in_a_double_byte_text_comes_back():
    pages = ("这座小城的夜市很热闹。".encode("gbk") * 3, "這座小城的夜市很熱鬧。".encode("big5") * 3)
    for lead in range(0x80, 0x100):
        around = pages[lead % 2]
        assert_law(around + b"".join(bytes((lead, trail)) + b" " for trail in range(0x30, 0x100, 2)) + around)


def test_big5_second_forms_come_back_in_small_raw_stretches():
    data = "這條街上有".encode("big5") * 30 + b"\xa2\xcc\xa2\xce" + "家老店。".encode("big5") * 30
    text, stretches, _ = decode_bytes(data)
    assert "十卅" in text
    assert encode_back(text, stretches) == data
    assert sum(len(s.raw) for s in stretches if s.raw) == 4


def test_windows_euro_sign_in_gbk():
    data = "每张门票".encode("gbk") + b"\x80" + "35,孩子免费入场。".encode("gbk")
    text, stretches, _ = decode_bytes(data)
    assert text == "每张门票€35,孩子免费入场。"
    assert [s.raw for s in stretches if s.raw] == [b"\x80"]
    assert encode_back(text, stretches) == data


@pytest.mark.parametrize("size", [1, 2, 3, 1000, 100_000, 1_000_000])
def test_random_binary_is_bounded(size: int):
    assert_law(random.Random(size).randbytes(size))


def test_random_bytes_without_controls_are_bounded():
    rng = random.Random(7)
    assert_law(bytes(rng.choice((10, 32, *range(65, 91), *range(128, 256))) for _ in range(200_000)))


def test_many_line_ends_are_bounded():
    text, stretches, _ = decode_bytes(b"a\r\nb\n" * 50_000)
    assert text == "a\nb\n" * 50_000
    assert len(stretches) <= most_pieces(250_000)
    assert encode_back(text, stretches) == b"a\r\nb\n" * 50_000


def test_rows_of_the_table_lead_back_in_any_order():
    data = "第一行。\r\n".encode("gbk") + "第二行在别的编码里,写得长一些。\n".encode()
    text, stretches, _ = decode_bytes(data)
    rows = [s._asdict() | {"doc_id": "x"} for s in reversed(stretches)]
    assert len(rows) == 2
    assert encode_back(text, rows) == data
