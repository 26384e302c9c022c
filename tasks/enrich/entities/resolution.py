"""What a mention stands for: its full form where the article itself says so, and the code of a place.

    place   中 in 中美 is 中国; codes by the list of divisions, in the light of the places before it; ambiguous names get none
    org     市总工会 is 宜昌市总工会 where that full form stands before it and no other does; （以下简称…） is believed
    person  卡斯特 is 简·卡斯特 where that is the one name in the article that ends so
    document  its title; 《劳动合同法》 is what the article abbreviates so
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tasks.enrich import divisions
from tasks.enrich.entities.lexicon import COUNTRY_SIGNS, WEAK_HEADS

_MOST_BETWEEN = 3  # characters between a full form and the bracket that abbreviates it
_SHORT = re.compile(r"[（(](?:以下|下)?(?:统一?)?简?称(?:为)?[:：]?[“\"《]?([^）)”\"》，。；]{2,20})[”\"》]?[）)]")
_DOT = re.compile("[·•・‧]")


class Resolved(NamedTuple):
    """A mention's full form and, for a place, its code."""

    norm: str
    code: str | None


def resolve(text: str, mentions: Sequence, year: int | None = None) -> list[Resolved]:
    """For each mention (start, stop, kind; in the order of the text) what it stands for."""
    shorts = _declared(text, mentions)
    names = [text[m.start:m.stop] for m in mentions]
    norms = [_norm(name, m.kind) for name, m in zip(names, mentions, strict=True)]
    _full_orgs(norms, mentions)
    _full_persons(norms, mentions)
    for k, name in enumerate(names):
        full = shorts.get((mentions[k].kind, norms[k])) or shorts.get((mentions[k].kind, name))
        if full:
            norms[k] = full
    at = [k for k, m in enumerate(mentions) if m.kind == "place"]
    codes = dict(zip(at, divisions.codes_of([norms[k] for k in at], year=year), strict=True)) if at else {}
    return [Resolved(norm, codes.get(k)) for k, norm in enumerate(norms)]


def _norm(name: str, kind: str) -> str:
    if kind == "place" and len(name) == 1:
        return COUNTRY_SIGNS.get(name, "中国" if name == "华" else name)
    return name.strip("《》") if kind == "document" else name


def _declared(text: str, mentions: Sequence) -> dict[tuple[str, str], str]:
    """Short forms that the text declares in brackets right behind a full form: (kind, short) -> full."""
    if "简称" not in text and "称" not in text:
        return {}
    found: dict[tuple[str, str], str] = {}
    for declared in _SHORT.finditer(text):
        for mention in reversed(mentions):
            if mention.stop <= declared.start():
                if declared.start() - mention.stop <= _MOST_BETWEEN and mention.kind in ("org", "document"):
                    full = _norm(text[mention.start:mention.stop], mention.kind)
                    found.setdefault((mention.kind, declared.group(1).strip("《》")), full)
                break
    return found


def _full_orgs(norms: list[str], mentions: Sequence) -> None:
    """Names that begin with 省, 市, 县 take the one full form before them that ends so; two candidates leave them open."""
    fulls: list[str] = []
    for k, mention in enumerate(mentions):
        if mention.kind != "org":
            continue
        name = norms[k]
        if (name[0] in WEAK_HEADS and len(name) > 2) or name in ("省委", "市委", "县委", "区委", "州委"):
            possible = {full for full in fulls if full.endswith(name) and len(full) > len(name)}
            if len(possible) == 1:
                norms[k] = possible.pop()
        else:
            fulls.append(name)


def _full_persons(norms: list[str], mentions: Sequence) -> None:
    """The last part of a dotted name stands for the whole where only one whole in the article ends so."""
    wholes = {norms[k] for k, m in enumerate(mentions) if m.kind == "person" and _DOT.search(norms[k])}
    if not wholes:
        return
    by_last: dict[str, set[str]] = {}
    for whole in wholes:
        by_last.setdefault(_DOT.split(whole)[-1], set()).add(whole)
    for k, mention in enumerate(mentions):
        if mention.kind == "person" and len(by_last.get(norms[k], ())) == 1:
            norms[k] = next(iter(by_last[norms[k]]))
