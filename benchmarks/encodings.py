"""Chinese text in every encoding: ours beside charset-normalizer, chardet and chardetng, cell by cell.

Statutes (the text that thresholds were once looked at with) and other text (web pages' lines, seeds as cleaned) are told apart. A
reading counts when its text is the true one, for damaged bytes when it differs in at most 1 % of the characters. Peers name an
encoding; it is read in the widest reading of that name (gb18030 for gb2312 and gbk; for Big5 whichever of code page 950 and
HKSCS fits better), and in bytes damaged tolerantly. Traditional text is made by OpenCC.

    python -m benchmarks.encodings [--documents 60] [--pieces 150] [--json FILE]
"""

from __future__ import annotations

import argparse
import codecs
import importlib
import json
import os
import random
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import chardetng_py
import charset_normalizer
import opencc

from tasks.decode.ladder import decode_bytes
from tasks.decode.names import CODECS, name_of

MARKS = {"utf-16le+bom": ("utf-16-le", codecs.BOM_UTF16_LE), "utf-16be+bom": ("utf-16-be", codecs.BOM_UTF16_BE),
         "utf-32le+bom": ("utf-32-le", codecs.BOM_UTF32_LE), "utf-32be+bom": ("utf-32-be", codecs.BOM_UTF32_BE),
         "utf-8+bom": ("utf-8", codecs.BOM_UTF8)}
PLAIN = ("utf-8", "gbk", "gb18030", "big5", "big5-hkscs", "hz-gb-2312", "utf-16le", "utf-16be", "utf-32le", "utf-32be",
         "euc-tw", "iso-2022-cn")
ENCODINGS = (*PLAIN, *MARKS)
TRADITIONAL = ("big5", "big5-hkscs", "euc-tw")
LENGTHS = {"10-30 bytes": (10, 30), "40-80 bytes": (40, 80), "200 bytes": (190, 200)}
SHAPES = ("whole", *LENGTHS, "3 damaged bytes", "mixed lines", "one title in markup")
CHARDET = "chardet>=7.7,<8"  # of the peers the one that the pipeline itself does not need
LONGEST = 6000  # characters of a document: chardet reads 0.4 MB a second
POINTS = 2.0
_NO_MIXTURE = ("hz-gb-2312", "iso-2022-cn", "utf-16le", "utf-16be", "utf-32le", "utf-32be", *MARKS)
_REPORTED = {(shape, e) for shape in ("10-30 bytes",) for e in ("utf-16le", "utf-16be", "utf-32le", "utf-32be")}
_NAMES = {"gb2312": ("gb18030",), "gbk": ("gb18030",), "big5": ("cp950", "big5hkscs"), "cp950": ("cp950", "big5hkscs"),
          "big5hkscs": ("big5hkscs", "cp950")}
_ROW = '<tr><td class="n">{}</td><td><a href="/list?page={}&amp;sort=date">more &raquo;</a></td></tr>\n'


class Case(NamedTuple):
    """Bytes and the text they say."""

    data: bytes
    text: str
    damaged: bool


def corpus() -> Path:
    return Path(os.environ.get("TAOJIN_CORPUS", "../shared"))


def statutes(count: int) -> list[str]:
    """Every 37th statute, clipped at a line end."""
    texts: list[str] = []
    with tarfile.open(corpus() / "data" / "law.tar.gz") as tar:
        for i, member in enumerate(m for m in tar if m.name.endswith(".txt")):
            if i % 37 == 5:
                texts.append(clipped(tar.extractfile(member).read().decode()))
            if len(texts) == count:
                break
    return texts


def other_texts(count: int) -> list[str]:
    """Lines of web pages, furniture and all, and the seeds as cleaned."""
    pages = [json.loads(line)["text"] for line in (corpus() / "data/pages/pages.jsonl").read_text("utf-8").splitlines()]
    seeds = [p.read_text("utf-8") for p in sorted((corpus() / "gold").glob("*/clean*.txt"))]
    texts = [clipped(t.replace("\r\n", "\n").replace("\r", "\n")) for t in (*seeds, *pages)]
    return [t for t in texts if "\ufffd" not in t][:count]


def clipped(text: str) -> str:
    return text if len(text) <= LONGEST else text[: text.rfind("\n", 0, LONGEST) + 1] or text[:LONGEST]


def written(text: str, name: str) -> bytes | None:
    """The text in the encoding, or None where it cannot be held."""
    codec, mark = MARKS.get(name) or (CODECS[name], b"")
    try:
        data = text.encode(codec)
    except UnicodeEncodeError:
        return None
    return mark + data if data.decode(codec) == text else None


def piece(line: str, name: str, low: int, high: int, rng: random.Random) -> str | None:
    """A run of the line that has low..high bytes in the encoding, the first character Han."""
    start = rng.randrange(len(line))
    while start < len(line) and not "\u4e00" <= line[start] <= "\u9fff":
        start += 1
    limit = rng.randint(low, high)
    size = len(line) - start
    while size > 0:
        data = written(line[start : start + size], name)
        if data is None:
            return None
        if len(data) <= limit:
            break
        size -= max(1, (len(data) - limit) // 5)
    found = line[start : start + size]
    return found if size > 0 and len(written(found, name)) >= low else None


def pieces(texts: list[str], name: str, low: int, high: int, count: int) -> list[str]:
    rng, found = random.Random(f"{name} {low}"), []
    lines = [line for text in texts for line in text.splitlines() if len(line) > 4]
    for _ in range(60 * count):
        run = piece(rng.choice(lines), name, low, high, rng)
        if run is not None:
            found.append(run)
        if len(found) == count:
            break
    return found


def cases(shape: str, name: str, texts: list[str], count: int, skipped: Counter[str]) -> Iterator[Case]:
    """The cases of one cell; what the encoding cannot hold is counted."""
    rng = random.Random(f"{shape} {name}")
    if shape in LENGTHS:
        for text in pieces(texts, name, *LENGTHS[shape], count):
            yield Case(written(text, name), text, False)
        return
    if shape == "one title in markup":
        for title in pieces(texts, name, 16, 40, count):
            page = "".join(_ROW.format(i, i) for i in range(30))
            text = f"<html><head><title>{title}</title></head><body><table>\n{page}</table></body></html>\n"
            yield Case(written(text, name), text, False)
        return
    for text in texts:
        data = written(text, name)
        if data is None:  # the characters of its own that it lacks, left out, so that no document is lost to one bullet
            skipped[name] += 1
            text = "".join(c for c in text if written(c, name) is not None)
            data = written(text, name)
        if shape == "whole":
            yield Case(data, text, False)
        elif shape == "3 damaged bytes":
            if len(text) < 4 * 100:  # three characters and their neighbours are more than 1 % of it
                continue
            damaged = bytearray(data)
            for place in rng.sample(range(4, len(data)), 3):
                damaged[place] = rng.choice([b for b in range(0x80, 0x100) if b != damaged[place]])
            yield Case(bytes(damaged), text, True)
        elif name not in _NO_MIXTURE:
            second = "gbk" if name == "utf-8" else "utf-8"
            lines = text.splitlines(keepends=True)
            parts = [written(line, second if i % 5 == 3 else name) for i, line in enumerate(lines)]
            if None not in parts:
                yield Case(b"".join(parts), text, False)


def is_right(got: str | None, case: Case) -> bool:
    if got is None or not case.damaged:
        return got is not None and got.removeprefix("\ufeff") == case.text
    lacking = Counter(case.text) - Counter(got)
    return lacking.total() <= 0.01 * len(case.text) and abs(len(got) - len(case.text)) <= 0.01 * len(case.text)


def ours(case: Case) -> bool:
    return is_right(decode_bytes(case.data).text, case)


def named(label: str | None, case: Case) -> bool:
    """Whether a peer's label leads to the text."""
    if not label:
        return False
    ours_too = name_of(label)  # EUC-TW, say: our codec is lent to whoever names it
    try:
        codec = codecs.lookup(CODECS[ours_too] if ours_too in ("euc-tw", "iso-2022-cn") else label).name
    except LookupError:
        return False
    errors = "replace" if case.damaged else "strict"
    for candidate in _NAMES.get(codec, (codec,)):
        try:
            if is_right(case.data.decode(candidate, errors), case):
                return True
        except UnicodeDecodeError:
            continue
    return False


def normalizer(case: Case) -> bool:
    best = charset_normalizer.from_bytes(case.data).best()
    return best is not None and named(best.encoding, case)


def detectors() -> tuple[dict[str, Callable[[Case], bool]], str | None]:
    """Ours and the peers by name, and why one is absent."""
    found: dict[str, Callable[[Case], bool]] = {
        "ours": ours,
        "charset-normalizer": normalizer,
        "chardetng": lambda case: named(chardetng_py.detect(case.data, allow_utf8=True), case),
    }
    try:
        chardet = importlib.import_module("chardet")
    except ImportError:
        return found, f"chardet is not installed: its column is left out. For the full table: {sys.executable} -m pip install '{CHARDET}'"
    found["chardet"] = lambda case: named(chardet.detect(case.data)["encoding"], case)
    return found, None


class Cell(NamedTuple):
    """Right readings in percent, by detector."""

    source: str
    shape: str
    encoding: str
    cases: int
    percent: dict[str, float]

    @property
    def behind(self) -> float:
        return max(p for name, p in self.percent.items() if name != "ours") - self.percent["ours"]


def measure(documents: int, count: int) -> tuple[list[Cell], Counter[str], dict[str, float], str | None]:
    """All cells, documents that an encoding could not hold whole, CPU seconds by detector, and what is absent."""
    readers, absent = detectors()
    hant = opencc.OpenCC("s2t")
    spent, skipped, cells = dict.fromkeys(readers, 0.0), Counter(), []
    for source, simplified in (("law", statutes(documents)), ("other", other_texts(documents))):
        traditional = [hant.convert(t) for t in simplified]
        for shape in SHAPES:
            for name in ENCODINGS:
                made = list(cases(shape, name, traditional if name in TRADITIONAL else simplified, count, skipped))
                if not made:
                    continue
                percent = {}
                for reader, reads in readers.items():
                    start = time.process_time()
                    percent[reader] = 100 * sum(map(reads, made)) / len(made)
                    spent[reader] += time.process_time() - start
                cells.append(Cell(source, shape, name, len(made), percent))
    return cells, skipped, spent, absent


def table(cells: list[Cell], readers: list[str]) -> Iterator[str]:
    yield f"| text | shape | encoding | cases | {' | '.join(readers)} | behind |"
    yield "|---|---|---|--:|" + "--:|" * (len(readers) + 1)
    for c in cells:
        shown = " | ".join(f"{c.percent[r]:.1f}" for r in readers)
        behind = f"{c.behind:.1f}" if c.behind > POINTS else ""
        note = " (only reported)" if behind and (c.shape, c.encoding) in _REPORTED else ""
        yield f"| {c.source} | {c.shape} | {c.encoding} | {c.cases} | {shown} | {behind}{note} |"
    means = " | ".join(f"{sum(c.percent[r] for c in cells) / len(cells):.2f}" for r in readers)
    yield f"| all | mean of the cells | | {sum(c.cases for c in cells)} | {means} | |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--pieces", type=int, default=150)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    if absent := detectors()[1]:
        print(absent, file=sys.stderr)  # before the minutes that the table takes
    cells, skipped, spent, absent = measure(args.documents, args.pieces)
    readers = list(spent)
    print("\n".join(table(cells, readers)))
    late = [c for c in cells if c.behind > POINTS and (c.shape, c.encoding) not in _REPORTED]
    print(f"\nCells more than {POINTS:.0f} points behind the best peer: {len(late)} of {len(cells)}")
    print("CPU seconds: " + ", ".join(f"{r} {s:.1f}" for r, s in spent.items()))
    lacking = ", ".join(f"{e} {n}" for e, n in skipped.items()) or "none"
    print(f"Documents with characters that an encoding cannot hold (those were left out): {lacking}")
    if absent:
        print(absent)
    if args.json:
        args.json.write_text(json.dumps([c._asdict() for c in cells], ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    main()
