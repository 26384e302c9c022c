"""Reads plain.txt and html.txt, sends their pages through decode, clean and split, and counts right and wrong values by field.

python -m tests.tasks.split.heads.cases      prints each wrong value and a table of precision and recall
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa

from schemas.catalog import TABLES
from schemas.ids import file_id
from tasks.clean.stage import clean
from tasks.decode.stage import decode
from tasks.split.stage import split

HERE = Path(__file__).parent
COLUMNS = (
    "title",
    "subtitle",
    "abstract",
    "author",
    "author_role",
    "source",
    "site",
    "url",
    "published_at",
    "editors",
    "page",
    "truncated",
)
FIELDS = (
    *COLUMNS,
    "licence",
    "rights",
    "edition",
    "document_no",
    "issuer",
    "photographer",
    "interviewee",
    "keywords",
    "source_url",
    "text",
)
LENGTHS = {"year": 4, "month": 7, "day": 10, "minute": 16, "second": 19}
PARAGRAPHS = {
    "a": "坡上的七座小水库都换了新的放水闸，巡库的人每天早晚各走一趟，把水位写在闸房的黑板上，再报到镇里的水利站。",
    "b": "去年秋天清了淤的三条沟，今年头一场大雨里都没有漫水，沟边新栽的柳条也成活了八成，村里人说这笔工夫没有白花。",
    "c": "名录里的一百一十七棵树，最老的是南坡那棵银杏，树围要六个人才能抱住，每年霜降以后，满地的叶子没有人舍得扫。",
    "d": "各村要给名录里的树挂上牌子，划出保护的范围，范围里不堆肥、不烧荒、不埋杆，每年春天请人看一次虫，记在册子上。",
    "e": "尺子是祖父留下来的，黄杨木，一头磨得发亮，刻度浅得快要看不见了，只有对着窗口斜着看，才数得清那些寸和分。",
    "f": "西街的豆腐坊天不亮就点灯，石磨要转上一个多钟头，挑担的人在门口排着队，说话的声音压得很低，怕吵醒了隔壁的孩子。",
    "g": "灯座锈得厉害，他们先用煤油泡了三天，才把螺丝一颗一颗拧开，里面的铜圈倒还是好的，擦一擦就能照见人影。",
    "h": "如今每天傍晚六点，他们轮流去合闸，附近的孩子也跟着去看，说要数一数，一年里头这盏灯到底亮了多少个晚上。",
    "t": "鎮上的老米倉空了十一年，窗框都被雨水泡軟了，去年秋天開始整修，一樓改成圖書室，二樓留給學做木工的年輕人。",
    "u": "整修的錢一半是鎮民捐的，帶頭的周師傅把帳目寫在紅紙上，貼在門口，誰都可以去看，到昨天為止還剩下三千多元。",
}


@dataclass(frozen=True)
class Case:
    """One page: what it says (a field that is not named says nothing), its bytes and its lines of text."""

    name: str
    said: dict[str, str]
    page: str
    text: str


@cache
def read(file: str) -> tuple[Case, ...]:
    blocks = re.split(r"^== ", (HERE / file).read_text("utf-8"), flags=re.MULTILINE)[1:]
    return tuple(map(_case, blocks))


def _case(block: str) -> Case:
    name, _, rest = block.partition("\n")
    head, _, body = rest.partition("--\n")
    said = dict(line.split(" = ", 1) for line in head.splitlines())
    for key, paragraph in PARAGRAPHS.items():
        body = body.replace("{" + key + "}", paragraph)
    lines = body.rstrip("\n").split("\n")
    text = "\n".join(line[1:] for line in lines if line.startswith("|"))
    markup = lines[0].startswith("<")
    page = "\n".join(line for line in lines if not line.startswith("|")) if markup else "\n".join(line.removeprefix("|") for line in lines)
    return Case(name, said, page, text)


@cache
def _tables(file: str) -> tuple[dict[str, str], dict]:
    """doc_id -> name of the case, and what split made of all pages."""
    cases = {file_id(c.page.encode()): c for c in read(file)}
    data = pa.array([c.page.encode() for c in cases.values()], pa.large_binary())
    decoded = decode(pa.table({"file_id": list(cases), "data": data}, TABLES["contents"].stage_arrow))
    documents = decoded["documents"]
    cleaned = clean(documents, decoded["blocks"])
    names = {d["doc_id"]: cases[d["file_id"]].name for d in documents.to_pylist()}
    return names, split(documents, cleaned["marks"], cleaned["flags"])


@cache
def results(file: str) -> dict[str, dict[str, str]]:
    """Name -> what the pipeline read, in the words of the cases; values of several articles are joined by ///."""
    names, done = _tables(file)
    others: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in done["article_metadata"].to_pylist():
        others[row["article_id"]][row["field"]].append(row["value"])
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in done["articles"].to_pylist():
        found[names[row["doc_id"]]].append(_said(row, others[row["article_id"]]))
    return {name: {f: "///".join(v.get(f, "") for v in all_) for f in FIELDS if any(f in v for v in all_)} for name, all_ in found.items()}


def readings(file: str) -> list[tuple[float, bool]]:
    """Each value that was read of a field that the cases judge: its confidence, and whether the page says it."""
    names, done = _tables(file)
    said = {c.name: c.said for c in read(file)}
    judged = {"editor": "editors"} | {f: f for f in FIELDS}
    out = []
    for row in done["article_metadata"].to_pylist():
        field = judged.get(row["field"])
        if field is not None and said[names[row["doc_id"]]].get(field) != "?":
            want = said[names[row["doc_id"]]].get(field, "")
            out.append((row["confidence"], row["value"] == want or row["value"] in want.split("、")))
    return out


def _said(row: dict, others: dict[str, list[str]]) -> dict[str, str]:
    said = {
        f: row[f] for f in ("title", "subtitle", "abstract", "author", "author_role", "source", "site", "url", "text") if row[f] is not None
    }
    said |= {f: "、".join(others[f]) for f in FIELDS if f not in COLUMNS and f in others}
    if row["published_at"]:
        said["published_at"] = row["published_at"].isoformat()[: LENGTHS[row["published_precision"]]]
    if row["editors"]:
        said["editors"] = "、".join(row["editors"])
    if row["page_no"]:
        said["page"] = f"{row['page_no']}/{row['page_count']}" if row["page_count"] else str(row["page_no"])
    if row["truncated"]:
        said["truncated"] = "yes"
    return said


def compare(file: str) -> list[tuple[str, str, str, str]]:
    """(case, field, wanted, got) for each value that is wanted or there; '' for none."""
    rows = []
    for case in read(file):
        got, want = results(file).get(case.name, {}), case.said | {"text": case.text}
        for f in FIELDS:
            if want.get(f) != "?" and (f in want or f in got):
                rows.append((case.name, f, want.get(f, ""), got.get(f, "")))
    return rows


def table(rows: list[tuple[str, str, str, str]]) -> str:
    """Precision and recall by field."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for _, f, want, got in rows:
        for name in (f, "all but text") if f != "text" else (f,):
            counts[name].update(wanted=bool(want), got=bool(got), right=bool(want) and want == got)
    out = [f"{'field':14} wanted   got right     P     R"]
    for f in (*FIELDS, "all but text"):
        if c := counts[f]:
            out.append(
                f"{f:14} {c['wanted']:6} {c['got']:5} {c['right']:5} "
                f"{c['right'] / max(1, c['got']):5.2f} {c['right'] / max(1, c['wanted']):5.2f}"
            )
    return "\n".join(out)


if __name__ == "__main__":
    for source in ("plain.txt", "html.txt"):
        compared = compare(source)
        for case, f, want, got in compared:
            if want != got:
                print(f"{case}: {f}: wanted {want[-90:]!r}, got {got[-160:]!r}")
        print(f"{source}: {len(read(source))} pages\n{table(compared)}\n")
