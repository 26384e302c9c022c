"""Decode misread UTF-8 of which bytes are missing: a beam over what each character may have been, scored by words.

Exact stretches go through the codec at its own speed; the beam works only around a loss. Scores are log-likelihood
ratios against the reading that the text says what it shows, so a clean passage ends a decoding by itself.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from tasks.clean.repair.misreadings import ANY, USER_FIRST, USER_SECOND, Misreading
from tasks.text.charmodel import LONGEST_WORD, char_model

BEAM = 48  # hypotheses kept
CHOICES = 12  # characters tried for one that lost a byte
SPAN = 2000  # characters shown of one span
BACK = 3  # decoded characters that are thought over again where exact decoding stops
GIVE_UP = 22.0  # nats below the best place so far
SHOWN_AT_LEAST = -15.0  # a shown character is at least this likely in clean text: rarity alone proves little


@dataclass(slots=True)
class Budget:
    """Steps of the beam that one document may still cost; a step is one hypothesis extended once (about 5 µs)."""

    steps: int = 150_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a span said: characters with the place where each begins, and how sure each guessed one is."""

    stop: int  # first shown character after the span
    text: str
    starts: tuple[int, ...]  # for each character of text the shown place of its first byte
    guesses: dict[int, float]  # index in text -> confidence
    gain: float


@dataclass(frozen=True, slots=True)
class _Link:
    char: str
    start: int
    pattern: tuple[int, ...] | None  # the bytes known and unknown, where some are unknown
    before: _Link | None


@dataclass(slots=True)
class _Hypothesis:
    gain: float
    scores: tuple[float, ...]
    tail: str
    pending: tuple[int, ...]
    begun: int  # shown place where the pending bytes begin
    quotes: int  # opened and not closed
    link: _Link | None


def _is_user_pair(first: int, second: int) -> bool:
    return (0xAA <= first <= 0xAF and second >= 0xA1) or (0xA1 <= first <= 0xA7 and second <= 0xA0)


@cache
def _by_bytes() -> dict[tuple[int, ...], tuple[str, ...]]:
    """Known characters by their UTF-8 bytes with one or two of the three unknown, the likeliest first."""
    found: dict[tuple[int, ...], list[str]] = {}
    chars = char_model().chars
    for char in sorted(chars, key=chars.get, reverse=True):
        code = char.encode("utf-8")
        if len(code) != 3:
            continue
        a, b, c = code
        for key in ((a, b, ANY), (a, ANY, c), (ANY, b, c), (a, ANY, ANY)):
            found.setdefault(key, []).append(char)
    return {key: tuple(chars) for key, chars in found.items()}


def _candidates(pattern: tuple[int, ...]) -> tuple[str, ...]:
    """Characters that a pattern of three bytes allows."""
    key = tuple(b if b >= 0 else ANY for b in pattern)
    chars = _by_bytes().get(key, ())
    a, b, c = pattern
    if b == USER_FIRST:
        return tuple(x for x in chars if _is_user_pair(*x.encode("utf-8")[1:]))
    if c == USER_FIRST:  # the pair's second half was the next character's lead, so the first lies in AA-AF
        return tuple(x for x in chars if 0xAA <= x.encode("utf-8")[2] <= 0xAF)
    return chars


def _width(lead: int) -> int:
    if 0xE2 <= lead <= 0xEF or lead in (ANY, USER_SECOND):
        return 3
    return 2 if lead in (0xC2, 0xC3) else 0


def _allowed(char: str) -> bool:
    """Whether a character is one that Chinese text holds: a chance decoding is mostly not."""
    return (
        "\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u30ff" or "\u2010" <= char <= "\u2040" or "\uff00" <= char <= "\uffef"
        or "\u2100" <= char <= "\u27bf" or "\u3400" <= char <= "\u4dbf" or char in "·×°±÷§\xa0"
    )  # fmt: skip


class Lattice:
    """Decodings of one line under one misreading."""

    def __init__(self, line: str, misreading: Misreading, budget: Budget) -> None:
        self.line, self.by, self.budget, self.model = line, misreading, budget, char_model()

    def decode(self, start: int) -> Decoded | None:
        """The likeliest decoding that begins at a place of the line, or None where none is likelier than the text as shown."""
        limit = min(len(self.line), start + SPAN)
        origin = _Hypothesis(0.0, (0.0,), "", (), start, 0, None)
        at, beam = start, [origin]
        best: tuple[float, int, _Hypothesis] | None = None
        calm = BACK  # characters since the last loss: at first the codec is tried
        while at < limit:
            if calm >= BACK and (len(beam) == 1 or beam[0].gain - beam[1].gain > 12):
                at, hypothesis = self._exact(at, limit, beam[0])
                beam, calm = [hypothesis], 0
                if not hypothesis.pending and hypothesis.link and (best is None or hypothesis.gain >= best[0]):
                    best = hypothesis.gain, at, hypothesis
                if at >= limit:
                    break
            beam = self._step(beam, at)
            at += 1
            calm += 1
            if not beam or self.budget.steps <= 0:
                break
            whole = [h for h in beam if not h.pending]
            if whole and (best is None or whole[0].gain >= best[0]):
                best = whole[0].gain, at, whole[0]
            if (best and beam[0].gain < best[0] - GIVE_UP) or (not best and beam[0].gain < -GIVE_UP):
                break
        if at >= limit and beam:  # what the end of the line cut off
            ended = self._pad(beam, limit)
            if ended and (best is None or ended[0].gain >= best[0]):
                best = ended[0].gain, limit, ended[0]
        return self._result(*best) if best else None

    def _exact(self, at: int, limit: int, h: _Hypothesis) -> tuple[int, _Hypothesis]:
        """Follow one hypothesis through everything that decodes without a loss, less the last few characters."""
        if any(b < 0 for b in h.pending):
            return at, h
        codes = []
        exact = self.by.exact
        for char in self.line[at:limit]:
            code = exact.get(char)
            if code is None:
                break
            codes.append(code)
        data = bytes(h.pending) + b"".join(codes)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            text = data[: error.start].decode("utf-8")
        stop = next((i for i, c in enumerate(text) if c >= "\x80" and not _allowed(c)), len(text))
        whole = stop == len(text) and at + len(codes) == limit and len(text.encode("utf-8")) == len(data)
        text = text[:stop] if whole else text[: max(0, stop - BACK)]
        if not text:
            return at, h
        # Place of each byte: those pending begin where the hypothesis says, the others at their characters.
        ends = list(accumulate(map(len, codes)))
        offset, gain = len(h.pending), h.gain
        size = 0
        link, scores, tail, quotes = h.link, h.scores, h.tail, h.quotes
        step = self.model.step
        for char in text:
            start = h.begun if size < offset else at + bisect_right(ends, size - offset)
            link = _Link(char, start, None, link)
            known, before = scores[-1], scores
            scores, tail = step(before, tail, char)
            gain += scores[-1] - known
            quotes += (char == "“") - (char == "”")
            size += len(char.encode("utf-8"))
        # How far the shown text is consumed: whole characters, the rest of the last one becomes pending.
        taken = bisect_right(ends, size - offset - 1) + 1 if size > offset else 0
        gain -= sum(self._shown(c) for c in self.line[at : at + taken])
        rest = data[size : offset + (ends[taken - 1] if taken else 0)]
        begun = at + taken - 1 if rest and taken else at + taken
        return at + taken, _Hypothesis(gain, scores, tail, tuple(rest), begun, quotes, link)

    def _shown(self, char: str) -> float:
        """Log-probability of a shown character, were the text clean."""
        if char < "\x80":
            return 0.0
        if char in "\ufffd€":
            return -6.0
        if char < "\u0250":
            return -7.0
        return max(self.model.chars.get(char, SHOWN_AT_LEAST), SHOWN_AT_LEAST)

    def _step(self, beam: list[_Hypothesis], at: int) -> list[_Hypothesis]:
        """All hypotheses after one more shown character, with or without something dropped before it."""
        shown = self.line[at]
        cost = self._shown(shown)
        readings = self.by.readings(shown)
        if not readings:
            return []
        dropped = self.by.dropped + self.by.dropped_before_ascii if shown < "\x80" else self.by.dropped
        grown: list[_Hypothesis] = []
        for h in beam:
            self.budget.steps -= 1
            for codes, price in readings:
                self._feed(h, codes, h.gain - price - cost, at, grown)
            if len(beam) > BEAM // 2 and h.gain < beam[0].gain - GIVE_UP / 2:
                continue
            for codes, price in dropped:
                middle: list[_Hypothesis] = []
                self._feed(h, codes, h.gain - price, at, middle)
                for m in middle:
                    for more, price_too in readings:
                        self._feed(m, more, m.gain - price_too - cost, at, grown)
        return self._prune(grown)

    def _prune(self, grown: list[_Hypothesis]) -> list[_Hypothesis]:
        """The likeliest ones, one for each state that the rest of the line can tell apart."""
        grown.sort(key=lambda h: -h.gain)
        seen = set()
        kept = []
        for h in grown:
            key = (h.tail, h.pending, h.link.char if h.link else "")
            if key in seen or h.gain < grown[0].gain - GIVE_UP:
                continue
            seen.add(key)
            kept.append(h)
            if len(kept) == BEAM:
                break
        return kept

    def _feed(self, h: _Hypothesis, codes: tuple[int, ...], gain: float, at: int, grown: list[_Hypothesis]) -> None:
        """Add bytes to a hypothesis; where they complete a character, each character they may mean makes one."""
        states = [h]
        for i, code in enumerate(codes):
            following: list[_Hypothesis] = []
            for s in states:
                base = gain if i == 0 else s.gain
                pending = s.pending
                if not pending:
                    if 0 <= code < 0x80:
                        following.append(self._emit(s, chr(code), at, None, base))
                    elif code == USER_FIRST or (code >= 0 and not _width(code)):
                        continue
                    else:
                        following.append(_Hypothesis(base, s.scores, s.tail, (code,), at, s.quotes, s.link))
                    continue
                if 0 <= code < 0x80 or code >= 0xC0:
                    continue
                if code == USER_SECOND and pending[-1] != USER_FIRST:
                    continue
                grown_pending = (*pending, code)
                if len(grown_pending) < _width(pending[0]):
                    following.append(_Hypothesis(base, s.scores, s.tail, grown_pending, s.begun, s.quotes, s.link))
                    continue
                following += self._complete(s, grown_pending, base)
            states = following
            if not states:
                return
        grown.extend(states)

    def _complete(self, h: _Hypothesis, pattern: tuple[int, ...], gain: float) -> list[_Hypothesis]:
        if all(b >= 0 for b in pattern):
            try:
                char = bytes(pattern).decode("utf-8")
            except UnicodeDecodeError:
                return []
            return [self._emit(h, char, h.begun, None, gain)] if _allowed(char) else []
        if len(pattern) != 3:
            return []
        found = [self._emit(h, char, h.begun, pattern, gain) for char in _candidates(pattern)[:64]]
        self.budget.steps -= len(found) // 4
        found.sort(key=lambda n: -n.gain)
        # The likeliest so far and the likeliest by themselves: a word's first character is told by its second.
        return found[:CHOICES]

    def _emit(self, h: _Hypothesis, char: str, start: int, pattern: tuple[int, ...] | None, gain: float) -> _Hypothesis:
        known = h.scores[-1]
        scores, tail = self.model.step(h.scores, h.tail, char)
        gain += scores[-1] - known
        quotes = h.quotes
        if char == "“":
            if pattern and quotes > 0:
                gain -= 6.0
            quotes += 1
        elif char == "”":
            if pattern:
                gain += 2.5 if quotes > 0 else -6.0
            quotes = max(0, quotes - 1)
        return _Hypothesis(gain, scores, tail, (), start, quotes, _Link(char, start, pattern, h.link))

    def _pad(self, beam: list[_Hypothesis], limit: int) -> list[_Hypothesis]:
        """Complete what the end of the line broke off: there a byte or two are often lost without a trace."""
        grown: list[_Hypothesis] = []
        for h in beam:
            self.budget.steps -= 1
            if not h.pending:
                grown.append(h)
            elif len(h.pending) < 3 and _width(h.pending[0]) == 3:
                missing = 3 - len(h.pending)
                filled = (ANY,) if missing == 1 else (USER_FIRST, USER_SECOND)
                for n in self._complete(h, (*h.pending, *filled), h.gain - 2.0 * missing):
                    if n.link and n.link.char in "。：；！？”":
                        n.gain += 1.5
                    grown.append(n)
        return self._prune(grown)

    def _result(self, gain: float, stop: int, winner: _Hypothesis) -> Decoded:
        links = []
        link = winner.link
        while link:
            links.append(link)
            link = link.before
        links.reverse()
        text = "".join(one.char for one in links)
        guesses = {i: self._confidence(text, i, one.pattern) for i, one in enumerate(links) if one.pattern}
        return Decoded(stop, text, tuple(one.start for one in links), guesses, gain)

    def _confidence(self, text: str, i: int, pattern: tuple[int, ...]) -> float:
        """The share that the chosen character has in the probability of all that its bytes allow, among its neighbours."""
        left, right = text[max(0, i - LONGEST_WORD) : i], text[i + 1 : i + LONGEST_WORD]
        scores = {c: self.model.text(left + c + right) for c in {text[i], *_candidates(pattern)[:64]}}
        top = max(scores.values())
        return round(min(0.99, math.exp(scores[text[i]] - top) / sum(math.exp(x - top) for x in scores.values())), 3)
