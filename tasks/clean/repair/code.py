"""Scripts and style rules that were left between the lines of a text.

A line is code when it begins as a statement does and holds next to no Chinese, or is a style rule with known properties; what
follows such a line and looks like its continuation goes with it. A text that speaks about programs keeps its examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.text.ledger import CUT, Ledger, Mark
from tasks.text.rule import Rule

_HINTS = (
    "{", "<script", "<style", "<SCRIPT", "<STYLE", "var ", "document.", "window.", ");",
    "<link", "<iframe", "<?xml", "<!--[if", "/*", '">', "?/",
)  # fmt: skip
_ELEMENT = re.compile(
    r"<(script|style|iframe|noscript)\b[^<>\n]{0,300}>.{0,20000}?</\1\s*>|<(?:link|meta|iframe|\?xml)\b[^<>\n]{0,300}>"
    r"|<!--\[if\b.{0,2000}?<!\[endif\]-->",
    re.IGNORECASE | re.DOTALL,
)
# A line of ASCII that calls or assigns and ends as statements do, an object, a comment, a place that a template left empty.
_ASCII_CODE = re.compile(
    r"[ \t]*(?:[\w$.()\[\]|&!= ]{0,60}\(.{0,400}\)[;}\])]+|(?:try|if|for|with|while)\s*[({].*[;})]|[({\[]*[\w$.]+\s*[|&=]+.*[;})]"
    r"|\{\s*\"\w+\"\s*:.*\}|/\*.*\*/|(?:\{\{(?:(?!\}\}(?!\})).){0,80}\}\}[ ,|]*+)+)[ \t]*$"
)
_STATEMENT = re.compile(
    r"[ \t]*(?:[!;(]*function\s*[\w$]*\s*\(|(?:var|let|const)\s+[\w$]+\s*(?:=|;|,)|(?:\$|jQuery)[(.]"
    r"|(?:document|window|console)\.\w+|[\w$.]+\.push\s*\()"
)
_PROPERTY = (
    r"(?:margin|padding|color|font|width|height|display|background|border|position|text|line|float|overflow|z-index|top|left"
    r"|right|bottom|list-style|cursor|opacity|clear|vertical-align|white-space|visibility|max|min|box|behavior|mso|table|word|letter|zoom|filter|align|justify|flex|grid|transition|transform)(?:-[a-z]+)*\s*:"
)
_SELECTOR = r"[ \t]*(?:@media[^{}\n]{0,100}|[.#*a-zA-Z][\w.#*,:>+~\\ \t-]{0,200})"
_STYLE = re.compile(rf"{_SELECTOR}\{{\s*{_PROPERTY}[^{{}}\u3400-\u9fff]*\}}", re.IGNORECASE)
_MEDIA = re.compile(r"[ \t]*@media[^{}\n]{0,100}\{(?:[^{}\u3400-\u9fff]{0,200}\{[^{}\u3400-\u9fff]{0,400}\}\s*)*\}?")
_RULE_BEGINS = re.compile(r"[ \t]*(?:@media\b|[.#][a-zA-Z])[^{}\u3400-\u9fff]*\{[ \t]*$")
_DECLARATION = re.compile(rf"[ \t]*{_PROPERTY}[^{{}}\u3400-\u9fff]*;?[ \t]*$")
_GOES_ON = re.compile(
    r"""[ \t]*(?:[})\];,]+[ \t]*$|(?:if|for|while|switch)\s*\(|\}?\s*else\b|return\b[^\u3400-\u9fff]*;?$|//"""
    r"""|[\w$.\[\]'"]+\s*(?:[+-]?=[^=]|\().*[;{,(]\s*$|['"]?[\w$-]+['"]?\s*:\s*.*[,{]\s*$)"""
)
# What is left of a style attribute whose beginning a scraper cut, and a closing tag whose bracket was lost.
_ATTRIBUTE = re.compile(
    r"""(?:(?:[A-Za-z0-9#%][A-Za-z0-9#%.,-]*)?;\s*){0,8}(?:mso|font|text|line|margin|padding|color|background|letter|word|layout)(?:-[a-z]+)*\s*:\s*"""
    r"""[A-Za-z0-9#%.,:;'()\s&_-]{0,200}["']\s*/?>|\?/(?:strong|span|div|font|em|section)>""",
    re.IGNORECASE,
)
_HAN = re.compile("[\u3400-\u9fff]")
_TOPIC = re.compile(
    r"HTML|CSS|JavaScript|JQuery|[^a-z]JS[^a-z]|Java|PHP|Python|网页(?:设计|制作|开发)|編程|编程|程序(?:员|设计|语言)|程式|源代码|代码(?:段|块|如下|示例)"
    r"|[写行]代码|代碼|函数|脚本语言|前端|变量",
    re.IGNORECASE,
)
MOST_HAN = 0.2  # of a line: strings may hold a few words
LONGEST = 20_000  # characters of a line that is looked at


def repair_code(ledger: Ledger) -> None:
    """Mark elements, statements and style rules; nothing where the text is about them."""
    if not any(hint in ledger.text for hint in _HINTS):
        return
    view = ledger.view()
    text = view.shown
    spans = [found.span() for found in _ELEMENT.finditer(text)]
    spans += [found.span() for found in _ATTRIBUTE.finditer(text) if not any(s <= found.start() < e for s, e in spans)]
    spans += [(a, b) for a, b in _lines(text) if not any(s < b and a < e for s, e in spans)]
    if not spans or _is_topic(text, sorted(spans)):
        return
    for start, stop in spans:
        a, b = view.raw_span(start, stop)
        ledger.fill(Mark(a, b, CUT, CODE.label, CODE.id))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    at, inside = 0, ""  # what the line before was: script, style or nothing
    for line in text.split("\n"):
        body = line.rstrip()
        sort = _sort(body, inside) if body and len(body) <= LONGEST else ""
        if sort:
            yield at, at + len(body)
        if body:
            inside = sort
        at += len(line) + 1


def _sort(line: str, inside: str) -> str:
    if len(_HAN.findall(line)) > MOST_HAN * len(line):
        return ""
    if _STYLE.match(line) or _MEDIA.match(line):
        return "style"
    if line.isascii() and _ASCII_CODE.match(line):
        return "script"
    if _STATEMENT.match(line) and re.search(r"[;{}()]", line):
        return "script"
    if _RULE_BEGINS.match(line):
        return "style"
    if inside == "style" and (_DECLARATION.match(line) or line.strip() == "}"):
        return "style"
    return "script" if inside == "script" and _GOES_ON.match(line) else ""


def _is_topic(text: str, spans: list[tuple[int, int]]) -> bool:
    """Whether what is not code speaks of code."""
    at = 0
    for start, stop in spans:
        if _TOPIC.search(text, at, start):
            return True
        at = stop
    return _TOPIC.search(text, at) is not None


CODE = Rule(
    id="code-leftover",
    label="code",
    why="A scraper took the text of script and style elements for text.",
    cuts=(
        '⟦var _stat = _stat || []; (function() { var s = document.createElement("script"); })();⟧\n清晨的公园里有很多人在散步。',
        "清晨的公园里有很多人。⟦<script>show('ad');</script>⟧湖边的长椅空着。",
        "⟦.foot{margin:0 auto;width:960px}⟧\n⟦#nav li{float:left}⟧\n湖边的长椅空着。",
        "⟦TABLE.box TD { FONT-SIZE: 12px }⟧\n⟦(ads = window.ads || []).push({});⟧\n湖边的长椅空着。",
        "湖边的长椅空着。⟦<!--[if lt IE 9]><p>old</p><![endif]-->⟧",
        '⟦showAd("right", 300);⟧\n湖边的长椅空着。\n⟦{{ item.title }}⟧\n⟦{"code": 0, "data": null}⟧',
        '湖边的⟦21;33;; mso-ascii-font-family: 21;33;">⟧长椅空着，⟦font-size: 10.5pt">⟧没有人来。',
        "他说：“明天再来。⟦?/strong>⟧说完就走了。",
        "⟦function share(){⟧\n⟦  window.open(target);⟧\n⟦  return false;⟧\n⟦}⟧\n湖边的长椅空着。",
    ),
    keeps=(
        "声明变量时写：\nvar a = 1;\n这一行代码给 a 赋值。",
        "集合A={x|x>0}与B={y: y<1}没有公共元素。",
        "附件见<附件>所列，参见<示例条例>第三条。",
        "f(x) = 2x + 1\nA = (1, 2)\n两条直线相交于一点。",
        'text: "早上好">然后是一句话。',
        "字体写作 font-size: 大号，他没有改。",
        "document.doc 这份文件请在周五以前交。",
        "他给房间起名叫 window.view，意思是窗外的风景。",
    ),
)
