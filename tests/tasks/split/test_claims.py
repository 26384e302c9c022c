"""What a page's markup claims: which claims count, and what they do beside the text."""

from __future__ import annotations

import json

import pytest

from tasks.split.claims import NONE, claims_of, with_claims


def of(**meta: str) -> dict[str, list[tuple[str, float]]]:
    return claims_of(json.dumps({"meta": meta})).values


@pytest.mark.parametrize("record", [None, "", "{}", "[]", "3", "not json", '{"meta": 3, "json_ld": ["{", 4], "title": 5}'])
def test_what_is_no_head_claims_nothing(record: str | None):
    assert claims_of(record).values == {}


@pytest.mark.parametrize("name", ["admin", "Administrator", "管理员", "http://h.example", "a@h.example", "佚名", "u13800000000"])
def test_templates_are_no_authors(name: str):
    assert "author" not in of(author=name)


def test_whoever_carries_or_edits_the_page_is_not_its_author():
    claims = claims_of(json.dumps({"meta": {"author": "周小舟", "sitename": "河口网"}}))
    assert [p[1] for p in with_claims([("editor", "周小舟", 3, 6, 0.98)], claims, alone=True)] == ["周小舟", "河口网"]
    assert "author" not in claims_of(json.dumps({"meta": {"author": "河口网", "sitename": "河口网"}})).values


@pytest.mark.parametrize(
    ("said", "iso"),
    [
        ("2019-04-02T08:30:00+08:00", "2019-04-02T08:30:00"),
        ("2019-04-02 08:30", "2019-04-02T08:30"),
        ("2019年04月02日", "2019-04-02"),
        ("2019-04-02T00:30:00Z", None),
        ("2019-04-02T08:30:00+0900", None),
        ("2019-02-30", None),
        ("2019", None),
        ("昨天", None),
    ],
)
def test_times_are_local_or_none(said: str, iso: str | None):
    assert [v for v, _ in of(pubdate=said).get("published_at", [])] == ([iso] if iso else [])


@pytest.mark.parametrize(
    ("title", "meta", "want"),
    [
        ("夜灯亮了八年_社会频道_河口网", {}, "夜灯亮了八年"),
        ("夜灯亮了八年 - 后湾", {"og:site_name": "后湾"}, "夜灯亮了八年"),
        ("夜灯亮了八年——渡口见闻", {}, "夜灯亮了八年——渡口见闻"),
        ("河口网欢迎您", {}, None),
        ("河口网", {"og:site_name": "河口网"}, None),
        ("夜灯", {"og:title": "夜灯亮了八年"}, "夜灯亮了八年"),
    ],
)
def test_titles_lose_what_they_say_of_the_site(title: str, meta: dict[str, str], want: str | None):
    found = claims_of(json.dumps({"title": title, "meta": meta})).values.get("title", [])
    assert [v for v, _ in found[:1]] == ([want] if want else [])


def test_a_claim_makes_a_reading_surer_and_fills_what_the_text_leaves_open():
    claims = claims_of(json.dumps({"meta": {"pubdate": "2019-04-02 08:30", "articletitle": "夜灯亮了八年"}}))
    proofs = [("published_at", "2019-04-02", 5, 15, 0.9)]
    (_, _, start, _, sure), title = with_claims(proofs, claims, alone=True)
    assert start == 5 and 0.9 < sure < 1
    assert title[:4] == ("title", "夜灯亮了八年", None, None)
    assert with_claims(proofs, claims, alone=False) == [("published_at", "2019-04-02", 5, 15, sure)]
    assert with_claims(proofs, NONE, alone=True) == proofs


def test_a_claim_that_the_text_contradicts_changes_nothing():
    claims = claims_of(json.dumps({"meta": {"pubdate": "2020-01-01"}}))
    assert with_claims([("published_at", "2019-04-02", 5, 15, 0.9)], claims, alone=True) == [("published_at", "2019-04-02", 5, 15, 0.9)]
