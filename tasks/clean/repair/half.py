"""Lines of GBK that lost one byte: all that follows was read from the middle of each character, until ASCII set it right.

The last byte of such a stretch finds no partner, so a lost character (U+FFFD, '?') tells that there may be one. The bytes are all
there but one: read one byte later, they say Chinese again. The character that lost its byte, and the last one, are guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tasks.clean.repair.misreadings import utf8_read_as_gbk
from tasks.text.charmodel import char_model
from tasks.text.ledger import REPLACE, Flag, Ledger, Mark
from tasks.text.rule import Rule

_END = re.compile("[\ufffd?]")
LONGEST = 1500  # characters of a stretch
LEAST = 4  # characters that must come to light
GAIN = 2.5  # nats a character that what comes to light is likelier than what is shown
NEAR = 2.0  # nats by which an earlier place may be less likely
MOST = 200  # stretches looked at in one document
ENDS = "。！？；：”"


def repair_half(ledger: Ledger) -> None:
    """Mark stretches that were read from the middle of each character; text without a lost character costs one search."""
    text, codes = ledger.text, utf8_read_as_gbk().exact
    marks: list[Mark] = []
    done = looked = 0
    for found in _END.finditer(text):
        end = found.start()
        start = end
        while start > max(done, end - LONGEST) and text[start - 1] >= "\x80" and len(codes.get(text[start - 1], b"")) == 2:
            start -= 1
        if end - start < LEAST + 1 or (found[0] == "?" and not _is_odd(text[end - LEAST : end])):
            continue
        if ledger.within(start, end + 1):
            continue  # read already, by another decoder
        looked += 1
        if looked > MOST:
            break
        made = list(_shifted(ledger, text, start, end, codes))
        if made:
            marks += made
            done = end + 1
    ledger.add_sorted(marks)


def _is_odd(shown: str) -> bool:
    """Whether a few characters are not such as end a question."""
    model = char_model()
    return model.text(shown) / len(shown) < -8.0


def _running(text: str) -> list[float]:
    """Log-probability of each beginning of a text."""
    model = char_model()
    scores, tail, sums = (0.0,), "", [0.0]
    for char in text:
        scores, tail = model.step(scores, tail, char)
        sums.append(scores[-1])
    return sums


def _shifted(ledger: Ledger, text: str, start: int, end: int, codes: dict[str, bytes]) -> Iterator[Mark]:
    shown = text[start:end]
    data = b"".join(codes[c] for c in shown)
    said = []
    for i in range(1, len(data) - 1, 2):
        try:
            char = data[i : i + 2].decode("gb18030")
        except UnicodeDecodeError:
            char = "\ufffd"
        said.append(char if len(char) == 1 else "\ufffd")
    # said[i] is what the second half of shown[i] and the first half of shown[i + 1] make.
    as_shown, as_said = _running(shown), _running("".join(said))
    n = len(said)
    first = max(range(n), key=lambda i: as_shown[i] - as_said[i])
    better = "".join(said[first:])
    gain = (as_said[n] - as_said[first]) - (as_shown[n + 1] - as_shown[first])
    if len(better) < LEAST or "\ufffd" in better or gain < GAIN * len(better):
        return
    likely = {i: _around(i, first, shown, said, data) for i in range(max(0, first - 2), min(n - 1, first + 2) + 1)}
    first = min(i for i, score in likely.items() if score >= max(likely.values()) - NEAR)  # what is shown in doubt is not kept
    doubtful = int(likely.get(first + 1, -1e9) >= max(likely.values()) - 2 * NEAR)  # the loss may have been one character later
    better = "".join(said[first:])
    if "\ufffd" in better:
        return
    lead = _guess(data[2 * first], shown[max(0, first - 3) : first], better[:3], either=True)
    last = _guess(data[-1], better[-3:], "", either=False)
    at, middle = start + first, start + first + 1 + doubtful
    lead = lead[0] and lead[0] + better[:doubtful], lead[1]
    for a, b, char, sure in ((at, middle, *lead), (middle, end, better[doubtful:], 0.95), (end, end + 1, *last)):
        if char:
            yield Mark(a, b, REPLACE, HALF.label, HALF.id, char, char, sure)
            if sure < 0.95:
                ledger.flags.append(Flag(a, b, "guessed", f"a byte is lost, {char} is the likeliest character ({sure:.2f})", "warning"))


def _around(at: int, near: int, shown: str, said: list[str], data: bytes) -> float:
    """How likely the text around a place is if the byte was lost there."""
    lead, _ = _guess(data[2 * at], shown[max(0, at - 3) : at], "".join(said[at : at + 3]), either=True)
    return char_model().text(shown[max(0, near - 8) : at] + (lead or "\ufffd") + "".join(said[at : near + 8]))


@cache
def _with_byte(byte: int, either: bool) -> tuple[str, ...]:
    """Known characters of GB 2312 that have the byte as their first one, or as either."""
    found = []
    for other in range(0xA1, 0xFF):
        for pair in ((byte, other), (other, byte)) if either else ((byte, other),):
            try:
                char = bytes(pair).decode("gb2312")
            except UnicodeDecodeError:
                continue
            if char in char_model().chars:
                found.append(char)
    return tuple(found)


def _guess(byte: int, left: str, right: str, either: bool) -> tuple[str, float]:
    """The likeliest character of which one byte is known, between its neighbours; at the end of a line a sign that ends one."""
    model = char_model()
    options = _with_byte(byte, either)
    if not options:
        return "", 0.0
    scores = {c: model.text(left + c + right) + (4.0 if not right and c in ENDS else 0.0) for c in options}
    best = max(scores, key=scores.get)
    others = sorted(scores.values(), reverse=True)
    sure = 0.8 if len(others) == 1 or others[0] - others[1] > 4 else 0.5 if others[0] - others[1] > 1.5 else 0.3
    return best, sure


HALF = Rule(
    id="half-characters",
    label="mojibake",
    why="One byte of a GBK line was lost, and the rest of the line was read from the middle of each character.",
    cuts=("春天来了，河⟦钡牧鞣⒊鲂卵浚⒆用窃诓莸厣戏欧珞荨\ufffd⟧",),
    keeps=("这是真的吗?谁也不知道\ufffd", "他问:好吗?", "\ufffd\ufffd"),
)
