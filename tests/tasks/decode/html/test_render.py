"""The rendering: lines, tables, hidden text, blanks, the head's claims; and its laws on generated and hostile markup."""

from __future__ import annotations

import json
import time

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.catalog import TABLES
from schemas.ids import file_id
from tasks.decode.html import NAME, render
from tasks.decode.stage import decode
from tasks.storage.laws import law_b

PARAGRAPH = "河口镇把老粮仓改成了图书室，第一天就来了四十多个孩子。"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>一</p><p>二</p>", "一\n二"),
        ("<div>一<b>二</b><i>三</i></div>四", "一二三\n四"),
        ("<p>一<br>二<br/><br>三", "一\n二\n三"),
        ("<p>两行\n  之间</p><p>two\n  words</p><p>一 \n 二</p>", "两行之间\ntwo words\n一二"),
        ("<p>a  <b> b</b> </p>", "a b"),
        ("<pre>第一行\n  第二行\n\n第四行</pre>尾", "第一行\n  第二行\n\n第四行\n尾"),
        ("<ul><li>甲<li>乙<ul><li>丙</ul></ul>", "甲\n乙\n丙"),
        ("<table><tr><th>名<th>数<tr><td>甲<td><p>1</p><tr><td>乙<td></table>", "名\t数\n甲\t1\n乙"),
        ("<table><tr><td>栏目<br>二<br>三<br>四</td><td>正文</td></tr></table>", "栏目\n二\n三\n四\n正文"),
        ("<table><tr><td>外<table><tr><td>内<td>里</table><td>边</table>", "外\n内\t里\n边"),
        ("<p>汉<ruby>字<rp>(</rp><rt>zì</rt><rp>)</rp></ruby></p>", "汉字(zì)"),
        ("<p>&ldquo;好&rdquo;&nbsp;&amp;amp;&#26085;&#x672c;&hellip;</p>", "“好”\xa0&amp;日本…"),
        ("<p>一<p>二<div>三</p>四<b>五<p>六</b>七", "一\n二\n三四五\n六七"),
        ("<p>a\0b\x01c", "abc"),
        ("", ""),
        ("<>< <a <!-- <p", "<><"),
    ],
)
def test_lines(markup: str, text: str):
    assert render(markup).text == text


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>隐</script>",
        "<style>隐</style>",
        "<template>隐</template>",
        "<noscript><p>隐</p></noscript>",
        "<!-- 隐 -->",
        "<p hidden>隐</p>",
        '<div style="color:red; DISPLAY : none"><p>隐</p></div>',
        '<span style="visibility:hidden">隐</span>',
        '<span style="font-size:0px">隐</span>',
        '<span style="font-size:0">隐<b>隐</b></span>',
        '<i aria-hidden="true">隐</i>',
        "<select><option>隐</select>",
        "<textarea>隐</textarea>",
        "<svg><title>隐</title><text>隐</text></svg>",
        "<iframe>隐</iframe>",
        "<head><title>隐</title></head>",
        "<dialog><p>隐</p></dialog>",
    ],
)
def test_hidden_text_is_left_out(hidden: str):
    assert render(f"{hidden}<p>显</p>").text == "显"
    assert "隐" not in render(f"<body><p>显</p><div>{hidden}</div><p>示</p>").text


@pytest.mark.parametrize(
    "shown",
    [
        '<div style="font-size:0"><span style="font-size:14px">显</span></div>',
        '<p style="visibility:hidden"><b style="visibility:visible">显</b></p>',
        '<p style="font-size:0.9em">显</p>',
        '<div aria-hidden="true"><p>显</p></div>',
        "<dialog open>显</dialog>",
        "<details><summary>显</summary></details>",
    ],
)
def test_what_a_browser_shows_stays(shown: str):
    assert render(shown).text == "显"


def test_each_line_is_one_block_that_knows_its_place():
    page = render(
        '<body><div class="top nav"><a href="/">首页</a> <a href="/n">新闻</a></div>'
        f'<div id="zoom"><p>{PARAGRAPH}<a href="x">全文</a></p><p>二</p></div></body>'
    )
    assert [page.text[b.start : b.stop] for b in page.blocks] == page.text.split("\n")
    menu, first, second = page.blocks
    assert (menu.tag, menu.path, [u for *_, u in menu.links]) == ("div", "html/body/div.top.nav", ["/", "/n"])
    assert [page.text[a:b] for a, b, _ in menu.links + first.links] == ["首页", "新闻", "全文"]
    assert menu.link_density > 0.7 > 0.2 > first.link_density > 0 == second.link_density
    assert first.path == "html/body/div.zoom/p" and first.trail.split(".")[:-1] == second.trail.split(".")[:-1]


def test_the_heads_claims_are_evidence_not_text():
    page = render(
        '<html lang="zh-CN"><head><title>图书室 开了_河口网</title><meta name="Author" content="周小舟">'
        '<meta property="og:url" content="https://www.hekou.com.cn/a/1.html"><link rel="canonical" href="/a/1.html">'
        '<script type="application/ld+json">{"headline": "开了"}</script></head><body><p>正文</p></body></html>'
    )
    assert (page.text, page.url, page.site) == ("正文", "https://www.hekou.com.cn/a/1.html", "hekou.com.cn")
    said = json.loads(page.record_meta)
    assert (said["title"], said["lang"], said["meta"]["author"], said["json_ld"]) == (
        "图书室 开了_河口网", "zh-CN", "周小舟", ['{"headline": "开了"}'],
    )  # fmt: skip


def decoded(data: bytes) -> dict[str, pa.Table]:
    return decode(pa.table({"file_id": [file_id(data)], "data": pa.array([data], pa.large_binary())}, TABLES["contents"].stage_arrow))


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [("gbk", "gbk"), ("gbk", "utf-8"), ("utf-8", "gb2312"), ("big5", "big5"), ("utf-16", "utf-16"), ("utf-8-sig", "xx")],
)
def test_the_charset_is_found_and_may_lie(encoding: str, charset: str):
    body = PARAGRAPH if encoding != "big5" else "鎮上把舊糧倉改成了圖書室，第一天就來了四十多個孩子。"
    markup = f'<html>\r\n<head><meta charset="{charset}"><title>页</title></head>\r\n<body><p>{body}</p>\r\n<p>{body}</p></body></html>'
    data = markup.replace("页", "頁" if encoding == "big5" else "页").encode(encoding)
    tables = decoded(data)
    (document,), rows = tables["documents"].to_pylist(), tables["decodings"].to_pylist()
    assert (document["text"], document["rendering"], document["declared_charset"]) == (f"{body}\n{body}", NAME, charset)
    (row,) = rows
    assert (row["start"], row["stop"], row["byte_start"], row["byte_stop"]) == (0, document["char_count"], 0, len(data))
    assert tables["blocks"].schema.equals(TABLES["blocks"].stage_arrow) and tables["blocks"].num_rows == 2


def test_law_b_renders_the_kept_bytes_again():
    data = f"<html><body><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p></body></html>".encode()
    tables = decoded(data)
    kept = {file_id(data): lambda: data}
    assert list(law_b(tables["documents"], tables["decodings"], kept)) == []
    (row,) = tables["documents"].to_pylist()
    other = pa.Table.from_pylist([row | {"text": row["text"] + "。"}], tables["documents"].schema)
    assert len(list(law_b(other, tables["decodings"], kept))) == 1
    half = pa.Table.from_pylist([tables["decodings"].to_pylist()[0] | {"byte_stop": 9}], tables["decodings"].schema)
    assert len(list(law_b(tables["documents"], half, kept))) == 1


PIECES = st.sampled_from(
    "<p> </p> <div> </div> <b> </b> <a\xa0href='x'> </a> <table> <tr> <td> </td> </tr> </table> <br> <pre> </pre> <script> </script> "
    "<!-- --> <li> <ul> </ul> <span\xa0style=display:none> </span> <select> <option> <h1> </h1> 字 。 & &nbsp; &#0; &#xd800; < > "
    "\" ' \0 \r \n \t \ud800 <svg> <math> <template> <title> </title> <html> </html> <body> </body> <head> <rt> </rt> <textarea> <?x "
    "<!doctype <![CDATA[ ]]>".split(" ")
).map(lambda s: s.replace("\xa0", " "))


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=4), max_size=40).map("".join))
def test_any_markup_renders_and_always_the_same(markup: str):
    page = render(markup)
    assert render(markup) == page
    assert "\r" not in page.text and not page.text.endswith("\n")
    page.text.encode("utf-8")
    shown = [line for line in page.text.split("\n") if line.strip()]
    assert [page.text[b.start : b.stop] for b in page.blocks] == shown
    for b in page.blocks:
        assert 0 <= b.link_density <= 1 and all(b.start <= start < stop <= b.stop for start, stop, _ in b.links)
    json.loads(page.record_meta)


HOSTILE = {
    "deep": "<div>" * 60_000 + PARAGRAPH + "</div>" * 60_000,
    "deep in elements of unknown names": "".join(f"<x{n}>" for n in range(700)) + PARAGRAPH,
    "end tags without a beginning": "<span>" * 500 + PARAGRAPH + "</b>" * 60_000,
    "formatting": "<b>" * 20_000 + PARAGRAPH + "<p>y</p>" * 2000,
    "attributes": "<p " + " ".join(f"a{i}=1" for i in range(60_000)) + ">" + PARAGRAPH,
    "tables": "<table><tr><td>" * 20_000 + PARAGRAPH,
    "comments": PARAGRAPH + "<!--" * 60_000,
    "scripts": PARAGRAPH + "<script>" * 60_000,
    "styles": PARAGRAPH + "<style>" * 60_000,
    "angles": PARAGRAPH + "<" * 100_000,
    "quotes": PARAGRAPH + '<a "' * 60_000,
    "blanks": "<p>" + " " * 500_000 + PARAGRAPH,
    "linked data": '<script type="application/ld+json">' + "[" * 30_000 + f"</script><p>{PARAGRAPH}",
    "metas": "<meta name=a content=b>" * 20_000 + f"<p>{PARAGRAPH}",
}


@pytest.mark.parametrize("markup", HOSTILE.values(), ids=HOSTILE)
def test_hostile_markup_costs_its_length(markup: str):
    began = time.process_time()
    decoded(markup.encode())
    assert PARAGRAPH in render(markup).text
    assert time.process_time() - began < 5  # each takes well below a second on a free core
