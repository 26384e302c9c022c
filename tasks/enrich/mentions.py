"""mentions: persons, organisations, places, documents, events and offices. Careful rather than complete.

    document   《…》
    event      十八届五中全会, 第十二届全国人民代表大会第三次会议
    place      a noun that the gazetteer knows or a word tagged ns that ends as places do, joined with its neighbours (湖北省宜昌市)
    org        a known name, or words from a proper name up to an ending of organisations (宜昌市 … 总工会)
    person     a word tagged as a name, with a surname, and either unknown to the dictionary or next to an office, an
               honorific or a verb of speech; what was once proven holds in the whole article
    office     a title beside a person

Mentions do not overlap: documents and events first, then organisations, persons, places.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tasks.enrich.gazetteer import (
    HONORIFICS,
    NO_NAME_ENDINGS,
    NO_NAMES,
    NO_PLACES,
    OFFICES,
    ORG_ALONE,
    ORG_ENDINGS,
    ORG_HEADS,
    ORG_PARTS,
    ORG_STOPS,
    PLACE_ENDINGS,
    PLACES,
    SPEECH,
    SURNAMES,
)

_DOCUMENT = re.compile(r"《[^《》\n]{1,80}》")
_N = "一二三四五六七八九十百零〇\\d"
_PLENUM = re.compile(rf"(?:党的|中共)?第?[{_N}]{{1,3}}届(?:[{_N}]中、)?[{_N}]中全会")
_CONGRESS = re.compile(rf"党的[{_N}]{{1,3}}大(?![型家量])")
_SESSION = re.compile(rf"(?:全国政协|全国人大|中国共产党|中共)(?:第?[{_N}]{{1,3}}[届次])[\u4e00-\u9fff]{{0,8}}?(?:大会|会议)")
_EVENTS = (("中全会", _PLENUM), ("党的", _CONGRESS), ("全国政协", _SESSION), ("全国人大", _SESSION), ("中国共产党", _SESSION))
_OFFICE = re.compile("|".join(sorted(OFFICES, key=len, reverse=True)))
_AFTER_NAME = tuple(OFFICES) + HONORIFICS + SPEECH
_BEFORE_NAME = tuple(OFFICES)
PERSON_TAGS, PLACE_TAGS = ("nr", "nrfg", "nrt"), ("ns",)
LONGEST_ORG = 9  # words


@dataclass(frozen=True, slots=True)
class Mention:
    start: int
    stop: int
    kind: str


IS_PLACE, IS_ORG_END, IS_PERSON, IS_KNOWN_PLACE = 1, 2, 4, 8
_PLACE_FIRST = tuple(sorted(PLACES))
_possible: dict[str, int] = {}  # what a word may be, by word: texts share most of their words
MOST_WORDS = 1_000_000


def possibilities(names: Sequence[str]) -> np.ndarray:
    """For each word, as bits, what it may be: place, end of an organisation's name, person, place whatever its tag."""
    if len(_possible) > MOST_WORDS:
        _possible.clear()
    for name in names:
        if name not in _possible:
            _possible[name] = (
                IS_PLACE * is_place(name) | IS_ORG_END * is_org_end(name) | IS_PERSON * is_person(name) | IS_KNOWN_PLACE * (name in PLACES)
            )
    return np.fromiter(map(_possible.__getitem__, names), np.uint8, len(names))


def by_tag(tag: str) -> int:
    """Which of the possibilities a tag leaves open."""
    return IS_ORG_END | IS_PLACE * (tag in PLACE_TAGS) | IS_PERSON * (tag in PERSON_TAGS) | IS_KNOWN_PLACE * (tag[:1] in "njs")


def is_place(word: str) -> bool:
    if word in PLACES:
        return True
    return len(word) >= 3 and word not in NO_PLACES and (word.endswith(PLACE_ENDINGS) or word[:-1] in PLACES)


def is_org_end(word: str) -> bool:
    return word.endswith(ORG_ENDINGS) or word in ORG_ALONE


def is_person(word: str) -> bool:
    if word in NO_NAMES:
        return False
    return 2 <= len(word) <= 3 and word[0] in SURNAMES and not (len(word) == 3 and word[-1] in NO_NAME_ENDINGS) and word not in PLACES


def find_mentions(
    text: str, words: Sequence[str], tags: Sequence[str], starts: Sequence[int], interesting: Sequence[int], knows: Callable[[str], bool],
) -> list[Mention]:
    """
    Mentions in the order of the text.

    `words`, `tags`, `starts` are those of the article; `interesting` are the indices of words worth a look (see `possibilities`);
    `knows` tells whether the dictionary has a word.
    """
    found: list[Mention] = []
    if "《" in text:
        found += [Mention(m.start(), m.end(), "document") for m in _DOCUMENT.finditer(text)]
    events = [m.span() for sign, pattern in _EVENTS if sign in text for m in pattern.finditer(text)]
    found = _without_overlap(found, [Mention(start, stop, "event") for start, stop in events])
    orgs: list[Mention] = []
    places: list[Mention] = []
    persons: list[tuple[int, int]] = []
    for k in interesting:
        word, tag = words[k], tags[k]
        stop = starts[k] + len(word)
        if is_org_end(word) and tag[:1] in "njlvr":
            first = _org_start(words, tags, k)
            if first is not None:
                orgs.append(Mention(starts[first], stop, "org"))
                continue
        if (tag in PLACE_TAGS and is_place(word)) or word in PLACES:
            if places and places[-1].stop == starts[k] and len(word) > 1:
                places[-1] = Mention(places[-1].start, stop, "place")
            else:
                places.append(Mention(starts[k], stop, "place"))
        elif tag in PERSON_TAGS and is_person(word):
            persons.append((starts[k], stop))
    found = _without_overlap(found, orgs)
    proven = _proven(text, persons, knows)
    people = [Mention(start, stop, "person") for start, stop in persons if text[start:stop] in proven]
    found = _without_overlap(found, people)
    found = _without_overlap(found, places)
    found = _without_overlap(found, _offices(text, people))
    return found


def _org_start(words: Sequence[str], tags: Sequence[str], end: int) -> int | None:
    """First word of the organisation that ends with word `end`; None where nothing proper names it."""
    last = words[end]
    best = end if last in ORG_ALONE or (len(last) > 3 and _starts_with_place(last)) else None
    for k in range(end - 1, max(-1, end - LONGEST_ORG), -1):
        word = words[k]
        if (tags[k] not in ORG_PARTS and word not in ORG_HEADS) or word in ORG_STOPS:
            break
        if word in ORG_HEADS or (tags[k] in PLACE_TAGS and (is_place(word))) or (tags[k] == "nz" and len(word) > 1 and k == end - 1):
            best = k
    if best is not None and best == end - 1 and words[best] in ("省", "市", "县", "区") and last in ("人民政府", "政府"):
        return None  # 县人民政府 in a statute names none
    return best


@lru_cache(maxsize=65536)
def _starts_with_place(word: str) -> bool:
    return word.startswith(_PLACE_FIRST)


def _proven(text: str, persons: list[tuple[int, int]], knows: Callable[[str], bool]) -> frozenset[str]:
    proven = set()
    for start, stop in persons:
        name = text[start:stop]
        if name in proven:
            continue
        is_next_to = text.startswith(_AFTER_NAME, stop) or text[:start].endswith(_BEFORE_NAME) if start < 8 else (
            text.startswith(_AFTER_NAME, stop) or text[start - 8:start].endswith(_BEFORE_NAME)
        )
        # 安全带, 幸福感: a word and a suffix; 坚强, 小云: a given name may be a word, unless the whole is one too.
        is_built_as_name = len(name) == 3 and not knows(name[:2]) and not (knows(name) and knows(name[1:]))
        if is_next_to or is_built_as_name:
            proven.add(name)
    return frozenset(proven)


def _offices(text: str, people: list[Mention]) -> list[Mention]:
    found = []
    for person in people:
        after = _OFFICE.match(text, person.stop)
        if after:
            found.append(Mention(after.start(), after.end(), "office"))
            continue
        for length in range(4, 1, -1):
            if person.start >= length and text[person.start - length:person.start] in OFFICES:
                found.append(Mention(person.start - length, person.start, "office"))
                break
    return found


def _without_overlap(placed: list[Mention], new: list[Mention]) -> list[Mention]:
    """Both lists in the order of the text; of the new ones only those that touch nothing placed, longest first."""
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
