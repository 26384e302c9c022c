"""Invented pages of markup around which the rules of tags are shown; ⟦ ⟧ encloses the text of the line that leaves."""

from __future__ import annotations

BODY = (
    "河口镇的老粮仓空了十几年，今年春天终于派上了用场。镇里把它改成了图书室，墙上刷了白灰，窗子换成了大玻璃。",
    "图书室每周开五天，借书不用押金，只要留下名字。第一天来了四十多个孩子，最小的才三岁，由奶奶抱着看图画。",
    "管书的是退休的林老师，他说，书旧一点不要紧，有人翻就好。等到秋天，还要在院子里摆几张长桌，让放学的孩子有地方写字，也让等车的人有地方坐一坐。",
)


def page(above: str = "", between: str = "", inside: str = "", below: str = "", name: str = "text") -> str:
    """A page with a headline and an element that holds its prose, and something above, between, inside or below them."""
    first, second, third = BODY
    return (
        f"<html><head><title>页</title></head><body>{above}<h1>老粮仓里的图书室</h1>{between}\n"
        f'<div class="{name}"><p>{first}</p>{inside}<p>{second}</p><p>{third}</p></div>{below}</body></html>'
    )


# Rule (without its page.html.) -> pages on which it cuts, pages on which it must leave everything.
SPECIMENS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "breadcrumb": ((page(above='<div class="crumbs">⟦河口 乡土⟧</div>'),), (page(name="crumbs"),)),
    "comment": (
        (page(below='<ul id="comment_list"><li>⟦林老师教过我⟧</li></ul>'),),
        (page(name="comment-article"), page(inside='<p class="comment">村里人都说好，说这笔钱花得值当，也花得明白。</p>')),
    ),
    "share": ((page(between='<div class="share-box">⟦转给亲友⟧</div>'),), (page(name="share"),)),
    "related": (
        (page(below='<div class="hot_news"><a href="/2">⟦修桥的人又回来了⟧</a></div>'),),
        (page(name="hot-news"), page(inside='<div class="related"><p>林老师年轻时也在粮仓里读过书，那时窗子只有碗口大。</p></div>')),
    ),
    "pager": ((page(inside='<div class="pager"><a href="/2">⟦往后翻⟧</a></div>'),), (page(name="pages_box"),)),
    "copyright": ((page(below="<footer>⟦河口在线编印⟧</footer>"),), (page(name="footer-content"),)),
    "promo": (
        (page(inside='<div class="ad_box"><a href="/buy">⟦好米十元三斤⟧</a></div>'),),
        (page(name="banner"), page(inside='<h2 class="banner">一张借书卡</h2>')),
    ),
    "nav": (
        (page(above="<nav>⟦甲乡 乙乡 丙乡⟧</nav>"), page(above='<div class="top-bar">⟦天气晴 南风三级⟧</div>')),
        (page(name="nav main"),),
    ),
    "links": (
        (page(between='<p><a href="/a">⟦镇志</a> <a href="/b">人物⟧</a></p>'),),
        (page(inside='<p>卡是<a href="/c">竹片</a>做的。</p>'), page(between='<p><a href="/r">河口日报</a> 2019年4月2日 08:30</p>')),
    ),
    "after": (
        (page(below="<div><p>⟦挪一挪椅子⟧</p></div>"),),
        (page(below="<p>责任编辑：周小舟</p>"), page(inside="<table><tr><td>月份<td>人次<tr><td>三月<td>410</table>")),
    ),
    "before": (
        (page(above="<div><p>⟦挪一挪椅子⟧</p></div>"),),
        (page(above="<p>2019年4月2日 第3版</p>"), page(between="<p>挪一挪椅子</p>")),
    ),
}
