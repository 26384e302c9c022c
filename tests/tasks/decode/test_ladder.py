"""Each rung of the ladder on texts of our own: the right text, the right names, the evidence."""

from __future__ import annotations

import json

import pytest

from tasks.decode.declared import declared_charset
from tasks.decode.ladder import Decoded, decode_bytes
from tasks.decode.stretches import encode_back

HANS = "青石镇的图书馆昨天重新开门,孩子们排着队借书。\n馆长林小燕说:“新书有三千册。”\n"
HANT = "青石鎮的圖書館昨天重新開門,孩子們排著隊借書。\n館長林小燕說:「新書有三千冊。」\n"
RARE = HANS + "地名里有个𠮷字,还有𪚥。\n"
HONG_KONG = HANT + "佢哋話嗰間舖頭嘅嘢好好食,冇得彈。\n"


def decoded(data: bytes) -> Decoded:
    """Decode, and hold the result to law B."""
    result = decode_bytes(data)
    assert encode_back(result.text, result.stretches) == data
    return result


@pytest.mark.parametrize(
    ("codec", "text", "encoding", "method"),
    [
        ("utf-8", HANS, "utf-8", "strict"),
        ("utf-8-sig", HANS, "utf-8", "bom"),
        ("gb2312", HANS, "gbk", "score"),
        ("gbk", HANS, "gbk", "score"),
        ("gb18030", RARE, "gb18030", "score"),
        ("cp950", HANT, "big5", "score"),
        ("big5hkscs", HONG_KONG, "big5-hkscs", "detector"),
        ("hz", HANS, "hz-gb-2312", "strict"),
        ("utf-16", HANS, "utf-16le", "bom"),
        ("utf-16-le", HANS, "utf-16le", "score"),
        ("utf-16-be", HANS, "utf-16be", "score"),
        ("utf-32", HANS, "utf-32le", "bom"),
        ("utf-32-le", HANS, "utf-32le", "score"),
        ("utf-32-be", HANS, "utf-32be", "score"),
    ],
)
@pytest.mark.parametrize(("end", "newline"), [("\n", "lf"), ("\r\n", "crlf"), ("\r", "cr")])
def test_each_encoding_with_each_line_end(codec: str, text: str, encoding: str, method: str, end: str, newline: str):
    result = decoded(text.replace("\n", end).encode(codec))
    assert result.text == text
    assert [(s.encoding, s.newline, s.method, s.raw) for s in result.stretches] == [(encoding, newline, method, None)]


@pytest.mark.parametrize("mark", [b"\xfe\xff", b"\0\0\xfe\xff", b"\x84\x31\x95\x33"])
def test_other_marks(mark: bytes):
    codec = {2: "utf-16-be"}.get(len(mark)) or ("utf-32-be" if mark[0] == 0 else "gb18030")
    result = decoded(mark + HANS.encode(codec))
    assert result.text == HANS
    assert result.stretches[0].method == "bom"


NOTHING = (b"", b"\n", b"   \t ", b"\r\n\r\n", "\u3000\n".encode(), b"\0", b"a", b"\xff", b"\x80", b"\xef\xbb\xbf", b"\xff\xfe")


@pytest.mark.parametrize("data", NOTHING)
def test_next_to_nothing(data: bytes):
    result = decoded(data)
    assert len(result.stretches) == 1
    assert result.text.strip("\n \t\u3000\0a") in ("", "ÿ", "€", "\ufffd")


SHORT = ("春耕", "老街的茶馆", "晚稻开镰,丰收在望", "他说:“明天见。”", "第3号通知", "河水清了", "一致", "Wi-Fi已开通")


@pytest.mark.parametrize("text", SHORT)
@pytest.mark.parametrize("codec", ["gbk", "gb18030"])
def test_short_simplified(text: str, codec: str):
    assert decoded(text.encode(codec)).text == text


@pytest.mark.parametrize("text", ["春耕時節", "老街的茶館", "晚稻開鐮,豐收在望", "他說:「明天見。」", "第3號通知", "河水清了許多"])
@pytest.mark.parametrize("codec", ["cp950", "big5hkscs"])
def test_short_traditional(text: str, codec: str):
    assert decoded(text.encode(codec)).text == text


@pytest.mark.parametrize(("codec", "title"), [("gbk", "山区小学收到新课桌"), ("cp950", "山區小學收到新課桌")])
def test_ascii_markup_with_one_title(codec: str, title: str):
    page = "<!DOCTYPE html><html><body>" + '<div class="row"><a href="/item?id=7">more</a></div>\n' * 60 + f"<h1>{title}</h1></body></html>"
    assert decoded(page.encode(codec)).text == page


@pytest.mark.parametrize("claim", ["utf-8", "big5", "iso-8859-1", "x-no-such-thing", "shift_jis"])
def test_a_declared_charset_that_lies(claim: str):
    page = f'<meta charset="{claim}">\n{HANS}'
    result = decoded(page.encode("gbk"))
    assert result.text == page
    assert result.declared_charset == claim
    assert decoded(page.encode()).text == page


@pytest.mark.parametrize(
    ("head", "claim"),
    [
        (b'<META http-equiv=Content-Type content="text/html; charset=GB2312">', "gb2312"),
        (b"<meta charset=utf-8>", "utf-8"),
        (b'<?xml version="1.0" encoding="Big5"?>', "big5"),
        ('<meta charset="utf-16">'.encode("utf-16"), "utf-16"),
        ("文中写到 charset=gbk 这几个字".encode(), None),
        (b"", None),
    ],
)
def test_what_a_page_declares(head: bytes, claim: str | None):
    assert declared_charset(head) == claim


def test_head_and_tail_in_gbk_around_a_body_in_utf8():
    body = HANS * 5
    result = decoded(HANS.encode("gbk") + body.encode() + HANS.encode("gbk"))
    assert result.text == HANS + body + HANS
    assert [s.encoding for s in result.stretches] == ["gbk", "utf-8", "gbk"]
    assert [s.start for s in result.stretches] == [0, len(HANS), len(HANS + body)]


def test_encoding_and_line_end_change_from_line_to_line():
    first, second = HANS.splitlines()
    result = decoded(b"".join((first.encode() + b"\r\n") + (second.encode("gbk") + b"\n") for _ in range(6)))
    assert result.text == HANS * 6
    assert [(s.encoding, s.newline) for s in result.stretches] == [("utf-8", "crlf"), ("gbk", "lf")] * 6


def test_a_big5_line_in_a_gbk_page():
    result = decoded((HANS * 10).encode("gbk") + HANT.encode("cp950") + (HANS * 10).encode("gbk"))
    assert result.text == HANS * 10 + HANT + HANS * 10


def test_a_mark_before_text_in_another_encoding():
    result = decoded(b"\xef\xbb\xbf" + HANS.encode("gbk"))
    assert result.text == HANS
    assert {s.encoding for s in result.stretches} == {"gbk"}


def test_a_gbk_quotation_inside_a_utf8_line():
    line = "记者把一段{}贴进了网页里,其余文字没有坏。"
    before, after = line.format("\0").split("\0")
    result = decoded(before.encode() + "从前的老文章".encode("gbk") + after.encode())
    assert result.text == line.format("从前的老文章")
    assert [s.encoding for s in result.stretches] == ["utf-8", "gbk", "utf-8"]


def test_a_record_torn_inside_a_character():
    result = decoded(HANS.encode()[:-5])
    assert result.text == HANS[:-3] + "\ufffd"
    assert result.stretches[-1].method == "tolerant"
    assert result.stretches[-1].raw == b"\xe3\x80"


def test_three_bad_bytes_cost_three_characters_in_utf8():
    text = "".join(f"第{n}户人家在院子里种了石榴和葡萄,邻居常来坐坐。\n" for n in range(80))
    data = bytearray(text.encode())
    for place in (10, 1500, 4000):
        data[place] = 0xFF
    result = decoded(bytes(data))
    assert len(result.text) == len(text)
    assert sum(a != b for a, b in zip(result.text, text, strict=True)) <= 3
    assert all(len(s.raw) <= 3 for s in result.stretches if s.raw)
    assert len(result.stretches) <= 13


@pytest.mark.parametrize("offset", [0, 1])
def test_a_lost_byte_in_gbk_does_not_shift_the_rest_of_the_line(offset: int):
    text = "老人把院子里的枣树修剪了一遍并且给每一棵都挂上写着名字的木牌"
    data = bytearray(text.encode("gbk"))
    data[12 + offset] = 0xFF
    result = decoded(bytes(data))
    assert result.text == text[:6] + "\ufffd" + text[7:]


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("shift_jis", "昨日の午後、港の近くで花火が上がり、みんなで夜まで眺めました。"),
        ("euc_jp", "昨日の午後、港の近くで花火が上がり、みんなで夜まで眺めました。"),
        ("iso2022_jp", "昨日の午後、港の近くで花火が上がりました。"),
        ("euc_kr", "어제 저녁 항구 근처에서 불꽃놀이가 열려 모두 밤까지 구경했다."),
        ("cp1251", "Вчера вечером у старой пристани был праздник, и все остались до ночи."),
        ("koi8-r", "Вчера вечером у старой пристани был праздник, и все остались до ночи."),
        ("cp1252", "Gestern Abend gab es am alten Hafen ein großes Fest, und alle blieben länger."),
        ("latin-1", "L'été dernier, la fête du village a duré jusqu'à l'aube près du vieux château."),
    ],
)
def test_foreign_text(codec: str, text: str):
    assert decoded(text.encode(codec)).text == text


@pytest.mark.parametrize("text", ["naïve café", "·", "“”", "привет", "ñandú", "ελλάδα", "中", "a\0b"])
def test_short_utf8_stays_utf8(text: str):
    assert decoded(text.encode()).text == text


def test_nul_bytes_inside_gbk():
    text = HANS[:10] + "\0" + HANS[10:]
    assert decoded(text.encode("gbk")).text == text


def test_lone_surrogates_in_utf16_become_replacement_characters():
    result = decoded(b"\xff\xfe" + "早上".encode("utf-16-le") + b"\x00\xd8" + "好".encode("utf-16-le") + b"\x41")
    assert result.text == "早上\ufffd好\ufffd"


def test_user_defined_zones_as_windows_reads_them():
    data = HANS.encode("gbk") + b"\xaa\xa1\xf8\xa1\xa1\x40"
    result = decoded(data)
    assert all("\ue000" <= c <= "\uf8ff" for c in result.text[-3:])
    assert [s.raw for s in result.stretches] == [None]


def test_alternatives_are_evidence_that_can_be_read():
    weighed = json.loads(decoded(HANS.encode("gbk")).stretches[0].alternatives)
    assert {w["encoding"] for w in weighed} == {"big5-hkscs", "utf-8"}
    assert all(w["score"] < -9 for w in weighed)


@pytest.mark.parametrize("opinion", ["windows-1252", "koi8-u", None])
def test_a_detector_that_errs_on_a_short_title_is_overruled(opinion: str | None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tasks.decode.ladder.detected", lambda data: opinion)
    result = decoded("雨后的田野".encode("gbk"))
    assert (result.text, result.stretches[0].method) == ("雨后的田野", "score")


def test_a_page_of_ordinary_size_takes_one_pass(monkeypatch: pytest.MonkeyPatch):
    """Strict UTF-8 asks nobody; running GBK does not wait for the detector."""

    def refuse(data: bytes) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr("tasks.decode.ladder.detected", refuse)
    monkeypatch.setattr("tasks.decode.ladder.last_opinion", refuse)
    assert decoded((HANS * 50).encode()).text == HANS * 50
    assert decoded((HANS * 50).encode("gbk")).text == HANS * 50
    assert decoded((HANT * 50).encode("cp950")).text == HANT * 50
    monkeypatch.setattr("tasks.decode.ladder.judge", refuse)
    assert decoded((HANS * 50).encode()).text == HANS * 50


@pytest.mark.parametrize("codec", ["utf-8", "gbk", "cp950", "utf-16-le"])
def test_one_line_of_fifty_megabytes(codec: str):
    text = ("漁夫在湖邊修網," * 4) if codec == "cp950" else ("渔夫在湖边修网," * 4)
    data = text.encode(codec)
    data *= 50_000_000 // len(data)
    result = decode_bytes(data)
    assert len(result.stretches) == 1
    assert len(result.text) == len(text) * (50_000_000 // len(text.encode(codec)))
    assert encode_back(result.text, result.stretches) == data


@pytest.mark.parametrize("text", ["捡柴", "糍粑坊", "＂扫码＂", "渡"])
@pytest.mark.parametrize("codec", ["utf-32-le", "utf-32-be"])
def test_a_word_in_utf32_without_a_mark(text: str, codec: str):
    assert decoded(text.encode(codec)).text == text


@pytest.mark.parametrize("codec", ["utf-32", "hz", "utf-16"])
def test_three_damaged_bytes_in_rarer_encodings(codec: str):
    text = "".join(f"第{n}户人家在院子里种了石榴和葡萄,邻居常来坐坐。\n" for n in range(80))
    data = bytearray(text.encode(codec))
    for place in (150, 1501, 2000):
        data[place] = 0xFF
    result = decoded(bytes(data))
    assert len(result.text) == len(text)
    assert sum(a != b for a, b in zip(result.text, text, strict=True)) <= 3


def test_short_lines_in_three_encodings_find_their_own():
    """A list of words, as menus are: each line is too short to be called noise by itself, most of them together are Big5."""
    words = ["首頁", "新聞", "娛樂", "財經頻道", "本地新聞", "圖片", "視頻", "應用"] * 4
    lines = [(w + "\n").encode("utf-8" if i % 5 == 3 else "cp950") for i, w in enumerate(words)]
    assert decoded(b"".join(lines)).text == "\n".join(words) + "\n"


def test_lines_that_read_without_a_fault_stay():
    """Mojibake that was saved in GBK is GBK: UTF-8 would lose bytes of it."""
    broken = "凭票入场的观众请从西侧小门排队进去，过时不".encode()[:-1].decode("gb18030", "replace")
    text = HANS * 5 + broken + "\n" + HANS * 5
    assert decoded(text.encode("gb18030")).text == text
