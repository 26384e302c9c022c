"""Undo wrong decoders: by span, with the damage proven by the bytes and what they say judged by words.

Exact spans are replaced with confidence 1. Where bytes are lost, the span is replaced with the confidence of its guesses,
and each guess is flagged. What nothing can tell (锟斤拷, 烫烫烫, runs of U+FFFD) stays and is flagged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tasks.clean.repair.lattice import Budget, Decoded, Lattice
from tasks.clean.repair.misreadings import Misreading, utf8_read_as_cp1252, utf8_read_as_gbk
from tasks.text.charmodel import char_model
from tasks.text.ledger import REPLACE, Flag, Ledger, Mark
from tasks.text.rule import Rule

EXACT_GAIN = 12.0  # nats over the shown reading for a span without a loss
LOSSY_GAIN = 13.0  # and for one with a loss; each guess costs GUESS_GAIN more
GUESS_GAIN = 0.5
HAN = re.compile(r"[\u3400-\u9fff]")
SURE = 0.9  # a guess above it is `guessed`, below it `unreadable`

# The text's own marks of a wrong decoder, as classes of characters; built from the codecs, not typed.
_GBK_TRIGGER = re.compile("[" + "".join(sorted(utf8_read_as_gbk().triggers)) + "]")
_HIGH = "\x80-\xa6\xa8-\xaf\xb2-\xb6\xb8-\xd6\xd8-\xf6\xf8-\xff"  # Latin-1 without the signs that Chinese text uses: § ° ± · × ÷
_CP1252_TRIGGER = re.compile(r"[\xe2-\xe9\xef][^\x00-\x7f\u0250-\u0fff\u3000-\u9fff]")
_LATIN_RUN = re.compile(r"(?:[\x80-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122][ -~]?)*[\x80-\xff\u0152-\u0192\u2013-\u2122]")
_LATIN_START = re.compile(f"[{_HIGH}]{{2}}")
_HOPELESS = re.compile(r"(?:锟斤拷?|拷锟斤?)+[锟斤拷]*|烫{3,}|屯{3,}|\ufffd{2,}|(?:ï¿½){2,}")


def repair_mojibake(ledger: Ledger) -> None:
    """Mark what a wrong decoder left."""
    text = ledger.text
    budget = Budget()
    marks: list[Mark] = []
    if _GBK_TRIGGER.search(text):
        marks += _repair(ledger, text, _GBK_TRIGGER, utf8_read_as_gbk(), budget)
    if _CP1252_TRIGGER.search(text):
        marks += _repair(ledger, text, _CP1252_TRIGGER, utf8_read_as_cp1252(), budget)
    if _LATIN_START.search(text):
        marks += _repair_latin(text, marks)
    ledger.add_sorted(_disjoint(marks))
    for found in _HOPELESS.finditer(text):
        if not ledger.within(*found.span()):
            ledger.flags.append(Flag(*found.span(), "unreadable", "a wrong decoder destroyed the characters", "warning"))


def _disjoint(marks: list[Mark]) -> list[Mark]:
    """By start; of two that overlap the first stays."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: m.start):
        if not kept or mark.start >= kept[-1].stop:
            kept.append(mark)
    return kept


def _lines(text: str, trigger: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """The lines that hold a trigger, with their places."""
    done = 0
    for found in trigger.finditer(text):
        if found.start() < done:
            continue
        start = text.rfind("\n", 0, found.start()) + 1
        stop = text.find("\n", found.start())
        done = len(text) if stop < 0 else stop
        yield start, text[start:done]


def _repair(ledger: Ledger, text: str, trigger: re.Pattern[str], misreading: Misreading, budget: Budget) -> Iterator[Mark]:
    for at, line in _lines(text, trigger):
        done = 0
        lattice = Lattice(line, misreading, budget)
        for found in trigger.finditer(line):
            start = found.start()
            if start < done or not _begins(line, start, misreading):
                continue
            decoded = lattice.decode(start)
            if decoded is None or not _accepted(line[start : decoded.stop], decoded):
                continue
            done = decoded.stop
            yield from _marks(ledger, at, line, start, decoded, misreading)


def _begins(line: str, start: int, misreading: Misreading) -> bool:
    """A cheap look: the bytes from here on could be those of a Chinese character, or one that lost a byte."""
    data = b"".join(misreading.exact.get(c, b"?") for c in line[start : start + 4])
    return len(data) < 3 or 0x80 <= data[2] < 0xC0 or data[2] == 0x3F or data[2] < 0x80


def _accepted(shown: str, decoded: Decoded) -> bool:
    han = len(HAN.findall(decoded.text))
    if not han and len(decoded.text) < 2:
        return False
    if not decoded.guesses:
        return decoded.gain >= EXACT_GAIN
    sure = len(decoded.text) - len(decoded.guesses)
    return sure >= 1 and sure * 2 >= len(decoded.guesses) and decoded.gain >= LOSSY_GAIN + GUESS_GAIN * len(decoded.guesses)


def _marks(ledger: Ledger, at: int, line: str, start: int, decoded: Decoded, misreading: Misreading) -> Iterator[Mark]:
    """The mark of one span, less the ASCII at its end, and the flags of its guesses."""
    text, stop = decoded.text, decoded.stop
    while text and text[-1] < "\x80" and line[stop - 1] == text[-1]:
        text, stop = text[:-1], stop - 1
    guesses = {i: c for i, c in decoded.guesses.items() if i < len(text)}
    confidence = min(guesses.values(), default=1.0)
    yield Mark(at + start, at + stop, REPLACE, "mojibake", MISREAD.id, text, text, confidence)
    ends = (*decoded.starts[1 : len(text)], stop)
    for i, sure in guesses.items():
        first = decoded.starts[i]
        kind = "guessed" if sure >= SURE else "unreadable"
        detail = f"{misreading.name}: a byte is lost, {text[i]} is the likeliest character ({sure:.2f})"
        ledger.flags.append(Flag(at + first, at + max(ends[i], first + 1), kind, detail, "info" if sure >= SURE else "warning"))


@cache
def _latin_bytes() -> dict[str, bytes]:
    return utf8_read_as_cp1252().exact


def _repair_latin(text: str, taken: list[Mark]) -> Iterator[Mark]:
    """GBK or Big5 bytes that were read as Latin-1 or CP1252: only where every byte is there."""
    model, codes = char_model(), _latin_bytes()
    spans = [(m.start, m.stop) for m in taken]
    for found in _LATIN_RUN.finditer(text):
        shown = found.group()
        high = sum(c >= "\x80" for c in shown)
        if high < 3 or len(shown) > 20_000 or any(a < found.end() and found.start() < b for a, b in spans):
            continue
        data = b"".join(codes.get(c, b"?") for c in shown)
        best, said = EXACT_GAIN, ""
        for codec in ("gb18030", "big5"):
            try:
                candidate = data.decode(codec)
            except UnicodeDecodeError:
                continue
            gain = model.text(candidate) + 6.0 * high
            if len(HAN.findall(candidate)) >= 2 and gain > best and _chinese(candidate):
                best, said = gain, candidate
        if said:
            yield Mark(found.start(), found.end(), REPLACE, "mojibake", MISREAD.id, said, said)


def _chinese(text: str) -> bool:
    """Whether all its characters are such as Chinese text holds; a chance decoding brings private-use and rare ones."""
    model = char_model()
    odd = sum(1 for c in text if c >= "\x80" and c not in model.chars)
    return odd <= len(text) // 20


MISREAD = Rule(
    id="misread-bytes",
    label="mojibake",
    why="The page's bytes were read with the wrong decoder (seed 004: UTF-8 read as CP936, 15 lines of its footer).",
    cuts=(
        "⟦浠婂ぉ澶╂皵寰堝ソ锛屾垜浠幓鍏洯鏁ｆ銆�⟧",
        "标题：⟦鏁版嵁鍒嗘瀽鎶ュ憡⟧ 2019",
        "作者 ⟦ä¸­å›½⟧ 网",
        "⟦ÖÐ¹úÈËÃñ⟧",
    ),
    keeps=("浜松市位于静冈县，涓流不息。", "Übermäßig große Straße, café à côté", "气温25℃±1℃，误差×2", "鏡中花開，鐘聲銀鈴，鋼鐵鎮靜。"),
)
