"""Numbers in all the writings that the tables meet."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.text.numerals import numbers, parse


@pytest.mark.parametrize(("written", "worth"), [
    ("1032万", "10320000"), ("3.29亿", "329000000"), ("三点二九亿", "329000000"), ("二百余", "200"), ("百分之九十", "0.9"),
    ("75730", "75730"),
    ("20多", "20"), ("100余万", "1000000"), ("2500多万", "25000000"), ("90%", "0.9"), ("十二", "12"), ("二〇一六", "2016"),
    ("1,234.5万", "12345000"),
    ("１２３", "123"), ("三百五", "350"), ("三百零五", "305"), ("一万二千三百", "12300"), ("3亿5千万", "350000000"),
    ("三亿五千万", "350000000"),
    ("一亿零二十", "100000020"), ("三分之二", None), ("千分之五", "0.005"), ("两千五百", "2500"), ("1.1万", "11000"), ("十几", "10"),
])
def test_worth(written: str, worth: str | None):
    number = parse(written)
    assert number is not None
    assert number.value == (Decimal(2) / 3 if worth is None else Decimal(worth))


@pytest.mark.parametrize("words", ["万", "百万", "几百", "", "点五", "五十千", "二十三五", "9" * 41, "十0"])
def test_no_figure(words: str):
    assert parse(words) is None


def test_masks_have_no_value():
    for written in ("20xx", "20xx0", "xx", "2xX5"):
        number = parse(written)
        assert number is not None and number.masked and number.value is None


def test_neighbours_are_a_range():
    assert (parse("三四").low, parse("三四").high) == (3, 4)
    assert (parse("五六百").low, parse("五六百").high, parse("五六百").value) == (500, 600, None)
    assert [(parse(w).low, parse(w).high) for w in ("十七八", "二十三四", "三五")] == [(17, 18), (23, 24), (3, 5)]


@pytest.mark.parametrize(("text", "found"), [
    ("共 3 千 5 百 个", [("3 千 5 百", 3500)]), ("付壹仟零伍拾元", [("壹仟零伍拾", 1050)]), ("大陆的队伍收拾好了", []),
    ("买两打又八分之三", [("两打", 24), ("八分之三", 0.375)]), ("高 2 1/4 尺", [("2 1/4", 2.25)]), ("零下-3.5", [("-3.5", -3.5)]),
    ("25%和7", [("7", 7)]), ("百分之六", [("六", 6)]), ("5万6千", [("5万6千", 56_000)]),
    ("三兆零五亿", [("三兆零五亿", 3_000_500_000_000)]),
    ("12, 345", [("12", 12), ("345", 345)]), ("1.5e3", [("1.5e3", 1500)]), ("3^4", [("3^4", 81)]), ("20k", [("20k", 20_000)]),
    ("三百多", [("三百", 300)]), ("三百多万", [("三百多万", 3_000_000)]), ("十分高兴", []), ("两万三点六", [("两万三点六", 23_000.6)]),
])
def test_numbers_of_a_text(text: str, found: list[tuple[str, float]]):
    assert [(text[w.start:w.stop], float(w.number.value)) for w in numbers(text)] == found

def test_softening_words_are_kept():
    assert [parse(w).approximate for w in ("二百余", "2500多万", "12")] == ["余", "多", ""]


def han(n: int) -> str:
    """The ordinary Chinese reading of 1 ... 99,999,999."""
    digits = "零一二三四五六七八九"

    def below_myriad(n: int) -> str:
        out, zero = "", False
        for scale, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit, n = divmod(n, scale)
            if digit:
                out += ("零" if zero and out else "") + digits[digit] + sign
                zero = False
            else:
                zero = True
        return out

    high, low = divmod(n, 10_000)
    gap = "零" if high and low and low < 1000 else ""
    return (below_myriad(high) + "万" if high else "") + gap + (below_myriad(low) if low else "")


@given(st.integers(100, 99_999_999))
def test_every_integer_reads_back(n: int):
    number = parse(han(n))
    assert number is not None and number.value == n


@given(st.integers(0, 10**9), st.sampled_from(["", "万", "亿"]))
def test_arabic_numbers_with_scale_are_exact(n: int, scale: str):
    assert parse(f"{n}{scale}").value == n * {"": 1, "万": 10**4, "亿": 10**8}[scale]
    assert parse(f"{n:,}{scale}").value == parse(f"{n}{scale}").value


@given(st.text(alphabet="0123456789xX,.%^/e 十百千万亿兆零一二两三壹拾佰点多余来几分之至又负打-，", max_size=20))
def test_nothing_breaks_it(text: str):
    number = parse(text)
    assert number is None or number.masked or number.value is not None or number.low < number.high


@given(st.text(alphabet="0123456789xX,.%^/ek 十百千万亿兆零一二两三壹拾佰点多余来几分之又负打-，", max_size=24))
def test_numbers_stand_in_order_in_their_text(text: str):
    last = 0
    for written in numbers(text):
        assert last <= written.start < written.stop <= len(text)
        last = written.stop
