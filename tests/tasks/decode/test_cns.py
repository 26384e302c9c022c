"""EUC-TW and ISO-2022-CN: codecs of our own, the same on every machine."""

from __future__ import annotations

import pytest

from tasks.decode.cns import EUC_TW, ISO_2022_CN
from tasks.decode.ladder import decode_bytes
from tasks.decode.stretches import encode_back

HANT = "渡口的老船工說:「今年水淺,船要靠右走。」\n他把纜繩收好,才回家吃飯。\n"
BOTH = "你们和我們\n他们"
CASES = [(EUC_TW, "euc-tw", HANT * 3), (ISO_2022_CN, "iso-2022-cn", HANT), (ISO_2022_CN, "iso-2022-cn", BOTH)]


@pytest.mark.parametrize(("codec", "encoding", "text"), CASES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_documents_come_back(codec: str, encoding: str, text: str, end: str):
    data = text.replace("\n", end).encode(codec)
    got, stretches, _ = decode_bytes(data)
    assert got == text
    assert {(s.encoding, s.raw) for s in stretches} == {(encoding, None)}
    assert encode_back(got, stretches) == data


@pytest.mark.parametrize(
    ("codec", "text", "data"),
    [
        (EUC_TW, "圖案燈塔", b"\xe8\xb7\xd5\xf9\xf1\xb9\xe3\xd7"),
        (EUC_TW, "乂乜凵", b"\x8e\xa2\xa1\xa1\x8e\xa2\xa1\xa2\x8e\xa2\xa1\xa3"),
        (ISO_2022_CN, "圖案燈塔", b"\x1b$)G\x0eh7Uyq9cW\x0f"),
        (ISO_2022_CN, "乂乜凵", b"\x1b$*H\x1bN!!\x1b$)A\x0eX?[I\x0f"),
        (ISO_2022_CN, BOTH, b"\x1b$)A\x0eDcCG:MNR\x1b$)GT/\x0f\n\x1b$)A\x0eK{CG\x0f"),
    ],
)
def test_bytes_are_those_that_other_programs_write(codec: str, text: str, data: bytes):
    """Texts and bytes as glibc's iconv has them."""
    assert text.encode(codec) == data
    assert data.decode(codec) == text


def test_three_damaged_bytes_in_euc_tw():
    text = HANT * 20
    data = bytearray(text.encode(EUC_TW))
    for place in (10, 500, 901):
        data[place] = 0xFF
    got, stretches, _ = decode_bytes(bytes(data))
    assert encode_back(got, stretches) == data
    assert text[-30:] == got[-30:]
    assert len(stretches) < 20


def test_gbk_is_not_taken_for_euc_tw():
    for text in ("渡口", "老船工", "水浅靠右", "把缆绳收好"):
        assert decode_bytes(text.encode("gbk")).text == text


@pytest.mark.parametrize("codec", [EUC_TW, ISO_2022_CN])
def test_what_cannot_be_written_or_read_is_an_error(codec: str):
    with pytest.raises(UnicodeEncodeError):
        "にわとり한".encode(codec)
    with pytest.raises(UnicodeDecodeError):
        b"\x8e\xa7\xa1\xa1\xff".decode(codec)
    assert b"a\xffb".decode(codec, "replace") == "a\ufffdb"
