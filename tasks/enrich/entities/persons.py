"""Names of persons: Chinese ones by surname and build, foreign ones by the characters that transliterate, both by their neighbours.

A candidate gets nats: what its characters say (wordclass), what the cutter and the dictionary made of it, what stands beside it. Strong
neighbours (局长…, …同志) can carry a name that is an ordinary word; without any, the build must speak for itself.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tasks.enrich.entities.lexicon import (
    AFTER_CHARS,
    BEFORE_CHARS,
    BEFORE_NAME,
    COMPOUND_SURNAMES,
    HONORIFICS,
    JAPANESE_ENDINGS,
    JAPANESE_SURNAMES,
    NO_GIVEN,
    NO_NAME_ENDINGS,
    NO_ROLES,
    ROLE_ENDINGS,
    SPEECH,
    SURE_TITLES,
    SURNAME_TITLES,
    SURNAMES,
    TITLES_AFTER,
    TOP_SURNAMES,
    WEAK_SURNAMES,
)
from tasks.enrich.entities.ordinary import ORDINARY_NAMES
from tasks.enrich.entities.tokens import Tokens
from tasks.enrich.entities.vocabulary import FRESH, NAME_TAGS, SURE_PLACES, THEORIES
from tasks.enrich.entities.wordclass import chances

ACCEPTED = 1.5  # nats; below, a candidate is nobody unless the article proves the name elsewhere
POSSIBLE = -1.5
STRONG = 3.0  # a name with so much from its neighbours is proven for the article
_DOT = re.compile("[·•・‧]")
_SOUND = frozenset("，。；：！？（）、“”‘’《》—…\n ")


class Candidate(NamedTuple):
    """A span that may name a person, with its nats, and how many of them its neighbours gave."""

    start: int
    stop: int
    score: float
    beside: float


def chinese(tokens: Tokens, k: int) -> Candidate | None:
    """The best Chinese name that begins in word k."""
    best: Candidate | None = None
    for start, stop, given in _options(tokens, k):
        name = tokens.text[start:stop]
        beside = neighbours(tokens.text, start, stop, tokens)
        score = given + _build(name, tokens, k) + beside
        if best is None or score > best.score:
            best = Candidate(start, stop, score, beside)
    return best if best is not None and best.score > POSSIBLE else None


def _build(name: str, tokens: Tokens, k: int) -> float:
    size = 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else 1
    loss = sum(char in NO_GIVEN for char in name[size:])
    # What the cutter joined to a name behind a common surname needs no known given name: characters of names are many.
    if len(name) == 3 and size == 1 and name[-1] in NO_NAME_ENDINGS:
        loss += 1
    if (name[:2] in JAPANESE_SURNAMES and len(name) > 3) or name[:3] in JAPANESE_SURNAMES:
        return 0.0
    is_common = name[0] in TOP_SURNAMES and name[0] not in WEAK_SURNAMES
    is_joined = tokens.bits(k) & FRESH and tokens.tag(k) in NAME_TAGS and is_common
    least = 0.0 if is_joined else -1.5 if is_common and tokens.tag(k) in NAME_TAGS and tokens.stop(k) - tokens.start(k) > 1 else -6.0
    return max(least, min(6.0, chances(name).chinese)) - 3.0 * loss


def _options(tokens: Tokens, k: int):
    """Spans that may be a name beginning in word k, each with what the words say about it."""
    word, tag, start, stop = tokens.word(k), tokens.tag(k), tokens.start(k), tokens.stop(k)
    size = len(word)
    if word[0] in SURNAMES and role_before(tokens.text[max(0, start - 4):start]):
        for length in (2, 3):  # beside what a person is, words may be cut wrong: 教练|戚务|生说
            if start + length not in (stop, stop + 1) and _is_han(tokens.text[start:start + length], length):
                follows = tokens.text[start + length:start + length + 2]
                is_closed = follows[:1] in _SOUND or follows[:1] in AFTER_CHARS or follows.startswith(SPEECH)
                yield start, start + length, -1.0 if is_closed else -3.5
    if size == 1 or word in COMPOUND_SURNAMES:
        yield from _behind_surname(tokens, k, start, stop)
        if size == 1:
            return
    fresh = bool(tokens.bits(k) & FRESH)
    if word[:2] in JAPANESE_SURNAMES or word[:3] in JAPANESE_SURNAMES:
        yield from _japanese(tokens, k)
    whole = _by_dictionary(word, tag, fresh)
    if word[0] in SURNAMES and size <= (4 if word[:2] in COMPOUND_SURNAMES else 3):
        is_rest_of_text = (fresh and size == 3 and word[-1] in AFTER_CHARS) or (word[1:] in SURE_PLACES) or (size == 2 and word[1] == "家")
        yield start, stop, whole - 2.5 * is_rest_of_text
    if size == 2 and word[0] in SURNAMES:
        follows = tokens.word(k + 1) if tokens.has(k + 1) else ""
        if len(follows) == 1 and "\u4e00" <= follows <= "\u9fff" and follows not in NO_GIVEN and follows not in AFTER_CHARS:
            if tokens.tag(k + 1) not in (("p", "c", "uj", "m", "q", "f") if fresh else ("p", "c", "uj", "m", "d", "q", "f", "v", "a")):
                yield start, stop + 1, whole - (1.0 if fresh or word[1] == "家" else 3.5)
        elif len(follows) == 2 and tokens.bits(k + 1) & FRESH and follows[0] not in NO_GIVEN:
            yield start, stop + 1, whole - (0.5 if follows[1] in AFTER_CHARS else 1.0)  # 高云|江说, 范培|开习
    if fresh and size >= 3:
        if word[-1] in AFTER_CHARS and word[0] in SURNAMES and size <= 4:
            yield start, stop - 1, 1.0  # 赵华说
        if word[0] in BEFORE_CHARS and word[1] in SURNAMES and size <= 4 and word[1:] not in SURE_PLACES:
            yield start + 1, stop, 1.0  # 致牟小东


def _is_han(name: str, length: int) -> bool:
    return len(name) == length and all("\u4e00" <= char <= "\u9fff" for char in name)


def _by_dictionary(word: str, tag: str, fresh: bool) -> float:
    """Nats for a word as it was cut: what the cutter joined and tagged as a name, what the dictionary calls one."""
    if word in ORDINARY_NAMES:
        return -4.0
    if fresh:
        return 2.0 if tag in NAME_TAGS else 0.7
    if tag in NAME_TAGS:
        return 1.2 if len(word) > 2 or (word[0] in TOP_SURNAMES and word[0] not in WEAK_SURNAMES) else -0.5
    return {"ns": -2.0, "t": -1.0, "nz": -1.0}.get(tag, -3.0)


def _japanese(tokens: Tokens, k: int):
    """谷口|清太郎, 冈田武史: a surname of two or three characters, a given name of two or three that ends as they do."""
    word, start = tokens.word(k), tokens.start(k)
    size = 3 if word[:3] in JAPANESE_SURNAMES else 2
    stop = tokens.stop(k)
    if len(word) > size:
        if len(word) <= size + 3:
            yield start, stop, 4.0
        return
    for j in range(k + 1, min(k + 4, tokens.size)):
        if tokens.start(j) != stop or not "\u4e00" <= tokens.word(j)[0] <= "\u9fff":
            return
        stop = tokens.stop(j)
        given = tokens.text[start + size:stop]
        if len(given) > 3:
            return
        if len(given) > 1 and given[-1] in JAPANESE_ENDINGS and tokens.tag(j) not in ("p", "c", "uj", "d"):
            yield start, stop, 3.0 if given.endswith(("郎", "子", "雄", "彦", "夫")) else 1.5


def _behind_surname(tokens: Tokens, k: int, start: int, stop: int):
    word = tokens.word(k)
    if not tokens.has(k + 1):
        return
    follows, tag, bits = tokens.word(k + 1), tokens.tag(k + 1), tokens.bits(k + 1)
    if follows in TITLES_AFTER:
        return
    weak = -2.5 if word in WEAK_SURNAMES else -0.5 if tokens.tag(k) in ("p", "c", "d", "v", "m", "q", "r", "f") else 0.0
    if len(follows) == 2 and follows[0] not in NO_GIVEN:
        given = 0.3 if bits & FRESH else 0.0 if tag in NAME_TAGS or tag in ("nz", "ns") else -0.8 if tokens.tag(k) == "nr" else -2.0
        yield start, stop + 2, weak + given
        if bits & FRESH and follows[1] in AFTER_CHARS:
            yield start, stop + 1, weak - 0.5
    elif len(follows) == 1 and "\u4e00" <= follows <= "\u9fff" and follows not in NO_GIVEN and tag not in ("p", "c", "uj", "m", "q", "f"):
        yield start, stop + 1, weak - 1.0
        if tokens.has(k + 2) and len(tokens.word(k + 2)) == 1:
            last = tokens.word(k + 2)
            if "\u4e00" <= last <= "\u9fff" and last not in NO_GIVEN and last not in AFTER_CHARS:
                yield start, stop + 2, weak - 1.0


def before_title(tokens: Tokens, k: int) -> Candidate | None:
    """李 in 李先生: a surname alone, the title next to it."""
    stop = tokens.stop(k)
    text = tokens.text
    if tokens.bits(k) and (text.startswith(SURNAME_TITLES, stop) or text.startswith("某", stop)):
        size = 1 if text.startswith("某", stop) else 0
        while size and text.startswith("某", stop + size):
            size += 1
        if not size and tokens.word(k) in WEAK_SURNAMES and not text.startswith(SURE_TITLES, stop):
            return None
        return Candidate(tokens.start(k), stop + size, ACCEPTED + 1, 0.0)
    return None


def glued(word: str) -> tuple[int, int] | None:
    """The name inside a word of the dictionary: 王 in 王小姐, the namesake before 理论, 思想, 主义."""
    if word[0] in SURNAMES:
        for title in SURNAME_TITLES:
            if word.endswith(title):
                name = word[: -len(title)]
                if name in WEAK_SURNAMES and title not in SURE_TITLES:
                    return None  # 班主任
                return (0, len(name)) if len(name) == 1 or (len(name) == 2 and name in COMPOUND_SURNAMES) else None
        if len(word) <= 3 and word[1] == "某":
            return 0, len(word)
    for ending in THEORIES:
        if word.endswith(ending):
            name = word[: -len(ending)]
            if len(name) >= 3 and name not in ORDINARY_NAMES:
                odds = chances(name)
                if max(odds.chinese, odds.foreign) > 2:
                    return 0, len(name)
    return None


def neighbours(text: str, start: int, stop: int, tokens: Tokens) -> float:
    """What stands beside a span says for a name."""
    given = 0.0
    before, after = text[max(0, start - 8):start], text[stop:stop + 5]
    if after.startswith(HONORIFICS):
        given += 4.5
    elif after.startswith(TITLES_AFTER):
        given += 3.0
    elif after.startswith(SPEECH):
        given += 2.0
    elif after[:1] in _SOUND or not after:
        given += 0.3
    role = role_before(before)
    if role:
        given += 3.0
    elif not before or before[-1] in _SOUND:
        given += 0.5
    elif before.endswith(tuple(BEFORE_NAME)):
        given += 0.3
    if before.endswith("、") or after.startswith("、"):
        given += 0.7
    return given


def role_before(before: str) -> bool:
    """Whether the text ends with what a person is: 记者, 著名作家, 副总理."""
    return before.endswith(ROLE_ENDINGS) and not before.endswith(_NO_ROLES)


_NO_ROLES = tuple(NO_ROLES - {w for w in NO_ROLES if len(w) == 1})


def foreign(tokens: Tokens, first: int, last: int) -> Candidate | None:
    """Words first..last, which transliterate, as one foreign name."""
    start, stop = tokens.start(first), tokens.stop(last)
    name = tokens.text[start:stop]
    if last > first and name[-1] in AFTER_CHARS and len(tokens.word(last)) > 2 and tokens.bits(last) & FRESH:
        name, stop = name[:-1], stop - 1
    parts = [part for part in _DOT.split(name) if part]
    if not parts:
        return None
    beside = neighbours(tokens.text, start, stop, tokens)
    score = beside - 1.0
    odds = [chances(part).abroad for part in parts if len(part) > 1]
    if len(parts) > 1:
        score += 5.0
    if odds:
        score += max(-4.0, min(4.0, max(odds)))
    if name in ORDINARY_NAMES:
        score -= 4.0
    elif first == last and tokens.tag(first) in NAME_TAGS and len(name) > 1:
        score += 2.0 if tokens.tag(first) == "nrt" else 1.0
    return Candidate(start, stop, score, beside)
