"""Lines that others planted in a hijacked page: names of gambling and sex sites above, between and below an article.

Whoever reports on gambling writes sentences; whoever sells it strings its words together. A line counts where it holds two
different words of the trade, ends no clause, and is mostly such words, has a call or a price, or repeats itself; not where the
article's own sentences use the same words, for then they are its topic, and its title may hold several.
"""

from __future__ import annotations

import re
from collections import Counter

from tasks.text.lines import NUMBERED, ends_clause

# Words of the trade, in Simplified characters. What edited prose uses in other senses as well (体育, 平台, 官网) stands under CALLS.
TRADE = tuple(
    """
    百家乐 老虎机 时时彩 六合彩 快三 快3 pk10 pk拾 赛车计划 幸运飞艇 北京赛车 真人荷官 真人在线
    真人视讯 真人娱乐 彩金 赌球 赌场 赌博 博彩 博彩网 棋牌 捕鱼达人 捕鱼游戏 娱乐城 娱乐平台 娱乐场 娱乐官网
    投注 外围 返水 返利网 开奖 特码 一肖 平特 六肖 彩票 跑狗图 香港马会 牛牛 轮盘 番摊 龙虎斗 金沙 新葡京
    葡京 威尼斯人 太阳城 永利 皇冠 澳博 亚博 必博 博彩公司 注册送 首存送 送彩金 充值送 德州扑克 炸金花
    斗地主 三级片 黄片 毛片 成人电影 成人视频 成人网站 成人小说 情色 色情 激情视频 无码 有码 中文字幕
    国产精品 国产自拍 偷拍 自拍偷拍 一本道 裸聊 约炮 援交 同城约会 一夜情 全套服务 上门服务 伟哥 催情 壮阳
    增大增粗 代开发票 办证 刻章 代孕 私服 外挂 迷药 听话水 枪支 窃听器
    """.split()
)
CALLS = re.compile(
    r"官网|官方网|网址|网站|平台|注册|登录|开户|下载|手机版|安卓|app|在线|点击|进入|天天送|免费|[送存]\d{2,}|直营|信誉|导航|大全|资料|计划"
    r"|观看|播放|视频|群|加[Vv微qQ]|>>|客服|代理",
    re.IGNORECASE,
)
LONGEST = 240  # characters
MOSTLY = 0.4  # share of a line's letters in words of the trade
LEAST_ITEMS, REPEATED = 6, 0.3  # items of a list of keywords, and the share of them that came before
LONGEST_ITEM = 10  # characters
_TRADE = re.compile("|".join(map(re.escape, sorted(TRADE, key=len, reverse=True))), re.IGNORECASE)
_ITEM_BREAK = re.compile(r"[\s,，、|｜;；_/]+")
_LETTER = re.compile(r"[^\W_]")


def hijacked(lines: list[str]) -> set[int]:
    """Planted lines; lines are stripped and folded to Simplified characters. None where sentences of the page use their words."""
    held = {i: words for i, line in enumerate(lines) if (words := {m.lower() for m in _TRADE.findall(line)})}
    if not held:
        return set()
    topic = Counter(w for i, words in held.items() if _is_written(lines[i]) for w in words)
    return {
        i
        for i, words in held.items()
        if len(words) >= 2 and len(lines[i]) <= LONGEST and not _is_written(lines[i]) and not words & topic.keys() and _sells(lines[i])
    }


def _is_written(line: str) -> bool:
    """A sentence, a clause of one, or an item that an author numbers."""
    return ends_clause(line) or NUMBERED.match(line) is not None


def _sells(line: str) -> bool:
    letters = len(_LETTER.findall(line))
    trade = sum(len(m[0]) for m in _TRADE.finditer(line))
    return trade >= MOSTLY * letters or CALLS.search(line) is not None or repeats_itself(line)


def repeats_itself(line: str) -> bool:
    """A list of short keywords of which many come again: written for a search engine, not for a reader."""
    items = [item for item in _ITEM_BREAK.split(line) if item]
    if len(items) < LEAST_ITEMS or max(map(len, items)) > LONGEST_ITEM:
        return False
    return len(items) - len(set(items)) >= REPEATED * len(items)
