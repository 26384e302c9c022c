"""How expressions of time look: one pattern for points of time with all their parts, and a list of special forms.

Pieces are strings, so that they can be built into each other; what a match is worth is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tasks.enrich.calendars import ERAS, FESTIVALS, SINCE

NARROW = str.maketrans("０１２３４５６７８９禮週後個時點號間紀應當來過這兩歲幾", "0123456789礼周后个时点号间纪应当来过这两岁几")
WIDE = "０１２３４５６７８９禮週後個時點號紀"  # a text with none of them is read as it is
HAN = "一二三四五六七八九"
_S = "[ \u00a0]?"
_R = f"{_S}(?:--?|－|–|—{{1,2}}|~|～|至|到){_S}"
_YEAR4 = "[12][0-9]{3}"
_YEAR_HAN = f"(?:[一二][〇○零OＯ0{HAN}]{{3}}|[二两]千[零〇]?[{HAN}十]{{0,3}}|[零〇0][0-9〇零{HAN}])"
_Y = f"(?:{_YEAR4}|{_YEAR_HAN})"
_M = f"(?:1[0-2]|0?[1-9]|十[一二]?|[{HAN}])"
_D = f"(?:3[01]|[12][0-9]|0?[1-9]|三十一?|二?十[{HAN}]?|[{HAN}])"
_H = f"(?:2[0-4]|1[0-9]|0?[0-9]|二十[一二三四]?|十[{HAN}]?|[零〇两{HAN}])"
_MIN_HAN = f"(?:[二三四五]?十[{HAN}]?|[零〇][{HAN}])"
_LUNAR_DAY = f"(?:初[{HAN}十]|十[{HAN}]|二十[{HAN}]?|廿[{HAN}]|三十)"

def _one_of(group: str, words: Iterable[str]) -> str:
    """A group for one of many words, the longest first; a look at the first character passes over nearly all places."""
    firsts = "".join(sorted({word[0] for word in words}))
    return f"(?=[{firsts}])(?P<{group}>{'|'.join(sorted(words, key=len, reverse=True))})"


_YEAR_PART = (
    "的?(?:第?(?P<quarter>[一二三四1-4])季度|前(?P<quarters>[二两三23])个?季度|(?P<half>[上下前后])半年"
    "|(?:年|(?<=[年度]))(?:(?P<edge>[初底末])(?![级中步次期赛衷始等年])|(?P<middle>中)(?=[，,。、；])))"
)
_YEAR = (
    f"(?:{_one_of('era', ERAS)}(?P<era_year>元|[0-9]{{1,3}}|[{HAN}十]{{1,4}})年"
    f"|(?P<first_year>{_Y}){_S}年?{_R}(?P<last_year>{_Y}){_S}年(?!{_S}{_M}{_S}月)"
    f"|(?:公元(?P<year_of_era>[0-9]{{1,3}})|公元前(?P<year_before>[0-9]{{1,4}})|(?:公元)?(?P<year>{_Y})){_S}年(?![代级])|(?P<short_year>[0-9]{{2}})年(?={_M}月)"
    "|(?=[大前去上今本当同这那该明后翌])(?P<said_year>大前年|(?<![年日月])前年(?![度产均收满])|(?<!过)去年(?!均)|(?<![以])上一?年(?![龄轻纪产])|今年"
    "|(?<!基)本年(?![级龄])|当年|同年(?![级龄])|[这那该]年(?![头代轻级])"
    "|(?<![文光])明年|(?<!年)后年(?![度产均收])|翌年))(?:度(?!假))?"
)
_MONTH = (
    f"(?:(?:(?P<first_month>{_M}){_R})?(?P<month>{_M}){_S}月(?![球亮光饼])份?|(?P<lunar_month>[正腊])月"
    "|(?P<said_month>上上个?月|(?<!以)上个?月(?!台)|(?<!月)下个?月|本月|当月|这个月)|第(?P<nth_month>[一二三四五六七八九十0-9]{1,2})个月|(?=[上下]半月))"
    "(?P<month_part>[上中下]旬|(?:初(?![级中步次一二三四五六七八九十])|[底末])|[上下]半月)?"
)
# The short ones (五一, 六一) are numbers and slogans as well: they need a word that makes them days.
_FESTIVALS = tuple(name for name in FESTIVALS if len(name) > 2 or name[0] not in "五六七八三")
_DAY = (
    f"(?:(?:(?P<first_day>{_D})[日号]?{_R})?(?P<day>{_D}){_S}[日号](?![元均报本常益志程])"
    f"|(?P<lunar_day>{_LUNAR_DAY})(?![日号个人名年天月多余条项位件元岁])"
    "|(?=[大前昨今明后当次翌])(?P<said_day>大前天|(?<!天)前天(?!气)|昨[天日]|今天|今日(?!头条)|(?<![文光])明[天日](?!报)|(?<!天)后天(?![气性不生])|大后天"
    "|[今昨明当](?=[晨早晚夜](?!报))|当[天日]|(?<![一二三四五六七八九十0-9多首])次日|翌日)"
    "|(?P<which_week>上上|下下|上|下|本|这)?个?(?:(?<![一二两三四五六七八九十0-9每])周|星期|礼拜)"
    "(?P<weekday>[一二三四五六日天末])(?![次年个届轮期岁])"
    f"|的?第(?P<nth_week>{_D})个?(?:周|星期)(?![一二三四五六日天末围年边期岁])"
    "|(?P<week>上上|下下|上|下|本|这)个?(?:周|星期|礼拜)(?![一二三四五六日天末围年边期岁])"
    f"|{_one_of('festival', _FESTIVALS)}节?"
    "|[“\"]?(?P<short_festival>五一|六一|七一|八一|三八|五四)[”\"]?(?=期间|前后|前夕|节|小?长假|假期|黄金周|放假|去|之前|以前)节?)"
)
PARTS = {  # hours from and to, of the day or the next: weather reports' usage, and 8 to 12 for a morning as other readers have it
    "凌晨": (0, 6), "清晨": (5, 8), "清早": (5, 8), "早上": (8, 12), "早晨": (6, 12), "早间": (8, 12), "上午": (8, 12), "中午": (11, 13),
    "正午": (11, 13), "午后": (12, 18), "下午": (12, 18), "傍晚": (17, 20), "晚上": (18, 24), "晚间": (18, 24), "夜间": (18, 30),
    "夜里": (20, 30), "深夜": (22, 28), "午夜": (23, 25), "半夜": (23, 27), "晨": (5, 8), "早": (8, 12), "晚": (18, 24), "夜": (18, 30),
}
_PART = "|".join(sorted((name for name in PARTS if len(name) > 1), key=len, reverse=True))
_CLOCK = (
    f"(?P<hour>{_H}){_S}(?:[:：](?P<minute>[0-5][0-9])(?:[:：](?P<second>[0-5][0-9]))?(?![0-9:：%])"
    "|(?P<unit>时(?![候期代间而尚常评空段务节局速效报差装任])|点钟|点(?![击名评子赞对滴燃心多意建要经]))"
    f"(?:(?P<sharp>整)|(?P<half_hour>半)|(?P<quarter_hour>[一三])刻|(?P<minutes>[0-5]?[0-9]|{_MIN_HAN})分(?:(?P<seconds>[0-5]?[0-9])秒)?"
    f"|(?P<minutes_only>{_MIN_HAN})(?![个人名年天月多余条项位件元岁]))?)"
)
_SHORT_PART = f"[晨早晚夜](?:(?<=[日号天今昨明当].)(?![报会餐宴期在])|(?={_H}(?:时|点|[:：][0-5])))"
_PART_FIRST = "".join(sorted({name[0] for name in PARTS}))
_TIME = f"(?:(?=[{_PART_FIRST}])(?P<part>{_PART}|{_SHORT_PART}){_S})?(?:{_CLOCK})?"
_ISO = (
    "(?P<iso>(?P<iso_year>[12][0-9]{3})(?P<sign>[-/.])(?P<iso_month>1[0-2]|0?[1-9])(?P=sign)"
    "(?P<iso_day>3[01]|[12][0-9]|0?[1-9])(?![0-9]))"
)
_DMY = "(?P<dmy>(?P<left>[0-3]?[0-9])(?P<mark>[-/.])(?P<right>[0-3]?[0-9])(?P=mark)(?P<dmy_year>(?:19|20)[0-9]{2})(?![0-9]))"
POINT = re.compile(
    f"(?:{_ISO}|{_DMY}|(?P<lunar>农历|阴历|旧历)?(?:{_YEAR})?(?:{_YEAR_PART})?(?P<lunar_too>农历)?(?:{_S}的?{_MONTH})?(?:{_S}{_DAY})?)"
    f"(?:[（(](?:星期|周)[一二三四五六日天][)）]|(?<=[日号])[，,](?:星期|周)[一二三四五六日天](?![至到—~-]))?{_S}(?:大?约(?={_H}[时点]))?{_TIME}"
)
RANGE = re.compile(_R)
BETWEEN = re.compile("[和与]")

_N = f"(?:[0-9]{{1,3}}|[{HAN}两十]{{1,3}}|[{HAN}]?百)"
_SPAN_UNIT = "(?P<unit>个?半?年|个?季度|个?月|周|个?星期|天|日|个?小时|分钟)"
_ANY_DIGIT = f"0123456789{HAN}十两百"
_SPECIALS = (  # the characters that each may begin with, one that it must hold, and what it looks like
    ("近最过以", "", rf"(?P<recent>最?近|过去的?|以往)(?P<count>{_N}|几|数)(?P<soft>[多余])?{_SPAN_UNIT}(?:以?来)?"),
    ("未今之此", "", rf"(?P<future>未来|今后|之后|此后)的?(?P<count>{_N}|几)(?P<soft>[多余])?{_SPAN_UNIT}"),
    (_ANY_DIGIT + "几数", "来", rf"(?P<trailing>)(?P<count>{_N}|几|数)(?P<soft>[多余])?(?P<unit>年)(?:以|多)?来(?![自访到])"),
    (_ANY_DIGIT, "前",
     rf"(?P<ago>)(?P<count>{_N})(?P<soft>[多余])?(?P<unit>年|天|周|个?星期|个?月|个?小时|分钟)"
     "之?前(?![后往夕期景来进列提任三])"),
    ("近日最这多几数长", "",
     r"(?P<vague>近(?:几|些|数)?年来?|近期(?!建设|规划|目标|内?[和与、])|近日来?|近来"
     r"|(?:(?<![^，,。；;：:！!？?\n\u3000 “（(])|(?<=记者)|(?<=已于))日前"
     r"|最近(?=[，,。几]|\n|$)|这些年来?"
     r"|(?:多|几十|数十|长)年来|长期以来)"),
    ("“\"「十第", "五",
     rf"(?P<plan>[“\"「](?P<short_plan>十?[{HAN}])五(?:规划|计划)?[”\"」](?P<after>期间|时期|规划|计划|以来|末期?|初期?|开局之年|收官之年)?"
     rf"|(?P<bare_plan>十[{HAN}])五(?:期间|时期|规划|计划)|第(?P<long_plan>十[{HAN}]?|[{HAN}])个五年(?:规划|计划)(?:期间|时期)?)"),
    ("党中改新建十二", "来",
     rf"(?P<since>(?:党的?|中共)?(?P<event>{'|'.join(sorted(SINCE, key=len, reverse=True))})(?:召开)?(?:{_N}多?(?:周?年)?(?:以?来)|以来))"),
    ("民", "国", r"(?P<republic>民国(?:时期|年间))"),
    (_ANY_DIGIT + "上本", "世",
     rf"(?P<century>(?:(?P<century_no>[0-9]{{1,2}}|二?十[{HAN}]?|[{HAN}])|(?P<said_century>上个?|本))世纪"
     rf"(?:(?P<decade_of>[0-9]0|[{HAN}]?十)年代)?(?P<century_part>初期?|末期?|中[期叶]|后半?期|前半?期|[上下]半叶)?)"),
    ("23456789二三四五六七八九", "代", r"(?P<decade>(?P<decade_no>[2-9]0|[二三四五六七八九]十)年代(?:初期?|末期?|中期|后期|中后期|前期)?)"),
    ("0123456789xX", "年", r"(?P<masked>(?:[0-9]{1,3}[xX]+[0-9xX]*|[xX]{2,4})年(?!级)(?:[0-9xX]{1,2}月份?(?:[0-9xX]{1,2}[日号])?)?)"),
    ("去上", "同", r"(?P<same>(?:去年|上年)同期)"),
)
BY_FIRST: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    character: tuple((sign, re.compile(pattern)) for firsts, sign, pattern in _SPECIALS if character in firsts)
    for character in sorted({c for firsts, _, _ in _SPECIALS for c in firsts})
}
LONGEST_SPECIAL = 24  # code points up to the character that one must hold
