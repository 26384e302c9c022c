"""The specimens of encodings in seeds/specimens: each file's text and encodings, as tests/specimens says."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path

import pytest

from tasks.decode.ladder import decode_bytes
from tasks.decode.stretches import encode_back

PROJECT = Path(__file__).resolve().parents[3]
TRUTHS = sorted((PROJECT / "tests" / "specimens").glob("enc-*.json"))


def test_there_are_specimens():
    assert len(TRUTHS) >= 10


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda p: p.stem)
def test_specimen(truth: Path):
    said = json.loads(truth.read_text("utf-8"))
    data = (PROJECT / said["file"]).read_bytes()
    text, stretches, _ = decode_bytes(data)
    assert text == said["text"]
    assert [name for name, _ in groupby(s.encoding for s in stretches)] == [name for name, _ in groupby(said["encodings"])]
    assert encode_back(text, stretches) == data
