"""What people see in a terminal: answers on stdout, talk on stderr, and crawled text always literal.

Crawled text may hold escape sequences, bidirectional overrides and other characters that a terminal obeys. `literal`
shows each of them as a visible code instead; every command prints text through it.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

OUT = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
TALK = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)

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


def print_table(names: Sequence[str], rows: Iterable[Sequence[Any]], *, right: Sequence[bool] | None = None) -> int:
    """
    Aligned columns without a frame, wide characters counted as two cells; returns the number of rows.

    In a terminal the widest columns are shortened to its width and the cut is shown as an ellipsis; into a pipe every
    value is whole.
    """
    shown = [[cell(v) for v in row] for row in rows]
    right = right or [False] * len(names)
    width = [max([cell_len(n), *(cell_len(r[i]) for r in shown)]) for i, n in enumerate(names)]
    if OUT.is_terminal and names:
        room = max(OUT.width - 2 * (len(names) - 1), 4 * len(names))
        while sum(width) > room:
            widest = max(range(len(width)), key=width.__getitem__)
            second = max([w for i, w in enumerate(width) if i != widest], default=4)
            width[widest] = max(min(width[widest] - 1, width[widest] - (sum(width) - room)), min(second, width[widest] - 1), 4)
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
