"""Administrative divisions of China by name: codes of GB/T 2260 with their parents.

A name may be full (绵阳市), short (绵阳, 恩施 for 恩施土家族苗族自治州) or a path (四川省绵阳市涪城区, 四川绵阳). A name that several
divisions bear (朝阳区, 鼓楼区) is listed by `candidates` and resolved by `lookup` only where the context names a parent. The data
are divisions.tsv (see `divided`), with names that were given up since 2002, so that 襄樊市 in an old article has its code.

Never resolved: a district's short name by itself (东城), nor behind its city where it names water, hills or gates (杭州西湖),
since the words mean something else more often; single letters (京, 沪), but `abbreviated` reads runs of them (京津冀); names
finer than a county.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

ABBREVIATIONS = {
    "京": "110000", "津": "120000", "冀": "130000", "晋": "140000", "蒙": "150000", "辽": "210000", "吉": "220000", "黑": "230000",
    "沪": "310000", "苏": "320000", "浙": "330000", "皖": "340000", "闽": "350000", "赣": "360000", "鲁": "370000", "豫": "410000",
    "鄂": "420000", "湘": "430000", "粤": "440000", "桂": "450000", "琼": "460000", "渝": "500000", "川": "510000", "蜀": "510000",
    "黔": "520000", "贵": "520000", "滇": "530000", "云": "530000", "藏": "540000", "陕": "610000", "秦": "610000", "甘": "620000",
    "陇": "620000", "青": "630000", "宁": "640000", "新": "650000", "台": "710000", "港": "810000", "澳": "820000",
}
_PEOPLES = (
    "蒙古族 回族 藏族 维吾尔族 维吾尔 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 哈萨克 傣族 黎族 "
    "傈僳族 佤族 畲族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 柯尔克孜 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 "
    "仡佬族 锡伯族 锡伯 普米族 塔吉克族 塔吉克 怒族 俄罗斯族 鄂温克族 德昂族 保安族 裕固族 京族 独龙族 鄂伦春族 珞巴族 基诺族 "
    "蒙古 各族"
).split()
_SUFFIX = re.compile(
    "(?:(?:" + "|".join(sorted(_PEOPLES, key=len, reverse=True)) + ")*(?:自治[区州县旗])|特别行政区|地区|林区|特区|矿区|新区"
    "|联合旗|[省市县区旗盟])$"
)
_LEVEL = re.compile("(?:自治[区州县旗]|[省市县区旗盟])$")
_NATURE = "湖山河江海泉塘溪桥门港岛沟湾洲"  # 西湖, 香山, 东门: a district's short name that is something else first
# Short names that are words first, or that several well-known places bear: they need a context that lies around them.
_WORDS = frozenset((
    "资源 合作 和平 比如 南部 东方 公安 通道 共和 友谊 中方 凤凰 延长 新兴 万年 光泽 大名 富裕 清水 长子 清新 平定 大方 互助 "
    "威信 莲花 平和 名山 灯塔 白银 民权 同心 石柱 博爱 方正 弥勒 大通 白杨 海盐 钟山 高台 无为 木兰 日照 三门 石门 洞口 温泉 "
    "太和 梁山 武功 石林 白玉 来宾 同仁 兴业 阳春 天台 紫金 文成 民和 和顺 民乐 富民 新民 安康 乐业 天长 开化 磐石 樟树 梨树 "
    "黄梅 大厂 盐池 铜鼓 石棉 延寿 仁寿 长治 集贤 政和 安福 赤壁 神木 河间 大悟 仙居 双峰 凌云 会同 龙口 台前 孝义 明光 响水 "
    "邻水 惠农 大英 灵石 会理 左权 尚志 靖宇 志丹 桃源 蓝田 太白 永和 大田 大安 安定 建设 中山 平安 朝阳 新建 新化 扶余 太康 "
    "平原 安达 长安 长顺 长丰 大竹 古田 汪清 黑水 赤水 白水 曲水 民丰 永定 大化 金沙 河口 林口 门源 定日 定边 广宗 交口 交城 "
    "界首 天全 大余 小金 绿春 安义 安仁 崇义 崇仁 崇信 遵化 宣化 淳化 怀化 从化 通化 隆化 彭泽 康乐 富平 永平 长白 新田"
).split())
PROVINCE, PREFECTURE, COUNTY = "province", "prefecture", "county"


class Division(NamedTuple):
    """One division under one of its names; `first` and `last` are years in which the sources show it, None where open."""

    code: str
    name: str
    first: int | None
    last: int | None

    @property
    def level(self) -> str:
        return PROVINCE if self.code.endswith("0000") else PREFECTURE if self.code.endswith("00") else COUNTY


def parents(code: str) -> tuple[str, ...]:
    """Codes of the divisions around one, the province first; those under a province directly have only that."""
    above = (f"{code[:2]}0000", f"{code[:4]}00")
    return tuple(c for c in dict.fromkeys(above) if c != code and c in _by_code())


def name_of(code: str) -> str | None:
    """The present (or last) full name of a code."""
    known = _by_code().get(code)
    return known.name if known else None


def full_name(code: str) -> str | None:
    """The names from the province down: 四川省绵阳市涪城区."""
    own = name_of(code)
    return "".join(name_of(above) or "" for above in parents(code)) + own if own else None


@lru_cache(maxsize=65536)
def candidates(name: str) -> tuple[Division, ...]:
    """
    Every division that a name may mean, by code; those that stand now before those that were dissolved.

    A path keeps only what lies inside its earlier parts; an unknown name, or a path with a part that is none, gives ().
    """
    found = {division.code: division for division in reversed(_readings(name, None))}
    return tuple(sorted(found.values(), key=lambda division: (division.last is not None, division.code)))


def lookup(name: str, context: Iterable[str] = (), year: int | None = None) -> str | None:
    """
    The code of the one division that a name means, or None where that is not certain.

    Args:
        name: full, short or a path, in Simplified characters.
        context: names or codes that the text gave before, the nearest last; the nearest one that has exactly one of the
            candidates inside it decides.
        year: of the article; of several divisions one that stood then is meant.
    """
    possible = candidates(name)
    if name in _WORDS:
        return _in_context((*possible, *_districts().get(name, ())), context)
    if len(possible) > 1:
        possible = _alive(possible, year)
    if len(possible) > 1:
        possible = _outermost(possible)
    if len(possible) == 1:
        return possible[0].code
    return _in_context(possible, context) if possible else None


def within(name: str, context: Iterable[str] = (), year: int | None = None) -> str | None:
    """The code of the smallest known division that a longer name (四川省江油市某某镇, 绵阳市某某路) lies in."""
    for stop in range(len(name), 1, -1):
        code = lookup(name[:stop], context, year) if stop == len(name) or name[stop - 1] in "省市县区旗州盟" else None
        if code:
            return code
    return None


def codes_of(names: Sequence[str], home: Iterable[str] = (), year: int | None = None) -> list[str | None]:
    """
    A code for each place name of one article in reading order, None where it is not certain.

    `home` is what the article's head tells (site, dateline). Each name is read in the light of those before it; one that
    stays open takes the code that the same name gets later in the article.
    """
    said = list(home)
    codes: list[str | None] = []
    for name in names:
        code = lookup(name, said, year)
        codes.append(code)
        if code:
            said.append(code)
    if None in codes and any(codes):
        resolved = {name: code for name, code in zip(names, codes, strict=True) if code}
        codes = [code or resolved.get(name) for name, code in zip(names, codes, strict=True)]
    return codes


def abbreviated(run: str) -> tuple[str, ...]:
    """京津冀 as the codes of three provinces; () where a letter is none, one stands twice, or there is one letter only."""
    codes = tuple(ABBREVIATIONS.get(letter, "") for letter in run)
    return codes if len(codes) > 1 and all(codes) and len(set(codes)) == len(codes) else ()


def short_name(name: str) -> str | None:
    """绵阳 of 绵阳市, 恩施 of 恩施土家族苗族自治州; None where less than two characters stay (忠县)."""
    stem = _SUFFIX.sub("", name)
    if len(stem) < 2:  # 内蒙古
        stem = _LEVEL.sub("", name)
    for people in _PEOPLES:  # 伊犁哈萨克自治州 is one; 前郭尔罗斯蒙古族自治县 ends so after the first
        if stem.endswith(people) and len(stem) - len(people) >= 2:
            stem = stem.removesuffix(people)
    return stem if 2 <= len(stem) < len(name) else None


def _in_context(possible: Sequence[Division], context: Iterable[str]) -> str | None:
    for said in reversed(list(context)):
        code = said if said.isdigit() else lookup(said)
        if code is None:
            continue
        around = (code, *reversed(parents(code)))
        for place in around:  # beside 绵阳市 a name may lie in 绵阳 or elsewhere in 四川
            inside = _outermost([division for division in possible if division.code == place or place in parents(division.code)])
            if len(inside) == 1:
                return inside[0].code
            if inside:
                break
    return None


def _alive(possible: Sequence[Division], year: int | None) -> tuple[Division, ...]:
    if year is None:
        alive = tuple(division for division in possible if division.last is None)
    else:
        alive = tuple(d for d in possible if (d.first is None or d.first <= year) and (d.last is None or year <= d.last))
    return alive or tuple(division for division in possible if division.last == max(d.last or 0 for d in possible))


def _outermost(possible: Sequence[Division]) -> tuple[Division, ...]:
    """吉林 is the province before the city, 宜宾 the city before the county in it: one that holds or outranks all others."""
    provinces = [division for division in possible if division.level == PROVINCE]
    if len(provinces) == 1:
        return (provinces[0],)
    for division in possible:
        if all(other is division or division.code in parents(other.code) for other in possible):
            return (division,)
    return tuple(possible)


def _readings(name: str, above: frozenset[str] | None) -> list[Division]:
    """Readings of a name as one division or as a path; `above` limits the first part to what lies in these codes."""
    found = [division for division in _by_name().get(name, ()) if _lies_in(division, above)]
    if not found and above is not None and name[-1:] not in _NATURE:
        found = [division for division in _districts().get(name, ()) if _lies_in(division, above)]
    if found:
        return found
    for stop in range(len(name) - 2, 1, -1):
        head = [division for division in _by_name().get(name[:stop], ()) if _lies_in(division, above) and division.level != COUNTY]
        if head:
            tail = _readings(name[stop:], frozenset(division.code for division in head))
            if tail:
                return tail
    return []


def _lies_in(division: Division, above: frozenset[str] | None) -> bool:
    return above is None or not above.isdisjoint(parents(division.code))


def _is_district(division: Division) -> bool:
    return division.level == COUNTY and division.name.endswith("区") and not division.name.endswith(("林区", "特区"))


@cache
def _rows() -> tuple[Division, ...]:
    rows = []
    for line in files(__package__).joinpath("divisions.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            code, name, first, last = line.split("\t")
            rows.append(Division(code, name, int(first) if first else None, int(last) if last else None))
    return tuple(rows)


@cache
def _by_code() -> dict[str, Division]:
    return {row.code: row for row in sorted(_rows(), key=lambda row: (row.last is None, row.last or 0))}


@cache
def _by_name() -> dict[str, list[Division]]:
    """Full names, and short names of all but districts."""
    index: dict[str, list[Division]] = {}
    for row in _rows():
        index.setdefault(row.name, []).append(row)
        short = short_name(row.name)
        if short and not _is_district(row):
            index.setdefault(short, []).append(row)
        if row.name.endswith("自治州") and short:
            index.setdefault(f"{short}州", []).append(row)
        if row.name.endswith(("自治县", "自治旗")) and short:
            index.setdefault(f"{short}{row.name[-1]}", []).append(row)
    return index


@cache
def _districts() -> dict[str, list[Division]]:
    """Short names of districts, which hold only inside a path."""
    index: dict[str, list[Division]] = {}
    for row in _rows():
        short = short_name(row.name)
        if short and _is_district(row):
            index.setdefault(short, []).append(row)
    return index
