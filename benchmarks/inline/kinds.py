"""Kinds of dirt that stand between the characters of a text. Each: (rng, paragraphs) -> (lines, pieces that must leave)."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from itertools import pairwise

import rjieba
from pypinyin import Style, lazy_pinyin, pinyin

Soiled = tuple[list[str], list[str]]
Kind = Callable[[random.Random, list[str]], Soiled]
_HAN = re.compile("[\u4e00-\u9fff]")
_PAUSE = re.compile("[，；、]")
_STOP = re.compile("[。；！？](?=.)")

SITES = "墨池阁 归雁亭 小满书屋 梧桐里 半亩方塘 听涛轩 晓风资料站 竹溪文档 拾穗园 万卷楼".split()
HOSTS = "mochige guiyan xiaoman5 wutongli banmu88 tingtao zhuxidoc shisui wanjuan".split()


def _each_char(rng: random.Random, paragraphs: list[str], spell: Callable[[str], str], chars: int = 30, share: float = 1.0) -> Soiled:
    han = sorted({c for p in paragraphs for c in p if _HAN.match(c)})
    chosen = set(rng.sample(han, min((len(han) + 1) // 2, chars)))  # where all of them are annotated, a reader looks no other
    pieces: list[str] = []

    def one(m: re.Match[str]) -> str:
        if m[0] not in chosen or rng.random() > share:
            return m[0]
        gloss = m[0] + spell(m[0])
        pieces.append(gloss)
        return gloss

    return [_HAN.sub(one, p) for p in paragraphs], sorted(set(pieces))


def _tone(char: str) -> str:
    return pinyin(char, style=Style.TONE)[0][0]


def gloss_digit(rng: random.Random, paragraphs: list[str]) -> Soiled:
    return _each_char(rng, paragraphs, lambda c: f"({pinyin(c, style=Style.TONE3, neutral_tone_with_five=True)[0][0]})")


def gloss_v(rng: random.Random, paragraphs: list[str]) -> Soiled:
    return _each_char(rng, paragraphs, lambda c: f"（{pinyin(c, style=Style.NORMAL, v_to_u=False)[0][0]}）", 60)


def gloss_brackets(rng: random.Random, paragraphs: list[str]) -> Soiled:
    left, right = rng.choice(("【】", "〔〕", "［］", "〈〉", "{}", "「」", "<>", "[]"))
    return _each_char(rng, paragraphs, lambda c: f"{left}{_tone(c)}{right}")


def gloss_blank(rng: random.Random, paragraphs: list[str]) -> Soiled:
    shape = rng.choice(("( {} )", " ({})", "（ {}）", "(\u3000{}\u3000)", "( {})"))
    return _each_char(rng, paragraphs, lambda c: shape.format(_tone(c)))


def gloss_word(rng: random.Random, paragraphs: list[str]) -> Soiled:
    """A reading of a whole word behind it."""
    words = sorted({w for p in paragraphs for w in rjieba.cut(p) if len(w) in (2, 3) and all(map(_HAN.match, w))})
    chosen = set(rng.sample(words, min(len(words), 25)))
    joint, style = rng.choice((" ", "", "'", "-")), rng.choice((Style.TONE, Style.TONE, Style.NORMAL))
    pieces: set[str] = set()

    def spell(word: str) -> str:
        if word not in chosen:
            return word
        gloss = f"{word}({joint.join(lazy_pinyin(word, style=style))})"
        pieces.add(gloss)
        return gloss

    return ["".join(map(spell, rjieba.cut(p))) for p in paragraphs], sorted(pieces)


def gloss_sparse(rng: random.Random, paragraphs: list[str]) -> Soiled:
    return _each_char(rng, paragraphs, lambda c: f"({_tone(c)})", 6)


def gloss_patchy(rng: random.Random, paragraphs: list[str]) -> Soiled:
    """Only some of a character's occurrences are annotated."""
    return _each_char(rng, paragraphs, lambda c: f"({_tone(c)})", 40, 0.6)


def gloss_emoji(rng: random.Random, paragraphs: list[str]) -> Soiled:
    sign = rng.choice("😀🌸✨👍")
    return _each_char(rng, paragraphs, lambda c: rng.choice((f"({_tone(c)}{sign})", f"{sign}({_tone(c)})", f"({sign}{_tone(c)})")))


def gloss_plain(rng: random.Random, paragraphs: list[str]) -> Soiled:
    return _each_char(rng, paragraphs, lambda c: f"({_tone(c)})", 25)


def _insert(rng: random.Random, paragraphs: list[str], marks: Callable[[], str], where: str, share: float = 0.5) -> Soiled:
    lines, pieces = [], []
    for text in paragraphs:
        mark = marks()
        if rng.random() > share or len(text) < 20:
            lines.append(text)
            continue
        places = {
            "stop": [m.end() for m in _STOP.finditer(text)],
            "pause": [m.end() for m in _PAUSE.finditer(text)],
            "any": list(range(6, len(text) - 6)),
            "end": [len(text)],
        }[where]
        if not places:
            lines.append(text)
            continue
        at = rng.choice(places)
        lines.append(text[:at] + mark + text[at:])
        pieces.append(mark.strip())
    return lines, pieces


def mark_address(rng: random.Random, paragraphs: list[str]) -> Soiled:
    """One site's address, with or without its name, at pauses."""
    host = f"{rng.choice(HOSTS)}.{rng.choice(('com', 'cn', 'net', 'org', 'com.cn'))}"
    mark = rng.choice((f"www.{host}", f"http://www.{host}/", f"({host})", f"【www.{host}】", f"{rng.choice(SITES)}www.{host}", host))
    return _insert(rng, paragraphs, lambda: mark, rng.choice(("stop", "pause", "end")))


def mark_address_anywhere(rng: random.Random, paragraphs: list[str]) -> Soiled:
    mark = f"www.{rng.choice(HOSTS)}.{rng.choice(('com', 'cc', 'net'))}"
    return _insert(rng, paragraphs, lambda: mark, "any")


def mark_account(rng: random.Random, paragraphs: list[str]) -> Soiled:
    site = rng.choice(SITES)
    shape = rng.choice(("关注公众号{}", "微信公众号：{}", "（微信搜索“{}”）", "@{}", "[公众号{}]", "#公众号：{}#", "微信搜{}看更多"))
    return _insert(rng, paragraphs, lambda: shape.format(site), rng.choice(("stop", "stop", "end")))


def mark_serial(rng: random.Random, paragraphs: list[str]) -> Soiled:
    """The same phrase with another number each time."""
    site = rng.choice(SITES)
    shape = rng.choice(("{}编号{}", "[{}:{}]", "（{}ID{}）", "{} No.{} "))
    return _insert(rng, paragraphs, lambda: shape.format(site, rng.randint(10000, 999999)), rng.choice(("stop", "end")))


def mark_spaced(rng: random.Random, paragraphs: list[str]) -> Soiled:
    mark = " ".join(rng.choice(SITES)) + rng.choice((" 首 发", " 整 理", "", " w w w"))
    return _insert(rng, paragraphs, lambda: rng.choice((f" {mark} ", f" {mark}")) if rng.random() < 2 else "", rng.choice(("stop", "end")))


def mark_variants(rng: random.Random, paragraphs: list[str]) -> Soiled:
    site, host = rng.choice(SITES), rng.choice(HOSTS)
    shapes = [
        f"（{site}）",
        f"【{site}整理】",
        f"{site}www.{host}.com",
        f"—{site}",
        f"[{site}首发]",
        f"更多内容见{site}",
        f"({site},{host}.com)",
    ]
    some = rng.sample(shapes, 3)
    return _insert(rng, paragraphs, lambda: rng.choice(some), rng.choice(("stop", "end")), 0.7)


def mark_sentence(rng: random.Random, paragraphs: list[str]) -> Soiled:
    site = rng.choice(SITES)
    mark = rng.choice(
        (
            f"（更多内容请访问{site}）",
            f"本资料由{site}整理提供，",
            f"[此文转于{site}]",
            f"（文章摘自{site}）",
            f"本文由{site}收集整理。",
            f"欢迎访问{site}！",
            f"{site}为您提供。",
        )
    )
    return _insert(rng, paragraphs, lambda: mark, "stop")


def mark_wide(rng: random.Random, paragraphs: list[str]) -> Soiled:
    host = f"www.{rng.choice(HOSTS)}.com"
    mark = rng.choice(
        ("".join(chr(ord(c) + 0xFEE0) for c in host), " ".join(host), host.upper(), host.replace(".", "。"), host.replace(".", " ."))
    )
    return _insert(rng, paragraphs, lambda: mark, rng.choice(("stop", "end")))


def _wrap(text: str, width: int, first: str = "", rest: str = "", tail: str = "") -> list[str]:
    lead = width - len(first) + len(rest)
    rows = [text[:lead]] + [text[k : k + width] for k in range(lead, len(text), width)]
    rows = [r for r in rows if r]
    return [(first if i == 0 else rest) + row + (tail if i < len(rows) - 1 else "") for i, row in enumerate(rows)]


def _wrapped(paragraphs: list[str], width: int, gap: bool, **how: str) -> Soiled:
    lines, pieces = [], []
    for text in paragraphs:
        rows = _wrap(text, width, **how)
        pieces += [f"{a.strip()[-4:]}\n{b.strip()[:4]}" for a, b in pairwise(rows)]
        lines += [*rows, ""] if gap else rows
    return lines, pieces


def wrap_gap(rng: random.Random, paragraphs: list[str]) -> Soiled:
    return _wrapped(paragraphs, rng.randint(20, 40), True)


def wrap_indent(rng: random.Random, paragraphs: list[str]) -> Soiled:
    return _wrapped(paragraphs, rng.randint(20, 40), False, first=rng.choice(("　　", "    ")))


def wrap_plain(rng: random.Random, paragraphs: list[str]) -> Soiled:
    return _wrapped(paragraphs, rng.randint(20, 40), False)


def wrap_blank(rng: random.Random, paragraphs: list[str]) -> Soiled:
    """All lines indented alike, blanks at their ends."""
    return _wrapped(paragraphs, rng.randint(24, 40), True, first="  ", rest="  ", tail=rng.choice(("", " ", "  ")))


def wrap_ragged(rng: random.Random, paragraphs: list[str]) -> Soiled:
    """Broken by columns: Latin letters and digits are half as wide, and no line begins with a sign of pause."""
    width, lines, pieces = rng.randint(44, 80), [], []
    for text in paragraphs:
        rows, row, wide = [], "", 0
        for c in text:
            step = 1 if c < "\x80" else 2
            if wide + step > width and c not in "，。、；：！？”）》":
                rows.append(row)
                row, wide = "", 0
            row += c
            wide += step
        rows.append(row)
        pieces += [f"{a[-4:]}\n{b[:4]}" for a, b in pairwise(rows)]
        lines += [*rows, ""]
    return lines, pieces


def blank_single(rng: random.Random, paragraphs: list[str]) -> Soiled:
    """One blank between two Han characters of a sentence."""
    blank = rng.choice((" ", "\u3000", "\xa0", "\u2002"))
    lines, pieces = [], []
    for text in paragraphs:
        places = [m.start() for m in re.finditer("(?<=[\u4e00-\u9fff]{4})(?=[\u4e00-\u9fff]{4})", text)]
        if len(text) < 40 or not places or rng.random() < 0.4:
            lines.append(text)
            continue
        at = rng.choice(places)
        lines.append(text[:at] + blank + text[at:])
        pieces.append(text[at - 3 : at] + blank + text[at : at + 3])
    return lines, pieces


def blank_all(rng: random.Random, paragraphs: list[str]) -> Soiled:
    blank = rng.choice((" ", "\u3000", "\xa0", "\u2009"))
    lines, pieces = [], []
    for text in paragraphs:
        if rng.random() < 0.5 or " " in text or re.search("[A-Za-z]", text):
            lines.append(text)
        else:
            lines.append(blank.join(text))
            pieces.append(blank.join(text[:8]))
    return lines, pieces


def invisible(rng: random.Random, paragraphs: list[str]) -> Soiled:
    pool = rng.choice(
        (
            "\u200b\u200c",
            "\u2063\u2062\u2061",
            "\u00ad",
            "\u202d\u2068\u2069",
            "\u034f\u3164\uffa0",
            "\u115f\u1160",
            "\U000e0041\U000e0101",
            "\u206a\u206f",
            "\u180b\u180e",
            "\ufe00\ufe0e",
        )
    )
    lines, pieces = [], []
    for text in paragraphs:
        row = "".join(c + (rng.choice(pool) if _HAN.match(c) and rng.random() < 0.1 else "") for c in text)
        lines.append(row)
        pieces += {row[max(0, m.start() - 2) : m.end() + 1] for m in re.finditer(f"[{pool}]+", row)}
    return lines, pieces


def _tokens(rng: random.Random, paragraphs: list[str], put: Callable[[str], tuple[str, list[str]]], share: float = 0.6) -> Soiled:
    lines, pieces = [], []
    for text in paragraphs:
        if rng.random() > share:
            lines.append(text)
            continue
        row, found = put(text)
        lines.append(row)
        pieces += found
    return lines, pieces


def entity_double(rng: random.Random, paragraphs: list[str]) -> Soiled:
    table = {
        "“": "&amp;ldquo;",
        "”": "&amp;rdquo;",
        "《": "&amp;#12298;",
        "》": "&amp;#12299;",
        "、": "&#x3001;",
        "·": "&amp;middot;",
        "—": "&amp;mdash;",
    }
    lead = rng.choice(
        (
            "&amp;nbsp;&amp;nbsp;&amp;nbsp;&amp;nbsp;",
            "&amp;amp;emsp;",
            "&nbsp&nbsp&nbsp",
            "&#xA0;&#xA0;",
            "&amp;#12288;&amp;#12288;",
            "& nbsp;& nbsp;",
        )
    )

    def put(text: str) -> tuple[str, list[str]]:
        row = "".join(table.get(c, c) for c in text)
        return lead + row, [lead, *{table[c] for c in text if c in table}]

    return _tokens(rng, paragraphs, put)


def entity_numeric(rng: random.Random, paragraphs: list[str]) -> Soiled:
    """A stretch of a paragraph, or the whole of it, spelt in character references."""
    shape = rng.choice(("&#{0};", "&#x{0:x};", "&amp;#{0};", "&#{0:05}"))

    def put(text: str) -> tuple[str, list[str]]:
        a = rng.choice((0, len(text) // 3))
        b = rng.choice((len(text), len(text) // 2))
        spelt = "".join(shape.format(ord(c)) for c in text[a:b])
        return text[:a] + spelt + text[b:], [spelt[:16]]

    return _tokens(rng, paragraphs, put, 0.4)


def escapes(rng: random.Random, paragraphs: list[str]) -> Soiled:
    spell = rng.choice(
        (
            lambda s: "".join(f"\\u{ord(c):04x}" for c in s),
            lambda s: "".join(f"\\\\u{ord(c):04X}" for c in s),
            lambda s: "".join(f"%u{ord(c):04X}" for c in s),
            lambda s: "".join(f"%{b:02X}" for b in s.encode()),
            lambda s: "".join(f"%{b:02x}" for b in s.encode("gb18030")),
            lambda s: "".join(f"\\x{b:02x}" for b in s.encode()),
            lambda s: "".join(f"%25{b:02X}" for b in s.encode()),
            lambda s: "".join(f"\\u{{{ord(c):x}}}" for c in s),
        )
    )

    def put(text: str) -> tuple[str, list[str]]:
        a = rng.choice((0, len(text) // 3))
        b = rng.choice((len(text), len(text) // 2))
        spelt = spell(text[a:b])
        return text[:a] + spelt + text[b:], [spelt[:16]]

    return _tokens(rng, paragraphs, put, 0.4)


def controls(rng: random.Random, paragraphs: list[str]) -> Soiled:
    """Line breaks, tabs and quotes of a string literal."""
    piece = rng.choice(("\\r\\n", "\\n\\n", "\\t", "\\u3000\\u3000", "\\n　　"))
    return _tokens(rng, paragraphs, lambda text: (piece + text, [piece + text[:3]]), 0.7)


CODE = (
    "$(document).ready(function(){ $('.tab').hide(); });",
    'window._bd_share_config={"common":{"bdSnsKey":{},"bdText":"","bdMini":"2"}};with(document)0[(getElementsByTagName(\'head\')[0])];',
    "if(typeof(jQuery)=='undefined'){document.write('<s'+'cript src=\"/js/jq.js\"></s'+'cript>');}",
    "@media screen and (max-width:640px){.side{display:none}}",
    "/* banner end */",
    '<!--[if lt IE 9]><script src="html5.js"></script><![endif]-->',
    "{{ item.title }} {{ item.date | date:'yyyy-MM-dd' }}",
    '<iframe src="//ad.example.com/s.htm" width="300"></iframe>',
    "TABLE.box TD { FONT-SIZE: 12px; LINE-HEIGHT: 20px }",
    "(adsbygoogle = window.adsbygoogle || []).push({});",
    'BAIDU_CLB_fillSlot("108734");',
    'var cpro_id = "u2418777";',
    "p.MsoNormal { margin: 0cm; mso-pagination: none; }",
    "st1\\:*{behavior:url(#ieooui) }",
    '<?xml:namespace prefix = o ns = "urn:schemas-microsoft-com:office:office" />',
    "try{ (function(){ loadAd('right_1', 300, 250); })(); }catch(e){}",
    "showads('content_top');",
    '<link rel="stylesheet" href="/css/a.css">',
    "[img]http://img.example.com/2012/a.jpg[/img]",
    "![](http://img.example.com/2012/a.jpg)",
    "#EditorContent img{max-width:100%!important}",
    '{"code":0,"msg":"ok","data":null}',
)


def code_lines(rng: random.Random, paragraphs: list[str]) -> Soiled:
    lines, pieces = [], []
    for text in paragraphs:
        if rng.random() < 0.4:
            piece = rng.choice(CODE)
            lines.append(piece)
            pieces.append(piece)
        lines.append(text)
    return lines, pieces


def code_tags(rng: random.Random, paragraphs: list[str]) -> Soiled:
    def put(text: str) -> tuple[str, list[str]]:
        how = rng.choice(
            (
                ("<p class='MsoNormal' style='text-indent:24pt'>", "</p>"),
                ("[b]", "[/b]"),
                ("&lt;p&gt;", "&lt;/p&gt;"),
                ("<P align=left><FONT size=3>", "</FONT></P>"),
                ("<span lang=EN-US>", "<o:p></o:p></span>"),
                ("&lt;br /&gt;", ""),
                ("[color=#000000][size=3]", "[/size][/color]"),
                ("<section>", "</section>"),
                ("p>", ""),
            )
        )
        return how[0] + text + how[1], [h for h in how if h]

    return _tokens(rng, paragraphs, put)


UI = (
    "设为首页", "加入收藏", "联系我们", "关于我们", "网站地图", "上一页", "下一页", "返回顶部", "用户登录", "免费注册",
    "找回密码", "热门推荐",
    "版权所有 侵权必究", "打印本页 关闭窗口", "评论 12 条", "搜索", "首页", "请输入验证码", "提交成功！",
    "您的浏览器版本过低", "阅读全文>>", "更多…", "点击：305",
)  # fmt: skip


def misread_ui(rng: random.Random, paragraphs: list[str]) -> Soiled:
    """Words of menus, misread, on lines of their own."""
    break_ = rng.choice(
        (
            lambda s: s.encode().decode("gb18030", "replace"),
            lambda s: s.encode().decode("gbk", "ignore"),
            lambda s: s.encode().decode("gbk", "replace").replace("\ufffd", "?"),
            lambda s: s.encode().decode("latin-1"),
            lambda s: s.encode().decode("cp1252", "ignore"),
            lambda s: s.encode("gbk").decode("latin-1"),
            lambda s: s.encode("gbk").decode("cp1252", "ignore"),
        )
    )
    lines, pieces = [], []
    for text in paragraphs:
        lines.append(text)
        if rng.random() < 0.3:
            broken = break_(rng.choice(UI))
            lines.append(broken)
            pieces.append(broken)
    return lines, pieces


def misread_clause(rng: random.Random, paragraphs: list[str]) -> Soiled:
    """Whole clauses or paragraphs without a loss of bytes: what comes back must be the text."""
    break_ = rng.choice(
        (
            lambda s: s.encode().decode("latin-1"),
            lambda s: s.encode("gb18030").decode("latin-1"),
            lambda s: s.encode("gb18030").decode("cp1252", "strict"),
            lambda s: s.encode().decode("latin-1").encode().decode("latin-1"),
            lambda s: s.encode("gb18030").decode("latin-1").encode().decode("gb18030", "strict"),
            lambda s: s.encode().decode("gb18030", "strict"),
            lambda s: s.encode("gb18030").decode("big5hkscs", "strict"),
        )
    )

    def put(text: str) -> tuple[str, list[str]]:
        try:
            broken = break_(text)
        except UnicodeError:
            return text, []
        return broken, [broken[:12]]

    return _tokens(rng, paragraphs, put, 0.5)


def misread_half(rng: random.Random, paragraphs: list[str]) -> Soiled:
    """GBK text of which one byte is missing: what follows is read from the middle of each character to the next ASCII."""

    def put(text: str) -> tuple[str, list[str]]:
        data = text.encode("gb18030")
        at = 2 * rng.randint(2, max(3, len(text) // 3))
        broken = (data[:at] + data[at + 1 :]).decode("gb18030", "replace")
        same = next((i for i, (a, b) in enumerate(zip(text, broken, strict=False)) if a != b), 0)
        return broken, [broken[same + 1 : same + 7]]

    return _tokens(rng, paragraphs, put, 0.25)


def nothing(rng: random.Random, paragraphs: list[str]) -> Soiled:
    """Clean text stays."""
    return list(paragraphs), []


SHORT: dict[str, Kind] = {
    "gloss, short texts": gloss_plain,
    "gloss by digits, short texts": gloss_digit,
    "gloss in blanks, short texts": gloss_blank,
}
KINDS: dict[str, Kind] = {
    "gloss": gloss_plain,
    "gloss by digits": gloss_digit,
    "gloss toneless with v": gloss_v,
    "gloss in other brackets": gloss_brackets,
    "gloss in blanks": gloss_blank,
    "gloss of words": gloss_word,
    "gloss of few characters": gloss_sparse,
    "gloss here and there": gloss_patchy,
    "gloss with emoji": gloss_emoji,
    "watermark: address": mark_address,
    "watermark: address anywhere": mark_address_anywhere,
    "watermark: account": mark_account,
    "watermark: serial number": mark_serial,
    "watermark: spaced name": mark_spaced,
    "watermark: variants": mark_variants,
    "watermark: sentence": mark_sentence,
    "watermark: wide address": mark_wide,
    "wrap, blank lines": wrap_gap,
    "wrap, indents": wrap_indent,
    "wrap, nothing": wrap_plain,
    "wrap, blanks": wrap_blank,
    "wrap, ragged": wrap_ragged,
    "blank in a clause": blank_single,
    "blank everywhere": blank_all,
    "invisible": invisible,
    "entity, double": entity_double,
    "entity, numeric": entity_numeric,
    "escape": escapes,
    "control escape": controls,
    "code line": code_lines,
    "code tag": code_tags,
    "misread menu": misread_ui,
    "misread clause": misread_clause,
    "misread by half": misread_half,
    "nothing": nothing,
}
