"""Agency, reporters and their roles where running text opens or ends with them; the text keeps them.

新华社北京3月5日电（记者张三、李四） · 本报讯（记者 张三 通讯员 李四） · 〔記者張三／台北報導〕 · （中央社記者張三台北20日電） ·
…… （记者 张三）
"""

from __future__ import annotations

import re

from tasks.text.credits import SHAPED, read_names
from tasks.text.lines import HAN, Found

_AGENCY = rf"(?P<agency>新华社|新华网|中新社|中新网|中央社|人民网|央视网|[{HAN}]{{2,8}}?(?:社|网|报|台|客户端))"
_SENT = re.compile(
    rf"{_AGENCY}[/／]?[{HAN}、]{{0,12}}?\s?(?:\d{{1,2}}月)?\d{{1,2}}日(?:专?电|讯|消息|报道|报导)?\s{{0,3}}(?P<open>[（(])?"
)
_OWN = re.compile(rf"(?:本报|本刊|本网|本台|本社)[{HAN}]{{0,6}}?(?:\d{{1,2}}月\d{{1,2}}日)?(?:讯|电|消息)\s{{0,3}}(?P<open>[（(])?")
_BRACKET = re.compile(rf"(?P<open>[（(〔【\[])\s?(?P<agency>[{HAN}]{{2,8}}(?:社|网|报|台))?(?=记者|特派|驻)")
_CLOSE = {"（": "）", "(": ")", "〔": "〕", "【": "】", "[": "]"}
_END = re.compile(r"[（(](?P<names>[^（()）]{2,40})[)）]$")
_SAID = re.compile(r"[，,。；;：:“”？?！!]")


def read_dateline(line: str) -> list[Found]:
    """What the first paragraph opens with: its agency (source), its reporters and their roles. Expects the line folded."""
    m = _BRACKET.match(line) or _OWN.match(line) or _SENT.match(line)
    if m is None:
        return []
    groups = m.groupdict()
    found = [Found(*m.span("agency"), "source", m["agency"], SHAPED)] if groups.get("agency") else []
    if groups.get("open"):
        close = line.find(_CLOSE[m["open"]], m.end())
        if 0 < close < m.end() + 60 and not re.search("[。；;“”]", line[m.end() : close]):
            names = read_names(line, m.end(), close)
            if names is None and m.re is _BRACKET:
                return []
            found += names or []
    elif m.re is _BRACKET:
        return []
    return found


def read_closing_names(line: str) -> list[Found]:
    """Names with a role, in brackets at the very end of a paragraph of running text."""
    m = _END.search(line[-48:])
    if m is None or _SAID.search(m["names"]):
        return []
    shift = max(0, len(line) - 48)
    return read_names(line, m.start("names") + shift, m.end("names") + shift) or []
