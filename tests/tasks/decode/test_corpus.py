"""Real text in every encoding: seeds and statutes whole, and statutes cut into short pieces. Floors are measured, and only rise."""

from __future__ import annotations

import random
import tarfile
from pathlib import Path

import opencc
import pytest

from tasks.decode.ladder import decode_bytes
from tasks.decode.stretches import encode_back

DOCUMENTS, PIECES = 40, 250
SIMPLIFIED = ("gb18030", "gbk", "hz", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
TRADITIONAL = ("big5", "cp950", "big5hkscs")
LENGTHS = ((10, 30), (40, 80), (150, 200))
FLOORS = {("utf-16-le", 10): 0.98, ("utf-16-be", 10): 0.98}  # everything else: 0.996, one piece in 250


@pytest.fixture(scope="module")
def statutes(corpus: Path) -> list[str]:
    archive = corpus / "data" / "law.tar.gz"
    if not archive.is_file():
        pytest.skip("no law.tar.gz in the corpus")
    texts: list[str] = []
    with tarfile.open(archive) as tar:
        for i, member in enumerate(tar):
            if member.name.endswith(".txt") and i % 7 == 3:
                texts.append(tar.extractfile(member).read().decode())
            if len(texts) == DOCUMENTS:
                break
    return texts


@pytest.fixture(scope="module")
def traditional(statutes: list[str]) -> list[str]:
    converter = opencc.OpenCC("s2t")
    return [converter.convert(t) for t in statutes]


def holds(data: bytes) -> str:
    text, stretches, _ = decode_bytes(data)
    assert encode_back(text, stretches) == data
    return text


def encodable(text: str, codec: str) -> str:
    """The text without the characters that the codec cannot write."""
    return text.encode(codec, "ignore").decode(codec)


def pieces(texts: list[str], codec: str, low: int, high: int) -> list[str]:
    """Pieces of lines that encode to low..high bytes and hold a Han character."""
    rng, found = random.Random(f"{codec} {low}"), []
    lines = [line for text in texts for line in text.splitlines() if len(line) > 4]
    while len(found) < PIECES:
        line = encodable(rng.choice(lines), codec)
        start = rng.randrange(max(1, len(line) - 4))
        size, stop = rng.randint(low, high), start
        while stop < len(line) and len(line[start : stop + 1].encode(codec)) <= size:
            stop += 1
        piece = line[start:stop].strip()
        if len(piece.encode(codec)) >= low and any("\u4e00" <= c <= "\u9fff" for c in piece):
            found.append(piece)
    return found


def test_seeds_are_utf8_and_come_back(real_seeds: list[Path]):
    assert real_seeds
    for path in real_seeds:
        data = path.read_bytes()
        assert holds(data) == data.decode().replace("\r\n", "\n").replace("\r", "\n")
        assert {s.encoding for s in decode_bytes(data).stretches} == {"utf-8"}


@pytest.mark.parametrize("codec", SIMPLIFIED)
def test_seeds_in_other_encodings(codec: str, real_seeds: list[Path]):
    """
    Also seed 001, Traditional with readings, and 004, full of mojibake. A line of mojibake written in GBK again *is* a line in
    UTF-8: the bytes are the same, and reading them as UTF-8 is right.
    """
    for path in real_seeds:
        text = encodable(path.read_bytes().decode().replace("\r\n", "\n"), codec)
        for got, line in zip(holds(text.encode(codec)).split("\n"), text.split("\n"), strict=True):
            assert got == line or got.encode() == line.encode(codec), path.name


@pytest.mark.parametrize("codec", SIMPLIFIED + TRADITIONAL)
def test_whole_statutes(codec: str, statutes: list[str], traditional: list[str]):
    for text in traditional if codec in TRADITIONAL else statutes:
        text = encodable(text, codec)
        assert holds(text.encode(codec)) == text


@pytest.mark.parametrize(("low", "high"), LENGTHS)
@pytest.mark.parametrize("codec", ["gb18030", "gbk", "big5", "cp950", "big5hkscs", "hz", "utf-16-le", "utf-16-be", "utf-8"])
def test_short_pieces(codec: str, low: int, high: int, statutes: list[str], traditional: list[str]):
    cut = pieces(traditional if codec in TRADITIONAL else statutes, codec, low, high)
    right = sum(holds(piece.encode(codec)) == piece for piece in cut)
    print(f"{codec} {low}-{high} bytes: {right}/{len(cut)}")
    assert right >= FLOORS.get((codec, low), 0.996) * len(cut)


@pytest.mark.parametrize(("codec", "floor"), [("utf-8", 0.997), ("gb18030", 0.995), ("cp950", 0.995)])
def test_three_damaged_bytes(codec: str, floor: float, statutes: list[str], traditional: list[str]):
    """Share of characters that survive three bytes 0xFF in 2,000 characters (longest common runs)."""
    from difflib import SequenceMatcher

    kept = total = 0
    for n, text in enumerate(traditional if codec in TRADITIONAL else statutes):
        text = encodable(text[:2000], codec)
        data = bytearray(text.encode(codec))
        for place in random.Random(n).sample(range(len(data)), 3):
            data[place] = 0xFF
        got = holds(bytes(data))
        kept += sum(block.size for block in SequenceMatcher(None, got, text, autojunk=False).get_matching_blocks())
        total += len(text)
    print(f"{codec}, 3 damaged bytes: {kept / total:.4f} of {total} characters")
    assert kept / total > floor


def test_lines_in_two_encodings(statutes: list[str]):
    right = lines = 0
    for text in statutes:
        text = text[:6000]
        third = len(text) // 3
        a, b = text.find("\n", third) + 1, text.find("\n", 2 * third) + 1
        data = text[:a].encode("gb18030") + text[a:b].encode() + text[b:].encode("gb18030")
        got = holds(data).split("\n")
        right += sum(x == y for x, y in zip(got, text.split("\n"), strict=False))
        lines += text.count("\n") + 1
    print(f"lines of files in GBK, then UTF-8, then GBK: {right}/{lines}")
    assert right == lines
