"""Sentences that we wrote, damaged as decoders and scripts damage them, come back."""

from __future__ import annotations

import time
from collections.abc import Callable
from difflib import SequenceMatcher

import pytest

from tasks.clean.repair import repair
from tasks.clean.repair.misreadings import utf8_read_as_gbk
from tasks.text.ledger import Ledger

SENTENCES = (
    "春天到了，河边的柳树发出新芽，孩子们在草地上放风筝。",
    "图书馆每天早上八点开门，周末开放到晚上九点，请大家保持安静。",
    "老师说：“明天要带雨伞，因为天气预报说有大雨。”",
    "这家工厂生产的零件质量很好，价格也比较便宜，去年卖出三千件。",
    "我们从山脚走到山顶，一共花了两个小时，风景非常美丽。",
    "请输入您的姓名和电话号码，然后点击“提交”按钮。",
    "经过多年努力，村里修通了公路，家家户户用上了自来水。",
    "他把旧书整理好，放进纸箱，准备送给山区的学校。",
)
GBK = {code: char for char, code in utf8_read_as_gbk().exact.items()}


def read_as_gbk(data: bytes, lost: str = "\ufffd", user: str | None = None) -> str:
    """How Windows reads bytes as GBK; `user` stands for private-use characters, None keeps them."""
    out, i = [], 0
    while i < len(data):
        if data[i] <= 0x80:
            out.append("€" if data[i] == 0x80 else chr(data[i]))
            i += 1
            continue
        char = GBK.get(data[i : i + 2]) if i + 1 < len(data) else None
        if char is None:
            out.append(lost)
            i += 1
        else:
            out.append(user if user is not None and "\ue000" <= char <= "\uf8ff" else char)
            i += 2
    return "".join(out)


def read_as_cp1252(data: bytes) -> str:
    return "".join(bytes((b,)).decode("cp1252", "ignore") or chr(b) for b in data)


def fold(text: str) -> str:
    return "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in text)


def recovered(damage: Callable[[str], str]) -> tuple[float, float]:
    """Share of sentences that come back whole, and of characters that come back."""
    exact = right = total = 0
    for sentence in SENTENCES:
        ledger = Ledger(damage(sentence))
        repair(ledger)
        said = ledger.view().shown
        exact += said == sentence
        right += sum(b.size for b in SequenceMatcher(None, sentence, said, autojunk=False).get_matching_blocks())
        total += len(sentence)
    return exact / len(SENTENCES), right / total


EXACT = {
    "UTF-8 as Latin-1": lambda s: s.encode().decode("latin-1"),
    "UTF-8 as CP1252": lambda s: read_as_cp1252(s.encode()),
    "GBK as Latin-1": lambda s: s.encode("gbk").decode("latin-1"),
    "GBK as CP1252": lambda s: read_as_cp1252(s.encode("gbk")),
    "UTF-8 as CP1252, twice": lambda s: read_as_cp1252(read_as_cp1252(s.encode()).encode()),
    "GBK as Latin-1, then UTF-8 as CP1252": lambda s: read_as_cp1252(s.encode("gbk").decode("latin-1").encode()),
    "GBK as Latin-1, then UTF-8 as GBK": lambda s: s.encode("gbk").decode("latin-1").encode().decode("gb18030"),
    "UTF-8 as GBK, then as CP1252": lambda s: read_as_cp1252(read_as_gbk(s.encode()).encode()),
    "escapes": lambda s: "".join(f"\\u{ord(c):04x}" for c in s),
    "percent": lambda s: "".join(f"%{b:02X}" for b in s.encode()),
}
LOSSY = {
    "UTF-8 as GBK": (lambda s: read_as_gbk(s.encode()), 0.985),
    "and folded": (lambda s: fold(read_as_gbk(s.encode())), 0.985),
    "UTF-8 as GBK, twice": (lambda s: read_as_gbk(read_as_gbk(s.encode()).encode()), 0.96),
    "and '?' for what is lost": (lambda s: read_as_gbk(s.encode(), "?", "?"), 0.96),
    "and dropped what is lost": (lambda s: read_as_gbk(s.encode(), "", ""), 0.96),
}


@pytest.mark.parametrize("name", EXACT)
def test_a_misreading_without_a_loss_is_undone_wholly(name: str) -> None:
    assert recovered(EXACT[name])[0] == 1.0


@pytest.mark.parametrize("name", LOSSY)
def test_a_misreading_with_losses_is_mostly_undone(name: str) -> None:
    damage, least = LOSSY[name]
    exact, right = recovered(damage)
    print(f"{name}: {exact:.2f} of sentences, {right:.4f} of characters")
    assert right >= least


def test_exact_repairs_are_certain_and_guesses_are_not() -> None:
    exact = Ledger(read_as_gbk("数据分析报告".encode()))
    repair(exact)
    assert [m.confidence for m in exact.marks] == [1.0] and not exact.flags
    lossy = Ledger(read_as_gbk(SENTENCES[0].encode()))
    repair(lossy)
    assert all(m.confidence < 1.0 for m in lossy.marks if "\ufffd" in lossy.text[m.start : m.stop])
    assert any(f.kind == "guessed" for f in lossy.flags)


def test_what_is_destroyed_is_flagged_and_stays() -> None:
    for text in ("锟斤拷锟斤拷锟斤拷", "内存里是烫烫烫烫", "这里有\ufffd\ufffd\ufffd三个字"):
        ledger = Ledger(text)
        repair(ledger)
        assert not ledger.marks and [f.kind for f in ledger.flags] == ["unreadable"]


def inject(text: str, table: dict[str, str]) -> str:
    """The script at work on GBK bytes: it looks for a character's two bytes wherever they stand."""
    data = text.encode("gbk")
    for n, char in enumerate(table):
        data = data.replace(char.encode("gbk"), char.encode("gbk") + b"(\x01" + bytes((0x30 + n,)) + b"\x02)")
    shown = read_as_gbk(data, "?").replace("?(", "?")  # the byte before a bracket takes the bracket with it
    for n, reading in enumerate(table.values()):
        shown = shown.replace(f"\x01{0x30 + n:c}\x02", reading)
    return shown


def test_glosses_put_between_bytes_are_undone() -> None:
    table = {"國": "guó", "會": "huì", "時": "shí", "學": "xué", "說": "shuō", "數": "shù", "開": "kāi"}
    text = "學校說今天開會，大國小國都來。那時學生們說：要開學了，國中的數學會很難。當的工會也開會，說好了時間。"
    damaged = inject(text, table)
    assert "?" in damaged.replace("？", "")  # at least one gloss fell between two characters
    ledger = Ledger(damaged)
    repair(ledger)
    assert ledger.view().shown == text
    assert any(m.rule_id == "byte-shift" for m in ledger.marks)


HOSTILE = {
    "twice misread": read_as_gbk(read_as_gbk("清晨的公园".encode()).encode()),
    "Latin twice": read_as_cp1252(read_as_cp1252("清晨的公园".encode()).encode())[:-3],
    "dropped pairs": "鐨浜鍦",
    "a lead and a loss": "鐨\ufffd",
    "leads, losses and folds": "鐨?浜€鍦'涓0",
    "one lead, then losses": "鐨" + "\ufffd" * 60,
    "Latin-1": "å\xa5\xe6?",
    "broken glosses": "國(guó)當?shù)墓",
    "brackets": "( “（【",
    "entities": "&amp;",
    "masks": "xx×*□_",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_work_on_hostile_text_is_bounded(name: str) -> None:
    """Four times the text costs far less than sixteen times the work; and never more than a few seconds."""
    seconds = []
    for lines in (75, 300):
        text = "\n".join(f"{no}{HOSTILE[name] * 50}" for no in range(lines))
        started = time.process_time()
        repair(Ledger(text))
        seconds.append(time.process_time() - started)
    assert seconds[1] < 8 * max(seconds[0], 0.25), seconds
