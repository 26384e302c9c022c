"""What a word may be, as bits: computed once per distinct word, so that a text is searched by array operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from tasks.enrich import divisions
from tasks.enrich.entities.lexicon import (
    ADMINISTRATIVE,
    AFTER_PLACE,
    BEFORE_CHARS,
    CITIES_ABROAD,
    COMMON_ORGS,
    COMPOUND_SURNAMES,
    CONTINENTS_AND_SEAS,
    COUNTRIES,
    COUNTRY_SIGNS,
    DEICTIC,
    JAPANESE_SURNAMES,
    LONG_TAILS,
    NEVER_IN_PLACES,
    NO_GIVEN,
    NO_LONG_TAILS,
    NO_ORG_ENDINGS,
    NO_ORGS,
    NO_PAIRS,
    NO_PLACES,
    NO_ROLES,
    NO_SIGNED,
    ORG_ALONE,
    ORG_ENDINGS,
    ORG_HEADS,
    ORG_TAILS,
    ORG_VERBS,
    PART_TAGS,
    PLACE_ENDINGS,
    PLACE_TAILS,
    REGIONS,
    RELATIONS,
    ROLE_ENDINGS,
    SIGN_AFTER,
    SIGN_BEFORE,
    SIGNS_ALONE,
    SUBUNITS,
    SURNAME_TITLES,
    SURNAMES,
    TITLED_ORG,
    TITLES_AFTER,
    TOP_SURNAMES,
    WATERS_AND_WAYS,
    WEAK_HEADS,
    WEAK_SURNAMES,
)
from tasks.enrich.entities.ordinary import ORDINARY_NAMES, ORDINARY_ORGS, ORDINARY_PLACES
from tasks.enrich.entities.wordclass import chances

NAME_TAGS = frozenset(("nr", "nrfg", "nrt"))
SURE_PLACES = COUNTRIES | CITIES_ABROAD | CONTINENTS_AND_SEAS | REGIONS
TRANSLITERATING = frozenset(
    "尔斯拉克特里夫德阿卡布巴维格哈尼瓦科罗塔多奥亚普纳利洛伊马诺托基达米弗西萨雷姆莱勒蒂帕埃茨莫贝曼迪库塞兰加比奇什菲赫鲁耶"
    "波圣恩伯吉伦朗穆威图默戈索古列韦顿安杜切坦林希雅乌森梅法瑟涅岛内博堡沃扎凯霍佩约兹费日迈皮彼努得海艾娜福杰劳玛麦坎谢蒙卢"
    "哥登舍金丁施摩路州因逊查罕万瓜莎易提佐那卜丽莉琳珍妮琼芭黛蕾露丝娅翁甘宾汉廷汀辛珀柏策赛泽肯根宁农侬隆龙敦丹邓道喀咖冈高"
    "盖葛贡果豪胡华惠吉济贾简江捷"
)

# In this order: alone a name; a surname, a doubtful one, a given name; unknown to the dictionary; transliterates; a place, the end of
# one; the end of an organisation, a whole one, a title with one; a name and a title in one word, signs of nations in one; tagged as a
# name; a title behind surnames; one sign; a place first; a common noun for organisations; may name one, may stand inside one; begins
# with a surname; says what a person is.
(
    PERSON, SURNAME, WEAK, GIVEN, FRESH, FOREIGN, PLACE, TAIL, ORG_END, ORG_SURE, TITLED, GLUED, SIGNS, NAMED, TITLE, SIGN, PREFIXED,
    COMMON, HEAD, PART, STARTS, ROLE,
) = (1 << k for k in range(22))
ALONE = PERSON | FOREIGN | PLACE | ORG_END | ORG_SURE | TITLED | GLUED | SIGNS | PREFIXED

DOTS = frozenset("·•・‧")

_possible: dict[tuple[str, str], int] = {}
MOST_WORDS = 1_000_000
MOST_ASKED = 50_000  # words whose answers are remembered
THEORIES = ("理论", "思想", "主义")


def possibilities(names: Sequence[str], tags: Sequence[str], knows: Callable[[str], bool]) -> np.ndarray:
    """Bits for each word under its tag; `knows` tells whether the dictionary has it."""
    if len(_possible) > MOST_WORDS:
        _possible.clear()
    found = np.empty(len(names), np.int32)
    for k, key in enumerate(zip(names, tags, strict=True)):
        bits = _possible.get(key)
        if bits is None:
            bits = _possible[key] = _bits(*key, knows)
        found[k] = bits
    return found


def _bits(word: str, tag: str, knows: Callable[[str], bool]) -> int:
    if word in DOTS:
        return FOREIGN
    found = 0
    if _is_han(word[0]) and _is_han(word[-1]):
        found = _of_one(word, tag) if len(word) == 1 else _of_more(word, tag, not knows(word))
        if word[0] in SURNAMES and word[0] not in WEAK_SURNAMES and tag[:1] not in "pcur":
            found |= STARTS
    if found & (PLACE | ORG_SURE | FRESH | SIGNS) or tag in ("nt", "nz", "ns", "eng") or tag in NAME_TAGS or word in ORG_HEADS - WEAK_HEADS:
        found |= HEAD
    if found & FRESH or tag in PART_TAGS or word in ORG_HEADS or word in ORG_VERBS:
        found |= PART
    return found


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _of_one(char: str, tag: str) -> int:
    found = TAIL * (char in PLACE_TAILS) | (ORG_END | COMMON) * (char in ORG_TAILS) | GIVEN * (char not in NO_GIVEN)
    if char in SURNAMES:
        found |= SURNAME if char not in WEAK_SURNAMES and tag not in ("p", "c", "uj", "m", "r") else WEAK
    return found | SIGN * (char in COUNTRY_SIGNS) | SIGNS * (char in SIGNS_ALONE and tag in ("j", "ns"))


def _of_more(word: str, tag: str, fresh: bool) -> int:
    found = FRESH * fresh | TAIL * (word in PLACE_TAILS) | TITLE * (word in SURNAME_TITLES)
    if len(word) == 2 and tag not in ("p", "c", "r", "d", "m") and NO_GIVEN.isdisjoint(word):
        found |= GIVEN
    if fresh or tag in NAME_TAGS or tag in ("nz", "ns"):
        found |= NAMED
    if tag[:1] in "njv" and word.endswith(ROLE_ENDINGS) and word not in NO_ROLES:
        found |= ROLE
    found |= SURNAME * (word in COMPOUND_SURNAMES) | PERSON * _may_be_person(word, tag, fresh) | GLUED * _may_hold_person(word)
    if (fresh or tag in NAME_TAGS or tag == "ns") and word not in NO_PLACES:
        found |= FOREIGN * (TRANSLITERATING.issuperset(word) or chances(word).foreign > -3.0)
    if signs_of(word, tag):
        found |= SIGNS
    elif len(word) > 2 and tag[:1] in "nljsv" and word not in SURE_PLACES and (prefix_of(word) or halves_of(word, tag)):
        found |= PREFIXED
    elif _may_be_place(word, tag, fresh):
        found |= PLACE
    if word in ORG_ALONE:
        found |= ORG_SURE
    elif _may_end_org(word, tag):
        found |= ORG_END | COMMON * (word in COMMON_ORGS or (word not in DEICTIC and not stands_alone(word, tag)))
    return found | TITLED * (len(word) > 2 and word.endswith(TITLED_ORG))


def _may_be_person(word: str, tag: str, fresh: bool) -> bool:
    size, first = len(word), word[0]
    if word[:2] in JAPANESE_SURNAMES or word[:3] in JAPANESE_SURNAMES:
        return True
    if size > 4 or word in ORDINARY_NAMES or (size > 2 and word.endswith(ADMINISTRATIVE + WATERS_AND_WAYS)):
        return False
    if size == 4 and not fresh and word[:2] not in COMPOUND_SURNAMES:
        return False
    if fresh or tag in NAME_TAGS:
        return first in SURNAMES or (first in BEFORE_CHARS and word[1] in SURNAMES)
    if size == 2:  # 罗干/ns
        return tag == "ns" and first in TOP_SURNAMES and word not in SURE_PLACES and not divisions.candidates(word)
    if size != 3 or first not in SURNAMES:
        return False
    return (tag in ("t", "nz") or (first not in WEAK_SURNAMES and tag in ("i", "ns", "n", "l", "v", "a"))) and chances(word).chinese > 1.0


def _may_hold_person(word: str) -> bool:
    """王小姐, 李某, 爱因斯坦理论: a name and more in one word."""
    if word[0] in SURNAMES and (word[1] == "某" or (len(word) > 2 and word.endswith(TITLES_AFTER))):
        return True
    return len(word) > 3 and word.endswith(THEORIES)


def _may_be_place(word: str, tag: str, fresh: bool) -> bool:
    if is_known_place(word, tag):
        return True
    if word in NO_PLACES or word in ORDINARY_PLACES:
        return False
    if fresh and not NEVER_IN_PLACES.isdisjoint(word):
        return False
    if tag == "ns":
        return True
    if len(word) < 3:
        return False
    return (fresh and word.endswith(PLACE_ENDINGS)) or (tag in NAME_TAGS and word.endswith(ADMINISTRATIVE + WATERS_AND_WAYS))


def _may_end_org(word: str, tag: str) -> bool:
    if word in NO_ORGS or word in ORDINARY_ORGS:
        return False
    size, last = len(word), word[-1]
    if word.endswith(ORG_ENDINGS) or (tag == "nt" and (size >= 4 or last in ORG_TAILS)) or (word[0] in WEAK_HEADS and word[1:] in DEICTIC):
        return True
    if tag[:1] == "n" and last in SUBUNITS and not (size == 2 and last == "部") and word not in SURE_PLACES:
        return True
    if size < 3:
        return False
    return (last in "队厂局社台" and place_in(word) > 0) or (tag[:1] == "n" and last in LONG_TAILS and not word.endswith(NO_LONG_TAILS))


@lru_cache(MOST_ASKED)
def is_known_place(word: str, tag: str) -> bool:
    """A country, a great city, a region, a division of China by one of its names, and no ordinary word."""
    if word in SURE_PLACES:
        return True
    if word in NO_PLACES or word in ORDINARY_PLACES or len(word) < 2:
        return False
    code = divisions.lookup(word)
    if code is not None:  # a county's short name may be a verb (新建); a city's is known as one even where the dictionary says so (大连/d)
        return code.endswith("00") or len(word) > 2 or tag[:1] in ("n", "s", "j")
    return bool(divisions.candidates(word)) and (len(word) >= 3 or tag == "ns" or tag in NAME_TAGS)


@lru_cache(MOST_ASKED)
def stands_alone(word: str, tag: str) -> bool:
    """One word that is an organisation's name by itself: known, or a place and an ending (中国足协, 法国队)."""
    if word in ORG_ALONE:
        return True
    if word[0] in WEAK_HEADS and word[1:] in DEICTIC:
        return True
    if len(word) < 3 or word.endswith(NO_ORG_ENDINGS):
        return False
    if tag == "nt" and word not in COMMON_ORGS and len(word) >= 4:
        return True
    return bool(place_in(word)) and (word.endswith(ORG_ENDINGS) or word[-1] == "队" or (word[-1] in ORG_TAILS and tag[:1] == "n"))


def place_in(word: str) -> int:
    """The length of the known place that a longer word begins with; 0 where it begins with none."""
    for size in range(min(5, len(word) - 1), 1, -1):
        part = word[:size]
        if part in SURE_PLACES or (part not in NO_PLACES and divisions.lookup(part) is not None):
            return size
    return 0


def prefix_of(word: str) -> int:
    """Length of the place before a common noun in one word (荷兰|人); the mouth of a river counts (鸭绿江|口)."""
    for size in range(min(6, len(word) - 1), 1, -1):
        if word[size:] in AFTER_PLACE:
            part = word[:size]
            is_place = part in SURE_PLACES or (part not in NO_PLACES and divisions.lookup(part) is not None)
            if is_place or (word[size:] == "口" and part[-1] in "江河" and size > 2):
                return size
    return 0


def halves_of(word: str, tag: str) -> int:
    """Length of the first of two places that a word joins: 云南|昆明, 中国|香港; 0 for others."""
    if len(word) < 4 or tag[:1] not in "njs" or word in SURE_PLACES:
        return 0
    for size in range(2, min(7, len(word) - 1)):
        first, second = word[:size], word[size:]
        if all(part in SURE_PLACES or (part not in NO_PLACES and divisions.lookup(part) is not None) for part in (first, second)):
            return size
    return 0


def signs_of(word: str, tag: str) -> tuple[int, ...]:
    """Places in the word of the signs of nations it holds: 中 and 美 in 中美, 华 in 访华, 美 in 美军."""
    if len(word) == 2:
        first, second = word
        if word in SURE_PLACES:
            return ()
        if first in COUNTRY_SIGNS and second in COUNTRY_SIGNS and tag[:1] in "njbfv" and word not in NO_PAIRS:
            return (0, 1)
        if word in NO_SIGNED:
            return ()
        if first in SIGN_AFTER and (second in COUNTRY_SIGNS or second in "华京沪"):
            return (1,)
        if first in COUNTRY_SIGNS and second in SIGN_BEFORE:
            return (0,)
    if len(word) > 2 and word[0] in COUNTRY_SIGNS and word[1] in COUNTRY_SIGNS and word[:2] not in SURE_PLACES and (
        word[2:] in RELATIONS or word[2:] == "等国"
    ):
        return (0, 1)
    if len(word) == 3 and all(char in COUNTRY_SIGNS for char in word):
        return (0, 1, 2)
    return ()
