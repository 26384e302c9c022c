"""phrases: what stands in quotation marks, and numeric abbreviations with what the text says they stand for.

Kind `quoted` is every “…”, 「…」, 『…』 or "…" within a paragraph; kind `numeric` is an abbreviation that counts its parts (三个代表,
六有六好, 五小): quoted, or without marks where the article quotes it elsewhere, where it is a standing formula of official prose
(FORMULAS), or where a list of its parts stands right before it. A quoted numeric phrase gives both rows. Pure numbers (“五一”,
“7.18”), five-year plans and ordinary idioms are only quoted.

The expansion is the list of parts, joined by 、. It is taken where the text lists as many parts as the phrase counts: in brackets
or after 即, ： behind it (“五小”活动（小改、…）), right before it (甲机制、乙机制“两个机制”), as 一是 … 二是 …, or anywhere in the
paragraph where each part holds the words of the phrase (四个第一: 第一甲、第一乙 …). What one place of an article tells holds in all
of it. Other short quoted words have an expansion only behind （即 …）.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tasks.text.numerals import parse

_QUOTED = re.compile(r"“([^“”\n]+)”|「([^「」\n]+)」|『([^『』\n]+)』|\"([^\"\n]+)\"")
_N = "一二两三四五六七八九十百"
_HAN = "[\u4e00-\u9fff]"
_MEASURES = "个大项种条支类佳位"
_NUMERIC = re.compile(
    rf"[{_N}]{{1,2}}(?:个|大|项|种|条|支|类|佳|位){_HAN}{{1,6}}|[{_N}](?![{_N}]){_HAN}|(?:[{_N}双](?![{_N}]){_HAN}{{1,3}}){{2,3}}"
    rf"|[{_N[1:]}][到不下有无进送包免减改清查上讲比看带联保帮问争优严实统公]{_HAN}{{1,4}}"
)
_PURE = re.compile(rf"[{_N}\d.·]+[日年月天号时点次元岁楼]?|十?[{_N}]五(?:规划|计划|时期|期间)?")
_COUNT = re.compile(rf"[{_N}双]{{1,2}}")
_LIST = r"([^）)”」』\"\n]{2,120})"
_BRACKETS = re.compile(rf"[”」』\"]?{_HAN}{{0,6}}?[（(](?:即|指|包括|就是)?[：:]?[“「]?{_LIST}[”」]?[)）]")
_MEANT = re.compile(r"[”」』\"]?[（(](?:即|是?指|全称为?)[：:]?[“「]?([^）)”」\n]{2,60})[”」]?[)）]")
_THAT_IS = re.compile(rf"[”」』\"]?{_HAN}{{0,6}}?(?:[,，]?(?:即|就是|是指|指的是|包括)[：:]?|[：:]|——)[“「]?([^。；;”」\n：:]{{2,160}})")
_ITEMS_AS = re.compile(
    r"[：:。，,；;、\s]*(?:[一二三四五六七八九十]{1,2}是|第[一二三四五六七八九十]{1,2}[，、])(.{2,60}?)(?=[，,；;。\n]|$)"
)
_ITEM = rf"{_HAN}{{2,14}}"
_LEAD = re.compile(
    r"^.*(?:了|的|是|为|对|把|将|以|和|有|在|抓好|建立|实现|健全|完善|落实|推进|坚持|做到|开展|形成|发挥|围绕|突出|强化)(?=[\u4e00-\u9fff]{2})"
)
_SPLIT = re.compile("[、，,；;]|(?<=..)(?:以及|和|与)(?=..)")
_ENDINGS = (
    "职能 作用 制度 机制 工程 行动 任务 活动 战略 体系 平台 原则 目标 要求 措施 优势 特点 阶段 环节 领域 产业 基地 中心 理念 "
    "重点 关系 问题 攻坚战 素质 支柱 功能 职责 法宝 举措 抓手 载体 板块 途径 渠道 模式 品牌 系统 网络 精神 意识 能力 作风 纪律 "
    "规划 计划 方针 政策 法规 权利 义务 文明"
).split()
_BEFORE = re.compile(rf"(?:[“「](?P<quoted>[^“”「」\n]{{3,80}})[”」]|(?P<bare>{_HAN}{{1,20}}(?:、{_HAN}{{1,14}})+))[等这]?$")
# Formulas of official prose that stand without marks as often as with them.
FORMULAS = (
    "三个代表 四个全面 五位一体 两个一百年 一带一路 三严三实 两学一做 四个意识 四个自信 两个维护 两个确立 三会一课 三重一大 "
    "一岗双责 两个务必 八荣八耻 四风 三步走 一国两制 两个毫不动摇 六稳六保 三去一降一补 两不愁三保障 三大攻坚战 五个统筹 "
    "四位一体 三个面向 五险一金 三支一扶 双百方针 三结合 三位一体 双随机一公开 两免一补 三农 四个服从 九二共识 四项基本原则 "
    "五讲四美三热爱 两个文明 三个有利于 两会一课 四议两公开 三务公开 五保户 三来一补 四荒 中央八项规定 八项规定 六项纪律 "
    "两弹一星 两型社会 三个着力 三个必须 两个普遍 两手抓 三个倡导 四个伟大 五大发展理念 四大班子 六个坚持"
).split()
_STARTS: dict[str, tuple[str, ...]] = {}  # first two characters -> what may stand there
_COUNTED = (f"{number}{measure}{noun}" for number in _N[1:] for measure in "大项个种类" for noun in _ENDINGS)
for _stem in (*sorted(FORMULAS, key=len, reverse=True), *_COUNTED):
    _STARTS[_stem[:2]] = (*_STARTS.get(_stem[:2], ()), _stem)
_FIRST, _SECOND = ("".join(sorted({pair[k] for pair in _STARTS})) for k in (0, 1))
_PAIR = re.compile(f"[{_FIRST}](?=[{_SECOND}])")
_KNOWN = frozenset(FORMULAS)
_IDIOMS = frozenset((
    "三心二意 一心一意 七上八下 七嘴八舌 五光十色 五颜六色 四面八方 一举一动 一言一行 一草一木 一朝一夕 一点一滴 三番五次 "
    "三言两语 三三两两 四平八稳 四通八达 五花八门 五湖四海 七手八脚 七零八落 九牛一毛 九死一生 十全十美 一石二鸟 一穷二白 "
    "一清二楚 一干二净 一五一十 一模一样 一分一秒 一砖一瓦 一针一线 一家一户 一问一答 一举两得 三长两短 三令五申 三教九流 "
    "五体投地 六神无主 百依百顺 百发百中 一唱一和 一波三折 一劳永逸 一刀两断 一日千里 一时 一些 一定 一般 一致 一样 一直 一起 "
    "一旦 一切 一律 一线 一流 一生 一心 一手 一体 一种 一面 一下 一边 一家 一个 一号 二手 三亚 四川 五金 六安 七夕 九江 十分 "
    "十足 百姓 百度 百货 百年 百科 百合 百分 百家 两岸 两会 两者 两侧 两极 一次 一人 一年 一天 一日 一月 一口 一路 一带 一步 "
    "一代 一度 一向 一味 一同 一再 一经 一行 一共 一概 一番 一方 一等 二胡 三峡 三国 三星 三明 五四 五星 七星 八卦 九寨 十字 "
    "百万"
).split()
)
LONGEST_NUMERIC = 10  # code points
LONGEST_QUOTE = 400  # beyond, the marks are not a pair
MOST_PARTS = 12


@dataclass(frozen=True, slots=True)
class Phrase:
    start: int
    stop: int
    kind: str  # quoted | numeric
    expansion: str | None


def find_phrases(text: str) -> list[Phrase]:
    """Phrases in the order of the text; a quoted numeric one gives both rows."""
    found: list[Phrase] = []
    numeric: dict[str, str | None] = {}  # surface -> expansion
    for match in _QUOTED.finditer(text) if any(mark in text for mark in "“「『\"") else ():
        start, stop = match.span(match.lastindex or 1)
        if stop - start > LONGEST_QUOTE:
            continue
        surface = match.group(match.lastindex or 1)
        is_numeric = _is_numeric(surface)
        expansion = _expansion(text, start, stop, surface) if is_numeric else None
        if not is_numeric and stop - start <= LONGEST_NUMERIC:
            expansion = _meant(text, stop)
        found.append(Phrase(start, stop, "quoted", expansion))
        if is_numeric:
            found.append(Phrase(start, stop, "numeric", expansion))
            numeric[surface] = numeric.get(surface) or expansion
    taken = {phrase.start for phrase in found}
    for start, surface in _unquoted(text, numeric):
        if start not in taken:
            taken.add(start)
            expansion = _expansion(text, start, start + len(surface), surface)
            numeric[surface] = numeric.get(surface) or expansion
            found.append(Phrase(start, start + len(surface), "numeric", expansion))
    if any(numeric.values()):
        found = [
            replace(phrase, expansion=numeric[text[phrase.start:phrase.stop]])
            if phrase.expansion is None and numeric.get(text[phrase.start:phrase.stop]) else phrase for phrase in found
        ]
    listed = {phrase.start: phrase.expansion for phrase in found if phrase.kind == "numeric" and phrase.expansion}
    found = [  # “甲、乙、丙”三大作用: the quoted list is what they are
        replace(phrase, expansion=text[phrase.start:phrase.stop])
        if phrase.expansion is None and listed.get(phrase.stop + 1) == text[phrase.start:phrase.stop] else phrase for phrase in found
    ]
    found.sort(key=lambda phrase: (phrase.start, phrase.kind != "quoted"))
    return found


def _is_numeric(surface: str) -> bool:
    return (
        len(surface) <= LONGEST_NUMERIC and surface not in _IDIOMS and _NUMERIC.fullmatch(surface) is not None
        and not _PURE.fullmatch(surface) and _is_even(surface)
    )


def _is_even(surface: str) -> bool:
    """一岗双责, 五讲四美三热爱, not 一定要去一次: groups that each begin with a numeral are about equally long."""
    lengths = [len(group) for group in re.split(rf"(?=[{_N}双])", surface) if group]
    return len(lengths) < 2 or max(lengths) - min(lengths) <= 1 or surface[1:2] in _MEASURES


def _unquoted(text: str, quoted: dict[str, str | None]) -> list[tuple[int, str]]:
    """Places of numeric phrases without marks: those that the article quotes, standing formulas, those behind a list of parts."""
    places: list[tuple[int, str]] = []
    for match in _PAIR.finditer(text):
        at = match.start()
        stems = _STARTS.get(text[at:at + 2], ())
        surface = next((stem for stem in stems if text.startswith(stem, at)), None) if stems else None
        if surface and (surface in _KNOWN or _listed_before(text, at, surface)):
            places.append((at, surface))
    for surface in quoted:
        if len(surface) > 2 and surface not in _KNOWN:
            at = text.find(surface)
            while at >= 0:
                places.append((at, surface))
                at = text.find(surface, at + len(surface))
    found: list[tuple[int, str]] = []
    for at, surface in sorted(set(places), key=lambda place: (place[0], -len(place[1]))):
        is_inside = found and at < found[-1][0] + len(found[-1][1])
        if not is_inside and (at == 0 or text[at - 1] not in _N + "第0123456789"):
            found.append((at, surface))
    return found


def _counts(surface: str) -> set[int]:
    """How many parts a phrase promises: 三个代表 3; 六有六好 6 or 12; 五险一金 5 or 6."""
    numbers = [2 if written in ("两", "双") else int(number.value) for written in _COUNT.findall(surface)
               if (number := parse("二" if written in ("两", "双") else written)) is not None and number.value is not None]
    return {count for count in (numbers[0], sum(numbers)) if 2 <= count <= MOST_PARTS} if numbers else set()


def _expansion(text: str, start: int, stop: int, surface: str) -> str | None:
    counts = _counts(surface)
    if not counts:
        return None
    for pattern in (_BRACKETS, _THAT_IS):
        after = pattern.match(text, stop)
        parts = _parts(after[1]) if after else []
        if len(parts) in counts and all(len(part) <= 30 for part in parts):
            return "、".join(parts)
    items = _numbered_items(text, stop)
    if len(items) in counts:
        return "、".join(items)
    listed = _listed_before(text, start, surface)
    if listed:
        return "、".join(listed)
    return _holding(text, start, stop, surface, counts)


def _parts(written: str) -> list[str]:
    parts = [part.strip(" “”「」\"") for part in _SPLIT.split(written.rstrip("等"))]
    return [part for part in parts if part]


def _listed_before(text: str, start: int, surface: str) -> list[str]:
    before = text[max(0, start - 200):start].rstrip("“「『\"")
    if before[-1:] not in "”」等这" and "、" not in before[-24:]:
        return []
    listed = _BEFORE.search(before)
    return _parts_before(listed["quoted"] or listed["bare"], surface) if listed else []


def _parts_before(written: str, surface: str) -> list[str]:
    """The list right before a phrase, its first part without the words that lead to it."""
    parts = written.split("、")
    if len(parts) not in _counts(surface) or (len(parts) == 2 and not surface.startswith(("两", "二", "双"))):
        return []
    parts[-1] = parts[-1].removesuffix("的") or parts[-1]
    if any("是" in part for part in parts):
        return []
    longest = max(map(len, parts[1:]))
    if min(map(len, parts)) < 2 or (len(parts[0]) <= 2 < longest):
        return []
    if len(parts[0]) > longest:
        parts[0] = _LEAD.sub("", parts[0]) or parts[0]
    return parts


def _numbered_items(text: str, stop: int) -> list[str]:
    """一是甲，…；二是乙，… right behind the phrase or its sentence's noun and colon."""
    line_end = text.find("\n", stop)
    line = text[stop:line_end if line_end >= 0 else len(text)]
    first = re.match(rf"[”」』\"]?{_HAN}{{0,8}}[：:，,。]\s*(?=一是|第一[，、])", line)
    items: list[str] = []
    at = first.end() if first else -1
    for number in "一二三四五六七八九十" if first else ():
        at = next((found for sign in (f"{number}是", f"第{number}，", f"第{number}、") if (found := line.find(sign, at)) >= 0), -1)
        match = _ITEMS_AS.match(line, at) if at >= 0 else None
        if match is None:
            break
        items.append(match[1])
        at = match.end()
    return items


def _holding(text: str, start: int, stop: int, surface: str, counts: set[int]) -> str | None:
    """A list in the paragraph whose every part holds the words of the phrase: 四个第一人 and 第一知情人、第一报告人 …"""
    noun = re.sub(rf"^[{_N}]{{1,2}}(?:个|大|项|种|条|类)?", "", surface)
    if len(noun) < 2:
        return None
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", stop)
    paragraph = text[first:last if last >= 0 else len(text)]
    holds = re.compile(f"{noun[0]}" + "".join(f"{_HAN}{{0,6}}{c}" for c in noun[1:]))
    for match in re.finditer(rf"{_HAN}{{2,20}}(?:、{_HAN}{{2,20}})+", paragraph):
        parts = [holds.search(part) for part in match.group().split("、")]
        if len(parts) in counts and all(parts):
            pieces = [part.group() for part in parts if part]
            if all(len(piece) > len(noun) for piece in pieces):
                return "、".join(pieces)
    return None


def _meant(text: str, stop: int) -> str | None:
    after = _MEANT.match(text, stop)
    return after[1] if after else None
