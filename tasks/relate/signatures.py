"""Signatures by which repeated texts are found without comparing each with each.

Four-letter shingles of a text are hashed; each hash falls into one of 64 bins, and the smallest of a bin is kept (one
permutation). A bin without a shingle borrows from another that is chosen by hash (optimal densification; Shrivastava,
ICML 2017), so that short texts have 64 values too. Four values make a band. Two texts whose shingles agree to a share
of J meet in one of 16 bands with probability 1 - (1 - J^4)^16: .98 at .7, .64 at .5, .10 at .28.

Most texts that meet agree in a formula only. Four bits of each of the 64 values, kept as four planes of 64 bits, tell how
much of two texts' shingles agree within .0625 (one standard deviation) without reading the texts.

A signature depends on its own text only. So a batch's signatures never change with what comes later.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

import numpy as np
import pyarrow as pa

from schemas.catalog import TABLES
from tasks.relate.letters import folded

SHINGLE = 4  # letters: two Chinese words
BINS = 64
ROWS = 4  # values in a band
BANDS = BINS // ROWS
PLANES = 4  # bits of each value in the sketch
SHORTEST_ARTICLE = 24  # letters; a shorter one says too little to be told from another
SHORTEST_PARAGRAPH = 60  # the same: shorter paragraphs are formulas
AT_ONCE = 1 << 20  # letters hashed together: some 60 MB

_EMPTY = np.uint32(0xFFFFFFFF)
_VALUE = np.uint64(0x7FFFFFFF)  # a value is never the sign of an empty bin
_GOLDEN, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_ATTEMPT = 0xC2B2AE3D27D4EB4F
_SPREAD = np.random.default_rng(20_161_123).permutation(BINS)  # a band's bins are no neighbours


def find_signatures(articles: pa.Table) -> pa.Table:
    """
    Signatures of articles and of their paragraphs, from `text_hans`, so that both scripts of one text are one.

    Args:
        articles: n rows with article_id and text_hans.

    Returns:
        SIGNATURES rows, by article in the order of the input, the article first.
    """
    rows: dict[str, list] = {name: [] for name in ("article_id", "paragraph_no", "start", "stop", "content")}
    made: list[tuple[np.ndarray, np.ndarray]] = []
    waiting: list[np.ndarray] = []
    size = 0
    for article, text in zip(articles["article_id"].to_pylist(), articles["text_hans"].to_pylist(), strict=True):
        for number, start, stop, points in _parts(text):
            level = b"p" if number else b"a"
            content = blake2b(points.tobytes(), digest_size=8, key=level).digest()
            for name, value in zip(rows, (article, number, start, stop, int.from_bytes(content, "little", signed=True)), strict=True):
                rows[name].append(value)
            waiting.append(points)
            size += len(points)
            if size >= AT_ONCE:
                made.append(_signed(waiting))
                waiting, size = [], 0
    if waiting:
        made.append(_signed(waiting))
    schema = TABLES["signatures"].stage_arrow
    columns = {name: pa.array(values, schema.field(name).type) for name, values in rows.items()}
    columns["bands"] = _lists([bands for bands, _ in made], BANDS, np.int32)
    columns["sketch"] = _lists([sketch for _, sketch in made], PLANES, np.int64)
    return pa.table([columns[f.name] for f in schema], schema=schema)


def _lists(parts: list[np.ndarray], width: int, kind: type) -> pa.ListArray:
    flat = np.concatenate(parts).ravel() if parts else np.empty(0, kind)
    return pa.ListArray.from_arrays(pa.array(np.arange(0, len(flat) + 1, width, dtype=np.int32)), pa.array(flat))


def _parts(text: str) -> Iterator[tuple[int, int, int, np.ndarray]]:
    """(paragraph number, start, stop, letters) of the whole text (0) and of each paragraph that is long enough."""
    points = folded(text)
    whole = points[points > 0]
    if len(whole) >= SHORTEST_ARTICLE:
        yield 0, 0, len(text), whole
    if len(whole) < SHORTEST_PARAGRAPH:
        return
    at = 0
    for number, paragraph in enumerate(text.split("\n"), 1):
        stop = at + len(paragraph)
        if len(paragraph) >= SHORTEST_PARAGRAPH:
            kept = points[at:stop]
            kept = kept[kept > 0]
            if len(kept) >= SHORTEST_PARAGRAPH:
                yield number, at, stop, kept
        at = stop + 1


def _signed(texts: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """(len(texts), BANDS) hashes, int32, and (len(texts), PLANES) sketches, int64. Each text holds at least SHINGLE letters."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    stops = np.cumsum(lengths)
    owner = np.repeat(np.arange(len(texts)), lengths)
    hashes = shingle_hashes(np.concatenate(texts))
    owner = owner[: len(hashes)]
    inside = np.arange(SHINGLE, len(hashes) + SHINGLE) <= stops[owner]
    hashes, owner = hashes[inside], owner[inside]
    values = np.full(len(texts) * BINS, _EMPTY, np.uint32)
    np.minimum.at(values, owner * BINS + (hashes >> np.uint64(58)).astype(np.int64), (hashes & _VALUE).astype(np.uint32))
    values = _densified(values.reshape(len(texts), BINS)).astype(np.uint64)
    mixed = values * _MIX >> np.uint64(60)
    bits = [np.packbits((mixed >> np.uint64(plane) & np.uint64(1)).astype(np.uint8), axis=1).view("<i8") for plane in range(PLANES)]
    values = values[:, _SPREAD].reshape(len(texts), BANDS, ROWS)
    found = np.zeros((len(texts), BANDS), np.uint64)
    for row in range(ROWS):
        found = (found ^ values[:, :, row]) * _GOLDEN
        found ^= found >> np.uint64(29)
    return (found >> np.uint64(32)).astype(np.uint32).view(np.int32), np.concatenate(bits, axis=1)


def shingle_hashes(points: np.ndarray) -> np.ndarray:
    """Hashes (uint64) of every SHINGLE letters that stand together; none where there are fewer letters."""
    if len(points) < SHINGLE:
        return np.empty(0, np.uint64)
    hashes = points[: len(points) - SHINGLE + 1].astype(np.uint64)
    for k in range(1, SHINGLE):
        hashes = hashes * _GOLDEN + points[k : len(points) - SHINGLE + 1 + k]
    hashes ^= hashes >> np.uint64(29)
    hashes *= _MIX
    return hashes ^ (hashes >> np.uint64(32))


def _densified(values: np.ndarray) -> np.ndarray:
    """Each empty bin takes a value from a bin that its number and the attempt choose: the same in every text."""
    filled = values.copy()
    attempt = 0
    rows, bins = np.nonzero(filled == _EMPTY)
    while len(rows):
        attempt += 1
        salt = np.uint64(attempt * _ATTEMPT % 2**64)
        chosen = ((bins.astype(np.uint64) * _GOLDEN + salt) >> np.uint64(40)) % np.uint64(BINS)
        lent = values[rows, chosen.astype(np.int64)]
        hit = lent != _EMPTY
        filled[rows[hit], bins[hit]] = ((lent[hit].astype(np.uint64) * _MIX + salt) >> np.uint64(32) & _VALUE).astype(np.uint32)
        rows, bins = rows[~hit], bins[~hit]
    return filled
