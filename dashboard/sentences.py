"""Sentences that stages record, in Chinese: why a rule exists, what a flag saw, why a document was refused, why a run failed.

    in_chinese("it vanished before it was read")   ->   "尚未读取它就消失了"
    in_chinese("a.zip#3: it is damaged (bad crc). Fetch the file again; what could be read of it was.")
        ->   "a.zip#3：已损坏（bad crc）。请重新获取该文件；能读的部分已读取。"

What is recorded stays English: it is data, and `taojin explain` shows it so. A page in Chinese translates what it shows, by
sentences.toml and, for sentences of the contracts, by schemas/derive/chinese.toml. Values inside a sentence stay as they are.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from schemas.derive.chinese import chinese

SENTENCES = Path(__file__).with_name("sentences.toml")
PARTS = "parts"  # the table of what is only a part of sentences
LONGEST = 800  # characters; a longer one is text of someone else's
MOST_JOINTS = 12  # places at which a sentence may fall into two

ENGLISH = re.compile("[A-Za-z]{2}")
# {name} holds no blank, {name…} may; {*name} must be translated, {?name} is where it can be.
HOLE = re.compile(r"\{([*?]?)([a-z]+)(…?)\}")
BLANK = re.compile(r"\s")


class Template(NamedTuple):
    """An English sentence with holes, and the Chinese one."""

    pieces: tuple[str, ...]  # what stands before, between and behind the holes
    holes: tuple[tuple[str, str, str], ...]  # how each is translated, its name, and whether it may hold blanks
    said: str

    def match(self, sentence: str) -> list[str] | None:
        """What fills the holes, each as short as can be; None where it is another sentence. Looks at each character once."""
        first, *between = self.pieces
        last = between.pop()
        end = len(sentence) - len(last)
        if not sentence.startswith(first) or not sentence.endswith(last) or end < len(first):
            return None
        values, at = [], len(first)
        for piece in between:
            found = sentence.find(piece, at, end)
            if found < 0:
                return None
            values.append(sentence[at:found])
            at = found + len(piece)
        values.append(sentence[at:end])
        kept = all(kind or blanks or not BLANK.search(v) for (kind, _, blanks), v in zip(self.holes, values, strict=True))
        return values if kept else None


def in_chinese(sentence: str) -> str | None:
    """A recorded sentence in Chinese; None where it has none."""
    return _whole(sentence) if len(sentence) <= LONGEST else None


def in_language(sentence: str | None, language: str) -> str:
    """A recorded sentence in the page's language where it is known in it, else in English; '' for none."""
    return (in_chinese(sentence) if sentence and language == "zh" else None) or sentence or ""


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Every table of sentences.toml."""
    return tomllib.loads(SENTENCES.read_text("utf-8"))


@cache
def _templates(parts: bool) -> tuple[Template, ...]:
    """Sentences with holes, those that say most themselves first."""
    known = [(e, c) for name, table in sentences().items() for e, c in table.items() if (name == PARTS) == parts and HOLE.search(e)]
    return tuple(_template(e, c) for e, c in sorted(known, key=lambda k: (-len(HOLE.sub("", k[0])), k[0])))


@cache
def _plain(parts: bool) -> dict[str, str]:
    """Sentences without holes."""
    return {e: c for name, table in sentences().items() for e, c in table.items() if (name == PARTS) == parts and not HOLE.search(e)}


def _template(english: str, said: str) -> Template:
    holes = list(HOLE.finditer(english))
    ends = [0, *(h.end() for h in holes)]
    starts = [*(h.start() for h in holes), len(english)]
    return Template(tuple(english[a:b] for a, b in zip(ends, starts, strict=True)), tuple((h[1], h[2], h[3]) for h in holes), said)


@lru_cache(4096)
def _whole(sentence: str) -> str | None:
    """By the sentence itself, else as several that were joined."""
    return _known(sentence) or _joined(sentence)


@lru_cache(4096)
def _part(sentence: str) -> str | None:
    """What fills a hole: a part, or a sentence of its own."""
    return _plain(True).get(sentence) or _filled(sentence, _templates(True)) or _whole(sentence)


def _known(sentence: str) -> str | None:
    """With the full stop that it has here, and not only the one that it has in the table."""
    for english, ending in ((sentence, ""), (sentence.removesuffix("."), "。"), (sentence + ".", "")):
        if english == sentence and ending:
            continue
        if found := chinese(english) or _plain(False).get(english) or _filled(english, _templates(False)):
            return found.removesuffix("。") if len(english) > len(sentence) else found.removesuffix("。") + ending if ending else found
    return None


def _filled(sentence: str, templates: tuple[Template, ...]) -> str | None:
    for template in templates:
        if (found := template.match(sentence)) is None:
            continue
        values: dict[str, str] = {}
        for (kind, name, _), value in zip(template.holes, found, strict=True):
            told = _part(value) if kind else value
            if told is None and kind == "*":
                break
            values[name] = told or value
        else:
            return template.said.format(**values)
    return None


def _joined(sentence: str) -> str | None:
    """`place: reason`, `reason. What to do next.`, `one; another`: a place stays as it is."""
    for joint in list(re.finditer(r": |\. |; |, ", sentence))[:MOST_JOINTS]:
        left, right = sentence[: joint.start()], sentence[joint.end() :]
        first = _part(left) or (left if joint[0] == ": " else None)
        if first and (second := _whole(right)):
            return first + {": ": "：", ". ": "。", "; ": "；", ", ": "，"}[joint[0]] + second
    return None
