"""Documents that we wrote, one or more for each class of dirt and for what looks like dirt and is none, against their truths.

The specimens are the honest test of the rules: they are written as such pages look, and no rule may know their words. What the
stages get wrong today is listed in tests/specimens/known_failures.json and runs in tests/test_known_failures.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.specimens.cases import CLASSES, FIELDS, PROJECT, TRUTHS, Result, cases, check, difference, result, truth
from tests.test_known_failures import KNOWN

RUN = 24  # characters in a row that a specimen may not share with a real page


@pytest.mark.parametrize("case", [case for case in cases() if case not in KNOWN])
def test_specimen(case: str):
    check(case)


def test_every_class_of_dirt_has_a_specimen():
    shown = {c for name in TRUTHS for c in truth(name)["classes"]}
    assert sorted(shown) == sorted(CLASSES)


def test_truths_and_specimens_belong_together():
    files = {p.name for p in (PROJECT / "seeds" / "specimens").iterdir() if not p.name.startswith(("enc-", "."))}
    assert files == {truth(name)["file"].removeprefix("seeds/specimens/") for name in TRUTHS}
    assert len(files) >= 60


def test_no_specimen_repeats_a_real_page(corpus):
    """Specimens are ours: real pages are not ours to commit, not even a line of them."""
    real = [p.read_text("utf-8") for p in sorted((corpus / "seeds").glob("*.txt"))]
    pages = corpus / "data" / "pages" / "pages.jsonl"
    if pages.is_file():
        real += [line for line in map(_page_text, pages.read_text("utf-8").splitlines()) if line]
    runs = {name: _runs(result(name).text) for name in TRUTHS}
    ours = set().union(*runs.values())
    shared = {text[i : i + RUN] for text in real for i in range(len(text) - RUN + 1) if text[i : i + RUN] in ours}
    assert not {(name, run) for name, of in runs.items() for run in of & shared}


def _page_text(line: str) -> str:
    return "\n".join(str(value) for value in json.loads(line).values())


def _runs(text: str) -> set[str]:
    """Runs that say something: three of four characters are letters or digits."""
    runs = {text[i : i + RUN] for i in range(len(text) - RUN + 1)}
    return {run for run in runs if sum(map(str.isalnum, run)) * 4 >= RUN * 3}


def _articles(change: Callable[[dict], dict]) -> Callable[[Result], Result]:
    return lambda got: replace(got, articles=[{**article, **change(article)} for article in got.articles])


def _without(table: str) -> Callable[[Result], Result]:
    return lambda got: replace(got, tables=got.tables | {table: got.tables[table].slice(0, 0)})


FAULTS = [
    *(("d16-collection:laws", fault) for fault in (lambda got: replace(got, given_back=b""), _without("kept"), _without("edits"))),
    ("d16-collection:articles", lambda got: replace(got, articles=got.articles[:1])),
    ("keep-interview:text", _articles(lambda a: {"text": a["text"].replace("【记者】", "")})),
    ("keep-interview:text", _articles(lambda a: {"text": a["text"] + "\n返回首页"})),
    ("d02-related-links:links", lambda got: replace(got, links=11)),
    ("d02-related-links:metadata", _without("article_metadata")),
    ("d20-paywall-elision:flags:hole", lambda got: replace(got, flags=[f for f in got.flags if f["kind"] != "hole"])),
    ("keep-ellipsis:flags_never", lambda got: replace(got, flags=[{"kind": "elision", "detail": ""}])),
    ("x08-self-censorship:flags_at", lambda got: replace(got, flags=got.flags[1:])),
    ("d07-pinyin-gloss:must_cut:(huì)", _articles(lambda a: {"title": a["title"] + "(huì)"})),
    ("keep-statute:must_keep:不得转载、复制古井档案", _articles(lambda a: {"text": a["text"].partition("第二章")[0]})),
    *((next(c for c in cases() if c.endswith(f":{field}") and c not in KNOWN), _articles(lambda a, field=field: {field: "?"}))
      for field in FIELDS if field != "published_at"),
    ("keep-interview:published_at", _articles(lambda a: {"published_at": None})),
]  # fmt: skip


@pytest.mark.parametrize(("case", "fault"), FAULTS, ids=[case for case, _ in FAULTS])
def test_each_check_sees_a_planted_fault(case: str, fault: Callable[[Result], Result]):
    got = result(case.partition(":")[0])
    check(case, got)
    with pytest.raises(AssertionError):
        check(case, fault(got))


def test_a_difference_names_paragraph_and_place():
    assert difference(["一只鸟", "两只鸟"], ["一只鸟", "两头鸟"]) == "~ at 1: wanted '两只鸟', got '两头鸟'"
    assert difference(["一只鸟"], ["一只鸟", "广告"]) == "+ '广告'"
    assert difference(["一只鸟", "两只鸟"], ["一只鸟"]) == "- '两只鸟'"
    assert difference(["一只鸟"], ["一只鸟"]) == ""
