"""Undo wrong decoders: by span, with the damage proven by the bytes and what they say judged by words.

Exact spans are replaced with confidence 1. Where bytes are lost, the span is replaced with the confidence of its guesses,
and each guess is flagged. What nothing can tell (锟斤拷, 烫烫烫, runs of U+FFFD) stays and is flagged.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import partial
from itertools import islice

from tasks.clean.repair.lattice import Budget, Decoded, Lattice
from tasks.clean.repair.misreadings import Misreading, is_chinese, utf8_read_as_cp1252, utf8_read_as_gbk
from tasks.clean.repair.suspects import BIG5, GBK, HOPELESS, LATIN, LOST, TWICE, lines_with, suspects
from tasks.clean.repair.twice import latin_in_gbk, repair_latin_twice, repair_twice
from tasks.text.charmodel import char_model
from tasks.text.ledger import REPLACE, Flag, Ledger, Mark
from tasks.text.rule import Rule

EXACT_GAIN = 12.0  # nats over the shown reading for a span without a loss
LOSSY_GAIN = 13.0  # and for one with a loss; each guess costs GUESS_GAIN more
BARE_GAIN = 9.0  # the same where no shown character is one of GB 2312
GUESS_GAIN = 0.5
DOUBT_GAIN = 6.0  # from here on, what is not repaired is flagged
RARE = -12.0  # nats
NEAR = 6  # characters between two misread passages
HAN = re.compile(r"[\u3400-\u9fff]")
MOST_FLAGS = 500  # a document
BIG5_SHOWN = 11.0  # nats that a character costs as shown: a third are private use, the rest unrelated to one another
SAMPLE = 1000  # characters by which a long run without a loss is judged
SURE = 0.9  # a guess below it is a warning
BLIND = 0.25  # and below this one `unreadable`: the character stands for a hole

_GBK_TRIGGER = re.compile("[" + "".join(sorted(utf8_read_as_gbk().triggers)) + "]")
_CP1252_TRIGGER = re.compile(r"[\xe2-\xe9\xef][^\x00-\x7f\u0300-\u0fff\u3000-\u9fff]")
_LATIN = r"\x80-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
_LATIN_RUN = re.compile(f"[{_LATIN}](?:[ -~]?[{_LATIN}])*")
_GBK_SIGNS = re.compile("[\u4e00-\u9fff][ㄛ﹝﹜]")
_TWO_PRIVATE = re.compile("[\ue000-\ue765][^\\n]{0,12}[\ue000-\ue765]")
# Four Latin letters in a row that carry marks, two of them such as UTF-8's leads are shown: no language writes so.
_MARKED = r"[\xa1-\xff\u0152-\u0192\u02c6\u02dc]"
_HOPELESS = re.compile(
    rf"{_MARKED}*(?:[\xe2-\xe9\xef]{_MARKED}{{1,2}}){{2,}}|(?:锟斤拷?|拷锟斤?)+[锟斤拷]*|烫{{3,}}|屯{{3,}}|\ufffd{{2,}}|(?:ï¿½){{2,}}"
)


def repair_mojibake(ledger: Ledger, sorts: frozenset[str]) -> None:
    """Mark what wrong decoders left, twice at most; `sorts` tells which ones can have been at work."""
    text = ledger.text
    inner = partial(_repair_inner, budget=Budget.of(text))
    marks: list[Mark] = []
    if LATIN in sorts:
        marks += repair_latin_twice(ledger, text, inner)
    if BIG5 in sorts:
        marks += _repair_gbk_as_big5(text)
    if TWICE in sorts:
        marks += [Mark(a, b, REPLACE, "mojibake", MISREAD.id, said, said) for a, b, said in latin_in_gbk(text)]
    marks += _misread(ledger, sorts, marks, Budget.of(text))
    if marks:
        marks = repair_twice(ledger, _disjoint(marks), inner)
    ledger.add_sorted(_disjoint(marks))
    if sorts & {HOPELESS, LOST, LATIN}:
        _flag_hopeless(ledger)


def _repair_inner(ledger: Ledger, budget: Budget) -> None:
    """Repair what was misread once more, and only once; all such passages of a document share one budget."""
    if budget.steps > 0:
        ledger.add_sorted(_disjoint(_misread(ledger, suspects(ledger.text), [], budget)))


def _misread(ledger: Ledger, sorts: frozenset[str], taken: list[Mark], budget: Budget) -> list[Mark]:
    """Marks for what one wrong decoder left, outside of what is taken."""
    text = ledger.text
    marks: list[Mark] = []
    if LOST in sorts:
        marks += _repair_big5(text)
    if GBK in sorts:
        marks += _repair(ledger, text, _GBK_TRIGGER, utf8_read_as_gbk(), budget, [*taken, *marks])
    if LATIN in sorts:
        marks += _repair(ledger, text, _CP1252_TRIGGER, utf8_read_as_cp1252(), budget, taken)
        marks += _repair_latin(text, [*taken, *marks])
    return marks


def _flag_hopeless(ledger: Ledger) -> None:
    for found in islice(_HOPELESS.finditer(ledger.text), MOST_FLAGS):
        if not ledger.within(*found.span()):
            ledger.flags.append(Flag(*found.span(), "unreadable", "a wrong decoder destroyed the characters", "warning"))


def _disjoint(marks: list[Mark]) -> list[Mark]:
    """By start; of two that overlap the first stays."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: m.start):
        if not kept or mark.start >= kept[-1].stop:
            kept.append(mark)
    return kept


def _repair(
    ledger: Ledger, text: str, trigger: re.Pattern[str], misreading: Misreading, budget: Budget, taken: list[Mark]
) -> Iterator[Mark]:
    owned = sorted((mark.start, mark.stop) for mark in taken)
    for at, line in lines_with(text, trigger):
        done = 0
        doubts: list[tuple[int, int]] = []
        for found in trigger.finditer(line):
            start = found.start()
            if start < done or not _begins(line, start, misreading) or _within(owned, at + start):
                continue
            decoded = Lattice.decoded(line, start, misreading, budget)
            if decoded is None or not _accepted(line[start : decoded.stop], decoded, misreading):
                if decoded and misreading.pairs and _suspected(line[start : decoded.stop], decoded, misreading):
                    doubts.append((start, decoded.stop))
                continue
            beside = line[max(0, start - 1) : start] + line[decoded.stop : decoded.stop + 1]
            if not misreading.pairs and len(decoded.text) < 4 and any("\x80" <= c < "\u0250" for c in beside):
                continue  # a few bytes in the middle of another encoding's
            if done and misreading.pairs and start - done <= NEAR:
                doubts += _rare_between(line, done, start, misreading)
            done = decoded.stop
            yield from _marks(ledger, at, line, start, decoded, misreading)
        behind = -1
        for a, b in doubts:
            if a >= behind and len(ledger.flags) < MOST_FLAGS:
                behind = b
                ledger.flags.append(Flag(at + a, at + b, "unreadable", f"{misreading.name}: too little is left to tell", "warning"))


def _within(spans: list[tuple[int, int]], at: int) -> bool:
    i = bisect_right(spans, (at, len(spans) and spans[-1][1]))
    return i > 0 and at < spans[i - 1][1]


def _begins(line: str, start: int, misreading: Misreading) -> bool:
    """A cheap look, before anything is loaded: the bytes are two characters, or one and then signs of a loss."""
    shown = line[start : start + 6]
    codes = [misreading.exact.get(c, b"?") for c in shown]
    data = b"".join(codes)
    if len(data) > 2 and not (0x80 <= data[2] < 0xC0 or data[2] < 0x80):
        return False
    if not misreading.pairs or misreading.is_odd(shown):
        return True
    try:
        said = data[:6].decode("utf-8")
        return len(said) == 2 and all(map(is_chinese, said))
    except UnicodeDecodeError:
        return False


def _suspected(shown: str, decoded: Decoded, misreading: Misreading) -> bool:
    """Whether a span that proves too little for a repair is to be flagged: rare characters that say something likelier."""
    return decoded.gain >= DOUBT_GAIN and len(shown) > 1 and misreading.is_odd(shown)


def _rare_between(line: str, start: int, stop: int, misreading: Misreading) -> Iterator[tuple[int, int]]:
    """What stays between two misread passages, where it is no more likely than they were."""
    if start < stop and any(misreading.is_odd(c) and char_model().char(c) < RARE for c in line[start:stop]):
        yield start, stop


def _accepted(shown: str, decoded: Decoded, misreading: Misreading) -> bool:
    if sum(c >= "\x80" for c in decoded.text) < (2 if misreading.pairs else 1):
        return False  # in GBK's reading, one character and a half proves nothing: rare characters fall so by chance
    if not decoded.guesses:
        return decoded.gain >= EXACT_GAIN
    sure = len(decoded.text) - len(decoded.guesses)
    seen = [misreading.is_odd(c) for c in shown if c >= "\x80"]
    needed = BARE_GAIN + (LOSSY_GAIN - BARE_GAIN) * (1 - sum(seen) / len(seen)) + GUESS_GAIN * len(decoded.guesses)
    return sure >= 1 and sure * 2 >= len(decoded.guesses) and decoded.gain >= needed


def _marks(ledger: Ledger, at: int, line: str, start: int, decoded: Decoded, misreading: Misreading) -> Iterator[Mark]:
    """
    The marks of one span, less the ASCII at its end: what is certain in as few as it takes, each guess in its own, and flagged.
    Characters that share a shown one stand in one mark, which is as sure as the least sure of them.
    """
    text, stop = decoded.text, decoded.stop
    while text and text[-1] < "\x80" and line[stop - 1] == text[-1]:
        text, stop = text[:-1], stop - 1
    for first, last, a, b in _pieces(decoded, len(text), stop):
        guesses = {i: decoded.guesses[i] for i in range(first, last) if i in decoded.guesses}
        said = text[first:last]
        yield Mark(at + a, at + b, REPLACE, "mojibake", MISREAD.id, said, said, min(guesses.values(), default=1.0))
        for i, sure in guesses.items():
            if len(ledger.flags) >= MOST_FLAGS:
                break
            detail = f"{misreading.name}: a byte is lost, {text[i]} is the likeliest character ({sure:.2f})"
            if text[i] in "\ufffd?":
                detail = f"{misreading.name}: what is lost here cannot be told"
            kind = "guessed" if sure >= BLIND else "unreadable"
            ledger.flags.append(Flag(at + a, at + b, kind, detail, "info" if sure >= SURE else "warning"))


def _pieces(decoded: Decoded, size: int, stop: int) -> Iterator[tuple[int, int, int, int]]:
    """Stretches of a decoding: first and last character of what it says, first and last of what is shown."""
    edges = (*decoded.starts[:size], stop)
    first = 0
    for i in range(1, size + 1):
        parts = i == size or i in decoded.guesses or i - 1 in decoded.guesses
        if parts and edges[i] > edges[first] and (i == size or edges[i] < stop):
            yield first, i, edges[first], edges[i]
            first = i


def _repair_latin(text: str, taken: list[Mark]) -> Iterator[Mark]:
    """GBK or Big5 bytes that were read as Latin-1 or CP1252: only where every byte is there."""
    codes = utf8_read_as_cp1252().exact
    spans = [(m.start, m.stop) for m in taken]
    for found in _LATIN_RUN.finditer(text):
        shown = found.group()
        high = sum(c >= "\x80" for c in shown)
        if high < 3 or any(a < found.end() and found.start() < b for a, b in spans):
            continue
        data = b"".join(codes.get(c, b"?") for c in shown)
        best, said = EXACT_GAIN, ""
        for codec in ("gb18030", "big5"):
            try:
                candidate = data.decode(codec)
            except UnicodeDecodeError:
                continue
            said_here = candidate[:SAMPLE]
            gain = char_model().text(said_here) + 6.0 * high * len(said_here) / len(candidate)
            if len(HAN.findall(said_here)) >= 2 and gain > best and _chinese(said_here):
                best, said = gain, candidate
        if said:
            yield Mark(found.start(), found.end(), REPLACE, "mojibake", MISREAD.id, said, said)


def _repair_big5(text: str) -> Iterator[Mark]:
    """
    Whole lines of Big5 that were read as GBK: a third of their characters fall into GBK's private use.
    Only where every byte is there; a line that begins with ASCII (a number, a Latin word) is read whole, too.
    """
    codes = utf8_read_as_gbk().exact
    for at, line in lines_with(text, _TWO_PRIVATE):
        pairs = list(map(codes.get, line))
        if None in pairs:
            continue
        try:
            said = b"".join(pairs).decode("big5")
        except UnicodeDecodeError:
            continue
        sample = said[:SAMPLE]
        gain = char_model().text(sample) + BIG5_SHOWN * sum(c >= "\x80" for c in sample)
        if len(HAN.findall(sample)) >= 2 and gain > EXACT_GAIN and _chinese(sample):
            yield Mark(at, at + len(line), REPLACE, "mojibake", MISREAD.id, said, said)


def _repair_gbk_as_big5(text: str) -> Iterator[Mark]:
    """Whole lines of GBK that were read as Big5, told by what became of their commas and full stops; only where every byte is there."""
    for at, line in lines_with(text, _GBK_SIGNS):
        try:
            said = line.encode("big5hkscs").decode("gb18030")
        except UnicodeError:
            continue
        sample = said[:SAMPLE]
        gain = char_model().text(sample) - char_model().text(line[:SAMPLE])
        if len(HAN.findall(sample)) >= 4 and gain > max(EXACT_GAIN, 2.0 * len(sample)) and _chinese(sample):
            yield Mark(at, at + len(line), REPLACE, "mojibake", MISREAD.id, said, said)


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
        "⟦景毞善賸ㄛ碩晚腔霞攷楷堤陔捁﹝⟧",
        "⟦麓潞脤矛碌陆脕脣拢卢潞脫卤脽碌脛脕酶脢梅路垄鲁枚脨脗脩驴⟧",
        "⟦Ã¦Â¸â€¦Ã¦â„¢Â¨Ã§Å¡â€žÃ¥â€¦Â¬Ã¥â€ºÂ­⟧",
    ),
    keeps=(
        "浜松市位于静冈县，涓流不息。",
        "Übermäßig große Straße, café à côté",
        "气温25℃±1℃，误差×2",
        "鏡中花開，鐘聲銀鈴，鋼鐵鎮靜。",
        "注音符號ㄛ和ㄜ要分清楚，ㄛ的嘴形是圓的。",
    ),
)
