"""The guard on law B: whatever a defect makes of the stretches, the bytes come back and the text can be stored."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tasks.decode import ladder
from tasks.decode.ladder import decode_bytes
from tasks.decode.stretches import Stretch, encode_back, stretches_of

GBK = ("河边的水车又转起来了,老人坐在门口晒太阳。\n" * 8).encode("gbk")
Fault = Callable[[str, list[Stretch]], tuple[str, list[Stretch]]]


def other_characters(text: str, stretches: list[Stretch]) -> tuple[str, list[Stretch]]:
    return text.replace("水", "氺"), stretches


def other_encoding(text: str, stretches: list[Stretch]) -> tuple[str, list[Stretch]]:
    return text, [s._replace(encoding="windows-1252") for s in stretches]


def other_line_ends(text: str, stretches: list[Stretch]) -> tuple[str, list[Stretch]]:
    return text, [s._replace(newline="crlf") for s in stretches]


def wrong_raw(text: str, stretches: list[Stretch]) -> tuple[str, list[Stretch]]:
    return text, [s._replace(raw=b"?") for s in stretches]


def lost_tail(text: str, stretches: list[Stretch]) -> tuple[str, list[Stretch]]:
    return text[:-3], [*stretches[:-1], stretches[-1]._replace(stop=len(text) - 3, byte_stop=stretches[-1].byte_stop - 5)]


def hole(text: str, stretches: list[Stretch]) -> tuple[str, list[Stretch]]:
    return text, [s._replace(start=s.start + 1) for s in stretches]


def lone_surrogate(text: str, stretches: list[Stretch]) -> tuple[str, list[Stretch]]:
    return text.replace("水", "\udc81"), stretches


def a_return(text: str, stretches: list[Stretch]) -> tuple[str, list[Stretch]]:
    return text.replace("\n", "\r"), stretches


@pytest.mark.parametrize("fault", [other_characters, other_encoding, other_line_ends, wrong_raw, lost_tail, hole, lone_surrogate, a_return])
def test_a_planted_fault_costs_no_byte(fault: Fault, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ladder, "stretches_of", lambda data, pieces: fault(*stretches_of(data, pieces)))
    text, stretches, _ = decode_bytes(GBK)
    assert encode_back(text, stretches) == GBK
    assert "\r" not in text
    text.encode("utf-8")
    assert (stretches[0].start, stretches[-1].stop, stretches[-1].byte_stop) == (0, len(text), len(GBK))


def test_without_a_fault_nothing_is_kept_raw():
    text, stretches, _ = decode_bytes(GBK)
    assert text == GBK.decode("gbk")
    assert [s.raw for s in stretches] == [None]
