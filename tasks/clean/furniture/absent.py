"""Pages that hold no article: an error, a check for robots, a wall of login, a notice on cookies, an empty column; files that are no text.

Only where it is certain: the page is short, says so in a line of its own, and shows no paragraph, no date line and nothing else
that could be an author's; or control characters that no text has stand all over it, as in images, archives and random bytes, and
hardly a Han character. All its lines leave, so that no article is made of them, and a flag says why.
"""

from __future__ import annotations

import re

from tasks.clean.furniture.signs import owned
from tasks.text.credits import read_credits
from tasks.text.heads import folded
from tasks.text.ledger import CUT, Flag, Ledger, Mark
from tasks.text.lines import han_count

LONGEST_PAGE = 600  # characters
HEAD = 20_000  # characters by which a file is judged to be no text
LEAST_CONTROLS = 12
CONTROLS = 0.02  # of the head, more than which are control characters
HAN = 0.05  # of the head, less than which are Han characters
MOST_LINES = 24
LONGEST_MESSAGE = 70
SHORT_MESSAGE = 18  # longer ones are spelt in words of pages as well
LONGEST_OTHER = 40  # a line that is no message and longer than this may be an author's
OWN_SHARE = 0.35  # of all other letters, that words of pages must own: what is left of a page without its article is its furniture
_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\r\f\x1b")
_THING = "(?:页面|网页|文章|内容|帖子|文件|地址|链接|资源|主题|新闻|视频|商品|作品)"
MESSAGES = {
    "missing": (
        rf"{_THING}.{{0,12}}(?:不存在|未找到|找不到|没有找到|已?经?被?(?:删除|移除|下线|屏蔽)|已(?:过期|关闭|失效)|无法(?:访问|显示|打开|查看)|走丢|飞走)",
        rf"(?:找不到|未找到|没有找到|无法找到)(?:您|你)?.{{0,8}}{_THING}",
        r"^\W*(?:HTTP\s*)?(?:错误\s*)?(?:40[0134]|50[0234])\b",
        r"\b(?:Not Found|Forbidden|Bad Gateway|Service Unavailable|Access Denied|Internal Server Error)\b",
    ),
    "check": (
        r"(?:安全|人机|身份|滑动|行为|访问)验证|(?:拖动|按住|滑动).{0,6}滑块|请.{0,6}(?:输入|完成|进行).{0,8}验证|验证.{0,6}继续(?:访问|浏览)",
        r"(?:访问|请求|操作)(?:过于|太过?)频繁|检测到.{0,10}异常.{0,4}(?:访问|流量|请求|行为)|不是机器人",
        r"(?:enable|开启|启用|支持).{0,6}JavaScript|Checking your browser|正在检查(?:您|你)的浏览器",
    ),
    "wall": (
        r"(?:登录|登陆|注册).{0,6}后(?:可|即可|才能|方可|再)?(?:查看|阅读|浏览|访问|继续|观看)|(?:您|你)(?:还|尚)?(?:未|没有?)登录",
        r"(?:仅|只)(?:限|对|供)?(?:会员|注册用户|登录用户|订阅用户).{0,6}(?:可见|查看|阅读|访问|开放)|无权(?:限)?(?:访问|查看|浏览|阅读)|权限不足",
    ),
    "cookies": (r"cookies?.{0,40}(?:同意|接受|使用)|(?:同意|接受|使用).{0,20}cookie",),
    "empty": (
        r"^\W*(?:抱歉.{0,3})?(?:暂无|没有|暂时没有)(?:任何|相关|更多)?(?:内容|数据|信息|文章|记录|资料|更新|结果)\W*$",
        r"(?:页面|栏目|网站|内容|系统)(?:正在)?(?:建设|维护|升级|整理|更新)中",
    ),
}
_MESSAGES = [(kind, re.compile("|".join(patterns), re.IGNORECASE)) for kind, patterns in MESSAGES.items()]
_WEAK = frozenset(("wall",))  # such pages may still print the head of an article


def mark_absent(ledger: Ledger, shown: str) -> bool:
    """Mark every line of a page that certainly holds no article; whether it is one."""
    if _is_no_text(ledger.text):
        _mark_all(ledger, "page.no-text")
        ledger.flags.append(Flag(0, len(ledger.text), "no_article", "it is no text: control characters stand all over it", "warning"))
        return True
    if len(shown) > LONGEST_PAGE or not (kind := _kind([folded(line.strip()) for line in shown.split("\n") if line.strip()])):
        return False
    _mark_all(ledger, "page.no-article")
    ledger.flags.append(Flag(0, len(ledger.text), "no_article", f"the page says that it has none: {kind}", "warning"))
    return True


def _is_no_text(text: str) -> bool:
    """Whether a file is an image, an archive, a program: by its beginning, as the ladder of encodings asks of bytes."""
    head = text[:HEAD]
    data = head.encode("utf-8", "surrogatepass")
    controls = len(data) - len(data.translate(None, _CONTROLS))
    return controls >= LEAST_CONTROLS and controls > CONTROLS * len(head) and han_count(head) < HAN * len(head)


def _mark_all(ledger: Ledger, rule: str) -> None:
    for line in [line for line in ledger.view().lines() if line.shown.strip()]:
        ledger.fill(Mark(line.start, line.stop, CUT, "other", rule, confidence=0.95))


def _kind(lines: list[str]) -> str | None:
    if not 0 < len(lines) <= MOST_LINES:
        return None
    found, letters, own = None, 0, 0
    for line in lines:
        kind = next((kind for kind, pattern in _MESSAGES if pattern.search(line)), None) if len(line) <= LONGEST_MESSAGE else None
        if kind is not None and len(line) > SHORT_MESSAGE and owned(line)[1] < OWN_SHARE * sum(map(str.isalpha, line)):
            return None  # a sentence that tells of such a page
        if kind is not None:
            found = found or kind
            continue
        credits = read_credits(line)
        if len(line) > LONGEST_OTHER or (credits and any(f.field == "published_at" for f in credits)):
            return None
        if line[-1] in "。；" and owned(line)[2] < 2:
            return None
        letters += sum(map(str.isalpha, line))
        own += owned(line)[1]
    if found in _WEAK and len(lines) < 2:
        return None
    return found if own >= OWN_SHARE * letters else None
