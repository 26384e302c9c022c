"""Two invented sites: articles of their own, articles that both print, and what each site puts around and between them."""

from __future__ import annotations

import random

import pyarrow as pa

from schemas.ids import doc_id, file_id
from tasks.clean.stage import clean
from tasks.relate.pages import Page, page_of
from tasks.split.rules import RULES as SPLITTING
from tasks.split.stage import split

PLACES = "河口 北坡 南塘 柳湾 石桥 高庙 青杨 白沙 双井 马营".split()
THINGS = "水渠 粮仓 学堂 磨坊 渡船 果园 茶山 集市 戏台 鱼塘".split()
DEEDS = "修好了 搬走了 重新开张 换了主人 添了新屋 请来师傅 修了围墙 种上新苗 定下规矩 开了夜校".split()

FOOT = ("潮声网每天夜里十点更新，欢迎把它告诉邻居。", "潮声网读者来信请寄渡口街九号")
MIDDLE = "潮声夜读栏目今日推荐"
NOTE = "本篇由潮声网夜班整理，文中地名均按旧图写出。"
OTHER_FOOT = "山脚文摘编读往来"
SHARED = (
    "老船工把渡口的钟敲了三下，河两岸的人都停下手里的活，听他说明年渡船要换成铁船，票价仍旧不变。",
    "有人问木船怎么办，他说木船留给孩子们学划桨，等他们都会了，再把船翻过来当戏台的顶棚。",
    "那天傍晚下了一阵小雨，渡口的石阶洗得发亮，几个外乡人坐在石阶上写生，一直画到看不见对岸。",
)


def sentences(rng: random.Random, n: int) -> list[str]:
    """Paragraphs that no other page has."""
    return [
        f"{rng.choice(PLACES)}的{rng.choice(THINGS)}在{rng.randint(1900, 2020)}年{rng.choice(DEEDS)}，来看的人有{rng.randint(3, 9999)}个，"
        f"后来{rng.choice(PLACES)}的{rng.choice(THINGS)}也{rng.choice(DEEDS)}，大家都说{rng.randint(2, 99)}年没有见过这样的事。"
        for _ in range(n)
    ]


def first_site(rng: random.Random, body: list[str]) -> str:
    """潮声网: a note below the title, a line in mid-article, two lines at the foot."""
    at = rng.randint(1, len(body) - 1)
    middle = [*body[:at], MIDDLE, *body[at:]]
    title = f"{rng.choice(PLACES)}{rng.choice(THINGS)}记 {rng.randint(1, 9**9)}"
    return "\n".join(["网站首页", "潮声网 > 夜读 > 正文", title, NOTE, *middle, *FOOT, "版权所有 潮声网", "甲ICP备12345678号"])


def second_site(rng: random.Random, body: list[str]) -> str:
    """山脚文摘: one line at the foot."""
    return "\n".join(["山脚文摘 > 故事 > 正文", f"{rng.choice(PLACES)}{rng.choice(THINGS)}旧事 {rng.randint(1, 9**9)}", *body, OTHER_FOOT,
                      "版权所有 山脚文摘", "乙ICP备87654321号"])


def two_sites(pages: int = 12, copies: int = 7, own_lines: int = 6) -> list[str]:
    """Pages of both sites; `copies` more of each print the shared article, each time among lines of its own."""
    rng = random.Random(20261121)
    texts = []
    for n in range(pages + copies):
        for site in (first_site, second_site):
            own = sentences(rng, rng.randint(14, 20) if n < pages else own_lines)
            texts.append(site(rng, own if n < pages else [*own[: own_lines // 2], *SHARED, *own[own_lines // 2 :]]))
    return texts


def published(texts: list[str], hosts: list[str] | None = None) -> list[Page]:
    """Pages as mining reads them from a warehouse into which these texts went through clean and split."""
    files = [file_id(t.encode()) for t in texts]
    ids = [doc_id(f, 1) for f in files]
    documents = pa.table({"doc_id": ids, "text": texts})
    cleaned = clean(documents)
    done = split(documents, cleaned["marks"], cleaned["flags"])
    of_split = {r.id for r in SPLITTING}
    edits: dict[str, list] = {d: [] for d in ids}
    kept: dict[str, list] = {d: [] for d in ids}
    for e in done["edits"].to_pylist():
        if e["rule_id"] not in of_split:
            edits[e["doc_id"]].append((e["start"], e["stop"], e["after"]))
    for k in done["kept"].to_pylist():
        kept[k["doc_id"]].append((k["start"], k["stop"]))
    titles = {a["doc_id"]: a["title"] or "" for a in done["articles"].to_pylist()}
    return [
        page_of(d, f"{n}.txt", hosts[n] if hosts else "", titles.get(d, ""), text, edits[d], sorted(kept[d]))
        for n, (d, text) in enumerate(zip(ids, texts, strict=True))
    ]
