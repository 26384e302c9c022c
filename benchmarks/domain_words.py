"""How tasks/enrich/domain_words.tsv was made: words of unions, party, government, economy and law that jieba's dictionary lacks.

    python -m benchmarks.domain_words propose [--least 100]     strings of the corpus that behave like words
    python -m benchmarks.domain_words fit [--write]             frequencies of the chosen words, and what they change

`propose` counts strings of 2 to 4 characters in a law corpus and prints those that jieba's dictionary lacks, whose halves go
together more often than chance says (pointwise mutual information of the loosest cut) and which stand before and after many
different characters (the smaller entropy of both sides; a neighbour that is no Han character counts as free). A person chose
from them, and added words of the same fields that laws do not use. Chosen were words of which the cut leaves a piece that is
none (驻|村干部, 公|租房, 大|数据), guesses of the hidden Markov model, and set terms that mean something of their own (转移支付);
left alone were transparent compounds, since a search for one of their parts would no longer find them.

`fit` gives each word the least frequency with which it is cut whole standing alone (doubled, so that neighbours do not tip it),
and counts in the corpus how often it is then cut whole, and which pieces beside it vanish.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import rjieba

from benchmarks import corpus

DATA = Path(__file__).resolve().parent.parent / "tasks" / "enrich" / "domain_words.tsv"
COHESION, FREEDOM = 4.5, 1.5  # nats
CHARACTERS, BITS = 4000, 12  # the commonest Han characters, packed into an integer each


def propose(text: str, least: int) -> Iterator[tuple[str, int, float, float, str]]:
    """(string, count, cohesion, freedom, jieba's cut) of strings that behave like words, commonest first."""
    points = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    counts = np.bincount(points, minlength=0x110000)
    common = np.argsort(-counts[0x4E00:0xA000], kind="stable")[:CHARACTERS] + 0x4E00
    number = np.zeros(0x110000, np.int64)
    number[common] = np.arange(1, len(common) + 1)
    codes = number[points]
    grams = {n: _grams(codes, n) for n in range(1, 6)}

    def count(code: int, n: int) -> int:
        keys, numbers = grams[n]
        at = np.searchsorted(keys, code)
        return int(numbers[at]) if at < len(keys) and keys[at] == code else 1

    cutter = rjieba.Jieba()
    found = []
    for n in (2, 3, 4):
        keys, numbers = grams[n]
        keys, numbers = keys[numbers >= least], numbers[numbers >= least]
        longer, of_longer = grams[n + 1]
        freedom = np.minimum(
            _freedom(keys, numbers, longer & ((1 << (BITS * n)) - 1), of_longer), _freedom(keys, numbers, longer >> BITS, of_longer)
        )
        for key, times, free in zip(keys.tolist(), numbers.tolist(), freedom.tolist(), strict=True):
            if free < FREEDOM:
                continue
            halves = [count(key >> (BITS * k), n - k) * count(key & ((1 << (BITS * k)) - 1), k) for k in range(1, n)]
            cohesion = float(np.log(times * len(points) / max(halves)))
            word = "".join(chr(common[(key >> (BITS * k) & ((1 << BITS) - 1)) - 1]) for k in range(n - 1, -1, -1))
            if cohesion >= COHESION and not cutter.has_word(word):
                found.append((word, times, cohesion, free, "|".join(cutter.cut(word))))
    yield from sorted(found, key=lambda row: -row[1])


def _grams(codes: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Packed n-grams of Han characters with their counts, ascending."""
    key = np.zeros(len(codes) - n + 1, np.int64)
    whole = np.ones(len(key), bool)
    for k in range(n):
        part = codes[k : len(codes) - n + 1 + k]
        key = key << BITS | part
        whole &= part > 0
    return np.unique(key[whole], return_counts=True)


def _freedom(keys: np.ndarray, counts: np.ndarray, of: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Entropy of the neighbours on one side; those that are no Han character count like twenty that differ."""
    at = np.minimum(np.searchsorted(keys, of), len(keys) - 1)
    hit = keys[at] == of
    total = np.bincount(at[hit], times[hit], len(keys))
    spread = np.bincount(at[hit], times[hit] * np.log(times[hit]), len(keys))
    entropy = np.log(np.maximum(total, 1)) - spread / np.maximum(total, 1)
    free = np.maximum(counts - total, 0) / counts
    return entropy * (1 - free) + 3 * free


def fit(text: str, chosen: list[tuple[str, str]]) -> Iterator[tuple[str, int, str, int, int, Counter[str]]]:
    """(word, frequency, tag, uses, uses cut whole, pieces of neighbours that vanish) of each chosen word."""
    before, after = rjieba.Jieba(), rjieba.Jieba()
    frequency = {word: max(2 * before.suggest_freq(word), 3) for word, _ in chosen}
    for word, tag in chosen:
        after.add_word(word, frequency[word], tag)
    lines = text.split("\n")
    for word, tag in chosen:
        uses = whole = 0
        broken: Counter[str] = Counter()
        for line in [line for line in lines if word in line][:2000]:
            new, old = after.cut(line), before.cut(line)
            uses += line.count(word)
            whole += new.count(word)
            broken.update(piece for piece in (Counter(old) - Counter(new)) if piece not in word and len(piece) > 1)
        yield word, frequency[word], tag, uses, whole, broken


def chosen_words(path: Path = DATA) -> list[tuple[str, str]]:
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [(word, tag) for word, _, tag in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=("propose", "fit"))
    parser.add_argument("--least", type=int, default=100, help="uses in the corpus")
    parser.add_argument("--write", action="store_true", help="put the frequencies into the file")
    parser.add_argument("--source", type=Path, default=corpus.default_source())
    args = parser.parse_args()
    text = "\n".join(sorted(set(corpus.paragraphs(args.source))))
    if args.what == "propose":
        for word, times, cohesion, free, cut in propose(text, args.least):
            print(f"{word}\t{times}\t{cohesion:.1f}\t{free:.1f}\t{cut}")
        return
    rows = list(fit(text, chosen_words()))
    for word, frequency, _, uses, whole, broken in rows:
        print(f"{word}\t{frequency}\t{whole} of {uses}\t{' '.join(f'{piece}:{n}' for piece, n in broken.most_common(4))}")
    if args.write:
        head = [line for line in DATA.read_text("utf-8").splitlines() if line.startswith("#")]
        body = [f"{word}\t{frequency}\t{tag}" for word, frequency, tag, *_ in sorted(rows)]
        DATA.write_text("\n".join(head + body) + "\n", "utf-8")


if __name__ == "__main__":
    main()
