"""Names of administrative divisions and the codes that they mean."""

from __future__ import annotations

import pytest

from tasks.enrich import divisions
from tasks.enrich.divisions import abbreviated, candidates, codes_of, full_name, lookup, name_of, parents, short_name, within


@pytest.mark.parametrize(("name", "code"), [
    ("四川省", "510000"), ("四川", "510000"), ("绵阳市", "510700"), ("绵阳", "510700"), ("江油", "510781"), ("内蒙古", "150000"),
    ("四川省绵阳市涪城区", "510703"), ("四川绵阳涪城", "510703"), ("太原古交", "140181"), ("北京朝阳", "110105"), ("重庆市忠县", "500233"),
    ("恩施土家族苗族自治州", "422800"), ("恩施州", "422800"), ("黔东南州", "522600"), ("长阳县", "420528"), ("神农架", "429021"),
    ("吉林", "220000"), ("吉林市", "220200"), ("宜宾", "511500"), ("大理", "532900"), ("西安", "610100"), ("阿拉善盟", "152900"),
    ("襄樊市", "420600"), ("襄阳市", "420600"), ("宣武区", "110104"), ("香港", "810000"), ("来宾市", "451300"), ("浦东新区", "310115"),
])
def test_one_place(name: str, code: str):
    assert lookup(name) == code


@pytest.mark.parametrize("name", [
    "朝阳区", "鼓楼区", "市中区", "江北区",  # several bear it
    "朝阳", "和平", "来宾", "资源", "东城", "西湖", "杭州西湖",  # words first, or water
    "中国", "京", "沪", "江浙沪", "四川绵阳某某", "市辖区", "县", "市", "", "区", "苏州工业园区",
])
def test_not_guessed(name: str):
    assert lookup(name) is None


def test_what_several_places_share_is_listed():
    assert {division.code for division in candidates("朝阳区")} == {"110105", "220104"}
    assert [(division.code, division.last) for division in candidates("巢湖市")] == [("340181", None), ("341400", 2010)]


@pytest.mark.parametrize(("name", "context", "code"), [
    ("朝阳区", ["北京市"], "110105"), ("朝阳区", ["北京", "吉林省"], "220104"), ("朝阳区", ["南昌"], None), ("鼓楼区", ["开封"], "410204"),
    ("鼓楼区", ["江苏"], None), ("鼓楼区", ["江苏", "徐州市"], "320302"), ("朝阳", ["北京"], "110105"), ("朝阳", ["锦州"], "211300"),
    ("和平", ["广东"], "441624"), ("鼓楼区", ["320115"], "320106"),  # beside 江宁区 it is 南京's
])
def test_context_decides(name: str, context: list[str], code: str | None):
    assert lookup(name, context) == code


def test_the_year_decides():
    assert (lookup("巢湖市", year=2005), lookup("巢湖市", year=2015)) == ("341400", "340181")


def test_parents_and_names():
    assert parents("510703") == ("510000", "510700") and parents("110105") == ("110000",) and parents("510000") == ()
    assert full_name("429004") == "湖北省仙桃市" and name_of("420600") == "襄阳市" and full_name("999999") is None


def test_an_article_is_read_in_order():
    names = ["朝阳区", "北京", "朝阳区", "福建", "鼓楼区", "江油", "朝阳区"]
    assert codes_of(names) == ["110105", "110000", "110105", "350000", "350102", "510781", "110105"]
    assert codes_of(["鼓楼区"]) == [None] and codes_of(["鼓楼区"], home=["南京"]) == ["320106"]


def test_finer_places_lie_in_a_division():
    assert within("四川省江油市某某镇") == "510781" and within("绵阳市某某路") == "510700" and within("某某镇") is None


def test_letters_of_provinces():
    assert abbreviated("京津冀") == ("110000", "120000", "130000")
    assert abbreviated("沪") == () and abbreviated("京东") == () and abbreviated("云云") == ()


@pytest.mark.parametrize(("name", "short"), [
    ("绵阳市", "绵阳"), ("忠县", None), ("前郭尔罗斯蒙古族自治县", "前郭尔罗斯"), ("积石山保安族东乡族撒拉族自治县", "积石山"),
    ("新疆维吾尔自治区", "新疆"), ("大兴安岭地区", "大兴安岭"), ("香港特别行政区", "香港"), ("伊犁哈萨克自治州", "伊犁"),
])
def test_short_names(name: str, short: str | None):
    assert short_name(name) == short


def test_every_row_is_found_by_its_own_path():
    """But for places that were numbered anew: those give their present code."""
    rows = divisions._rows()
    now = {(row.name, parents(row.code)[:1]) for row in rows if row.last is None}
    for row in rows:
        path = (full_name(parents(row.code)[-1]) if parents(row.code) else "") + row.name
        assert row.code in {division.code for division in candidates(path)} or row.last is not None, path
        if row.last is None:
            assert lookup(path) is not None, path
        assert parents(row.code) or row.level == divisions.PROVINCE, row
    assert len(now) > 3000
