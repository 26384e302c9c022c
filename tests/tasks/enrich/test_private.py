"""People's data are found where something proves them, and shown with their middle hidden. Every number here is invented."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tasks.enrich.private import find_private, is_bank_card, is_id_card, mask, private_in
from tests.conftest import PROJECT

FOUND = {
    "联系人小高，手机13800001234，请勿外传。": [("phone", "13800001234", "138****1234")],
    "手机：138 0000 1234 或 +86-13900005678": [("phone", "138 0000 1234", "138****1234"), ("phone", "+86-13900005678", "+86*******5678")],
    "报名电话：０５９１－８７６５４３２１转８０１。": [("phone", "０５９１－８７６５４３２１转８０１", None)],
    "（010）68881234": [("phone", "（010）68881234", "010****1234")],
    "客服 400-810-0000": [("phone", "400-810-0000", "40******00")],
    "联系电话 7654321": [("phone", "7654321", "76****21")],
    "来信请寄 reader.wang@mail.example.cn 。": [("email", "reader.wang@mail.example.cn", "r***@mail.example.cn")],
    "身份证号11010519491231002X，已核对": [("id_card", "11010519491231002X", "110*************2X")],
    "卡号6222021234567890128": [("bank_card", "6222021234567890128", None)],
    "开户行：河湾信用社，账号：4200 0012 3456 78": [("bank_card", "4200 0012 3456 78", None)],
    "加微信号 qinghe_2020 咨询，QQ群：123456789": [("contact", "qinghe_2020", "qi********0"), ("contact", "123456789", None)],
}
LOOK_ALIKES = (
    "2016年1月6日，全市参会1385201314人次。",  # eleven digits of a count
    "文号〔2019〕12345号，邮政编码350001。",
    "编号110105194912310021不是证件",  # a wrong check digit
    "订单号1234567890123456789",
    "圆周率3.14159265358979323846",
    "第13800001234.5项",
    "拨打110、119、12345均可。",
    "总投资13800001234567元。",
    "ISBN 978-7-5000-1234-5",
    "微信公众号发布，QQ音乐上线。",
    "他@了所有人。",
)


@pytest.mark.parametrize("text", FOUND)
def test_what_is_proven_is_found_and_masked(text):
    found = [(d.kind, text[d.start : d.stop], d.masked) for d in private_in(text)]
    assert [(kind, shown) for kind, shown, _ in found] == [(kind, shown) for kind, shown, _ in FOUND[text]]
    for (_, datum, masked), (_, _, expected) in zip(found, FOUND[text], strict=True):
        assert expected in (None, masked)
        assert "*" in masked and datum not in masked


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_look_alikes_are_left_alone(text):
    assert private_in(text) == []


def test_a_list_of_grants_names_what_is_private():
    text = (PROJECT / "seeds" / "specimens" / "x15-personal-data.txt").read_text("utf-8")
    assert [d.kind for d in private_in(text)] == ["id_card", "bank_card", "phone", "phone"]


def test_check_digits():
    assert is_id_card("11010519491231002X") and not is_id_card("110105194912310021") and not is_id_card("11010519491331002X")
    assert is_bank_card("6222021234567890128") and not is_bank_card("6222021234567890123") and not is_bank_card("1222021234567890128")


def test_a_mask_never_shows_more_than_it_hides_of_a_short_datum():
    for kind in ("phone", "id_card", "bank_card", "contact"):
        for length in range(5, 20):
            masked = mask(kind, "1234567890123456789"[:length])
            assert masked.count("*") >= 3 and sum(c != "*" for c in masked) <= 7


def test_rows_are_of_the_contract():
    rows = find_private(pa.table({"article_id": ["a", "b"], "text": ["电话13800001234", "无"]}))
    assert rows.to_pylist() == [{"article_id": "a", "start": 2, "stop": 13, "kind": "phone", "masked": "138****1234"}]
