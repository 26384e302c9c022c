"""Mining proposes what a site repeats and never what an author wrote, however often a site prints it."""

from __future__ import annotations

import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.ids import doc_id, file_id
from tasks.clean.furniture import model
from tasks.clean.mined import mark_mined, read_rules
from tasks.clean.stage import clean_text
from tasks.relate.boilerplate import Proposal, mine
from tasks.relate.pages import page_of
from tasks.relate.proposals import to_toml
from tests.tasks.relate.sites import FOOT, MIDDLE, NOTE, OTHER_FOOT, SHARED, published, two_sites

HOSTS = ("chaosheng.example", "shanjiao.example")


@pytest.fixture(scope="module", autouse=True)
def rules_alone():
    """The model of lines knows some of these lines by their place; mining is for what nothing knows."""
    with model.silent():
        yield


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return two_sites()


@pytest.fixture(scope="module")
def proposals(texts: list[str]) -> list[Proposal]:
    return mine(published(texts))


def lines(found: list[Proposal]) -> dict[str, Proposal]:
    return {line: p for p in found for line in p.lines}


def test_what_stands_at_foot_and_head_is_proposed_with_its_evidence(proposals: list[Proposal]):
    found = lines(proposals)
    assert set(found) >= {*FOOT, NOTE, MIDDLE, OTHER_FOOT}
    assert found[FOOT[0]] is found[FOOT[1]] and found[FOOT[0]].lines == FOOT, "lines that always stand together are one block"
    assert (found[FOOT[0]].place, found[NOTE].place, found[MIDDLE].place) == ("foot", "head", "body")
    assert found[NOTE].documents >= 12 and found[NOTE].of == 19 and len(found[NOTE].examples) == 3
    assert found[OTHER_FOOT].group != found[NOTE].group, "sites are told apart by the lines that their pages share"
    assert found[NOTE].context and found[NOTE].stays_in and not found[OTHER_FOOT].stays_in


def test_the_article_that_both_sites_print_is_never_proposed(proposals: list[Proposal]):
    assert set(lines(proposals)).isdisjoint(SHARED)


@pytest.mark.parametrize("own_lines", [0, 1, 4, 30])
@pytest.mark.parametrize("pages", [0, 6, 40])
def test_an_article_that_one_site_prints_again_and_again_is_no_boilerplate(own_lines: int, pages: int):
    """Whatever stands around it, and whether most pages of the site carry it or few."""
    texts = [t for n, t in enumerate(two_sites(pages, 20, own_lines)) if n % 2 == 0]
    assert set(lines(mine(published(texts)))).isdisjoint(SHARED)


def test_copies_of_one_article_are_no_evidence():
    page = two_sites(1, 0)[0]
    copies = [page.replace("记 ", f"记 {n}") for n in range(9)]
    assert mine(published(copies)) == []


def test_numbered_headings_and_salutations_are_an_authors():
    rng_bodies = [t.split("\n") for n, t in enumerate(two_sites(12, 0)) if n % 2 == 0]
    texts = ["\n".join([*t[:5], "同志们:", "一、主要工作", *t[5:12], "二、存在的问题", *t[12:]]) for t in rng_bodies]
    assert not set(lines(mine(published(texts)))) & {"同志们:", "一、主要工作", "二、存在的问题"}


def test_a_site_is_asked_for_by_its_host_and_needs_no_context(texts: list[str]):
    pages = published(texts, [HOSTS[n % 2] for n in range(len(texts))])
    found = mine(pages, only=HOSTS[1])
    assert {p.site for p in found} == {HOSTS[1]} and OTHER_FOOT in lines(found)
    assert mine(pages, least=100) == []


def test_the_file_reads_back_and_cuts_nothing_before_a_person_accepts_it(proposals: list[Proposal], texts: list[str]):
    rules = read_rules(to_toml(proposals).encode(), "x.toml")
    assert [(r.id, r.lines, r.place, r.reach, r.context) for r in rules] == [
        (p.id, p.lines, p.place, p.reach, p.context) for p in proposals
    ]
    assert not any(r.accepted for r in rules)


def test_accepted_rules_take_their_lines_on_pages_of_their_site_and_leave_every_body(proposals: list[Proposal], texts: list[str]):
    rules = read_rules(to_toml(proposals).replace("accepted = false", "accepted = true").encode(), "x.toml")
    gone = {*FOOT, MIDDLE, NOTE, OTHER_FOOT}
    stays = {p.stays_in for p in proposals if p.stays_in}
    for page, text in zip(published(texts), texts, strict=True):
        ledger = clean_text(text)
        before = set(ledger.view().shown.split("\n"))
        mark_mined(ledger, page.doc_id, rules=rules)
        left = set(ledger.view().shown.split("\n"))
        cut = before - left
        assert cut <= gone
        assert page.doc_id in stays or not left & gone
    assert any(NOTE in text for page, text in zip(published(texts), texts, strict=True) if page.doc_id in stays), "one copy stays"


def test_invisible_characters_of_a_line_are_visible_to_the_reviewer():
    hostile = "夜读\u202e栏目\x1b今日\"推荐\\"
    texts = [t.replace(MIDDLE, "夜读栏目") for t in two_sites(12, 0)]
    pages = [replace(p, lines=tuple(x.replace("夜读栏目", hostile) for x in p.lines)) for p in published(texts)]
    found = to_toml(mine(pages))
    assert "\u202e" not in found and "\x1b" not in found and '\\u202E栏目\\u001B今日\\"推荐' in found.replace("\\u001b", "\\u001B")
    assert hostile in [line for rule in read_rules(found.encode(), "x.toml") for line in rule.lines]


def test_statutes_taken_for_one_site_repeat_nothing_that_could_leave(corpus: Path):
    """Formulas, headings and datelines of a thousand statutes recur at heads and feet, and all of them are their authors'."""
    pages = []
    with tarfile.open(corpus / "data" / "law.tar.gz") as tar:
        for member in tar:
            if member.isfile() and member.name.endswith(".txt") and len(pages) < 1000:
                text = tar.extractfile(member).read().decode()
                pages.append(page_of(doc_id(file_id(text.encode()), 1), member.name, "law.example", "", text, [], [(0, len(text))]))
    assert mine(pages) == []
