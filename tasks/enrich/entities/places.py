"""Names of places: divisions and countries by list, other names by the dictionary's tag, their endings or the word behind them."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from tasks.enrich.entities.lexicon import ADMINISTRATIVE, NEVER_IN_PLACES, NO_PLACES, PLACE_ENDINGS, PLACE_TAILS, WATERS_AND_WAYS
from tasks.enrich.entities.ordinary import ORDINARY_NAMES, ORDINARY_PLACES
from tasks.enrich.entities.tokens import Tokens
from tasks.enrich.entities.vocabulary import FRESH, MOST_ASKED, NAME_TAGS, PLACE, SURE_PLACES, TAIL, TRANSLITERATING, is_known_place
from tasks.enrich.entities.wordclass import chances

# Tokens that may be the name before 镇, 路, 大桥; others (a verb, a measure) make an ordinary phrase: 修路, 三镇.
NAMING_TAGS = NAME_TAGS | {"ns", "nz", "j", "n", "ng", "zg", "a", "g"}


class Place(NamedTuple):
    """Words first..last name a place."""

    first: int
    last: int
    known: bool


def place(tokens: Tokens, k: int) -> Place | None:
    """The place that word k names, with the words behind it that belong to the name (莫斯科|机场, 濑户|大桥)."""
    word, tag, bits = tokens.word(k), tokens.tag(k), tokens.bits(k)
    known = is_known_place(word, tag)
    if not known and not _is_place(word, tag, bool(bits & FRESH)):
        return None
    last = k
    if word == "中国" and tokens.text.startswith(("特色", "梦", "化", "式"), tokens.stop(k)):
        return None
    if tokens.has(k + 1) and tokens.bits(k + 1) & TAIL and tokens.word(k + 1) not in _LOOSE_TAILS and not word.endswith(_CLOSED):
        last = k + 1
    return Place(k, last, known)


# Behind a place that is complete these are what lies there, not part of its name: 中国|公路, 北京|市 is one.
_LOOSE_TAILS = frozenset("""
    路 街 河 山 江 湖 岛 港 湾 村 寨 庄 屯 区 国 铁路 公路 农场 水库 体育馆 体育场 饭店 宾馆 监狱 湿地 公园 广场 隧道 沙漠 草原 平原
    码头 博物馆 剧院 古城
    """.split())
_CLOSED = ("国", "洲")


@lru_cache(MOST_ASKED)
def _is_place(word: str, tag: str, fresh: bool) -> bool:
    if len(word) < 2 or word in NO_PLACES or word in ORDINARY_PLACES:
        return False
    if len(word) == 2 and word[0] in _COUNTING and word[1] in ADMINISTRATIVE:
        return False
    if tag == "ns" and not fresh:
        if len(word) == 2:
            return True
        return word.endswith(PLACE_ENDINGS) or chances(word).place > -1.0
    if fresh and not NEVER_IN_PLACES.isdisjoint(word):
        return False
    if fresh and len(word) >= 3 and word.endswith(PLACE_ENDINGS):
        return chances(word).place > (-2.5 if word.endswith(_SMALL) else -0.5)
    if tag in NAME_TAGS and len(word) >= 3 and word.endswith(ADMINISTRATIVE + WATERS_AND_WAYS):
        return True
    return fresh and tag == "ns" and chances(word).place > (0.5 if TRANSLITERATING.issuperset(word) else 2.0)


_COUNTING = frozenset("一二三四五六七八九十两几数多全本该各")  # 三县, 全省
_SMALL = ("镇", "乡", "村", "县", "市")  # what ends so and is unknown is a place more surely than what ends in 区 or 路


def with_tail(tokens: Tokens, k: int) -> Place | None:
    """The place that ends with word k, which is an ending by itself: 甘棠|镇, 梅岭|小岭|林场."""
    tail = tokens.word(k)
    first = k
    while first > 0 and k - first < 2 and _may_name(tokens, first - 1, tail):
        first -= 1
        if tokens.bits(first) & PLACE and first < k - 1:
            first += 1
            break
    if first == k:
        return None
    name = tokens.text[tokens.start(first):tokens.stop(k)]
    if name in NO_PLACES:
        return None
    proper = tokens.text[tokens.start(first):tokens.start(k)]
    is_proper = any(tokens.bits(j) & FRESH or tokens.tag(j) in NAME_TAGS or tokens.tag(j) in ("ns", "nz") for j in range(first, k))
    if not is_proper and not (len(tail) == 1 and tail in "镇乡村县寨庄屯" and chances(name).place > 1.0 and len(proper) == 2):
        return None
    if proper in ORDINARY_NAMES or proper in NO_PLACES:
        return None
    return Place(first, k, False)


def _may_name(tokens: Tokens, j: int, tail: str) -> bool:
    word, tag = tokens.word(j), tokens.tag(j)
    if tokens.stop(j) != tokens.start(j + 1) or not "\u4e00" <= word[0] <= "\u9fff" or word in PLACE_TAILS or word in NO_PLACES:
        return False
    if tokens.bits(j) & FRESH:
        return len(word) <= 4
    if tag in NAME_TAGS or tag in ("ns", "nz"):
        return len(word) >= 2 and word not in SURE_PLACES and word not in ORDINARY_NAMES
    return tag in NAMING_TAGS and len(word) == 2
