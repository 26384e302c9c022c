"""What is markup, and what only speaks of it."""

from __future__ import annotations

import pytest

from tasks.decode.html import is_html

TALK = "段落要写在 <p> 和 </p> 之间，块用 <div> 和 </div> 包起来，换行写 <br>，初学的人常常把它们弄混。"


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html>\n<html><head><title>页</title></head><body><p>雨停了。</p></body></html>",
        "<html><body>雨停了。<br>天晴了。</body></html>",
        "\ufeff<?xml version='1.0'?><!doctype html><html><body><p>雨停了。</p></body></html>",
        "<!-- 存档 -->\n<HTML><BODY><P>雨停了。<P>天晴了。</BODY></HTML>",
        "<div><p>雨停了。</p>\n<p>天晴了。</p></div>",
        "<p>雨停了。<p>天晴了。<p>起风了。<p>天黑了。",
        '<table><tr><td class="x">雨停了。</td><td>天晴了。</td></tr></table>',
        "雨停了。<br>\n天晴了。<br>\n起风了。<br>\n天黑了。<br>\n雪来了。<br>",
        "<div>\n<p>雨停了，屋檐还在滴水。</p>\n<p>天晴了，\n孩子们跑出来。</p>\n<p>起风了。</p>\n</div>",
        "<html><body>" + f"<p>{TALK}</p>" * 3 + "</body></html>",
    ],
)
def test_markup(text: str):
    assert is_html(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "雨停了。",
        "<",
        "a<b, c>d",
        TALK,
        "\n".join([TALK] * 6),
        "雨停了。<br>天晴了。\n起风了。\n</p>",
        "<p>雨停了。</p>\n天晴了。\n起风了。\n天黑了。",
        "怎样写网页\n" + "第一步，打开记事本，照着下面写，不要漏掉尖括号，也不要写成全角的。" * 4
        + "\n<html>\n<body>\n<p>你好</p>\n</body>\n</html>\n"
        + "第二步，存成网页文件，用浏览器打开，就能看见你好两个字，这样就成功了。" * 4,
        "雨停了，屋檐还在滴水。</p>\n<p>天晴了，孩子们跑出来。\n起风了，衣裳都收进屋里。</div>\n天黑了，灯亮起来。<div>\n雪来了，路上没有人。</div>",
        "<p>雨停了，屋檐还在滴水。\n天晴了，孩子们跑出来。\n起风了，衣裳都收进屋里。</p>\n<p></p>\n天黑了，灯亮起来。\n雪来了，路上没有人。<p>",
        '{"content": "<p>雨停了。</p><p>天晴了。</p><p>起风了。</p>"}',
        "<作者>李大年</作者>\n<内容>雨停了。</内容>",
        "<meta charset=gbk>夜里",
    ],
)
def test_no_markup(text: str):
    assert not is_html(text)
