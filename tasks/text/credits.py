"""Credit lines: lines of nothing but dates, sources, names with their roles, numbers of documents, counters and buttons.

str in, facts out. A line is read from left to right, one item after the other; where any part of it is something else, it is
no credit line: a sentence that opens with a date stays a sentence. Callers pass stripped lines, folded to Simplified characters
of the same length; offsets count code points of the line that came in.

How far a value is trusted (Found.confidence), and what the kinds of evidence mean:
    LABELLED    a label says what it is, or a date has a clock
    ISSUED      a label says that a document bears the date; where the page also says when it was published, that counts
    SHAPED      its shape says it: a bare date, a paper's name, a role before a name
    PLACED      only its place says it: a bare name beside a date
"""

from __future__ import annotations

import re

from tasks.text.dates import DATE, MONTH_DAY, read_moment
from tasks.text.lines import HAN, Found, is_known_name, is_outlet, is_person

LABELLED, ISSUED, SHAPED, PLACED = 0.98, 0.95, 0.9, 0.75
LONGEST = 160  # characters of a credit line
_LONGEST_VALUE = 60

_ACT = r"(?:网络出版|问题|提问|发布|发表|刊发|发稿|发文|刊登|添加|创建|上传|公开|公布|出版|见报|播出|提交|录入|投稿|文章|信息|新闻|稿件)"
_LABELS: tuple[tuple[str, str], ...] = (
    (
        "updated_at",
        r"(?:问题|答案|词条|内容|页面)?(?:最[后後近新])?(?:更新|修改|修订|编辑)(?:日期|时间|于)|最[后後](?:更新|修改|编辑)(?:于)?|更新(?=\s*[:：\d])"
        r"|last (?:updated|modified)(?: on| at)?|updated(?: on| at)?",
    ),
    ("written_on", r"(?:成文|生成|制发|印发|签发|起草|写作)(?:日\s?期|时\s?间)"),
    (
        "published_at",
        rf"{_ACT}?(?:日\s{{0,4}}期|时\s{{0,4}}间)|{_ACT}于|(?:发布|出版)(?=\s*[:：\d])|posted(?: on| at)?|published(?: on| at)?|date",
    ),
    (
        "source",
        r"(?:信息|文章|新闻|本文|稿件|内容|资料|以下文章)?来\s{0,4}源(?:于|自)?|来自|稿\s?源|出\s?处|转自|转载自|原载(?:于)?|来稿单位|供稿单位|source|from",
    ),
    ("original_title", r"原\s?标\s?题|原\s?题"),
    ("translator", r"译\s?者|翻\s?译|编译"),
    ("photographer", r"图片(?:来源|提供|摄影)?|摄\s?影(?:报道)?|摄\s?像|供\s?图|配图|插图|绘图|图"),
    ("interviewee", r"受访(?:者|人|嘉宾|专家)|(?:对话|访谈|采访)?嘉\s?宾|采访对象|访谈对象|被访者|口述(?:者|人)?|讲述(?:者|人)?"),
    ("affiliation", r"作者单位|工作单位|作者简介"),
    ("document_no", r"发\s?文\s?字\s?号|文\s{0,4}号|发文号|文件(?:编)?号|批准文号"),
    ("index_no", r"索\s?引\s?号|信息索引(?:号)?|统一编号"),
    (
        "issuer",
        r"(?:发\s?文|发\s?布|制\s?发|公\s?开|公\s?布|制\s?定|责\s?任|印\s?发)\s?(?:机\s?关|机\s?构|单\s?位|部\s?门|主\s?体|科\s?室)|信息公开(?:单位|机构)",
    ),
    ("edition", r"版\s?次|版\s?面|版\s?名"),
    (
        "author",
        r"作\s{0,4}者|撰\s?文(?:/\S{1,3})?|采\s?写|采\s?访(?:者|人)?|整\s?理|执\s?笔|文字|撰\s?稿人?|供\s?稿人?|楼\s?主|博\s?主|发\s?帖人|文图|图文"
        r"|文\s?[/／、]\s?图|图\s?[/／、]\s?文|文|by|author|written by|原创",
    ),
    (
        "editor",
        r"(?:责任|值班|网络|见习|实习|本文|本期|本站|本版|执行|栏目|新媒体|微信|文字|编版|主|副主|总|美术|高级|资深)?编\s{0,4}辑|责\s{0,2}编|主\s?编|美\s?编|编\s?审|编\s?发|编\s?校|审\s?核|审\s?校|审\s?签|审\s?读|审\s?定|签\s?发"
        r"|责任校对|校\s{0,2}对|[一二三初复终]\s?审(?:\s?[一二三初复终]\s?校)?|监\s?制|监\s?审|排\s?版|统\s?筹|策\s?划|制\s?作|值班(?:主任|编委|总编|领导)|编\s?委|发布[人者]|录\s?入(?:员|者)?|editor",
    ),
    ("title", r"(?:文章|信息|公文|文件)?(?:标\s{0,4}题|题\s{0,4}目|名\s{0,4}称)"),
    ("keywords", r"关\s?键\s?[词字]|主\s?题\s?词|标\s?签|tags?|key\s?words?"),
    (
        "",
        r"(?:主题|体裁|组配|信息|公文|服务|内容|文件)?(?:分\s?类|类\s?别|类\s?型|种\s?类)(?:于)?|服务对象|有\s?效\s?性|效\s?力(?:状态|级别)?|时\s?效(?:性)?|(?:生效|废止|失效|施行|实施)(?:日期|时间)|公开(?:方式|形式|时限|范围|属性|程序|类型)"
        r"|(?:所属)?(?:栏\s?目|专\s?题|频\s?道|专\s?栏|地\s?区|行\s?业)|字\s?数|阅读时长|预计阅读|IP属地|属地|开本|公众号|微信号|收录于",
    ),
)
_LABEL = re.compile("|".join(f"(?P<_{i}>{words})" for i, (_, words) in enumerate(_LABELS)), re.IGNORECASE)
_AFTER_LABEL = re.compile(r"\s{0,6}[:：]\s*|\s?[/／|｜@]\s?|[\]】]\s*[:：]?\s*")
# Labels that carry a value without a sign behind them.
_UNSIGNED = {
    "published_at": re.compile(r".*于$|posted.*|published.*|发布", re.IGNORECASE),
    "updated_at": re.compile(r".*于$|更新|.*updated.*", re.IGNORECASE),
    "source": re.compile(r"来自|.*来源于|.*来源自|转自|转载自|原载(?:于)?"),
    "author": re.compile(r"by|written by|原创|楼主|作者", re.IGNORECASE),
    "": re.compile(r".*于$"),
}
ROLE = (
    rf"(?:(?:[{HAN}]{{1,10}}(?:报|网|社|台|刊|在线|客户端|频道|传媒|融媒(?:体中心)?)|本报|本刊|本网|本台|本站|全媒体|融媒体))?"
    rf"(?:首席|高级|资深|见习|实习|特约|特派|驻[{HAN}]{{2,6}}|全媒体|融媒体?|小|文字|摄影)?(?:记者|通讯员|实习生|评论员|特约撰稿人|特约作者|学生记者|通联|采访人员|摄影师)"
)
_ROLED = re.compile(rf"(?P<role>{ROLE})\s*[:：]?\s*")
_GIVEN = rf"[{HAN}·•]"
NAMES = rf"{_GIVEN}{{2,4}}(?:[\s、，,/／]{{1,3}}{_GIVEN}{{2,4}}){{0,7}}"
_NAME = re.compile(rf"(?:{_GIVEN}{{1,10}}·{_GIVEN}{{1,10}}|{_GIVEN}\s{_GIVEN}(?!{_GIVEN})|{_GIVEN}{{2,4}})(?![{HAN}])")
_EDITOR_NAME = re.compile(rf"[{HAN}·]{{2,5}}(?:[_\-(（]?\w{{1,10}}[)）]?)?|\w{{2,16}}")
_PICTURES = re.compile(r"[\s(（]{0,3}(?:文\s?[/／、]?\s?(?:图|摄影?|并?摄)|图\s?[/／、]?\s?文|摄影报道|文)[)）]?(?=[\s|｜/／]|$)")
_REPORTS = re.compile(
    rf"\s?[/／]?\s?(?:[{HAN}]{{2,12}}?(?:\d{{1,2}}月)?(?:\d{{1,2}}日)?(?:综合|专题|连线)?(?:报道|报导|电|讯|专电|外电)|(?:综合|专题|连线)(?:报道|报导)|编译|整理)(?=[\s|｜]|$)"
)
_CHANGED = {"affiliation": "author_role"}

_COUNTED = (
    r"(?:浏览|阅读|点击|访问|查看|人气|评论|跟贴|跟帖|参与"
    r"|分享|收藏|点赞|举报|打印|字号|字体|回复|回帖|转发|热度|推荐|喜欢|在看|播放|下载|字数|阅)"
)
_NOISE = re.compile(
    rf"{_COUNTED}(?:次数|人数|数|量)?\s{{0,2}}[:：]?\s{{0,2}}(?:[\[【(（]\s?[^\]】)）]{{0,24}}[\]】)）]|[\d.,]+\s?[万千wWkK]?\+?\s?[次人条个字]?)?(?:(?![{HAN}])|(?={_COUNTED}))"
    r"|\d+\s?(?:人参与|次阅读|人阅读|人浏览|次浏览|条评论|条回复|个回复|评论|次点击|次|人|条|楼|字|赞)(?![\u4e00-\u9fff])"
    r"|我有话说.{0,14}|我要(?:评论|纠错|分享|投稿|留言)|[\[【(（]?\s?[大中小](?:[\s|｜/]{0,3}[大中小]){1,2}\s?[\]】)）]?|[大中小](?![\u4e00-\u9fff])"
    r"|[\[【]?(?:关闭|收藏|打印|打印本[页文]|复制链接|只看(?:该作者|楼主|TA|大图)|倒序(?:浏览|看帖)|正序浏览|电梯直达|显示全部楼层|字体(?:大小)?|字号|放大|缩小|默认|分享到?|举报|纠错|保存|返回|关注|\+关注|订阅|编辑|删除|引用|转载|置顶|精华"
    r"|原创|已关注|听新闻|听全文|语音播报|朗读|播报|全文|扫一扫|手机(?:看|版|阅读)|微信|微博|QQ空间|朋友圈|我的评论|网友评论|查看原文|投诉|进入论坛|阅读模式)[\]】]?(?=[\s|｜/／\[【(（:：]|$)[:：]?"
    r"|(?:刚刚|昨天|今天|前天|昨日|今日|前日|昨|今)\s?(?:[上下]午|早上|晚上|凌晨)?\s?(?:\d{1,2}[:：]\d\d(?:[:：]\d\d)?)?(?![\u4e00-\u9fff])|\d+\s?(?:秒|分钟|小时|天|日|周|个月|年)[之以]?前(?![\u4e00-\u9fff])"
    r"|来自\s?(?:手机|电脑|iPhone|iPad|Android|安卓|网页|微博|[\u4e00-\u9fff]{0,8}客户端)\S{0,12}|(?:发表于|IP属地[:：]?|来自)(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)(?![\u4e00-\u9fff])"
    r"|(?:\d{4}年)?\s?第\s?\d{1,4}\s?期(?:总第\s?\d+\s?期)?|总第\s?\d+\s?期|农历[\u4e00-\u9fff]{2,10}|(?:星期|周)[一二三四五六日天](?![\u4e00-\u9fff])|今日视点"
    r"|[#＃]\d+(?:楼)?|\d{1,4}楼|[一二三四]层|views?|comments?|reply|edit",
    re.IGNORECASE,
)
EDITION = re.compile(
    rf"(?:第\s?)?(?P<n>[A-Za-z]?\d{{1,3}}|[一二三四五六七八九十]{{1,3}})\s?版(?:\s?[:：]?\s?[{HAN}·]{{2,8}}|\s?\([{HAN}]{{2,8}}\))?(?=[\s|｜)）]|$)"
)
_DOCUMENT_NO = re.compile(rf"[{HAN}]{{1,12}}(?:[{HAN}]|\s)?[〔\[【(（]\s?(?:19|20)\d\d\s?[〕\]】)）]\s?(?:第\s?)?\d{{1,5}}\s?号")
_BY_AT = re.compile(rf"(?P<name>[\w·{HAN}-]{{2,16}})\s+(?:于|发表于|发布于)\s*")  # a blog's own line: name, then when
_URL = re.compile(r"https?://[^\s，。；、）)】\]》\u4e00-\u9fff]{4,300}", re.IGNORECASE)
_ADDRESS_LABEL = re.compile(
    r"(?P<own>(?:本文|文章|永久|固定|本页|页面|原创)(?:的)?(?:永久|固定)?(?:地址|链接|网址|URL)|网\s?址|链\s?接|URL)"
    r"|(?P<other>(?:原文|转载|来源|出处|稿件)(?:的)?(?:地址|链接|网址|出处)?)",
    re.IGNORECASE,
)
_SIGN = re.compile(
    r"(?:19|20)\d\d|[一二][九〇零○]|民[国國]|[:：/／|｜@]|来自|来源|作者|原创|记者|通讯员|于|版|号|https?|by|posted|\d[-/]\d", re.IGNORECASE
)
_SEPARATORS = " \t\u3000\xa0|｜丨/／-—·•[]【】()（）<>〈〉:：,，;；■□◎●◆▲★☆△▪"
_NOBODY = re.compile(
    "(?:系统|网站|超级)?管理员|admin\\w*|匿名|佚名|无|未知|不详|(?:网络|互联网)(?:转载|整理|收集|来源)?|(?:会员|网友|用户)(?:上传|投稿|分享)?",
    re.IGNORECASE,
)
_COUNTER = re.compile(rf"{_COUNTED}(?:次数|人数|数|量)?\s{{0,2}}[:：]")
_GAP = re.compile(r"[\s、，,/／]{1,3}")
_PLACED_AFTER = re.compile(r"\s?(?:发布|发表|出版|讯|刊|更新)(?=[\s|｜]|\d|$)")
_BUTTON = re.compile(r"\s*(?:举报|纠错|打印(?:本[页文])?|收藏本[页文]|我要(?:评论|分享|纠错))\Z")
_WORD = re.compile(r"[^\s、,，;；/／|｜&()（）\[\]【】]+")
_BRACKETED = re.compile(rf"\s?[(（](?P<role>[{HAN}·、，]{{2,40}})[)）]")
_LATIN_GAP = re.compile(r" (?=[A-Za-z0-9&])")
_TO_ADDRESS = re.compile(r"\s*[:：]\s*(?=https?://)", re.IGNORECASE)
_NEXT_LABEL = re.compile(r"(?:[,，;；)）\]】]\s?|(?<=[^\s]))(?=作者|编辑|责编|责任编辑|来源|时间|日期|发布时间)")
_GLUED = tuple(
    re.compile(rf"[{HAN}]{{{size}}}(?=[{HAN}]{{2,8}}?(?:\d{{1,2}}[日号])?(?:综合)?(?:专?电|报导|报道|摄))") for size in (3, 2, 4)
)
_ITEM = re.compile(r"[^\s|｜丨]+")
_SENTENCE = re.compile(r"[,，、;；!！?？“”…。]|\.\.")


def read_credits(line: str, empty: bool = False) -> list[Found] | None:
    """
    The values of a credit line, by place; None where any part of it is something else, or where it says nothing.

    With `empty` a line whose labels carry no value that is kept (有效性：有效) is one too, and gives [].
    """
    if len(line) > LONGEST or "。" in line or not _SIGN.search(line):
        return None
    if hit := read_moment(line, len(line) - len(line.lstrip("(（ ")), labelled=True):
        if not line[hit[1] :].strip(" )）"):  # a date alone needs no label
            return [Found(hit[0], hit[1], "published_at", hit[2].iso, LABELLED if "T" in hit[2].iso else SHAPED)]
    found: list[Found] = []
    known = [False]  # whether anything but bare words was read
    at = 0
    while at < len(line):
        if line[at] in _SEPARATORS:
            at += 1
            continue
        stop = _item(line, at, found, known)
        if stop is None or stop <= at:
            return None
        at = stop
    if not known[0] or not found:
        return [] if empty and not found and _LABEL.match(line) and not _NOISE.match(line) else None
    if line[:6].lower() == "posted":  # a blog's: whoever stands on this line wrote it
        found = [Found(f.start, f.stop, "author", f.value, SHAPED) if f.field == "unnamed" else f for f in found]
    return sorted(found, key=lambda f: f.start)


def read_label(line: str) -> str | None:
    """The field that a line names which is nothing but a label (发文字号：); '' for a label whose value is not kept."""
    bare = line.rstrip(" :：\u3000")
    m = _LABEL.fullmatch(bare)
    if m is None or (bare == line and len(re.sub(r"\s", "", bare)) < 3):
        return None
    return _LABELS[int(m.lastgroup[1:])][0]


def read_value(line: str, field: str) -> list[Found] | None:
    """The values of a line whose label stood in the line above."""
    found: list[Found] = []
    stop = _value(line, 0, field, field, found)
    return found if stop is not None and not line[stop:].strip(_SEPARATORS) else None


def read_names(text: str, start: int, stop: int, field: str = "author") -> list[Found] | None:
    """Names with their roles in a bracket (记者 张三 通讯员 李四); None where anything else stands in it."""
    found: list[Found] = []
    at = start
    while at < stop:
        if text[at] in _SEPARATORS or text[at] == "、":
            at += 1
            continue
        after = _roled(text[:stop], at, found)
        if after is None:
            return None
        at = after
    return [f if f.field != "author" else Found(f.start, f.stop, field, f.value, f.confidence) for f in found] or None


def _item(line: str, at: int, found: list[Found], known: list[bool]) -> int | None:
    """Read one item at a place; returns where it ends."""
    if hit := read_moment(line, at):
        start, stop, when = hit
        if "T" not in when.iso and not _free(line, stop):
            return None
        if any(f.field == "published_at" for f in found):
            return stop
        found.append(Found(start, stop, "published_at", when.iso, LABELLED if "T" in when.iso else SHAPED))
        known[0] = True
        after = _PLACED_AFTER.match(line, stop)
        return after.end() if after else stop
    if (m := _URL.match(line, at)) is not None:
        found.append(Found(m.start(), m.end(), "source_url", m[0], SHAPED))
        return m.end()
    label = _label(line, at)
    if label is not None:
        field, value_at = label
        known[0] = known[0] or field != ""
        return _value(line, value_at, field, line[at:value_at], found)
    if (m := _NOISE.match(line, at)) is not None and m.end() > at:
        return m.end()
    if (m := EDITION.match(line, at)) is not None:
        found.append(Found(m.start("n"), m.end("n"), "edition", m["n"], SHAPED))
        known[0] = True
        return m.end()
    if (m := _DOCUMENT_NO.match(line, at)) is not None:
        found.append(Found(m.start(), m.end(), "document_no", m[0], SHAPED))
        return m.end()
    if (stop := _roled(line, at, found)) is not None:
        known[0] = True
        return stop
    if (m := MONTH_DAY.match(line, at)) is not None and m["H"] and _free(line, m.end()):
        known[0] = True  # a month and a day without a year: no date, but a date line
        return m.end()
    if (m := _REPORTS.match(line, at)) is not None and found:
        return m.end()
    if (m := _BY_AT.match(line, at)) is not None and read_moment(line, m.end()):
        found.append(Found(m.start("name"), m.end("name"), "author", m["name"], SHAPED))
        return m.end()
    return _bare(line, at, found)


def _free(line: str, at: int) -> bool:
    """Whether an item may end here: a date that a word follows at once is part of a sentence."""
    return at >= len(line) or not re.match(rf"[{HAN}](?<!发)(?<!来)(?<!出)(?<!更)(?<!刊)", line[at])


def _label(line: str, at: int) -> tuple[str, int] | None:
    """The field of the label at a place, and where its value begins."""
    if (m := _ADDRESS_LABEL.match(line, at)) and (sign := _TO_ADDRESS.match(line, m.end())):
        return ("url" if m["own"] else "source_url"), sign.end()
    m = _LABEL.match(line, at)
    if m is None:
        return None
    field = _LABELS[int(m.lastgroup[1:])][0]
    sign = _AFTER_LABEL.match(line, m.end())
    if sign is not None:
        if sign[0].strip() in ("/", "／") and field not in ("author", "photographer", "editor", "translator"):
            return None
        return field, sign.end()
    after = line[m.end() :].lstrip()
    if (plain := _UNSIGNED.get(field)) and plain.fullmatch(m[0]) and (after or field == ""):
        if field in ("published_at", "updated_at") and not read_moment(after) and not MONTH_DAY.match(after):
            return None
        if field == "author" and m[0] == "作者" and not is_known_name((after.split() or [""])[0].rstrip("，,")):
            return None
        return field, len(line) - len(after)
    if field in ("editor", "photographer", "author", "translator") and line[m.end() : m.end() + 1].isspace():
        first = (after.split() or [""])[0]
        if is_known_name(first) and len(m[0]) > 1:
            return field, len(line) - len(after)
    if field in ("photographer", "editor") and len(m[0]) >= 2 and (name := _NAME.match(line, m.end())) and is_known_name(name[0]):
        return field, m.end()
    return None


def _value(line: str, at: int, field: str, label: str, found: list[Found]) -> int | None:
    """Read what a label announces; returns where it ends."""
    while at < len(line) and line[at] in " \t\u3000\xa0:：":
        at += 1
    if at >= len(line) or (at + 1 < len(line) and field != "title" and (_label(line, at) is not None or _COUNTER.match(line, at))):
        return at  # a label without a value
    if field in ("published_at", "updated_at", "written_on"):
        hit = read_moment(line, at, labelled=True)
        if hit is None:
            m = MONTH_DAY.match(line, at) or _NOISE.match(line, at)
            return m.end() if m else None
        if not any(f.field == field for f in found) or (field == "published_at" and _outranks(found)):
            found.append(Found(hit[0], hit[1], field, hit[2].iso, ISSUED if label.startswith(("发文", "公布")) else LABELLED))
        return hit[1]
    if field in ("url", "source_url"):
        m = _URL.match(line, at)
        if m is None:
            return None
        found.append(Found(m.start(), m.end(), field, m[0], LABELLED))
        return m.end()
    if field in ("author", "editor", "photographer", "interviewee", "translator"):
        return _people(line, at, field, label, found)
    if field == "edition" and (m := EDITION.match(line, at)):
        found.append(Found(m.start("n"), m.end("n"), field, m["n"], LABELLED))
        return m.end()
    if field == "keywords":
        words = [m for m in re.finditer(r"[^\s;；,，、|｜]+", line[at:])]
        if len(words) > 15 or any(len(m[0]) > 20 for m in words):
            return None
        found += [Found(at + m.start(), at + m.end(), field, m[0], LABELLED) for m in words]
        return len(line)
    stop = _value_end(line, at, field)
    start, stop = _trim(line, at, stop)
    if stop - start > (120 if field in ("title", "original_title") else _LONGEST_VALUE) or (
        field == "source" and _SENTENCE.search(line[start:stop])
    ):
        return None
    if field and stop > start:
        named = _glued_button(line, start, stop) if field == "source" else stop
        found.append(Found(start, named, _CHANGED.get(field, field), line[start:named], LABELLED))
    return stop


def _glued_button(line: str, start: int, stop: int) -> int:
    """Where a medium's name ends that a page's button follows without a blank (来源: 晨报举报), as 网易 renders it."""
    button = _BUTTON.search(line, start, stop)
    return button.start() if button and len(line[start : button.start()].strip()) >= 2 else stop


def _outranks(found: list[Found]) -> bool:
    """Whether the date that stands is a bare one, which a labelled date replaces."""
    for i, f in enumerate(found):
        if f.field == "published_at":
            if f.confidence >= LABELLED:
                return False
            del found[i]
            return True
    return True


def _value_end(line: str, at: int, field: str) -> int:
    """Where a value of words ends: at a bar, a gap, or the next label; Latin words go on over single blanks."""
    if field in ("title", "original_title"):
        return len(line)
    if line[at] in "《“" and (close := line.find({"《": "》", "“": "”"}[line[at]], at)) > 0:
        return close + 1
    stop = at
    while m := _ITEM.match(line, stop):
        stop = m.end()
        gap = _LATIN_GAP.match(line, stop)
        if gap is None or not re.match(r"[A-Za-z0-9&.]", line[stop - 1]) or read_moment(line, gap.end()) or _label(line, gap.end()):
            break
        stop = gap.end()
    for m in _NEXT_LABEL.finditer(line[at:stop]):
        if m.start() and _label(line, at + m.end()):
            return at + m.start()
    return stop


def _people(line: str, at: int, field: str, label: str, found: list[Found]) -> int | None:
    """Names behind a label, until something else begins; a role among them goes with its name."""
    first, said = len(found), False
    while at < len(line):
        if line[at] in _SEPARATORS + "、&和":
            if line[at] in "|｜" and said:
                break
            at += 1
            continue
        if said and (read_moment(line, at) or _label(line, at) or _NOISE.match(line, at)):
            break
        if field == "author" and _ROLED.match(line, at) and (stop := _roled(line, at, found)) is not None:
            at, said = stop, True
            continue
        if (m := _PICTURES.match(line, at)) is not None:
            at = m.end()
            continue
        if (m := _NOISE.match(line, at)) is not None and m.end() - at > 1:
            at = m.end()
            continue
        if read_moment(line, at):
            break
        m = _WORD.match(line, at)
        if m is None:
            return None
        word = m[0]
        if field == "editor":
            good = _EDITOR_NAME.fullmatch(word) is not None
        elif not said:
            good = len(word) <= 16 and not _SENTENCE.search(word)
        else:
            good = is_person(word) or is_known_name(word)
        if not good:
            if not said:
                return None
            break
        if field == "author" and word.endswith(("报道", "报导", "电")) and len(found) > first:
            at = m.end()
            continue
        if _NOBODY.fullmatch(word):
            at, said = m.end(), True
            continue
        sure = LABELLED if field == "editor" or len(word) <= 8 or is_known_name(word) else SHAPED
        found.append(Found(m.start(), m.end(), field, word, sure))
        at, said = m.end(), True
        bracket = _BRACKETED.match(line, at)
        if bracket and field in ("author", "interviewee"):
            if field == "author":
                found.append(Found(bracket.start("role"), bracket.end("role"), "author_role", bracket["role"], SHAPED))
            at = bracket.end()
    if len(found) > first and field == "author" and label.strip(" :：").startswith(("采访者", "记者")) and len(label.strip()) >= 2:
        m = re.match(r"\s*(采访者|记者)", label)
        if m and (where := line.find(m[1])) >= 0:
            found.append(Found(where, where + len(m[1]), "author_role", m[1], SHAPED))
    return at


def _roled(line: str, at: int, found: list[Found]) -> int | None:
    """A role and the names behind it: 记者 张三 李四, 本报记者张三 文/图, 记者张三／台北报导."""
    m = _ROLED.match(line, at)
    if m is None:
        return None
    place = m.end()
    names: list[Found] = []
    while place < len(line):
        gap = _GAP.match(line, place) if names else None
        if names and gap is None:
            break
        start = gap.end() if gap else place
        if names and (_ROLED.match(line, start) or _label(line, start)):
            break
        name = _NAME.match(line, start)
        if name is None or not (
            is_known_name(name[0].replace(" ", "")) or (not names and ":" in m[0].replace("：", ":") and len(name[0]) <= 4)
        ):
            if names or (name := _glued(line, start)) is None:
                break
        names.append(Found(name.start(), name.end(), "author", name[0], SHAPED))
        place = name.end()
    if not names:
        return None
    found.append(Found(m.start("role"), m.end("role"), "author_role", m["role"], SHAPED))
    found += names
    for rest in (_PICTURES, _REPORTS):
        if tail := rest.match(line, place):
            place = tail.end()
    return place


def _glued(line: str, at: int) -> re.Match[str] | None:
    """A name with a place and 电 or 报导 glued behind it (林小满台北20日电): the longest usual name that leaves a place."""
    for pattern in _GLUED:
        m = pattern.match(line, at)
        if m and is_known_name(m[0]):
            return m
    return None


def _bare(line: str, at: int, found: list[Found]) -> int | None:
    m = _ITEM.match(line, at)
    if m is None:
        return None
    stop = m.end()
    if (glued := DATE.search(line, at + 1)) and glued.start() < stop and glued["H"] and glued.start() <= 12:
        stop = glued.start()  # a name with date and clock right behind it
    for sign in "[【(（":
        if (cut := line.find(sign, at + 1, stop)) > 0:
            stop = min(stop, cut)
    start, end = _trim(line, at, stop)
    word = line[start:end]
    if not word or word.isdigit():
        return stop
    if len(word) > 20 or _SENTENCE.search(line[at:stop].strip("《》")) or len(found) > 8:
        return None
    if re.search("[:：]", word):
        return stop  # a label that is not known, with its value: no name
    kind = "source" if word.startswith("《") or is_outlet(word) else "author" if is_known_name(word) else "unnamed"
    found.append(Found(start, end, kind, word, SHAPED if kind == "source" else PLACED))
    return stop


def _trim(line: str, start: int, stop: int) -> tuple[int, int]:
    while start < stop and line[start] in _SEPARATORS:
        start += 1
    while stop > start and line[stop - 1] in _SEPARATORS and not (line[stop - 1] in ")）" and re.search("[(（]", line[start:stop])):
        stop -= 1
    return start, stop
