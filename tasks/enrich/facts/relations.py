"""What the clause makes of a quantity: the operator its neighbours state, the words that qualify it, and the kind."""

from __future__ import annotations

import re

from tasks.enrich.facts.quantity import PERIODS, Quantity, with_denominator
from tasks.enrich.units import UNITS

_BEFORE = {  # words right before a number, and the relation they state
    word: op
    for op, words in {
        ">=": "不低于 不少于 不得少于 不得低于 至少 最少 不小于 不能少于 不能低于 不得小于 不能小于 不应少于 不应小于 不应低于 "
              "不下于 大于等于 大于或等于 大于或者等于 起码 满 年满 已满 届满 尽量保持 ≥",
        ">": "突破 超过 超 逾 多于 高于 大于 突破了 超过了 超出 超越 破 不止 远超 已逾 高过 ＞",
        "<": "跌破 不足 低于 少于 小于 未满 不满 未达到 不到 未达 未超过 ＜",
        "<=": "不超过 不得超过 不高于 不得高于 最多 至多 不大于 不多于 不得多于 不能超过 不会超过 不应超过 不得大于 小于等于 "
              "小于或等于 小于或者等于 不超出 不应大于 ≤",
        "~": "约 大约 近 将近 接近 约为 一般为 大概 快要 大致 左右 约合 估计 约达 几乎 约有 仅约 约占",
        "=": "达到 已达 达 平均 共 仅 各 累计 合计 共计 总计 先后 分别 一共 总共 人均 户均 仅有 只有 高达 多达 共有 分别为 均为",
    }.items()
    for word in words.split()
}
_BY_LAST: dict[str, list[str]] = {}  # longest first
for _word in sorted(_BEFORE, key=len, reverse=True):
    _BY_LAST.setdefault(_word[-1], []).append(_word)
_NEGATED = {">": "<=", "<": ">="}
_NOT = re.compile("(?:不|未)(?:会|得|能|应|可|宜|曾|予)?$")
_FILLERS = ("了", "为", "有", "达", "在", "是")  # between the word and the number: 约为, 不少于有
_AFTER = {"以上": ">=", "及以上": ">=", "或以上": ">=", "（含）以上": ">=", "以下": "<=", "及以下": "<=", "以内": "<=", "之内": "<=",
          "左右": "~", "上下": "~", "以外": ">", "开外": ">", "不到": "<", "有余": ">", "之多": "=", "不等": "~", "之间": "=", "出头": ">"}
_AFTER_BY_FIRST: dict[str, list[str]] = {}
for _word in sorted(_AFTER, key=len, reverse=True):
    _AFTER_BY_FIRST.setdefault(_word[0], []).append(_word)
_WITHIN = {"duration": "<="}  # 内 bounds spans of time only

# 最多不得超过股金总额的百分之二十, 至少召开一次
_FAR_BOUND = re.compile(
    r"(不得超过|不得低于|不得少于|不得高于|不超过|不低于|不少于|不高于|至少|最多|至多)[^，,。；;、：:！？\n0-9一二三四五六七八九十]{1,10}$"
)

_DELTA = re.compile(
    r"(?:增长|下降|减少|增加|提高|上升|降低|下调|上涨|下跌|回落|缩短|提升|递增|递减|下滑|上浮|下浮|上调|扩大|延长|攀升|锐减|骤增|猛增|压缩|缩小"
    r"|压减|削减|收窄|增幅|降幅|涨幅|跌幅|增速|[，,、比期度年月][增减升降涨跌]|(?<![一-鿿])[增减升降涨跌]|率[升降跌]|[元币价数股][升降涨跌])"
    r"(?:了|近|约|超|超过|逾|达|达到|将近|幅度|率|为|[：:])*$"
)
_CHANGES = frozenset("增降减升涨跌落短滑浮调扩延缩提攀骤猛压削窄控")  # without one of these characters no change is stated
_AIMS = frozenset("争保目划到")
_EXPECTS = frozenset("望计期测估将")
_RESULT = re.compile(r"(?:增加|提高|提升|上升|上调|扩大|降低|下降|下调|减少|缩短|控制|调整)[^，,。；;]{0,10}(?:至|到|为|在)$")
_FORECAST = re.compile(r"有望|预计|预期|预测|可望|将达|估计|料将|或将")
_TARGET = re.compile(
    r"力争|确保|目标(?!任务完成)|争取(?=[^，,。；;]{0,14}(?:达到|达成|实现|突破|完成))|[规计]划(?:建设|投资|新增|完成|实现|到)"
    r"|到20[0-9]{2}年(?:底|末)?[，,]?[^。；;]{0,20}(?:达|实现|突破|完成)"
)
_TARGET_OF_SENTENCE = re.compile(r"力争|争取(?:到|用|在|通过)|(?:发展|奋斗|工作)?目标(?:是|为|：|:)")
_PROPOSAL = re.compile(r"(?:^|[，,。；;：:])(?:请|建议|恳请|希望)|建议")
_EVERY = re.compile(
    r"每(?:隔)?(?P<unit>(?:半年|个?季度|个?学期|年度?|个?月|日|天|周|晚|小时|分钟|秒钟?|平方公里|平方米|公里|公斤|千克|[一-鿿]))"
    r"(?P<gap>[^，,。；;：:、\n]{0,12})$"
)
_EACH = re.compile(r"每([\u4e00-\u9fff])$")
_TOO_FAR = {"money": 12, "count": 12, "measure": 6, "duration": 2}
_QUOTES = ("“", "「", "『")
_OVERRIDABLE = frozenset(("money", "count", "ratio", "measure"))
_JOINED = ("和", "、", "及", "与", "以及", "或", "或者", "至", "，")


def operator(text: str, quantity: Quantity) -> tuple[str, str | None]:
    """The relation between the true value and the number, and the words that say so."""
    op, said = quantity.op, []
    start, stop = quantity.start, quantity.stop
    word = _word_before(text, start)
    if word is None and text[start - 1:start] in _FILLERS:
        word = _word_before(text, start - 1)
    if word:
        said.append(word)
        stated = _BEFORE[word]
        if word in ("满", "已满") and quantity.kind not in ("age", "duration"):
            stated = "="
        if stated in _NEGATED and (no := _NOT.search(text, max(0, start - len(word) - 4), text.rfind(word, 0, start))):
            stated, said[0] = _NEGATED[stated], no.group() + word  # 不会高于
        if stated != "=":
            op = stated
    elif bound := _far_bound(text, start):
        op = _BEFORE[bound.group(1)]
        said.append(bound.group(1))
    if quantity.approximate:
        said.append(quantity.approximate)
        if quantity.op != "=" and (op == "=" or op == "~"):
            op = quantity.op
    first = text[stop:stop + 1]
    for after in _AFTER_BY_FIRST.get(first, ()):
        if text.startswith(after, stop):
            op = _AFTER[after] if _AFTER[after] != "=" else op
            said.append(after)
            break
    else:
        if first == "内" and quantity.kind in _WITHIN and text[stop + 1:stop + 2] not in ("部", "容", "在"):
            op = "<="
            said.append("内")
    return op, "；".join(said) or None


def _far_bound(text: str, start: int) -> re.Match[str] | None:
    low = max(0, start - 14)
    if text.find("不", low, start) < 0 and text.find("至", low, start) < 0 and text.find("最多", low, start) < 0:
        return None
    return _FAR_BOUND.search(text, max(0, start - 20), start)


def _word_before(text: str, start: int) -> str | None:
    for word in _BY_LAST.get(text[start - 1:start], ()):
        if text.startswith(word, start - len(word)) and len(word) <= start:
            if len(word) == 1 and text[start - 2:start - 1] in tuple(_NO_SENSE.get(word, "")):
                return None
            return word
    return None


_NO_SENSE = {"破": "突打跌", "满": "不未圆美充", "近": "最附靠接将", "约": "合节契条公预", "共": "公", "达": "到表传", "超": "", "各": ""}


def in_clause(
    text: str, quantity: Quantity, before: str, sentence: int, previous: Quantity | None, previous_kind: str | None
) -> tuple[Quantity, str]:
    """
    The quantity as the clause turns it (一次 after 每年 is 次/年), and its kind.

    `before` are the words of the clause up to the number; `previous` is the quantity before it in the text with the kind it got.
    """
    kind = quantity.kind
    is_quoted = text[quantity.start - 1:quantity.start] in _QUOTES and "”" in text[quantity.stop:quantity.stop + 14]
    if kind == "count" and quantity.is_han and is_quoted:
        return quantity, "phrase_count"  # “四个机制”: the number is part of a name
    if kind == "rate":
        return quantity, kind
    # 每人每天200元 is 元/人/天
    every = _EVERY.match(before, before.rfind("每")) if kind in _TOO_FAR and "每" in before else None
    if every:
        rated = _to_each(quantity, every)
        outer = _EACH.search(before, 0, every.start()) if rated is not None else None
        if outer and outer[1] in UNITS and not every["gap"]:
            rated = with_denominator(with_denominator(quantity, outer[1]), rated.per)
        if rated is not None:
            return rated, "rate"
    if kind == "duration":
        return quantity, "delta" if not _CHANGES.isdisjoint(before[-10:]) and _DELTA.search(before[-12:]) else kind
    if kind not in _OVERRIDABLE:
        return quantity, kind
    if _is_delta(text, quantity, before):
        return quantity, "delta"
    if previous is not None and previous_kind in ("delta", "target", "forecast", "proposal") and previous.common == quantity.common:
        gap = text[previous.stop:quantity.start]
        if gap in _JOINED[:-1]:
            return quantity, previous_kind
    if not _EXPECTS.isdisjoint(before) and _FORECAST.search(before):
        return quantity, "forecast"
    if _is_target(text, before, max(sentence, quantity.start - 60), quantity.start):
        return quantity, "target"
    if not _CHANGES.isdisjoint(before[-16:]) and _RESULT.search(before):
        if _PROPOSAL.search(text, max(sentence, quantity.start - 240), quantity.start):
            return quantity, "proposal"
    return quantity, kind


def _is_target(text: str, before: str, low: int, start: int) -> bool:
    """确保 … in the clause; 力争 … in the sentence."""
    if not _AIMS.isdisjoint(before) and _TARGET.search(before):
        return True
    is_near = text.find("争", low, start) >= 0 or text.find("目标", low, start) >= 0
    return is_near and _TARGET_OF_SENTENCE.search(text, low, start) is not None


def _is_delta(text: str, quantity: Quantity, before: str) -> bool:
    tail = before[-16:]
    return not _CHANGES.isdisjoint(tail) and _DELTA.search(tail) is not None


def _to_each(quantity: Quantity, every: re.Match[str]) -> Quantity | None:
    """每年至少一次, 每台机械一百元, 每平方米5元: the denominator, where it is near enough to be one."""
    word = every["unit"]
    gap = every["gap"]
    per = word.removeprefix("个").removesuffix("度") if word == "年度" else word.removeprefix("个")
    is_time = per in PERIODS and PERIODS[per] not in ("times", "session")
    if len(gap) > _TOO_FAR[quantity.kind]:
        return None
    if is_time:
        if quantity.common == "times" or (quantity.kind == "count" and (len(gap) <= 8)) or (quantity.kind == "measure" and not gap):
            return with_denominator(quantity, per)
        if quantity.kind == "money" and gap in ("", "为", "约", "仅", "达", "不超过", "不低于"):
            return with_denominator(quantity, per)
        return None
    is_vague = per in ("个", "次", "届", "种", "项", "方", "大", "成") and len(gap) > 2
    if quantity.kind == "duration" or quantity.common == "times" or is_vague:
        return None
    if per not in UNITS or UNITS[per].kind not in ("count", "measure"):
        return None
    return with_denominator(quantity, per)

