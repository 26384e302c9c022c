"""taojin beside its peers: what they leave of the same dirt, and what they lose of the same text.

    python -m benchmarks.peers [--peer-python DATATROVE_PYTHON] [--megabytes 0.6] [--out FOLDER]

Two corpora, two tables in Markdown. The real seeds below TAOJIN_CORPUS are counted by peers/evaluate.py (its columns, ours
added); a soiled corpus of statutes (benchmarks/corpus.py) is counted here, since there every clean character and every piece
of dirt is known. Peers read UTF-8 only, so the soiled corpus is written in UTF-8; its pages differ, so that no deduplication
helps or hurts. Of taojin decode, clean and split are run; what is compared is `articles.text_hans` alone, and in a second
column together with what the head's columns hold (title, subtitle, abstract, author, editor, date): peers leave these lines
in the text.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from benchmarks import corpus
from schemas.catalog import TABLES
from schemas.ids import file_id
from tasks.clean.stage import clean
from tasks.decode.stage import decode
from tasks.split.stage import split
from tasks.text.scripts import text_hans

SHARED = Path(os.environ.get("TAOJIN_CORPUS", Path(__file__).resolve().parent.parent.parent / "shared"))
PROFILES = ("format", "fineweb2", "c4", "all")
SHINGLE = 5  # characters
HEAD_FIELDS = ("title", "original_title", "subtitle", "abstract", "author", "author_role", "source", "editor", "published_at")
HEAD = 3  # breadcrumb, title and date line of a soiled page; title and date are no dirt
GLOSS = re.compile(r"(?<=[\u4e00-\u9fff])\([a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-zü]*\)")
WATERMARK = re.compile(r" \S{4,8},范文学习资料库")


@dataclass(frozen=True, slots=True)
class SoiledPage:
    """One page whose clean body and whose pieces of dirt are known."""

    name: str
    text: str
    body: tuple[str, ...]
    lines: tuple[str, ...]  # of furniture

    @property
    def pieces(self) -> int:
        return len(self.lines) + len(GLOSS.findall(self.text)) + len(WATERMARK.findall(self.text))

    def left(self, text: str) -> int:
        """Pieces of dirt that still stand in a text."""
        return sum(line in text for line in self.lines) + len(GLOSS.findall(text)) + len(WATERMARK.findall(text))

    def kept(self, text: str) -> tuple[int, int]:
        """Shingles of the body that still stand in a text, and all of them."""
        mine = [p[i : i + SHINGLE] for p in self.body for i in range(len(p) - SHINGLE + 1)]
        theirs = {text[i : i + SHINGLE] for i in range(len(text) - SHINGLE + 1)}
        return sum(s in theirs for s in mine), len(mine)


def soiled(source: Path, megabytes: float, seed: int = 20261121) -> list[SoiledPage]:
    """Pages of statutes' paragraphs, every one soiled; each paragraph stands on one page only."""
    rng = random.Random(seed)
    pool = corpus.paragraphs(source)
    rng.shuffle(pool)
    pages, made = [], 0
    while made < megabytes * 1e6 and len(pool) > 60:
        body = tuple(pool.pop() for _ in range(rng.randint(10, 50)))
        text = corpus.soil(list(body), rng)
        lines = text.rstrip("\n").split("\n")
        furniture = (lines[0], *(line.strip() for line in lines[HEAD + len(body) :]))
        pages.append(SoiledPage(f"{len(pages):05}.txt", text, body, tuple(dict.fromkeys(furniture))))
        made += len(text.encode())
    return pages


def ours(folder: Path, kept: Path, with_head: Path) -> float:
    """
    Write NAME for every file of a folder that has an article, as text alone and with the values of its head; returns MB/s of
    decode, clean and split on one core.
    """
    kept.mkdir(parents=True)
    with_head.mkdir(parents=True)
    files = sorted(p for p in folder.iterdir() if p.is_file())
    data = {file_id(p.read_bytes()): (p.name, p.read_bytes()) for p in files}
    contents = pa.table(
        {"file_id": list(data), "data": pa.array([d for _, d in data.values()], pa.large_binary())}, TABLES["contents"].stage_arrow
    )
    decode(contents.slice(0, 1))  # dictionaries and models are there before the clock starts
    start = time.process_time()
    documents = decode(contents)["documents"]
    cleaned = clean(documents)
    done = split(documents, cleaned["marks"], cleaned["flags"])
    spent = time.process_time() - start
    names = dict(zip(documents["doc_id"].to_pylist(), [data[f][0] for f in documents["file_id"].to_pylist()], strict=True))
    values: dict[str, dict[int, str]] = {}
    for row in done["article_metadata"].to_pylist():
        if row["field"] in HEAD_FIELDS:
            values.setdefault(row["article_id"], {})[row["start"]] = text_hans(row["value"])
    texts: dict[str, list[tuple[str, str]]] = {}
    for row in done["articles"].to_pylist():
        head = " ".join(value for _, value in sorted(values.get(row["article_id"], {}).items()))
        texts.setdefault(names[row["doc_id"]], []).append((head, row["text_hans"]))
    for name, found in texts.items():
        (kept / name).write_text("\n".join(text for _, text in found), "utf-8")
        (with_head / name).write_text("\n".join(f"{head}\n{text}" for head, text in found), "utf-8")
    return sum(len(d) for _, d in data.values()) / 1e6 / spent


def theirs(python: Path, folder: Path, out: Path, profile: str) -> float | None:
    """One profile of datatrove into out/kept; returns MB/s of its pipeline, None where it failed."""
    command = [str(python), str(SHARED / "peers" / "peer_datatrove.py"), str(folder), str(out), "--profile", profile]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(f"datatrove {profile} failed: {done.stderr[-300:]}", file=sys.stderr)
        return None
    return json.loads((out / "summary.json").read_text("utf-8"))["MB_per_s_pipeline"]


def seeds_table(kept: list[Path]) -> str:
    """The table of peers/evaluate.py over some folders, in Markdown."""
    command = [sys.executable, str(SHARED / "peers" / "evaluate.py"), *map(str, kept)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def soiled_table(pages: list[SoiledPage], kept: dict[str, Path], speed: dict[str, float | None]) -> str:
    """What each tool left and lost of the soiled corpus, in Markdown. A dropped page loses its text and its dirt."""
    rows = ["| tool | pages kept | clean text kept | dirt pieces left | MB/s |", "|---|---:|---:|---:|---:|"]
    pieces = sum(p.pieces for p in pages)
    for tool, folder in kept.items():
        there = left = stays = whole = 0
        for page in pages:
            path = folder / page.name
            text = path.read_text("utf-8") if path.exists() else ""
            there += path.exists()
            left += page.left(text)
            found, every = page.kept(text)
            stays, whole = stays + found, whole + every
        fast = speed[tool]
        rows.append(
            f"| {tool} | {there} of {len(pages)} | {100 * stays / whole:.2f} % | {left:,} of {pieces:,} ({100 * left / pieces:.2f} %) "
            f"| {'failed' if fast is None else f'{fast:.2f}'} |"
        )
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--peer-python", type=Path, help="a Python with datatrove, spacy and jieba; leave out to see taojin alone")
    parser.add_argument("--megabytes", type=float, default=0.6, help="size of the soiled corpus")
    parser.add_argument("--profiles", nargs="+", default=PROFILES)
    parser.add_argument("--out", type=Path, help="keep what every tool wrote below this folder")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        out = args.out or Path(tmp)
        pages = soiled(SHARED / "data" / "law.tar.gz", args.megabytes)
        folder = out / "soiled"
        folder.mkdir(parents=True)
        for page in pages:
            (folder / page.name).write_text(page.text, "utf-8")
        tools = ["taojin", "taojin with head", *(f"datatrove {p}" for p in args.profiles if args.peer_python)]
        kept: dict[str, dict[str, Path]] = {}
        speed: dict[str, dict[str, float | None]] = {}
        for name, given in (("seeds", SHARED / "seeds"), ("soiled", folder)):
            kept[name] = {tool: out / f"{name} by" / tool / "kept" for tool in tools}
            speed[name] = dict.fromkeys(tools[:2], ours(given, kept[name][tools[0]], kept[name][tools[1]]))
            for tool in tools[2:]:
                speed[name][tool] = theirs(args.peer_python, given, kept[name][tool].parent, tool.split()[-1])
        print(seeds_table(list(kept["seeds"].values())))
        print(soiled_table(pages, kept["soiled"], speed["soiled"]))


if __name__ == "__main__":
    main()
