"""Trains the model of wordclass.py on jieba's dictionary and writes wordclass.tsv and ordinary.txt.

    python -m tasks.enrich.entities.train dictionary
    python -m tasks.enrich.entities.train statutes FOLDER
    python -m tasks.enrich.entities.train common FOLDER

Source: dict.txt of jieba 0.42.1 (MIT): words with a tag each. Classes: Chinese names (tags nr and nrfg, a surname first, two or
three characters, four behind a double surname), foreign names (tags nr, nrt: characters that transliterate), places (ns),
organisations (nt), none of these (all other tags). Its tags of names are noisy, so words that the phrase table of pypinyin 0.55.0
(MIT), a dictionary of the language, has as well are left out of the names, and so are, after a first round, names that the rest of
the dictionary contradicts. Both kinds, unless the model takes them for names after all, make ordinary.txt: words tagged as names
that are words of the language. Then every second of some 3,500 statutes (official texts, in which no copyright exists: Copyright
Law of China, article 5) is searched with that model: what looks like a person there is none, and goes into the second round as
"none of these". Only such strings of two to four characters are kept of the statutes. A word that statutes of many provinces use
alike is no name of a place (a county is named in its own province) nor of an organisation: places.txt and orgs.txt, by FOLDER/index.jsonl,
which tells each statute's province. The same sources give the same files on the
same machine: fixed seeds, fixed order. Nothing is learned from annotated or newspaper text.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from tasks.enrich import divisions
from tasks.enrich.entities.lexicon import ADMINISTRATIVE, COMPOUND_SURNAMES, ORG_ALONE, SURNAMES, TITLES_AFTER, TOP_SURNAMES, WEAK_SURNAMES
from tasks.enrich.entities.vocabulary import SURE_PLACES
from tasks.enrich.entities.wordclass import SCALE, features
from tasks.enrich.mentions import find_mentions, person_candidates, worth_a_look
from tasks.enrich.words import cut_words
from tasks.text.package_data import package_bytes

TARGET = Path(__file__).with_name("wordclass.tsv")
ORDINARY = Path(__file__).with_name("ordinary.txt")
CHINESE, FOREIGN, PLACE, ORG, NONE = range(5)
ROUNDS, BATCH, RATE, FOLDS = 12, 4096, 0.3, 4
LEAST_SEEN = 4
PROVINCES = 3
WEIGHT = 3  # how often an example from the statutes counts
NAMED_BEFORE = ("思想", "理论", "同志", "总书记", "主席", "新时代", "先生", "烈士")
ORDINARY_COUNT = 50  # a word that the dictionary counts so often is common
HEAD = (
    "# Weights of features for the classes Chinese name, foreign name, place, organisation, in tenths of a nat; see wordclass.py.\n"
    "# Made by tasks/enrich/entities/train.py from dict.txt of jieba 0.42.1 (MIT), noisy names left out with pypinyin 0.55.0 (MIT).\n"
)
HEAD_OF_STATUTES = "# Words that statutes of three provinces and more use alike, so no names; made by tasks/enrich/entities/train.py.\n"


def main(step: str, laws: Path | None) -> None:
    """One of three steps, each a process of its own, since each reads what the former wrote."""
    if step == "dictionary":
        words, labels, contradicted = cleaned()
        write(words, labels, contradicted, [])
        for kind in ("place", "org"):
            TARGET.with_name(f"{kind}s.txt").write_text(HEAD_OF_STATUTES, "utf-8")
    elif step == "statutes" and laws:
        words, labels, contradicted = cleaned()
        mined = no_names(laws)
        known = dict(zip(words, labels.tolist(), strict=True))
        more = [name for name, _ in mined if known.get(name, NONE) in (NONE, CHINESE, FOREIGN)]
        stays = np.isin(words, more, invert=True)
        words = [w for w, k in zip(words, stays, strict=True) if k] + more * WEIGHT
        labels = np.concatenate([labels[stays], np.full(len(more) * WEIGHT, NONE)])
        write(words, labels, contradicted, [name for name, is_word in mined if is_word])
        print(f"from statutes: {len(more)} strings that are no names")
    elif step == "common" and laws:
        for kind, found in common_words(laws).items():
            target = TARGET.with_name(f"{kind}s.txt")
            target.write_text(HEAD_OF_STATUTES + "\n".join(found) + "\n", "utf-8")
            print(f"{target.name}: {len(found)} words")
    else:
        raise SystemExit(__doc__)


def cleaned() -> tuple[list[str], np.ndarray, list[str]]:
    """The dictionary's words and classes without the names that the rest of it contradicts, and those names."""
    words, labels = examples()
    keep = _contradicted(words, labels)
    contradicted = [w for w, k, label in zip(words, keep, labels, strict=True) if not k and label in (CHINESE, FOREIGN)]
    return [w for w, k in zip(words, keep, strict=True) if k], labels[keep], contradicted


def write(words: list[str], labels: np.ndarray, contradicted: list[str], more: list[str]) -> None:
    """Train and write both files; print precision and recall on a twentieth that a first training leaves out."""
    vocabulary = _vocabulary(words)
    index = _index(words, vocabulary)
    held = np.zeros(len(words), bool)
    held[np.random.default_rng(7).permutation(len(words))[: len(words) // 20]] = True
    guess = _scores(_train(index[~held], labels[~held], len(vocabulary)), index[held]).argmax(1)
    for label, name in enumerate(("chinese", "foreign", "place", "org", "none")):
        hit = int(((guess == label) & (labels[held] == label)).sum())
        print(f"{name:8} precision {hit / (guess == label).sum():.3f} recall {hit / (labels[held] == label).sum():.3f} "
              f"n {(labels[held] == label).sum()}")
    weights = _train(index, labels, len(vocabulary))
    rounded = np.rint((weights[:, :NONE] - weights[:, NONE:]) * SCALE).astype(int)
    lines = ["\t".join([name, *map(str, rounded[k])]) for name, k in vocabulary.items() if abs(rounded[k]).max() >= 2]
    TARGET.write_text(HEAD + "\n".join(lines) + "\n", "utf-8")
    write_ordinary(contradicted, more, vocabulary, weights)
    print(f"{TARGET.name}: {len(words)} words, {len(lines)} features, {TARGET.stat().st_size} bytes")


def no_names(laws: Path) -> list[tuple[str, bool]]:
    """
    Strings that look like names of persons in statutes, which name hardly anybody; with each, whether it is one word of several statutes.

    Every second file is read, so that the others can measure. Names that statutes do hold stand before a theory or a title.
    """
    files = sorted(laws.rglob("*.txt"))[::2]
    seen: Counter[str] = Counter()
    named: Counter[str] = Counter()
    single: set[str] = set()
    for first in range(0, len(files), 100):
        texts = [path.read_text("utf-8") for path in files[first:first + 100]]
        for tokens, interesting in worth_a_look(cut_words(texts), texts):
            stops = {tokens.stop(k) for k, _ in interesting if len(tokens.word(k)) > 1}
            strings = set()
            for candidate in person_candidates(tokens, interesting):
                name = tokens.text[candidate.start:candidate.stop]
                named[name] += tokens.text.startswith(NAMED_BEFORE, candidate.stop)
                strings.add(name)
                if candidate.stop in stops:
                    single.add(name)
            seen.update(strings)
    return [(name, name in single and count > 1) for name, count in sorted(seen.items()) if not named[name] and 2 <= len(name) <= 4]


def examples() -> tuple[list[str], np.ndarray]:
    """Words of the dictionary with their classes."""
    rows = [line.split(" ") for line in package_bytes("jieba", "dict.txt").decode().splitlines()]
    phrases = set(json.loads(package_bytes("pypinyin", "phrases_dict.json")))
    foreign = Counter(char for word, _, tag in rows if tag == "nrt" and len(word) >= 3 for char in word)
    transliterating = {char for char, count in foreign.items() if count >= 12}
    common = _common(rows)
    words, labels = [], []
    for word, _, tag in rows:
        if 2 <= len(word) <= 12 and all("\u4e00" <= char <= "\u9fff" for char in word):
            label = _label(word, tag, transliterating, phrases)
            if label == CHINESE and len(word) == 3 and (word[:2] in common or word[1:] in common):
                continue  # 牛|肉干, 支付|宝: as likely a word as a name (王|建国)
            if label is not None:
                words.append(word)
                labels.append(label)
    return words, np.array(labels)


def write_ordinary(contradicted: list[str], more: list[str], vocabulary: dict[str, int], weights: np.ndarray) -> None:
    """
    Names that are words: those the rest of the dictionary contradicts (unless a common surname speaks for them), phrases of the
    language that look like no name, and `more`, which statutes use.
    """
    phrases = set(json.loads(package_bytes("pypinyin", "phrases_dict.json")))
    rows = [line.split(" ") for line in package_bytes("jieba", "dict.txt").decode().splitlines()]
    common = _common(rows)
    doubtful = [
        w for w, _, tag in rows
        if tag in ("nr", "nrfg", "nrt") and ((w in phrases and 2 <= len(w) <= 4) or (len(w) == 3 and (w[:2] in common or w[1:] in common)))
    ]
    scores = _scores(weights, _index(doubtful, vocabulary))
    margin = scores[:, [CHINESE, FOREIGN]].max(1) - scores[:, NONE]
    contradicted = [w for w in contradicted if w in phrases or w[0] in WEAK_SURNAMES or w[0] not in TOP_SURNAMES]
    found = sorted({*contradicted, *more, *(w for w, m in zip(doubtful, margin, strict=True) if m < (3.0 if w in phrases else 1.5))})
    ORDINARY.write_text(HEAD.splitlines()[1] + "\n" + "\n".join(found) + "\n", "utf-8")
    print(f"{ORDINARY.name}: {len(found)} words, {ORDINARY.stat().st_size} bytes")


def common_words(laws: Path) -> dict[str, list[str]]:
    """Single words that would be taken for places or organisations and stand in the statutes of PROVINCES provinces."""
    rows = [json.loads(line) for line in (laws / "index.jsonl").read_text("utf-8").splitlines()][::2]
    provinces: dict[str, dict[str, set[str]]] = {"place": {}, "org": {}}
    rows = [row for row in rows if row["place"]]
    for first in range(0, len(rows), 100):
        chosen = rows[first:first + 100]
        texts = [(laws / Path(row["path"]).name).read_text("utf-8") for row in chosen]
        words = cut_words(texts)
        for row, (tokens, interesting) in zip(chosen, worth_a_look(words, texts), strict=True):
            at = {tokens.start(k): tokens.stop(k) for k, _ in interesting}
            for mention in find_mentions(tokens, interesting):
                if mention.kind in provinces and at.get(mention.start) == mention.stop:
                    provinces[mention.kind].setdefault(tokens.text[mention.start:mention.stop], set()).add(row["place"])
    keep = {"place": _is_surely_place, "org": ORG_ALONE.__contains__}
    return {
        kind: sorted(word for word, seen in of.items() if len(seen) >= PROVINCES and not keep[kind](word)) for kind, of in provinces.items()
    }


def _is_surely_place(word: str) -> bool:
    """A country, a province, a prefecture, or a division by its full name."""
    code = divisions.lookup(word)
    return word in SURE_PLACES or (code is not None and (code.endswith("00") or (len(word) > 2 and word.endswith(ADMINISTRATIVE))))


def _common(rows: list[list[str]]) -> set[str]:
    """Words of two characters that are common and no names."""
    return {w for w, count, tag in rows if len(w) == 2 and int(count) >= ORDINARY_COUNT and tag not in ("nr", "nrfg", "nrt", "ns", "nz")}


def _label(word: str, tag: str, transliterating: set[str], phrases: set[str]) -> int | None:
    if tag in ("nr", "nrfg", "nrt"):
        if word in phrases or word.endswith(TITLES_AFTER):
            return None
        if tag != "nrt" and ((word[0] in SURNAMES and len(word) <= 3) or (word[:2] in COMPOUND_SURNAMES and len(word) <= 4)):
            return CHINESE
        return FOREIGN if transliterating.issuperset(word) else None
    return {"ns": PLACE, "nt": ORG}.get(tag, NONE)


def _contradicted(words: list[str], labels: np.ndarray) -> np.ndarray:
    """False for names whose build says otherwise, by models that did not see them."""
    vocabulary = _vocabulary(words)
    index = _index(words, vocabulary)
    fold = np.random.default_rng(11).integers(0, FOLDS, len(words))
    keep = np.ones(len(words), bool)
    for k in range(FOLDS):
        scores = _scores(_train(index[fold != k], labels[fold != k], len(vocabulary)), index[fold == k])
        own = labels[fold == k]
        keep[fold == k] = (own == NONE) | (scores.max(1) - scores[np.arange(len(own)), own] < 1.5)
    return keep


def _vocabulary(words: list[str]) -> dict[str, int]:
    seen = Counter(feature for word in words for feature in features(word))
    return {name: k for k, name in enumerate(sorted(name for name, count in seen.items() if count >= LEAST_SEEN), 1)}


def _index(words: list[str], vocabulary: dict[str, int]) -> np.ndarray:
    rows = [[vocabulary[name] for name in features(word) if name in vocabulary] for word in words]
    index = np.zeros((len(rows), max(map(len, rows))), np.int32)
    for k, row in enumerate(rows):
        index[k, : len(row)] = row
    return index


def _scores(weights: np.ndarray, index: np.ndarray) -> np.ndarray:
    return weights[index].sum(1)


def _train(index: np.ndarray, labels: np.ndarray, size: int) -> np.ndarray:
    """Softmax regression by Adagrad; row 0 stands for no feature and stays 0."""
    random = np.random.default_rng(3)
    weights = np.zeros((size + 1, NONE + 1), np.float64)
    seen = np.full_like(weights, 1e-6)
    for _ in range(ROUNDS):
        order = random.permutation(len(labels))
        for first in range(0, len(order), BATCH):
            chosen = order[first:first + BATCH]
            scores = _scores(weights, index[chosen])
            error = np.exp(scores - scores.max(1, keepdims=True))
            error /= error.sum(1, keepdims=True)
            error[np.arange(len(chosen)), labels[chosen]] -= 1
            flat, spread = index[chosen].ravel(), np.repeat(error, index.shape[1], 0)
            slope = np.stack([np.bincount(flat, spread[:, label], size + 1) for label in range(NONE + 1)], 1) / len(chosen)
            slope += 1e-6 * weights
            slope[0] = 0
            seen += slope * slope
            weights -= RATE * slope / np.sqrt(seen)
    return weights


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "", Path(sys.argv[2]) if len(sys.argv) > 2 else None)
