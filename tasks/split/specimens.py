"""Invented pages on which each rule of splitting is shown: ⟦ ⟧ encloses what it takes; look-alikes hold nothing for it."""

from __future__ import annotations

BODY = (
    "河口镇的老粮仓昨天重新开门，一楼改作图书室，二楼留给木工学徒。镇里的人说，这座仓房空了十一年，窗框都被雨水泡软了。\n"
    "修仓房的钱一半来自村集体，一半是在外做生意的人捐的。带头的周师傅把账目写在红纸上，谁都可以去看。"
)
MORE = (
    "图书室每周开五天，借书不用押金，只要留下名字。第一天来了四十多个孩子，最小的才三岁，由奶奶抱着看图画，一直看到天黑。\n"
    "管书的是退休的林老师，他说，书旧一点不要紧，有人翻就好，等到秋天，还要在院子里摆几张长桌。"
)
LEAD = "河口镇的老粮仓昨天重新开门，一楼改作图书室，二楼留给木工学徒"
DATED = "2019年4月2日 08:30 来源：河口日报"
FIRST, SECOND = BODY.split("\n")

# Rule (without its split.) -> texts in which it takes what is marked, texts of which it takes nothing.
SPECIMENS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "newline": ((f"{FIRST}⟦\n⟧{SECOND}",), (FIRST, f"\n{FIRST}\n")),
    "line-end": ((f"{FIRST}\n⟦\n⟧{SECOND}⟦\n⟧",), (f"{FIRST}\n{SECOND}",)),
    "indent": ((f"⟦　　⟧{FIRST}\n⟦  ⟧{SECOND}",), (f"{FIRST}\n{SECOND}",)),
    "trailing-space": ((f"{FIRST}⟦ ⟧\n⟦　⟧\n{SECOND}",), (BODY, "第一章 总 则")),
    "stray-space": (
        ("修仓房的钱一半来自村集体，每户人家都捐出了十斤粮食和⟦ ⟧两根木头，没有一户落下。",),
        (
            "第一百二十条 为了规范集市秩序，方便群众买卖，制定本办法，由镇人民政府负责解释。",
            "本报讯（记者林小满 通讯员赵秋生）昨天上午，城东小学举行新楼落成典礼，区里有关负责人和家长参加。",
        ),
    ),
    "title": (
        (f"⟦老粮仓改成图书室⟧\n{DATED}\n{BODY}", f"⟦老粮仓改成图书室⟧\n{BODY}"),
        (f"同志们：\n{BODY}", f"一、指导思想\n{BODY}", "采购清单\n打印纸\n签字笔"),
    ),
    "original-title": (
        (f"老粮仓改成图书室\n{DATED}\n⟦原标题：老粮仓开门⟧\n{BODY}",),
        (f"老粮仓改成图书室\n{DATED}\n原标题党的毛病，我们不犯。\n{BODY}",),
    ),
    "subtitle": (
        (f"老粮仓改成图书室\n⟦——河口镇见闻⟧\n{DATED}\n{BODY}", f"老粮仓改成图书室\n{DATED}\n⟦副标题：河口镇见闻⟧\n{BODY}"),
        (f"老粮仓改成图书室\n{DATED}\n{FIRST}\n——引自镇志\n{SECOND}",),
    ),
    "date-line": (
        (f"老粮仓改成图书室\n⟦{DATED}⟧\n{BODY}", f"老粮仓改成图书室\n⟦发布日期：民国108年4月2日⟧\n{BODY}"),
        (
            f"老粮仓改成图书室\n2019年4月2日，{BODY}",
            "河口镇集市管理办法\n2012年12月7日 公布\n第一条　为了规范集市秩序，方便群众买卖，制定本办法，由镇人民政府解释。",
        ),
    ),
    "byline": (
        (f"老粮仓改成图书室\n{DATED}\n⟦本报记者 林小满⟧\n{BODY}", f"老粮仓改成图书室\n⟦□ 陈木⟧\n{BODY}"),
        (f"老粮仓改成图书室\n记者：您为什么要修它？\n周师傅：{BODY}", f"老粮仓改成图书室\n{DATED}\n方法\n{BODY}"),
    ),
    "lead": (
        (f"老粮仓开门\n{DATED}\n⟦{LEAD}⟧\n{BODY}",),
        (f"老粮仓开门\n{DATED}\n{SECOND[:34]}\n{FIRST}",),
    ),
    "labelled-abstract": (
        (f"老粮仓开门\n⟦摘要：{LEAD}。⟧\n{BODY}",),
        (f"老粮仓开门\n{DATED}\n{FIRST}\n摘要：这两个字写在红纸的上头，下面是账目。\n{SECOND}",),
    ),
    "author-bio": (
        (f"老粮仓开门\n{BODY}\n⟦（作者系河口镇文化站站员）⟧",),
        (f"老粮仓开门\n{FIRST}\n（作者在这里停了停，又往下写。）\n{SECOND}",),
    ),
    "foot-credit": (
        (f"老粮仓开门\n{BODY}\n⟦（责任编辑：周小舟）⟧", f"老粮仓开门\n{BODY}\n⟦《河口日报》（2019年4月2日 第03版）⟧"),
        (f"老粮仓开门\n{BODY}\n编辑部设在二楼，来信请写楼号。", f"老粮仓开门\n{BODY}\n河口镇人民政府\n2019年4月2日"),
    ),
    "part-title": (
        (f"⟦修仓房讲话稿篇1⟧\n同志们：\n{BODY}\n⟦修仓房讲话稿篇2⟧\n各位：\n{MORE}",),
        (f"第一章 总则\n{BODY}\n第二章 附则\n{MORE}", f"修仓房讲话稿篇1\n修仓房讲话稿篇2\n{BODY}"),
    ),
    "collection-intro": (
        (f"⟦以下是两篇稿子，请看。⟧\n修仓房讲话稿篇1\n同志们：\n{BODY}\n修仓房讲话稿篇2\n各位：\n{MORE}",),
        (f"以下是一篇稿子，请看。\n同志们：\n{BODY}",),
    ),
}
