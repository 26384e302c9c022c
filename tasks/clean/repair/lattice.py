"""Decode misread UTF-8 of which bytes are missing: a beam over what each character may have been, scored by words.

Exact stretches go through the codec at its own speed; the beam works only around a loss. Scores are log-likelihood
ratios against the reading that the text says what it shows, so a clean passage ends a decoding by itself.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, takewhile
from operator import attrgetter, itemgetter

from tasks.clean.repair.misreadings import (
    ANY,
    FOREIGN,
    GAP,
    GAPS,
    SWALLOWED,
    USER_FIRST,
    USER_SECOND,
    Misreading,
    Option,
    is_chinese,
    user_pairs,
)
from tasks.text.charmodel import LONGEST_WORD, char_model

BEAM = 16  # hypotheses kept
CHOICES = 8  # characters kept of those tried for one that lost a byte
TRIED = 8  # characters tried because they are frequent; those that end or begin a word with their neighbours come to them
DROPPING, DROPPING_TWICE = 6, 2  # hypotheses that may have lost a pair, or two, without a trace, at each place
AHEAD = 4  # shown characters in which such a loss shows
_HOLE = re.compile("[?\ufffd]{4}")  # nothing can be told across so many losses in a row
_gain, _first = attrgetter("gain"), itemgetter(0)
NUMERALS = "0123456789一二三四五六七八九十百千万亿〇两几"
COUNTED = "年月日时分秒号条款项章节万亿元个人名户家次件岁届％万千百十倍级期点米吨"
CALM = 3  # shown characters without a loss after which the likeliest hypothesis stands alone
MOST_REMEMBERED = 2000  # decodings, of at most SPAN characters each
SPAN = 2000  # characters shown of one span
BACK = 1  # decoded character that is thought over again where exact decoding stops
CAUTION = 0.6  # the model knows words and not what they say together: its odds are taken to this power
LITERAL = 0.2  # how sure a question mark in ASCII is one, beside a Chinese character of a misread passage
GIVE_UP = 22.0  # nats below the best place so far
HOPELESS = 10.0  # nats below the best hypothesis of the same place
SHOWN_AT_LEAST = -15.0  # a shown character is at least this likely in clean text: rarity alone proves little


@dataclass(slots=True)
class Budget:
    """Steps of the beam that one document may still cost; a step is one hypothesis extended once (about 7 µs)."""

    steps: int

    @classmethod
    def of(cls, text: str) -> Budget:
        """Enough for any page that was misread as a whole; some 15 µs for each character of a hostile text."""
        return cls(60_000 + len(text))


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
    opened: tuple[int, int]  # quotes and brackets opened and not closed
    link: _Link | None
    lost: int = -1  # shown place of the last loss


@cache
def _by_bytes() -> dict[tuple[int, ...], tuple[str, ...]]:
    """Known characters by their UTF-8 bytes with some of the three unknown, the likeliest first."""
    found: dict[tuple[int, ...], list[str]] = {}
    chars = char_model().chars
    for char in sorted(chars, key=chars.get, reverse=True):
        code = char.encode("utf-8")
        if len(code) != 3:
            continue
        a, b, c = code
        for key in ((a, b, ANY), (a, ANY, c), (ANY, b, c), (a, ANY, ANY), (ANY, b, ANY), (ANY, ANY, c), (ANY, ANY, ANY)):
            found.setdefault(key, []).append(char)
    return {key: tuple(chars) for key, chars in found.items()}


@cache
def _user_firsts() -> frozenset[int]:
    """Bytes that make a pair without a printable character with the lead of a following one."""
    return frozenset(a for a, b in user_pairs() if 0xE2 <= b <= 0xE9)


@cache
def _candidates(pattern: tuple[int, ...]) -> tuple[str, ...]:
    """Characters that a pattern of three bytes allows, the likeliest first."""
    key = tuple(b if b >= 0 else ANY for b in pattern)
    chars = _by_bytes().get(key, ())
    _, b, c = pattern
    if b == USER_FIRST:
        pairs = user_pairs()
        return tuple(x for x in chars if tuple(x.encode("utf-8")[1:]) in pairs)
    if c == USER_FIRST:  # the pair's second half was the next character's lead
        return tuple(x for x in chars if x.encode("utf-8")[2] in _user_firsts())
    if GAP in pattern:
        at = pattern.index(GAP)
        return tuple(x for x in chars if x.encode("utf-8")[at] in GAPS)
    return chars


@cache
def _rarer(pattern: tuple[int, ...]) -> frozenset[str]:
    return frozenset(_candidates(pattern)[TRIED:])


@lru_cache(maxsize=50_000)
def _choices(pattern: tuple[int, ...], tail: str, right: str = "") -> tuple[str, ...]:
    """Those of them worth a trial: the frequent ones, and those that make a word with what stands beside them."""
    beside = _rarer(pattern) & char_model().between(tail, right)
    return (*_candidates(pattern)[:TRIED], *sorted(beside))


def _width(lead: int) -> int:
    if 0xE2 <= lead <= 0xEF or lead in (ANY, USER_SECOND):
        return 3
    return 2 if lead in (0xC2, 0xC3) else 0


def _opened(opened: tuple[int, int], char: str) -> tuple[int, int]:
    """Quotes and brackets that are open after one more character."""
    if char not in "“”（）":
        return opened
    quotes, brackets = opened
    if char in "“”":
        return max(0, quotes + (1 if char == "“" else -1)), brackets
    return quotes, max(0, brackets + (1 if char == "（" else -1))


def _fits(char: str, opened: tuple[int, int], before: str) -> float:
    """What stands before says for or against a guessed character (nats): pairs opened so far, a number."""
    if char in COUNTED and before and before in NUMERALS:
        return 3.0
    quotes, brackets = opened
    if char == "“":
        return -6.0 if quotes else 0.0
    if char == "”":
        return 2.5 if quotes else -6.0
    if char == "）":
        return 4.0 if brackets else -6.0
    return -2.0 if char == "（" and brackets else 0.0


def _ends_line(char: str) -> float:
    """What the end of a line says for or against a guessed sign (nats): it closes a sentence, or opens a list."""
    return {"。": 2.0, "：": 3.0, "”": 1.5, "）": 1.5, "！": 1.5, "？": 1.5, "；": 1.0, "，": -1.0, "“": -3.0, "（": -3.0}.get(char, 0.0)


_remembered: dict[tuple[str, int, str], tuple[Decoded | None, int]] = {}


def _best(hypotheses: list[_Hypothesis], most: int) -> list[_Hypothesis]:
    if len(hypotheses) > most:
        hypotheses.sort(key=_gain, reverse=True)
        del hypotheses[most:]
    return hypotheses


class Lattice:
    """Decodings of one line under one misreading."""

    def __init__(self, line: str, misreading: Misreading, budget: Budget) -> None:
        self.line, self.by, self.budget, self.model = line, misreading, budget, char_model()
        self._broken: dict[tuple[int, int], bool] = {}

    @classmethod
    def decoded(cls, line: str, start: int, misreading: Misreading, budget: Budget) -> Decoded | None:
        """
        As `decode`, remembered: a site's footer is misread on all of its pages.
        What is remembered costs as many steps as it did, so that a document's repair never depends on others.
        """
        key = line, start, misreading.name
        known = _remembered.get(key)
        if known is None or known[1] > budget.steps:
            had = budget.steps
            known = cls(line, misreading, budget).decode(start), had - budget.steps
            if budget.steps <= 0 or len(line) > SPAN:
                return known[0]
            if len(_remembered) >= MOST_REMEMBERED:
                _remembered.clear()
            _remembered[key] = known
        else:
            budget.steps -= known[1]
        return known[0]

    def decode(self, start: int) -> Decoded | None:
        """The likeliest decoding that begins at a place of the line, or None where none is likelier than the text as shown."""
        limit = min(len(self.line), start + SPAN)
        hole = _HOLE.search(self.line, start, limit)
        limit = hole.start() if hole else limit
        origin = _Hypothesis(0.0, (0.0,), "", (), start, (0, 0), None)
        at, beam = start, [origin]
        best: tuple[float, int, _Hypothesis] | None = None
        exact_next = True
        while at < limit:
            if exact_next or at - beam[0].lost > CALM:
                at, hypothesis = self._exact(at, limit, beam[0])
                hypothesis.lost, exact_next = at, False
                beam = [hypothesis]
                if not hypothesis.pending and hypothesis.link and (best is None or hypothesis.gain >= best[0]):
                    best = hypothesis.gain, at, hypothesis
                if at >= limit:
                    break
            beam = self._step(beam, at)
            at += 1
            if not beam or self.budget.steps <= 0:
                break
            whole = [h for h in beam if not h.pending]
            if whole and (best is None or whole[0].gain >= best[0]):
                best = whole[0].gain, at, whole[0]
            if (best and beam[0].gain < best[0] - GIVE_UP) or (not best and beam[0].gain < -GIVE_UP):
                break
        if at == len(self.line) and beam:  # what the end of the line cut off
            ended = self._pad(beam, limit)
            if ended and (best is None or ended[0].gain >= best[0]):
                best = ended[0].gain, limit, ended[0]
        return self._result(*best) if best else None

    def _exact(self, at: int, limit: int, h: _Hypothesis) -> tuple[int, _Hypothesis]:
        """Follow one hypothesis through everything that decodes without a loss, less the last few characters."""
        if any(b < 0 for b in h.pending):
            return at, h
        codes, data, text = self._strict(at, limit, bytes(h.pending))
        foreign = FOREIGN.search(text)
        stop = foreign.start() if foreign else len(text)
        whole = stop == len(text) and at + len(codes) == limit and len(text.encode("utf-8")) == len(data)
        text = text[:stop] if whole or self.budget.steps <= 0 else text[: max(0, stop - BACK)]
        if not text:
            return at, h
        # Place of each byte: those pending begin where the hypothesis says, the others at their characters.
        ends = list(accumulate(map(len, codes)))
        offset, gain = len(h.pending), h.gain
        size = 0
        link, scores, tail, opened = h.link, h.scores, h.tail, h.opened
        step = self.model.step
        for char in text:
            start = h.begun if size < offset else at + bisect_right(ends, size - offset)
            link = _Link(char, start, None, link)
            known, before = scores[-1], scores
            scores, tail = step(before, tail, char)
            gain += scores[-1] - known
            opened = _opened(opened, char)
            size += len(char.encode("utf-8"))
        # How far the shown text is consumed: whole characters, the rest of the last one becomes pending.
        taken = bisect_right(ends, size - offset - 1) + 1 if size > offset else 0
        gain -= sum(self._shown(c) for c in self.line[at : at + taken])
        rest = data[size : offset + (ends[taken - 1] if taken else 0)]
        begun = at + taken - 1 if rest and taken else at + taken
        return at + taken, _Hypothesis(gain, scores, tail, tuple(rest), begun, opened, link)

    def _strict(self, at: int, limit: int, pending: bytes) -> tuple[list[bytes], bytes, str]:
        """The bytes of shown characters, and what they decode to before the first fault; looks only as far as it decodes."""
        exact, size = self.by.exact, 32
        while True:
            codes = list(takewhile(lambda code: code is not None, map(exact.get, self.line[at : min(limit, at + size)])))
            data = pending + b"".join(codes)
            try:
                text, good = data.decode("utf-8"), len(data)
            except UnicodeDecodeError as error:
                text, good = data[: error.start].decode("utf-8"), error.start
            if len(codes) < size or good + 4 < len(data) or FOREIGN.search(text):
                return codes, data, text
            size *= 4

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
        readings = self._readings(at)
        if not readings:
            return []
        grown: list[_Hypothesis] = []
        for h in beam:
            self.budget.steps -= 1
            for codes, price in readings:
                self._feed(h, codes, h.gain - price - cost, at, grown, price > 0)
        dropped = self.by.dropped + self.by.dropped_before_ascii if shown < "\x80" else self.by.dropped
        variants = self.by.variants.get(shown, ())
        for rank, h in enumerate(beam[:DROPPING]):
            if not self._breaks(h.pending, at):
                continue
            for codes, price in variants:
                self._feed(h, codes, h.gain - price - cost, at, grown, True)
            for codes, price in dropped:
                if len(codes) > 2 and rank >= DROPPING_TWICE:
                    continue
                middle: list[_Hypothesis] = []
                self._feed(h, codes, h.gain - price, at, middle, True)
                for m in _best(middle, CHOICES):
                    for more, price_too in readings:
                        self._feed(m, more, m.gain - price_too - cost, at, grown, True)
        return self._prune(grown)

    def _readings(self, at: int) -> tuple[Option, ...]:
        """Readings of a shown character where it stands: Windows lets a '?' swallow the ASCII character behind a lost byte."""
        readings = self.by.readings(self.line[at])
        if self.line[at] != "?" or not self.by.pairs:
            return readings
        after = self.line[at + 1 : at + 2]
        if not after or after < "@":
            return readings  # the ASCII character is there, or the line's end was it
        dearer = {(ANY,): 4.0, (0x3F,): 2.0}
        return (*((codes, price + dearer.get(codes, 0.0)) for codes, price in readings), ((ANY, SWALLOWED), 4.5))

    def _breaks(self, pending: tuple[int, ...], at: int) -> bool:
        """Whether the next few shown characters do not go on from the pending bytes as well-formed Chinese text."""
        missing = _width(pending[0]) - len(pending) if pending else 0
        known = self._broken.get((missing, at))
        if known is None:
            known = self._broken[missing, at] = self._ill_formed(missing, at)
        return known

    def _ill_formed(self, missing: int, at: int) -> bool:
        codes = list(map(self.by.exact.get, self.line[at : at + AHEAD]))
        if None in codes:
            return True
        data = b"".join(codes)
        if any(not 0x80 <= b < 0xC0 for b in data[:missing]):
            return True
        if at + AHEAD >= len(self.line) and len(data) < missing:
            return True
        try:
            text = data[missing:].decode("utf-8")
        except UnicodeDecodeError as error:
            if error.end < len(data) - missing or at + AHEAD >= len(self.line) or error.reason != "unexpected end of data":
                return True
            text = data[missing : missing + error.start].decode("utf-8")
        return FOREIGN.search(text) is not None

    def _prune(self, grown: list[_Hypothesis]) -> list[_Hypothesis]:
        """The likeliest ones, one for each state that the rest of the line can tell apart."""
        grown.sort(key=_gain, reverse=True)
        seen = set()
        kept = []
        for h in grown:
            key = (h.tail, h.pending, h.link.char if h.link else "")
            if key in seen or h.gain < grown[0].gain - HOPELESS:
                continue
            seen.add(key)
            kept.append(h)
            if len(kept) == BEAM:
                break
        return kept

    def _feed(self, h: _Hypothesis, codes: tuple[int, ...], gain: float, at: int, grown: list[_Hypothesis], loss: bool) -> None:
        """Add bytes to a hypothesis; where they complete a character, each character they may mean makes one."""
        states = [h]
        for i, code in enumerate(codes):
            following: list[_Hypothesis] = []
            for s in states:
                base = gain if i == 0 else s.gain
                pending = s.pending
                if code == SWALLOWED:
                    if not pending:
                        following.append(self._emit(s, "\ufffd", at, (SWALLOWED,), base))
                    continue
                if not pending:
                    if 0 <= code < 0x80:
                        following.append(self._emit(s, chr(code), at, None, base))
                    elif code == USER_FIRST or (code >= 0 and not _width(code)):
                        continue
                    else:
                        following.append(_Hypothesis(base, s.scores, s.tail, (code,), at, s.opened, s.link))
                    continue
                if 0 <= code < 0x80 or code >= 0xC0:
                    continue
                if code == USER_SECOND and pending[-1] != USER_FIRST:
                    continue
                grown_pending = (*pending, code)
                if len(grown_pending) < _width(pending[0]):
                    following.append(_Hypothesis(base, s.scores, s.tail, grown_pending, s.begun, s.opened, s.link))
                    continue
                following += self._complete(s, grown_pending, base)
            states = _best(following, CHOICES)
            if not states:
                return
        for s in states:
            s.lost = at if loss else h.lost
        grown.extend(states)

    def _complete(self, h: _Hypothesis, pattern: tuple[int, ...], gain: float) -> list[_Hypothesis]:
        if all(b >= 0 for b in pattern):
            try:
                char = bytes(pattern).decode("utf-8")
            except UnicodeDecodeError:
                return []
            return [self._emit(h, char, h.begun, None, gain)] if is_chinese(char) else []
        if len(pattern) != 3:
            return []
        step, scores, tail, opened = self.model.step, h.scores, h.tail, h.opened
        before, gain = h.link.char if h.link else "", gain - scores[-1]
        choices = _choices(pattern, tail)
        self.budget.steps -= len(choices) // 4
        found = []
        for char in choices:
            after, end = step(scores, tail, char)
            found.append((gain + after[-1] + _fits(char, opened, before), char, after, end))
        # The likeliest so far: a word's first character, which its second one tells, is thought over at the end.
        found.sort(key=_first, reverse=True)
        least = found[0][0] - HOPELESS if found else 0.0
        return [
            _Hypothesis(sure, after, end, (), h.begun, _opened(opened, char), _Link(char, h.begun, pattern, h.link))
            for sure, char, after, end in found[:CHOICES]
            if sure > least
        ]

    def _emit(self, h: _Hypothesis, char: str, start: int, pattern: tuple[int, ...] | None, gain: float) -> _Hypothesis:
        known = h.scores[-1]
        scores, tail = self.model.step(h.scores, h.tail, char)
        gain += scores[-1] - known
        if pattern and pattern[0] != SWALLOWED:
            gain += _fits(char, h.opened, h.link.char if h.link else "")
        return _Hypothesis(gain, scores, tail, (), start, _opened(h.opened, char), _Link(char, start, pattern, h.link))

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
                    n.gain += _ends_line(n.link.char) if n.link else 0.0
                    grown.append(n)
        return self._prune(grown)

    def _result(self, gain: float, stop: int, winner: _Hypothesis) -> Decoded:
        links = []
        link = winner.link
        while link:
            links.append(link)
            link = link.before
        links.reverse()
        chars = [one.char for one in links]
        opened, guesses = (0, 0), {}
        for i, one in enumerate(links):
            if one.pattern and one.pattern[0] == SWALLOWED:
                guesses[i] = 0.0
            elif one.pattern:
                left, right = "".join(chars[max(0, i - LONGEST_WORD) : i]), "".join(chars[i + 1 : i + LONGEST_WORD])
                chars[i], guesses[i] = _likeliest(one.pattern, left, right, chars[i], opened)
            elif one.char == "?" and self.by.pairs and any(c >= "\u4e00" for c in chars[max(0, i - 1) : i + 2]):
                guesses[i] = LITERAL  # between characters it mostly stands for one that is lost
            opened = _opened(opened, chars[i])
        return Decoded(stop, "".join(chars), tuple(one.start for one in links), guesses, gain)


@lru_cache(maxsize=50_000)
def _likeliest(pattern: tuple[int, ...], left: str, right: str, chosen: str, opened: tuple[int, int]) -> tuple[str, float]:
    """The character that fits its neighbours on both sides best, and its share in the probability of all that its bytes allow."""
    model = char_model()
    scores, tail = (0.0,), ""
    for char in left:
        scores, tail = model.step(scores, tail, char)
    found = {}
    for char in {chosen, *_choices(pattern, tail, right)}:
        after, end = model.step(scores, tail, char)
        for more in right:
            after, end = model.step(after, end, more)
        found[char] = after[-1] + _fits(char, opened, left[-1:]) + (0.0 if right else _ends_line(char))
    best = max(found, key=lambda c: (found[c], c == chosen))
    share = 1 / sum(math.exp((x - found[best]) * CAUTION) for x in found.values())
    return best, round(min(0.99, share), 3)
