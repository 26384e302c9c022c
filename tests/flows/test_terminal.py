"""Tables in a terminal: what gives way where there is no room, and what never does."""

from __future__ import annotations

import io
import sys

import pytest
from rich.cells import cell_len

from flows.__main__ import main
from flows.commands.sql import print_rows
from flows.terminal import HASH_SHOWN, OUT, SHORTEST, print_table, say, widths

HASH = "0123456789abcdef" * 2
MOMENT = "2026-11-21 15:24:42"
TEXT = "汛期到来之前各村都要检查水渠" * 9


class Result:
    def __init__(self, *columns: tuple[str, str]) -> None:
        self.columns, self.types = [list(c) for c in zip(*columns, strict=True)]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(OUT, "_force_terminal", True)
    monkeypatch.setattr(OUT, "_width", 60)
    monkeypatch.setattr(OUT, "_height", 40)


def test_numbers_and_times_stay_whole_and_hashes_give_way_first():
    cells = [[HASH, TEXT, "4,639,129", MOMENT]]
    for room in range(52, 120, 7):
        width, readable = widths(["article_id", "text", "bytes", "at"], cells, [False, False, True, False], room)
        assert readable and width[0] == max(HASH_SHOWN, len("article_id")) and width[2:] == [9, 19] and sum(width) + 6 <= room
    assert widths(["a"], [[HASH]], [False], 32) == ([32], True), "nothing gives way where there is room"


def test_what_cannot_be_read_is_told():
    many = [[TEXT] * 12]
    width, readable = widths(["c"] * 12, many, [False] * 12, 60)
    assert not readable and sum(width) + 22 <= 70
    assert widths(["c"] * 5, [[TEXT] * 5], [False] * 5, 5 * SHORTEST + 8)[1]


def test_the_first_column_names_the_row_and_stays_longest():
    width, readable = widths(["rule_id", *"abcdef"], [["page.tail-region", *["Text"] * 3, *["1234567"] * 3]], [False] * 4 + [True] * 3, 52)
    assert not readable and width[0] == len("page.tail-region") and sum(width) + 12 <= 52


def test_a_terminal_that_is_not_utf8_gets_codes_and_no_error(monkeypatch: pytest.MonkeyPatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    assert main(["--version"]) == 0
    say("渠")
    stream.flush()
    assert stream.buffer.getvalue().endswith(b"\\u6e20\n")


def test_a_table_stays_within_the_terminal(narrow, capfd):
    print_table(["article_id", "title", "n"], [(HASH, TEXT, 123_456), (HASH, "短", 7)], right=[False, False, True])
    lines = capfd.readouterr().out.splitlines()
    assert max(map(cell_len, lines)) <= 60 and all("12345" not in line or "123456" in line for line in lines)


def test_too_many_columns_take_a_line_each(narrow, capfd):
    print_rows(Result(*((f"列{n}", "VARCHAR") for n in range(20))), [(TEXT * 3,) * 20])
    out, err = capfd.readouterr()
    assert out.splitlines()[0].split()[0] == "列0" and len(out.splitlines()) == 21
    assert f"({len(TEXT) * 3:,} characters)" in out and "20 columns do not fit" in err


def test_a_plan_is_shown_as_it_is_drawn(narrow, capfd):
    print_rows(Result(("explain_key", "VARCHAR"), ("explain_value", "VARCHAR")), [("physical_plan", "┌──┐\n│SCAN│\n└──┘")])
    assert "│SCAN│\n" in capfd.readouterr().out
