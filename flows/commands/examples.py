"""The example queries of warehouse/queries: `taojin sql .examples` lists them, `taojin sql ".example NAME word=职工"` runs one.

A file opens with its title in English, its title in Chinese, and the reason why anybody would ask,
in English and then in Chinese; `$word` in it is a parameter.
"""

from __future__ import annotations

import difflib
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from flows.settings import PROJECT
from tasks.errors import UsageError

QUERIES = PROJECT / "warehouse" / "queries"
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PARAMETER = re.compile(r"\$([a-z_]+)\b")


@dataclass(frozen=True, slots=True)
class Example:
    """One saved query."""

    name: str
    title: str
    chinese: str
    why: str
    sql: str
    parameters: tuple[str, ...]


def examples(folder: Path = QUERIES) -> list[Example]:
    """All example queries, by file name."""
    return [_read(path) for path in sorted(folder.glob("*.sql"))]


def _read(path: Path) -> Example:
    lines = path.read_text("utf-8").splitlines()
    body = next((i for i, line in enumerate(lines) if not line.startswith("--")), len(lines))
    said = [line.removeprefix("--").strip() for line in lines[:body]]
    sql = "\n".join(lines[body:]).strip()
    why = " ".join(line for line in said[2:] if not is_chinese(line))
    return Example(path.stem, said[0], said[1], why, sql, tuple(dict.fromkeys(_PARAMETER.findall(sql))))


def is_chinese(line: str) -> bool:
    """Whether a line of a file's head is the Chinese one."""
    return bool(_HAN.search(line))


def listing() -> str:
    """SQL that lists the examples: what they are called, what they need, why anybody would ask."""
    rows = ", ".join(f"({', '.join(map(_quoted, (e.name, ' '.join(f'{p}=…' for p in e.parameters), e.why)))})" for e in examples())
    return f"SELECT * FROM (VALUES {rows}) AS e(example, needs, why)"


def ask(words: str) -> tuple[str, dict[str, str]]:
    """
    SQL and parameters of `.example NAME parameter=value ...`; a part of the name will do where one example has it.

    Raises UsageError for an unknown name, a parameter that is missing, and one that the query has not.
    """
    try:
        name, *given = shlex.split(words)
    except ValueError as error:
        raise UsageError(f"The quotation marks do not match ({error}).", "For example: .example 04-kwic word=职工") from error
    known = examples()
    chosen = [e for e in known if e.name == name] or [e for e in known if name in e.name]
    if len(chosen) != 1:
        near = difflib.get_close_matches(name, [e.name for e in known], 1, 0.4)
        hint = f"Which of {', '.join(e.name for e in chosen)}?" if chosen else f"Did you mean {near[0]}?" if near else "See .examples."
        raise UsageError(f"There is no one example {name!r}.", hint)
    (example,) = chosen
    values = dict(part.split("=", 1) for part in given if "=" in part)
    if wrong := [part for part in given if part.partition("=")[0] not in example.parameters]:
        raise UsageError(f"{example.name} has no parameter {wrong[0].partition('=')[0]!r}.", _usage(example))
    if missing := [p for p in example.parameters if p not in values]:
        raise UsageError(f"{example.name} needs {' and '.join(missing)}.", _usage(example))
    return example.sql, values


def _usage(example: Example) -> str:
    return f"It is asked as: .example {' '.join([example.name, *(f'{p}=…' for p in example.parameters)])}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
