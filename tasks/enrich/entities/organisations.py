"""Names of organisations: known ones, and those built from a proper name up to an ending (宜昌市 … 总工会), longest first."""

from __future__ import annotations

from functools import lru_cache

from tasks.enrich.entities.lexicon import (
    ADMINISTRATIVE,
    AFTER_CHARS,
    BEFORE_CHARS,
    COMMON_ORGS,
    DEICTIC,
    GOVERNMENTS,
    NO_GIVEN,
    NO_GROUPS,
    NO_ORGS,
    ORG_ALONE,
    ORG_ENDINGS,
    ORG_HEADS,
    ORG_STOPS,
    ORG_VERBS,
    PART_TAGS,
    SUBUNITS,
    TITLED_ORG,
    VAGUE_ORGS,
    WEAK_HEADS,
)
from tasks.enrich.entities.ordinary import ORDINARY_NAMES, ORDINARY_ORGS
from tasks.enrich.entities.tokens import Tokens
from tasks.enrich.entities.vocabulary import (
    FOREIGN,
    FRESH,
    MOST_ASKED,
    NAME_TAGS,
    ORG_SURE,
    PLACE,
    SURE_PLACES,
    is_known_place,
    stands_alone,
)
from tasks.enrich.entities.wordclass import chances

LONGEST = 9  # words
_QUOTES = "“”‘’『』「」"


def organisation(tokens: Tokens, end: int, places: dict[int, int], orgs: dict[int, int]) -> tuple[int, int] | None:
    """
    First and last word of the organisation whose ending is word `end`; None where nothing proper names it.

    `places`, `orgs`: last word of each place (organisation) found so far -> its first word.
    """
    last = tokens.word(end)
    ending = _ending(last, tokens.tag(end))
    if ending == _NONE:
        return None
    if ending == _SUBUNIT:
        return _subunit(tokens, end, orgs)
    best = end if ending == _WHOLE else None
    if ending == _LOOSE:
        k = end - 1
        if k in places and tokens.stop(k) == tokens.start(end):
            return places[k], end
        return (k, end) if k >= 0 and tokens.word(k) == "国际" and tokens.stop(k) == tokens.start(end) else None
    by_tail = len(last) == 1
    most = 4 if by_tail else LONGEST
    k = end - 1
    while k >= 0 and end - k < most and tokens.stop(k) == tokens.start(k + 1):
        word, tag = tokens.word(k), tokens.tag(k)
        if k in orgs and (k + 1 == (end if best is None else best) or word in ORG_ALONE):
            best = orgs[k]
            k = best - 1
            continue
        if k in places:
            if best is not None and _closes(tokens, best):
                break  # 吉林|东丰县第五中学: the province stands by itself
            best = places[k]
            k = best - 1
            continue
        if word in ORG_STOPS or not (_is_part(tokens, k, word, tag) or _joins_parts(tokens, k, word, places)):
            break
        if _names(tokens, k, end, best is None) and not (by_tail and k < end - 1):
            best = k
        elif word in ORG_HEADS and (best is not None or word not in WEAK_HEADS or (last in DEICTIC and k == end - 1)):
            if word not in WEAK_HEADS or best is None or (best == k + 1 and len(word) > 1):
                best = k
        k -= 1
    if best is None and last == "集团" and end and tokens.stop(end - 1) == tokens.start(end):
        word, tag = tokens.word(end - 1), tokens.tag(end - 1)
        return (end - 1, end) if tag[:1] in "nj" and len(word) == 2 and word not in NO_GROUPS | ORG_STOPS else None
    if best is None or (best == end and last in COMMON_ORGS):
        return None
    if len(last) == 1 and best == end - 1 and last in "会团党军系校署厅所部" and not (best in places or best in orgs):
        return None
    return best, end


_NONE, _WHOLE, _SUBUNIT, _LOOSE, _PLAIN = range(5)


@lru_cache(MOST_ASKED)
def _ending(word: str, tag: str) -> int:
    """What a word is at the end of a name: nothing, a whole organisation, part of one (科), a word that needs a place before it."""
    if word in NO_ORGS or word in ORDINARY_ORGS or word in GOVERNMENTS:
        return _NONE
    if word not in COMMON_ORGS and stands_alone(word, tag):
        return _WHOLE
    if word.endswith(ORG_ENDINGS):
        return _PLAIN
    return _SUBUNIT if word[-1] in SUBUNITS else _LOOSE if len(word) > 2 else _PLAIN


def is_deictic_behind_rest(tokens: Tokens, k: int) -> bool:
    """市总工会 in 请市|总工会: the cutter joined the first character to what stands before."""
    if k < 1 or tokens.word(k) not in DEICTIC or tokens.stop(k - 1) != tokens.start(k):
        return False
    rest = tokens.word(k - 1)
    return len(rest) == 2 and bool(tokens.bits(k - 1) & FRESH) and rest[1] in WEAK_HEADS and rest[0] in _LEADING


_LEADING = BEFORE_CHARS | frozenset("离请按报在赴去回来到受等及为")


def _subunit(tokens: Tokens, end: int, orgs: dict[int, int]) -> tuple[int, int] | None:
    """长治人民医院|宣教科, 国际|武联: right behind an organisation; a union of unions behind 国际."""
    k = end - 1
    if k < 0 or tokens.stop(k) != tokens.start(end):
        return None
    if k in orgs:
        return orgs[k], end
    return (k, end) if tokens.word(end)[-1] == "联" and tokens.word(k) in ("国际", "中国", "全国", "世界") else None


def _names(tokens: Tokens, k: int, end: int, is_first: bool) -> bool:
    """Whether a word is a proper name that an organisation may bear."""
    word, tag, bits = tokens.word(k), tokens.tag(k), tokens.bits(k)
    if bits & ORG_SURE or word in SURE_PLACES:
        return True
    if tag == "eng" or (tag == "nt" and word not in COMMON_ORGS and word not in ORDINARY_ORGS and stands_alone(word, tag)):
        return True
    if len(word) < 2 or word in ORG_VERBS:
        return False
    if bits & FRESH:
        if tag not in ("nr", "nrt", "ns", "nz", "nt") and tokens.word(end) in VAGUE_ORGS:
            return False
        return tag not in ("m", "v", "d", "p", "c", "r") and not _FUNCTION & set(word)
    if bits & PLACE:
        return is_known_place(word, tag) or chances(word).place > 0.0
    return is_first and word not in ORDINARY_NAMES and (tag == "nz" or (tag in NAME_TAGS and (len(word) < 4 or bool(bits & FOREIGN))))


_FUNCTION = (NO_GIVEN | BEFORE_CHARS | AFTER_CHARS) - frozenset("为可同") | frozenset("胜见刚正出战报除交经市")


def _closes(tokens: Tokens, first: int) -> bool:
    """The nearest place is a division with its ending, complete by itself."""
    return tokens.word(first).endswith(ADMINISTRATIVE) and len(tokens.word(first)) >= 2


def _is_part(tokens: Tokens, k: int, word: str, tag: str) -> bool:
    if word in ORG_HEADS or word in ORG_VERBS:
        return True
    if tag in PART_TAGS:
        if tokens.bits(k) & FRESH and (tag in ("m", "v", "d", "p", "c", "r") or _FUNCTION & set(word)):
            return False
        return word[0] not in "，。；：！？（）()、《》—…\n " and word[0] not in _QUOTES
    return tag == "m" and word[0] == "第"


def _joins_parts(tokens: Tokens, k: int, word: str, places: dict[int, int]) -> bool:
    """与 in 安全与合作组织; an unknown word between a place and the rest of a name."""
    if word in ("与", "和", "及"):
        return k > 0 and tokens.word(k + 1) in ORG_VERBS and (tokens.word(k - 1) in ORG_VERBS or tokens.tag(k - 1) in ("an", "vn"))
    is_plain = len(word) == 2 and "\u4e00" <= word[0] <= "\u9fff" and not _FUNCTION & set(word)
    return k - 1 in places and bool(tokens.bits(k) & FRESH) and is_plain


def titled(tokens: Tokens, k: int, places: dict[int, int]) -> tuple[int, int] | None:
    """Span in characters of the organisation in a title: 石油部 of 埃及|石油部长, 省委 of 吉林|省委书记."""
    word = tokens.word(k)
    ending = next(e for e in sorted(TITLED_ORG, key=len, reverse=True) if word.endswith(e))
    cut = 2 if ending.endswith("书记") else 1
    body = word[:-cut]
    if len(body) < 2 or body in NO_ORGS:
        return None
    first = k
    if k - 1 in places and tokens.stop(k - 1) == tokens.start(k):
        first = places[k - 1]
    elif k >= 1 and tokens.stop(k - 1) == tokens.start(k) and tokens.word(k - 1) in ORG_HEADS:
        first = k - 1
        if k - 2 in places and tokens.stop(k - 2) == tokens.start(k - 1):
            first = places[k - 2]
    if first == k and body not in ORG_ALONE and not (len(body) >= 3 and body.endswith("部") and ending == "部长"):
        return None
    return tokens.start(first), tokens.stop(k) - cut
