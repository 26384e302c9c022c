"""Bytes to worse bytes: what networks, editors, crawlers and copy protection do to pages, and what nobody does.

Deterministic: the same random generator gives the same bytes.
"""

from __future__ import annotations

import gzip
import html
import json
import random
import struct
from collections.abc import Callable, Sequence

ENCODINGS = (
    "utf-8", "utf-8-sig", "gb18030", "gbk", "big5", "big5hkscs", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "hz",
    "utf-7",
    "iso2022_jp", "shift_jis", "euc_jp", "euc_kr", "cp1252", "latin-1", "johab",
)  # fmt: skip
TAGS = (
    "<p>", "</p>", "<div class='content'>", "</div>", "<br>", "<script>", "</script>", "<!--", "-->", "<table><tr><td>",
    "</td></tr>", "</table>",
    "<a href='http://a.example/1'>", "</a>", "<ul><li>", "</ul>", "<h1>", "</h1>", "<pre>", "</pre>", "<style>p{", "}</style>",
    "<![CDATA[", "]]>",
    "<html><head><title>", "</title></head><body>", "</body></html>", "<meta charset=big5>", "<meta charset=utf-16>", "<frameset>",
    "<iframe src=x>",
    "<textarea>", "<plaintext>", "<svg>", "<math>", "<template>", "<select><option>", "<p style='display:none'>", "&nbsp;",
    "&amp;amp;", "&#x110000;",
    "&#0;", "&#55296;", "&lt;p&gt;", "<meta name='articletitle' content='某某'>", "<meta name='pubdate' content='2020-02-30'>",
    "<base href='//x'>",
    "<?xml version='1.0' encoding='gbk'?>", "<", ">", "&", "</", "<p/", "\x00",
)  # fmt: skip
DIRT = (
    "(guó)", "（lǜ）", "[zhōng]", "□□", "■", "****", "某某某", "×××", "……", "。。。。", "_____", "------", "====", "\u200b", "\u2060",
    "\ufeff", "\u00ad", "\u202e",
    "\ue000", "\uf0b7", "\ufffd", "锟斤拷", "烫烫烫", "鐨勬枃", "浣犲ソ", "å½\x93å\x9c°", "涓\u20ac", "ä¸\xadå\x9b½",
    "\u3000\u3000", "\t",
    "\x0b", "\x0c", "\x1c", "\x85", "\u2028",
    "\r", "\r\n", "\n\n\n", "\n", " ", "\xa0", "\x1a", "\x7f", "\ud7ff", "\U0010ffff", "\U00020bb7", "\u0301", "e\u0301",
    "\U0001f469\u200d\U0001f33e", "\u3099", "ﬁ", "㍻", "Ⅷ", "①", "⑴", "㈠",
    "当前位置:首页>新闻>正文", "来源：", "作者：", "责任编辑：", "(责编：某某)", "2019-02-29 25:61", "二〇一六年三月", "昨天上午",
    "2020年13月45日", "1949年至2050年", "至今",
    "分享到：微信 微博", "上一篇：", "下一篇：", "相关阅读", "版权所有", "京ICP备00000000号", "第1页 共9页", "展开全文",
    "扫码关注", "转载请注明", "点击查看更多",
    "一、", "（一）", "1.", "1.1.1", "第一条", "第一百二十三章", "附件1：", "篇1", "——", "《》", "“", "”", "‘’", "（（（（",
    "））））", "【】", "〔2020〕1号",
    "12,345,678.90元", "3.5%", "五分之一", "百分之百", "二十一世纪", "1.5万亿美元", "1至5000万", "-0.0%",
    "999999999999999999999999", "0x1F", "1e309",
    "１２３", "约3成", "翻两番",
    "13800138000", "a@b.cn", "11010119900307123X", "http://", "https://例子.example/?q=%E4%B8", "file:///", "NaN", "null", "\\u4e2d",
    "\\n", "%s", "{}", "';--",
)  # fmt: skip
MAGIC = (
    b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PK\x05\x06", b"PAR1", b"WARC/1.0\r\n", b"\xff\xfe", b"\xfe\xff",
    b"\xef\xbb\xbf", b"\xff\xfe\x00\x00",
    b"\x00\x00\xfe\xff", b"~{", b"~}", b"\x1b$)A", b"\x1b$)G\x0e", b"\x0f", b"\x8e\xa2", b"\x81\x30\x81\x30", b"{\"text\": \"",
    b"%PDF-1.4", b"\x84\x31\xa4\x37",
    b"\xed\xa0\x80", b"\xc0\x80", b"\xf8\x88\x80\x80\x80", b"\xe3\x32\x9a\x35", b"\xff", b"\x80", b"\xa1\xa1", b"\xfe\xfe",
)  # fmt: skip

Mutation = Callable[[random.Random, bytes, bytes], bytes]


def mutate(rng: random.Random, data: bytes, others: Sequence[bytes], most: int) -> bytes:
    """A few mutations, one after the other."""
    for _ in range(1 + (rng.random() < 0.5) + (rng.random() < 0.3) + rng.randrange(3) * (rng.random() < 0.2)):
        other = rng.choice(others) if others else data
        data = rng.choices(_ALL, _WEIGHTS)[0](rng, data, other)
    return data[:most] if len(data) > most else data


def _cut(rng: random.Random, size: int) -> tuple[int, int]:
    at = rng.randrange(size + 1)
    return at, min(size, at + int(rng.paretovariate(0.7)))


def _flip(rng: random.Random, data: bytes, other: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(min(len(out), int(rng.paretovariate(0.9)))):
        at = rng.randrange(len(out))
        out[at] = rng.choice((out[at] ^ 1 << rng.randrange(8), rng.randrange(256), 0, 0x80, 0xFF, 0x0A))
    return bytes(out)


def _drop(rng: random.Random, data: bytes, other: bytes) -> bytes:
    a, b = _cut(rng, len(data))
    return data[:a] + data[b:]


def _double(rng: random.Random, data: bytes, other: bytes) -> bytes:
    a, b = _cut(rng, len(data))
    return data[:b] + data[a:b] * min(1 << rng.randrange(9), 1 + 20_000 // max(1, b - a)) + data[b:]


def _splice(rng: random.Random, data: bytes, other: bytes) -> bytes:
    a, b = rng.randrange(len(data) + 1), rng.randrange(len(other) + 1)
    return data[:a] + other[b:]


def _graft(rng: random.Random, data: bytes, other: bytes) -> bytes:
    a, (b, c) = rng.randrange(len(data) + 1), _cut(rng, len(other))
    return data[:a] + other[b:c] + data[a:]


def _magic(rng: random.Random, data: bytes, other: bytes) -> bytes:
    at = 0 if rng.random() < 0.3 else rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(MAGIC) + data[at:]


def _noise(rng: random.Random, data: bytes, other: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.randbytes(int(rng.paretovariate(0.7)) % 3000) + data[at:]


def _number(rng: random.Random, data: bytes, other: bytes) -> bytes:
    if len(data) < 8:
        return data
    at = rng.randrange(len(data) - 7)
    value = rng.choice((0, 1, 255, 256, 65535, 1 << 31, (1 << 31) - 1, (1 << 32) - 1, (1 << 64) - 1, len(data)))
    code = rng.choice("<B <H >H <I >I <Q >Q".split())
    packed = struct.pack(code, value & ((1 << 8 * struct.calcsize(code)) - 1))
    return data[:at] + packed + data[at + len(packed) :]


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace") if data.count(b"\n") < 2 or data.count(0) == 0 else data.decode("utf-8", "replace")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _insert(tokens: Sequence[str]) -> Mutation:
    def insert(rng: random.Random, data: bytes, other: bytes) -> bytes:
        text = _text(data)
        for _ in range(min(300, int(rng.paretovariate(0.6)))):
            at = rng.randrange(len(text) + 1)
            text = text[:at] + rng.choice(tokens) + text[at:]
        return _bytes(text)

    return insert


def _tokens_often(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """One token behind every so many characters: what copy protection does."""
    text, token, step = _text(data), rng.choice(DIRT), rng.randrange(1, 30)
    return _bytes(token.join(text[i : i + step] for i in range(0, min(len(text), 6000), step)))


def _run(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """A long run of one token, or of two in turn."""
    text = _text(data)
    at = rng.randrange(len(text) + 1)
    run = rng.choice((*DIRT, *TAGS, "(", "[", "1", "1,", "一", "a", "的", ".", "，")) + rng.choice(("", rng.choice(DIRT), "\n", "1"))
    return _bytes(text[:at] + run * min(1 << rng.randrange(12), 1 + 12_000 // max(1, len(run))) + text[at:])


def _encode(rng: random.Random, data: bytes, other: bytes) -> bytes:
    return _text(data).encode(rng.choice(ENCODINGS), rng.choice(("ignore", "replace", "xmlcharrefreplace")))


def _moji(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """A part read in a wrong encoding, as editors do, and saved."""
    text = _text(data)
    a, b = rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)
    a, b = (0, len(text)) if rng.random() < 0.3 else (min(a, b), max(a, b))
    right, wrong = rng.choice((("utf-8", "gb18030"), ("utf-8", "cp1252"), ("gb18030", "latin-1"), ("gb18030", "big5"), ("big5",
    "gb18030")))
    part = text[a:b].encode(right, "ignore").decode(wrong, rng.choice(("replace", "ignore")))
    return _bytes(text[:a] + part + text[b:])


def _mixed(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """Lines in turn in two encodings."""
    two = rng.sample(ENCODINGS[:6], 2)
    return b"\n".join(line.encode(two[i % 2], "replace") for i, line in enumerate(_text(data).split("\n")))


def _lines(rng: random.Random, data: bytes, other: bytes) -> bytes:
    lines = _text(data).split("\n") + (_text(other).split("\n")[:20] if rng.random() < 0.3 else [])
    match rng.randrange(5):
        case 0:
            rng.shuffle(lines)
        case 1:
            lines = [piece for line in lines for piece in (line[: len(line) // 2], line[len(line) // 2 :])]
        case 2:
            return _bytes("".join(lines))
        case 3:
            lines = lines + lines
        case 4:
            lines = [line + rng.choice(("", "\r", " ", "\u3000", "\x00")) for line in lines]
    return _bytes("\n".join(lines))


def _page(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """As markup, sound or not."""
    text = _text(data)
    lines = text.split("\n")
    body = "".join(rng.choice(TAGS) * (rng.random() < 0.2) + f"<p>{html.escape(x) if rng.random() < 0.8 else x}</p>" for x in lines)
    return _bytes(f"<html><head><title>{lines[0][:60]}</title></head><body><div>{body}</div></body></html>")


def _deep(rng: random.Random, data: bytes, other: bytes) -> bytes:
    tag = rng.choice(("<div>", "<table><tr><td>", "<ul><li>", "<b><i>", "<font>", "<a>", "<p><span>"))
    return b"<html><body>" + tag.encode() * rng.randrange(1, 1500) + _bytes(_text(data)[:3000]) + b"</body></html>"


def _record(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """As records of a container."""
    rows = [{"text": _text(x)[:3000], "title": _text(other)[:30], "url": "http://a.example/1", "date": 1e9} for x in (data, other)]
    out = "\n".join(json.dumps(r, ensure_ascii=rng.random() < 0.5) for r in rows).encode("utf-8", "surrogatepass")
    return gzip.compress(out, mtime=0) if rng.random() < 0.3 else out


_ALL: tuple[Mutation, ...] = (
    _flip, _drop, _double, _splice, _graft, _magic, _noise, _number, _insert(DIRT), _insert(TAGS), _tokens_often, _run, _encode, _moji,
    _mixed, _lines, _page, _deep, _record,
)  # fmt: skip
_WEIGHTS = (6, 4, 3, 5, 6, 3, 2, 1, 9, 5, 2, 3, 4, 4, 2, 5, 2, 1, 1)
