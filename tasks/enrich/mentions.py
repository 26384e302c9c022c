"""mentions: persons, organisations, places, documents, events and offices.

    document   《…》
    event      十八届五中全会, 第十二届全国人民代表大会第三次会议
    org        a known name, or words from a proper name up to an ending of organisations (宜昌市 … 总工会)
    person     a surname and a given name, or characters that transliterate; what was once proven holds in the whole article
    place      divisions and countries by list, other names by tag, ending and the word behind them
    office     a title beside a person

Mentions do not overlap: documents and events first, then organisations, persons, places, offices. Neighbouring divisions are a mention
each (湖北省, 宜昌市). How names are recognised stands in tasks/enrich/entities.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tasks.enrich.entities import organisations, persons, places
from tasks.enrich.entities.events import find_documents, find_events
from tasks.enrich.entities.lexicon import ADMINISTRATIVE, AFTER_CHARS, AFTER_SIGN, BEFORE_CHARS, OFFICES, RELATIONS, WATERS_AND_WAYS
from tasks.enrich.entities.tokens import Tokens
from tasks.enrich.entities.vocabulary import (
    ALONE,
    COMMON,
    DOTS,
    FOREIGN,
    FRESH,
    GIVEN,
    GLUED,
    HEAD,
    NAME_TAGS,
    NAMED,
    ORG_END,
    ORG_SURE,
    PART,
    PERSON,
    PLACE,
    PREFIXED,
    ROLE,
    SIGN,
    SIGNS,
    STARTS,
    SURE_PLACES,
    SURNAME,
    TAIL,
    TITLE,
    TITLED,
    TRANSLITERATING,
    WEAK,
    halves_of,
    is_known_place,
    possibilities,
    prefix_of,
    signs_of,
)
from tasks.enrich.entities.wordclass import chances
from tasks.enrich.words import Words, knows

_TITLED_AS = ("同志为", "为", "任", "担任")  # 以…同志为总书记
_OFFICE = re.compile("|".join(sorted(OFFICES, key=len, reverse=True)))

MOST_JOINED = 40  # words on one side of another that may be one foreign name with it; the longest names have a dozen
NAMELIKE = STARTS | PERSON | SURNAME | WEAK | FOREIGN | GLUED
Interesting = Sequence[tuple[int, int]]  # index of a word, its bits


@dataclass(frozen=True, slots=True)
class Mention:
    start: int
    stop: int
    kind: str


def mentions_of(words: Words, texts: Sequence[str]) -> list[list[Mention]]:
    """Mentions of each article."""
    return [find_mentions(tokens, interesting) for tokens, interesting in worth_a_look(words, texts)]


def worth_a_look(words: Words, texts: Sequence[str]) -> Iterator[tuple[Tokens, Interesting]]:
    """Each article's words with the indices and bits of those that may begin or end a name; the others are passed over by arrays."""
    names, tags = words.names, words.tags.to_pylist()
    tag_of = np.zeros(len(names), words.tag_codes.dtype)
    tag_of[words.codes[::-1]] = words.tag_codes[::-1]
    word_bits = possibilities(names, [tags[code] for code in tag_of], knows)
    interesting = _interesting(word_bits, words.codes)
    interesting_bits = word_bits[words.codes[interesting]]
    edges = np.searchsorted(interesting, words.bounds)
    for k, text in enumerate(texts):
        low, high = words.bounds[k], words.bounds[k + 1]
        tokens = Tokens(
            text, names, tags, word_bits, words.codes[low:high], words.tag_codes[low:high], words.starts[low:high] - words.bases[k],
            words.stops[low:high] - words.bases[k],
        )
        of_article = slice(edges[k], edges[k + 1])
        yield tokens, list(zip((interesting[of_article] - low).tolist(), interesting_bits[of_article].tolist(), strict=True))


# What a word (first) and the one behind it (second) must be so that one of them is worth a look, a flag each.
_ALONE, _FROM_FIRST, _FROM_SECOND, _COMMON = 1, 2 | 4 | 8 | 16, 32 | 64, 128
_PAIRS = (
    (2, SURNAME, GIVEN, 0), (4, WEAK, GIVEN, NAMED), (8, SURNAME | WEAK | STARTS, TITLE, 0), (16, SIGN, SIGN, 0),
    (32, ROLE, STARTS, 0), (64, FRESH | PLACE | FOREIGN | PERSON, TAIL, 0),
)


def _interesting(word_bits: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Indices of words that may begin or end a name, from flags of one byte a word."""
    is_common = (word_bits & COMMON != 0) & (word_bits & (ALONE & ~ORG_END) == 0)
    first = np.where(is_common, _COMMON, _ALONE * (word_bits & ALONE != 0)).astype(np.uint8)
    second = _COMMON * (word_bits & HEAD != 0).astype(np.uint8)
    for flag, one, other, also in _PAIRS:
        first |= (flag * (word_bits & one != 0)).astype(np.uint8)
        second |= (flag * ((word_bits & other != 0) & (word_bits & also == also))).astype(np.uint8)
    of_first, of_second = first[codes], second[codes]
    worth = of_first & _ALONE
    pair = of_first[:-1] & of_second[1:]
    worth[:-1] |= pair & _FROM_FIRST
    worth[1:] |= pair & _FROM_SECOND
    worth[_named(of_first, of_second, (word_bits & PART != 0)[codes])] = _ALONE
    return np.flatnonzero(worth)


def _named(of_first: np.ndarray, of_second: np.ndarray, is_part: np.ndarray) -> np.ndarray:
    """Common nouns for organisations (人民政府) with something near before them that could be their name."""
    common, heads = np.flatnonzero(of_first & _COMMON), np.flatnonzero(of_second & _COMMON)
    common = common[common > 0]
    if not len(heads):
        return common[:0]
    before = np.searchsorted(heads, common) - 1
    near = (before >= 0) & (common - heads[before] <= organisations.LONGEST)
    return common[near & is_part[common - 1]]


def find_mentions(tokens: Tokens, interesting: Interesting) -> list[Mention]:
    """Mentions in the order of the text; `interesting` are the words worth a look."""
    text = tokens.text
    found = [Mention(*span, "document") for span in find_documents(text)]
    found = _without_overlap(found, [Mention(*span, "event") for span in find_events(text)])
    placed, ends = _places(tokens, interesting)
    orgs = _organisations(tokens, interesting, ends)
    people = _people(tokens, interesting)
    found = _without_overlap(found, orgs)
    found = _without_overlap(found, people)
    found = _without_overlap(found, placed)
    return _without_overlap(found, _offices(text, [m for m in found if m.kind == "person"]))


def _places(tokens: Tokens, interesting: Interesting) -> tuple[list[Mention], dict[int, int]]:
    """Places, and for each its last word -> its first."""
    found: list[Mention] = []
    ends: dict[int, int] = {}
    for k, bits in interesting:
        place = None
        if bits & PLACE and k not in ends:
            place = places.place(tokens, k)
        if place is None and bits & TAIL and k not in ends:
            place = places.with_tail(tokens, k)
        if place is not None:
            ends[place.last] = place.first
            found.append(Mention(tokens.start(place.first), tokens.stop(place.last), "place"))
            continue
        word, start = tokens.word(k), tokens.start(k)
        if bits & SIGNS:
            if len(word) > 1 or tokens.text.startswith(AFTER_SIGN, start + 1):
                found += [Mention(start + at, start + at + 1, "place") for at in signs_of(word, tokens.tag(k)) or (0,)]
        elif bits & SIGN and _is_pair(tokens, k):
            found += [Mention(start, start + 1, "place"), Mention(start + 1, start + 2, "place")]
        elif bits & PREFIXED and not bits & (ORG_SURE | PERSON):
            size = halves_of(word, tokens.tag(k))
            found.append(Mention(start, start + (size or prefix_of(word)), "place"))
            if size:
                found.append(Mention(start + size, start + len(word), "place"))
                ends[k] = k
    return found, ends


def _is_pair(tokens: Tokens, k: int) -> bool:
    """中|日, 巴|以 as words of their own, before what two nations share."""
    if not tokens.has(k + 1) or not tokens.bits(k + 1) & SIGN or tokens.stop(k) != tokens.start(k + 1):
        return False
    pair = tokens.word(k) + tokens.word(k + 1)
    return pair not in SURE_PLACES and tokens.text.startswith(RELATIONS, tokens.stop(k + 1))


def _organisations(tokens: Tokens, interesting: Interesting, places_by_end: dict[int, int]) -> list[Mention]:
    found: list[Mention] = []
    ends: dict[int, int] = {}
    for k, bits in interesting:
        if bits & (ORG_END | ORG_SURE):
            span = organisations.organisation(tokens, k, places_by_end, ends)
            if span:
                ends[span[1]] = span[0]
                found.append(Mention(tokens.start(span[0]), tokens.stop(span[1]), "org"))
            elif organisations.is_deictic_behind_rest(tokens, k):
                found.append(Mention(tokens.start(k) - 1, tokens.stop(k), "org"))
        elif bits & TITLED:
            chars = organisations.titled(tokens, k, places_by_end)
            if chars:
                found.append(Mention(*chars, "org"))
    return found


def _people(tokens: Tokens, interesting: Interesting) -> list[Mention]:
    text = tokens.text
    candidates = person_candidates(tokens, interesting)
    proven = {
        text[c.start:c.stop] for c in candidates
        if c.score >= persons.ACCEPTED and (c.beside >= persons.STRONG or c.score >= persons.ACCEPTED + 3)
    }
    named = [c for c in candidates if c.score >= persons.ACCEPTED or text[c.start:c.stop] in proven]
    times = Counter(text[c.start:c.stop] for c in named)
    found = []
    for c in named:
        name = text[c.start:c.stop]
        # 景棠爱 once, where 景棠 stands several times: the cutter joined a verb to the name.
        is_longer = len(name) == 3 and times[name] < 2 <= times[name[:2]]
        found.append(Mention(c.start, c.stop - is_longer, "person"))
    return _without_overlap(found, _elsewhere(text, {name for name in proven if len(name) > 2 and times[name]}, found))


def _elsewhere(text: str, names: set[str], found: list[Mention]) -> list[Mention]:
    """Proven names of three characters and more, wherever the cutter did not see them."""
    starts = {mention.start for mention in found}
    more = []
    for name in names:
        at = text.find(name)
        while at >= 0:
            if at not in starts:
                more.append(Mention(at, at + len(name), "person"))
            at = text.find(name, at + len(name))
    return more


def person_candidates(tokens: Tokens, interesting: Interesting) -> list[persons.Candidate]:
    """The best candidate for a name at each place, those that are hardly possible too."""
    candidates: list[persons.Candidate] = []
    done = -1
    for k, bits in interesting:
        if tokens.start(k) < done:
            continue
        best = None
        if not bits & NAMELIKE or (bits & PLACE and _is_place_first(tokens, k)):
            continue
        span = persons.glued(tokens.word(k)) if bits & GLUED else None
        if span:
            start = tokens.start(k)
            best = persons.Candidate(start + span[0], start + span[1], persons.ACCEPTED + 1, 0.0)
        elif bits & (PERSON | SURNAME | WEAK | STARTS) and not (bits & FOREIGN and _beside_dot(tokens, k)):
            best = persons.chinese(tokens, k)
            if bits & (SURNAME | WEAK) and (best is None or best.score < persons.ACCEPTED):
                best = persons.before_title(tokens, k) or best
        if bits & FOREIGN and not span and (best is None or best.score < persons.ACCEPTED + 2):
            other = _foreign(tokens, k)
            if other is not None and (best is None or other.score >= best.score or other.stop > best.stop):
                best = other
        if best is None:
            continue
        candidates.append(best)
        if best.score >= persons.ACCEPTED:
            done = best.stop
    return candidates


def _beside_dot(tokens: Tokens, k: int) -> bool:
    start, stop = tokens.start(k), tokens.stop(k)
    return tokens.text[stop:stop + 1] in DOTS or (start > 0 and tokens.text[start - 1] in DOTS)


def _foreign(tokens: Tokens, k: int) -> persons.Candidate | None:
    """The foreign name around word k: neighbouring words that transliterate, joined over the dot. None of them is MOST_JOINED long."""
    first = last = k
    while last - k < MOST_JOINED and tokens.has(last + 1) and tokens.stop(last) == tokens.start(last + 1):
        if not _joins(tokens, last, last + 1):
            break
        last += 1
    while k - first < MOST_JOINED and tokens.has(first - 1) and tokens.stop(first - 1) == tokens.start(first):
        if not _joins(tokens, first, first - 1):
            break
        first -= 1
    if MOST_JOINED in (last - k, k - first):  # a rule of dots: each of them would look at all others
        return None
    first, last = _widened(tokens, first, last)
    while first < last and tokens.word(first) in DOTS:
        first += 1
    while last > first and tokens.word(last) in DOTS:
        last -= 1
    if first == last and tokens.bits(k) & PLACE and not _is_rather_person(tokens, k):
        return None
    return persons.foreign(tokens, first, last)


def _widened(tokens: Tokens, first: int, last: int) -> tuple[int, int]:
    """One more word on either side where it makes the whole sound more foreign: 赫里斯|坚科, 库|尼科娃."""
    name = tokens.text[tokens.start(first):tokens.stop(last)]
    if not DOTS.isdisjoint(name) or len(name) < 2:
        return first, last
    base = chances(name).abroad
    for k, first_then, last_then in ((last + 1, first, last + 1), (first - 1, first - 1, last)):
        if not tokens.has(k):
            continue
        word = tokens.word(k)
        if len(word) > 2 or not "\u4e00" <= word[0] <= "\u9fff" or word in SURE_PLACES or tokens.tag(k) in _NEVER_IN_NAMES:
            continue
        if any(char in AFTER_CHARS or char in BEFORE_CHARS for char in word):
            continue
        start, stop = tokens.start(first_then), tokens.stop(last_then)
        whole = tokens.text[start:stop]
        if len(whole) == len(name) + len(word) and len(whole) >= 4 and chances(whole).foreign > max(0.5, base - 1.5):
            return first_then, last_then
    return first, last


_NEVER_IN_NAMES = frozenset("p c uj ul uz r m q u y".split())


def _joins(tokens: Tokens, near: int, far: int) -> bool:
    word = tokens.word(far)
    if word in DOTS:
        return True
    if tokens.word(near) in DOTS and "\u4e00" <= word[0] <= "\u9fff" and tokens.tag(far) not in ("p", "c", "uj"):
        return True
    if far > near and tokens.bits(far) & FRESH and 2 < len(word) <= 4 and word[-1] in AFTER_CHARS and TRANSLITERATING.issuperset(word[:-1]):
        return True
    if word in SURE_PLACES or not TRANSLITERATING.issuperset(word):
        return False
    tag = tokens.tag(far)
    return bool(tokens.bits(far) & (FRESH | FOREIGN)) or tag in NAME_TAGS or (len(word) == 1 and tag in ("ng", "g", "zg", "j"))


def _is_place_first(tokens: Tokens, k: int) -> bool:
    """石家庄, 万埠镇: begins as names of persons do, and is a place unless a title stands beside it."""
    word = tokens.word(k)
    if not (is_known_place(word, tokens.tag(k)) or (len(word) > 2 and word.endswith(ADMINISTRATIVE + WATERS_AND_WAYS))):
        return False
    return persons.neighbours(tokens.text, tokens.start(k), tokens.stop(k), tokens) < persons.STRONG


def _is_rather_person(tokens: Tokens, k: int) -> bool:
    word = tokens.word(k)
    if word in SURE_PLACES:
        return False
    odds = chances(word)
    return odds.foreign + persons.neighbours(tokens.text, tokens.start(k), tokens.stop(k), tokens) > odds.place + 1.0


def _offices(text: str, people: list[Mention]) -> list[Mention]:
    found = []
    for person in people:
        after = _OFFICE.match(text, person.stop)
        if after:
            found.append(Mention(after.start(), after.end(), "office"))
            continue
        for word in _TITLED_AS:
            if text.startswith(word, person.stop):
                as_office = _OFFICE.match(text, person.stop + len(word))
                if as_office:
                    found.append(Mention(as_office.start(), as_office.end(), "office"))
        for length in range(4, 1, -1):
            if person.start >= length and text[person.start - length:person.start] in OFFICES:
                found.append(Mention(person.start - length, person.start, "office"))
                break
    return found


def _without_overlap(placed: list[Mention], new: list[Mention]) -> list[Mention]:
    """Both lists in the order of the text; of the new ones only those that touch nothing placed, longest first."""
    if not new:
        return placed
    taken = sorted(placed, key=lambda m: m.start)
    result = list(taken)
    at, last = 0, -1
    for mention in sorted(new, key=lambda m: (m.start, -m.stop)):
        if mention.start < last:
            continue
        while at < len(taken) and taken[at].stop <= mention.start:
            at += 1
        if at < len(taken) and taken[at].start < mention.stop:
            continue
        result.append(mention)
        last = mention.stop
    result.sort(key=lambda m: m.start)
    return result
