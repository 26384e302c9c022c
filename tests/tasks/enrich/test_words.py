"""Words: both engines, one dictionary; what they cut differently is pinned, and nothing else may be."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pyarrow as pa
import pytest
import rjieba

from benchmarks.corpus import paragraphs
from tasks.enrich.stage import TABLES_MADE, enrich
from tasks.enrich.words import _tag_alone, cut, cut_words, domain_words, tagger
from tests.conftest import PROJECT

# jieba parts runs of ASCII at '-' and '.', rjieba keeps them: text, rjieba's words, jieba's words.
ASCII_RUNS = [
    ("见2021-09-17", ["见", "2021-09-17"], ["见", "2021", "-", "09", "-", "17"]),
    ("在www.guo.cn上", ["在", "www.guo.cn", "上"], ["在", "www", ".", "guo", ".", "cn", "上"]),
    ("需3-4年", ["需", "3-4", "年"], ["需", "3", "-", "4", "年"]),
    ("电话010-55550000", ["电话", "010-55550000"], ["电话", "010", "-", "55550000"]),
    ("型号A-7.5b", ["型号", "A-7.5b"], ["型号", "A", "-", "7.5", "b"]),
    ("增长5.2%，约1.5万", ["增长", "5.2%", "，", "约", "1.5", "万"], ["增长", "5.2%", "，", "约", "1.5", "万"]),
    ("面积2.0cm2以上", ["面积", "2.0cm2", "以上"], ["面积", "2.0", "cm2", "以上"]),
]
FLOORS: dict[str, float] = json.loads((PROJECT / "tests" / "floors.json").read_text("utf-8"))
ASCII_RUN = re.compile(r"[0-9A-Za-z][-.][0-9A-Za-z]")
PROSE = """合作社修好了水渠，果农很高兴。驻村干部挨家宣讲放管服，一网通办让办事的人少跑路。
产业园区铺设供水管网，古树名木都挂了牌。快递员和网约车司机办了五险一金！林若溪说：“三会一课要按时开。”
（一）补助30万元，惠及1200户；第二年增长百分之十二。他研究了大数据和云计算的调研报告？"""


def words_and_tags(text: str, engine: str) -> list[tuple[str, str]]:
    found = cut_words([text], engine)
    words, tags = found.vocabulary.to_pylist(), found.tags.to_pylist()
    return [(words[code], tags[tag]) for code, tag in zip(found.codes, found.tag_codes, strict=True)]


@pytest.mark.parametrize(("text", "rjieba_words", "jieba_words"), ASCII_RUNS)
def test_the_engines_differ_on_ascii_runs_as_pinned(text: str, rjieba_words: list[str], jieba_words: list[str]):
    assert cut(text, "rjieba") == rjieba_words
    assert cut(text, "jieba") == jieba_words


def test_everything_else_is_equal_to_the_last_table(articles_of):
    first, second = enrich(articles_of(PROSE)), enrich(articles_of(PROSE), engine="jieba")
    for name in (*TABLES_MADE, "articles", "flags"):
        assert first[name].equals(second[name]), name


def test_laws_are_cut_and_tagged_alike_by_both_engines(corpus: Path):
    pool = paragraphs(corpus / "data" / "law.tar.gz")
    sample = random.Random(1).sample(pool, 300)
    alike = [words_and_tags(text, "jieba") == words_and_tags(text, "rjieba") for text in sample]
    print(f"{sum(alike)} of {len(alike)} paragraphs of statutes are cut and tagged alike")
    assert sum(alike) / len(alike) >= FLOORS["words/statute paragraphs cut and tagged alike by both engines"]
    assert all(same or ASCII_RUN.search(text) for same, text in zip(alike, sample, strict=True)), "only ASCII runs may differ"


def test_domain_words_are_news_to_jieba_and_cut_whole_by_both_engines():
    plain = rjieba.Jieba()
    for word, frequency, tag in domain_words():
        assert (not plain.has_word(word) or plain.cut(f"供水{word}") != ["供水", word]) and frequency > 0 and tag
        assert tagger("rjieba")(word) == tagger("jieba")(word) == [(word, tag)]


@pytest.mark.parametrize("text", [
    "我们推进会计改革", "苏联学者来访", "黄河长江", "扶助农民", "四面来风", "建筑工程", "保险包保险柜", "群众团结", "十四风力发电机",
])
def test_domain_words_do_not_break_their_neighbours(text: str):
    assert cut(text) == rjieba.Jieba().cut(text)


def test_domain_words_mend_cuts():
    assert cut("普惠民生") == ["普惠", "民生"] and cut("住建局驻村干部") == ["住建局", "驻村干部"]
    assert cut("城市供水管网") == ["城市", "供水管网"] and cut("街道办事处的网格员") == ["街道办事处", "的", "网格员"]


def test_a_tag_alone_is_what_rjieba_says():
    for word in ("水渠", "很", "中国", "abc", "2024", "3-4", "x1", "。", "３", " ", "龘龘", "驻村干部"):
        pairs = tagger("rjieba")(word)
        assert len(pairs) > 1 or pairs == [(word, _tag_alone(word))]


def test_a_word_that_is_cut_further_alone_has_its_tag_from_the_dictionary_in_both_engines():
    """自定 stands in the dictionary, yet alone it is cut in two; in a context it may stand whole."""
    alone = [word for word in ("自定", "义为") if len(tagger("rjieba")(word)) > 1]
    assert alone
    text = "这里自定义为水渠。"
    assert words_and_tags(text, "jieba") == words_and_tags(text, "rjieba")


def test_a_run_of_texts_keeps_each_text_apart():
    texts = ["水渠", "", "修好了", "大", "数据"]
    found = cut_words(texts)
    names = found.vocabulary.to_pylist()
    by_text = [[names[c] for c in found.codes[a:b]] for a, b in zip(found.bounds, found.bounds[1:], strict=False)]
    assert ["".join(words) for words in by_text] == texts and by_text[3:] == [["大"], ["数据"]]
    assert isinstance(found.vocabulary, pa.Array)
