"""Sentences that pages say, by kinds of words; and sentences of authors that have some of them."""

from __future__ import annotations

import pytest

from tasks.clean.furniture.absent import mark_absent
from tasks.clean.furniture.claims import claim_of
from tasks.text.ledger import Ledger


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("渡口小编替各位朋友搜集了修船的老照片，看得高兴就好", "page.compiler-intro"),
        ("汇总了几份修船合同模板，送给大家参考", "page.compiler-intro"),
        ("更多修船故事，请继续浏览河口文库", "page.compiler-intro"),
        ("充值之后即可查看剩余四章", "page.paywall"),
        ("投稿请加微信 hekou2020", "page.promo"),
        ("图片来自网上，版权有异议请联系我们", "page.legal"),
    ],
)
def test_a_claim_is_known_whatever_its_wording(line, rule):
    found = claim_of(line)
    assert found is not None and found[0].rule == rule


@pytest.mark.parametrize(
    "line",
    [
        "他替大家收集了村里的旧农具，摆在祠堂里。",
        "用户登录后应当阅读本规定的全部内容，方可办理登记。",
        "联系电话：0555-2000123",
        "网络侵权案件由被告住所地人民法院管辖，当事人应当及时告知。",
        "船票买好以后，剩下的钱还够吃一碗面。",
    ],
)
def test_authors_sentences_claim_nothing(line):
    assert claim_of(line) is None


def test_rules_of_use_are_never_certain():
    found = claim_of("本站内容转载自网友投稿，侵权删除")
    assert found is not None and found[1] is False


@pytest.mark.parametrize(
    "text",
    ["404\n您要找的网页不存在\n首页", "请完成安全验证\n刷新", "该文章已被删除\n看看其他新闻", "登录后可查看全部内容\n用户注册 忘记密码"],
)
def test_pages_that_hold_nothing_are_flagged_and_emptied(text):
    ledger = Ledger(text)
    assert mark_absent(ledger, text) and not ledger.view().shown.strip()
    assert [flag.kind for flag in ledger.flags] == ["no_article"]


@pytest.mark.parametrize(
    "text",
    [
        "本页内容已被删除，老周想，大概是有人不愿意再提起那年的事。",
        "渡口夜话\n2019年4月2日 08:30 来源：河口日报\n登录后可查看全部内容",
        "停水通知\n各位居民：\n因检修，明日停水。\n内容已更新",
        "暂无名字的小河\n它从山里来\n一路没有说话",
        "您访问的页面不存在\n" + "河口镇的老粮仓昨天重新开门，一楼改作图书室，二楼留给木工学徒。" * 2,
    ],
)
def test_pages_with_anything_of_an_author_are_left(text):
    ledger = Ledger(text)
    assert not mark_absent(ledger, text) and not ledger.marks
