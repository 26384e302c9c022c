"""What people see in a terminal: answers on stdout, talk on stderr, and crawled text always literal.

Crawled text may hold escape sequences, bidirectional overrides and other characters that a terminal obeys. `literal`
shows each of them as a visible code instead; every command prints text through it.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """A reader that left early is no error: main() ends quietly. Rich's own way is exit code 1."""
        raise BrokenPipeError


OUT = _Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
TALK = _Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)

SHORTEST = 8  # cells of a text that still say something
HASH_SHOWN = 9  # eight digits and the ellipsis: commands and pages take the beginning of an id
_HASH = re.compile(r"[0-9a-f]{32,64}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9:.]+)?")

_CONTROL = {c: f"\\x{c:02x}" for c in [*range(0x20), *range(0x7F, 0xA0)]} | {
    # format characters that hide or turn text: zero width, bidirectional marks, line and paragraph separators
    c: f"\\u{c:04x}"
    for c in [0x00AD, 0x061C, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC)]
}
_CONTROL |= {0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r"}
_CONTROL_BUT_LINES = {c: v for c, v in _CONTROL.items() if c != 0x0A}


def literal(text: str, *, lines: bool = False) -> str:
    """Text that a terminal cannot obey: control and invisible characters as codes; `lines` keeps line breaks."""
    shown = text.translate(_CONTROL_BUT_LINES if lines else _CONTROL)
    if any(0xD800 <= ord(c) < 0xE000 or ord(c) >= 0xE0000 for c in shown):
        shown = "".join(c if unicodedata.category(c) not in ("Cs", "Cf") else f"\\U{ord(c):08x}" for c in shown)
    return shown


def say(text: str = "", style: str | None = None) -> None:
    """One line of an answer on stdout."""
    OUT.print(Text(literal(text, lines=True), style=style or ""))


def talk(text: str, style: str | None = None) -> None:
    """One line of talk on stderr."""
    TALK.print(Text(literal(text, lines=True), style=style or ""))


def as_json(value: Any) -> str:
    """One JSON object or array, dates in ISO form, text as it is."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def print_json(value: Any) -> None:
    sys.stdout.write(as_json(value) + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, set | tuple):
        return list(value)
    return str(value)


def cell(value: Any) -> str:
    """One value of a table as it is shown: NULL is empty, lists and objects are JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return literal(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, list | dict):
        return literal(as_json(value))
    return literal(str(_plain(value)) if isinstance(value, bytes) else str(value))


def widths(names: Sequence[str], shown: Sequence[Sequence[str]], right: Sequence[bool], room: int) -> tuple[list[int], bool]:
    """
    Cells of each column so that a row takes `room` at most, and whether that can be read.

    What gives way: first the tails of hashes (their first digits name them everywhere), then the widest texts. Numbers and times stay
    whole, because a cut one reads as another one; where that leaves texts less than SHORTEST cells, it cannot be read.
    """
    width = [max([cell_len(n), *(cell_len(r[i]) for r in shown)]) for i, n in enumerate(names)]
    room -= 2 * (len(names) - 1)
    floor = [min(w, SHORTEST) for w in width]
    for i, w in enumerate(width):
        filled = [r[i] for r in shown if r[i]]
        if right[i] or (filled and all(map(_TIME.fullmatch, filled))):
            floor[i] = w
        elif filled and sum(width) > room and all(map(_HASH.fullmatch, filled)):
            width[i] = floor[i] = max(cell_len(names[i]), HASH_SHOWN)
    readable = sum(floor) <= room
    while sum(width) > room:
        if sum(floor) > room:  # the first column names the row: it stays as long as it can
            floor = [min(width[0], max(room - 4 * (len(names) - 1), 4)), *[4] * (len(names) - 1)]
        over = [i for i in range(len(width)) if width[i] > floor[i]]
        if not over:
            break
        widest = max(over, key=width.__getitem__)
        second = max((width[i] for i in over if i != widest), default=0)
        width[widest] = max(min(width[widest] - 1, max(width[widest] - (sum(width) - room), second)), floor[widest])
    return width, readable


def print_table(names: Sequence[str], rows: Iterable[Sequence[Any]], *, right: Sequence[bool] | None = None) -> int:
    """
    Aligned columns without a frame, wide characters counted as two cells; returns the number of rows.

    In a terminal columns are shortened to its width (see `widths`) and the cut is shown as an ellipsis; into a pipe every value is
    whole.
    """
    shown = [[cell(v) for v in row] for row in rows]
    right = right or [False] * len(names)
    width, _ = widths(names, shown, right, OUT.width if OUT.is_terminal else sys.maxsize)
    for i, row in enumerate([list(names), *shown]):
        parts = []
        for k, value in enumerate(row):
            if cell_len(value) > width[k]:
                value = set_cell_size(value, width[k] - 1) + "…"
            pad = " " * (width[k] - cell_len(value))
            last = k == len(row) - 1
            parts.append(pad + value if right[k] and i else value + ("" if last else pad))
        OUT.print(Text("  ".join(parts).rstrip(), style="bold" if i == 0 and OUT.is_terminal else ""))
    return len(shown)
