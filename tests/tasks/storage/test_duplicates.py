"""duplicate_pairs: an increment finds what a full publication finds, in crowds too; nothing pairs with itself."""

from __future__ import annotations

import random
from datetime import datetime
from hashlib import sha256

import duckdb
import pyarrow as pa
import pytest

from benchmarks.duplicates import measure_planted
from schemas.catalog import PUBLISHED
from schemas.derive.ddl import create_table
from tasks.relate.signatures import find_signatures
from tasks.storage.duplicates import MOST_IN_CROWD, update_duplicates
from tasks.storage.forget import forget
from tasks.storage.layout import Layout
from tasks.storage.lock import writer_lock
from tasks.storage.manifests import load_state
from tasks.storage.reader import open_published
from tests.tasks.storage.small import ingest, tables

HARBOUR = (
    "港务局今年在北岸修了两座灯塔，又给小船留出了避风的水面，"
    "渔民说夜里回港心里踏实多了，孩子们也爱到堤上看船，等灯亮起来再跟着大人一道回家吃饭。"
)
WOODS = (
    "护林员把巡山的路线画在一张旧地图上，哪里有泉水，"
    "哪里容易起火，都用红笔标得清清楚楚，新来的人照着走就不会迷路，老护林员也放心让他们单独去守瞭望台。"
)
FORM = "{}号仓库本月盘点已经完成，账面与实物相符，短缺的零件由班组长登记后报送采购科补齐，余料按规定退回原处并贴好标签存放备查。"


class House:
    """articles and duplicate_pairs in memory."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        self.con.execute("CREATE TABLE articles (article_id VARCHAR, text_hans VARCHAR, run_id BIGINT)")
        for sql in create_table(PUBLISHED["duplicate_pairs"]):
            self.con.execute(sql)

    def change(self, come: list[str], go: list[str]) -> None:
        articles = pa.table({"article_id": pa.array(map(name_of, come), pa.string()), "text_hans": pa.array(come, pa.string())})
        self.con.register("come", articles)
        gone = ", ".join(f"'{name_of(t)}'" for t in go) or "''"
        self.con.execute(f"DELETE FROM articles WHERE article_id IN ({gone})")
        self.con.execute("INSERT INTO articles SELECT article_id, text_hans, 1 FROM come")
        self.con.register("signatures", find_signatures(articles))
        update_duplicates(self.con, "signatures" if come else None, f"article_id IN ({gone})" if go else None)

    def rows(self, table: str = "duplicate_pairs") -> list[tuple]:
        return self.con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()


def name_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]


def varied(text: str, dice: random.Random) -> str:
    """A copy with some edits, now and then with another text after it, or framed by blanks."""
    copy = list(text)
    for at in dice.sample(range(len(copy)), dice.randrange(0, 6)):
        copy[at] = dice.choice("风云山水渔灯")
    return "".join(copy) + dice.choice(["", "\n" + WOODS, "\n" + HARBOUR, " ", "　。"])


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_changes_equals_one_publication_of_what_is_left(seed):
    dice = random.Random(seed)
    forms = [FORM.format(f"{'甲乙丙丁'[k % 4]}{k}") for k in range(MOST_IN_CROWD + 30)]
    waiting = sorted({varied(dice.choice([HARBOUR, WOODS]), dice) for _ in range(60)} | set(forms))
    dice.shuffle(waiting)
    there: list[str] = []
    house = House()
    while waiting:
        come, waiting = waiting[:17], waiting[17:]
        go = dice.sample(there, len(there) // 7)
        house.change(come, go)
        there = [t for t in there if t not in go] + come
    once = House()
    once.change(sorted(there, key=name_of), [])
    for table in ("duplicate_pairs", "_compared", "_bands", "_sketches", "_signatures"):
        assert house.rows(table) == once.rows(table), table
    assert once.rows()


def test_a_crowd_is_one_cluster_without_being_paired_each_with_each():
    forms = [FORM.format(f"{'甲乙丙丁'[k % 4]}{k}") for k in range(120)]
    house = House()
    house.change(forms, [])
    pairs = [(a, b) for level, a, _, b, *_ in house.rows() if level == "article"]
    assert len(pairs) < 120 * 119 / 2 * 0.9
    reached = {pairs[0][0]}
    while more := {n for pair in pairs for n in pair if reached & set(pair)} - reached:
        reached |= more
    assert len(reached) == 120


def test_paragraphs_pair_across_articles_only_where_the_articles_do_not():
    long = "\n".join((HARBOUR + "这是第一处。", WOODS, FORM.format("东"), FORM.format("西")))
    house = House()
    house.change([HARBOUR + "这是第一处。", long, WOODS + " "], [])
    pairs = {(level, *sorted([(a, n), (b, m)])) for level, a, n, b, m, *_ in house.rows()}
    assert pairs == {
        ("paragraph", *sorted([(name_of(HARBOUR + "这是第一处。"), 1), (name_of(long), 1)])),
        ("paragraph", *sorted([(name_of(WOODS + " "), 1), (name_of(long), 2)])),
    }


def test_copies_of_one_content_are_paired_with_the_first():
    copies = [HARBOUR, HARBOUR + " ", " " + HARBOUR, HARBOUR.replace("，", "。")]
    house = House()
    house.change(copies, [])
    first, *others = sorted(map(name_of, copies))
    assert [(a, b, similarity, method) for _, a, _, b, _, similarity, method, _ in house.rows()] == [
        (first, b, 1.0, "equal") for b in others
    ]


def test_through_a_warehouse_an_increment_equals_a_full_publication_and_forget_takes_the_pair_along(tmp_path):
    files = {"港.txt": HARBOUR.encode(), "林.txt": WOODS.encode(), "港2.txt": HARBOUR.replace("两座", "三座").encode()}
    for root, rebuild in ((tmp_path / "full", True), (tmp_path / "increment", False)):
        for name, data in files.items():
            ingest(root, {name: data}, rebuild=rebuild)
    assert tables(tmp_path / "full") == tables(tmp_path / "increment")
    with open_published(tmp_path / "full") as con:
        assert con.execute("SELECT level, method FROM duplicate_pairs").fetchall() == [("article", "shingles")]
        assert con.execute("SELECT count(*) FROM duplicates").fetchone() == (2,)
        (gone,) = con.execute("SELECT file_id FROM seed_files WHERE name = '港2.txt'").fetchone()
    layout = Layout.of(tmp_path / "full")
    with writer_lock(layout):
        forget(layout, load_state(layout), gone, datetime(2100, 1, 1))
    with open_published(tmp_path / "full") as con:
        assert con.execute("SELECT count(*) FROM duplicate_pairs").fetchone() == (0,)


def test_planted_edits_in_law_paragraphs(corpus):
    figures = measure_planted(corpus / "data" / "law.tar.gz", 400, 11)
    assert figures["recall at 1 %"] >= 0.995 and figures["recall at 2 %"] >= 0.98
    assert figures["recall at 4 %"] >= 0.95 and figures["recall at 8 %"] >= 0.6
    assert figures["precision"] >= 0.99
