"""keywords: the words that say most about an article, ranked by two methods without a loop over words.

TF-IDF asks which words the article uses more than other texts do (jieba's idf); TextRank asks which words stand near many
others that do so too, and needs no other text. Both are jieba.analyse's, with its stop words and its number of keywords.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from itertools import repeat

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.enrich.words import Words

Ranked = dict[str, np.ndarray]  # article (index), rank (from 1), code, weight

KEYWORDS = 20  # per article and method, as jieba.analyse gives by default
SHORTEST_KEYWORD = 2  # code points, as in jieba.analyse
STOP_WORDS = frozenset(
    "the of is and to in that we for an are by be as on with can if from which you it this then at have all not one has or".split()
)  # jieba.analyse's own list: keywords stay comparable with it
TEXTRANK_TAGS = frozenset(("ns", "n", "vn", "v"))  # as in jieba.analyse, like the next two
WINDOW = 4  # words after a word that count as near it
DAMPING = 0.85
ROUNDS = 6  # of Chebyshev's iteration: 99 % of the best twenty are those of the limit, as of jieba's ten rounds


def rank_by_tfidf(words: Words, terms: dict) -> Ranked:
    """
    Keywords as jieba.analyse.extract_tags ranks them; ties in weight go to the smaller term.

    Numbers count in the total, as they do there, and are no keywords: jieba's idf lacks them and would take 20 for a rare word.
    """
    article, code, tf = terms["article"], terms["code"], terms["tf"]
    first = np.flatnonzero((np.diff(article, prepend=-1) != 0) | (np.diff(code, prepend=-1) != 0))
    if not len(first):
        return _best(article, code, tf.astype(float), len(words.bounds))
    article, code, tf = article[first], code[first], np.add.reduceat(tf, first)
    kept = _is_candidate(words.vocabulary)[code]
    article, code, tf = article[kept], code[kept], tf[kept]
    total = np.bincount(article, tf, len(words.bounds))
    named = np.flatnonzero(_has_letter(words.vocabulary)[code])
    article, code, tf = article[named], code[named], tf[named]
    return _best(article, code, tf * _idf_of(words.names)[code] / total[article], len(words.bounds))


def rank_by_textrank(words: Words) -> Ranked:
    """
    Keywords as jieba.analyse.textrank weighs them: PageRank over words, joined as often as they stand near each other.

    All articles are one graph without edges between them. jieba goes from node to node and stops after ten rounds; here all
    nodes move together, from where a walk without damping would end, and nearer to the limit. Weights are within (0, 1]; the
    best word of an article has 1.
    """
    is_open = np.fromiter((tag in TEXTRANK_TAGS for tag in words.tags.to_pylist()), bool, len(words.tags))
    at = np.flatnonzero(_is_candidate(words.vocabulary)[words.codes] & is_open[words.tag_codes])
    article = np.searchsorted(words.bounds, at, side="right") - 1
    bits = max(1, len(words.vocabulary).bit_length())
    nodes, node = _numbered((article << bits) | words.codes[at])
    one, other = _near(at, node, article)
    if not len(one):
        none = np.zeros(0, np.int64)
        return _best(none, none, none.astype(float), len(words.bounds))
    pair, times = np.unique(np.minimum(one, other) * len(nodes) + np.maximum(one, other), return_counts=True)
    u, v = np.divmod(pair, len(nodes))
    degree = np.bincount(u, times, len(nodes)) + np.bincount(v, times, len(nodes))
    home = nodes >> bits
    joined = np.flatnonzero(degree)
    size, whole = np.bincount(home[joined], minlength=len(words.bounds)), np.bincount(home, degree, len(words.bounds))
    rank = degree * (size / np.maximum(whole, 1))[home]
    share = 1 / np.maximum(degree, 1)
    before, pull = rank, 1.0
    for step in range(ROUNDS):
        each = rank * share
        moved = (1 - DAMPING) + DAMPING * (np.bincount(u, times * each[v], len(nodes)) + np.bincount(v, times * each[u], len(nodes)))
        pull = 1 / (1 - DAMPING**2 * pull / (2 if step == 1 else 4)) if step else 1.0
        before, rank = rank, pull * (moved - before) + before
    home, rank = home[joined], rank[joined]
    first = np.flatnonzero(np.diff(home, prepend=-1))
    low, high = (np.repeat(f.reduceat(rank, first), np.diff(first, append=len(home))) for f in (np.minimum, np.maximum))
    return _best(home, nodes[joined] & ((1 << bits) - 1), (rank - low / 10) / (high - low / 10), len(words.bounds))


def _numbered(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct keys, ascending, and each key's number among them: np.unique, by one sort of numbers that carry their place."""
    places = max(1, len(keys).bit_length())
    if not len(keys) or int(keys.max()).bit_length() + places > 63:
        return np.unique(keys, return_inverse=True)
    packed = np.sort((keys << places) | np.arange(len(keys)))
    key = packed >> places
    is_first = np.diff(key, prepend=-1) != 0
    number = np.empty(len(keys), np.int64)
    number[packed & ((1 << places) - 1)] = np.cumsum(is_first) - 1
    return key[is_first], number


def _near(at: np.ndarray, node: np.ndarray, article: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of nodes whose words stand at most WINDOW words apart in one article."""
    ones, others = [], []
    for step in range(1, WINDOW + 1):
        near = np.flatnonzero((at[step:] - at[:-step] <= WINDOW) & (article[step:] == article[:-step]))
        ones.append(node[near])
        others.append(node[near + step])
    return np.concatenate(ones), np.concatenate(others)


def _best(article: np.ndarray, code: np.ndarray, weight: np.ndarray, articles: int) -> Ranked:
    """
    The heaviest KEYWORDS of each article; rows come sorted by article, weights are positive.

    Most words are out of question, and sorting them all by three keys would cost most of the time: one sort of numbers, each an
    article and a weight of less precision, tells where the cut lies; only what may be above it is then sorted exactly.
    """
    edges = np.searchsorted(article, np.arange(articles + 1))
    # Bits of positive floats ascend as they do; inverted, the heaviest come first.
    rough = (article.astype(np.int64) << 32) | (0xFFFFFFFF - weight.astype(np.float32).view(np.uint32).astype(np.int64))
    last = np.sort(rough)[np.minimum(edges[:-1] + KEYWORDS, np.maximum(edges[1:], 1)) - 1] if len(rough) else rough
    kept = np.flatnonzero(rough <= last[article]) if len(rough) else article
    article, code, weight = article[kept], code[kept], weight[kept]
    order = np.lexsort((code, -weight, article))
    rank = np.arange(len(article)) - np.searchsorted(article, article) + 1
    best = rank <= KEYWORDS
    order = order[best]
    return {"article": article[order], "rank": rank[best].astype(np.int32), "code": code[order], "weight": weight[order]}


def _is_candidate(vocabulary: pa.Array) -> np.ndarray:
    is_long = pc.greater_equal(pc.utf8_length(pc.utf8_trim_whitespace(vocabulary)), SHORTEST_KEYWORD)
    is_stop = pc.is_in(pc.utf8_lower(vocabulary), pa.array(sorted(STOP_WORDS)))
    return pc.and_not(is_long, is_stop).to_numpy(zero_copy_only=False)


def _has_letter(vocabulary: pa.Array) -> np.ndarray:
    return pc.match_substring_regex(vocabulary, r"\p{L}").to_numpy(zero_copy_only=False)


def _idf_of(names: list[str]) -> np.ndarray:
    weights, median = _idf()
    return np.fromiter(map(weights.get, names, repeat(median)), np.float64, len(names))


@cache
def _idf() -> tuple[dict[str, float], float]:
    """jieba's inverse document frequencies and their median, which stands for words that the list lacks."""
    lines = (files("jieba") / "analyse" / "idf.txt").read_text("utf-8").splitlines()
    weights = {word: float(value) for word, _, value in (line.rpartition(" ") for line in lines)}
    return weights, sorted(weights.values())[len(weights) // 2]
