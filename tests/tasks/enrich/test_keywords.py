"""Keywords: TF-IDF as jieba's own code gives it, TextRank as its limit, and neither knows its neighbours in a run."""

from __future__ import annotations

import random

import numpy as np
import pytest
from jieba.analyse import TFIDF
from jieba.analyse.textrank import TextRank

from tasks.enrich import keywords
from tasks.enrich.keywords import KEYWORDS, rank_by_textrank, rank_by_tfidf
from tasks.enrich.stage import enrich
from tasks.enrich.terms import count_terms
from tasks.enrich.words import cut_words, tagger

TEXT = """果园里的水渠修好了，果农们都来看水渠。技术员讲解节水技术，果农们听技术员讲解，节水技术在果园推广。
合作社组织果农参观果园，技术员说水渠节水，节水增产。合作社负责销售果品，果农负责种植。"""
WORDS = "果园 水渠 果农 技术 节水 推广 合作社 组织 参观 销售 负责 种植 的 了 ， 。 the".split()


def by_method(made: dict, method: str) -> list[dict]:
    return [row for row in made["keywords"].to_pylist() if row["method"] == method]


def test_both_methods_are_ranked_from_one_for_every_article(articles_of):
    made = enrich(articles_of(TEXT, "水渠修好了，水渠长三里。", "。"))
    ids = made["articles"]["article_id"].to_pylist()
    for method in ("tfidf", "textrank"):
        for article in ids:
            rows = [row for row in by_method(made, method) if row["article_id"] == article]
            assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1)) and len(rows) <= KEYWORDS
            assert [row["weight"] for row in rows] == sorted((row["weight"] for row in rows), reverse=True)
    assert {row["article_id"] for row in made["keywords"].to_pylist()} == set(ids[:2])
    order = [(ids.index(row["article_id"]), row["method"], row["rank"]) for row in made["keywords"].to_pylist()]
    assert order == sorted(order)


def test_tfidf_is_that_of_jieba(articles_of):
    words = [word for word, _ in tagger("rjieba")(TEXT)]
    model = TFIDF()
    model.tokenizer = type("Cut", (), {"cut": staticmethod(lambda _: words)})()
    want = dict(model.extract_tags(TEXT, topK=None, withWeight=True))
    got = by_method(enrich(articles_of(TEXT)), "tfidf")
    assert {row["term"]: pytest.approx(row["weight"]) for row in got} == {row["term"]: want[row["term"]] for row in got}
    assert len(got) == min(KEYWORDS, len(want)) and got[0]["weight"] == pytest.approx(max(want.values()))
    assert keywords._idf()[1] == pytest.approx(model.median_idf)


def test_numbers_are_no_keywords(articles_of):
    made = enrich(articles_of("投入2000万元，2000户受益，2000亩果园，增长12.5%，A2000型水泵。"))
    terms = {row["term"] for row in by_method(made, "tfidf")}
    assert "果园" in terms and not terms & {"2000", "12.5%", "2000万"} and "A2000" in terms


def plain_textrank(text: str) -> dict[str, float]:
    """The limit of TextRank, by a dense matrix: jieba.analyse's graph, solved instead of walked."""
    pairs = tagger("rjieba")(text)
    is_open = [tag in ("ns", "n", "vn", "v") and len(word.strip()) >= 2 and word not in keywords.STOP_WORDS for word, tag in pairs]
    nodes = sorted({word for (word, _), fine in zip(pairs, is_open, strict=True) if fine})
    joined = np.zeros((len(nodes), len(nodes)))
    for i, (word, _) in enumerate(pairs):
        for j in range(i + 1, min(i + 5, len(pairs))):
            if is_open[i] and is_open[j]:
                a, b = nodes.index(word), nodes.index(pairs[j][0])
                joined[a, b] += 1
                joined[b, a] += 1
    near = joined.sum(0) > 0
    joined, nodes = joined[near][:, near], [node for node, fine in zip(nodes, near, strict=True) if fine]
    if not nodes:
        return {}
    rank = np.linalg.solve(np.eye(len(nodes)) - 0.85 * joined / joined.sum(0), np.full(len(nodes), 0.15))
    return dict(zip(nodes, (rank - rank.min() / 10) / (rank.max() - rank.min() / 10), strict=True))


def texts(seed: int, count: int) -> list[str]:
    rng = random.Random(seed)
    return ["".join(rng.choices(WORDS, k=rng.randint(0, 80))) for _ in range(count)]


def test_textrank_comes_to_the_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keywords, "ROUNDS", 80)
    monkeypatch.setattr(keywords, "KEYWORDS", 1000)
    many = [TEXT, "", "水渠", "水渠水渠", *texts(1, 30)]
    words = cut_words(many)
    names = words.vocabulary.to_pylist()
    found = rank_by_textrank(words)
    for k, text in enumerate(many):
        rows = found["article"] == k
        got = {names[code]: weight for code, weight in zip(found["code"][rows], found["weight"][rows], strict=True)}
        assert got == pytest.approx(plain_textrank(text), abs=1e-6), text


def test_six_rounds_find_what_jieba_finds():
    pair = type("Pair", (), {"__init__": lambda self, word, flag: self.__dict__.update(word=word, flag=flag)})
    jieba_rank = TextRank()
    jieba_rank.tokenizer = type("Cut", (), {"cut": staticmethod(lambda text: [pair(*p) for p in tagger("rjieba")(text)])})()
    many = [TEXT, *texts(2, 20)]
    words = cut_words(many)
    found = rank_by_textrank(words)
    names = words.vocabulary.to_pylist()
    best = [[names[code] for code in found["code"][found["article"] == k][:5]] for k in range(len(many))]
    same = [len(set(best[k]) & set(jieba_rank.textrank(text, topK=5))) / 5 for k, text in enumerate(many)]
    assert np.mean(same) > 0.8  # on words thrown together, whose ranks lie close


def test_an_article_is_ranked_alike_alone_and_in_company():
    many = [TEXT, *texts(3, 12)]
    together = cut_words(many)
    for rank in (lambda words: rank_by_tfidf(words, count_terms(words)), rank_by_textrank):
        found = rank(together)
        for k, text in enumerate(many):
            words = cut_words([text])
            alone, rows = rank(words), found["article"] == k
            mine = [(together.vocabulary[int(c)].as_py(), w) for c, w in zip(found["code"][rows], found["weight"][rows], strict=True)]
            assert mine == [(words.vocabulary[int(c)].as_py(), w) for c, w in zip(alone["code"], alone["weight"], strict=True)]


def test_no_words_no_keywords():
    for many in ([], [""], ["。，"]):
        words = cut_words(many)
        assert len(rank_by_textrank(words)["rank"]) == 0 == len(rank_by_tfidf(words, count_terms(words))["rank"])
