"""Lines of characters drawn at random that a site puts between its paragraphs, so that no copy of the page equals another.

Running text of any age shows words, and the few dozen characters that hold a language together (的, 一, 不; 之, 而, 其). A draw
from a table of characters shows neither, and it has no punctuation. A primer of characters, a table by strokes and the hundred surnames
look alike, but they give each character once; a draw repeats some. A transcribed spell repeats most.
"""

from __future__ import annotations

import re
from functools import cache

from tasks.text.charmodel import char_model
from tasks.text.ledger import CUT, Ledger, Mark
from tasks.text.rule import Rule
from tasks.text.scripts import simplified_of

_LINE = re.compile(r"(?m)^[^\S\n]*([\u4e00-\u9fff]{40,})[^\S\n]*$")
_PROSE = re.compile(r"(?m)^.*[\u4e00-\u9fff]{4}[。！？!?.”」]\s*$")
LEAST_LINES = 2  # in a document, and as many sentences of prose
LEAST_CHARACTERS = 120  # in these lines together: fewer prove little
MOST_IN_WORDS = 0.13  # share of characters inside words of two to four; a draw has 0 to .1, prose of statutes .55 and more
MOST_HOLDING = 0.1  # share of the characters that hold a language together; a draw has .02 to .08
LEAST_VARIED = 0.8  # share of different characters within a line
HOLDING = 60  # the most frequent characters of the dictionary, and those of the classical language:
CLASSICAL = "之其而以于者也矣焉乎兮吾曰"


def repair_salad(ledger: Ledger) -> None:
    """Cut such lines where a document has several between sentences."""
    view = ledger.view()
    lines = list(_LINE.finditer(view.shown))
    if len(lines) < LEAST_LINES:
        return
    lines = [m for m in lines if _is_salad(m[1])]
    if len(lines) < LEAST_LINES or sum(len(m[1]) for m in lines) < LEAST_CHARACTERS:
        return
    drawn = "".join(m[1] for m in lines)
    if len(set(drawn)) == len(drawn) or sum(1 for _ in _PROSE.finditer(view.shown)) < LEAST_LINES:
        return
    for found in lines:
        ledger.fill(Mark(*view.raw_span(*found.span(1)), CUT, SALAD.label, SALAD.id))


@cache
def _holding() -> frozenset[str]:
    chars = char_model().chars
    han = (c for c in chars if "\u4e00" <= c <= "\u9fff")
    return frozenset(sorted(han, key=lambda c: -chars[c])[:HOLDING]) | frozenset(CLASSICAL)


def _is_salad(line: str) -> bool:
    said = "".join(map(simplified_of().get, line, line))
    if len(set(said)) < LEAST_VARIED * len(said) or sum(c in _holding() for c in said) > MOST_HOLDING * len(said):
        return False
    return _in_words(said) <= MOST_IN_WORDS * len(said)


def _in_words(said: str) -> int:
    """Characters inside some word of two to four."""
    words, end, inside = char_model().words, 0, 0
    for i in range(len(said) - 1):
        longest = next((n for n in (4, 3, 2) if i + n <= len(said) and said[i : i + n] in words), 0)
        if i + longest > end:
            inside += i + longest - max(end, i)
            end = i + longest
    return inside


SALAD = Rule(
    id="random-characters",
    label="watermark",
    why="A site puts lines of characters drawn at random between its paragraphs, so that a copy is spoilt and looks unlike its source.",
    cuts=(
        "清晨的码头很安静。\n⟦预欢疾场肥钩包尸所寂谕竖姆洁常蹬奖识池蚊近捆匠枯无契睦阴君机歌榻碳植理顾宜边挑枪振暝筒酐美急钼植昔航珠蜀修⟧\n"
        "渔船一只一只靠了岸。\n⟦具棍弦避库城痒蹦肿嘱宁庄吉汗武季橡痢悮篇模莽惑徙站穿桐攘算栗皈昔拉眼俭姨案嚬扰梦铬剂指汇亭腋筐牲猪早援融嫌料铃尔⟧\n"
        "筐里的鱼还在跳。\n⟦添淡舍训畏兴遍显赦研困入洗拥粟闩痴期拍尽匙建挥耻时桃扭铋缴绝紫无秩香睹柏座浮器低朋去曾柏注淑修雌⟧\n买鱼的人都来了。",
    ),
    keeps=(
        # A table of characters in the order of their code gives each once.
        "这张表是按编码排的。\n啊阿埃挨哎唉哀皑癌蔼矮艾碍爱隘鞍氨安俺按暗岸胺案肮昂盎凹敖熬翱袄傲奥懊澳芭捌扒叭吧笆八疤巴拔跋靶把耙坝霸罢爸白柏百摆佰败\n"
        "拜稗斑班搬扳般颁板版扮拌伴瓣半办绊邦帮梆榜膀绑棒磅蚌镑傍谤苞胞包褒剥薄雹保堡饱宝抱报暴豹鲍爆杯碑悲卑北辈背贝钡倍狈备惫焙\n"
        "被奔苯本笨崩绷甭泵蹦迸逼鼻比鄙笔彼碧蓖蔽毕毙毖币庇痹闭敝弊必辟壁臂避陛鞭边编贬扁便变卞辨辩辫遍标彪膘表鳖憋别瘪彬斌濒滨宾\n表就抄到这里。",
        # A primer and surnames.
        "孩子们一起背书。\n天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜\n"
        "赵钱孙褚卫蒋沈韩杨朱秦尤许何施孔曹严华魏陶戚谢邹喻柏窦章苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳\n先生点了点头。",
        # A spell in Chinese transcription repeats most of its characters.
        "他每天念这几句。\n揭谛揭谛波罗揭谛波罗僧揭谛菩提萨婆诃揭谛揭谛波罗揭谛波罗僧揭谛菩提萨婆诃揭谛揭谛波罗揭谛\n"
        "怛那哆啰夜耶唎耶婆卢羯帝烁钵啰耶婆耶摩诃萨婆耶怛那哆啰夜耶唎耶婆卢羯帝烁钵啰耶婆耶摩诃萨婆\n"
        "揭谛揭谛波罗揭谛波罗僧揭谛菩提萨婆诃怛那哆啰夜耶唎耶婆卢羯帝烁钵啰耶婆耶摩诃萨婆耶怛那哆啰\n念完就睡了。",
        # One such line alone proves nothing.
        "屏幕上只有一行字。\n预欢疾场肥钩包尸所寂谕竖姆洁常蹬奖识池蚊近捆匠枯无契睦阴君机歌榻碳植理顾宜边挑枪振暝筒酐美急钼植昔航\n他看了半天。",
        # Unpunctuated prose, old and new.
        "老先生抄道。\n却说那人走到江边见一只小船便叫船家渡我过去船家道客官且慢今日风大浪高不敢开船那人道我有急事多与你些银两\n"
        "子曰学而时习之不亦说乎有朋自远方来不亦乐乎人不知而不愠不亦君子乎有子曰其为人也孝弟而好犯上者鲜矣\n"
        "这位同学说他昨天在图书馆看见了一本很旧的书里面夹着一张没有写完的明信片上面只有半句话\n抄完了。",
    ),
)
